//! The embedded engine, opened anew after a write has failed. A failed write leaves nobody knowing what is
//! stored, so the engine writes nothing more; what is on the disk is known only to who reads it again.

use std::{
    fs::{self, File},
    io::Write,
    path::{Path, PathBuf},
    sync::{Arc, PoisonError, RwLock},
};

use bytes::Bytes;
use tokio::sync::oneshot;

use crate::{
    Batch, BoxFuture, Direction, Error, Key, Kv, Lease, Limits, LocalRead, Range, Row, Snapshot, Subspace, Written,
    embedded::Embedded,
};

/// Bytes that must find room before the store is opened anew: what its opening and a few batches write. Until
/// then the old one stays, which still reads.
const ROOM_BYTES: usize = 4 << 20;

/// A store that heals when its disk does.
pub struct Reopening(Arc<Inner>);

struct Inner {
    dir: PathBuf,
    spaces: &'static [Subspace],
    state: RwLock<State>,
}

struct State {
    /// `None` while it is being opened anew.
    kv: Option<Arc<Embedded>>,
    /// A write has failed since it was opened.
    failed: bool,
}

impl Reopening {
    /// As [`Embedded::open`].
    pub fn open(dir: &Path, spaces: &'static [Subspace]) -> Result<Self, Error> {
        let kv = Some(Arc::new(Embedded::open(dir, spaces)?));
        let state = RwLock::new(State { kv, failed: false });
        Ok(Self(Arc::new(Inner { dir: dir.to_owned(), spaces, state })))
    }
}

impl Inner {
    fn kv(&self) -> Result<Arc<Embedded>, Error> {
        let state = self.state.read().unwrap_or_else(PoisonError::into_inner);
        state.kv.clone().ok_or_else(absent)
    }

    /// For reads, which are many and short: nobody else counts who holds the engine.
    fn read<T>(&self, read: impl FnOnce(&Embedded) -> Result<T, Error>) -> Result<T, Error> {
        let state = self.state.read().unwrap_or_else(PoisonError::into_inner);
        read(state.kv.as_ref().ok_or_else(absent)?)
    }

    fn note<T>(&self, result: Result<T, Error>) -> Result<T, Error> {
        if matches!(result, Err(Error::Engine(_))) {
            self.state.write().unwrap_or_else(PoisonError::into_inner).failed = true;
        }
        result
    }

    /// Lets the failed engine go and opens another on what is stored, if there is room for it.
    fn heal(&self) -> Result<(), Error> {
        {
            let state = self.state.read().unwrap_or_else(PoisonError::into_inner);
            if !state.failed && state.kv.is_some() {
                return Ok(());
            }
        }
        self.look_for_room()?;
        let mut state = self.state.write().unwrap_or_else(PoisonError::into_inner);
        // Who reads a snapshot still holds the old one: then the new one is refused for now.
        state.kv = None;
        state.kv = Some(Arc::new(Embedded::open(&self.dir, self.spaces)?));
        state.failed = false;
        Ok(())
    }

    fn look_for_room(&self) -> Result<(), Error> {
        let path = self.dir.join("room");
        let write = || {
            let mut file = File::create(&path)?;
            file.write_all(&vec![1; ROOM_BYTES])?;
            file.sync_all()
        };
        let found = write();
        let removed = fs::remove_file(&path);
        found.and(removed).map_err(|error| Error::Engine(format!("no room to go on: {error}")))
    }
}

fn absent() -> Error {
    Error::Engine("the store is being opened anew".into())
}

impl LocalRead for Reopening {
    fn get_now(&self, key: &Key) -> Result<Option<Bytes>, Error> {
        self.0.read(|kv| kv.get_now(key))
    }

    fn scan_now(&self, range: &Range, direction: Direction, limit: usize) -> Result<Vec<Row>, Error> {
        self.0.read(|kv| kv.scan_now(range, direction, limit))
    }
}

impl Kv for Reopening {
    fn get<'a>(&'a self, key: &'a Key) -> BoxFuture<'a, Result<Option<Bytes>, Error>> {
        Box::pin(async move { self.0.kv()?.get(key).await })
    }

    fn multi_get<'a>(&'a self, keys: &'a [Key]) -> BoxFuture<'a, Result<Vec<Option<Bytes>>, Error>> {
        Box::pin(async move { self.0.kv()?.multi_get(keys).await })
    }

    fn scan<'a>(
        &'a self,
        range: &'a Range,
        direction: Direction,
        limit: usize,
    ) -> BoxFuture<'a, Result<Vec<Row>, Error>> {
        Box::pin(async move { self.0.kv()?.scan(range, direction, limit).await })
    }

    fn commit(&self, batch: Batch) -> BoxFuture<'_, Result<(), Error>> {
        Box::pin(async move {
            let result = self.0.kv()?.commit(batch).await;
            self.0.note(result)
        })
    }

    /// After a failed write it opens the store anew first, which takes a thread of its own.
    fn lease(&self, group: u16) -> BoxFuture<'_, Result<Lease, Error>> {
        Box::pin(async move {
            let (send, receive) = oneshot::channel();
            let inner = Arc::clone(&self.0);
            let thread = std::thread::Builder::new().name("reopen".into());
            let spawned = thread.spawn(move || drop(send.send(inner.heal())));
            spawned.map_err(|error| Error::Engine(error.to_string()))?;
            receive.await.map_err(|_| Error::Engine("the reopening ended".into()))??;
            let result = self.0.kv()?.lease(group).await;
            self.0.note(result)
        })
    }

    fn snapshot(&self) -> BoxFuture<'_, Result<Arc<dyn Snapshot>, Error>> {
        Box::pin(async move {
            let result = self.0.kv()?.snapshot().await;
            self.0.note(result)
        })
    }

    fn limits(&self) -> Limits {
        Limits::LOCAL
    }

    fn local(&self) -> Option<&dyn LocalRead> {
        Some(self)
    }

    fn written(&self) -> Option<Written> {
        self.0.kv().ok()?.written()
    }

    fn stored_bytes(&self) -> Option<u64> {
        self.0.kv().ok()?.stored_bytes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        conformance::{SPACES, Writer, key, put, text, wait},
        embedded::tests::Place,
    };

    #[test]
    fn a_store_that_failed_is_opened_anew_and_holds_what_was_acknowledged() {
        let place = Place::new("reopening");
        let kv = Reopening::open(&place.0, SPACES).unwrap();
        let mut writer = Writer::new(&kv);
        writer.write(vec![put(key(1, 1), "before")]).unwrap();
        let stale = writer.lease;
        // What a disk error does: the engine says so, and writes nothing more.
        let failed: Result<(), Error> = kv.0.note(Err(Error::Engine("the disk is full".into())));
        assert!(failed.is_err());
        assert_eq!(kv.get_now(&key(1, 1)).unwrap().as_deref(), Some(&b"before"[..]), "it reads meanwhile");
        let mut writer = Writer::new(&kv);
        assert_eq!((writer.seq, writer.lease.epoch), (1, stale.epoch + 1));
        writer.write(vec![put(key(1, 2), "after")]).unwrap();
        assert_eq!(text(&kv, &key(1, 2)).as_deref(), Some("after"));
        assert!(!place.0.join("room").exists());
    }

    #[test]
    fn a_snapshot_that_is_still_read_puts_the_reopening_off() {
        let place = Place::new("reopening-held");
        let kv = Reopening::open(&place.0, SPACES).unwrap();
        let snapshot = wait(kv.snapshot()).unwrap();
        let _: Result<(), Error> = kv.0.note(Err(Error::Engine("the disk is full".into())));
        assert!(matches!(kv.0.heal(), Err(Error::Locked)));
        drop(snapshot);
        kv.0.heal().unwrap();
    }
}
