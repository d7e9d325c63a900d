//! The engine trait: ordered keys, atomic durable batches, leases with fencing, snapshots.
//! Engines never increment, merge or interpret anything: batches come blind and already numbered.

use std::{future::Future, pin::Pin, sync::Arc};

use bytes::Bytes;

use crate::{Direction, Error, Key, Range};

/// A boxed future, so that engines can be chosen at run time.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// A row as read.
pub type Row = (Key, Bytes);

/// One change; the last of several on one key wins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Op {
    /// Writes a row.
    Put(Key, Bytes),
    /// Removes a row, if there.
    Delete(Key),
    /// The batch fails with [`Error::Conflict`] unless the key is absent.
    AssertAbsent(Key),
}

/// Who may write to a group of vshards, proved at each commit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lease {
    /// The group of vshards; the embedded engine has one, 0.
    pub group: u16,
    /// Grows with each new holder; an older one is fenced.
    pub epoch: u64,
    /// The last commit sequence stored in the group, as of the grant.
    pub seq: u64,
}

/// An owner's batch: applied whole or not at all, once per (`group`, `seq`).
#[derive(Clone, Debug)]
pub struct Batch {
    /// Who writes.
    pub lease: Lease,
    /// One more than the previous batch's; a batch whose sequence is already stored is a success.
    pub seq: u64,
    /// The changes.
    pub ops: Vec<Op>,
}

/// What an engine bears.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Bytes of one value.
    pub value_bytes: usize,
    /// Bytes of one batch.
    pub batch_bytes: usize,
}

/// An ordered key-value engine. Reads see every commit that was acknowledged before they began.
pub trait Kv: Send + Sync + 'static {
    /// A row's value.
    fn get<'a>(&'a self, key: &'a Key) -> BoxFuture<'a, Result<Option<Bytes>, Error>>;

    /// In the order asked.
    fn multi_get<'a>(&'a self, keys: &'a [Key]) -> BoxFuture<'a, Result<Vec<Option<Bytes>>, Error>>;

    /// At most `limit` rows of the range, from the end that `direction` names.
    fn scan<'a>(
        &'a self,
        range: &'a Range,
        direction: Direction,
        limit: usize,
    ) -> BoxFuture<'a, Result<Vec<Row>, Error>>;

    /// Durable (fsynced) when it returns.
    fn commit(&self, batch: Batch) -> BoxFuture<'_, Result<(), Error>>;

    /// Grants the group's lease with a new epoch and fences the holder before.
    fn lease(&self, group: u16) -> BoxFuture<'_, Result<Lease, Error>>;

    /// A view of the store as it is now, unmoved by later commits.
    fn snapshot(&self) -> BoxFuture<'_, Result<Arc<dyn Snapshot>, Error>>;

    /// What the engine bears.
    fn limits(&self) -> Limits;

    /// Reads without waiting, for engines whose reads are local; `None` where they are not.
    fn local(&self) -> Option<&dyn LocalRead> {
        None
    }
}

/// Reads that return at once, on engines in this process.
pub trait LocalRead: Send + Sync {
    /// A row's value.
    fn get_now(&self, key: &Key) -> Result<Option<Bytes>, Error>;
    /// As [`Kv::scan`].
    fn scan_now(&self, range: &Range, direction: Direction, limit: usize) -> Result<Vec<Row>, Error>;
}

/// A fixed view of the store, for backups and migrations.
pub trait Snapshot: Send + Sync {
    /// Every row of every subspace in key order, a page at a time, after `after`.
    fn page(&self, after: Option<&Key>, limit: usize) -> Result<Vec<Row>, Error>;
}
