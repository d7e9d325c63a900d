//! The log of a mailbox or channel: numbered entries, and the counters behind the numbers.

use store::{Key, Range};

use super::{Change, Event, Origin, hearing::hearers};
use crate::{
    ids::{ChannelId, LogId, Pts},
    record,
    spaces::{COUNTERS, LOG},
    turn::Turn,
    view::{Decided, Rows, View, load},
    warm,
};

record! {
    /// The numbers a log gives out.
    pub struct Counters {
        /// Where the log stands; a new one at 1.
        1 => pts: Pts,
        /// The last message id given out.
        2 => last_message_id: i32,
        /// Entries without pts since the last one with.
        3 => tail: u32,
        /// The last scheduled message's id.
        4 => last_scheduled_id: i32,
        /// When it last moved, unix seconds.
        5 => moved: u32,
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

/// The counters of a log; one that has none yet stands at 1.
pub fn counters(view: &(impl Rows + ?Sized), log: impl Into<LogId>) -> Decided<Counters> {
    let mut it: Counters = load(view, &counters_key(log.into()))?.unwrap_or_default();
    it.pts = it.pts.max(Pts(1));
    Ok(it)
}

/// The counters of a channel's log, which many ask for.
pub fn known_counters(view: &(impl View + ?Sized), channel: ChannelId) -> Decided<Counters> {
    let read = |view: &dyn View| counters(view, channel);
    Ok(Counters::clone(&*warm::keep(view, |it| &it.counters, channel, |_| size_of::<Counters>(), read)?))
}

/// Writes the counters.
pub fn put_counters(turn: &mut Turn<'_>, log: impl Into<LogId>, counters: &Counters) {
    turn.put(counters_key(log.into()), counters);
}

/// Appends a change to a log and tells its sessions after the commit.
/// `count` is the change's `pts_count`; 0 for changes without pts. What it names is written before.
/// Reactions in a channel are told and not kept: no difference of a channel has them, and there may be millions.
pub fn append(
    turn: &mut Turn<'_>,
    log: impl Into<LogId>,
    change: Change,
    count: i32,
    skip: Option<Origin>,
) -> Decided<LogEntry> {
    let log = log.into();
    let (mut counters, date) = (counters(turn, log)?, turn.now().secs());
    let is_kept = !matches!((log, &change), (LogId::Channel(_), Change::Reactions { .. }));
    if count == 0 {
        counters.tail += 1;
    } else {
        counters.pts = Pts(counters.pts.0.saturating_add(count));
        counters.tail = 0;
        counters.moved = date;
    }
    let entry = LogEntry { pts: counters.pts, count, date, change, ..LogEntry::default() };
    if is_kept {
        turn.put(entry_key(log, counters.pts, counters.tail), &entry);
        put_counters(turn, log, &counters);
    }
    let to = hearers(turn, log, &entry.change)?;
    turn.emit(Event::Logged { log, entry: entry.clone(), skip, to });
    Ok(entry)
}

/// The key of an entry: where the log stood after it, and its place among those without pts there.
pub fn entry_key(log: impl Into<LogId>, pts: Pts, tail: u32) -> Key {
    log.into().rows(LOG).u32(pts.0.unsigned_abs()).u32(tail).key()
}

/// The entries of a log from `from` on, those without pts that stand at it included.
pub fn log_range(log: impl Into<LogId>, from: Pts) -> Range {
    let log = log.into();
    Range { start: entry_key(log, from, 0), end: Range::prefix(log.rows(LOG).key()).end }
}

/// The place of an entry among those without pts.
pub(crate) fn tail_of(key: &Key) -> u32 {
    key.suffix().last_chunk().map_or(0, |it| u32::from_be_bytes(*it))
}

fn counters_key(log: LogId) -> Key {
    log.rows(COUNTERS).key()
}
