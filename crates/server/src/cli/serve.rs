//! `chappe serve`: runs the server until it is told to stop.

use std::{path::Path, time::Duration};

use tokio::signal::unix::{SignalKind, signal};

use super::{Failure, Serve};
use crate::{admin, config::Config, logging, wiring};

/// How long connections get to take what is queued for them.
const GRACE: Duration = Duration::from_secs(5);

/// Runs until SIGTERM or SIGINT.
pub async fn run(options: Serve) -> Result<(), Failure> {
    let mut config = Config::read(options.places.config.as_ref())?;
    logging::start(config.log_format);
    if !options.listen.is_empty() {
        config.listen.clone_from(&options.listen);
    }
    if let Some(address) = options.admin_listen {
        config.admin_listen = address;
    }
    config.test_accounts |= options.test_accounts;
    let data = wiring::data_dir(&options.places, &config);
    let keys = wiring::keys_dir(&options.places, &config);
    warn(&config, &data, &keys);
    let (mut terminate, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    let server = wiring::Server::start(&config, &data, &keys).await?;
    let admin = admin::start(&config, &data, &server).await?;
    announce(&server);
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    tracing::info!("stopping");
    admin.stop();
    if tokio::time::timeout(GRACE, server.stop()).await.is_err() {
        tracing::warn!("some connections did not close in time");
    }
    Ok(())
}

/// The one line on stdout: scripts wait for it.
fn announce(server: &wiring::Server) {
    let addresses: Vec<_> = server.addresses().iter().map(ToString::to_string).collect();
    let fingerprint = server.hall.keys.rsa.fingerprint() as u64;
    println!("chappe ready on {} key fingerprint {fingerprint:016x}", addresses.join(", "));
}

fn warn(config: &Config, data: &Path, keys: &Path) {
    if config.test_accounts {
        tracing::warn!("TEST ACCOUNTS ARE ON: anybody can sign in as 99966XYYYY. Never run a real server so.");
    }
    let (data, keys) = (std::path::absolute(data), std::path::absolute(keys));
    if let (Ok(data), Ok(keys)) = (data, keys)
        && keys.starts_with(&data)
    {
        tracing::warn!("the keys are inside the data directory: who takes one takes both");
    }
}
