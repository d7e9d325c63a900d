//! From an uploaded picture to the sizes of a photo, with the thumbnail that travels inside messages.
//! What was around the pixels, EXIF with places and names above all, is left behind.

#[cfg(test)]
mod tests;

use crate::jpeg::{self, Coding, QUALITY};
use crate::picture::{Bounds, Picture, PictureError, decode, fitted};
use crate::stripped::stripped;

/// Longest file of a photo, in bytes. Source: core.telegram.org/bots/api, `sendPhoto`.
pub const FILE_MAX: usize = 10 << 20;

/// Width and height together, in pixels. Source: the same.
pub const SIDES_MAX: u64 = 10_000;

/// How often the short side may fit into the long one. Source: the same.
pub const RATIO_MAX: u64 = 20;

/// Short side of a profile photo, in pixels, below which it is refused.
pub const PROFILE_MIN: u32 = 160;

/// The boxes into which a photo is scaled: letter and side in pixels.
/// Source: core.telegram.org/api/files, "`PhotoSize.type` values".
pub const BOXES: [(char, u32); 5] = [('s', 100), ('m', 320), ('x', 800), ('y', 1280), ('w', 2560)];

/// The squares that are cut of a profile photo.
pub const SQUARES: [(char, u32); 3] = [('a', 160), ('b', 320), ('c', 640)];

/// Sizes from this one on come in scans, so that they are seen while they are fetched.
const PROGRESSIVE_FROM: u32 = 800;

/// Why there is no photo.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PhotoError {
    /// It is no picture that is taken.
    #[error(transparent)]
    Picture(#[from] PictureError),
    /// A profile photo whose short side is below [`PROFILE_MIN`].
    #[error("{got} pixels, at least {PROFILE_MIN}")]
    Small {
        /// The short side.
        got: u32,
    },
}

/// A photo, ready to be stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Photo {
    /// Its sizes, smallest first.
    pub sizes: Vec<Size>,
    /// The bytes of `photoStrippedSize`.
    pub stripped: Vec<u8>,
}

/// A JPEG of one size.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Size {
    /// Its name in [`BOXES`] or [`SQUARES`].
    pub letter: char,
    /// Pixels across.
    pub width: u32,
    /// Pixels down.
    pub height: u32,
    /// The file.
    pub bytes: Vec<u8>,
    /// Lengths of the file's beginnings that can be shown, the whole one last, for `photoSizeProgressive`; empty
    /// where the file has one scan, which is a `photoSize`.
    pub prefixes: Vec<usize>,
}

const BOUNDS: Bounds = Bounds { bytes: FILE_MAX, sum: SIDES_MAX, ratio: RATIO_MAX };

/// A photo of a message: each box that the picture overflows, and the first that holds it whole.
pub fn of_message(file: &[u8]) -> Result<Photo, PhotoError> {
    let picture = seen(file)?;
    let longest = picture.width.max(picture.height);
    let enough = BOXES.iter().position(|(_, side)| longest <= *side).map_or(BOXES.len(), |it| it + 1);
    // From the largest down, each out of the one before, with the proportion of the first.
    let (width, height) = (picture.width, picture.height);
    let mut scaled = picture;
    let mut sizes = Vec::new();
    for (letter, side) in BOXES[..enough].iter().rev() {
        let (width, height) = fitted(width, height, *side);
        scaled = scaled.scaled(width, height);
        sizes.push(size(*letter, *side, &scaled));
    }
    sizes.reverse();
    Ok(Photo { sizes, stripped: stripped(&scaled) })
}

/// A profile or chat photo: squares of the middle. A square is not larger than the picture's short side.
pub fn of_profile(file: &[u8]) -> Result<Photo, PhotoError> {
    let picture = seen(file)?;
    let short = picture.width.min(picture.height);
    if short < PROFILE_MIN {
        return Err(PhotoError::Small { got: short });
    }
    let mut scaled = picture;
    let mut sizes = Vec::new();
    for (letter, side) in SQUARES.iter().rev() {
        scaled = scaled.square(*side);
        sizes.push(size(*letter, *side, &scaled));
    }
    sizes.reverse();
    Ok(Photo { sizes, stripped: stripped(&scaled) })
}

/// The picture as it is seen, no larger than the largest box: turned and blended when it is small.
fn seen(file: &[u8]) -> Result<Picture, PictureError> {
    let (picture, held) = decode(file, BOUNDS)?;
    let (_, largest) = BOXES[BOXES.len() - 1];
    Ok(picture.within(largest).on_white().turned(held))
}

fn size(letter: char, side: u32, picture: &Picture) -> Size {
    let coding = if side >= PROGRESSIVE_FROM { Coding::Progressive } else { Coding::Baseline };
    let jpeg = jpeg::encode(picture, QUALITY, coding);
    let mut prefixes = Vec::new();
    if coding == Coding::Progressive {
        prefixes.clone_from(&jpeg.scans);
        *prefixes.last_mut().expect("a picture has scans") = jpeg.bytes.len();
    }
    Size { letter, width: picture.width, height: picture.height, bytes: jpeg.bytes, prefixes }
}
