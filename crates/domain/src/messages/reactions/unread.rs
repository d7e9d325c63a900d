//! Reactions that the author of a message has not seen. Their marks follow from the rows of the reactions and are
//! only ever changed with them.

use store::Direction;

use super::{PEOPLE_MAX, ReactionRow, rows};
use crate::{
    caller::Caller,
    ids::{MessageId, Peer, UserId},
    messages::{
        marks::{self, Mark},
        media::opening,
        posts::{self, contents::Contents},
        rows::copy,
    },
    service::Command,
    turn::Turn,
    updates::{self, Change, LogEntry},
    view::{Decided, list},
};

/// Messages that are opened at once.
const OPENED_MAX: usize = 100;

/// Has the reactions of a chat read, a step at a time.
pub struct ReadReactions {
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
    /// The entry of the reader's log, if anything was unread.
    pub entry: Option<LogEntry>,
    /// Whether more is left.
    pub more: bool,
}

impl Command for ReadReactions {
    type Reply = Step;

    fn decide(&self, turn: &mut Turn<'_>) -> Decided<Step> {
        let (ids, more) = marks::step(turn, self.by.user, self.peer, Mark::Reaction, self.top)?;
        if let Some(channel) = self.peer.channel() {
            let entry = posts::contents::opened(turn, &self.by, channel, &ids, Contents::Reactions)?;
            return Ok(Step { entry, more });
        }
        let entry = read(turn, &self.by, &ids, false)?;
        Ok(Step { entry, more })
    }
}

/// Opens messages: what they carry, their reactions, and that they mention the reader.
pub struct ReadContents {
    /// Who.
    pub by: Caller,
    /// In the reader's mailbox.
    pub messages: Vec<MessageId>,
}

impl Command for ReadContents {
    /// The entry of the reader's log, if anything was unread.
    type Reply = Option<LogEntry>;

    fn decide(&self, turn: &mut Turn<'_>) -> Decided<Option<LogEntry>> {
        if self.messages.len() > OPENED_MAX {
            return Err(crate::refusal::Refusal::LimitInvalid.into());
        }
        read(turn, &self.by, &self.messages, true)
    }
}

/// The reader's other sessions learn of the numbers, and of each message's reactions as they are now.
fn read(turn: &mut Turn<'_>, by: &Caller, ids: &[MessageId], all: bool) -> Decided<Option<LogEntry>> {
    let mut done = Vec::new();
    for &id in ids {
        let Some(message) = copy(turn, by.user, id)? else { continue };
        let mentioned = all && marks::settle(turn, by.user, message.peer, id, (Mark::Mention, false))?;
        let heard = all && opening::open(turn, by, id, &message)?;
        let reacted = clear(turn, by.user, id)?;
        if reacted {
            marks::settle(turn, by.user, message.peer, id, (Mark::Reaction, false))?;
            let change = Change::Reactions { peer: message.peer, message: id };
            updates::append(turn, by.user, change, 0, Some(by.origin))?;
        }
        if reacted || mentioned || heard {
            done.push(id);
        }
    }
    let count = i32::try_from(done.len()).unwrap_or(0);
    if count == 0 {
        return Ok(None);
    }
    let change = Change::ReadContents { messages: done, date: 0 };
    updates::append(turn, by.user, change, count, Some(by.origin)).map(Some)
}

fn clear(turn: &mut Turn<'_>, user: UserId, id: MessageId) -> Decided<bool> {
    let found = list::<ReactionRow>(turn, &rows(user, id), Direction::Forward, PEOPLE_MAX)?;
    let unread: Vec<_> = found.into_iter().filter(|(_, row)| row.unread).collect();
    for (key, row) in &unread {
        turn.put(key.clone(), &ReactionRow { unread: false, ..row.clone() });
    }
    Ok(!unread.is_empty())
}

/// Marks of a whole mailbox, counted by hand, for tests of the counters.
#[cfg(test)]
pub(crate) fn counted(view: &(impl crate::view::Rows + ?Sized), user: UserId, peer: Peer) -> Decided<u32> {
    let all = crate::messages::rows::chat_range(user, peer);
    let mut count = 0;
    for (key, _) in view.scan(&all, Direction::Forward, 10_000)? {
        let found =
            list::<ReactionRow>(view, &rows(user, crate::messages::rows::id_of(&key)), Direction::Forward, PEOPLE_MAX)?;
        count += u32::from(found.iter().any(|(_, row)| row.unread));
    }
    Ok(count)
}
