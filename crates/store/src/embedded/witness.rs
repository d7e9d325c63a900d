//! A small file beside the database that remembers how far it had come. A damaged journal can look like
//! one that ends earlier; then the stored sequence is below the witness, and the store does not open.

use std::{
    fs::{self, File},
    io::{self, ErrorKind, Write},
    path::{Path, PathBuf},
};

use super::engine;
use crate::Error;

/// Commits between two notes: the witness may lag by this much after a crash, and costs two syncs each time.
const EVERY: u64 = 1024;

/// Its name in the store's directory.
pub(super) const FILE: &str = "witness";

/// Notes the sequence now and then, and at the end.
pub(super) struct Witness {
    dir: PathBuf,
    noted: u64,
}

impl Witness {
    /// Refuses a store that has gone back, and one whose witness does not read: it is only ever replaced whole.
    pub(super) fn check(dir: &Path, stored: u64) -> Result<Self, Error> {
        let seen = match fs::read(dir.join(FILE)) {
            Ok(bytes) => bytes.as_slice().try_into().map(u64::from_be_bytes),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(0),
            Err(error) => return Err(engine(error)),
        };
        let seen = seen.map_err(|_| Error::Engine("the witness file does not read".into()))?;
        if stored < seen {
            return Err(Error::WentBack { stored, seen });
        }
        Ok(Self { dir: dir.to_owned(), noted: seen })
    }

    /// A batch is durable. A note that fails is tried again with the next one: the batch stands without it.
    pub(super) fn note(&mut self, seq: u64) {
        if seq >= self.noted + EVERY && self.write(seq).is_ok() {
            self.noted = seq;
        }
    }

    /// The store closes at this sequence.
    pub(super) fn close(&mut self, seq: u64) {
        if seq > self.noted && self.write(seq).is_ok() {
            self.noted = seq;
        }
    }

    fn write(&self, seq: u64) -> io::Result<()> {
        let fresh = self.dir.join("witness.new");
        let mut file = File::create(&fresh)?;
        file.write_all(&seq.to_be_bytes())?;
        file.sync_all()?;
        fs::rename(fresh, self.dir.join(FILE))?;
        File::open(&self.dir)?.sync_all()
    }
}
