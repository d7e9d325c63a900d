//! A JPEG's size and how it is held, from its markers.

use crate::exif;
use crate::kind::Image;
use crate::source::{PIECE_MAX, Reader, Stop};

/// Segments before the frame header: metadata in pieces of 64 KiB, tables.
const SEGMENTS_MAX: usize = 256;

pub(super) fn read(reader: &mut Reader<'_>) -> Result<Image, Stop> {
    let mut at = 2;
    let mut held = exif::Orientation::default();
    for _ in 0..SEGMENTS_MAX {
        if reader.u8(at)? != 0xff {
            return Err(Stop::Enough);
        }
        let marker = reader.u8(at + 1)?;
        match marker {
            // Fill bytes.
            0xff => {
                at += 1;
                continue;
            }
            // Markers without a length.
            0x01 | 0xd0..=0xd8 => {
                at += 2;
                continue;
            }
            // The picture's data, or its end, before its size.
            0xd9 | 0xda => return Err(Stop::Enough),
            _ => {}
        }
        let length = reader.u16_be(at + 2)?;
        if length < 2 {
            return Err(Stop::Enough);
        }
        if matches!(marker, 0xc0..=0xcf) && !matches!(marker, 0xc4 | 0xc8 | 0xcc) {
            let (height, width) = (reader.u16_be(at + 5)?, reader.u16_be(at + 7)?);
            return shown(u32::from(width), u32::from(height), held);
        }
        if marker == 0xe1 {
            let block = reader.up_to(at + 4, usize::from(length - 2).min(PIECE_MAX))?;
            if block.starts_with(b"Exif\0\0") {
                held = exif::orientation(block);
            }
        }
        at += 2 + u64::from(length);
    }
    Err(Stop::Enough)
}

fn shown(width: u32, height: u32, held: exif::Orientation) -> Result<Image, Stop> {
    if width == 0 || height == 0 {
        return Err(Stop::Enough);
    }
    let (width, height) = if held.swaps_sides() { (height, width) } else { (width, height) };
    Ok(Image { width, height, animated: false, alpha: false })
}
