//! Sizes of PNG, WebP and BMP.

use crate::kind::Image;
use crate::source::{Reader, Stop};

/// Chunks of a PNG before its pixels.
const CHUNKS_MAX: usize = 64;

pub(super) fn png(reader: &mut Reader<'_>) -> Result<Image, Stop> {
    if reader.array(8)? != *b"\0\0\0\x0dIHDR" {
        return Err(Stop::Enough);
    }
    let mut image = sized(reader.u32_be(16)?, reader.u32_be(20)?)?;
    image.alpha = matches!(reader.u8(25)?, 4 | 6);
    let mut at = 33;
    for _ in 0..CHUNKS_MAX {
        // What is behind the header only adds to it.
        let (Ok(length), Ok(name)) = (reader.u32_be(at), reader.array(at + 4)) else { break };
        match &name {
            b"acTL" => image.animated = true,
            b"tRNS" => image.alpha = true,
            b"IDAT" => break,
            _ => {}
        }
        at += 12 + u64::from(length);
    }
    Ok(image)
}

pub(super) fn webp(reader: &mut Reader<'_>) -> Result<Image, Stop> {
    match &reader.array(12)? {
        b"VP8 " => {
            if reader.array(23)? != [0x9d, 0x01, 0x2a] {
                return Err(Stop::Enough);
            }
            let (width, height) = (reader.u16_le(26)? & 0x3fff, reader.u16_le(28)? & 0x3fff);
            sized(u32::from(width), u32::from(height))
        }
        b"VP8L" => {
            if reader.u8(20)? != 0x2f {
                return Err(Stop::Enough);
            }
            let bits = reader.u32_le(21)?;
            let image = sized((bits & 0x3fff) + 1, (bits >> 14 & 0x3fff) + 1)?;
            Ok(Image { alpha: bits >> 28 & 1 == 1, ..image })
        }
        b"VP8X" => {
            let flags = reader.u8(20)?;
            let side = |it: [u8; 3]| u32::from_le_bytes([it[0], it[1], it[2], 0]) + 1;
            let image = sized(side(reader.array(24)?), side(reader.array(27)?))?;
            Ok(Image { animated: flags & 0x02 != 0, alpha: flags & 0x10 != 0, ..image })
        }
        _ => Err(Stop::Enough),
    }
}

pub(super) fn bmp(reader: &mut Reader<'_>) -> Result<Image, Stop> {
    match reader.u32_le(14)? {
        12 => sized(u32::from(reader.u16_le(18)?), u32::from(reader.u16_le(20)?)),
        40 | 52 | 56 | 64 | 108 | 124 => {
            // A negative height is a picture from top to bottom.
            let side = |it: [u8; 4]| i32::from_le_bytes(it).unsigned_abs();
            sized(side(reader.array(18)?), side(reader.array(22)?))
        }
        _ => Err(Stop::Enough),
    }
}

fn sized(width: u32, height: u32) -> Result<Image, Stop> {
    if width == 0 || height == 0 {
        return Err(Stop::Enough);
    }
    Ok(Image { width, height, animated: false, alpha: false })
}
