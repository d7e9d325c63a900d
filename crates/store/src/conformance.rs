//! What every engine must do, asked of each in the same words: each of [`CASES`] gets a new, empty engine.

#![allow(clippy::unwrap_used, reason = "a suite: what does not hold must panic, with its place")]

use std::{
    future::Future,
    pin::pin,
    sync::Arc,
    task::{Context, Poll, Wake, Waker},
    thread,
};

use bytes::Bytes;

use crate::{Batch, Class, Direction, Error, Key, Kv, Lease, Op, Range, Subspace, backup};

/// Rows of the first kind.
pub const LOGS: Subspace = Subspace { id: 1, class: Class::Logs, name: "LOGS" };

/// Rows of another kind and class.
pub const HOT: Subspace = Subspace { id: 2, class: Class::Hot, name: "HOT" };

/// The kinds of rows that the suite writes: an engine under test must know them.
pub const SPACES: &[Subspace] = &[LOGS, HOT];

/// Blocks until a future is done.
pub fn wait<T>(future: impl Future<Output = T>) -> T {
    let mut future = pin!(future);
    let waker = Waker::from(Arc::new(Unpark(thread::current())));
    loop {
        match future.as_mut().poll(&mut Context::from_waker(&waker)) {
            Poll::Ready(it) => return it,
            Poll::Pending => thread::park(),
        }
    }
}

struct Unpark(thread::Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

/// A key of [`LOGS`].
pub fn key(vshard: u16, n: u32) -> Key {
    Key::of(LOGS, vshard).u32(n).key()
}

/// Writes a row with a text.
pub fn put(key: Key, value: &str) -> Op {
    Op::Put(key, Bytes::copy_from_slice(value.as_bytes()))
}

/// A lease and the last sequence written under it.
pub struct Writer<'a> {
    kv: &'a dyn Kv,
    /// Its lease.
    pub lease: Lease,
    /// The last sequence that was acknowledged.
    pub seq: u64,
}

impl<'a> Writer<'a> {
    /// Takes the lease of group 0.
    pub fn new(kv: &'a dyn Kv) -> Self {
        let lease = wait(kv.lease(0)).unwrap();
        Self { kv, lease, seq: lease.seq }
    }

    /// Commits under the next sequence.
    pub fn write(&mut self, ops: Vec<Op>) -> Result<(), Error> {
        let result = wait(self.kv.commit(Batch { lease: self.lease, seq: self.seq + 1, ops }));
        self.seq += u64::from(result.is_ok());
        result
    }
}

/// A row's value as text.
pub fn text(kv: &dyn Kv, key: &Key) -> Option<String> {
    wait(kv.get(key)).unwrap().map(|it| String::from_utf8_lossy(&it).into_owned())
}

fn scan(kv: &dyn Kv, range: &Range, direction: Direction, limit: usize) -> String {
    let rows = wait(kv.scan(range, direction, limit)).unwrap();
    rows.iter().map(|(_, value)| String::from_utf8_lossy(value)).collect::<Vec<_>>().join(" ")
}

fn whole(vshard: u16) -> Range {
    Range::prefix(Key::of(LOGS, vshard).key())
}

/// A case: its name, and what it asks of a new engine.
pub type Case = (&'static str, fn(&dyn Kv));

/// Names the cases for every caller, and runs each with the engines of this crate.
macro_rules! cases {
    ($($name:ident),* $(,)?) => {
        /// All the cases.
        pub const CASES: &[Case] = &[$((stringify!($name), $name)),*];

        #[cfg(test)]
        mod tests {
            use crate::{embedded::tests::Place, memory::Memory};

            $(#[test]
            fn $name() {
                super::$name(&Memory::new());
                super::$name(&Place::new(stringify!($name)).open());
            })*
        }
    };
}

cases![
    rows_come_in_key_order_from_either_end,
    pages_meet_without_gap_or_repeat,
    an_empty_or_turned_range_holds_nothing,
    vshards_at_the_edges_keep_apart,
    the_last_change_of_a_key_wins,
    rows_are_read_in_the_order_asked,
    a_batch_is_seen_across_subspaces_at_once,
    deleting_what_is_not_there_is_no_error,
    an_older_holder_is_fenced,
    an_epoch_nobody_was_granted_is_fenced,
    groups_have_leases_and_sequences_of_their_own,
    a_repeated_sequence_changes_nothing,
    a_sequence_out_of_turn_is_refused,
    a_failed_assertion_writes_nothing,
    keys_and_values_and_batches_beyond_the_limit_are_refused_whole,
    a_value_at_the_limit_is_kept,
    rows_that_change_all_the_time_read_as_written,
    a_row_that_came_and_went_is_absent,
    a_snapshot_is_not_moved_by_later_commits,
    a_snapshot_holds_hot_rows_as_they_were,
    a_snapshot_pages_through_all_subspaces_in_key_order,
    a_backup_moves_everything_to_an_empty_engine,
];

fn rows_come_in_key_order_from_either_end(kv: &dyn Kv) {
    let mut writer = Writer::new(kv);
    writer.write(vec![put(key(7, 3), "c"), put(key(7, 1), "a"), put(key(8, 0), "x"), put(key(7, 2), "b")]).unwrap();
    assert_eq!(scan(kv, &whole(7), Direction::Forward, 9), "a b c");
    assert_eq!(scan(kv, &whole(7), Direction::Backward, 2), "c b");
    assert_eq!(scan(kv, &whole(7), Direction::Forward, 0), "");
    assert_eq!(scan(kv, &whole(7), Direction::Backward, 0), "");
    let from_2 = Range { start: key(7, 2), end: key(8, 0) };
    assert_eq!(scan(kv, &from_2, Direction::Forward, 1), "b");
    assert_eq!(scan(kv, &from_2, Direction::Backward, 1), "c");
}

fn pages_meet_without_gap_or_repeat(kv: &dyn Kv) {
    Writer::new(kv).write((0..10).map(|n| put(key(3, n), &n.to_string())).collect()).unwrap();
    let (mut range, mut forward) = (whole(3), Vec::new());
    while let Some((last, _)) = wait(kv.scan(&range, Direction::Forward, 3)).unwrap().pop() {
        forward.push(scan(kv, &range, Direction::Forward, 3));
        range.start = Key::from_bytes(&[last.as_bytes(), &[0]].concat());
    }
    assert_eq!(forward, ["0 1 2", "3 4 5", "6 7 8", "9"]);
    let (mut range, mut backward) = (whole(3), Vec::new());
    while let Some((first, _)) = wait(kv.scan(&range, Direction::Backward, 4)).unwrap().pop() {
        backward.push(scan(kv, &range, Direction::Backward, 4));
        range.end = first;
    }
    assert_eq!(backward, ["9 8 7 6", "5 4 3 2", "1 0"]);
}

fn an_empty_or_turned_range_holds_nothing(kv: &dyn Kv) {
    Writer::new(kv).write(vec![put(key(7, 2), "b")]).unwrap();
    let none = |start, end| {
        let range = Range { start, end };
        assert_eq!(scan(kv, &range, Direction::Forward, 9), "");
        assert_eq!(scan(kv, &range, Direction::Backward, 9), "");
    };
    none(key(7, 2), key(7, 2));
    none(key(7, 3), key(7, 1));
    none(key(9, 0), key(9, 9));
}

fn vshards_at_the_edges_keep_apart(kv: &dyn Kv) {
    let other = |vshard| put(Key::of(HOT, vshard).u32(1).key(), "hot");
    let ops = vec![put(key(0, 1), "low"), put(key(u16::MAX, u32::MAX), "high"), other(0), other(u16::MAX)];
    Writer::new(kv).write(ops).unwrap();
    assert_eq!(scan(kv, &whole(u16::MAX), Direction::Forward, 9), "high");
    assert_eq!(scan(kv, &whole(u16::MAX), Direction::Backward, 9), "high");
    assert_eq!(scan(kv, &whole(0), Direction::Backward, 9), "low");
}

fn the_last_change_of_a_key_wins(kv: &dyn Kv) {
    let (a, b, c) = (key(1, 1), key(1, 2), key(1, 3));
    let gone = vec![put(b.clone(), "gone"), Op::Delete(b.clone())];
    let new = vec![Op::Delete(a.clone()), put(a.clone(), "older"), put(a.clone(), "new")];
    let both = vec![put(c.clone(), "1"), Op::Delete(c.clone()), put(c.clone(), "2"), Op::Delete(c.clone())];
    Writer::new(kv).write([gone, new, both].concat()).unwrap();
    assert_eq!([text(kv, &a), text(kv, &b), text(kv, &c)], [Some("new".into()), None, None]);
}

fn rows_are_read_in_the_order_asked(kv: &dyn Kv) {
    Writer::new(kv).write(vec![put(key(1, 1), "a"), put(key(2, 2), "b")]).unwrap();
    let rows = wait(kv.multi_get(&[key(2, 2), key(1, 9), key(1, 1), key(2, 2)])).unwrap();
    let (a, b) = (Some(Bytes::from_static(b"a")), Some(Bytes::from_static(b"b")));
    assert_eq!(rows, [b.clone(), None, a, b]);
}

fn a_batch_is_seen_across_subspaces_at_once(kv: &dyn Kv) {
    let mut writer = Writer::new(kv);
    let hot = Key::of(HOT, 1).u32(1).key();
    writer.write(vec![put(key(1, 1), "log"), put(hot.clone(), "hot")]).unwrap();
    assert_eq!([text(kv, &key(1, 1)), text(kv, &hot)], [Some("log".into()), Some("hot".into())]);
    writer.write(vec![Op::Delete(key(1, 1)), Op::Delete(hot.clone())]).unwrap();
    assert_eq!([text(kv, &key(1, 1)), text(kv, &hot)], [None, None]);
}

fn deleting_what_is_not_there_is_no_error(kv: &dyn Kv) {
    let mut writer = Writer::new(kv);
    writer.write(vec![Op::Delete(key(1, 1))]).unwrap();
    writer.write(Vec::new()).unwrap();
    assert_eq!(writer.seq, 2);
}

fn an_older_holder_is_fenced(kv: &dyn Kv) {
    let (mut old, mut new) = (Writer::new(kv), Writer::new(kv));
    assert!(new.lease.epoch > old.lease.epoch);
    let fenced = old.write(vec![put(key(1, 1), "late")]);
    assert!(matches!(fenced, Err(Error::Fenced { got, current }) if got < current));
    new.write(vec![put(key(1, 1), "mine")]).unwrap();
    assert!(matches!(old.write(Vec::new()), Err(Error::Fenced { .. })));
    assert_eq!(text(kv, &key(1, 1)), Some("mine".into()));
}

fn an_epoch_nobody_was_granted_is_fenced(kv: &dyn Kv) {
    let mut writer = Writer::new(kv);
    writer.lease.epoch += 1;
    assert!(matches!(writer.write(vec![put(key(1, 1), "forged")]), Err(Error::Fenced { .. })));
    assert_eq!(text(kv, &key(1, 1)), None);
}

fn groups_have_leases_and_sequences_of_their_own(kv: &dyn Kv) {
    let mut zero = Writer::new(kv);
    zero.write(vec![put(key(1, 1), "zero")]).unwrap();
    let lease = wait(kv.lease(5)).unwrap();
    assert_eq!(lease.seq, 0);
    wait(kv.commit(Batch { lease, seq: 1, ops: vec![put(key(1, 2), "five")] })).unwrap();
    zero.write(vec![put(key(1, 3), "zero")]).unwrap();
    let snapshot = wait(kv.snapshot()).unwrap();
    assert_eq!([0, 5, 6].map(|group| snapshot.seq(group).unwrap()), [2, 1, 0]);
}

fn a_repeated_sequence_changes_nothing(kv: &dyn Kv) {
    let mut writer = Writer::new(kv);
    writer.write(vec![Op::AssertAbsent(key(1, 1)), put(key(1, 1), "once")]).unwrap();
    let ops = vec![Op::AssertAbsent(key(1, 1)), put(key(1, 1), "twice")];
    wait(kv.commit(Batch { lease: writer.lease, seq: writer.seq, ops })).unwrap();
    assert_eq!(text(kv, &key(1, 1)), Some("once".into()));
}

fn a_sequence_out_of_turn_is_refused(kv: &dyn Kv) {
    let mut writer = Writer::new(kv);
    writer.write(vec![put(key(1, 1), "a")]).unwrap();
    let seq = writer.seq + 2;
    let gap = Batch { lease: writer.lease, seq, ops: vec![put(key(1, 1), "gap")] };
    assert!(matches!(wait(kv.commit(gap)), Err(Error::Sequence { got, expected }) if got == expected + 1));
    assert_eq!(text(kv, &key(1, 1)), Some("a".into()));
    writer.write(Vec::new()).unwrap();
}

fn a_failed_assertion_writes_nothing(kv: &dyn Kv) {
    let mut writer = Writer::new(kv);
    writer.write(vec![Op::AssertAbsent(key(1, 1)), put(key(1, 1), "a")]).unwrap();
    let result = writer.write(vec![put(key(1, 2), "b"), Op::AssertAbsent(key(1, 1))]);
    assert!(matches!(result, Err(Error::Conflict)));
    assert_eq!(text(kv, &key(1, 2)), None);
    writer.write(vec![Op::Delete(key(1, 1))]).unwrap();
    writer.write(vec![Op::AssertAbsent(key(1, 1))]).unwrap();
}

fn keys_and_values_and_batches_beyond_the_limit_are_refused_whole(kv: &dyn Kv) {
    let (mut writer, limits) = (Writer::new(kv), kv.limits());
    let mut refused = |op: Vec<Op>| {
        let result = writer.write([vec![put(key(1, 1), "small")], op].concat());
        assert!(matches!(result, Err(Error::TooLarge { got, limit }) if got > limit));
        assert_eq!(text(kv, &key(1, 1)), None);
    };
    refused(vec![Op::Put(key(1, 2), Bytes::from(vec![0; limits.value_bytes + 1]))]);
    refused(vec![put(Key::of(LOGS, 1).bytes(&vec![0; limits.key_bytes]).key(), "")]);
    let value = Bytes::from(vec![0; limits.value_bytes]);
    let enough = limits.batch_bytes / limits.value_bytes;
    refused((0..enough as u32).map(|n| Op::Put(key(2, n), value.clone())).collect());
    writer.write(vec![put(key(1, 1), "small")]).unwrap();
}

fn a_value_at_the_limit_is_kept(kv: &dyn Kv) {
    let value = Bytes::from(vec![7; kv.limits().value_bytes]);
    Writer::new(kv).write(vec![Op::Put(key(1, 1), value.clone()), put(key(1, 2), "")]).unwrap();
    assert_eq!(wait(kv.get(&key(1, 1))).unwrap(), Some(value));
    assert_eq!(text(kv, &key(1, 2)), Some(String::new()));
}

/// A key of [`HOT`].
pub fn hot(vshard: u16, n: u32) -> Key {
    Key::of(HOT, vshard).u32(n).key()
}

/// Numbers that come again in each run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, n: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % n
    }
}

/// Against a plain map: puts, deletions, ranges and limits at random; a snapshot now and then makes an engine
/// write down what it holds back.
fn rows_that_change_all_the_time_read_as_written(kv: &dyn Kv) {
    let (mut writer, mut model, mut dice) = (Writer::new(kv), std::collections::BTreeMap::new(), Dice(7));
    for round in 0..400_u32 {
        let mut ops = Vec::new();
        for _ in 0..=dice.below(6) {
            let n = dice.below(24) as u32;
            let key = if dice.below(4) == 0 { key(1, n) } else { hot(1, n) };
            if dice.below(3) == 0 {
                model.remove(&key);
                ops.push(Op::Delete(key));
            } else {
                model.insert(key.clone(), Bytes::from(format!("{n} of {round}")));
                ops.push(put(key, &format!("{n} of {round}")));
            }
        }
        writer.write(ops).unwrap();
        if dice.below(12) == 0 {
            wait(kv.snapshot()).unwrap();
        }
        let (start, end, limit) = (dice.below(24) as u32, dice.below(30) as u32, dice.below(26) as usize);
        let range = Range { start: hot(1, start), end: hot(1, end.max(start)) };
        let expected: Vec<_> = model.range(range.start.clone()..range.end.clone()).collect();
        let read = |direction| wait(kv.scan(&range, direction, limit)).unwrap();
        let owned = |(key, value): &(&Key, &Bytes)| ((*key).clone(), (*value).clone());
        let forward: Vec<_> = expected.iter().take(limit).map(owned).collect();
        let backward: Vec<_> = expected.iter().rev().take(limit).map(owned).collect();
        assert_eq!(read(Direction::Forward), forward, "round {round}");
        assert_eq!(read(Direction::Backward), backward, "round {round}");
        let one = hot(1, dice.below(24) as u32);
        assert_eq!(wait(kv.get(&one)).unwrap().as_ref(), model.get(&one), "round {round}");
    }
    let page = wait(kv.snapshot()).unwrap().page(None, 99).unwrap();
    assert_eq!(page, model.into_iter().collect::<Vec<_>>());
}

fn a_row_that_came_and_went_is_absent(kv: &dyn Kv) {
    let mut writer = Writer::new(kv);
    let absent = || vec![Op::AssertAbsent(hot(1, 1))];
    writer.write([absent(), vec![put(hot(1, 1), "a")]].concat()).unwrap();
    assert!(matches!(writer.write(absent()), Err(Error::Conflict)));
    wait(kv.snapshot()).unwrap();
    assert!(matches!(writer.write(absent()), Err(Error::Conflict)));
    writer.write(vec![Op::Delete(hot(1, 1))]).unwrap();
    writer.write(absent()).unwrap();
    wait(kv.snapshot()).unwrap();
    writer.write(absent()).unwrap();
    assert_eq!(text(kv, &hot(1, 1)), None);
}

fn a_snapshot_holds_hot_rows_as_they_were(kv: &dyn Kv) {
    let mut writer = Writer::new(kv);
    writer.write(vec![put(hot(1, 1), "old"), put(hot(1, 2), "kept")]).unwrap();
    let snapshot = wait(kv.snapshot()).unwrap();
    writer.write(vec![put(hot(1, 1), "new"), Op::Delete(hot(1, 2)), put(hot(1, 3), "later")]).unwrap();
    let values = |snapshot: &dyn crate::Snapshot| {
        let page = snapshot.page(None, 9).unwrap();
        page.iter().map(|(_, value)| String::from_utf8_lossy(value).into_owned()).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(values(&*wait(kv.snapshot()).unwrap()), "new later");
    assert_eq!(values(&*snapshot), "old kept");
}

fn a_snapshot_is_not_moved_by_later_commits(kv: &dyn Kv) {
    let mut writer = Writer::new(kv);
    writer.write(vec![put(key(1, 1), "a"), put(hot(1, 1), "h")]).unwrap();
    let snapshot = wait(kv.snapshot()).unwrap();
    writer.write(vec![put(key(1, 2), "b"), Op::Delete(key(1, 1))]).unwrap();
    let values: Vec<_> = snapshot.page(None, 9).unwrap().into_iter().map(|(_, value)| value).collect();
    assert_eq!(values, ["a", "h"]);
    assert_eq!((snapshot.seq(0).unwrap(), wait(kv.snapshot()).unwrap().seq(0).unwrap()), (1, 2));
}

fn a_snapshot_pages_through_all_subspaces_in_key_order(kv: &dyn Kv) {
    let spaces = [HOT, LOGS];
    let keys = |space| (0..7).map(move |n: u32| Key::of(space, (n % 3) as u16).u32(n).key());
    let mut all: Vec<_> = spaces.into_iter().flat_map(keys).collect();
    Writer::new(kv).write(all.iter().map(|key| put(key.clone(), "x")).collect()).unwrap();
    all.sort();
    let snapshot = wait(kv.snapshot()).unwrap();
    let mut paged: Vec<Key> = Vec::new();
    loop {
        let page = snapshot.page(paged.last(), 4).unwrap();
        assert!(page.len() <= 4);
        if page.is_empty() {
            break;
        }
        paged.extend(page.into_iter().map(|(key, _)| key));
    }
    assert_eq!(paged, all);
    assert!(snapshot.page(None, 0).unwrap().is_empty());
}

fn a_backup_moves_everything_to_an_empty_engine(kv: &dyn Kv) {
    let source = crate::memory::Memory::new();
    let rows = (0..2500).map(|n| put(key((n % 5) as u16, n), &format!("value {n}")));
    Writer::new(&source).write(rows.collect()).unwrap();
    let view = |kv: &dyn Kv| wait(kv.snapshot()).unwrap();
    let mut stream = Vec::new();
    assert_eq!(backup::export(&*view(&source), b"header", &mut stream).unwrap(), 2500);
    let mut input = &stream[..];
    assert_eq!(backup::read_header(&mut input).unwrap(), b"header");
    assert_eq!(wait(backup::import(&mut input, kv)).unwrap(), 2500);
    assert_eq!(view(kv).page(None, 3000).unwrap(), view(&source).page(None, 3000).unwrap());
    let mut again = Vec::new();
    backup::export(&*view(kv), b"header", &mut again).unwrap();
    assert_eq!(again.len(), stream.len());
}
