//! What is left after a kill, a torn journal, a full disk: every acknowledged batch, whole.

use std::{
    io::{BufRead, BufReader},
    process::{Child, Command, Stdio},
};

use super::*;
use crate::conformance::{HOT, hot};

/// Names the directory to a child process, which is this test binary again.
const CHILD: &str = "CHAPPE_CRASH_CHILD";

/// Rows of one batch, each in a vshard of its own.
const KEYS: u32 = 40;

/// Rows that stay, a hot row that each batch changes, and one that only the newest batch has.
fn rows(seq: u64) -> Vec<Op> {
    let logged = (0..KEYS).map(|n| put(key(n as u16, seq as u32), &format!("{n} {seq}")));
    let hot = [put(hot(0, 0), &seq.to_string()), put(hot(1, seq as u32), ""), Op::Delete(hot(1, seq as u32 - 1))];
    logged.chain(hot).collect()
}

/// Hot rows are those of the newest batch, neither older nor newer.
fn check_hot(kv: &Embedded, stored: u64) {
    let newest = Some(stored).filter(|it| *it > 0);
    assert_eq!(text(kv, &hot(0, 0)), newest.map(|it| it.to_string()));
    let places = kv.scan_now(&Range::prefix(Key::of(HOT, 1).key()), Direction::Forward, 9).unwrap();
    let places: Vec<_> = places.into_iter().map(|(key, _)| key).collect();
    assert_eq!(places, newest.map(|it| hot(1, it as u32)).into_iter().collect::<Vec<_>>());
}

/// Whether a batch is there; panics when there is a part of it.
fn whole(kv: &Embedded, seq: u64) -> bool {
    let there = |n: &u32| {
        let value = text(kv, &key(*n as u16, seq as u32));
        assert!(value.is_none() || value == Some(format!("{n} {seq}")), "batch {seq}, row {n}: {value:?}");
        value.is_some()
    };
    let count = (0..KEYS).filter(there).count() as u32;
    assert!(count == 0 || count == KEYS, "batch {seq} holds {count} of {KEYS} rows");
    count == KEYS
}

/// Every batch up to `acked` is there, and what is stored agrees with the stored sequence.
fn check(kv: &Embedded, acked: u64) {
    check_from(kv, 1, acked);
}

/// As [`check`], from a batch on; returns the stored sequence.
fn check_from(kv: &Embedded, first: u64, acked: u64) -> u64 {
    let stored = commit::read_lease(&kv.rooms, 0).unwrap().seq;
    assert!(stored >= acked, "stored {stored}, acknowledged {acked}");
    for seq in first..=stored {
        assert!(whole(kv, seq), "batch {seq} of {stored}, {acked} acknowledged");
    }
    assert!(!whole(kv, stored + 1), "rows beyond the sequence {stored}");
    check_hot(kv, stored);
    stored
}

/// Commits for ever, or until an error, and says what was acknowledged.
fn commit_and_say(dir: &Path) -> (Embedded, u64, Error) {
    let kv = Embedded::open(dir, SPACES).unwrap();
    let (seq, error) = {
        let mut writer = Writer::new(&kv);
        loop {
            // A snapshot settles hot rows, so that kills meet that as well.
            if writer.seq.is_multiple_of(7) {
                let _ = wait(kv.snapshot());
            }
            match writer.write(rows(writer.seq + 1)) {
                Ok(()) => println!("acked {}", writer.seq),
                Err(error) => break (writer.seq, error),
            }
        }
    };
    (kv, seq, error)
}

fn child(place: &Place, test: &str, through: &[&str]) -> Child {
    let binary = std::env::current_exe().unwrap();
    let mut command = match through {
        [] => Command::new(binary),
        [program, args @ ..] => {
            let mut command = Command::new(program);
            command.args(args).arg(binary);
            command
        }
    };
    let name = format!("embedded::tests::crash::{test}");
    command.args(["--exact", &name, "--nocapture"]).env(CHILD, &place.0).stdout(Stdio::piped()).spawn().unwrap()
}

/// The acknowledged sequences that a child says; another test's name may stand before the first.
fn acked(child: &mut Child) -> impl Iterator<Item = u64> + use<> {
    let lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
    lines.filter_map(|line| line.split_once("acked ")?.1.parse().ok())
}

/// How many batches a round waits for before the kill: from a seed, so that a failure comes again.
fn batches_before_the_kill(round: u64) -> usize {
    let mixed = round.wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(31).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    1 + (mixed >> 40) as usize % 150
}

#[test]
fn every_acknowledged_batch_survives_a_kill() {
    if let Some(dir) = std::env::var_os(CHILD) {
        let (_, _, error) = commit_and_say(Path::new(&dir));
        panic!("{error}");
    }
    let rounds = std::env::var("CHAPPE_CRASH_ROUNDS").ok().and_then(|it| it.parse().ok()).unwrap_or(3);
    let (mut place, mut checked) = (Place::new("crash-0"), 0);
    for round in 1..=rounds {
        // A new directory now and then, since each open reads the journal again.
        if round % 10 == 0 {
            check(&place.open(), checked);
            (place, checked) = (Place::new(&format!("crash-{round}")), 0);
        }
        let mut process = child(&place, "every_acknowledged_batch_survives_a_kill", &[]);
        let mut lines = acked(&mut process);
        let seen = lines.by_ref().take(batches_before_the_kill(round)).last().expect("the child wrote");
        process.kill().unwrap();
        process.wait().unwrap();
        // What it said between our last look and its end was acknowledged as well.
        let last = lines.last().unwrap_or(seen);
        checked = check_from(&place.open(), checked + 1, last);
    }
    check(&place.open(), checked);
}

/// A limit on the size of files stands for a full disk: a write of the journal fails half-way.
#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_stops_all_writing_until_a_reopen() {
    if let Some(dir) = std::env::var_os(CHILD) {
        let (kv, seq, error) = commit_and_say(Path::new(&dir));
        assert!(matches!(error, Error::Engine(_)), "{error}");
        let lease = Lease { group: 0, epoch: commit::read_lease(&kv.rooms, 0).unwrap().epoch, seq };
        let again = wait(kv.commit(Batch { lease, seq: seq + 1, ops: Vec::new() }));
        assert!(matches!(&again, Err(Error::Engine(why)) if why.contains("opened anew")), "{again:?}");
        assert!(matches!(wait(kv.lease(0)), Err(Error::Engine(_))));
        assert!(whole(&kv, seq), "reads go on");
        return;
    }
    let place = Place::new("full");
    drop(place.open());
    // Cut to what it holds, since a fresh journal is laid out far beyond the limit.
    drop(place.open());
    let limited = "trap '' XFSZ; ulimit -f 1024; exec \"$0\" \"$@\"";
    let mut process = child(&place, "a_full_disk_stops_all_writing_until_a_reopen", &["sh", "-c", limited]);
    let last = acked(&mut process).last().expect("the child wrote");
    assert!(process.wait().unwrap().success());
    let kv = place.open();
    check(&kv, last);
    let mut writer = Writer::new(&kv);
    writer.write(rows(writer.seq + 1)).unwrap();
}

/// Notes how long the journal was at each sync.
struct Lengths {
    journal: PathBuf,
    seen: Mutex<Vec<(u64, u64)>>,
}

impl Observer for Lengths {
    fn before_sync(&self, _: u64) {}

    fn after_sync(&self, seq: u64) {
        let length = fs::metadata(&self.journal).unwrap().len();
        self.seen.lock().unwrap().push((seq, length));
    }
}

#[test]
fn a_journal_cut_anywhere_after_a_sync_holds_all_that_was_synced() {
    let (place, torn) = (Place::new("torn"), Place::new("torn-copy"));
    // Opened twice: a fresh journal has its full length from the start, a reopened one ends with its last batch.
    drop(place.open());
    drop(place.open());
    let lengths = Arc::new(Lengths { journal: place.journal(), seen: Mutex::default() });
    let observer = Arc::clone(&lengths) as Arc<dyn Observer>;
    let kv = Embedded::open_observed(&place.0, SPACES, Some(observer)).unwrap();
    let mut writer = Writer::new(&kv);
    (1..=12).for_each(|seq| writer.write(rows(seq)).unwrap());
    drop(kv);
    let seen = lengths.seen.lock().unwrap().clone();
    assert_eq!(seen.len(), 12);
    for pair in seen.windows(2) {
        let [(synced, from), (_, to)] = [pair[0], pair[1]];
        assert!(from < to, "the journal grows with each batch");
        for cut in [from, from + 1, from + (to - from) / 2, to - 1] {
            place.copy_to(&torn);
            // It knows of the batches that are cut off, and would refuse.
            fs::remove_file(torn.witness()).unwrap();
            fs::File::options().write(true).open(torn.journal()).unwrap().set_len(cut).unwrap();
            let kv = torn.open();
            check(&kv, synced);
            let mut writer = Writer::new(&kv);
            assert_eq!(writer.seq, synced, "cut at {cut}");
            writer.write(rows(synced + 1)).unwrap();
            drop(kv);
            check(&torn.open(), synced + 1);
        }
    }
}

#[test]
fn a_journal_that_lost_its_end_is_refused_by_the_witness() {
    let place = Place::new("lost-end");
    drop(place.open());
    drop(place.open());
    let lengths = Arc::new(Lengths { journal: place.journal(), seen: Mutex::default() });
    let observer = Arc::clone(&lengths) as Arc<dyn Observer>;
    let kv = Embedded::open_observed(&place.0, SPACES, Some(observer)).unwrap();
    let mut writer = Writer::new(&kv);
    (1..=3).for_each(|seq| writer.write(rows(seq)).unwrap());
    drop(kv);
    let (_, synced) = *lengths.seen.lock().unwrap().last().unwrap();
    let journal = fs::File::options().write(true).open(place.journal()).unwrap();
    journal.set_len(synced - 1).unwrap();
    assert!(matches!(place.refusal(), Error::WentBack { stored: 2, seen: 3 }));
}

/// Damage in the middle looks to the journal's reader like an early end; all that came after would be lost silently.
#[test]
fn a_journal_damaged_in_its_middle_never_opens_with_less() {
    let (place, damaged) = (Place::new("middle"), Place::new("middle-copy"));
    drop(place.open());
    drop(place.open());
    let from = fs::metadata(place.journal()).unwrap().len();
    let kv = place.open();
    let mut writer = Writer::new(&kv);
    (1..=6).for_each(|seq| writer.write(rows(seq)).unwrap());
    drop(kv);
    let whole = fs::read(place.journal()).unwrap();
    let step = (whole.len() - from as usize) / 24;
    for at in (from as usize..whole.len()).step_by(step) {
        let mut bytes = whole.clone();
        bytes[at] ^= 0xff;
        place.copy_to(&damaged);
        fs::write(damaged.journal(), bytes).unwrap();
        // A debug build of the engine asserts on some of these bytes, which is a refusal as well.
        match std::panic::catch_unwind(|| Embedded::open(&damaged.0, SPACES)) {
            Ok(Ok(kv)) => check(&kv, 6),
            Ok(Err(error)) => assert!(matches!(error, Error::WentBack { .. } | Error::Engine(_)), "byte {at}: {error}"),
            Err(_) => {}
        }
    }
}
