//! What the server does without being asked: parcels in the outbox, things due at a moment, rows of deleted
//! accounts, logins that nobody uses, upkeep, files that nothing carries, pages for previews. Each step is a bounded
//! command, so a restart in the middle costs nothing.

mod files;
pub mod outbox;
mod upkeep;

use std::{
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use domain::{
    Domain,
    accounts::{erasing, idle},
    groups::{deletion, names, public},
    messages::{counts::flush, posts::tags},
};
use tokio::{
    sync::{mpsc, watch},
    task::JoinHandle,
};

use crate::{audience::Sessions, previews::Errands, vitals::Vitals};
use outbox::Post;

/// How often parcels are looked for with `deliveries = "outbox"`.
const OUTBOX: Duration = Duration::from_millis(20);

/// How often parcels are looked for where deliveries join their batch: only what is too large for one takes the
/// outbox.
const SELDOM: Duration = Duration::from_millis(200);

/// How often views are handed in: who is online hears of them as often, and a crash loses as many.
const VIEWS: Duration = Duration::from_secs(3);

/// How often due things are looked for: scheduled messages are sent to the second.
const TIMERS: Duration = Duration::from_secs(1);

/// How often the rows of deleted accounts are looked for.
const ERASING: Duration = Duration::from_millis(500);

/// How often people are looked for who are called something else, and channels that are for all from now on.
const RENAMED: Duration = Duration::from_secs(1);

/// How often channels are looked for that were deleted.
const DELETING: Duration = Duration::from_millis(500);

/// A long removal rests so many times as long as each of its steps took, and works a fifth of the time at most:
/// people's commands pass between two steps.
const REST: u32 = 4;

/// How often a page of accounts is looked at for what nobody uses any more: deadlines are days away.
const SWEEP: Duration = Duration::from_secs(60);

/// Running jobs.
pub struct Jobs {
    stop: watch::Sender<bool>,
    tasks: Vec<JoinHandle<()>>,
}

impl Jobs {
    /// Starts them.
    #[allow(clippy::disallowed_methods, reason = "the server owns its tasks")]
    pub fn start(domain: Domain, vitals: Arc<Vitals>, sessions: &Sessions, errands: Option<Errands>) -> Self {
        let (stop, stopped) = watch::channel(false);
        let timed = domain.clone();
        let timers =
            every("timers", TIMERS, stopped.clone(), async move || domain::messages::timers::run_due(&timed).await);
        let seen = domain.clone();
        let views = every("views", VIEWS, stopped.clone(), async move || flush::flush(&seen).await);
        let erased = domain.clone();
        let erasing = gently("erasing", ERASING, stopped.clone(), async move || erasing::run(&erased).await);
        let named = domain.clone();
        let renamed = gently("renamed", RENAMED, stopped.clone(), async move || names::run(&named).await);
        let deleted = domain.clone();
        let deleting = gently("deleting", DELETING, stopped.clone(), async move || deletion::run(&deleted).await);
        let posted = domain.clone();
        let published = gently("published", RENAMED, stopped.clone(), async move || {
            Ok(tags::run(&posted).await? | public::adopt(&posted).await?)
        });
        let (swept, mut cursor) = (domain.clone(), idle::Cursor::default());
        let sweep = every("sweep", SWEEP, stopped.clone(), async move || idle::sweep(&swept, &mut cursor).await);
        let codes = domain.clone();
        let expired = every("expired", upkeep::EXPIRED, stopped.clone(), async move || {
            domain::upkeep::purge(&codes).await.map(drop)
        });
        let (named, grown) = mpsc::channel(upkeep::GROWN_MAX);
        sessions.name_grown(named);
        let mut tasks = vec![
            tokio::spawn(timers),
            tokio::spawn(views),
            tokio::spawn(erasing),
            tokio::spawn(renamed),
            tokio::spawn(published),
            tokio::spawn(deleting),
            tokio::spawn(sweep),
            tokio::spawn(expired),
            tokio::spawn(upkeep::grown(grown, stopped.clone(), domain.clone())),
            tokio::spawn(upkeep::passes(stopped.clone(), domain.clone())),
            tokio::spawn(files::passes(stopped.clone(), domain.clone())),
        ];
        tasks.extend(errands.map(|it| tokio::spawn(it.run(domain.clone(), stopped.clone()))));
        if domain.world().settings.deliveries == domain::Deliveries::Outbox {
            let mut post = Post::new(domain);
            tasks.push(tokio::spawn(every("outbox", OUTBOX, stopped, async move || {
                let seen = post.round().await?;
                vitals.outbox.store(seen as u64, Ordering::Relaxed);
                Ok(())
            })));
        } else {
            tasks.push(tokio::spawn(every("outbox", SELDOM, stopped, async move || outbox::empty(&domain).await)));
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

/// Does one step after the other as long as there is more to do, with a rest after each; then looks again every
/// period. A step that was begun is finished when the server stops.
#[allow(clippy::disallowed_methods, reason = "the rest is measured by what a step took")]
async fn gently<S>(job: &'static str, period: Duration, mut stopped: watch::Receiver<bool>, mut step: S)
where
    S: AsyncFnMut() -> Result<bool, domain::Refusal>,
{
    let (mut wait, mut failing) = (period, false);
    loop {
        tokio::select! {
            () = tokio::time::sleep(wait) => {}
            _ = stopped.changed() => return,
        }
        let began = tokio::time::Instant::now();
        let result = step().await;
        report(job, &result, &mut failing);
        wait = if result == Ok(true) { rest(began.elapsed()) } else { period };
    }
}

/// How long to rest after a step.
fn rest(took: Duration) -> Duration {
    took * REST
}

async fn every<S>(job: &'static str, period: Duration, mut stopped: watch::Receiver<bool>, mut step: S)
where
    S: AsyncFnMut() -> Result<(), domain::Refusal>,
{
    let mut ticks = tokio::time::interval(period);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let mut failing = false;
    loop {
        tokio::select! {
            _ = ticks.tick() => {}
            _ = stopped.changed() => return,
        }
        report(job, &step().await, &mut failing);
    }
}

/// Logs the first of several failures.
pub fn report<T>(job: &'static str, result: &Result<T, domain::Refusal>, failing: &mut bool) {
    if let Err(error) = result
        && !*failing
    {
        tracing::error!(job, ?error, "a job's step failed; it is tried again and again");
    }
    *failing = result.is_err();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_removal_works_a_fifth_of_the_time_at_most() {
        for took in [1, 40, 2500].map(Duration::from_millis) {
            assert!(took * 5 <= took + rest(took), "{took:?}");
        }
    }
}
