//! Pixels, and what is done to them: decoded under limits, turned, scaled, cut, laid on white.

mod decode;
#[cfg(test)]
pub(crate) mod tests;
mod webp;

use fast_image_resize::images::{Image, ImageRef};
use fast_image_resize::{FilterType, PixelType, ResizeAlg, ResizeOptions, Resizer};

use crate::exif::Orientation;

pub(crate) use decode::{Bounds, claimed, decode};

/// Pixels of a picture that is decoded: what a square photo of the largest permitted sides (10,000 together) has.
pub const PIXELS_MAX: u64 = 25_000_000;

/// Bytes that a decoder may fill with pixels: four for each. A decoder of progressive JPEG takes twice that
/// beside it, for coefficients.
pub const ALLOCATED_MAX: usize = 4 * PIXELS_MAX as usize;

/// Scans of a progressive JPEG. Encoders write about ten; each costs a walk over the whole picture.
pub const SCANS_MAX: usize = 64;

/// Why a file becomes no picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PictureError {
    /// The file is larger than its use permits.
    #[error("{got} bytes, at most {limit}")]
    Large {
        /// Its bytes.
        got: usize,
        /// The limit.
        limit: usize,
    },
    /// It is none of JPEG, PNG, WebP and GIF.
    #[error("not a format that is decoded")]
    Format,
    /// Its sides are too long, too unlike, or hold too many pixels. Nothing was decoded.
    #[error("{width} × {height} pixels")]
    Dimensions {
        /// Pixels across.
        width: u32,
        /// Pixels down.
        height: u32,
    },
    /// It is broken, or something in it is larger than its head says.
    #[error("broken")]
    Broken,
}

/// Pixels of three bytes (red, green, blue) or four (and opacity), from the top left on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Picture {
    pub(crate) width: u32,
    pub(crate) height: u32,
    pub(crate) alpha: bool,
    pub(crate) pixels: Vec<u8>,
}

/// The sides of what is scaled down into a square of `side`, in the same proportion.
pub(crate) fn fitted(width: u32, height: u32, side: u32) -> (u32, u32) {
    let longest = width.max(height);
    if longest <= side {
        return (width, height);
    }
    let scaled = |it: u32| {
        let exact = u64::from(it) * u64::from(side);
        let rounded = (2 * exact + u64::from(longest)) / (2 * u64::from(longest));
        u32::try_from(rounded).expect("no more than the side").max(1)
    };
    (scaled(width), scaled(height))
}

impl Picture {
    /// Bytes of a pixel.
    fn depth(&self) -> usize {
        if self.alpha { 4 } else { 3 }
    }

    /// What is transparent becomes white, as paper is.
    pub(crate) fn on_white(self) -> Picture {
        if !self.alpha {
            return self;
        }
        let blended = |value: u8, opacity: u8| {
            let (value, opacity) = (u32::from(value), u32::from(opacity));
            ((value * opacity + 255 * (255 - opacity) + 127) / 255) as u8
        };
        let pixels = self.pixels.as_chunks::<4>().0.iter();
        let pixels = pixels.flat_map(|[r, g, b, a]| [blended(*r, *a), blended(*g, *a), blended(*b, *a)]);
        Picture { alpha: false, pixels: pixels.collect(), ..self }
    }

    /// As it is to be seen.
    pub(crate) fn turned(self, how: Orientation) -> Picture {
        if how == Orientation::default() {
            return self;
        }
        let (width, height) = (self.width as usize, self.height as usize);
        let (across, down) = if how.swaps_sides() { (height, width) } else { (width, height) };
        let depth = self.depth();
        let mut pixels = Vec::with_capacity(self.pixels.len());
        for y in 0..down {
            for x in 0..across {
                // Where the pixel lies before it is turned.
                let (mut column, row) = match how.quarters {
                    0 => (x, y),
                    1 => (y, height - 1 - x),
                    2 => (width - 1 - x, height - 1 - y),
                    _ => (width - 1 - y, x),
                };
                if how.mirrored {
                    column = width - 1 - column;
                }
                let at = (row * width + column) * depth;
                pixels.extend_from_slice(&self.pixels[at..at + depth]);
            }
        }
        Picture { width: across as u32, height: down as u32, pixels, ..self }
    }

    /// Scaled down so that both sides are at most `side`; a smaller one stays as it is.
    pub(crate) fn within(&self, side: u32) -> Picture {
        let (width, height) = fitted(self.width, self.height, side);
        self.scaled(width, height)
    }

    /// Scaled to these sides.
    pub(crate) fn scaled(&self, width: u32, height: u32) -> Picture {
        if (width, height) == (self.width, self.height) {
            return self.clone();
        }
        self.resized(width, height, None)
    }

    /// The largest square in the middle, scaled to `side` where it is larger.
    pub(crate) fn square(&self, side: u32) -> Picture {
        let edge = self.width.min(self.height);
        let corner = (f64::from((self.width - edge) / 2), f64::from((self.height - edge) / 2));
        let to = side.min(edge);
        self.resized(to, to, Some((corner, f64::from(edge))))
    }

    fn resized(&self, width: u32, height: u32, cut: Option<((f64, f64), f64)>) -> Picture {
        let kind = if self.alpha { PixelType::U8x4 } else { PixelType::U8x3 };
        let from = ImageRef::new(self.width, self.height, &self.pixels, kind).expect("there are as many pixels");
        let mut to = Image::new(width, height, kind);
        let options = ResizeOptions::new().resize_alg(ResizeAlg::Convolution(FilterType::CatmullRom));
        let options = match cut {
            Some(((left, top), edge)) => options.crop(left, top, edge, edge),
            None => options,
        };
        Resizer::new().resize(&from, &mut to, &options).expect("both have the same kind of pixels, and sides above 0");
        Picture { width, height, alpha: self.alpha, pixels: to.into_vec() }
    }
}
