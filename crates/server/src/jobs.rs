//! What the server does without being asked: parcels in the outbox, things due at a moment, old log
//! entries. Each step is a bounded command, so a restart in the middle costs nothing.

use std::time::Duration;

use domain::{Domain, deliveries};
use tokio::{sync::watch, task::JoinHandle};

/// How often parcels are looked for. Only with `deliveries = "outbox"` are there any.
const OUTBOX: Duration = Duration::from_millis(20);

/// How often due things are looked for: scheduled messages are sent to the second.
const TIMERS: Duration = Duration::from_secs(1);

/// Running jobs.
pub struct Jobs {
    stop: watch::Sender<bool>,
    tasks: Vec<JoinHandle<()>>,
}

impl Jobs {
    /// Starts them.
    #[allow(clippy::disallowed_methods, reason = "the server owns its tasks")]
    pub fn start(domain: Domain) -> Self {
        let (stop, stopped) = watch::channel(false);
        let mut tasks = vec![tokio::spawn(every(TIMERS, stopped.clone(), domain.clone(), timers))];
        if domain.world().settings.deliveries == domain::Deliveries::Outbox {
            tasks.push(tokio::spawn(every(OUTBOX, stopped, domain, outbox)));
        }
        Self { stop, tasks }
    }

    /// Lets each finish its step.
    pub async fn stop(self) {
        let _ = self.stop.send(true);
        for task in self.tasks {
            let _ = task.await;
        }
    }
}

async fn every<F>(period: Duration, mut stopped: watch::Receiver<bool>, domain: Domain, step: fn(Domain) -> F)
where
    F: Future<Output = Result<(), domain::Refusal>>,
{
    let mut ticks = tokio::time::interval(period);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            _ = ticks.tick() => {}
            _ = stopped.changed() => return,
        }
        if let Err(error) = step(domain.clone()).await {
            tracing::error!(?error, "a job's step failed; it is tried again");
        }
    }
}

async fn outbox(domain: Domain) -> Result<(), domain::Refusal> {
    let keys = domain.query(|view| deliveries::pending(view)).await?;
    for key in keys {
        domain.command(deliveries::ApplyParcel { key }).await?;
    }
    Ok(())
}

async fn timers(domain: Domain) -> Result<(), domain::Refusal> {
    domain::messages::timers::run_due(&domain).await
}
