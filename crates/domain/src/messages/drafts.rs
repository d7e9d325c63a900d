//! Drafts: what was typed and not sent, the same on every device.

use bytes::Bytes;
use vault::Kind;

use super::{
    dialogs::{self, DialogRow},
    rows::{Entity, local_id},
};
use crate::{
    caller::Caller,
    groups::access,
    ids::{MessageId, MessageUid, Peer, UserId},
    record,
    record::Record,
    refusal::Refusal,
    sealing,
    service::Command,
    turn::Turn,
    updates::{self, Change},
    view::{Decided, View},
};

/// Drafts cleared in one step: each writes a few rows.
const CLEARED_AT_ONCE: usize = 500;

record! {
    /// A draft; stored only sealed.
    pub struct Draft {
        1 => text: String,
        2 => entities: Vec<Entity>,
        /// What it would answer.
        3 => reply_to: Option<MessageUid>,
        /// Unix seconds.
        4 => date: u32,
        5 => no_webpage: bool,
    }
}

/// A chat's draft.
pub fn draft(view: &(impl View + ?Sized), user: UserId, peer: Peer, row: &DialogRow) -> Decided<Option<Draft>> {
    if row.draft.is_empty() {
        return Ok(None);
    }
    let scope = sealing::chat_scope(user, peer);
    let plain = sealing::open(view, scope, Kind::Draft, &user.0.to_be_bytes(), row.draft_version, &row.draft)?;
    Ok(Some(Draft::decode(&plain)?))
}

/// The message that a draft would answer, where it is still there.
pub fn answered(view: &(impl View + ?Sized), user: UserId, peer: Peer, draft: &Draft) -> Decided<Option<MessageId>> {
    draft.reply_to.map_or(Ok(None), |uid| local_id(view, peer.log(user), uid))
}

/// Every chat with a draft.
pub fn all(view: &(impl View + ?Sized), user: UserId) -> Decided<Vec<Peer>> {
    let all = dialogs::all(view, user)?;
    Ok(all.into_iter().filter(|(_, row)| !row.draft.is_empty()).map(|(peer, _)| peer).collect())
}

/// Stores a draft; an empty one clears it.
pub struct SaveDraft {
    /// Who.
    pub by: Caller,
    /// In which chat.
    pub peer: Peer,
    /// As typed.
    pub text: String,
    /// As marked.
    pub entities: Vec<Entity>,
    /// What it would answer, in the caller's mailbox.
    pub reply_to: Option<MessageId>,
    /// No preview.
    pub no_webpage: bool,
}

impl Command for SaveDraft {
    type Reply = ();

    fn decide(&self, turn: &mut Turn<'_>) -> Decided<()> {
        let me = self.by.user;
        if let Some(channel) = self.peer.channel() {
            access::reader(turn, channel, me)?;
        }
        let length = self.text.encode_utf16().count();
        if length > super::text::LENGTH_MAX {
            return Err(Refusal::MessageTooLong.into());
        }
        let length = u32::try_from(length).unwrap_or(u32::MAX);
        if self.text.is_empty() && self.reply_to.is_none() {
            return clear(turn, &self.by, self.peer);
        }
        let answered = match self.reply_to {
            Some(id) => {
                super::rows::copy(turn, self.peer.log(me), id)?.filter(|it| it.peer == self.peer).map(|it| it.uid)
            }
            None => None,
        };
        let draft = Draft {
            text: self.text.clone(),
            entities: super::text::clip(&self.entities, 0, length),
            reply_to: answered,
            date: turn.now().secs(),
            no_webpage: self.no_webpage,
            ..Draft::default()
        };
        let version = dialogs::dialog(turn, me, self.peer)?.draft_version + 1;
        let scope = sealing::chat_scope(me, self.peer);
        let sealed = sealing::seal(turn, scope, Kind::Draft, &me.0.to_be_bytes(), version, &draft.encode())?;
        dialogs::change(turn, me, self.peer, |it| (it.draft, it.draft_version) = (sealed, version))?;
        updates::append(turn, me, Change::Draft { peer: self.peer }, 0, Some(self.by.origin)).map(drop)
    }
}

/// Clears every draft.
pub struct ClearAllDrafts {
    /// Whose.
    pub by: Caller,
}

impl Command for ClearAllDrafts {
    type Reply = ();

    fn decide(&self, turn: &mut Turn<'_>) -> Decided<()> {
        for peer in all(turn, self.by.user)?.into_iter().take(CLEARED_AT_ONCE) {
            clear(turn, &self.by, peer)?;
        }
        Ok(())
    }
}

/// Clears a chat's draft, if there is one.
pub(super) fn clear(turn: &mut Turn<'_>, by: &Caller, peer: Peer) -> Decided<()> {
    if dialogs::dialog(turn, by.user, peer)?.draft.is_empty() {
        return Ok(());
    }
    dialogs::change(turn, by.user, peer, |it| it.draft = Bytes::new())?;
    updates::append(turn, by.user, Change::Draft { peer }, 0, Some(by.origin)).map(drop)
}
