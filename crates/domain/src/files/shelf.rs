//! Where the bytes of files lie, and the threads that seal and open them: what wiring hands to the domain.

use std::sync::Arc;

use store::{
    blobs::{Blobs, Error},
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
