//! A GIF's size, and whether it moves: it repeats itself or has a second frame. Further ones are not looked at.

use crate::kind::Image;
use crate::source::{Reader, Stop};

/// Blocks before the second frame: comments and other extensions.
const BLOCKS_MAX: usize = 64;

pub(super) fn read(reader: &mut Reader<'_>) -> Result<Image, Stop> {
    let (width, height) = (u32::from(reader.u16_le(6)?), u32::from(reader.u16_le(8)?));
    if width == 0 || height == 0 {
        return Err(Stop::Enough);
    }
    let mut image = Image { width, height, animated: false, alpha: false };
    match frames(reader, &mut image) {
        // A file that is cut off is still a picture.
        Ok(()) | Err(Stop::Enough) => Ok(image),
        Err(Stop::Unreadable) => Err(Stop::Unreadable),
    }
}

fn frames(reader: &mut Reader<'_>, image: &mut Image) -> Result<(), Stop> {
    let mut at = 13 + palette(reader.u8(10)?);
    let mut seen = 0;
    for _ in 0..BLOCKS_MAX {
        match reader.u8(at)? {
            0x21 => {
                match reader.u8(at + 1)? {
                    0xf9 => image.alpha |= reader.u8(at + 3)? & 1 == 1,
                    0xff if reader.up_to(at + 3, 11)? == b"NETSCAPE2.0" => image.animated = true,
                    _ => {}
                }
                at = behind_blocks(reader, at + 2)?;
            }
            0x2c => {
                seen += 1;
                image.animated |= seen > 1;
                if image.animated {
                    return Ok(());
                }
                // Descriptor, palette of its own, the length of codes, data.
                let own = palette(reader.u8(at + 9)?);
                at = behind_blocks(reader, at + 10 + own + 1)?;
            }
            _ => return Ok(()),
        }
    }
    Ok(())
}

/// Bytes of the palette that a field of flags announces.
fn palette(flags: u8) -> u64 {
    if flags & 0x80 == 0 { 0 } else { 3 << ((flags & 7) + 1) }
}

/// The place behind a row of blocks, each with its length before it, the last one empty.
fn behind_blocks(reader: &mut Reader<'_>, mut at: u64) -> Result<u64, Stop> {
    loop {
        let length = reader.u8(at)?;
        at += 1 + u64::from(length);
        if length == 0 {
            return Ok(at);
        }
    }
}
