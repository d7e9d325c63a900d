//! Closing a poll: by who asked, or when its time is over.
//! Source: core.telegram.org/api/poll, "Closing polls".

use store::Key;

use super::{poll_key, polled, state};
use crate::{
    caller::Caller,
    deliveries::{Delivery, deliver},
    groups,
    groups::log::{self, AdminEvent},
    ids::{LogId, MessageId, Peer, UserId},
    messages::{
        receive::Delivered,
        rows::{Body, MailboxRow, copy, open_body},
    },
    refusal::Refusal,
    service::Command,
    spaces::TIMER,
    turn::Turn,
    updates::{self, Change, LogEntry, Origin},
    view::{Decided, View},
};

/// The kind of timer that closes polls.
pub(in crate::messages) const CLOSING: u8 = 65;

/// Closes a poll for good.
pub struct ClosePoll {
    /// Who: the author, or an editor of the broadcast channel.
    pub by: Caller,
    /// In which chat.
    pub peer: Peer,
    /// The poll's message.
    pub message: MessageId,
}

impl Command for ClosePoll {
    /// The entry of the author's log.
    type Reply = LogEntry;

    fn decide(&self, turn: &mut Turn<'_>) -> Decided<LogEntry> {
        let me = self.by.user;
        let (row, poll) = polled(turn, me, self.peer, self.message)?;
        if !closable(turn, me, self.peer, &row)? || row.forward.is_some() {
            return Err(Refusal::MessageAuthorRequired.into());
        }
        let mut state = state(turn, poll.id)?;
        if poll.is_closed(&state, turn.now().secs()) {
            return Err(Refusal::MessageNotModified.into());
        }
        state.closed = true;
        turn.put(poll_key(poll.id), &state);
        if let Some(channel) = self.peer.channel()
            && let Some(message) = log::kept(turn, channel, self.message)?
        {
            log::note(turn, channel, me, AdminEvent::PollStopped { message })?;
        }
        tell_all(turn, me, (self.peer, self.message), &row, Some(self.by.origin))?;
        let change = Change::Poll { peer: self.peer, message: self.message };
        updates::append(turn, me, change, 0, Some(self.by.origin))
    }
}

/// Who asked closes it; in a broadcast channel so does who may edit all posts. Source: TDLib 1.8.66, `can_stop_poll`.
fn closable(turn: &Turn<'_>, me: UserId, peer: Peer, row: &MailboxRow) -> Decided<bool> {
    let Some(channel) = peer.channel() else { return Ok(row.from == me) };
    let access = groups::access::reader(turn, channel, me)?;
    let edits = access.row.broadcast && access.standing.may(groups::AdminRights::EDIT_MESSAGES);
    Ok(row.from == me || edits)
}

/// A queued poll is sent: under a number of its own, and its time begins now.
pub(in crate::messages) fn begin(turn: &mut Turn<'_>, body: &mut Body) {
    if let Some(poll) = &mut body.poll {
        poll.id = (u64::from_be_bytes(turn.draw()) >> 17).max(1) << 16 | poll.id & 0xffff;
        if poll.period > 0 {
            poll.close_date = turn.now().secs().saturating_add(poll.period);
        }
    }
}

/// Plans the end of a poll that was sent.
pub(in crate::messages) fn plan(turn: &mut Turn<'_>, log: LogId, id: MessageId, body: &Body) {
    let due = body.poll.as_ref().filter(|it| !it.closed).map_or(0, |it| it.close_date);
    if due > 0 {
        turn.put_empty(Key::of(TIMER, 0).u32(due).u8(CLOSING).u64(log.number()).u32(id.0.unsigned_abs()).key());
    }
}

/// A poll's time is over.
pub(in crate::messages) fn run(turn: &mut Turn<'_>, key: &Key) -> Decided<()> {
    let Some((log, id)) = parts(key.suffix()) else { return Ok(()) };
    let Some(row) = copy(turn, log, id)? else { return Ok(()) };
    let Some(poll) = open_body(turn, log, &row)?.poll else { return Ok(()) };
    let mut state = state(turn, poll.id)?;
    if state.closed {
        return Ok(());
    }
    state.closed = true;
    turn.put(poll_key(poll.id), &state);
    tell_all(turn, row.from, (row.peer, id), &row, None)?;
    match log {
        LogId::Mailbox(me) => {
            updates::append(turn, me, Change::Poll { peer: row.peer, message: id }, 0, None).map(drop)
        }
        LogId::Channel(_) => Ok(()),
    }
}

/// The others learn of it, also who is away.
fn tell_all(
    turn: &mut Turn<'_>,
    me: UserId,
    (peer, message): (Peer, MessageId),
    row: &MailboxRow,
    skip: Option<Origin>,
) -> Decided<()> {
    let what = Delivered::PollClosed { peer, uid: row.uid };
    match peer {
        Peer::User(other) if other == me => Ok(()),
        Peer::User(other) => deliver(turn, me, other, Delivery::Messages { what }),
        Peer::Chat(id) => {
            let members = groups::chat(turn, id)?.map(|it| it.members).unwrap_or_default();
            for it in members.iter().filter(|it| it.user != me) {
                deliver(turn, me, it.user, Delivery::Messages { what: what.clone() })?;
            }
            Ok(())
        }
        Peer::Channel(id) => updates::append(turn, id, Change::Poll { peer, message }, 0, skip).map(drop),
    }
}

fn parts(suffix: &[u8]) -> Option<(LogId, MessageId)> {
    let log = u64::from_be_bytes(*suffix.get(5..)?.first_chunk()?);
    let id = i32::from_be_bytes(*suffix.get(13..)?.first_chunk()?);
    Some((LogId::from_number(log), MessageId(id)))
}
