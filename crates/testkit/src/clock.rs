//! The client's clock: the machine's, or one that the test sets.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime};

use mtproto::Time;

/// A clock; clones of one that is set by hand show the same time.
#[derive(Clone, Debug, Default)]
pub struct Clock(Option<Arc<AtomicU64>>);

impl Clock {
    /// The machine's clock.
    pub fn real() -> Self {
        Self(None)
    }

    /// A clock that stands still until it is moved.
    pub fn manual(start: Time) -> Self {
        Self(Some(Arc::new(AtomicU64::new(start.0))))
    }

    /// The time it shows.
    #[allow(clippy::disallowed_methods, reason = "a client's message ids are made of the time its server lives in")]
    pub fn now(&self) -> Time {
        let machine = || {
            let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
            Time(0) + since.unwrap_or_default()
        };
        self.0.as_ref().map_or_else(machine, |it| Time(it.load(Ordering::Relaxed)))
    }

    /// Moves a clock that is set by hand; the machine's goes by itself.
    pub fn advance(&self, by: Duration) {
        if let Some(it) = &self.0 {
            let micros = u64::try_from(by.as_micros()).unwrap_or(u64::MAX);
            it.fetch_add(micros, Ordering::Relaxed);
        }
    }
}
