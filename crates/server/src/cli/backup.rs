//! `chappe backup` and `chappe restore`.

use super::{Backup, Failure, Restore, user::print};
use crate::{
    admin::{
        command::{Reply, Request},
        socket,
    },
    backup::{self, Lock, Opener},
    config::Config,
    files, wiring,
};

/// Where a passphrase comes from: never the command line, which others can read.
const PASSPHRASE: &str = "CHAPPE_PASSPHRASE";

/// Writes a backup: the running server does it, or this process when nobody serves.
pub async fn backup(options: Backup) -> Result<(), Failure> {
    let config = Config::read(options.places.config.as_ref())?;
    let (data, keys) = (wiring::data_dir(&options.places, &config), wiring::keys_dir(&options.places, &config));
    let file = std::path::absolute(&options.file)?;
    let (recipient, passphrase) = (options.recipient, std::env::var(PASSPHRASE).ok());
    let with_master_key = options.with_master_key;
    let request = Request::Backup {
        file: file.clone(),
        recipient: recipient.clone(),
        passphrase: passphrase.clone(),
        with_master_key,
    };
    if let Some(reply) = socket::ask(&data, &request, |_| {}).await? {
        return print(reply);
    }
    if !data.join(wiring::STORE).exists() {
        return Err(format!("{} holds no store: name the server's --data", data.display()).into());
    }
    let hall = wiring::Hall::open(&config, &data, &keys).await?;
    let held = backup::write(
        (&hall.kv, hall.files.clone()),
        &hall.keys,
        &file,
        Lock { recipient, passphrase },
        with_master_key,
    )
    .await;
    hall.close().await;
    print(Reply::Lines(vec![format!("{} in {}", held?, file.display())]))
}

/// Fills an empty data directory.
pub async fn restore(options: Restore) -> Result<(), Failure> {
    let config = Config::read(options.places.config.as_ref())?;
    let data = wiring::data_dir(&options.places, &config);
    let opener = Opener { identity: options.identity, passphrase: std::env::var(PASSPHRASE).ok() };
    let files = files::directory(&config, &data);
    let keys = options.places.keys.clone().unwrap_or(config.keys);
    let held = backup::read(&options.file, opener, &data, &files, &keys).await?;
    print(Reply::Lines(vec![format!("{held} restored into {}", data.display())]))
}
