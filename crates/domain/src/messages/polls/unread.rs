//! Votes that who asked has not seen: marks, as of other things, and a flag at the poll.
//! Source: core.telegram.org/method/messages.getUnreadPollVotes.

use super::{poll_key, state};
use crate::{
    caller::Caller,
    ids::{LogId, MessageId, Peer},
    messages::{
        marks::{self, Mark},
        rows::{copy, open_body},
    },
    service::Command,
    turn::Turn,
    updates::{self, Change, LogEntry},
    view::Decided,
};

/// Has the votes of a chat's polls seen, a step at a time.
pub struct ReadPollVotes {
    /// Who.
    pub by: Caller,
    /// In which chat.
    pub peer: Peer,
    /// Only those of this topic.
    pub top: Option<MessageId>,
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
        let (ids, more) = marks::step(turn, me, peer, Mark::PollVote, self.top)?;
        let mut entry = None;
        for &id in &ids {
            marks::settle(turn, me, peer, id, (Mark::PollVote, false))?;
            let Some(row) = copy(turn, log, id)? else { continue };
            let Some(poll) = open_body(turn, log, &row)?.poll else { continue };
            let mut state = state(turn, poll.id)?;
            state.unread = false;
            turn.put(poll_key(poll.id), &state);
            let change = Change::Poll { peer, message: id };
            entry = Some(updates::append(turn, me, change, 0, Some(self.by.origin))?);
        }
        Ok(Step { read: ids.len(), entry, more })
    }
}
