//! Where the bytes of files lie, and the threads that seal and open them: what wiring hands to the domain.

use std::{ops::Range, sync::Arc};

use bytes::Bytes;
use store::{
    blobs::{BlobId, Blobs, Error},
    pool::Pool,
};

use super::{
    ahead::{Ahead, Beside},
    frames::Frames,
};
use crate::refusal::Refusal;

/// The engine for blobs and the threads beside it.
pub struct Shelf {
    pub(super) blobs: Arc<dyn Blobs>,
    pub(super) pool: Arc<Pool>,
    pub(super) frames: Option<Arc<dyn Frames>>,
    /// Read ahead with this, or not at all.
    pub(super) beside: Option<Beside>,
    pub(super) ahead: Ahead,
    report: fn(&Error),
}

impl Shelf {
    /// Joins the parts; `report` is told of what the operator should know: a disk that is full or fails.
    pub fn new(blobs: Arc<dyn Blobs>, pool: Arc<Pool>, report: fn(&Error)) -> Self {
        Self { blobs, pool, frames: None, beside: None, ahead: Ahead::default(), report }
    }

    /// Takes thumbnails of videos by this.
    #[must_use]
    pub fn with_frames(self, frames: Option<Arc<dyn Frames>>) -> Self {
        Self { frames, ..self }
    }

    /// Reads ahead of who fetches whole files.
    #[must_use]
    pub fn with_beside(self, beside: Beside) -> Self {
        Self { beside: Some(beside), ..self }
    }

    /// What a client is told of an engine's error: which part to send again, else to try again later.
    pub(super) fn refusal(&self, error: &Error) -> Refusal {
        match error {
            Error::PieceMissing { piece, .. } => Refusal::FilePartMissing(*piece),
            _ => {
                (self.report)(error);
                Refusal::Unavailable
            }
        }
    }

    /// Keeps a piece that `make` makes on one of the threads.
    pub(super) async fn put(
        &self,
        blob: BlobId,
        piece: u32,
        stride: u64,
        make: impl FnOnce() -> Bytes + Send + 'static,
    ) -> Result<(), Error> {
        match self.blobs.local() {
            Some(local) => local.put_made(blob, piece, stride, make).await,
            None => {
                let made = self.pool.run(make).await.ok_or_else(|| Error::Engine("a piece was not made".into()))?;
                self.blobs.put_piece(blob, piece, stride, made).await
            }
        }
    }

    /// What `then` makes of ranges of a blob on one of the threads.
    pub(super) async fn read<T: Send + 'static>(
        &self,
        blob: BlobId,
        stride: u64,
        ranges: Vec<Range<u64>>,
        then: impl FnOnce(Vec<Bytes>) -> T + Send + 'static,
    ) -> Result<T, Refusal> {
        let refused = |error: Error| self.refusal(&error);
        match self.blobs.local() {
            Some(local) => local.read_and(blob, stride, ranges, then).await.map_err(refused),
            None => {
                let read = self.blobs.read(blob, stride, ranges).await.map_err(refused)?;
                self.run(move || then(read)).await
            }
        }
    }

    /// Runs a job on one of the threads.
    pub(crate) async fn run<T: Send + 'static>(&self, job: impl FnOnce() -> T + Send + 'static) -> Result<T, Refusal> {
        self.pool.run(job).await.ok_or(Refusal::Unavailable)
    }
}

/// In memory, and on the caller's thread: what tests need.
impl Default for Shelf {
    fn default() -> Self {
        Self::new(Arc::new(store::blobs::memory::Memory::new()), Arc::new(Pool::inline()), |_| {})
    }
}
