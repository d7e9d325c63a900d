//! Blobs in a directory: a file a blob. While it takes pieces it stands in `parts/<boot>`; finished, it is synced and
//! moved to the directory of its name's beginning, so only a whole blob is ever found there, wherever a kill came.
//!
//! A file begins with a map of one byte a piece, set once the piece is written: after a kill, what was acknowledged
//! counts and what was cut off does not. After a crash of the machine neither map nor bytes can be believed, and
//! parts of another boot are removed.

pub(super) mod files;

use std::{
    collections::hash_map::RandomState,
    hash::BuildHasher,
    io,
    ops::Range,
    path::Path,
    sync::{Arc, Mutex, PoisonError, RwLock},
};

use bytes::Bytes;

use super::{BlobId, Blobs, Error, check_piece, check_ranges, pieces};
use crate::{BoxFuture, pool::Pool};
use files::Files;

/// Locks among which blobs are spread: far more than there are threads that would wait at one.
const STRIPES: usize = 64;

/// Blobs in a directory. Its work is done on the threads of a pool.
pub struct Local {
    inner: Arc<Inner>,
    pool: Arc<Pool>,
}

struct Inner {
    files: Files,
    /// Held shared by who writes a piece, alone by who finishes or removes the blob.
    blobs: [RwLock<()>; STRIPES],
    /// Held by who writes into a blob, so that a piece that comes twice at once isn't a mixture. Others wait here: the
    /// system, too, lets one at a time write into a file, and has those who wait spin.
    writing: [Mutex<()>; STRIPES],
    spread: RandomState,
}

impl Local {
    /// Opens or makes the directory. `boot` names the machine's present run, see [`boot`]; without one, parts of
    /// earlier processes are removed.
    pub fn open(dir: &Path, boot: Option<&str>, pool: Arc<Pool>) -> Result<Self, Error> {
        let inner = Inner {
            files: Files::open(dir, boot)?,
            blobs: [const { RwLock::new(()) }; STRIPES],
            writing: [const { Mutex::new(()) }; STRIPES],
            spread: RandomState::new(),
        };
        Ok(Self { inner: Arc::new(inner), pool })
    }

    /// As [`Blobs::put_piece`], of a piece that is made on the thread that writes it.
    pub fn put_made(
        &self,
        blob: BlobId,
        piece: u32,
        stride: u64,
        make: impl FnOnce() -> Bytes + Send + 'static,
    ) -> BoxFuture<'_, Result<(), Error>> {
        self.run(move |inner| {
            let bytes = make();
            check_piece(piece, stride, &bytes)?;
            inner.write(blob, |files| files.put(blob, piece, stride, &bytes))
        })
    }

    /// As [`Blobs::read`], and what the thread that has read makes of it.
    pub fn read_and<T: Send + 'static>(
        &self,
        blob: BlobId,
        stride: u64,
        ranges: Vec<Range<u64>>,
        then: impl FnOnce(Vec<Bytes>) -> T + Send + 'static,
    ) -> BoxFuture<'_, Result<T, Error>> {
        self.run(move |inner| {
            check_ranges(stride, &ranges)?;
            inner.files.read(blob, &ranges).map(then)
        })
    }

    fn run<T: Send + 'static>(
        &self,
        job: impl FnOnce(&Inner) -> Result<T, Error> + Send + 'static,
    ) -> BoxFuture<'_, Result<T, Error>> {
        let inner = Arc::clone(&self.inner);
        let answer = self.pool.run(move || job(&inner));
        Box::pin(
            async move { answer.await.unwrap_or_else(|| Err(Error::Engine("a job ended without an answer".into()))) },
        )
    }
}

/// The name of the machine's present run, where the system has one: page caches outlive a process, not a boot.
pub fn boot() -> Option<String> {
    let name = std::fs::read_to_string("/proc/sys/kernel/random/boot_id").ok()?;
    Some(name.trim().to_owned()).filter(|it| !it.is_empty())
}

impl Inner {
    fn write<T>(&self, blob: BlobId, act: impl FnOnce(&Files) -> T) -> T {
        let _blob = self.blobs[self.stripe(blob)].read().unwrap_or_else(PoisonError::into_inner);
        let _writing = self.writing[self.stripe(blob)].lock().unwrap_or_else(PoisonError::into_inner);
        act(&self.files)
    }

    fn alone<T>(&self, blob: BlobId, act: impl FnOnce(&Files) -> T) -> T {
        let _blob = self.blobs[self.stripe(blob)].write().unwrap_or_else(PoisonError::into_inner);
        act(&self.files)
    }

    fn stripe(&self, blob: BlobId) -> usize {
        (self.spread.hash_one(blob) % STRIPES as u64) as usize
    }
}

impl Blobs for Local {
    fn put_piece(&self, blob: BlobId, piece: u32, stride: u64, bytes: Bytes) -> BoxFuture<'_, Result<(), Error>> {
        self.put_made(blob, piece, stride, move || bytes)
    }

    fn read(&self, blob: BlobId, stride: u64, ranges: Vec<Range<u64>>) -> BoxFuture<'_, Result<Vec<Bytes>, Error>> {
        self.read_and(blob, stride, ranges, |read| read)
    }

    fn local(&self) -> Option<&Local> {
        Some(self)
    }

    fn finish(&self, blob: BlobId, stride: u64, size: u64) -> BoxFuture<'_, Result<(), Error>> {
        self.run(move |inner| {
            let count = pieces(stride, size)?;
            inner.alone(blob, |files| files.finish(blob, count, size))
        })
    }

    fn remove(&self, blob: BlobId) -> BoxFuture<'_, Result<(), Error>> {
        self.run(move |inner| inner.alone(blob, |files| files.remove(blob)))
    }

    fn list(&self, after: Option<BlobId>, limit: usize) -> BoxFuture<'_, Result<Vec<BlobId>, Error>> {
        self.run(move |inner| inner.files.list(after, limit))
    }
}

/// What the disk says, in the words of blobs.
fn failed(error: &io::Error) -> Error {
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::FileTooLarge => {
            Error::Full(error.to_string())
        }
        _ => Error::Engine(error.to_string()),
    }
}

#[cfg(test)]
pub(crate) mod tests;
