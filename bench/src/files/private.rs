//! Two people who write to each other while four downloads run as fast as they can.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use tokio::task::JoinSet;

use super::{
    Files, floor,
    transfer::{self, PART, Source, connection},
};
use crate::{
    Failure,
    figures::{line, percentiles},
    people::{self, Person},
    process::Server,
    talk::latency::ping,
};

/// Downloads at once.
const DOWNLOADS: usize = 4;

/// Bytes that a plain copy moves before it begins again.
const COPIED: u64 = 64 * PART as u64;

impl Files {
    /// Quiet, beside downloads, and beside as many plain copies: what the last ones take is the machine's share, whose
    /// cores all of them use.
    pub(super) async fn private(&self, server: &Server) -> Result<(), Failure> {
        let size = self.bytes();
        let owner = Person::join(server, 3).await?;
        let mut client = connection(server, &owner).await?;
        let file = transfer::upload(&mut client, &Source::new(), size, 4).await?;
        let stored = transfer::keep(&mut client, file, size).await?;
        let (mut alice, mut bob) = people::pair(server, 900).await?;
        server.calm().await;
        let quiet = percentiles(self.pings(&mut alice, &mut bob).await?);

        let (stop, mut running) = (Arc::new(AtomicBool::new(false)), JoinSet::new());
        for _ in 0..DOWNLOADS {
            let (mut client, stored, stop) = (connection(server, &owner).await?, stored.clone(), Arc::clone(&stop));
            running.spawn(async move {
                while !stop.load(Ordering::Acquire) {
                    transfer::download(&mut client, &stored, 4).await?;
                }
                Ok::<_, Failure>(())
            });
        }
        let during = percentiles(self.pings(&mut alice, &mut bob).await?);
        end(&stop, running).await?;

        let (stop, mut running) = (Arc::new(AtomicBool::new(false)), JoinSet::new());
        for _ in 0..DOWNLOADS {
            let stop = Arc::clone(&stop);
            running.spawn(async move {
                while !stop.load(Ordering::Acquire) {
                    floor::copy(COPIED).await?;
                }
                Ok::<_, Failure>(())
            });
        }
        let beside = percentiles(self.pings(&mut alice, &mut bob).await?);
        end(&stop, running).await?;

        println!("private messages one at a time, {DOWNLOADS} downloads with 4 parts in flight meanwhile");
        line("  send to receive, quiet, p50", quiet.0, "ms");
        line("    p99", quiet.1, "ms");
        line("  during downloads, p50", during.0, "ms");
        line("    p99", during.1, "ms");
        line("    p99 to the quiet one", during.1 / quiet.1, "");
        line("  while plain copies run, p50", beside.0, "ms");
        line("    p99", beside.1, "ms");
        line("    p99 during downloads to that", during.1 / beside.1, "");
        Ok(())
    }

    async fn pings(&self, alice: &mut Person, bob: &mut Person) -> Result<Vec<Duration>, Failure> {
        let mut all = Vec::with_capacity(self.messages);
        for _ in 0..self.messages {
            all.push(ping(alice, bob).await?);
        }
        Ok(all)
    }
}

async fn end(stop: &AtomicBool, mut running: JoinSet<Result<(), Failure>>) -> Result<(), Failure> {
    stop.store(true, Ordering::Release);
    while let Some(ended) = running.join_next().await {
        ended??;
    }
    Ok(())
}
