//! Hot rows on their way to their keyspace.

use std::time::{Duration, Instant};

use super::*;
use crate::{
    conformance::{HOT, LOGS, hot},
    embedded::settling::WAITING_ROWS_MAX,
};

/// Far above the interval.
const PATIENCE: Duration = Duration::from_secs(30);

/// Writes rows 0 to 9 of the hot kind, `times` times over.
fn change(writer: &mut Writer<'_>, times: u32) {
    for time in 0..times {
        writer.write((0..10).map(|n| put(hot(1, n), &format!("{n} {time}"))).collect()).unwrap();
    }
}

/// Rows that stand in the keyspace itself.
fn settled(kv: &Embedded) -> usize {
    let prefix = Key::of(HOT, 1).key();
    kv.rooms.keyspace(&prefix).unwrap().prefix(prefix.as_bytes()).count()
}

fn redo_rows(kv: &Embedded) -> usize {
    kv.rooms.redo.iter().count()
}

#[test]
fn a_row_changed_many_times_is_written_once() {
    let place = Place::new("once");
    let kv = place.open();
    let mut writer = Writer::new(&kv);
    let before = kv.written().unwrap();
    change(&mut writer, 50);
    wait(kv.snapshot()).unwrap();
    assert_eq!((settled(&kv), redo_rows(&kv), kv.rooms.hot.len()), (10, 0, 0));
    // Each batch its redo row and its lease, and the redo rows are deleted.
    let passes = kv.written().unwrap().batches - before.batches - 50;
    let keys = kv.written().unwrap().keys - before.keys;
    assert!(keys <= 50 * 3 + passes * 10, "{keys} keys in {passes} passes");
    assert_eq!(text(&kv, &hot(1, 3)), Some("3 49".into()));
}

#[test]
#[allow(clippy::disallowed_methods, reason = "it waits for the engine's own clock")]
fn what_waits_is_settled_though_nobody_writes_any_more() {
    let place = Place::new("interval");
    let kv = place.open();
    change(&mut Writer::new(&kv), 2);
    let start = Instant::now();
    while kv.rooms.hot.len() > 0 {
        assert!(start.elapsed() < PATIENCE);
        std::thread::yield_now();
    }
    assert_eq!((settled(&kv), redo_rows(&kv)), (10, 0));
}

#[test]
fn a_row_that_comes_and_goes_between_two_settlings_is_never_written() {
    let place = Place::new("fleeting");
    let kv = place.open();
    let mut writer = Writer::new(&kv);
    for n in 0..200 {
        writer.write(vec![put(hot(1, n), ""), Op::Delete(hot(1, n.wrapping_sub(1)))]).unwrap();
        assert!(kv.rooms.hot.len() <= 2, "a trace is kept of what was in the keyspace, at most");
    }
    wait(kv.snapshot()).unwrap();
    assert_eq!(settled(&kv), 1);
}

#[test]
fn memory_is_bounded_however_many_rows_change() {
    let place = Place::new("bounded");
    let kv = place.open();
    let mut writer = Writer::new(&kv);
    for batch in 0..40 {
        writer.write((0..1000).map(|n| put(hot(batch, n), "x")).collect()).unwrap();
        assert!(kv.rooms.hot.len() <= WAITING_ROWS_MAX + 1000);
    }
    for vshard in 0..40 {
        assert_eq!(
            kv.scan_now(&Range::prefix(Key::of(HOT, vshard).key()), Direction::Forward, 2000).unwrap().len(),
            1000
        );
    }
}

#[test]
fn a_closed_store_leaves_nothing_to_replay() {
    let place = Place::new("closed");
    change(&mut Writer::new(&place.open()), 3);
    let kv = place.open();
    assert_eq!((settled(&kv), redo_rows(&kv)), (10, 0));
}

/// A copy of the files, as a kill would leave them: the redo rows alone bring the rows back.
#[test]
fn rows_that_were_never_settled_come_back_from_the_redo_rows() {
    let (place, copy) = (Place::new("replay"), Place::new("replay-copy"));
    let kv = place.open();
    let mut writer = Writer::new(&kv);
    change(&mut writer, 2);
    wait(kv.snapshot()).unwrap();
    writer.write(vec![put(hot(1, 3), "new"), Op::Delete(hot(1, 4)), put(hot(1, 10), "fleeting")]).unwrap();
    writer.write(vec![Op::Delete(hot(1, 10)), put(hot(1, 11), "kept")]).unwrap();
    place.copy_to(&copy);
    let kv = copy.open();
    let rows = kv.scan_now(&Range::prefix(Key::of(HOT, 1).key()), Direction::Backward, 4).unwrap();
    let rows: Vec<_> = rows.iter().map(|(_, value)| String::from_utf8_lossy(value)).collect();
    assert_eq!(rows, ["kept", "9 1", "8 1", "7 1"]);
    assert_eq!([3, 4, 10].map(|n| text(&kv, &hot(1, n))), [Some("new".into()), None, None]);
}

#[test]
fn a_directory_of_an_older_format_keeps_rows_whose_class_has_changed() {
    (1..FORMAT).for_each(keeps_rows_of);
}

fn keeps_rows_of(format: u32) {
    let place = Place::new(&format!("format-{format}"));
    {
        let before = Subspace { class: Class::Index, ..HOT };
        let kv = Embedded::open(&place.0, &[LOGS, before]).unwrap();
        let mut writer = Writer::new(&kv);
        writer.write((0..2500).map(|n| put(hot(1, n), &n.to_string())).collect()).unwrap();
        writer.write(vec![put(key(1, 1), "logged")]).unwrap();
        kv.rooms.meta.insert("format", format.to_be_bytes()).unwrap();
        kv.rooms.database.persist(fjall::PersistMode::SyncData).unwrap();
    }
    for _ in 0..2 {
        let kv = place.open();
        assert_eq!(settled(&kv), 2500);
        assert_eq!([text(&kv, &hot(1, 2499)), text(&kv, &key(1, 1))], [Some("2499".into()), Some("logged".into())]);
        let format = kv.rooms.meta.get("format").unwrap().unwrap();
        assert_eq!(format.as_ref(), FORMAT.to_be_bytes());
    }
}
