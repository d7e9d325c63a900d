//! What the same machine can do at best, for the ratios.

use std::{
    fs::File,
    io::Write,
    path::Path,
    time::{Duration, Instant},
};

use crypto::{dh, rsa::ServerKey};

/// Two exponentiations and one RSA private operation: the least of several runs.
pub(crate) fn handshake() -> Duration {
    let key = ServerKey::generate().expect("the machine makes keys");
    let encrypted = key.public().encrypt_rsa_pad(&[7; 96], &mut rand::rng());
    let exponent: [u8; 256] = std::array::from_fn(|at| at as u8 | 1);
    let once = || {
        let start = Instant::now();
        let base = dh::power_g(&exponent);
        dh::power(&base, &exponent);
        key.decrypt_inner(&encrypted).expect("encrypted to this key");
        start.elapsed()
    };
    (0..50).map(|_| once()).min().unwrap_or_default()
}

/// A small append and its sync on the disk of `dir`: the median.
pub(crate) fn fdatasync(dir: &Path) -> std::io::Result<Duration> {
    let mut file = File::create(dir.join("sync"))?;
    let mut took = Vec::with_capacity(200);
    for _ in 0..200 {
        let start = Instant::now();
        file.write_all(&[0; 2048])?;
        file.sync_data()?;
        took.push(start.elapsed());
    }
    took.sort_unstable();
    Ok(took[took.len() / 2])
}
