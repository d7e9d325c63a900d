//! What somebody has not looked at yet: who mentioned it, reacted to what it wrote, voted where it asked. A mark a
//! message and a counter a chat, of each kind, both in its own mailbox; marks of a channel's messages stand there,
//! too, under the channel and its numbers. What a mark means, and what is told when it goes, is for the rooms that
//! set it. Source: core.telegram.org/api/mentions, core.telegram.org/api/reactions.

use std::collections::BTreeMap;

use store::{Direction, Key, KeyBuilder, Range};

use super::{
    dialogs::{self, DialogRow},
    rows::{copy, id_of},
    threads::GENERAL,
};
use crate::{
    ids::{MessageId, Peer, UserId},
    record,
    record::Record,
    spaces::UNREAD_MARK,
    turn::Turn,
    view::{Decided, Rows},
};

/// Messages on one page.
pub const PAGE_MAX: usize = 100;

/// Marks taken away in one step; the client asks again until none is left.
const STEP: usize = 100;

/// Marks looked through for those of one topic, and counted for all topics of a forum.
const LOOKED_AT: usize = 1000;

/// The kinds of marks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    /// Somebody reacted.
    Reaction,
    /// The message mentions or answers its reader.
    Mention,
    /// Somebody voted.
    PollVote,
}

impl Mark {
    /// Each.
    pub const ALL: [Mark; 3] = [Mark::Reaction, Mark::Mention, Mark::PollVote];

    /// In keys.
    fn number(self) -> u8 {
        match self {
            Mark::Reaction => 1,
            Mark::Mention => 2,
            Mark::PollVote => 3,
        }
    }

    /// Its counter in a chat.
    pub fn count(self, row: &mut DialogRow) -> &mut u32 {
        match self {
            Mark::Reaction => &mut row.unread_reactions,
            Mark::Mention => &mut row.unread_mentions,
            Mark::PollVote => &mut row.unread_poll_votes,
        }
    }
}

record! {
    /// Where the marked message of a channel stands.
    pub struct MarkRow {
        /// The message that its topic or thread begins with; 0: it is in none.
        1 => thread: MessageId,
        /// That is a topic of a forum.
        2 => in_topic: bool,
    }
}

impl MarkRow {
    /// Whether it is in this topic or thread. Whatever is in no topic of a forum is in the general one.
    fn is_in(&self, top: MessageId) -> bool {
        self.thread == top || top == GENERAL && !self.in_topic
    }
}

/// Which marked messages of a chat are asked for; newest first.
#[derive(Clone, Copy, Debug, Default)]
pub struct Part {
    /// Below this one; 0: from the newest.
    pub offset_id: MessageId,
    /// Moves the page: negative toward newer messages.
    pub add_offset: i32,
    /// Messages wanted.
    pub limit: i32,
    /// Only below this one; 0: any.
    pub max_id: MessageId,
    /// Only above this one; 0: any.
    pub min_id: MessageId,
    /// Only of this topic.
    pub top: Option<MessageId>,
}

/// Makes the mark of a message what it should be, and the counter with it; whether that changed anything.
pub(crate) fn settle(
    turn: &mut Turn<'_>,
    user: UserId,
    peer: Peer,
    id: MessageId,
    (mark, unread): (Mark, bool),
) -> Decided<bool> {
    let key = key(user, peer, mark, id);
    if turn.get(&key)?.is_some() == unread {
        return Ok(false);
    }
    if unread {
        let at = copy(turn, peer.log(user), id)?.unwrap_or_default();
        turn.put(key, &MarkRow { thread: at.thread, in_topic: at.in_topic, ..MarkRow::default() });
    } else {
        turn.delete(key);
    }
    dialogs::change(turn, user, peer, |it| {
        let count = mark.count(it);
        *count = count.saturating_add_signed(if unread { 1 } else { -1 });
    })?;
    Ok(true)
}

/// Whether a message is marked.
pub(crate) fn is_set(
    view: &(impl Rows + ?Sized),
    user: UserId,
    peer: Peer,
    mark: Mark,
    id: MessageId,
) -> Decided<bool> {
    Ok(view.get(&key(user, peer, mark, id))?.is_some())
}

/// Marked messages of a chat, newest first, and how many there are.
pub fn page(
    view: &(impl Rows + ?Sized),
    user: UserId,
    peer: Peer,
    mark: Mark,
    part: Part,
) -> Decided<(Vec<MessageId>, usize)> {
    let whole = range(user, peer, mark);
    let count = match part.top {
        None => *mark.count(&mut dialogs::dialog(view, user, peer)?) as usize,
        Some(_) => picked(view, &whole, Direction::Backward, part.top, LOOKED_AT)?.len(),
    };
    let at = if part.offset_id.0 > 0 { key(user, peer, mark, part.offset_id) } else { whole.end.clone() };
    let limit = usize::try_from(part.limit).unwrap_or(0).min(PAGE_MAX);
    let newer = usize::try_from(part.add_offset.saturating_neg()).unwrap_or(0).min(limit);
    let skip = usize::try_from(part.add_offset).unwrap_or(0).min(PAGE_MAX);
    let above = Range { start: at.clone(), end: whole.end };
    let mut ids = picked(view, &above, Direction::Forward, part.top, newer)?;
    ids.reverse();
    let below = Range { start: whole.start, end: at };
    let older = picked(view, &below, Direction::Backward, part.top, skip + limit - newer)?;
    ids.extend(older.into_iter().skip(skip));
    ids.retain(|id| (part.max_id.0 == 0 || *id < part.max_id) && *id > part.min_id);
    Ok((ids, count))
}

/// The marked messages that a step takes, and whether more are left.
pub(crate) fn step(
    view: &(impl Rows + ?Sized),
    user: UserId,
    peer: Peer,
    mark: Mark,
    top: Option<MessageId>,
) -> Decided<(Vec<MessageId>, bool)> {
    let mut ids = picked(view, &range(user, peer, mark), Direction::Forward, top, STEP + 1)?;
    let more = ids.len() > STEP;
    ids.truncate(STEP);
    Ok((ids, more))
}

/// How many messages are marked in each topic of a forum.
pub fn by_topic(
    view: &(impl Rows + ?Sized),
    user: UserId,
    peer: Peer,
    mark: Mark,
) -> Decided<BTreeMap<MessageId, u32>> {
    let mut counts = BTreeMap::new();
    // Most chats have none, which one row says.
    if *mark.count(&mut dialogs::dialog(view, user, peer)?) == 0 {
        return Ok(counts);
    }
    for (_, row) in crate::view::list::<MarkRow>(view, &range(user, peer, mark), Direction::Backward, LOOKED_AT)? {
        *counts.entry(if row.in_topic { row.thread } else { GENERAL }).or_default() += 1;
    }
    Ok(counts)
}

/// Removes marks of a chat that somebody is no longer in, at most so many of each kind. `true`: more may be left.
pub(crate) fn forget(turn: &mut Turn<'_>, user: UserId, peer: Peer, limit: usize) -> Decided<bool> {
    let mut more = false;
    for mark in Mark::ALL {
        let rows = turn.scan(&range(user, peer, mark), Direction::Forward, limit)?;
        more |= rows.len() == limit;
        rows.into_iter().for_each(|(key, _)| turn.delete(key));
    }
    Ok(more)
}

fn picked(
    view: &(impl Rows + ?Sized),
    range: &Range,
    direction: Direction,
    top: Option<MessageId>,
    limit: usize,
) -> Decided<Vec<MessageId>> {
    if limit == 0 {
        return Ok(Vec::new());
    }
    let looked_at = if top.is_some() { LOOKED_AT } else { limit };
    let mut ids = Vec::new();
    for (key, row) in view.scan(range, direction, looked_at)? {
        if ids.len() == limit {
            break;
        }
        let wanted = match top {
            Some(top) => MarkRow::decode(&row)?.is_in(top),
            None => true,
        };
        ids.extend(wanted.then(|| id_of(&key)));
    }
    Ok(ids)
}

fn range(user: UserId, peer: Peer, mark: Mark) -> Range {
    Range::prefix(builder(user, peer, mark).key())
}

fn key(user: UserId, peer: Peer, mark: Mark, id: MessageId) -> Key {
    builder(user, peer, mark).u32(id.0.unsigned_abs()).key()
}

fn builder(user: UserId, peer: Peer, mark: Mark) -> KeyBuilder {
    let (kind, id) = peer.key_parts();
    Key::of(UNREAD_MARK, user.vshard().0).u64(user.0).u8(mark.number()).u8(kind).u64(id)
}
