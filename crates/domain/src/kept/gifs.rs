//! Saved GIFs: what somebody has saved or sent, the last one first; beyond the limit the oldest go.
//! Source: core.telegram.org/api/gifs.

use super::list::{self, List, Thing};
use crate::{
    caller::Caller,
    files::{Document, descriptor::Shape},
    ids::UserId,
    messages::media::{MediaBody, carriers::Named},
    refusal::Refusal,
    service::Command,
    turn::Turn,
    updates::{self, Change, Origin},
    view::Decided,
};

/// GIFs that one account keeps. Source: `saved_gifs_limit_default`, core.telegram.org/api/config.
pub const GIFS_MAX: usize = 200;

/// What clients play as a GIF. Source: TDLib 1.8.66, which takes nothing else for one that can be saved.
const MIME: &str = "video/mp4";

/// Saves a GIF, or forgets it.
pub struct SaveGif {
    /// Who.
    pub by: Caller,
    /// The document as the client names it.
    pub document: Named,
    /// It is to be forgotten.
    pub unsave: bool,
}

impl Command for SaveGif {
    type Reply = ();

    fn decide(&self, turn: &mut Turn<'_>) -> Decided<()> {
        let me = self.by.user;
        let changed = if self.unsave {
            list::remove(turn, me, List::Gifs, self.document.id)?
        } else {
            let document = list::known(turn, me, &self.document, Refusal::GifIdInvalid)?;
            if !is_gif(&document) {
                return Err(Refusal::GifIdInvalid.into());
            }
            list::put(turn, me, List::Gifs, Thing::of(&document), (0, GIFS_MAX, None))?;
            true
        };
        if changed { tell(turn, me, Some(self.by.origin)) } else { Ok(()) }
    }
}

/// What somebody sends is saved by itself. Clients put it on their list as well, without asking again.
pub(crate) fn sent(turn: &mut Turn<'_>, user: UserId, body: &MediaBody, by: Option<Origin>) -> Decided<()> {
    let MediaBody::Document { document, ttl: 0, .. } = body else { return Ok(()) };
    if !is_gif(document) {
        return Ok(());
    }
    list::put(turn, user, List::Gifs, Thing::of(document), (0, GIFS_MAX, None))?;
    tell(turn, user, by)
}

fn is_gif(it: &Document) -> bool {
    it.shape() == Shape::Animation && it.mime == MIME
}

fn tell(turn: &mut Turn<'_>, user: UserId, skip: Option<Origin>) -> Decided<()> {
    updates::append(turn, user, Change::SavedGifs {}, 0, skip).map(drop)
}
