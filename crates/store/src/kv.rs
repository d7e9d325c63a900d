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
    /// Bytes of one key.
    pub key_bytes: usize,
    /// Bytes of one value.
    pub value_bytes: usize,
    /// Bytes of the keys and values of one batch, assertions included.
    pub batch_bytes: usize,
}

impl Limits {
    /// What the engines in this process bear.
    pub(crate) const LOCAL: Self =
        Self { key_bytes: KEY_BYTES_MAX, value_bytes: VALUE_BYTES_MAX, batch_bytes: BATCH_BYTES_MAX };

    /// Refuses changes that are too large, before anything of them is written.
    pub fn check(&self, ops: &[Op]) -> Result<(), Error> {
        let within = |got, limit| if got > limit { Err(Error::TooLarge { got, limit }) } else { Ok(()) };
        let mut batch = 0;
        for op in ops {
            let (key, value) = match op {
                Op::Put(key, value) => (key.as_bytes().len(), value.len()),
                Op::Delete(key) | Op::AssertAbsent(key) => (key.as_bytes().len(), 0),
            };
            within(key, self.key_bytes)?;
            within(value, self.value_bytes)?;
            batch += key + value;
        }
        within(batch, self.batch_bytes)
    }
}

/// Bytes of one key: far above any of ours; the journal of the embedded engine has 16 bits for it.
const KEY_BYTES_MAX: usize = 4 << 10;

/// Bytes of one value: far above any row, far below what an LSM block bears badly.
const VALUE_BYTES_MAX: usize = 1 << 20;

/// Bytes of one batch: an owner stops filling at 1 MiB and one command may add as much again.
const BATCH_BYTES_MAX: usize = 8 << 20;

/// What an engine has written since it was opened.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Written {
    /// Atomic batches, the engine's own included.
    pub batches: u64,
    /// Rows put or deleted, the engine's own included.
    pub keys: u64,
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

    /// Bytes that the rows take on this machine's disk, journals included; `None` where they are elsewhere.
    fn stored_bytes(&self) -> Option<u64> {
        None
    }

    /// What was written; `None` where nobody counts.
    fn written(&self) -> Option<Written> {
        None
    }

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

    /// The last commit of a group that this view holds; 0 where there is none.
    fn seq(&self, group: u16) -> Result<u64, Error>;
}
