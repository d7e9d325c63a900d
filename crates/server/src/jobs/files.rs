//! What is left of files and pages: uploads that were given up, files that nothing carries any more, blobs that no row knows.

use std::time::Duration;

use domain::{
    Domain, Refusal, files,
    messages::{media::uploaded, webpages::arrival},
};
use tokio::sync::watch;

/// How often all of them are looked at, unless the operator keeps unused files for less: what is due is days old.
const PASS: Duration = Duration::from_secs(3600);

/// When the first pass begins: a start has enough to do.
const PASS_AFTER: Duration = Duration::from_secs(300);

/// Between two pages of a pass.
const PAUSE: Duration = Duration::from_millis(100);

/// Looks at everything, page by page, then rests.
pub(super) async fn passes(mut stopped: watch::Receiver<bool>, domain: Domain) {
    let unused = Duration::from_secs(files::unused_seconds(&domain).into());
    let mut wait = PASS_AFTER.min(unused);
    loop {
        tokio::select! {
            () = tokio::time::sleep(wait) => {}
            _ = stopped.changed() => return,
        }
        tokio::select! {
            result = pass(&domain) => if let Err(error) = result {
                tracing::error!(?error, "a pass over the files failed; it begins anew");
            },
            // Each step is whole, and the next start goes on.
            _ = stopped.changed() => return,
        }
        wait = PASS.min(unused);
    }
}

async fn pass(domain: &Domain) -> Result<(), Refusal> {
    files::abandoned(domain).await?;
    while uploaded::forget(domain).await? {
        tokio::time::sleep(PAUSE).await;
    }
    while arrival::forget(domain).await? {
        tokio::time::sleep(PAUSE).await;
    }
    let mut after = None;
    loop {
        after = files::sweep(domain, after).await?;
        if after.is_none() {
            break;
        }
        tokio::time::sleep(PAUSE).await;
    }
    let mut after = None;
    loop {
        after = files::orphans(domain, after).await?;
        if after.is_none() {
            return Ok(());
        }
        tokio::time::sleep(PAUSE).await;
    }
}
