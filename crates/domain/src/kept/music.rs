//! Music on a profile, shown to whom its owner's privacy lets see it.
//! Source: core.telegram.org/api/profile, "Music".

use super::list::{self, Kept, List, Thing};
use crate::{
    caller::Caller,
    files::descriptor::Shape,
    ids::UserId,
    messages::media::carriers::Named,
    people::{blocks, privacy, user},
    refusal::Refusal,
    service::Command,
    turn::Turn,
    updates::{self, Change},
    view::{Decided, View},
};

/// Songs of one profile: more than anybody shows, and a list that one row orders.
pub const SONGS_MAX: usize = 500;

/// Songs of one answer.
pub const PAGE_MAX: usize = 100;

/// Puts a song on one's profile, moves it, or takes it off.
pub struct SaveMusic {
    /// Who.
    pub by: Caller,
    /// The document as the client names it.
    pub document: Named,
    /// The song behind which it goes; `None`: to the front.
    pub after: Option<u64>,
    /// It is to be taken off.
    pub unsave: bool,
}

impl Command for SaveMusic {
    type Reply = ();

    fn decide(&self, turn: &mut Turn<'_>) -> Decided<()> {
        let me = self.by.user;
        let changed = if self.unsave {
            list::remove(turn, me, List::Music, self.document.id)?
        } else {
            let document = list::known(turn, me, &self.document, Refusal::DocumentInvalid)?;
            if document.shape() != Shape::Music {
                return Err(Refusal::DocumentInvalid.into());
            }
            let full = Some(Refusal::DocumentInvalid);
            list::put(turn, me, List::Music, Thing::of(&document), (self.place(turn)?, SONGS_MAX, full))?;
            true
        };
        if !changed {
            return Ok(());
        }
        updates::append(turn, me, Change::User { user: me }, 0, Some(self.by.origin)).map(drop)
    }
}

impl SaveMusic {
    /// The place behind the song that the client names, the moved one left out.
    fn place(&self, turn: &Turn<'_>) -> Decided<usize> {
        let Some(after) = self.after else { return Ok(0) };
        let mut others = list::ids(turn, self.by.user, List::Music)?;
        others.retain(|it| *it != self.document.id);
        let at = others.iter().position(|it| *it == after).ok_or(Refusal::DocumentInvalid)?;
        Ok(at + 1)
    }
}

/// Whether somebody may see and hear another's music.
pub fn is_shown(view: &(impl View + ?Sized), viewer: UserId, owner: UserId) -> Decided<bool> {
    if viewer == owner {
        return Ok(true);
    }
    let gone = user(view, owner)?.is_none_or(|it| it.deleted);
    Ok(!gone
        && !blocks::is_blocked(view, owner, viewer)?
        && privacy::allows(view, owner, privacy::Key::SavedMusic, viewer)?)
}

/// The songs of a profile that somebody may see, in their order.
pub fn shown(view: &(impl View + ?Sized), viewer: UserId, owner: UserId) -> Decided<Vec<u64>> {
    if is_shown(view, viewer, owner)? { list::ids(view, owner, List::Music) } else { Ok(Vec::new()) }
}

/// The first of them, which the profile shows.
pub fn first(view: &(impl View + ?Sized), viewer: UserId, owner: UserId) -> Decided<Option<Kept>> {
    match shown(view, viewer, owner)?.first() {
        Some(file) => list::document(view, owner, List::Music, *file),
        None => Ok(None),
    }
}
