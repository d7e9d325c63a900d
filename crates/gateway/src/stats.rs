//! Counters for `/metrics`.

use std::sync::atomic::{AtomicU64, Ordering};

macro_rules! stats {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {
        /// Counters since the start, and gauges named `…_now`.
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
        pub struct Stats { $($(#[$doc])* pub $name: u64),* }

        #[derive(Debug, Default)]
        pub(crate) struct Counters { $(pub(crate) $name: AtomicU64),* }

        impl Counters {
            pub(crate) fn read(&self) -> Stats {
                Stats { $($name: self.$name.load(Ordering::Relaxed)),* }
            }
        }

        impl Stats {
            /// Every counter with its name.
            pub fn named(&self) -> Vec<(&'static str, u64)> {
                vec![$((stringify!($name), self.$name)),*]
            }
        }
    };
}

stats! {
    /// Connections accepted.
    connections,
    /// Connections open.
    connections_now,
    /// Connections refused by a limit.
    connections_refused,
    /// Sessions known.
    sessions_now,
    /// Keys agreed.
    handshakes,
    /// Key exchanges that wait for a core.
    handshakes_now,
    /// Requests handed to the service.
    requests,
    /// Requests refused by a limit.
    requests_refused,
    /// Packets received.
    packets_in,
    /// Packets sent.
    packets_out,
    /// Bytes sent.
    bytes_out,
    /// Entries published.
    publications,
    /// Entries rendered, once a layer.
    renders,
    /// Renderings put into sessions' queues.
    pushes,
    /// Connections closed for hostile or broken bytes.
    broken,
}

/// A key exchange that waits for a core, counted while this lives.
pub(crate) struct Waits<'a>(&'a Counters);

impl Drop for Waits<'_> {
    fn drop(&mut self) {
        sub(&self.0.handshakes_now, 1);
    }
}

impl Counters {
    pub(crate) fn handshakes_waiting(&self) -> usize {
        usize::try_from(self.handshakes_now.load(Ordering::Relaxed)).unwrap_or(usize::MAX)
    }

    pub(crate) fn wait_for_handshake(&self) -> Waits<'_> {
        add(&self.handshakes_now, 1);
        Waits(self)
    }
}

pub(crate) fn add(counter: &AtomicU64, by: u64) {
    counter.fetch_add(by, Ordering::Relaxed);
}

pub(crate) fn sub(counter: &AtomicU64, by: u64) {
    counter.fetch_sub(by, Ordering::Relaxed);
}
