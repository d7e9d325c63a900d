//! Two people who write to each other while four downloads run as fast as they can.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread::JoinHandle,
    time::Duration,
};

use super::{
    Files, floor,
    transfer::{self, PART, Source},
    wire::{Kept, Wire},
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
        let mut owner = Person::join(server, 3).await?;
        let stored = transfer::store(server, &mut owner, &Source::new(), size).await?;
        let (mut alice, mut bob) = people::pair(server, 900).await?;
        server.calm().await;
        let quiet = percentiles(self.pings(&mut alice, &mut bob).await?);

        let wires: Result<Vec<_>, _> = (0..DOWNLOADS).map(|_| Wire::open(server, &owner)).collect();
        let stop = Arc::new(AtomicBool::new(false));
        let running = wires?.into_iter().map(|mut wire| {
            let stored = stored.clone();
            busy(&stop, move |stop| {
                while !stop.load(Ordering::Acquire) {
                    let ready = transfer::whole(&mut wire, &stored)?;
                    wire.run(&ready, 4, &mut Kept::default())?;
                }
                Ok(())
            })
        });
        let running: Vec<_> = running.collect();
        let during = percentiles(self.pings(&mut alice, &mut bob).await?);
        end(&stop, running)?;

        let stop = Arc::new(AtomicBool::new(false));
        let running: Vec<_> = (0..DOWNLOADS)
            .map(|_| {
                busy(&stop, |stop| {
                    while !stop.load(Ordering::Acquire) {
                        floor::blocking(COPIED)?;
                    }
                    Ok(())
                })
            })
            .collect();
        let beside = percentiles(self.pings(&mut alice, &mut bob).await?);
        end(&stop, running)?;

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

/// A thread that stands for other machines, which share this one's cores here: it steps back, as the server's own
/// threads for files do.
fn busy(
    stop: &Arc<AtomicBool>,
    work: impl FnOnce(&AtomicBool) -> Result<(), Failure> + Send + 'static,
) -> JoinHandle<Result<(), Failure>> {
    let stop = Arc::clone(stop);
    std::thread::spawn(move || {
        gateway::step_back()?;
        work(&stop)
    })
}

fn end(stop: &AtomicBool, running: Vec<JoinHandle<Result<(), Failure>>>) -> Result<(), Failure> {
    stop.store(true, Ordering::Release);
    running.into_iter().try_for_each(|it| it.join().map_err(|_| "a reader died")?)
}
