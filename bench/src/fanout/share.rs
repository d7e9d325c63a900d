//! What part of the server's CPU time is encryption: packets, times what one costs in this process.

use std::time::Instant;

use crypto::{
    AuthKey,
    message::{self, Lane, Path, Side},
};

use super::{Fanout, rounds::Figures};
use crate::{
    crypto::without_avx_512,
    figures::{line, median},
};

/// Keys that take turns, so that they come from memory as those of sessions do.
const KEYS: usize = 10_000;

/// Messages sealed together, as many as the widest path takes.
const TOGETHER: usize = 16;

/// Bytes of the envelope before a body, and the least padding behind it.
const AROUND: usize = 32 + 12;

/// Times that all are sealed; the quickest counts.
const TIMES: usize = 9;

/// Nanoseconds that a message with a body of so many bytes takes in a batch, on the path that is chosen or another.
fn encryption_ns(body: usize, path: Option<Path>) -> f64 {
    let keys: Vec<_> = (0..KEYS).map(|at| AuthKey::new(std::array::from_fn(|i| (at * 31 + i * 7) as u8))).collect();
    let length = (body + AROUND).next_multiple_of(16);
    let mut plain = vec![7; length * TOGETHER];
    let mut once = || {
        let start = Instant::now();
        for keys in keys.chunks(TOGETHER) {
            let lanes = keys.iter().zip(plain.chunks_mut(length));
            let mut lanes: Vec<_> = lanes.map(|(key, plain)| Lane { key, plain, message_key: [0; 16] }).collect();
            match path {
                Some(path) => message::seal_batch_on(path, Side::Server, &mut lanes),
                None => message::seal_batch(Side::Server, &mut lanes),
            }
        }
        start.elapsed().as_secs_f64() * 1e9 / KEYS as f64
    };
    (0..TIMES).map(|_| once()).fold(f64::INFINITY, f64::min)
}

impl Fanout {
    /// Over the figures of the large audience.
    pub(super) fn share(&self, single: &Figures, burst: &Figures) {
        for (what, figures) in [("single posts", single), ("bursts", burst)] {
            if figures.cpu.is_empty() {
                continue;
            }
            let (packets, bytes) = (median(figures.packets.clone()), median(figures.bytes.clone()));
            // The frame's length, the key and the message key are not encrypted.
            let body = (bytes / packets) as usize - 4 - message::HEAD - AROUND;
            let ns = encryption_ns(body, None);
            line(&format!("encryption of a packet of {what}, here"), ns, "ns");
            line("  of the server's CPU time (8)", packets * ns / 1e3 / figures.cpu() * 100.0, "%");
            let narrow = encryption_ns(body, Some(without_avx_512()));
            line("  the same without AVX-512", narrow, "ns");
            // The server would take so much longer.
            let cpu = figures.cpu() + packets * (narrow - ns) / 1e3;
            line("    of its CPU time (20)", packets * narrow / 1e3 / cpu * 100.0, "%");
        }
    }
}
