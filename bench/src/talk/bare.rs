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

/// A file on the disk that is measured.
pub(crate) struct Disk(File);

impl Disk {
    /// Laid out ahead, as the store's journal is.
    pub(crate) fn new(dir: &Path) -> std::io::Result<Self> {
        let path = dir.join("sync");
        let file = File::create(path)?;
        file.set_len(64 << 20)?;
        file.sync_all()?;
        Ok(Self(file))
    }

    /// How long a write of the next bytes and its sync take; as many as a message writes.
    pub(crate) fn sync(&mut self) -> std::io::Result<Duration> {
        let start = Instant::now();
        self.0.write_all(&[7; 2048])?;
        self.0.sync_data()?;
        Ok(start.elapsed())
    }
}
