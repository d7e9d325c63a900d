//! Many senders with many messages under way; receivers are there and read what comes.

use std::{
    collections::VecDeque,
    time::{Duration, Instant},
};

use tl::enums;
use tokio::sync::watch;

use super::Talk;
use crate::{
    Failure,
    figures::{line, median},
    people::{self, Person},
    process::Server,
};

impl Talk {
    pub(super) async fn messages(&self, server: &Server) -> Result<(), Failure> {
        let mut senders = Vec::with_capacity(self.senders);
        for at in 0..self.senders {
            let (alice, bob) = people::pair(server, at).await?;
            let (seen, received) = watch::channel(0);
            tokio::spawn(read(bob, seen));
            senders.push(Sender { alice, received, sent: 0 });
        }
        let (mut rates, mut cpu, mut keys, mut bytes, mut group) = (vec![], vec![], vec![], vec![], vec![]);
        let mut calm = server.calm().await;
        for _ in 0..self.rounds {
            let (start, before) = (Instant::now(), server.spent()?);
            let sent = self.round(&mut senders).await? as f64;
            rates.push(sent / start.elapsed().as_secs_f64());
            // What jobs and compaction still have to do belongs to these messages.
            calm &= server.calm().await;
            let spent = server.spent()? - before;
            cpu.push(spent.cpu.as_secs_f64() * 1e6 / sent);
            keys.push(spent.keys as f64 / sent);
            bytes.push(spent.bytes as f64 / sent);
            group.push(sent / spent.batches as f64);
        }
        line("messages stored and delivered", median(rates), "/s, client on the same cores");
        line("  server CPU each, drained (120, then 60)", median(cpu), "us");
        line("  keys written each", median(keys), "");
        line("  bytes written to disk each", median(bytes), "B");
        line("  messages a batch", median(group), "");
        if !calm {
            println!("  the server did not come to rest in time: CPU and bytes are too low");
        }
        Ok(())
    }

    /// Returns how many were sent and received.
    async fn round(&self, senders: &mut Vec<Sender>) -> Result<u64, Failure> {
        let end = Instant::now() + Duration::from_secs(self.seconds);
        let before: u64 = senders.iter().map(|it| it.sent).sum();
        let talks = senders.drain(..).map(|it| tokio::spawn(it.send_until(end, self.in_flight)));
        for done in talks.collect::<Vec<_>>() {
            senders.push(done.await??);
        }
        Ok(senders.iter().map(|it| it.sent).sum::<u64>() - before)
    }
}

/// Who sends, and what has come to the other side.
struct Sender {
    alice: Person,
    received: watch::Receiver<u64>,
    sent: u64,
}

impl Sender {
    /// Sends until the end, and until the last one has come.
    async fn send_until(mut self, end: Instant, in_flight: usize) -> Result<Self, testkit::Error> {
        let peer = self.alice.other.clone();
        let mut waiting = VecDeque::with_capacity(in_flight);
        while Instant::now() < end || !waiting.is_empty() {
            while Instant::now() < end && waiting.len() < in_flight {
                waiting.push_back(self.alice.client.send(&people::text(&peer)));
            }
            self.alice.client.flush().await?;
            if let Some(request) = waiting.pop_front() {
                self.alice.client.wait(request).await?;
                self.sent += 1;
            }
        }
        self.received.wait_for(|it| *it >= self.sent).await.map_err(|_| testkit::Error::Closed)?;
        Ok(self)
    }
}

/// Counts the messages that come, until the connection ends.
async fn read(mut bob: Person, seen: watch::Sender<u64>) {
    while let Ok(update) = bob.client.update().await {
        if let enums::Updates::Updates(it) = update {
            let new = it.updates.iter().filter(|it| matches!(it, enums::Update::NewMessage(_))).count();
            seen.send_modify(|it| *it += new as u64);
        }
    }
}
