//! `chappe key`: the public key, and nothing else.

use super::{Failure, Places};
use crate::{config::Config, keys::ServerKeys, wiring};

/// Prints the public key of the server that uses these places.
pub fn run(places: &Places) -> Result<(), Failure> {
    let config = Config::read(places.config.as_ref())?;
    let keys = ServerKeys::open(&wiring::keys_dir(places, &config))?;
    println!("{}", keys.rsa.public_pem().trim_end());
    Ok(())
}
