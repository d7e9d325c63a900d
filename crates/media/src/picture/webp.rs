//! WebP: what its chunks claim is compared with its head before anything is decoded, as the decoder takes
//! memory for a frame before it compares.

use std::io::Cursor;

use super::decode::canvas;
use super::{ALLOCATED_MAX, Picture, PictureError};
use crate::kind::Image;

/// Chunks looked at; a moving picture has one a frame.
const CHUNKS_MAX: usize = 4096;

pub(super) fn decode(bytes: &[u8], image: Image) -> Result<Picture, PictureError> {
    frames_fit(bytes.get(12..).unwrap_or_default(), image, true)?;
    let mut decoder = image_webp::WebPDecoder::new(Cursor::new(bytes)).map_err(|_| PictureError::Broken)?;
    decoder.set_memory_limit(ALLOCATED_MAX);
    if decoder.dimensions() != (image.width, image.height) {
        return Err(PictureError::Broken);
    }
    let mut pixels = canvas(decoder.output_buffer_size())?;
    decoder.read_image(&mut pixels).map_err(|_| PictureError::Broken)?;
    Ok(Picture { width: image.width, height: image.height, alpha: decoder.has_alpha(), pixels })
}

/// Whether no frame is larger than the picture. Frames of a moving one lie one level deeper.
fn frames_fit(mut chunks: &[u8], image: Image, top: bool) -> Result<(), PictureError> {
    for _ in 0..CHUNKS_MAX {
        let Some((head, rest)) = chunks.split_first_chunk::<8>() else { return Ok(()) };
        let length = u32::from_le_bytes([head[4], head[5], head[6], head[7]]) as usize;
        let body = &rest[..length.min(rest.len())];
        let claimed = match &head[..4] {
            b"VP8 " => body.get(6..10).map(|it| {
                let side = |at: usize| u32::from(u16::from_le_bytes([it[at], it[at + 1]]) & 0x3fff);
                (side(0), side(2))
            }),
            b"VP8L" => body.get(1..5).map(|it| {
                let bits = u32::from_le_bytes([it[0], it[1], it[2], it[3]]);
                ((bits & 0x3fff) + 1, (bits >> 14 & 0x3fff) + 1)
            }),
            b"ANMF" if top => {
                frames_fit(body.get(16..).unwrap_or_default(), image, false)?;
                body.get(6..12).map(|it| {
                    let side = |at: usize| u32::from_le_bytes([it[at], it[at + 1], it[at + 2], 0]) + 1;
                    (side(0), side(3))
                })
            }
            _ => None,
        };
        if claimed.is_some_and(|(width, height)| width > image.width || height > image.height) {
            return Err(PictureError::Broken);
        }
        // Chunks are padded to even lengths.
        chunks = rest.get(length.saturating_add(length % 2)..).unwrap_or_default();
    }
    Err(PictureError::Broken)
}
