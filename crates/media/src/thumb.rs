//! Thumbnails of documents that are pictures: of a moving one, its first frame.

use image_webp::{ColorType, WebPEncoder};

use crate::jpeg::{self, Coding, QUALITY};
use crate::picture::{Bounds, Picture, PictureError, decode};
use crate::stripped::stripped;

/// Longest side, in pixels: size `m`.
pub const SIDE: u32 = 320;

/// Longest file of which a thumbnail is made; it is decoded from memory.
pub const FILE_MAX: usize = 20 << 20;

/// A thumbnail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Thumb {
    /// Pixels across.
    pub width: u32,
    /// Pixels down.
    pub height: u32,
    /// The file.
    pub bytes: Vec<u8>,
    /// The bytes of `photoStrippedSize`; none for what is transparent, where a blurred square would show.
    pub stripped: Option<Vec<u8>>,
}

/// Documents may be of any shape; pixels are bounded anyway.
const BOUNDS: Bounds = Bounds { bytes: FILE_MAX, sum: u64::MAX, ratio: u64::MAX };

/// A JPEG of at most [`SIDE`] pixels a side, transparent parts white.
pub fn jpeg(file: &[u8]) -> Result<Thumb, PictureError> {
    let picture = small(file)?.on_white();
    let bytes = jpeg::encode(&picture, QUALITY, Coding::Baseline).bytes;
    Ok(Thumb { width: picture.width, height: picture.height, bytes, stripped: Some(stripped(&picture)) })
}

/// A WebP of at most [`SIDE`] pixels a side that keeps what is transparent; lossless, as no encoder of the other
/// kind is at hand.
pub fn webp(file: &[u8]) -> Result<Thumb, PictureError> {
    let picture = small(file)?;
    let color = if picture.alpha { ColorType::Rgba8 } else { ColorType::Rgb8 };
    let mut bytes = Vec::new();
    WebPEncoder::new(&mut bytes)
        .encode(&picture.pixels, picture.width, picture.height, color)
        .map_err(|_| PictureError::Broken)?;
    let stripped = (!picture.alpha).then(|| stripped(&picture));
    Ok(Thumb { width: picture.width, height: picture.height, bytes, stripped })
}

fn small(file: &[u8]) -> Result<Picture, PictureError> {
    let (picture, held) = decode(file, BOUNDS)?;
    Ok(picture.within(SIDE).turned(held))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::picture::tests::{animated_gif, decoded, difference, png, scene, see_through};

    #[test]
    fn a_picture_becomes_a_jpeg_that_fits() {
        let picture = scene(900, 300);
        let thumb = jpeg(&png(&picture)).unwrap();
        assert_eq!((thumb.width, thumb.height), (320, 107));
        let off = difference(&decoded(&thumb.bytes), &picture.within(SIDE));
        assert!(off < 6.0, "{off} off");
        assert!(thumb.stripped.is_some_and(|it| it[..3] == [1, 13, 40]));
    }

    #[test]
    fn a_small_picture_keeps_its_size() {
        let thumb = jpeg(&png(&scene(31, 17))).unwrap();
        assert_eq!((thumb.width, thumb.height), (31, 17));
    }

    #[test]
    fn a_moving_picture_shows_its_first_frame() {
        let thumb = jpeg(&animated_gif(64, 48, 3)).unwrap();
        let shown = decoded(&thumb.bytes);
        assert_eq!((shown.width, shown.height), (64, 48));
        // Frames are filled with one colour each, the first with red.
        let off = shown.pixels.as_chunks::<3>().0.iter().map(|[r, g, b]| r.abs_diff(255).max(*g).max(*b)).max();
        assert!(off.is_some_and(|it| it < 8), "{off:?}");
    }

    #[test]
    fn a_sticker_keeps_what_is_transparent() {
        let thumb = webp(&png(&see_through(512, 512))).unwrap();
        assert_eq!((thumb.width, thumb.height, thumb.stripped), (320, 320, None));
        let shown = decoded(&thumb.bytes);
        assert!(shown.alpha);
        let corner = shown.pixels[..4].to_vec();
        let middle = shown.pixels[(160 * 320 + 160) * 4..][..4].to_vec();
        assert_eq!((corner[3], middle[3]), (0, 255));
    }
}
