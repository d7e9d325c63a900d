//! Editing a text. Both copies get the same sealed body under a new version.
//! Source: core.telegram.org/method/messages.editMessage.

use super::{
    posts::{self, tags},
    receive::Delivered,
    recipients::tell,
    replies,
    rows::{Body, Entity, MailboxRow, copy, mailbox_key, open_body, seal_body},
    search, text,
};
use crate::{
    caller::Caller,
    groups::{basic::access, channel::existing, log as admin_log},
    ids::{MessageId, Peer, UserId},
    refusal::Refusal,
    service::Command,
    turn::Turn,
    updates::{self, Change, LogEntry},
    view::{Decided, View},
};

/// Seconds in which a message may be edited. Source: `edit_time_limit` of help.getConfig.
pub const EDIT_SECONDS: u32 = 48 * 3600;

/// A new text for a message.
#[derive(Clone, Debug)]
pub struct EditMessage {
    /// Who.
    pub by: Caller,
    /// In which chat.
    pub peer: Peer,
    /// In the editor's mailbox.
    pub message: MessageId,
    /// As typed.
    pub text: String,
    /// As the client marked it.
    pub entities: Vec<Entity>,
    /// No preview.
    pub no_webpage: bool,
}

impl Command for EditMessage {
    type Reply = LogEntry;

    fn decide(&self, turn: &mut Turn<'_>) -> Decided<LogEntry> {
        let me = self.by.user;
        let log = self.peer.log(me);
        let row = editable(turn, me, self.peer, self.message)?;
        let old = open_body(turn, log, &row)?;
        let cleaned = text::clean(&self.text, &self.entities)?;
        if (&old.text, &old.entities, old.no_webpage) == (&cleaned.text, &cleaned.entities, self.no_webpage) {
            return Err(Refusal::MessageNotModified.into());
        }
        let body = Body { text: cleaned.text, entities: cleaned.entities, no_webpage: self.no_webpage, ..old };
        let (version, date) = (row.version + 1, turn.now().secs());
        let sealed = seal_body(turn, (log, row.peer), row.uid, version, &body)?;
        let before = row.clone();
        let mut row = MailboxRow { body: sealed.clone(), version, edit_date: date, ..row };
        if let Some(channel) = self.peer.channel() {
            row.tags = tags::of(turn.world(), &existing(turn, channel)?, &body);
            tags::settle(turn, channel, self.message, (&before, &row));
            admin_log::edited(turn, channel, me, self.message, (before, row.clone()))?;
        }
        turn.put(mailbox_key(log, self.message), &row);
        search::index::replace(turn, log, self.message, &row, &body)?;
        tell(turn, me, row.peer, Delivered::Edited { uid: row.uid, body: sealed, version, date })?;
        let change = Change::EditMessage { message: self.message };
        let entry = updates::append(turn, log, change, 1, Some(self.by.origin))?;
        replies::edited(turn, &row, &body)?;
        posts::copies::edited(turn, me, &row, body)?;
        Ok(entry)
    }
}

/// A message that its owner may edit now.
pub fn editable(view: &(impl View + ?Sized), me: UserId, peer: Peer, message: MessageId) -> Decided<MailboxRow> {
    if let Some(channel) = peer.channel() {
        return posts::edit::editable(view, me, channel, message);
    }
    let row = copy(view, me, message)?.filter(|it| it.peer == peer).ok_or(Refusal::MessageIdInvalid)?;
    if let Peer::Chat(id) = peer {
        access::refuse_writer(view, id, me)?;
    }
    if row.from != me || row.forward.is_some() {
        return Err(Refusal::MessageAuthorRequired.into());
    }
    if open_body(view, me, &row)?.action.is_some() {
        return Err(Refusal::MessageIdInvalid.into());
    }
    let age = view.now().secs().saturating_sub(row.date);
    // Notes to oneself may be edited for ever.
    if age > EDIT_SECONDS && peer != Peer::User(me) {
        return Err(Refusal::MessageEditTimeExpired.into());
    }
    Ok(row)
}
