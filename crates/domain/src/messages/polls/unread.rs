//! Votes that who asked has not seen: a mark a message, a counter a chat, and a flag at the poll.
//! Source: core.telegram.org/method/messages.getUnreadPollVotes.

use store::{Direction, Key, Range};

use super::{poll_key, state};
use crate::{
    caller::Caller,
    ids::{LogId, MessageId, Peer, UserId},
    messages::{
        dialogs,
        rows::{copy, id_of, open_body},
    },
    service::Command,
    spaces::UNREAD_MARK,
    turn::Turn,
    updates::{self, Change, LogEntry},
    view::{Decided, Rows},
};

/// The kind of these marks; others belong to other rooms.
const POLL_VOTES: u8 = 2;

/// Messages of one step; the client asks again until none is left.
const STEP: usize = 100;

/// Messages with unread votes on one page.
pub const PAGE_MAX: usize = 100;

/// Somebody voted in a poll that `user` asked.
pub(in crate::messages) fn mark(turn: &mut Turn<'_>, user: UserId, peer: Peer, id: MessageId) -> Decided<()> {
    let key = mark_key(user, peer, id);
    if turn.get(&key)?.is_some() {
        return Ok(());
    }
    turn.put_empty(key);
    dialogs::change(turn, user, peer, |it| it.unread_poll_votes += 1).map(drop)
}

/// Takes a mark away, where there is one.
pub(in crate::messages) fn unmark(turn: &mut Turn<'_>, user: UserId, peer: Peer, id: MessageId) -> Decided<()> {
    let key = mark_key(user, peer, id);
    if turn.get(&key)?.is_none() {
        return Ok(());
    }
    turn.delete(key);
    dialogs::change(turn, user, peer, |it| it.unread_poll_votes = it.unread_poll_votes.saturating_sub(1)).map(drop)
}

/// Messages of a chat with unread votes, newest first, below a number; 0: from the newest.
pub fn unread(
    view: &(impl Rows + ?Sized),
    user: UserId,
    peer: Peer,
    below: MessageId,
    limit: usize,
) -> Decided<Vec<MessageId>> {
    let whole = marks(user, peer);
    let end = if below.0 > 0 { mark_key(user, peer, below) } else { whole.end };
    let found = view.scan(&Range { start: whole.start, end }, Direction::Backward, limit.min(PAGE_MAX))?;
    Ok(found.iter().map(|(key, _)| id_of(key)).collect())
}

/// Has the votes of a chat's polls seen, a step at a time.
pub struct ReadPollVotes {
    /// Who.
    pub by: Caller,
    /// In which chat.
    pub peer: Peer,
}

/// What a step came to.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// Messages that were read.
    pub read: usize,
    /// The last entry of the reader's log.
    pub entry: Option<LogEntry>,
    /// Whether more is left.
    pub more: bool,
}

impl Command for ReadPollVotes {
    type Reply = Step;

    fn decide(&self, turn: &mut Turn<'_>) -> Decided<Step> {
        let (me, peer) = (self.by.user, self.peer);
        let log: LogId = peer.log(me);
        let found = turn.scan(&marks(me, peer), Direction::Forward, STEP + 1)?;
        let mut entry = None;
        for id in found.iter().take(STEP).map(|(key, _)| id_of(key)) {
            unmark(turn, me, peer, id)?;
            let Some(row) = copy(turn, log, id)? else { continue };
            let Some(poll) = open_body(turn, log, &row)?.poll else { continue };
            let mut state = state(turn, poll.id)?;
            state.unread = false;
            turn.put(poll_key(poll.id), &state);
            let change = Change::Poll { peer, message: id };
            entry = Some(updates::append(turn, me, change, 0, Some(self.by.origin))?);
        }
        Ok(Step { read: found.len().min(STEP), entry, more: found.len() > STEP })
    }
}

fn marks(user: UserId, peer: Peer) -> Range {
    let (kind, id) = peer.key_parts();
    Range::prefix(Key::of(UNREAD_MARK, user.vshard().0).u64(user.0).u8(POLL_VOTES).u8(kind).u64(id).key())
}

fn mark_key(user: UserId, peer: Peer, message: MessageId) -> Key {
    let (kind, id) = peer.key_parts();
    let chat = Key::of(UNREAD_MARK, user.vshard().0).u64(user.0).u8(POLL_VOTES).u8(kind).u64(id);
    chat.u32(message.0.unsigned_abs()).key()
}
