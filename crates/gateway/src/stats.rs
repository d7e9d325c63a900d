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
    /// Files being fetched over HTTP.
    files_now,
    /// Requests handed to the service.
    requests,
    /// Packets received.
    packets_in,
    /// Packets sent.
    packets_out,
    /// Messages encrypted.
    encryptions,
    /// Writes to connections; what has piled up for one leaves in one.
    writes,
    /// Bytes sent.
    bytes_out,
    /// Entries published.
    publications,
    /// Entries rendered, once a viewer group.
    renders,
    /// Renderings rewritten for a layer whose bytes differ from those of the others.
    transcodings,
    /// Renderings put into sessions' queues, one for each session.
    deliveries,
    /// Batches of pushes encrypted together, by the messages in them.
    batches_of_1,
    /// The same.
    batches_of_2_to_7,
    /// The same.
    batches_of_8_to_15,
    /// The same.
    batches_of_16_and_more,
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
