//! From bytes to pixels. The sizes are read and judged first, so that a bomb is refused before memory is taken,
//! and each decoder gets them as its limits.

use std::io::Cursor;

use zune_core::bytestream::ZCursor;
use zune_core::colorspace::ColorSpace;
use zune_core::options::DecoderOptions;

use super::{ALLOCATED_MAX, PIXELS_MAX, Picture, PictureError, SCANS_MAX, webp};
use crate::exif::{self, Orientation};
use crate::kind::{Image, Kind};
use crate::probe::{Probe, probe};

/// What a picture may be, beside [`PIXELS_MAX`].
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bounds {
    /// Bytes of the file.
    pub(crate) bytes: usize,
    /// Both sides together.
    pub(crate) sum: u64,
    /// How often the short side fits into the long one.
    pub(crate) ratio: u64,
}

/// A picture's type and size by its head, within the bounds; nothing is decoded.
pub(crate) fn claimed(mut bytes: &[u8], bounds: Bounds) -> Result<(&'static str, Image), PictureError> {
    if bytes.len() > bounds.bytes {
        return Err(PictureError::Large { got: bytes.len(), limit: bounds.bytes });
    }
    let found = probe(&mut bytes).map_err(|_| PictureError::Broken)?;
    let decoded = matches!(found.mime, "image/jpeg" | "image/png" | "image/webp" | "image/gif");
    match found {
        Probe { mime, kind: Kind::Image(image) } if decoded => {
            within(image.width, image.height, bounds)?;
            Ok((mime, image))
        }
        _ if decoded => Err(PictureError::Broken),
        _ => Err(PictureError::Format),
    }
}

fn within(width: u32, height: u32, bounds: Bounds) -> Result<(), PictureError> {
    let (short, long) = (u64::from(width.min(height)), u64::from(width.max(height)));
    let fits = short * long <= PIXELS_MAX && short + long <= bounds.sum && long <= short.saturating_mul(bounds.ratio);
    if fits { Ok(()) } else { Err(PictureError::Dimensions { width, height }) }
}

/// The pixels of a picture, of a moving one those of its first frame, and how they are to be turned. Profiles of
/// colour are not applied.
pub(crate) fn decode(bytes: &[u8], bounds: Bounds) -> Result<(Picture, Orientation), PictureError> {
    let (mime, image) = claimed(bytes, bounds)?;
    let upright = |it| (it, Orientation::default());
    match mime {
        "image/jpeg" => jpeg(bytes, image),
        "image/png" => png(bytes, image).map(upright),
        "image/webp" => webp::decode(bytes, image).map(upright),
        _ => gif(bytes, image).map(upright),
    }
}

/// An empty canvas; a length beyond [`ALLOCATED_MAX`] is refused.
pub(super) fn canvas(length: Option<usize>) -> Result<Vec<u8>, PictureError> {
    match length {
        Some(length) if length <= ALLOCATED_MAX => Ok(vec![0; length]),
        _ => Err(PictureError::Broken),
    }
}

fn jpeg(bytes: &[u8], image: Image) -> Result<(Picture, Orientation), PictureError> {
    // The size that was judged is as shown, which may be on its side.
    let longest = image.width.max(image.height) as usize;
    let options = DecoderOptions::default()
        .set_strict_mode(false)
        .set_max_width(longest)
        .set_max_height(longest)
        .jpeg_set_max_scans(SCANS_MAX)
        .jpeg_set_out_colorspace(ColorSpace::RGB);
    let mut decoder = zune_jpeg::JpegDecoder::new_with_options(ZCursor::new(bytes), options);
    decoder.decode_headers().map_err(|_| PictureError::Broken)?;
    let held = decoder.exif().map(|it| exif::orientation(it)).unwrap_or_default();
    let (width, height) = decoder.dimensions().ok_or(PictureError::Broken)?;
    let sides = [width, height].map(|it| u32::try_from(it).unwrap_or(u32::MAX));
    // A second frame header may say something else.
    if u64::from(sides[0]) * u64::from(sides[1]) > PIXELS_MAX {
        return Err(PictureError::Broken);
    }
    let mut pixels = canvas(width.checked_mul(height).and_then(|it| it.checked_mul(3)))?;
    if decoder.output_buffer_size() != Some(pixels.len()) {
        return Err(PictureError::Broken);
    }
    decoder.decode_into(&mut pixels).map_err(|_| PictureError::Broken)?;
    Ok((Picture { width: sides[0], height: sides[1], alpha: false, pixels }, held))
}

fn png(bytes: &[u8], image: Image) -> Result<Picture, PictureError> {
    let limits = png::Limits { bytes: ALLOCATED_MAX };
    let mut decoder = png::Decoder::new_with_limits(Cursor::new(bytes), limits);
    decoder.set_transformations(png::Transformations::normalize_to_color8());
    decoder.set_ignore_text_chunk(true);
    decoder.set_ignore_iccp_chunk(true);
    let mut reader = decoder.read_info().map_err(|_| PictureError::Broken)?;
    if reader.info().size() != (image.width, image.height) {
        return Err(PictureError::Broken);
    }
    let mut pixels = canvas(reader.output_buffer_size())?;
    reader.next_frame(&mut pixels).map_err(|_| PictureError::Broken)?;
    let (pixels, alpha) = match reader.output_color_type().0 {
        png::ColorType::Rgb => (pixels, false),
        png::ColorType::Rgba => (pixels, true),
        png::ColorType::Grayscale => (pixels.iter().flat_map(|it| [*it; 3]).collect(), false),
        png::ColorType::GrayscaleAlpha => {
            (pixels.as_chunks::<2>().0.iter().flat_map(|[it, a]| [*it, *it, *it, *a]).collect(), true)
        }
        // Palettes are expanded.
        png::ColorType::Indexed => return Err(PictureError::Broken),
    };
    Ok(Picture { width: image.width, height: image.height, alpha, pixels })
}

fn gif(bytes: &[u8], image: Image) -> Result<Picture, PictureError> {
    let mut options = gif::DecodeOptions::new();
    options.set_color_output(gif::ColorOutput::RGBA);
    let limit = std::num::NonZeroU64::new(ALLOCATED_MAX as u64).expect("the limit is not zero");
    options.set_memory_limit(gif::MemoryLimit::Bytes(limit));
    let mut decoder = options.read_info(bytes).map_err(|_| PictureError::Broken)?;
    let (width, height) = (usize::from(decoder.width()), usize::from(decoder.height()));
    if (width as u32, height as u32) != (image.width, image.height) {
        return Err(PictureError::Broken);
    }
    let mut pixels = canvas(width.checked_mul(height).and_then(|it| it.checked_mul(4)))?;
    let frame = decoder.read_next_frame().map_err(|_| PictureError::Broken)?.ok_or(PictureError::Broken)?;
    // The frame lies somewhere on the screen, and not always all of it.
    let (left, top) = (usize::from(frame.left), usize::from(frame.top));
    let across = usize::from(frame.width).min(width.saturating_sub(left));
    let rows = frame.buffer.chunks_exact(4 * usize::from(frame.width).max(1));
    for (y, row) in rows.enumerate().take(height.saturating_sub(top)) {
        let at = ((top + y) * width + left) * 4;
        pixels[at..at + 4 * across].copy_from_slice(&row[..4 * across]);
    }
    Ok(Picture { width: image.width, height: image.height, alpha: true, pixels })
}
