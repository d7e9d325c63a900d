//! The log of a mailbox: numbered entries, and the counters behind the numbers.

use store::{Key, Range};

use super::{Change, Event, Origin};
use crate::{
    ids::{Pts, UserId},
    record,
    spaces::{COUNTERS, LOG},
    turn::Turn,
    view::{Decided, Rows, View, load},
};

record! {
    /// The numbers a mailbox gives out.
    pub struct Counters {
        /// Where the log stands; a new one at 1.
        1 => pts: Pts,
        /// The last message id given out.
        2 => last_message_id: i32,
        /// Entries without pts since the last one with.
        3 => tail: u32,
        /// The last scheduled message's id.
        4 => last_scheduled_id: i32,
    }
}

record! {
    /// One entry of a log.
    pub struct LogEntry {
        /// Where the log stands after it.
        1 => pts: Pts,
        /// How far it moved the log; 0 for what carries state without a number.
        2 => count: i32,
        /// When, in unix seconds.
        3 => date: u32,
        /// What happened.
        4 => change: Change,
    }
}

/// The counters of a mailbox; a log that has none yet stands at 1.
pub fn counters(view: &(impl Rows + ?Sized), user: UserId) -> Decided<Counters> {
    let mut it: Counters = load(view, &counters_key(user))?.unwrap_or_default();
    it.pts = it.pts.max(Pts(1));
    Ok(it)
}

/// Writes the counters.
pub fn put_counters(turn: &mut Turn<'_>, user: UserId, counters: &Counters) {
    turn.put(counters_key(user), counters);
}

/// Appends a change to a mailbox's log and tells its sessions after the commit.
/// `count` is the change's `pts_count`; 0 for changes without pts.
pub fn append(
    turn: &mut Turn<'_>,
    user: UserId,
    change: Change,
    count: i32,
    skip: Option<Origin>,
) -> Decided<LogEntry> {
    let mut counters = counters(turn, user)?;
    if count == 0 {
        counters.tail += 1;
    } else {
        counters.pts = Pts(counters.pts.0.saturating_add(count));
        counters.tail = 0;
    }
    let date = turn.now().secs();
    let entry = LogEntry { pts: counters.pts, count, date, change, ..LogEntry::default() };
    turn.put(entry_key(user, counters.pts, counters.tail), &entry);
    put_counters(turn, user, &counters);
    turn.emit(Event::Logged { user, entry: entry.clone(), skip });
    Ok(entry)
}

/// The key of an entry: where the log stood after it, and its place among those without pts there.
pub fn entry_key(user: UserId, pts: Pts, tail: u32) -> Key {
    Key::of(LOG, user.vshard().0).u64(user.0).u32(pts.0.unsigned_abs()).u32(tail).key()
}

/// The entries of a log from `from` on, those without pts that stand at it included.
pub fn log_range(user: UserId, from: Pts) -> Range {
    let whole = Range::prefix(Key::of(LOG, user.vshard().0).u64(user.0).key());
    Range { start: entry_key(user, from, 0), end: whole.end }
}

fn counters_key(user: UserId) -> Key {
    Key::of(COUNTERS, user.vshard().0).u64(user.0).key()
}
