//! Reactions that the author of a message has not seen: a mark a message, a counter a chat. Both follow from
//! the rows of the reactions and are only ever changed together.

use store::{Direction, Key, Range};

use super::{PEOPLE_MAX, ReactionRow, rows};
use crate::{
    caller::Caller,
    ids::{MessageId, Peer, UserId},
    messages::{
        dialogs, mentions,
        posts::{self, contents::Contents},
        rows::{copy, id_of},
    },
    service::Command,
    spaces::UNREAD_MARK,
    turn::Turn,
    updates::{self, Change, LogEntry},
    view::{Decided, Rows, list},
};

/// The kind of these marks; others belong to other rooms.
const REACTIONS: u8 = 1;

/// Messages of one step; the client asks again until none is left.
const STEP: usize = 100;

/// Messages with unread reactions on one page.
pub const PAGE_MAX: usize = 100;

/// Makes mark and counter of a message what its reactions say.
pub(in crate::messages) fn settle(
    turn: &mut Turn<'_>,
    user: UserId,
    peer: Peer,
    id: MessageId,
    unread: bool,
) -> Decided<()> {
    let key = mark_key(user, peer, id);
    let marked = turn.get(&key)?.is_some();
    match (marked, unread) {
        (false, true) => {
            turn.put_empty(key);
            dialogs::change(turn, user, peer, |it| it.unread_reactions += 1).map(drop)
        }
        (true, false) => {
            turn.delete(key);
            dialogs::change(turn, user, peer, |it| it.unread_reactions = it.unread_reactions.saturating_sub(1))
                .map(drop)
        }
        (true, true) | (false, false) => Ok(()),
    }
}

/// Whether a message has reactions that its author has not seen.
pub(in crate::messages) fn is_marked(
    view: &(impl Rows + ?Sized),
    user: UserId,
    peer: Peer,
    id: MessageId,
) -> Decided<bool> {
    Ok(view.get(&mark_key(user, peer, id))?.is_some())
}

/// Messages of a chat with unread reactions, newest first, below a number; 0: from the newest.
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

/// Has the reactions of a chat read, a step at a time.
pub struct ReadReactions {
    /// Who.
    pub by: Caller,
    /// In which chat.
    pub peer: Peer,
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
        let found = turn.scan(&marks(self.by.user, self.peer), Direction::Forward, STEP + 1)?;
        let ids: Vec<_> = found.iter().take(STEP).map(|(key, _)| id_of(key)).collect();
        if let Some(channel) = self.peer.channel() {
            let entry = posts::contents::opened(turn, &self.by, channel, &ids, Contents::Reactions)?;
            return Ok(Step { entry, more: found.len() > STEP });
        }
        let entry = read(turn, &self.by, &ids, false)?;
        Ok(Step { entry, more: found.len() > STEP })
    }
}

/// Opens messages: their reactions are read, and that they mention the reader.
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
        if self.messages.len() > STEP {
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
        let mentioned = all && mentions::settle(turn, by.user, message.peer, id, false)?;
        let reacted = clear(turn, by.user, id)?;
        if reacted {
            settle(turn, by.user, message.peer, id, false)?;
            let change = Change::Reactions { peer: message.peer, message: id };
            updates::append(turn, by.user, change, 0, Some(by.origin))?;
        }
        if reacted || mentioned {
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
pub(crate) fn counted(view: &(impl Rows + ?Sized), user: UserId, peer: Peer) -> Decided<u32> {
    let all = crate::messages::rows::chat_range(user, peer);
    let mut count = 0;
    for (key, _) in view.scan(&all, Direction::Forward, 10_000)? {
        let found = list::<ReactionRow>(view, &rows(user, id_of(&key)), Direction::Forward, PEOPLE_MAX)?;
        count += u32::from(found.iter().any(|(_, row)| row.unread));
    }
    Ok(count)
}

fn marks(user: UserId, peer: Peer) -> Range {
    let (kind, id) = peer.key_parts();
    Range::prefix(Key::of(UNREAD_MARK, user.vshard().0).u64(user.0).u8(REACTIONS).u8(kind).u64(id).key())
}

fn mark_key(user: UserId, peer: Peer, message: MessageId) -> Key {
    let (kind, id) = peer.key_parts();
    let chat = Key::of(UNREAD_MARK, user.vshard().0).u64(user.0).u8(REACTIONS).u8(kind).u64(id);
    chat.u32(message.0.unsigned_abs()).key()
}
