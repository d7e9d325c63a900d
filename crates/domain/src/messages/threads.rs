//! Threads in a channel's log: the topics of a forum, and elsewhere what answers one message. A message knows
//! its thread; an index holds each thread's messages in order, and a row how many there are and who has read
//! furthest. Source: core.telegram.org/api/threads, core.telegram.org/api/forum.

pub mod page;
pub mod place;
pub mod read;

use store::{Key, KeyBuilder, Range};

use crate::{
    ids::{ChannelId, LogId, MessageId, Peer, UserId},
    messages::readers::ReadersRow,
    record,
    spaces::{THREAD, THREAD_STATE},
    turn::Turn,
    view::{Decided, Rows, load_or_default},
};

/// The topic of all that is in no other. Source: core.telegram.org/api/forum, "General topic".
pub const GENERAL: MessageId = MessageId(1);

/// The last who wrote, shown beside the number of answers. Source: clients show three.
pub const RECENT_MAX: usize = 3;

record! {
    /// What a thread has come to.
    pub struct ThreadRow {
        /// Messages, without the one it begins with.
        1 => replies: u32,
        /// The last message; the first one of an empty topic.
        2 => last: MessageId,
        /// The last who wrote, the latest first.
        3 => recent: Vec<Peer>,
        /// Those who have read it furthest.
        4 => readers: ReadersRow,
    }
}

record! {
    /// A thread as one user has it.
    pub struct ThreadMark { 1 => read_inbox: MessageId }
}

/// What a thread has come to.
pub fn state(view: &(impl Rows + ?Sized), channel: ChannelId, top: MessageId) -> Decided<ThreadRow> {
    load_or_default(view, &state_key(channel, top))
}

/// A thread as a user has it.
pub fn mark(view: &(impl Rows + ?Sized), user: UserId, channel: ChannelId, top: MessageId) -> Decided<ThreadMark> {
    load_or_default(view, &mark_key(user, channel, top))
}

/// Messages of a thread in order of number, its first one among them.
pub(crate) fn range(channel: ChannelId, top: MessageId) -> Range {
    Range::prefix(thread(channel, top).key())
}

/// The last message of a thread.
pub(crate) fn last(view: &(impl Rows + ?Sized), channel: ChannelId, top: MessageId) -> Decided<Option<MessageId>> {
    let last = view.scan(&range(channel, top), store::Direction::Backward, 1)?;
    Ok(last.first().map(|(key, _)| super::rows::id_of(key)))
}

/// Removes how far somebody has read the threads of a channel that is gone, at most so many of them. `true`: more may
/// be left.
pub(crate) fn forget(turn: &mut Turn<'_>, user: UserId, channel: ChannelId, limit: usize) -> Decided<bool> {
    let range = Range::prefix(LogId::from(user).rows(THREAD_STATE).u64(channel.0).key());
    let rows = turn.scan(&range, store::Direction::Forward, limit)?;
    let more = rows.len() == limit;
    rows.into_iter().for_each(|(key, _)| turn.delete(key));
    Ok(more)
}

/// The place of a message in its thread.
pub(crate) fn key(channel: ChannelId, top: MessageId, id: MessageId) -> Key {
    thread(channel, top).u32(id.0.unsigned_abs()).key()
}

fn thread(channel: ChannelId, top: MessageId) -> KeyBuilder {
    LogId::from(channel).rows(THREAD).u32(top.0.unsigned_abs())
}

pub(crate) fn state_key(channel: ChannelId, top: MessageId) -> Key {
    LogId::from(channel).rows(THREAD_STATE).u32(top.0.unsigned_abs()).key()
}

fn mark_key(user: UserId, channel: ChannelId, top: MessageId) -> Key {
    LogId::from(user).rows(THREAD_STATE).u64(channel.0).u32(top.0.unsigned_abs()).key()
}
