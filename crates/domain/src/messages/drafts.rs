//! Drafts: what was typed and not sent, the same on every device.

pub mod topics;

use bytes::Bytes;
use vault::Kind;

use super::{
    dialogs::{self, DialogRow},
    rows::{Entity, local_id},
    threads::GENERAL,
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
    /// In which topic or thread of a channel; `None`: in the chat.
    pub top: Option<MessageId>,
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
        let topic = self.peer.channel().zip(self.top);
        if let Some((channel, top)) = topic
            && top != GENERAL
            && super::rows::copy(turn, channel, top)?.is_none()
        {
            return Err(Refusal::MsgIdInvalid.into());
        }
        let length = self.text.encode_utf16().count();
        if length > super::text::LENGTH_MAX {
            return Err(Refusal::MessageTooLong.into());
        }
        let length = u32::try_from(length).unwrap_or(u32::MAX);
        if self.text.is_empty() && self.reply_to.is_none() {
            return clear_in(turn, &self.by, self.peer, self.top);
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
        if let Some((channel, top)) = topic {
            return topics::save(turn, &self.by, channel, top, &draft);
        }
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
        for (channel, top) in topics::all(turn, self.by.user)? {
            topics::clear(turn, &self.by, channel, top)?;
        }
        Ok(())
    }
}

/// Clears the draft of a chat, or of a topic in it. The general topic's may have been kept as the chat's.
pub(super) fn clear_in(turn: &mut Turn<'_>, by: &Caller, peer: Peer, top: Option<MessageId>) -> Decided<()> {
    if let Some(channel) = peer.channel() {
        topics::clear(turn, by, channel, top.unwrap_or(GENERAL))?;
    }
    match top {
        None | Some(GENERAL) => clear(turn, by, peer),
        Some(_) => Ok(()),
    }
}

/// Clears a chat's draft, if there is one.
fn clear(turn: &mut Turn<'_>, by: &Caller, peer: Peer) -> Decided<()> {
    if dialogs::dialog(turn, by.user, peer)?.draft.is_empty() {
        return Ok(());
    }
    dialogs::change(turn, by.user, peer, |it| it.draft = Bytes::new())?;
    updates::append(turn, by.user, Change::Draft { peer }, 0, Some(by.origin)).map(drop)
}
