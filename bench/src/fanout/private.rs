//! Two people who write to each other while bursts go out to everybody.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use super::{Audience, Fanout, chappe::Chappe, compared::look, listeners::Listeners, rounds::Giver};
use crate::{
    Failure,
    figures::{line, percentiles},
    people,
    process::moment,
    talk::latency::ping,
};

/// Quiet messages: so many that a hundredth of them is several.
const MESSAGES: usize = 600;

impl Fanout {
    pub(super) async fn private(&self, listeners: &mut Listeners, chappe: &mut Chappe<'_>) -> Result<(), Failure> {
        let to = Audience { count: self.sessions, small: false };
        let (mut alice, mut bob) = people::pair(chappe.server, 900).await?;
        chappe.server.calm().await;
        let mut quiet = Vec::with_capacity(MESSAGES);
        for _ in 0..MESSAGES {
            quiet.push(ping(&mut alice, &mut bob).await?);
        }
        let stop = Arc::new(AtomicBool::new(false));
        let shared = Arc::clone(&stop);
        let talk = tokio::spawn(async move {
            let mut all: Vec<(Duration, Duration)> = Vec::new();
            while !shared.load(Ordering::Acquire) {
                all.push((moment(), ping(&mut alice, &mut bob).await?));
            }
            Ok::<_, Failure>(all)
        });
        let (mut bursts, start) = (Vec::new(), moment());
        while moment() < start + Duration::from_secs(self.seconds) {
            listeners.begin(chappe.mark).await?;
            bursts.push(Giver::Chappe(chappe).burst(listeners, to, self.burst).await?);
            look(listeners, to, self.burst).await?;
            listeners.acknowledge().await?;
        }
        stop.store(true, Ordering::Release);
        // Between two bursts packets are opened, and nobody posts.
        let within = |at: Duration| bursts.iter().any(|(from, to)| (*from..=*to).contains(&at));
        let during: Vec<_> = talk.await??.into_iter().filter(|(at, _)| within(*at)).map(|(_, took)| took).collect();
        let bursts = bursts.len();
        let (count, quiet, during) = (during.len(), percentiles(quiet), percentiles(during));
        println!("private messages one at a time, {count} of them during {bursts} bursts to {} sessions", to.count);
        line("  send to receive, quiet, p50", quiet.0, "ms");
        line("    p99", quiet.1, "ms");
        line("  during the bursts, p50", during.0, "ms");
        line("    p99", during.1, "ms");
        line("    p99 to the quiet one (2)", during.1 / quiet.1, "");
        Ok(())
    }
}
