//! Blobs in memory: for tests, and the plainest picture of what an engine does.

use std::{
    collections::BTreeMap,
    future::ready,
    ops::{Bound, Range},
    sync::{Mutex, MutexGuard, PoisonError},
};

use bytes::{Bytes, BytesMut};

use super::{BlobId, Blobs, Error, check_piece, check_ranges, pieces};
use crate::BoxFuture;

/// Blobs in an ordered map, by their names.
#[derive(Default)]
pub struct Memory(Mutex<BTreeMap<String, Blob>>);

#[derive(Default)]
struct Blob {
    pieces: BTreeMap<u32, Bytes>,
    /// All of it, once it is finished.
    whole: Option<Bytes>,
}

impl Memory {
    /// An empty one.
    pub fn new() -> Self {
        Self::default()
    }

    fn all(&self) -> MutexGuard<'_, BTreeMap<String, Blob>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn put(&self, blob: BlobId, piece: u32, stride: u64, bytes: Bytes) -> Result<(), Error> {
        check_piece(piece, stride, &bytes)?;
        let mut all = self.all();
        let kept = all.entry(blob.name()).or_default();
        if kept.whole.is_some() {
            return Err(Error::Finished { blob });
        }
        kept.pieces.insert(piece, bytes);
        Ok(())
    }

    fn look(&self, blob: BlobId, stride: u64, ranges: &[Range<u64>]) -> Result<Vec<Bytes>, Error> {
        check_ranges(stride, ranges)?;
        let all = self.all();
        let whole = all.get(&blob.name()).and_then(|it| it.whole.as_ref()).ok_or(Error::Missing { blob })?;
        let slice = |range: &Range<u64>| {
            let end = usize::try_from(range.end).ok().filter(|end| *end <= whole.len());
            Ok(whole.slice(range.start as usize..end.ok_or(Error::Cut { blob, end: range.end })?))
        };
        ranges.iter().map(slice).collect()
    }

    fn close(&self, blob: BlobId, stride: u64, size: u64) -> Result<(), Error> {
        let count = pieces(stride, size)?;
        let mut all = self.all();
        let missing = |piece| Error::PieceMissing { blob, piece };
        let kept = all.get_mut(&blob.name()).ok_or(missing(0))?;
        if kept.whole.is_some() {
            return Ok(());
        }
        let mut whole = BytesMut::new();
        for piece in 0..count {
            let expected = stride.min(size - u64::from(piece) * stride);
            let bytes = kept.pieces.get(&piece).filter(|it| it.len() as u64 >= expected).ok_or(missing(piece))?;
            whole.extend_from_slice(&bytes[..expected as usize]);
        }
        *kept = Blob { pieces: BTreeMap::new(), whole: Some(whole.freeze()) };
        Ok(())
    }

    fn page(&self, after: Option<BlobId>, limit: usize) -> Vec<BlobId> {
        let start = after.map_or(Bound::Unbounded, |it| Bound::Excluded(it.name()));
        let all = self.all();
        all.range((start, Bound::Unbounded)).filter_map(|(name, _)| BlobId::from_name(name)).take(limit).collect()
    }
}

impl Blobs for Memory {
    fn put_piece(&self, blob: BlobId, piece: u32, stride: u64, bytes: Bytes) -> BoxFuture<'_, Result<(), Error>> {
        Box::pin(ready(self.put(blob, piece, stride, bytes)))
    }

    fn read(&self, blob: BlobId, stride: u64, ranges: Vec<Range<u64>>) -> BoxFuture<'_, Result<Vec<Bytes>, Error>> {
        Box::pin(ready(self.look(blob, stride, &ranges)))
    }

    fn finish(&self, blob: BlobId, stride: u64, size: u64) -> BoxFuture<'_, Result<(), Error>> {
        Box::pin(ready(self.close(blob, stride, size)))
    }

    fn remove(&self, blob: BlobId) -> BoxFuture<'_, Result<(), Error>> {
        self.all().remove(&blob.name());
        Box::pin(ready(Ok(())))
    }

    fn list(&self, after: Option<BlobId>, limit: usize) -> BoxFuture<'_, Result<Vec<BlobId>, Error>> {
        Box::pin(ready(Ok(self.page(after, limit))))
    }
}
