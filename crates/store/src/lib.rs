//! Ordered keys with atomic durable batches, and blobs beside them; engines; one conformance suite for each.
//! It knows nothing of what the rows mean.

#![warn(missing_docs)]

pub mod backup;
pub mod blobs;
#[cfg(any(test, feature = "conformance"))]
pub mod conformance;
pub mod embedded;
#[cfg(any(test, feature = "conformance"))]
pub mod fault;
mod key;
mod kv;
pub mod memory;
pub mod pool;
pub mod reopening;

pub use key::{Class, Direction, Key, KeyBuilder, Range, Subspace};
pub use kv::{Batch, BoxFuture, Kv, Lease, Limits, LocalRead, Op, Row, Snapshot, Written};

/// Why the store did not do what it was asked; never the caller's data at fault.
#[derive(Debug, thiserror::Error)]
#[allow(missing_docs, reason = "the fields stand in the messages")]
pub enum Error {
    /// A newer holder has the lease: stop at once.
    #[error("fenced: the lease has epoch {current}, this batch {got}")]
    Fenced { got: u64, current: u64 },
    /// An assertion of the batch does not hold; nothing was written.
    #[error("a key that had to be absent exists")]
    Conflict,
    /// The batch's sequence is not the next one.
    #[error("sequence {got}, expected {expected}")]
    Sequence { got: u64, expected: u64 },
    /// A batch or value is larger than the engine's limit.
    #[error("{got} bytes, at most {limit} are allowed")]
    TooLarge { got: usize, limit: usize },
    /// The data directory was written by a newer build.
    #[error("the data has format {got}, this build reads up to {newest}: use a newer build")]
    NewerFormat { got: u32, newest: u32 },
    /// Another process has the data open.
    #[error("another process uses this data: stop it first, or ask it through its admin socket")]
    Locked,
    /// The store is older than it was: its journal is damaged.
    #[error("the store holds commit {stored} but had come to {seen}: its journal is damaged, restore a backup")]
    WentBack { stored: u64, seen: u64 },
    /// A backup is cut off, changed, or of another kind.
    #[error("the backup does not read: {0}")]
    Backup(&'static str),
    /// The engine or the disk failed.
    #[error("engine: {0}")]
    Engine(String),
}
