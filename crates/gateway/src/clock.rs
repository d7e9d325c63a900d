//! The time and the dice of the wire.

use std::time::{SystemTime, UNIX_EPOCH};

use mtproto::Time;

/// Now.
pub(crate) fn now() -> Time {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Time(u64::try_from(since.as_micros()).unwrap_or(u64::MAX))
}

/// The moment at which tokio's clock reaches a time of the wire.
pub(crate) fn instant(at: Time) -> tokio::time::Instant {
    tokio::time::Instant::now() + at.since(now())
}
