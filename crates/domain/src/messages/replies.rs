//! The chat with answers to one's comments: who comments in a group without being in it hears nothing of the group,
//! so each answer arrives in its mailbox, from an account of the server, with where it was written.
//! Source: core.telegram.org/api/discussion, core.telegram.org/method/contacts.blockFromReplies.

use store::{Direction, Range};

use super::{
    delete,
    posts::copies,
    receive::{Delivered, MessageCopy},
    rows::{
        Body, Elsewhere, ForwardRow, MailboxRow, chat_range, copy, history_key, id_of, local_id, mailbox_key, seal_body,
    },
    todo,
};
use crate::{
    caller::Caller,
    deliveries::{Delivery, deliver},
    groups::access::{self, Access},
    ids::{LogId, MessageId, Peer, UserId},
    people::blocks::{self, List},
    refusal::Refusal,
    service::Command,
    turn::Turn,
    updates::LogEntry,
    view::{Decided, Rows, Stop},
};

/// The chat.
const CHAT: Peer = Peer::User(UserId::REPLIES);

/// Messages of one step of a history; the caller asks again until none is left.
const STEP: usize = 100;

/// A comment was written: whom it answers is told, if it is not in the group.
pub(super) fn posted(turn: &mut Turn<'_>, access: &Access, id: MessageId, row: MailboxRow, body: Body) -> Decided<()> {
    let Some((to, answered)) = guest(turn, access, &row)? else { return Ok(()) };
    let row = MailboxRow { guest_told: Some(to), ..row };
    turn.put(mailbox_key(access.log(), id), &row);
    let elsewhere = Elsewhere { peer: row.peer, message: answered, top: row.thread, ..Elsewhere::default() };
    let sealed = seal(turn, to, &row, Body { elsewhere: Some(elsewhere), ..body })?;
    let author = row.forward.clone().unwrap_or(ForwardRow {
        from: Some(row.from).filter(|_| row.sent_as.is_none()),
        channel: row.sent_as,
        date: row.date,
        ..ForwardRow::default()
    });
    let message = MessageCopy {
        forward: Some(ForwardRow { saved_peer: Some(row.peer), saved_id: id, ..author }),
        body: sealed,
        reply_to: None,
        mentions: Vec::new(),
        ..MessageCopy::of(&row)
    };
    deliver(turn, UserId::REPLIES, to, Delivery::Messages { what: Delivered::Message { message } })
}

/// Who is answered by a comment and does not hear the group, and the number of what it wrote.
fn guest(turn: &Turn<'_>, access: &Access, row: &MailboxRow) -> Decided<Option<(UserId, MessageId)>> {
    let Some(uid) = row.reply_to.filter(|_| access.row.linked.is_some() && row.thread.0 > 0) else { return Ok(None) };
    let Some(id) = local_id(turn, access.log(), uid)? else { return Ok(None) };
    let answered = copy(turn, access.log(), id)?.filter(|it| it.sent_as.is_none() && it.from != row.from);
    let Some(to) = answered.map(|it| it.from) else { return Ok(None) };
    let comment = copy(turn, access.log(), row.thread)?.is_some_and(|it| copies::source(&it).is_some());
    let voice = row.sent_as.unwrap_or(Peer::User(row.from));
    let hears = match access::reader(turn, access.channel, to) {
        // Who is in the group hears it there.
        Ok(it) => !it.standing.is_in(),
        // Who may no longer look into it is not to learn what is said.
        Err(Stop::Refuse(_)) => false,
        Err(other) => return Err(other),
    };
    let blocked = blocks::is_on(turn, to, List::Main, voice)?;
    Ok((comment && hears && !blocked).then_some((to, id)))
}

/// A comment was edited, and with it what its answered guest has of it.
pub(super) fn edited(turn: &mut Turn<'_>, row: &MailboxRow, body: &Body) -> Decided<()> {
    let (Some(to), Some(uid)) = (row.guest_told, row.reply_to) else { return Ok(()) };
    let log = row.peer.log(to);
    let message = local_id(turn, log, uid)?.unwrap_or_default();
    let elsewhere = Elsewhere { peer: row.peer, message, top: row.thread, ..Elsewhere::default() };
    let body = seal(turn, to, row, Body { elsewhere: Some(elsewhere), ..body.clone() })?;
    let what = Delivered::Edited { uid: row.uid, body, version: row.version, date: row.edit_date };
    deliver(turn, UserId::REPLIES, to, Delivery::Messages { what })
}

/// A comment is gone, and so is what its answered guest has of it.
pub(super) fn forget(turn: &mut Turn<'_>, row: &MailboxRow) -> Decided<()> {
    let Some(to) = row.guest_told else { return Ok(()) };
    let what = Delivered::Deleted { uids: vec![row.uid] };
    deliver(turn, UserId::REPLIES, to, Delivery::Messages { what })
}

/// As a forward has it, under the key of the guest's chat.
fn seal(turn: &mut Turn<'_>, to: UserId, row: &MailboxRow, mut body: Body) -> Decided<bytes::Bytes> {
    if row.forward.is_none() {
        body.origin_signature = std::mem::take(&mut body.signature);
    }
    body.todo = body.todo.as_ref().map(|it| todo::frozen(turn, it)).transpose()?;
    seal_body(turn, (LogId::Mailbox(to), CHAT), row.uid, row.version, &body)
}

/// Blocks who wrote an answer, and deletes it.
pub struct BlockFromReplies {
    /// Who.
    pub by: Caller,
    /// The answer, in the caller's mailbox.
    pub message: MessageId,
    /// The answer goes.
    pub delete: bool,
}

/// What became of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Blocked {
    /// Who it was.
    pub author: Peer,
    /// Entries of the caller's log.
    pub told: Vec<LogEntry>,
}

impl Command for BlockFromReplies {
    type Reply = Blocked;

    fn decide(&self, turn: &mut Turn<'_>) -> Decided<Blocked> {
        let me = self.by.user;
        let row = copy(turn, me, self.message)?.filter(|it| it.peer == CHAT).ok_or(Refusal::MsgIdInvalid)?;
        let author = author(&row).ok_or(Refusal::MsgIdInvalid)?;
        let blocked = blocks::set(turn, &self.by, List::Main, author, true)?;
        let gone = match self.delete {
            true => delete::remove(turn, me, &[self.message], Some(self.by.origin))?,
            false => None,
        };
        Ok(Blocked { author, told: blocked.into_iter().chain(gone).collect() })
    }
}

/// Deletes all answers of somebody, a step at a time.
pub struct DeleteReplies {
    /// Who.
    pub by: Caller,
    /// Whose answers.
    pub author: Peer,
    /// Below this message.
    pub below: MessageId,
}

impl Command for DeleteReplies {
    /// The entry of the caller's log, and where the next step begins, if there is one.
    type Reply = (Option<LogEntry>, Option<MessageId>);

    fn decide(&self, turn: &mut Turn<'_>) -> Decided<Self::Reply> {
        let me = self.by.user;
        let range = Range { end: history_key(me, CHAT, self.below), ..chat_range(me, CHAT) };
        let rows = turn.scan(&range, Direction::Backward, STEP)?;
        let mut ids = Vec::new();
        for id in rows.iter().map(|(key, _)| id_of(key)) {
            if copy(turn, me, id)?.is_some_and(|it| author(&it) == Some(self.author)) {
                ids.push(id);
            }
        }
        let next = rows.last().filter(|_| rows.len() == STEP).map(|(key, _)| id_of(key));
        Ok((delete::remove(turn, me, &ids, Some(self.by.origin))?, next))
    }
}

/// Who wrote an answer.
fn author(row: &MailboxRow) -> Option<Peer> {
    let forward = row.forward.as_ref()?;
    forward.channel.or(forward.from.map(Peer::User))
}
