//! The server's memory while many transfers run at once: nothing of a transfer's size is ever in it.

use std::{sync::Arc, time::Duration};

use tokio::task::JoinSet;

use super::{
    Files,
    transfer::{self, Source},
    wire::{Kept, Wire},
};
use crate::{Failure, figures::line, people::Person, process::Server};

/// How often it is looked at.
const LOOK: Duration = Duration::from_millis(20);

impl Files {
    pub(super) async fn memory(&self, server: &Server) -> Result<(), Failure> {
        let (source, size) = (Arc::new(Source::new()), self.bytes());
        let mut owner = Person::join(server, 1).await?;
        let stored = transfer::store(server, &mut owner, &source, size).await?;
        let (mut people, mut transfers) = (Vec::new(), Vec::new());
        for at in 0..self.transfers {
            if at % 2 == 0 {
                let mut wire = Wire::open(server, &owner)?;
                let ready = transfer::whole(&mut wire, &stored)?;
                transfers.push((wire, ready));
            } else {
                let person = Person::join(server, 10 + at).await?;
                let mut wire = Wire::open(server, &person)?;
                let ready = transfer::parts(&mut wire, &source, rand::random(), size)?;
                people.push(person);
                transfers.push((wire, ready));
            }
        }
        server.calm().await;
        let (idle, mut running) = (server.memory(), JoinSet::new());
        for (mut wire, ready) in transfers {
            running.spawn_blocking(move || wire.run(&ready, 4, &mut Kept::default()));
        }
        let mut most = idle;
        let mut look = tokio::time::interval(LOOK);
        loop {
            tokio::select! {
                ended = running.join_next() => match ended {
                    Some(ended) => ended??,
                    None => break,
                },
                _ = look.tick() => most = most.max(server.memory()),
            }
        }
        println!("{} transfers of {} MiB at once, half of them uploads", self.transfers, self.size);
        drop(people);
        line("  RSS before", idle as f64 / 1e6, "MB");
        line("  at most, above that", (most - idle) as f64 / 1e6, "MB");
        line("    to 20 MB and one for each part in flight (1)", ratio(most - idle, 20 + 4 * self.transfers), "");
        server.calm().await;
        line("  afterwards, above that", server.memory().saturating_sub(idle) as f64 / 1e6, "MB");
        Ok(())
    }
}

fn ratio(bytes: u64, megabytes: usize) -> f64 {
    bytes as f64 / 1e6 / megabytes as f64
}
