//! Two people who write to each other while bursts go out to everybody.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use super::{
    Audience, Fanout, LAYERS, chappe::Chappe, compared::look, ears::pieces::Tongue, floor::Floor, listeners::Listeners,
    rounds::Giver,
};
use crate::{
    Failure,
    figures::{line, percentiles},
    people::{self, Person},
    process::moment,
    talk::latency::ping,
};

/// Quiet messages: so many that a hundredth of them is several.
const MESSAGES: usize = 600;

/// Bytes that the bare loop sends for a delivery.
const BARE_BYTES: usize = 316;

/// Two people.
type Pair = (Person, Person);

impl Fanout {
    /// Quiet, during bursts of the server, and while a bare loop sends as much: what the last one takes is the
    /// machine's share, whose cores all of them use.
    pub(super) async fn private(&self, listeners: &mut Listeners, chappe: &mut Chappe<'_>) -> Result<(), Failure> {
        let to = Audience { count: self.sessions, small: false };
        let (mut alice, mut bob) = people::pair(chappe.server, 900).await?;
        chappe.server.calm().await;
        let mut quiet = Vec::with_capacity(MESSAGES);
        for _ in 0..MESSAGES {
            quiet.push(ping(&mut alice, &mut bob).await?);
        }
        let mut giver = Giver::Chappe(chappe);
        let (pair, during) = self.during(listeners, &mut giver, to, (alice, bob)).await?;
        let (mut floor, mut others) = (Floor::new(BARE_BYTES).await?, Listeners::start(chappe.server, &LAYERS)?);
        let open = others.open(Tongue::Bare, floor.address()?, self.sessions, self.small);
        tokio::try_join!(open, floor.accept(self.sessions))?;
        let (_, beside) = self.during(&mut others, &mut Giver::Floor(&mut floor), to, pair).await?;
        let counts = (during.len(), beside.len());
        let (quiet, during, beside) = (percentiles(quiet), percentiles(during), percentiles(beside));
        println!("private messages one at a time, bursts to {} sessions meanwhile", to.count);
        line("  send to receive, quiet, p50", quiet.0, "ms");
        line("    p99", quiet.1, "ms");
        line(&format!("  {} during bursts, p50", counts.0), during.0, "ms");
        line("    p99", during.1, "ms");
        line("    p99 to the quiet one (2)", during.1 / quiet.1, "");
        line(&format!("  {} while a bare loop sends as much, p50", counts.1), beside.0, "ms");
        line("    p99", beside.1, "ms");
        line("    p99 during bursts to that", during.1 / beside.1, "");
        Ok(())
    }

    /// Bursts for some seconds; how long the messages took that began during one.
    async fn during(
        &self,
        listeners: &mut Listeners,
        giver: &mut Giver<'_, '_>,
        to: Audience,
        (mut alice, mut bob): Pair,
    ) -> Result<(Pair, Vec<Duration>), Failure> {
        let stop = Arc::new(AtomicBool::new(false));
        let shared = Arc::clone(&stop);
        let talk = tokio::spawn(async move {
            let mut all: Vec<(Duration, Duration)> = Vec::new();
            while !shared.load(Ordering::Acquire) {
                all.push((moment(), ping(&mut alice, &mut bob).await?));
            }
            Ok::<_, Failure>(((alice, bob), all))
        });
        let (mut bursts, start) = (Vec::new(), moment());
        while moment() < start + Duration::from_secs(self.seconds) {
            if let Giver::Chappe(chappe) = giver {
                listeners.begin(chappe.mark).await?;
            }
            bursts.push(giver.burst(listeners, to, self.burst).await?);
            if let Giver::Chappe(_) = giver {
                look(listeners, to, self.burst).await?;
                listeners.acknowledge().await?;
            }
        }
        stop.store(true, Ordering::Release);
        let (pair, all) = talk.await??;
        // Between two bursts packets are opened, and nobody posts.
        let within = |at: Duration| bursts.iter().any(|(from, to)| (*from..=*to).contains(&at));
        Ok((pair, all.into_iter().filter(|(at, _)| within(*at)).map(|(_, took)| took).collect()))
    }
}
