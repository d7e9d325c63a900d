//! Pictures out of videos: a decoder of videos is none of ours, so it runs outside of this process, where the operator
//! has one. Without one a video is sent without a thumbnail.

use store::BoxFuture;

use crate::refusal::Refusal;

/// Reads the beginning of a video once its turn has come.
pub type Head = BoxFuture<'static, Result<Vec<u8>, Refusal>>;

/// Bytes of a video's beginning that a decoder is given: the first frame of a video of 25 megabits a second, behind a
/// head of a long one.
pub const HEAD_BYTES: u64 = 4 << 20;

/// Bytes of an index that stands at a video's end, and is put before its beginning: that of some hours.
pub const INDEX_BYTES: u64 = 4 << 20;

/// A decoder of videos.
pub trait Frames: Send + Sync {
    /// A picture, JPEG or PNG, of the video that begins so. `None`: there is none, it took too long, or too many wait.
    fn frame(&self, head: Head) -> BoxFuture<'static, Option<Vec<u8>>>;
}
