//! The engine in this process, over fjall: one database, one keyspace a class, one thread that commits.
//! fjall's own group commit syncs under its journal lock, so only that thread ever writes. Hot rows are
//! logged with their batch and written once an interval (`hot`, `redo`, `settling`).

mod cache;
mod commit;
mod hot;
mod redo;
mod settling;
#[cfg(test)]
pub(crate) mod tests;
mod upgrade;
mod witness;

use std::{
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
        mpsc,
    },
};

use bytes::Bytes;
use fjall::{Database, Keyspace, KeyspaceCreateOptions, OwnedWriteBatch, Readable, config::PartitioningPolicy};
use tokio::sync::oneshot;

use crate::{
    Batch, BoxFuture, Class, Direction, Error, Key, Kv, Lease, Limits, LocalRead, Range, Row, Snapshot, Subspace,
    Written,
};
use cache::{Cache, Look};
pub use commit::Observer;
use commit::{Committer, Request};
use hot::{Hot, Merged};
use witness::Witness;

/// The newest directory format that this build reads and the one it writes.
const FORMAT: u32 = 3;

/// Bytes of blocks kept in memory. Small: an idle server should cost little, and the system's page cache
/// holds what is hot.
const CACHE_BYTES: u64 = 8 << 20;

/// Bytes of one keyspace's write buffer before it goes to disk.
const MEMTABLE_BYTES: u64 = 8 << 20;

/// Bytes of journals before older ones are flushed away; bounds the time of a reopen.
const JOURNAL_BYTES: u64 = 64 << 20;

/// Threads that flush and compact.
const WORKERS: usize = 1;

const CLASSES: [(Class, &str); 4] =
    [(Class::Records, "records"), (Class::Logs, "logs"), (Class::Hot, "hot"), (Class::Index, "index")];

/// An open store.
pub struct Embedded {
    rooms: Arc<Rooms>,
    commits: Option<mpsc::Sender<Request>>,
    thread: Option<std::thread::JoinHandle<()>>,
}

/// The commit thread ends before the database is let go, so that it can be opened again at once.
impl Drop for Embedded {
    fn drop(&mut self) {
        self.commits.take();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// Counts what is written.
#[derive(Default)]
struct Counter {
    batches: AtomicU64,
    keys: AtomicU64,
}

impl Counter {
    fn add(&self, keys: usize) {
        self.batches.fetch_add(1, Ordering::Relaxed);
        self.keys.fetch_add(keys as u64, Ordering::Relaxed);
    }

    fn written(&self) -> Written {
        Written { batches: self.batches.load(Ordering::Relaxed), keys: self.keys.load(Ordering::Relaxed) }
    }
}

/// The database with its keyspaces, found by the first byte of a key.
struct Rooms {
    database: Database,
    meta: Keyspace,
    redo: Keyspace,
    hot: Hot,
    cache: Cache,
    counter: Counter,
    /// A keyspace for each subspace id; ids without a subspace have none.
    by_space: Vec<Option<Keyspace>>,
    all: Vec<Keyspace>,
}

impl Embedded {
    /// Opens or makes the store in a directory. `spaces` are all the kinds of rows it may hold.
    pub fn open(dir: &Path, spaces: &[Subspace]) -> Result<Self, Error> {
        Self::open_observed(dir, spaces, None)
    }

    /// Opens with somebody who is told of each sync, for tests of the order of things.
    pub fn open_observed(dir: &Path, spaces: &[Subspace], observer: Option<Arc<dyn Observer>>) -> Result<Self, Error> {
        std::fs::create_dir_all(dir).map_err(engine)?;
        let rooms = Arc::new(Rooms::open(dir, spaces)?);
        let witness = Witness::check(dir, commit::read_lease(&rooms, commit::WITNESSED)?.seq)?;
        let span = redo::replay(&rooms)?;
        let (commits, requests) = mpsc::channel();
        let committer = Committer::new(Arc::clone(&rooms), observer, span, witness);
        let thread = std::thread::Builder::new().name("commit".into());
        let thread = thread.spawn(move || committer.run(&requests)).map_err(engine)?;
        Ok(Self { rooms, commits: Some(commits), thread: Some(thread) })
    }

    async fn ask<T>(&self, make: impl FnOnce(oneshot::Sender<Result<T, Error>>) -> Request) -> Result<T, Error> {
        let (send, receive) = oneshot::channel();
        let gone = || Error::Engine("the commit thread has ended".into());
        self.commits.as_ref().ok_or_else(gone)?.send(make(send)).map_err(|_| gone())?;
        receive.await.map_err(|_| gone())?
    }
}

impl Rooms {
    fn open(dir: &Path, spaces: &[Subspace]) -> Result<Self, Error> {
        let builder = Database::builder(dir)
            .cache_size(CACHE_BYTES)
            .max_journaling_size(JOURNAL_BYTES)
            .worker_threads(WORKERS)
            .manual_journal_persist(true);
        let database = builder.open().map_err(opening)?;
        let meta = database.keyspace("meta", options).map_err(engine)?;
        upgrade::format(&meta)?;
        let redo = database.keyspace("redo", options).map_err(engine)?;
        let open = |(class, name): &(Class, &str)| Ok((*class, database.keyspace(name, options).map_err(engine)?));
        let classes = CLASSES.iter().map(open).collect::<Result<Vec<_>, Error>>()?;
        upgrade::run(&database, &meta, &classes, spaces)?;
        let mut by_space = vec![None; 256];
        for space in spaces {
            let found = classes.iter().find(|(class, _)| *class == space.class);
            by_space[usize::from(space.id)] = found.map(|(_, keyspace)| keyspace.clone());
        }
        let all = classes.into_iter().map(|(_, keyspace)| keyspace).collect();
        let (hot, cache) = (Hot::new(spaces), Cache::new(spaces));
        Ok(Self { database, meta, redo, hot, cache, counter: Counter::default(), by_space, all })
    }

    fn keyspace(&self, key: &Key) -> Result<&Keyspace, Error> {
        let id = key.as_bytes().first().copied();
        let found = id.and_then(|id| self.by_space[usize::from(id)].as_ref());
        found.ok_or_else(|| Error::Engine(format!("no subspace has the key {key:?}")))
    }

    /// A row as it is, written or waiting to be.
    fn get(&self, key: &Key) -> Result<Option<Bytes>, Error> {
        if self.hot.takes(key)
            && let Some(value) = self.hot.get(key)
        {
            return Ok(value);
        }
        let looked = match self.cache.look(key) {
            Look::Known(value) => return Ok(value),
            Look::Unknown(looked) => Some(looked),
            Look::Never => None,
        };
        let value = self.keyspace(key)?.get(key.as_bytes()).map_err(engine)?;
        let value = value.map(|it| Bytes::copy_from_slice(&it));
        if let Some(looked) = looked {
            self.cache.keep(key, value.as_ref(), looked);
        }
        Ok(value)
    }

    fn write(&self, write: OwnedWriteBatch) -> Result<(), Error> {
        let keys = write.len();
        write.commit().map_err(engine)?;
        self.counter.add(keys);
        Ok(())
    }
}

impl LocalRead for Embedded {
    fn get_now(&self, key: &Key) -> Result<Option<Bytes>, Error> {
        self.rooms.get(key)
    }

    fn scan_now(&self, range: &Range, direction: Direction, limit: usize) -> Result<Vec<Row>, Error> {
        if range.start >= range.end {
            return Ok(Vec::new());
        }
        let Rooms { database, hot, .. } = &*self.rooms;
        let keyspace = self.rooms.keyspace(&range.start)?;
        let (over, view) = if hot.takes(&range.start) {
            hot.range(range, || database.snapshot())
        } else {
            (Vec::new(), database.snapshot())
        };
        let below = view.range(keyspace, range.start.as_bytes()..range.end.as_bytes());
        let over = over.into_iter();
        match direction {
            Direction::Forward => Merged::new(over, below.map(row), direction).take(limit).collect(),
            Direction::Backward => Merged::new(over.rev(), below.rev().map(row), direction).take(limit).collect(),
        }
    }
}

impl Kv for Embedded {
    fn get<'a>(&'a self, key: &'a Key) -> BoxFuture<'a, Result<Option<Bytes>, Error>> {
        Box::pin(std::future::ready(self.get_now(key)))
    }

    fn multi_get<'a>(&'a self, keys: &'a [Key]) -> BoxFuture<'a, Result<Vec<Option<Bytes>>, Error>> {
        Box::pin(std::future::ready(keys.iter().map(|key| self.get_now(key)).collect()))
    }

    fn scan<'a>(
        &'a self,
        range: &'a Range,
        direction: Direction,
        limit: usize,
    ) -> BoxFuture<'a, Result<Vec<Row>, Error>> {
        Box::pin(std::future::ready(self.scan_now(range, direction, limit)))
    }

    fn commit(&self, batch: Batch) -> BoxFuture<'_, Result<(), Error>> {
        Box::pin(self.ask(|done| Request::Commit(batch, done)))
    }

    fn lease(&self, group: u16) -> BoxFuture<'_, Result<Lease, Error>> {
        Box::pin(self.ask(move |done| Request::Lease(group, done)))
    }

    fn snapshot(&self) -> BoxFuture<'_, Result<Arc<dyn Snapshot>, Error>> {
        Box::pin(async {
            let view = self.ask(Request::Snapshot).await?;
            Ok(Arc::new(Fixed { view, rooms: Arc::clone(&self.rooms) }) as Arc<dyn Snapshot>)
        })
    }

    fn limits(&self) -> Limits {
        Limits::LOCAL
    }

    fn local(&self) -> Option<&dyn LocalRead> {
        Some(self)
    }

    fn written(&self) -> Option<Written> {
        Some(self.rooms.counter.written())
    }

    fn stored_bytes(&self) -> Option<u64> {
        self.rooms.database.disk_space().ok()
    }
}

struct Fixed {
    view: fjall::Snapshot,
    rooms: Arc<Rooms>,
}

impl Snapshot for Fixed {
    /// Merges the keyspaces' next rows: keys of different keyspaces never meet, since their first byte differs.
    fn page(&self, after: Option<&Key>, limit: usize) -> Result<Vec<Row>, Error> {
        let start = after.map_or_else(Vec::new, |key| [key.as_bytes(), &[0]].concat());
        let rows_of = |keyspace| self.view.range(keyspace, start.as_slice()..).map(row);
        let mut sources: Vec<_> = self.rooms.all.iter().map(rows_of).collect();
        let mut next = sources.iter_mut().map(|it| it.next().transpose()).collect::<Result<Vec<_>, _>>()?;
        let mut rows = Vec::new();
        while rows.len() < limit {
            let heads = next.iter().enumerate().filter_map(|(at, row)| Some((&row.as_ref()?.0, at)));
            let Some((_, at)) = heads.min() else { break };
            let following = sources[at].next().transpose()?;
            rows.extend(std::mem::replace(&mut next[at], following));
        }
        Ok(rows)
    }

    fn seq(&self, group: u16) -> Result<u64, Error> {
        let row = self.view.get(&self.rooms.meta, commit::lease_key(group)).map_err(engine)?;
        Ok(commit::parse_lease(group, row.as_deref())?.seq)
    }
}

fn row(guard: fjall::Guard) -> Result<Row, Error> {
    let (key, value) = guard.into_inner().map_err(engine)?;
    Ok((Key::from_bytes(&key), Bytes::copy_from_slice(&value)))
}

/// Filters and indexes of settled tables come in blocks: whole, those of one table are megabytes, and in a cache of
/// eight every reading of a key would read them anew.
fn options() -> KeyspaceCreateOptions {
    KeyspaceCreateOptions::default()
        .max_memtable_size(MEMTABLE_BYTES)
        .manual_journal_persist(true)
        .filter_block_partitioning_policy(PartitioningPolicy::new([false, true]))
        .index_block_partitioning_policy(PartitioningPolicy::new([false, false, true]))
}

fn opening(error: fjall::Error) -> Error {
    match error {
        fjall::Error::Locked => Error::Locked,
        other => engine(other),
    }
}

fn engine(error: impl std::fmt::Display) -> Error {
    Error::Engine(error.to_string())
}
