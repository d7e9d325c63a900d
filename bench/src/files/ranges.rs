//! Ranges anywhere in a file, one at a time: what a player asks for that jumps.

use std::time::Instant;

use super::{
    Files,
    transfer::{self, Source, connection, range},
};
use crate::{
    Failure,
    figures::{line, percentiles},
    people::Person,
    process::Server,
};

/// Bytes of a range.
const SIZES: [usize; 3] = [4 << 10, 64 << 10, 512 << 10];

impl Files {
    pub(super) async fn ranges(&self, server: &Server) -> Result<(), Failure> {
        let mut person = Person::join(server, 2).await?;
        let size = self.bytes();
        let stored = transfer::store(server, &mut person, &Source::new(), size).await?;
        let mut client = connection(server, &person).await?;
        println!("ranges of a file of {} MiB, one at a time", self.size);
        for bytes in SIZES {
            let (mut took, before) = (Vec::with_capacity(self.ranges), server.cpu());
            for _ in 0..self.ranges {
                // Aligned as clients ask; such a range stays within one megabyte.
                let offset = rand::random::<u64>() % (size / bytes as u64) * bytes as u64;
                let (request, start) = (range(&stored, offset, bytes)?, Instant::now());
                client.invoke_raw(&request).await?;
                took.push(start.elapsed());
            }
            let cpu = (server.cpu() - before).as_secs_f64() * 1e6 / self.ranges as f64;
            let (p50, p99) = percentiles(took);
            line(&format!("  {} KiB, p50", bytes >> 10), p50, "ms");
            line("    p99", p99, "ms");
            line("    CPU of the server", cpu, "µs");
        }
        Ok(())
    }
}
