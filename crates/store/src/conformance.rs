//! What every engine must do, asked of each in the same words.

use std::{
    future::Future,
    path::PathBuf,
    pin::pin,
    sync::Arc,
    task::{Context, Poll, Wake, Waker},
    thread,
};

use bytes::Bytes;

use crate::{
    Batch, Class, Direction, Error, Key, Kv, Lease, Op, Range, Subspace, backup, embedded::Embedded, memory::Memory,
};

const LOGS: Subspace = Subspace { id: 1, class: Class::Logs, name: "LOGS" };
const HOT: Subspace = Subspace { id: 2, class: Class::Hot, name: "HOT" };
const SPACES: &[Subspace] = &[LOGS, HOT];

/// A directory that is gone with the test.
struct Place(PathBuf);

impl Place {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("chappe-store-{name}-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&path);
        Self(path)
    }

    fn open(&self) -> Embedded {
        Embedded::open(&self.0, SPACES).unwrap()
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

struct Unpark(thread::Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

fn wait<T>(future: impl Future<Output = T>) -> T {
    let mut future = pin!(future);
    let waker = Waker::from(Arc::new(Unpark(thread::current())));
    loop {
        match future.as_mut().poll(&mut Context::from_waker(&waker)) {
            Poll::Ready(it) => return it,
            Poll::Pending => thread::park(),
        }
    }
}

fn engines(name: &str, check: impl Fn(&dyn Kv)) {
    check(&Memory::new());
    let place = Place::new(name);
    check(&place.open());
}

fn key(vshard: u16, n: u32) -> Key {
    Key::of(LOGS, vshard).u32(n).key()
}

fn put(key: Key, value: &str) -> Op {
    Op::Put(key, Bytes::copy_from_slice(value.as_bytes()))
}

/// A lease and the next sequence.
struct Writer<'a> {
    kv: &'a dyn Kv,
    lease: Lease,
    seq: u64,
}

impl<'a> Writer<'a> {
    fn new(kv: &'a dyn Kv) -> Self {
        let lease = wait(kv.lease(0)).unwrap();
        Self { kv, lease, seq: lease.seq }
    }

    fn write(&mut self, ops: Vec<Op>) -> Result<(), Error> {
        let result = wait(self.kv.commit(Batch { lease: self.lease, seq: self.seq + 1, ops }));
        self.seq += u64::from(result.is_ok());
        result
    }
}

fn scan(kv: &dyn Kv, range: &Range, direction: Direction, limit: usize) -> String {
    let rows = wait(kv.scan(range, direction, limit)).unwrap();
    rows.iter().map(|(_, value)| String::from_utf8_lossy(value)).collect::<Vec<_>>().join(" ")
}

#[test]
fn rows_come_in_key_order_from_either_end() {
    engines("order", |kv| {
        let mut writer = Writer::new(kv);
        writer.write(vec![put(key(7, 3), "c"), put(key(7, 1), "a"), put(key(8, 0), "x"), put(key(7, 2), "b")]).unwrap();
        let whole = Range::prefix(Key::of(LOGS, 7).key());
        assert_eq!(scan(kv, &whole, Direction::Forward, 9), "a b c");
        assert_eq!(scan(kv, &whole, Direction::Backward, 2), "c b");
        assert_eq!(scan(kv, &whole, Direction::Forward, 0), "");
        let from_2 = Range { start: key(7, 2), end: whole.end.clone() };
        assert_eq!(scan(kv, &from_2, Direction::Forward, 1), "b");
        let empty = Range { start: key(7, 2), end: key(7, 2) };
        assert_eq!(scan(kv, &empty, Direction::Forward, 9), "");
    });
}

#[test]
fn vshards_at_the_edges_keep_apart() {
    engines("edges", |kv| {
        Writer::new(kv).write(vec![put(key(0, 1), "low"), put(key(u16::MAX, 1), "high")]).unwrap();
        assert_eq!(scan(kv, &Range::prefix(Key::of(LOGS, u16::MAX).key()), Direction::Forward, 9), "high");
        assert_eq!(scan(kv, &Range::prefix(Key::of(LOGS, 0).key()), Direction::Backward, 9), "low");
    });
}

#[test]
fn the_last_change_of_a_key_wins_and_reads_are_in_the_order_asked() {
    engines("last", |kv| {
        let mut writer = Writer::new(kv);
        let (a, b, c) = (key(1, 1), key(1, 2), key(1, 3));
        let ops = vec![
            put(a.clone(), "old"),
            put(b.clone(), "gone"),
            Op::Delete(b.clone()),
            Op::Delete(a.clone()),
            put(a.clone(), "new"),
        ];
        writer.write(ops).unwrap();
        let rows = wait(kv.multi_get(&[c, a, b])).unwrap();
        assert_eq!(rows, [None, Some(Bytes::from_static(b"new")), None]);
    });
}

#[test]
fn an_older_holder_is_fenced() {
    engines("fence", |kv| {
        let (mut old, mut new) = (Writer::new(kv), Writer::new(kv));
        assert!(matches!(old.write(vec![put(key(1, 1), "late")]), Err(Error::Fenced { .. })));
        new.write(vec![put(key(1, 1), "mine")]).unwrap();
        assert_eq!(wait(kv.get(&key(1, 1))).unwrap(), Some(Bytes::from_static(b"mine")));
    });
}

#[test]
fn a_repeated_sequence_changes_nothing_and_a_gap_is_refused() {
    engines("sequence", |kv| {
        let mut writer = Writer::new(kv);
        writer.write(vec![put(key(1, 1), "once")]).unwrap();
        let again = Batch { lease: writer.lease, seq: writer.seq, ops: vec![put(key(1, 1), "twice")] };
        wait(kv.commit(again)).unwrap();
        assert_eq!(wait(kv.get(&key(1, 1))).unwrap(), Some(Bytes::from_static(b"once")));
        let gap = Batch { lease: writer.lease, seq: writer.seq + 2, ops: Vec::new() };
        assert!(matches!(wait(kv.commit(gap)), Err(Error::Sequence { .. })));
    });
}

#[test]
fn a_failed_assertion_writes_nothing() {
    engines("assert", |kv| {
        let mut writer = Writer::new(kv);
        writer.write(vec![Op::AssertAbsent(key(1, 1)), put(key(1, 1), "a")]).unwrap();
        let result = writer.write(vec![put(key(1, 2), "b"), Op::AssertAbsent(key(1, 1))]);
        assert!(matches!(result, Err(Error::Conflict)));
        assert_eq!(wait(kv.get(&key(1, 2))).unwrap(), None);
        writer.write(vec![put(key(1, 2), "c")]).unwrap();
    });
}

#[test]
fn a_snapshot_is_not_moved_by_later_commits() {
    engines("snapshot", |kv| {
        let mut writer = Writer::new(kv);
        writer.write(vec![put(key(1, 1), "a"), put(Key::of(HOT, 1).u32(1).key(), "h")]).unwrap();
        let snapshot = wait(kv.snapshot()).unwrap();
        writer.write(vec![put(key(1, 2), "b"), Op::Delete(key(1, 1))]).unwrap();
        let first = snapshot.page(None, 1).unwrap();
        let rest = snapshot.page(Some(&first[0].0), 9).unwrap();
        let values: Vec<_> = first.iter().chain(&rest).map(|(_, value)| value.as_ref()).collect();
        assert_eq!(values, [b"a", b"h"]);
    });
}

#[test]
fn what_was_committed_is_there_after_a_reopen_and_epochs_grow() {
    let place = Place::new("reopen");
    let epoch = {
        let kv = place.open();
        let mut writer = Writer::new(&kv);
        writer.write(vec![put(key(1, 1), "kept")]).unwrap();
        assert!(matches!(Embedded::open(&place.0, SPACES), Err(Error::Locked)));
        writer.lease.epoch
    };
    let kv = place.open();
    let writer = Writer::new(&kv);
    assert_eq!((writer.seq, writer.lease.epoch), (1, epoch + 1));
    assert_eq!(wait(kv.get(&key(1, 1))).unwrap(), Some(Bytes::from_static(b"kept")));
}

#[test]
fn values_and_batches_beyond_the_limit_are_refused_whole() {
    let place = Place::new("limits");
    let kv = place.open();
    let mut writer = Writer::new(&kv);
    let large = Bytes::from(vec![0; kv.limits().value_bytes + 1]);
    let result = writer.write(vec![put(key(1, 1), "small"), Op::Put(key(1, 2), large)]);
    assert!(matches!(result, Err(Error::TooLarge { .. })));
    assert_eq!(wait(kv.get(&key(1, 1))).unwrap(), None);
    writer.write(vec![put(key(1, 1), "small")]).unwrap();
}

fn exported() -> Vec<u8> {
    let kv = Memory::new();
    let rows = (0..2500).map(|n| put(key((n % 5) as u16, n), &format!("value {n}")));
    Writer::new(&kv).write(rows.collect()).unwrap();
    let mut stream = Vec::new();
    let rows = backup::export(&*wait(kv.snapshot()).unwrap(), b"header", &mut stream).unwrap();
    assert_eq!(rows, 2500);
    stream
}

fn import(mut stream: &[u8], kv: &dyn Kv) -> Result<u64, Error> {
    assert_eq!(backup::read_header(&mut stream)?, b"header");
    wait(backup::import(&mut stream, kv))
}

#[test]
fn a_backup_fills_an_empty_store_of_any_engine() {
    engines("backup", |kv| {
        assert_eq!(import(&exported(), kv).unwrap(), 2500);
        assert_eq!(wait(kv.get(&key(2, 1487))).unwrap(), Some(Bytes::from_static(b"value 1487")));
        assert!(matches!(import(&exported(), kv), Err(Error::Backup("the store is not empty"))));
    });
}

#[test]
fn a_damaged_backup_is_refused() {
    let stream = exported();
    for end in [0, 10, 40, stream.len() / 2, stream.len() - 1] {
        assert!(import(&stream[..end], &Memory::new()).is_err(), "cut at {end}");
    }
    for at in (0..stream.len()).step_by(997) {
        let mut changed = stream.clone();
        changed[at] ^= 1;
        assert!(std::panic::catch_unwind(|| import(&changed, &Memory::new())).is_ok_and(|it| it.is_err()), "byte {at}");
    }
}

/// A child process commits and says so; the parent kills it at some point and looks.
#[test]
fn every_acknowledged_batch_survives_a_kill() {
    const CHILD: &str = "CHAPPE_CRASH_CHILD";
    const KEYS: u32 = 40;
    if let Some(dir) = std::env::var_os(CHILD) {
        let kv = Embedded::open(&PathBuf::from(dir), SPACES).unwrap();
        let mut writer = Writer::new(&kv);
        loop {
            let seq = writer.seq + 1;
            writer.write((0..KEYS).map(|n| put(key(n as u16, seq as u32), "x")).collect()).unwrap();
            println!("acked {seq}");
        }
    }
    let rounds = std::env::var("CHAPPE_CRASH_ROUNDS").ok().and_then(|it| it.parse().ok()).unwrap_or(3);
    let place = Place::new("crash");
    for round in 1..=rounds {
        let acked = run_and_kill(&place, CHILD, 40 * round);
        let kv = place.open();
        for seq in 1..=acked {
            for n in 0..KEYS {
                let row = wait(kv.get(&key(n as u16, seq as u32))).unwrap();
                assert!(row.is_some(), "round {round}: key {n} of batch {seq} of {acked}");
            }
        }
    }
}

fn run_and_kill(place: &Place, child: &str, after: u64) -> u64 {
    use std::io::{BufRead, BufReader};
    let mut process = std::process::Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "conformance::every_acknowledged_batch_survives_a_kill", "--nocapture"])
        .env(child, &place.0)
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(process.stdout.take().unwrap()).lines().map_while(Result::ok);
    let mut acked = 0;
    for (seen, seq) in lines.filter_map(|line| line.split_once("acked ")?.1.parse().ok()).enumerate() {
        acked = seq;
        if seen as u64 == after {
            break;
        }
    }
    process.kill().unwrap();
    process.wait().unwrap();
    assert!(acked > 0, "the child wrote");
    acked
}
