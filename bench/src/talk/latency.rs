//! One message at a time, from the send to the other side's update, against one sync of the same disk.

use std::time::{Duration, Instant};

use super::{Talk, bare};
use crate::{
    Failure,
    figures::{line, median, percentiles},
    people::{self, Person},
    process::Server,
};

impl Talk {
    pub(super) async fn latency(&self, server: &Server) -> Result<(), Failure> {
        let (mut alice, mut bob) = people::pair(server, 900).await?;
        let mut disk = bare::Disk::new(&server.dir)?;
        let (mut above, mut p50, mut p99, mut syncs) = (vec![], vec![], vec![], vec![]);
        for _ in 0..self.rounds {
            // They take turns, since a shared disk is slower now and faster then.
            let (mut took, mut synced) = (vec![], vec![]);
            for _ in 0..self.pings {
                synced.push(disk.sync()?);
                took.push(ping(&mut alice, &mut bob).await?);
            }
            let (took, synced) = (percentiles(took), percentiles(synced));
            above.push(took.0 - synced.0);
            p50.push(took.0);
            p99.push(took.1);
            syncs.push(synced.0);
        }
        line("send to receive, p50", median(p50), "ms");
        line("  p99", median(p99), "ms");
        line("  one fdatasync of the same disk, p50", median(syncs), "ms");
        line("  p50 above it (0.3)", median(above), "ms");
        Ok(())
    }
}

/// A message that the other side has.
pub(crate) async fn ping(alice: &mut Person, bob: &mut Person) -> Result<Duration, Failure> {
    let start = Instant::now();
    let request = alice.client.send(&alice.message());
    alice.client.flush().await?;
    bob.client.update().await?;
    let took = start.elapsed();
    alice.client.wait(request).await?;
    Ok(took)
}
