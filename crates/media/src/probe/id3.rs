//! Title and performer out of ID3: the frames before an MP3, or the 128 bytes behind it.

use super::vorbis::{TEXT_MAX, text};
use crate::kind::Audio;
use crate::source::{Reader, Stop};

/// Frames looked at.
const FRAMES_MAX: usize = 128;

/// Bytes of one text that are read: at most four a character.
const VALUE_MAX: usize = 1 + 4 * TEXT_MAX;

/// Takes the tags in front; gives the place behind them, 0 where there are none.
pub(super) fn front(reader: &mut Reader<'_>, audio: &mut Audio) -> Result<u64, Stop> {
    let Ok(head) = reader.array::<10>(0) else { return Ok(0) };
    if !head.starts_with(b"ID3") {
        return Ok(0);
    }
    let length = u64::from(synchsafe([head[6], head[7], head[8], head[9]]));
    let footer = if head[5] & 0x10 == 0 { 0 } else { 10 };
    // An extended header, or bytes put in between everywhere, are rare and only skipped.
    if head[5] & 0xc0 == 0 {
        frames(reader, head[3], 10 + length, audio)?;
    }
    Ok(10 + length + footer)
}

fn frames(reader: &mut Reader<'_>, version: u8, end: u64, audio: &mut Audio) -> Result<(), Stop> {
    let head = if version <= 2 { 6 } else { 10 };
    let mut at = 10;
    for _ in 0..FRAMES_MAX {
        if at + head >= end || at + head >= reader.size() {
            return Ok(());
        }
        let id: [u8; 4] = reader.array(at)?;
        let (name, length) = match version {
            2 => (&id[..3], u32::from_be_bytes([0, id[3], reader.u8(at + 4)?, reader.u8(at + 5)?])),
            4 => (&id[..], synchsafe(reader.array(at + 4)?)),
            _ => (&id[..], reader.u32_be(at + 4)?),
        };
        if name[0] == 0 || length == 0 {
            return Ok(());
        }
        let field = match name {
            b"TIT2" | b"TT2" => Some(&mut audio.title),
            b"TPE1" | b"TP1" => Some(&mut audio.performer),
            _ => None,
        };
        if let Some(field) = field {
            let wanted = usize::try_from(length).unwrap_or(VALUE_MAX).min(VALUE_MAX);
            *field = decoded(reader.up_to(at + head, wanted)?);
        }
        at += head + u64::from(length);
    }
    Ok(())
}

/// The tag at the end: title and performer of 30 bytes each.
pub(super) fn back(reader: &mut Reader<'_>, audio: &mut Audio) -> Result<(), Stop> {
    let Some(at) = reader.size().checked_sub(128) else { return Ok(()) };
    let block = reader.bytes(at, 128)?;
    if block.starts_with(b"TAG") {
        audio.title = audio.title.take().or_else(|| latin(&block[3..33]));
        audio.performer = audio.performer.take().or_else(|| latin(&block[33..63]));
    }
    Ok(())
}

fn synchsafe(it: [u8; 4]) -> u32 {
    it.iter().fold(0, |sum, byte| sum << 7 | u32::from(byte & 0x7f))
}

/// A text frame: a byte that names the encoding, then the text, the first of several.
fn decoded(value: &[u8]) -> Option<String> {
    let (encoding, bytes) = value.split_first()?;
    match encoding {
        0 => latin(bytes),
        1 | 2 => wide(bytes, *encoding == 2),
        3 => text(String::from_utf8_lossy(bytes).split('\0').next()?),
        _ => None,
    }
}

fn latin(bytes: &[u8]) -> Option<String> {
    let end = bytes.iter().position(|it| *it == 0).unwrap_or(bytes.len());
    // People write UTF-8 where Latin-1 was meant.
    match str::from_utf8(&bytes[..end]) {
        Ok(utf8) => text(utf8),
        Err(_) => text(&bytes[..end].iter().map(|it| char::from(*it)).collect::<String>()),
    }
}

fn wide(bytes: &[u8], big: bool) -> Option<String> {
    let (bytes, big) = match bytes {
        [0xff, 0xfe, rest @ ..] => (rest, false),
        [0xfe, 0xff, rest @ ..] => (rest, true),
        _ => (bytes, big),
    };
    let units = bytes.as_chunks::<2>().0.iter();
    let units = units.map(|it| if big { u16::from_be_bytes(*it) } else { u16::from_le_bytes(*it) });
    let units: Vec<u16> = units.take_while(|it| *it != 0).collect();
    text(&String::from_utf16_lossy(&units))
}
