//! Mailboxes: the search index follows, old log entries, random ids and viewers of posts go.
//! Source: core.telegram.org/api/updates, "differenceTooLong" for what was trimmed.

use store::{Direction, Key, Range};

use crate::{
    ids::{LogId, Pts, UserId},
    messages::{self, counts::viewers, search::index},
    record,
    refusal::Refusal,
    service::{Command, Domain},
    spaces::{COUNTERS, UPKEEP},
    turn::Turn,
    updates::{Change, Event, LogEntry, counters, entry_key, log_range, tail_of},
    view::{Decided, View, list, load_or_default},
};

/// Entries of a log that stay; who has missed more starts anew.
pub const ENTRIES_KEPT: i32 = 100_000;

/// Seconds that an entry of a log stays.
pub const ENTRY_SECONDS: u32 = 90 * DAY;

/// Seconds for which a random id is known again; clients repeat a send for minutes.
pub const RANDOM_ID_SECONDS: u32 = 7 * DAY;

/// Rows looked at in one step, twice what a mailbox grows by between two looks: all commands wait for a step's turn.
const STEP: usize = 2 * index::STEP;

/// Mailboxes of one page of a sweep.
const PAGE: usize = 256;

const DAY: u32 = 24 * 3600;

record! {
    /// How far upkeep of a mailbox came: places in its log.
    pub struct UpkeepRow {
        1 => trimmed: Pts,
        2 => trimmed_tail: u32,
        3 => forgotten: Pts,
        4 => forgotten_tail: u32,
    }
}

/// The mailbox that an event says has grown enough to be looked after.
pub fn grown(event: &Event) -> Option<LogId> {
    match event {
        Event::Logged { log, entry: LogEntry { change: Change::NewMessage { message, .. }, .. }, .. } => {
            let step = i32::try_from(index::STEP).unwrap_or(i32::MAX);
            (message.0 % step == 0).then_some(*log)
        }
        _ => None,
    }
}

/// Looks after one mailbox until nothing is left to do.
pub async fn tend(domain: &Domain, log: LogId) -> Result<(), Refusal> {
    index::catch_up(domain, log).await?;
    let mut after = None;
    while after.is_some() || domain.query(|view| is_due(view, log)).await? {
        let step = domain.command(Trim { log, after }).await?;
        if !step.more {
            break;
        }
        after = step.viewers;
    }
    Ok(())
}

/// Looks after a page of mailboxes, also of people who are long gone; the place where the next page begins.
pub async fn sweep(domain: &Domain, after: Option<Key>) -> Result<Option<Key>, Refusal> {
    let all = Range { start: Key::from_bytes(&[COUNTERS.id]), end: Key::from_bytes(&[COUNTERS.id + 1]) };
    let start = after.map_or(all.start, |it| it.prefix_end());
    let range = Range { start, end: all.end };
    let look = |view: &dyn View| {
        let rows = view.scan(&range, Direction::Forward, PAGE)?;
        let mut due = Vec::new();
        for (key, _) in &rows {
            let log = key.suffix().first_chunk().map(|it| LogId::from_number(u64::from_be_bytes(*it)));
            if let Some(log) = log.filter(|_| key.suffix().len() == 8)
                && is_due(view, log)?
            {
                due.push(log);
            }
        }
        let next = rows.last().filter(|_| rows.len() == PAGE).map(|(key, _)| key.clone());
        Ok((due, next))
    };
    let (due, next) = domain.query(look).await?;
    for log in due {
        tend(domain, log).await?;
    }
    Ok(next)
}

/// Whether a log has entries that are to go, or random ids that are to be forgotten.
fn is_due(view: &(impl View + ?Sized), log: LogId) -> Decided<bool> {
    let row: UpkeepRow = load_or_default(view, &upkeep_key(log))?;
    if viewers::is_due(view, log)? {
        return Ok(true);
    }
    let now = view.now().secs();
    let first = |from| list::<LogEntry>(view, &from, Direction::Forward, 1).map(|it| it.into_iter().next());
    if let Some((_, entry)) = first(not_forgotten(log, &row))?
        && entry.date.saturating_add(RANDOM_ID_SECONDS) < now
    {
        return Ok(true);
    }
    let gone = counters(view, log)?.pts.0.saturating_sub(ENTRIES_KEPT);
    let oldest = first(after(log, row.trimmed, row.trimmed_tail))?;
    Ok(oldest.is_some_and(|(_, it)| is_old(&it, gone, now)))
}

fn is_old(entry: &LogEntry, gone: i32, now: u32) -> bool {
    entry.pts.0 <= gone || entry.date.saturating_add(ENTRY_SECONDS) < now
}

/// One step of what [`tend`] does to a log.
struct Trim {
    log: LogId,
    /// The last row of viewers that went in the step before.
    after: Option<Key>,
}

/// What a step came to.
struct Trimmed {
    /// Whether there may be more.
    more: bool,
    /// The last row of viewers that went, where there may be more of those.
    viewers: Option<Key>,
}

impl Command for Trim {
    type Reply = Trimmed;

    fn decide(&self, turn: &mut Turn<'_>) -> Decided<Trimmed> {
        let key = upkeep_key(self.log);
        let old: UpkeepRow = load_or_default(turn, &key)?;
        let mut row = old.clone();
        let forgotten = forget(turn, self.log, &mut row)?;
        let trimmed = trim(turn, self.log, &mut row)?;
        if row != old {
            turn.put(key, &row);
        }
        let viewers = viewers::forget_old(turn, self.log, self.after.as_ref(), STEP)?;
        Ok(Trimmed { more: forgotten == STEP || trimmed == STEP || viewers.is_some(), viewers })
    }
}

/// Forgets random ids that nobody will repeat.
fn forget(turn: &mut Turn<'_>, log: LogId, row: &mut UpkeepRow) -> Decided<usize> {
    let now = turn.now().secs();
    let rows = list::<LogEntry>(turn, &not_forgotten(log, row), Direction::Forward, STEP)?;
    let old = rows.into_iter().take_while(|(_, it)| it.date.saturating_add(RANDOM_ID_SECONDS) < now);
    let mut count = 0;
    for (key, entry) in old {
        forget_id(turn, log, &entry);
        (row.forgotten, row.forgotten_tail) = (entry.pts, tail_of(&key));
        count += 1;
    }
    Ok(count)
}

/// Deletes the oldest entries.
fn trim(turn: &mut Turn<'_>, log: LogId, row: &mut UpkeepRow) -> Decided<usize> {
    let now = turn.now().secs();
    let gone = counters(turn, log)?.pts.0.saturating_sub(ENTRIES_KEPT);
    let rows = list::<LogEntry>(turn, &after(log, row.trimmed, row.trimmed_tail), Direction::Forward, STEP)?;
    let mut count = 0;
    for (key, entry) in rows.into_iter().take_while(|(_, it)| is_old(it, gone, now)) {
        // A log that grows by a hundred thousand in a week loses younger random ids with their entries.
        forget_id(turn, log, &entry);
        (row.trimmed, row.trimmed_tail) = (entry.pts, tail_of(&key));
        turn.delete(key);
        count += 1;
    }
    Ok(count)
}

fn forget_id(turn: &mut Turn<'_>, log: LogId, entry: &LogEntry) {
    match entry.change {
        Change::NewMessage { random_id: Some(id), by, .. } if id != 0 => {
            turn.delete(messages::rows::sent_key(log, by, id));
        }
        Change::NewScheduled { random_id: Some(id), .. } if id != 0 => {
            turn.delete(messages::rows::sent_key(log, UserId::NOBODY, id));
        }
        _ => {}
    }
}

/// Entries whose random ids are known. What was trimmed is behind them: a scan from before it would pass the trace of
/// every entry that the log ever lost.
fn not_forgotten(log: LogId, row: &UpkeepRow) -> Range {
    let (pts, tail) = (row.forgotten, row.forgotten_tail).max((row.trimmed, row.trimmed_tail));
    after(log, pts, tail)
}

/// The entries of a log after a place in it.
fn after(log: LogId, pts: Pts, tail: u32) -> Range {
    Range { start: entry_key(log, pts, tail.saturating_add(1)), end: log_range(log, pts).end }
}

fn upkeep_key(log: LogId) -> Key {
    log.rows(UPKEEP).key()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_look_for_random_ids_begins_behind_what_was_trimmed_and_what_was_forgotten() {
        let log = LogId::from(UserId(5 << 16));
        for (forgotten, trimmed, first) in [
            ((0, 0), (0, 0), (0, 1)),
            ((0, 0), (700, 0), (700, 1)),
            ((900, 3), (700, 0), (900, 4)),
            ((700, 2), (700, 5), (700, 6)),
        ] {
            let row = UpkeepRow {
                forgotten: Pts(forgotten.0),
                forgotten_tail: forgotten.1,
                trimmed: Pts(trimmed.0),
                trimmed_tail: trimmed.1,
                ..UpkeepRow::default()
            };
            assert_eq!(not_forgotten(log, &row).start, entry_key(log, Pts(first.0), first.1));
        }
    }
}
