//! The server's memory while many transfers run at once: nothing of a transfer's size is ever in it.

use std::time::Duration;

use tokio::task::JoinSet;

use super::{
    Files,
    transfer::{self, Source, connection},
};
use crate::{Failure, figures::line, people::Person, process::Server};

/// How often it is looked at.
const LOOK: Duration = Duration::from_millis(20);

impl Files {
    pub(super) async fn memory(&self, server: &Server) -> Result<(), Failure> {
        let size = self.bytes();
        let owner = Person::join(server, 1).await?;
        let mut client = connection(server, &owner).await?;
        let file = transfer::upload(&mut client, &Source::new(), size, 4).await?;
        let stored = transfer::keep(&mut client, file, size).await?;
        let (mut people, mut downloads, mut uploads) = (Vec::new(), Vec::new(), Vec::new());
        for at in 0..self.transfers {
            if at % 2 == 0 {
                downloads.push(connection(server, &owner).await?);
            } else {
                let person = Person::join(server, 10 + at).await?;
                uploads.push(connection(server, &person).await?);
                people.push(person);
            }
        }
        server.calm().await;
        let (idle, mut transfers) = (server.memory(), JoinSet::new());
        for mut client in downloads {
            let stored = stored.clone();
            transfers.spawn(async move { transfer::download(&mut client, &stored, 4).await });
        }
        for mut client in uploads {
            transfers.spawn(async move { transfer::upload(&mut client, &Source::new(), size, 4).await.map(drop) });
        }
        let mut most = idle;
        let mut look = tokio::time::interval(LOOK);
        loop {
            tokio::select! {
                ended = transfers.join_next() => match ended {
                    Some(ended) => ended??,
                    None => break,
                },
                _ = look.tick() => most = most.max(server.memory()),
            }
        }
        println!("{} transfers of {} MiB at once, half of them uploads", self.transfers, self.size);
        drop(people);
        line("  RSS before", idle as f64 / 1e6, "MB");
        line("  at most, above that (20)", (most - idle) as f64 / 1e6, "MB");
        server.calm().await;
        line("  afterwards, above that", server.memory().saturating_sub(idle) as f64 / 1e6, "MB");
        Ok(())
    }
}
