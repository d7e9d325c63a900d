//! Editing: a text here, what is carried in `media::edit` and `media::live`. Both copies get the same sealed body under a new version.
//! Source: core.telegram.org/method/messages.editMessage.

use super::{
    media::live,
    posts::{self, tags},
    receive::Delivered,
    recipients::tell,
    replies,
    rows::{Body, Entity, MailboxRow, carry, copy, mailbox_key, open_body, seal_body},
    search, text,
    webpages::{self, Wish},
};
use crate::{
    caller::Caller,
    groups::{basic::access, channel::existing, log as admin_log},
    ids::{MessageId, Peer, UserId},
    policy::screen,
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
        self.edit(turn, &Wish::default())
    }
}

/// The same, with a page of the web as the editor wants it.
pub struct EditWithPage {
    /// The edit.
    pub edit: EditMessage,
    /// The page.
    pub wish: Wish,
}

impl Command for EditWithPage {
    type Reply = LogEntry;

    fn decide(&self, turn: &mut Turn<'_>) -> Decided<LogEntry> {
        self.edit.edit(turn, &self.wish)
    }
}

impl EditMessage {
    fn edit(&self, turn: &mut Turn<'_>, wish: &Wish) -> Decided<LogEntry> {
        let me = self.by.user;
        let log = self.peer.log(me);
        let row = editable(turn, me, self.peer, self.message)?;
        let old = open_body(turn, log, &row)?;
        let carries = old.media.as_ref().is_some_and(|it| it.page() == 0) || old.poll.is_some() || old.todo.is_some();
        let clean = if carries { text::caption } else { text::clean };
        let cleaned = clean(&self.text, &self.entities)?;
        let before = old.clone();
        let mut body = Body { text: cleaned.text, entities: cleaned.entities, no_webpage: self.no_webpage, ..old };
        body.media = webpages::again(turn, me, self.peer, (&body, wish))?;
        if body == before {
            return Err(Refusal::MessageNotModified.into());
        }
        if before.media.as_ref().is_some_and(|it| it.ttl() > 0) {
            // The other side's copy may be over already.
            return Err(Refusal::MediaPrevInvalid.into());
        }
        write(turn, &self.by, (self.peer, self.message), row, body)
    }
}

/// Gives a message that may be edited another body, in every copy.
pub(super) fn write(
    turn: &mut Turn<'_>,
    by: &Caller,
    (peer, message): (Peer, MessageId),
    row: MailboxRow,
    body: Body,
) -> Decided<LogEntry> {
    let (me, log) = (by.user, peer.log(by.user));
    screen(turn, me, peer, &body)?;
    let (version, date) = (row.version + 1, turn.now().secs());
    let sealed = seal_body(turn, (log, row.peer), row.uid, version, &body)?;
    let before = row.clone();
    let (files, page) = (body.files(), body.page());
    let mut row = MailboxRow { body: sealed.clone(), version, edit_date: date, files, page, ..row };
    webpages::wait(turn, row.page, log)?;
    carry(turn, log, row.uid, &before.files, &row.files);
    if let Some(channel) = peer.channel() {
        row.tags = tags::of(turn.world(), &existing(turn, channel)?, &body);
        tags::settle(turn, channel, message, (&before, &row));
        admin_log::edited(turn, channel, me, message, (before, row.clone()))?;
    }
    turn.put(mailbox_key(log, message), &row);
    search::index::replace(turn, log, message, &row, &body)?;
    tell(turn, me, row.peer, Delivered::Edited { uid: row.uid, body: sealed, version, date })?;
    let entry = updates::append(turn, log, Change::EditMessage { message }, 1, Some(by.origin))?;
    replies::edited(turn, &row, &body)?;
    posts::copies::edited(turn, me, &row, body)?;
    Ok(entry)
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
    let body = open_body(view, me, &row)?;
    if body.action.is_some() {
        return Err(Refusal::MessageIdInvalid.into());
    }
    let now = view.now().secs();
    // Notes to oneself may be edited for ever, and what is live as long as it is.
    let unlimited = peer == Peer::User(me) || live::runs(body.media.as_ref(), row.date, now);
    if now.saturating_sub(row.date) > EDIT_SECONDS && !unlimited {
        return Err(Refusal::MessageEditTimeExpired.into());
    }
    Ok(row)
}
