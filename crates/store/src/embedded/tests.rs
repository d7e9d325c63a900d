//! What only an engine on disk can do wrong: opening, locking, going back, and the order of syncs and answers.

mod crash;
mod settling;

use std::{
    fs,
    path::{Path, PathBuf},
    sync::Mutex,
};

use super::*;
use crate::{
    Op,
    conformance::{SPACES, Writer, key, put, text, wait},
};

/// A directory that is gone with the test.
pub(crate) struct Place(pub(crate) PathBuf);

impl Place {
    pub(crate) fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("chappe-store-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&path);
        Self(path)
    }

    /// An engine whose directory goes with it.
    pub(crate) fn open(&self) -> Embedded {
        Embedded::open(&self.0, SPACES).unwrap()
    }

    fn refusal(&self) -> Error {
        Embedded::open(&self.0, SPACES).map(|_| ()).unwrap_err()
    }

    fn witness(&self) -> PathBuf {
        self.0.join(witness::FILE)
    }

    /// The journal that is written to: the one of the highest number.
    fn journal(&self) -> PathBuf {
        let files = fs::read_dir(&self.0).unwrap().map(|it| it.unwrap().path());
        let number = |path: &PathBuf| path.file_stem().and_then(|it| it.to_str()?.parse::<u64>().ok());
        files.filter(|it| it.extension().is_some_and(|it| it == "jnl")).max_by_key(number).unwrap()
    }

    fn copy_to(&self, other: &Self) {
        fn copy(from: &Path, to: &Path) {
            fs::create_dir_all(to).unwrap();
            for entry in fs::read_dir(from).unwrap().map(Result::unwrap) {
                let to = to.join(entry.file_name());
                if entry.file_type().unwrap().is_dir() {
                    copy(&entry.path(), &to);
                } else {
                    fs::copy(entry.path(), to).unwrap();
                }
            }
        }
        let _ = fs::remove_dir_all(&other.0);
        copy(&self.0, &other.0);
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

#[test]
fn what_was_committed_is_there_after_a_reopen_and_epochs_grow() {
    let place = Place::new("reopen");
    let lease = {
        let kv = place.open();
        let mut writer = Writer::new(&kv);
        writer.write(vec![put(key(1, 1), "kept"), put(key(1, 2), "gone")]).unwrap();
        writer.write(vec![Op::Delete(key(1, 2))]).unwrap();
        writer.lease
    };
    let kv = place.open();
    let late = kv.commit(Batch { lease, seq: 9, ops: Vec::new() });
    assert!(matches!(wait(late), Err(Error::Sequence { expected: 3, .. })));
    let mut writer = Writer::new(&kv);
    assert_eq!((writer.seq, writer.lease.epoch), (2, lease.epoch + 1));
    assert!(matches!(wait(kv.commit(Batch { lease, seq: 3, ops: Vec::new() })), Err(Error::Fenced { .. })));
    writer.write(Vec::new()).unwrap();
    assert_eq!([text(&kv, &key(1, 1)), text(&kv, &key(1, 2))], [Some("kept".into()), None]);
}

#[test]
fn a_directory_opens_once() {
    let place = Place::new("lock");
    let kv = place.open();
    assert!(matches!(place.refusal(), Error::Locked));
    drop(kv);
    place.open();
}

#[test]
fn a_newer_directory_is_refused() {
    let place = Place::new("format");
    {
        let kv = place.open();
        kv.rooms.meta.insert("format", (FORMAT + 1).to_be_bytes()).unwrap();
        kv.rooms.database.persist(fjall::PersistMode::SyncData).unwrap();
    }
    assert!(matches!(place.refusal(), Error::NewerFormat { got, newest: FORMAT } if got == FORMAT + 1));
}

#[test]
fn a_store_below_its_witness_is_refused() {
    let place = Place::new("back");
    let shorter = Place::new("back-shorter");
    {
        let kv = place.open();
        Writer::new(&kv).write(vec![put(key(1, 1), "a")]).unwrap();
    }
    place.copy_to(&shorter);
    {
        let kv = place.open();
        Writer::new(&kv).write(vec![put(key(1, 2), "b")]).unwrap();
    }
    fs::copy(place.witness(), shorter.witness()).unwrap();
    assert!(matches!(shorter.refusal(), Error::WentBack { stored: 1, seen: 2 }));
    fs::write(shorter.witness(), b"torn").unwrap();
    assert!(matches!(shorter.refusal(), Error::Engine(_)));
}

#[test]
fn a_key_of_no_subspace_is_refused_and_harms_nothing() {
    let place = Place::new("nowhere");
    let kv = place.open();
    let mut writer = Writer::new(&kv);
    let nowhere = Key::from_bytes(&[99, 0, 0, 1]);
    for bad in [nowhere, Key::from_bytes(&[])] {
        assert!(wait(kv.get(&bad)).is_err());
        assert!(writer.write(vec![put(key(1, 1), "a"), put(bad, "b")]).is_err());
        assert_eq!(text(&kv, &key(1, 1)), None);
    }
    writer.write(vec![put(key(1, 1), "a")]).unwrap();
}

/// Checks at each call that no answer has left before its sync.
#[derive(Default)]
struct Order(Mutex<Vec<String>>);

impl Order {
    fn say(&self, what: String) {
        self.0.lock().unwrap().push(what);
    }
}

impl Observer for Order {
    fn before_sync(&self, seq: u64) {
        self.say(format!("begin {seq}"));
    }

    fn after_sync(&self, seq: u64) {
        self.say(format!("synced {seq}"));
    }
}

#[test]
fn an_answer_comes_after_its_sync_and_batches_in_flight_keep_their_order() {
    let place = Place::new("order");
    let order = Arc::new(Order::default());
    let kv = Embedded::open_observed(&place.0, SPACES, Some(Arc::clone(&order) as Arc<dyn Observer>)).unwrap();
    let lease = wait(kv.lease(0)).unwrap();
    let commits: Vec<_> = (1..=3)
        .map(|seq| {
            let mut commit = kv.commit(Batch { lease, seq, ops: vec![put(key(1, seq as u32), "x")] });
            let mut context = std::task::Context::from_waker(std::task::Waker::noop());
            let early = commit.as_mut().poll(&mut context);
            (seq, commit, early)
        })
        .collect();
    for (seq, commit, early) in commits {
        if early.is_pending() {
            wait(commit).unwrap();
        }
        let seen = order.0.lock().unwrap().join(" ");
        assert!(seen.contains(&format!("begin {seq} synced {seq}")), "answered {seq} after: {seen}");
    }
    assert_eq!(order.0.lock().unwrap().join(" "), "begin 1 synced 1 begin 2 synced 2 begin 3 synced 3");
}
