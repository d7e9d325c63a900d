//! File formats: what a file is by its bytes, photos in their sizes, thumbnails, what stickers may be.
//! Pure over bytes: no I/O, no clock, nothing of ours; every reading is bounded in bytes, pixels and steps.

#![warn(missing_docs)]

mod exif;
mod index;
mod jpeg;
mod kind;
pub mod photo;
mod picture;
mod probe;
mod source;
pub mod sticker;
mod stripped;
pub mod tgs;
pub mod thumb;
pub mod voice;

pub use index::index_first;
pub use jpeg::QUALITY;
pub use kind::{Audio, Codec, Image, Kind, Lottie, Video};
pub use picture::{ALLOCATED_MAX, PIXELS_MAX, PictureError, SCANS_MAX};
pub use probe::{Probe, probe};
pub use source::{BYTES_MAX, READS_MAX, Source, Unreadable};
pub use stripped::{STRIPPED_SIDE, expand};
