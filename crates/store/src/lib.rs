//! Ordered keys with atomic durable batches; engines; one conformance suite.

mod key;
mod kv;
pub mod memory;

pub use key::{Class, Direction, Key, KeyBuilder, Range, Subspace};
pub use kv::{Batch, BoxFuture, Kv, Lease, Limits, LocalRead, Op, Row, Snapshot};

/// Why the store did not do what it was asked; never the caller's data at fault.
#[derive(Debug, thiserror::Error)]
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
    /// The engine or the disk failed.
    #[error("engine: {0}")]
    Engine(String),
}
