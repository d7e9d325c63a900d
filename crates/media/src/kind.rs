//! What a file is, in numbers.

use std::time::Duration;

/// What a file is. Numbers are the file's own claims, found by a bounded reading.
#[derive(Clone, Debug, PartialEq)]
pub enum Kind {
    /// JPEG, PNG, WebP, GIF or BMP.
    Image(Image),
    /// MP4, QuickTime, WebM or Matroska with a picture track.
    Video(Video),
    /// MP3, FLAC, WAV, Ogg, or MP4 and Matroska without pictures.
    Audio(Audio),
    /// A packed Lottie animation (TGS).
    Lottie(Lottie),
    /// Anything else, or a known format whose numbers could not be read.
    Other,
}

/// A picture.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Image {
    /// Pixels across, as shown: after the EXIF orientation.
    pub width: u32,
    /// Pixels down, as shown.
    pub height: u32,
    /// It has more than one frame.
    pub animated: bool,
    /// It may have transparent pixels.
    pub alpha: bool,
}

/// A picture track, and perhaps sound.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Video {
    /// Pixels across, as shown: after the rotation.
    pub width: u32,
    /// Pixels down, as shown.
    pub height: u32,
    /// Degrees clockwise by which a player turns the stored frames: 0, 90, 180 or 270.
    pub rotation: u16,
    /// Length, where the file says it or its blocks could all be walked.
    pub duration: Option<Duration>,
    /// It has a sound track.
    pub audio: bool,
    /// How the pictures are coded.
    pub codec: Codec,
    /// Where its index begins and ends, if that lies behind its data; `None`: it can be played while it is fetched.
    pub late_index: Option<(u64, u64)>,
    /// It carries transparency (VP8 and VP9 in WebM).
    pub alpha: bool,
    /// Frames a second, where they could be counted or the file says them.
    pub rate: Option<f64>,
}

/// How pictures of a video are coded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Codec {
    /// H.264.
    Avc,
    /// H.265.
    Hevc,
    /// AV1.
    Av1,
    /// VP8.
    Vp8,
    /// VP9.
    Vp9,
    /// Any other, or none that was found.
    #[default]
    Other,
}

/// Sound.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Audio {
    /// Length, where it is known.
    pub duration: Option<Duration>,
    /// Its title, from the tags.
    pub title: Option<String>,
    /// Who performs it, from the tags.
    pub performer: Option<String>,
    /// It is Opus in Ogg, which voice notes are.
    pub voice: bool,
}

/// A Lottie animation.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Lottie {
    /// Units across.
    pub width: f64,
    /// Units down.
    pub height: f64,
    /// Frames a second.
    pub rate: f64,
    /// Length.
    pub duration: Duration,
}

/// `units` of `per_second`, or nothing for what no file lasts (more than ten years).
pub(crate) fn seconds(units: u64, per_second: u64) -> Option<Duration> {
    const TEN_YEARS: u128 = 10 * 366 * 86_400 * 1000;
    let milliseconds = u128::from(units) * 1000 / u128::from(per_second.max(1));
    if per_second == 0 || milliseconds > TEN_YEARS {
        return None;
    }
    u64::try_from(milliseconds).ok().map(Duration::from_millis)
}

/// The same of a number with a fraction.
pub(crate) fn fractional_seconds(length: f64) -> Option<Duration> {
    if !length.is_finite() || !(0.0..3.2e8).contains(&length) {
        return None;
    }
    Some(Duration::from_millis((length * 1000.0).round() as u64))
}
