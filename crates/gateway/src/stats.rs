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
    /// Bytes held of unfinished packets of clients that have shown no key yet.
    unproven_bytes_now,
}

pub(crate) fn add(counter: &AtomicU64, by: u64) {
    counter.fetch_add(by, Ordering::Relaxed);
}

pub(crate) fn sub(counter: &AtomicU64, by: u64) {
    counter.fetch_sub(by, Ordering::Relaxed);
}
