//! How the owner is doing, for `/health` and `/metrics`: the driver notes it, others read it.

use std::{
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use prometheus_client::metrics::{
    counter::Counter,
    histogram::{Histogram, exponential_buckets},
};

/// A commit that takes longer is a disk that hangs.
const HANGS: Duration = Duration::from_secs(10);

/// What is known of the owner.
pub struct Vitals {
    /// The store takes no writes: the owner waits for its lease.
    pub recovering: AtomicBool,
    /// Commands that wait for their turn.
    pub line: AtomicU64,
    /// Parcels seen in the outbox at the last look, one page at most.
    pub outbox: AtomicU64,
    /// Seconds from handing a batch over until it is durable.
    pub commit_seconds: Histogram,
    /// Commands that shared a commit.
    pub batch_commands: Histogram,
    /// Bytes of keys and values of a commit.
    pub batch_bytes: Histogram,
    /// Commits that failed.
    pub failures: Counter,
    /// When the commit under way began.
    begun: Mutex<Option<Instant>>,
}

impl Default for Vitals {
    fn default() -> Self {
        Self {
            recovering: AtomicBool::new(false),
            line: AtomicU64::new(0),
            outbox: AtomicU64::new(0),
            // 100 µs to 1.6 s: from a fast disk's sync to one that a person notices.
            commit_seconds: Histogram::new(exponential_buckets(0.0001, 2.0, 15)),
            batch_commands: Histogram::new(exponential_buckets(1.0, 2.0, 11)),
            batch_bytes: Histogram::new(exponential_buckets(256.0, 4.0, 8)),
            failures: Counter::default(),
            begun: Mutex::default(),
        }
    }
}

impl Vitals {
    /// A batch is handed to the store.
    #[allow(clippy::disallowed_methods, reason = "what is measured is this machine's time")]
    pub fn commit_begins(&self, commands: usize, bytes: usize) {
        self.batch_commands.observe(commands as f64);
        self.batch_bytes.observe(bytes as f64);
        *self.begun() = Some(Instant::now());
    }

    /// The store has answered.
    pub fn commit_ends(&self, done: bool) {
        let begun = self.begun().take();
        if done {
            self.commit_seconds.observe(begun.map_or(0.0, |it| it.elapsed().as_secs_f64()));
        } else {
            self.failures.inc();
        }
    }

    /// Why the server can't do its work now, in a sentence.
    pub fn trouble(&self) -> Option<&'static str> {
        if self.recovering.load(Ordering::Relaxed) {
            return Some("the store takes no writes; the log says why");
        }
        let hangs = self.begun().is_some_and(|it| it.elapsed() > HANGS);
        hangs.then_some("a write hangs in the disk")
    }

    fn begun(&self) -> std::sync::MutexGuard<'_, Option<Instant>> {
        self.begun.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
