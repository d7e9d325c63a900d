//! Upkeep: mailboxes that have grown are indexed and trimmed, all of them are looked at once a day, and
//! what ran out is deleted.

use std::time::Duration;

use domain::{Domain, LogId, upkeep};
use tokio::sync::{mpsc, watch};

/// How often codes that ran out are looked for.
pub(super) const EXPIRED: Duration = Duration::from_secs(3600);

/// How often all mailboxes are looked at, those that nobody writes to included.
const SWEEP: Duration = Duration::from_secs(24 * 3600);

/// When the first pass over all mailboxes begins: a start has enough to do.
const SWEEP_AFTER: Duration = Duration::from_secs(600);

/// Between two pages of a pass.
const SWEEP_PAUSE: Duration = Duration::from_millis(100);

/// Mailboxes that have grown and wait to be looked after; beyond it one waits until it has grown again.
pub(super) const GROWN_MAX: usize = 4096;

/// Looks after mailboxes as they grow.
pub(super) async fn grown(mut grown: mpsc::Receiver<LogId>, mut stopped: watch::Receiver<bool>, domain: Domain) {
    loop {
        let log = tokio::select! {
            Some(log) = grown.recv() => log,
            _ = stopped.changed() => return,
        };
        if let Err(error) = upkeep::tend(&domain, log).await {
            tracing::error!(?error, "upkeep of a mailbox failed; it is tried again when it has grown");
        }
    }
}

/// Looks at every mailbox, page by page, then rests.
pub(super) async fn passes(mut stopped: watch::Receiver<bool>, domain: Domain) {
    let mut wait = SWEEP_AFTER;
    let mut after = None;
    loop {
        tokio::select! {
            () = tokio::time::sleep(wait) => {}
            _ = stopped.changed() => return,
        }
        after = upkeep::sweep(&domain, after).await.unwrap_or_else(|error| {
            tracing::error!(?error, "a pass over the mailboxes failed; it begins anew");
            None
        });
        wait = if after.is_some() { SWEEP_PAUSE } else { SWEEP };
    }
}
