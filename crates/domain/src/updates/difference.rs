//! What happened since: the part of a log that a client has not seen.
//! Source: core.telegram.org/api/updates, "Recovering gaps".

use store::Direction;

use super::{Change, LogEntry, counters, entry_key, log_range, tail_of};
use crate::{
    ids::{LogId, Pts},
    view::{Decided, View, list},
};

/// Entries of one answer; the client asks again for the rest.
pub const SLICE: usize = 500;

/// Pages of a log that are gone through for one answer: where the same state changed again and again, little is left
/// of a page. A log with more of it lets the client start anew.
const PAGES_MAX: usize = 16;

/// What happened since.
#[derive(Clone, Debug, PartialEq)]
pub enum Difference {
    /// Nothing.
    Empty,
    /// More than the log still holds: the client starts anew from here.
    TooLong(Pts),
    /// These entries.
    Entries {
        /// In order.
        entries: Vec<LogEntry>,
        /// Where the log stands after them.
        pts: Pts,
        /// Whether there are more.
        more: bool,
    },
}

/// The difference from a client's state. Entries without pts that stand where the client does are repeated
/// where their date is not before the client's, since they carry state and do no harm. Beyond `total`
/// the client starts anew, as it asked.
pub fn difference(
    view: &(impl View + ?Sized),
    log: impl Into<LogId>,
    from: Pts,
    since: u32,
    limit: Option<usize>,
    total: Option<i32>,
) -> Decided<Difference> {
    let log = log.into();
    let now = counters(view, log)?.pts;
    if from > now {
        // A state of the future is of another server or a restored backup: it starts anew from here.
        return Ok(Difference::TooLong(now));
    }
    if total.is_some_and(|it| it > 0 && now.0 - from.0 > it) {
        return Ok(Difference::TooLong(now));
    }
    let limit = limit.unwrap_or(SLICE).clamp(1, SLICE);
    let fresh = |entry: &LogEntry| entry.pts > from || entry.count == 0 && entry.date >= since;
    // Commits go on while this reads: what came after the state was read is pushed, or in the next answer.
    let known = |entry: &LogEntry| entry.pts <= now && fresh(entry);
    let (mut range, mut entries, mut whole) = (log_range(log, from), Vec::new(), false);
    for _ in 0..PAGES_MAX {
        let rows = list::<LogEntry>(view, &range, Direction::Forward, limit + SLICE)?;
        let last = rows.last().map(|(key, entry)| entry_key(log, entry.pts, tail_of(key).saturating_add(1)));
        let full = rows.len() == limit + SLICE;
        entries = latest(entries.into_iter().chain(rows.into_iter().map(|(_, it)| it).filter(known)).collect());
        whole = !full || entries.len() > limit;
        match last {
            Some(next) if !whole => range.start = next,
            _ => break,
        }
    }
    if !whole {
        return Ok(Difference::TooLong(now));
    }
    if now > from && !reaches_back(&entries, from) {
        return Ok(Difference::TooLong(now));
    }
    // What stands where the client does would be asked for from there again, so it is told whole.
    let limit = (entries.iter().take_while(|it| it.pts == from).count() + 1).max(limit);
    let more = entries.len() > limit;
    let entries: Vec<_> = entries.into_iter().take(limit).collect();
    match entries.last() {
        None => Ok(Difference::Empty),
        Some(last) => Ok(Difference::Entries { pts: if more { last.pts } else { now }, entries, more }),
    }
}

/// Entries that carry state only where they came last: the state is read when it is told.
fn latest(mut entries: Vec<LogEntry>) -> Vec<LogEntry> {
    let mut at = entries.len();
    let mut seen: Vec<Change> = Vec::new();
    while at > 0 {
        at -= 1;
        if entries[at].count > 0 {
            continue;
        }
        if seen.contains(&entries[at].change) {
            entries.remove(at);
        } else {
            seen.push(entries[at].change.clone());
        }
    }
    entries
}

/// Whether the first numbered entry continues the client's state: older ones may have been trimmed.
pub(super) fn reaches_back(entries: &[LogEntry], from: Pts) -> bool {
    let first = entries.iter().find(|entry| entry.count > 0);
    first.is_some_and(|entry| entry.pts.0.saturating_sub(entry.count) <= from.0)
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use store::{Key, Range, Row};

    use super::*;
    use crate::{Now, UserId, World, testing::Hall, updates::append, view::Rows};

    /// Somebody's log grows between two reads of a question.
    struct Growing<'a> {
        view: &'a dyn View,
        grow: &'a (dyn Fn() + 'a),
    }

    impl Rows for Growing<'_> {
        fn get(&self, key: &Key) -> Decided<Option<Bytes>> {
            let row = self.view.get(key);
            (self.grow)();
            row
        }

        fn scan(&self, range: &Range, direction: Direction, limit: usize) -> Decided<Vec<Row>> {
            self.view.scan(range, direction, limit)
        }
    }

    impl View for Growing<'_> {
        fn now(&self) -> Now {
            self.view.now()
        }

        fn world(&self) -> &World {
            self.view.world()
        }
    }

    struct Grow(UserId);

    impl crate::Command for Grow {
        type Reply = ();

        fn decide(&self, turn: &mut crate::Turn<'_>) -> Decided<()> {
            append(turn, self.0, Change::Config {}, 1, None).map(drop)
        }
    }

    #[test]
    fn a_log_that_grows_meanwhile_is_told_up_to_the_state_that_is_told() {
        let hall = Hall::new();
        let user = hall.person("Claude", "9996621001").user;
        let grow = || hall.run(Grow(user)).expect("a log grows");
        grow();
        let found =
            hall.ask(|view| difference(&Growing { view, grow: &grow }, user, Pts(1), 0, None, None)).expect("readable");
        let Difference::Entries { entries, pts, more } = found else { panic!("{found:?}") };
        assert_eq!((pts, more), (Pts(2), false));
        assert_eq!(entries.iter().map(|it| it.pts).collect::<Vec<_>>(), [Pts(2)]);
    }

    struct Note(UserId, i32);

    impl crate::Command for Note {
        type Reply = ();

        fn decide(&self, turn: &mut crate::Turn<'_>) -> Decided<()> {
            append(turn, self.0, Change::Config {}, self.1, None).map(drop)
        }
    }

    #[test]
    fn a_storm_of_state_hides_nothing_that_is_numbered() {
        let hall = Hall::new();
        let user = hall.person("Claude", "9996621001").user;
        hall.run(Note(user, 1)).expect("a log grows");
        (0..2 * SLICE + 10).for_each(|_| hall.run(Note(user, 0)).expect("a log grows"));
        hall.run(Note(user, 1)).expect("a log grows");
        let found = hall.ask(|view| difference(view, user, Pts(1), 0, None, None)).expect("readable");
        let Difference::Entries { entries, pts, more } = found else { panic!("{found:?}") };
        assert_eq!(entries.iter().map(|it| (it.pts.0, it.count)).collect::<Vec<_>>(), [(2, 1), (2, 0), (3, 1)]);
        assert_eq!((pts, more), (Pts(3), false));
    }

    #[test]
    fn different_state_at_one_place_is_told_whole_rather_than_for_ever() {
        struct Folder(UserId, u8);
        impl crate::Command for Folder {
            type Reply = ();
            fn decide(&self, turn: &mut crate::Turn<'_>) -> Decided<()> {
                append(turn, self.0, Change::Folder { folder: self.1 }, 0, None).map(drop)
            }
        }
        let hall = Hall::new();
        let user = hall.person("Claude", "9996621001").user;
        (2..12).for_each(|folder| hall.run(Folder(user, folder)).expect("a log grows"));
        hall.run(Note(user, 1)).expect("a log grows");
        let ask = |from| hall.ask(|view| difference(view, user, from, 0, Some(3), None)).expect("readable");
        let Difference::Entries { entries, pts, more } = ask(Pts(1)) else { panic!("entries") };
        assert_eq!((entries.len(), pts, more), (11, Pts(2), false), "it goes on behind them");
    }

    #[test]
    fn state_is_told_once_and_a_client_may_ask_for_less() {
        let hall = Hall::new();
        let user = hall.person("Claude", "9996621001").user;
        for count in [1, 0, 0, 1, 0, 0, 0] {
            hall.run(Note(user, count)).expect("a log grows");
        }
        let ask = |total| hall.ask(|view| difference(view, user, Pts(1), 0, None, total)).expect("readable");
        let Difference::Entries { entries, .. } = ask(Some(2)) else { panic!("entries") };
        assert_eq!(entries.iter().map(|it| (it.pts.0, it.count)).collect::<Vec<_>>(), [(2, 1), (3, 1), (3, 0)]);
        assert_eq!(ask(Some(1)), Difference::TooLong(Pts(3)));
    }
}
