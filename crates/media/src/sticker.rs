//! What a sticker may be. Source: core.telegram.org/stickers; variants of the error are named as the errors of
//! core.telegram.org/method/stickers.createStickerSet, and the API layer writes them out.

#[cfg(test)]
mod tests;

use std::time::Duration;

use image_webp::{ColorType, WebPEncoder};

use crate::kind::{Codec, Kind, Video};
use crate::picture::{Bounds, PictureError, claimed, decode};
use crate::probe::probe;
use crate::tgs::{self, TgsError};

/// Long side of a sticker, in pixels; the other is at most as long.
pub const SIDE: u32 = 512;

/// Both sides of a custom emoji and of a set's thumbnail, in pixels.
pub const SMALL_SIDE: u32 = 100;

/// Longest file of a static sticker.
pub const STATIC_MAX: usize = 512 << 10;

/// Longest file of a video sticker.
pub const VIDEO_MAX: usize = 256 << 10;

/// Longest file of a static thumbnail of a set. Source: core.telegram.org/bots/api, `setStickerSetThumbnail`.
pub const STATIC_THUMB_MAX: usize = 128 << 10;

/// Longest file of an animated or video thumbnail of a set. Source: the same.
pub const MOVING_THUMB_MAX: usize = 32 << 10;

/// Longest video.
pub const DURATION_MAX: Duration = Duration::from_secs(3);

/// Frames a second that a video may have: 30, and what comes of times in whole milliseconds.
pub const RATE_MAX: f64 = 31.0;

/// What the file is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Use {
    /// A sticker or a mask.
    Sticker,
    /// A custom emoji.
    Emoji,
    /// The thumbnail of a set.
    SetThumb,
}

/// How a sticker moves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// PNG or WebP.
    Static,
    /// TGS.
    Animated,
    /// VP9 in WebM.
    Video,
}

/// A file that may be what it is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sticker {
    /// How it moves.
    pub format: Format,
    /// Its MIME type.
    pub mime: &'static str,
    /// Pixels across.
    pub width: u32,
    /// Pixels down.
    pub height: u32,
}

/// Why a file may not be a sticker.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
pub enum StickerError {
    /// `STICKER_FILE_INVALID`: it is none of the formats, larger than they may be, or has sound.
    #[error("STICKER_FILE_INVALID")]
    FileInvalid,
    /// `STICKER_PNG_NOPNG`: a picture that is no PNG or WebP, or a broken one.
    #[error("STICKER_PNG_NOPNG")]
    PngNoPng,
    /// `STICKER_PNG_DIMENSIONS`.
    #[error("STICKER_PNG_DIMENSIONS: {width} × {height}")]
    PngDimensions {
        /// Pixels across.
        width: u32,
        /// Pixels down.
        height: u32,
    },
    /// `STICKER_TGS_NOTGS`, and what is wrong with it.
    #[error("STICKER_TGS_NOTGS: {0}")]
    TgsNoTgs(TgsError),
    /// `STICKER_VIDEO_NOWEBM`: a video in another container or of another codec.
    #[error("STICKER_VIDEO_NOWEBM")]
    VideoNoWebm,
    /// `STICKER_VIDEO_BIG`: more bytes than [`VIDEO_MAX`].
    #[error("STICKER_VIDEO_BIG: {got} bytes")]
    VideoBig {
        /// Its bytes.
        got: usize,
    },
    /// `STICKER_FILE_INVALID`, as there is no name for it: longer than [`DURATION_MAX`], of no known length, or
    /// faster than [`RATE_MAX`].
    #[error("STICKER_FILE_INVALID: {0:?}")]
    VideoLong(Option<Duration>),
    /// `STICKER_GIF_DIMENSIONS`: a video of other dimensions.
    #[error("STICKER_GIF_DIMENSIONS: {width} × {height}")]
    GifDimensions {
        /// Pixels across.
        width: u32,
        /// Pixels down.
        height: u32,
    },
    /// `STICKER_THUMB_PNG_NOPNG`: a thumbnail of a set that is no picture of 100 × 100 and [`STATIC_THUMB_MAX`].
    #[error("STICKER_THUMB_PNG_NOPNG")]
    ThumbPngNoPng,
    /// `STICKER_THUMB_TGS_NOTGS`: an animated or video thumbnail that is none.
    #[error("STICKER_THUMB_TGS_NOTGS")]
    ThumbTgsNoTgs,
}

/// Whether a file may be used so.
pub fn check(file: &[u8], wanted: Use) -> Result<Sticker, StickerError> {
    let mut source = file;
    let found = probe(&mut source).map_err(|_| StickerError::FileInvalid)?;
    let checked = match (found.mime, &found.kind) {
        (tgs::MIME | "application/gzip", _) => animated(file),
        ("video/webm", Kind::Video(video)) => moving(file, video, wanted),
        (mime, _) if mime.starts_with("video/") => Err(StickerError::VideoNoWebm),
        (mime, _) if mime.starts_with("image/") => still(file, wanted),
        _ => Err(StickerError::FileInvalid),
    };
    if wanted != Use::SetThumb {
        return checked;
    }
    // Of a set's thumbnail only two things are told, and its limits are tighter.
    let still = found.mime.starts_with("image/");
    let limit = if still { STATIC_THUMB_MAX } else { MOVING_THUMB_MAX };
    let why = if still { StickerError::ThumbPngNoPng } else { StickerError::ThumbTgsNoTgs };
    checked.ok().filter(|_| file.len() <= limit).ok_or(why)
}

/// A still sticker as a lossless WebP of at most [`STATIC_MAX`], whatever it came as.
pub fn webp(file: &[u8]) -> Result<Vec<u8>, StickerError> {
    let bounds = Bounds { bytes: STATIC_MAX, sum: u64::MAX, ratio: u64::MAX };
    let (picture, held) = decode(file, bounds).map_err(|_| StickerError::PngNoPng)?;
    let picture = picture.turned(held);
    let color = if picture.alpha { ColorType::Rgba8 } else { ColorType::Rgb8 };
    let mut bytes = Vec::new();
    let encoder = WebPEncoder::new(&mut bytes);
    let encoded = encoder.encode(&picture.pixels, picture.width, picture.height, color);
    encoded.map_err(|_| StickerError::PngNoPng)?;
    if bytes.len() > STATIC_MAX { Err(StickerError::FileInvalid) } else { Ok(bytes) }
}

fn fits(width: u32, height: u32, wanted: Use) -> bool {
    match wanted {
        Use::Sticker => width.max(height) == SIDE,
        Use::Emoji | Use::SetThumb => width == SMALL_SIDE && height == SMALL_SIDE,
    }
}

fn still(file: &[u8], wanted: Use) -> Result<Sticker, StickerError> {
    let bounds = Bounds { bytes: STATIC_MAX, sum: u64::MAX, ratio: u64::MAX };
    let (mime, image) = claimed(file, bounds).map_err(|it| match it {
        PictureError::Large { .. } => StickerError::FileInvalid,
        PictureError::Dimensions { width, height } => StickerError::PngDimensions { width, height },
        PictureError::Format | PictureError::Broken => StickerError::PngNoPng,
    })?;
    if !matches!(mime, "image/png" | "image/webp") || image.animated {
        return Err(StickerError::PngNoPng);
    }
    let (width, height) = (image.width, image.height);
    if !fits(width, height, wanted) {
        return Err(StickerError::PngDimensions { width, height });
    }
    // It is as small as a sticker, so it can be looked at as a whole.
    decode(file, bounds).map_err(|_| StickerError::PngNoPng)?;
    Ok(Sticker { format: Format::Static, mime, width, height })
}

/// An animation has the same dimensions whatever it is for.
fn animated(file: &[u8]) -> Result<Sticker, StickerError> {
    tgs::check(file).map_err(StickerError::TgsNoTgs)?;
    Ok(Sticker { format: Format::Animated, mime: tgs::MIME, width: SIDE, height: SIDE })
}

fn moving(file: &[u8], video: &Video, wanted: Use) -> Result<Sticker, StickerError> {
    if file.len() > VIDEO_MAX {
        return Err(StickerError::VideoBig { got: file.len() });
    }
    if video.codec != Codec::Vp9 {
        return Err(StickerError::VideoNoWebm);
    }
    if video.audio {
        return Err(StickerError::FileInvalid);
    }
    let (width, height) = (video.width, video.height);
    if !fits(width, height, wanted) {
        return Err(StickerError::GifDimensions { width, height });
    }
    let short = video.duration.is_some_and(|it| !it.is_zero() && it <= DURATION_MAX);
    if !short || video.rate.is_some_and(|it| it > RATE_MAX) {
        return Err(StickerError::VideoLong(video.duration));
    }
    Ok(Sticker { format: Format::Video, mime: "video/webm", width, height })
}
