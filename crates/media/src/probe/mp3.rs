//! MP3: two frames in a row say that it is one; how long it plays is told by a Xing, Info or VBRI frame, or by
//! the rate of its first frame.

use super::id3;
use crate::kind::{Audio, seconds};
use crate::source::{Reader, Stop};

/// Bytes behind the tags in which the first frame must begin; some writers pad.
const SEARCHED: u64 = 8 << 10;

/// A frame's head.
#[derive(Clone, Copy)]
struct Frame {
    /// Bits a second.
    bit_rate: u64,
    /// Samples a second.
    rate: u64,
    samples: u64,
    length: u64,
    /// Bytes from the frame's start to where a Xing block would be.
    side: u64,
    /// Version and layer, which do not change within a file.
    kind: u8,
}

/// Whether the file begins as an MP3 does: with ID3 tags, or two frames in a row.
pub(super) fn begins(reader: &mut Reader<'_>) -> bool {
    reader.array(0).is_ok_and(|it| it == *b"ID3") || pair(reader, 0).is_ok()
}

pub(super) fn read(reader: &mut Reader<'_>) -> Result<Audio, Stop> {
    let mut audio = Audio::default();
    let start = id3::front(reader, &mut audio)?;
    let (at, frame) = first(reader, start)?;
    let sound = reader.size().saturating_sub(at);
    let frames = counted(reader, at, frame)?;
    audio.duration = match frames {
        Some(frames) => seconds(u64::from(frames) * frame.samples, frame.rate),
        None => seconds(sound * 8, frame.bit_rate),
    };
    id3::back(reader, &mut audio)?;
    Ok(audio)
}

fn first(reader: &mut Reader<'_>, start: u64) -> Result<(u64, Frame), Stop> {
    for at in start..start.saturating_add(SEARCHED) {
        match pair(reader, at) {
            Ok(frame) => return Ok((at, frame)),
            Err(Stop::Unreadable) => return Err(Stop::Unreadable),
            Err(Stop::Enough) if at + 4 > reader.size() => break,
            Err(Stop::Enough) => {}
        }
    }
    Err(Stop::Enough)
}

/// A frame at `at` that is followed by another of its kind, or by the file's end.
fn pair(reader: &mut Reader<'_>, at: u64) -> Result<Frame, Stop> {
    let frame = frame(reader.array(at)?).ok_or(Stop::Enough)?;
    let next = at + frame.length;
    if at > 0 && next == reader.size() {
        return Ok(frame);
    }
    let second = self::frame(reader.array(next)?).ok_or(Stop::Enough)?;
    if second.kind == frame.kind { Ok(frame) } else { Err(Stop::Enough) }
}

/// Frames in the whole file, as an encoder's first frame says.
fn counted(reader: &mut Reader<'_>, at: u64, frame: Frame) -> Result<Option<u32>, Stop> {
    let xing: [u8; 12] = reader.array(at + frame.side).unwrap_or_default();
    let number = |it: &[u8; 12]| u32::from_be_bytes([it[8], it[9], it[10], it[11]]);
    if (xing.starts_with(b"Xing") || xing.starts_with(b"Info")) && xing[7] & 1 == 1 {
        return Ok(Some(number(&xing)));
    }
    let vbri: [u8; 18] = reader.array(at + 36).unwrap_or([0; 18]);
    if vbri.starts_with(b"VBRI") {
        return Ok(Some(u32::from_be_bytes([vbri[14], vbri[15], vbri[16], vbri[17]])));
    }
    Ok(None)
}

/// Kilobits a second by index, for MPEG 1 and for MPEG 2 and 2.5; layer III only, which is what "MP3" means.
const RATES: [[u64; 14]; 2] = [
    [32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320],
    [8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
];

fn frame(head: [u8; 4]) -> Option<Frame> {
    if head[0] != 0xff || head[1] & 0xe0 != 0xe0 {
        return None;
    }
    let version = head[1] >> 3 & 3;
    let layer = head[1] >> 1 & 3;
    let (index, speed) = (usize::from(head[2] >> 4), head[2] >> 2 & 3);
    if version == 1 || layer != 1 || index == 0 || index == 15 || speed == 3 {
        return None;
    }
    let one = version == 3;
    let halvings = [2, 0, 1, 0][usize::from(version)];
    let rate = [44_100, 48_000, 32_000][usize::from(speed)] >> halvings;
    let bit_rate = RATES[usize::from(!one)][index - 1] * 1000;
    let samples = if one { 1152 } else { 576 };
    let padding = u64::from(head[2] >> 1 & 1);
    let mono = head[3] >> 6 == 3;
    let side = 4 + match (one, mono) {
        (true, false) => 32,
        (true, true) | (false, false) => 17,
        (false, true) => 9,
    };
    let length = samples / 8 * bit_rate / rate + padding;
    Some(Frame { bit_rate, rate, samples, length, side, kind: head[1] & 0xfe })
}
