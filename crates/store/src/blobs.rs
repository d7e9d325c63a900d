//! Large values beside the rows: blobs, each a row of sealed pieces of one length, the last one shorter. A piece
//! comes whole and in any order, and may come again; a finished blob never changes.
//!
//! What a blob is good for, and that its bytes are sealed, is the caller's to know.

pub mod backup;
mod bucket;
#[cfg(any(test, feature = "conformance"))]
pub mod conformance;
pub mod local;
pub mod memory;
#[cfg(feature = "s3")]
pub mod s3;

use std::ops::Range;

use bytes::Bytes;

pub use bucket::Bucket;

use crate::BoxFuture;

/// A blob's number. Nothing of it is asked but that no two blobs share one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct BlobId(pub u64);

impl BlobId {
    /// The name under which an engine keeps it. Low bytes come first, as ids that are spread by their low bits are
    /// then spread over directories and ranges of keys; engines list blobs in the order of their names.
    fn name(self) -> String {
        format!("{:016x}", self.0.swap_bytes())
    }

    /// Reads what [`BlobId::name`] wrote.
    fn from_name(name: &str) -> Option<Self> {
        let number = (name.len() == 16).then(|| u64::from_str_radix(name, 16).ok())??;
        let id = Self(number.swap_bytes());
        (id.name() == name).then_some(id)
    }
}

/// Pieces of one blob: as many as a file of Telegram's has parts at most.
/// Source: core.telegram.org/api/files, "Uploading files".
pub const PIECES_MAX: u32 = 8_000;

/// Bytes of one piece: the longest part, and what its seal adds.
pub const PIECE_BYTES_MAX: usize = (512 << 10) + (4 << 10);

/// Bytes that one call reads: a megabyte of a file, the pieces' seals with it, and the rest of the frames at both ends.
pub const READ_BYTES_MAX: u64 = 4 << 20;

/// Why a blob is not read or written.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[allow(missing_docs, reason = "the fields stand in the messages")]
pub enum Error {
    /// There is no such blob, or it is not finished.
    #[error("{blob:?} is not there")]
    Missing { blob: BlobId },
    /// A blob cannot be finished without this piece.
    #[error("piece {piece} of {blob:?} is not there")]
    PieceMissing { blob: BlobId, piece: u32 },
    /// A blob that is finished takes no piece; a distant engine does not look.
    #[error("{blob:?} is finished")]
    Finished { blob: BlobId },
    /// A blob ends before the range that was asked of it.
    #[error("{blob:?} ends before {end}")]
    Cut { blob: BlobId, end: u64 },
    /// A piece or a range is longer than the engine takes, is empty, or has no place in a blob.
    #[error("{got} is not between 1 and {limit}")]
    Bounds { got: u64, limit: u64 },
    /// There is no room.
    #[error("no room is left for files: {0}")]
    Full(String),
    /// The disk or the distant store failed.
    #[error("files: {0}")]
    Engine(String),
}

/// An engine for blobs. `stride` is the length of all of a blob's pieces but the last, the same in every call.
/// A future that is dropped may have done its work or not.
pub trait Blobs: Send + Sync + 'static {
    /// Keeps a piece, in place of an earlier one of the same number. When it returns, the piece outlives this process
    /// but perhaps not the machine: that is [`Blobs::finish`]'s to promise. A finished blob must get no piece: engines
    /// at hand refuse it, and to look at a distant one each time would cost a round trip a piece.
    fn put_piece(&self, blob: BlobId, piece: u32, stride: u64, bytes: Bytes) -> BoxFuture<'_, Result<(), Error>>;

    /// Bytes of a finished blob, a value a range, in the order asked. A range counts from the blob's beginning, lies
    /// within one piece, and is not empty. Of a blob that is not finished nothing must be asked: engines at hand refuse
    /// it, a distant one gives what is there.
    fn read(&self, blob: BlobId, stride: u64, ranges: Vec<Range<u64>>) -> BoxFuture<'_, Result<Vec<Bytes>, Error>>;

    /// Makes a blob of `size` bytes of what was put. When it returns, the whole blob is durable. Refused with the
    /// first piece that is missing, the last one also where it ends before `size`. A finished blob stays finished.
    fn finish(&self, blob: BlobId, stride: u64, size: u64) -> BoxFuture<'_, Result<(), Error>>;

    /// Forgets a blob and its pieces, finished or not; one that isn't there is a success.
    fn remove(&self, blob: BlobId) -> BoxFuture<'_, Result<(), Error>>;

    /// Blobs that anything is kept of, at most `limit` after `after`, in an order of the engine's that stays.
    fn list(&self, after: Option<BlobId>, limit: usize) -> BoxFuture<'_, Result<Vec<BlobId>, Error>>;

    /// The engine at hand, whose threads can do more than read and write; `None`: it is a distant one.
    fn local(&self) -> Option<&local::Local> {
        None
    }
}

/// How many pieces a blob has; refuses what no engine takes.
fn pieces(stride: u64, size: u64) -> Result<u32, Error> {
    within(stride, PIECE_BYTES_MAX as u64)?;
    let limit = stride * u64::from(PIECES_MAX);
    within(size, limit)?;
    u32::try_from(size.div_ceil(stride)).map_err(|_| Error::Bounds { got: size, limit })
}

fn check_piece(piece: u32, stride: u64, bytes: &Bytes) -> Result<(), Error> {
    within(stride, PIECE_BYTES_MAX as u64)?;
    within(bytes.len() as u64, stride)?;
    within(u64::from(piece) + 1, PIECES_MAX.into())
}

fn check_ranges(stride: u64, ranges: &[Range<u64>]) -> Result<(), Error> {
    within(stride, PIECE_BYTES_MAX as u64)?;
    let mut all = 0_u64;
    for range in ranges {
        let room = stride - range.start % stride;
        within(range.end.saturating_sub(range.start), room)?;
        within(range.end, stride * u64::from(PIECES_MAX))?;
        all += range.end - range.start;
    }
    if all > READ_BYTES_MAX { Err(Error::Bounds { got: all, limit: READ_BYTES_MAX }) } else { Ok(()) }
}

fn within(got: u64, limit: u64) -> Result<(), Error> {
    if (1..=limit).contains(&got) { Ok(()) } else { Err(Error::Bounds { got, limit }) }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Names are paths on disks and keys of buckets that exist.
    #[test]
    fn a_name_is_the_id_with_its_low_byte_first() {
        assert_eq!(BlobId(0x0102_0304_0506_0708).name(), "0807060504030201");
        assert_eq!(BlobId::from_name("0807060504030201"), Some(BlobId(0x0102_0304_0506_0708)));
        for other in ["", "+807060504030201", "080706050403020", "08070605040302AB", "08070605040302é"] {
            assert_eq!(BlobId::from_name(other), None, "{other}");
        }
    }
}
