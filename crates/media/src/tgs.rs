//! Animated stickers: Lottie, which is JSON, in gzip. Unpacked up to a bound; only the head's numbers are kept.

use std::io::Read;
use std::time::Duration;

use flate2::read::GzDecoder;
use serde::Deserialize;
use serde::de::IgnoredAny;

use crate::kind::Lottie;

/// What a packed Lottie is called.
pub const MIME: &str = "application/x-tgsticker";

/// Longest packed animation. Source: core.telegram.org/stickers, "Animated Stickers".
pub const PACKED_MAX: usize = 64 << 10;

/// Longest JSON that is unpacked. Animations pack to about a tenth; more than four times that is a bomb.
pub const UNPACKED_MAX: usize = 4 << 20;

/// Units that an animated sticker has on each side.
pub const SIDE: f64 = 512.0;

/// Frames a second that an animation may have. The page on stickers asks for 60; 30 is in wide use.
pub const RATES: [f64; 2] = [30.0, 60.0];

/// Longest animation.
pub const DURATION_MAX: Duration = Duration::from_secs(3);

/// Why a file is no animated sticker.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
pub enum TgsError {
    /// It is larger than [`PACKED_MAX`].
    #[error("{got} bytes, at most {PACKED_MAX}")]
    Large {
        /// Its bytes.
        got: usize,
    },
    /// It is no gzip, or a broken one.
    #[error("not gzip")]
    Packing,
    /// It unpacks to more than [`UNPACKED_MAX`].
    #[error("unpacks to more than {UNPACKED_MAX} bytes")]
    Bomb,
    /// It is no Lottie: not JSON, nested too deep, or without the numbers that a Lottie has.
    #[error("not Lottie")]
    Content,
    /// It is not [`SIDE`] units on each side.
    #[error("{width} × {height} units")]
    Dimensions {
        /// Units across.
        width: f64,
        /// Units down.
        height: f64,
    },
    /// It has another rate than [`RATES`].
    #[error("{0} frames a second")]
    Rate(f64),
    /// It is longer than [`DURATION_MAX`], or has no frame.
    #[error("{0:?} long")]
    Duration(Duration),
}

/// The head of a Lottie. What draws is skipped without being built.
#[derive(Deserialize)]
struct Head {
    w: f64,
    h: f64,
    fr: f64,
    ip: f64,
    op: f64,
    #[serde(rename = "layers")]
    _layers: Vec<IgnoredAny>,
}

/// What a packed Lottie says of itself. Sizes are checked by [`check`].
pub fn read(packed: &[u8]) -> Result<Lottie, TgsError> {
    if packed.len() > PACKED_MAX {
        return Err(TgsError::Large { got: packed.len() });
    }
    let head: Head = serde_json::from_slice(&unpacked(packed)?).map_err(|_| TgsError::Content)?;
    let length = (head.op - head.ip) / head.fr;
    let duration = crate::kind::fractional_seconds(length).ok_or(TgsError::Content)?;
    Ok(Lottie { width: head.w, height: head.h, rate: head.fr, duration })
}

/// Reads a packed Lottie that must be as stickers are.
pub fn check(packed: &[u8]) -> Result<Lottie, TgsError> {
    let lottie = read(packed)?;
    if lottie.width != SIDE || lottie.height != SIDE {
        return Err(TgsError::Dimensions { width: lottie.width, height: lottie.height });
    }
    if !RATES.contains(&lottie.rate) {
        return Err(TgsError::Rate(lottie.rate));
    }
    if lottie.duration.is_zero() || lottie.duration > DURATION_MAX {
        return Err(TgsError::Duration(lottie.duration));
    }
    Ok(lottie)
}

fn unpacked(packed: &[u8]) -> Result<Vec<u8>, TgsError> {
    let mut json = Vec::new();
    let bound = UNPACKED_MAX as u64 + 1;
    GzDecoder::new(packed).take(bound).read_to_end(&mut json).map_err(|_| TgsError::Packing)?;
    if json.len() > UNPACKED_MAX { Err(TgsError::Bomb) } else { Ok(json) }
}

#[cfg(test)]
pub(crate) mod tests;
