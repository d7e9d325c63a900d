//! Ogg with Opus (voice notes) or Vorbis: how long it plays, by the last page's granule, and its tags.

use super::vorbis;
use crate::kind::{Audio, seconds};
use crate::source::{PIECE_MAX, Reader, Stop};

/// Opus counts at this rate, whatever it was recorded at. Source: RFC 7845, section 4.
const OPUS_RATE: u64 = 48_000;

/// A page's head before its table of segments.
const PAGE_HEAD: u64 = 27;

/// What the first packet says.
struct Stream {
    serial: u32,
    rate: u64,
    /// Samples at the start that are not played.
    skipped: u64,
    opus: bool,
}

pub(super) fn read(reader: &mut Reader<'_>) -> Result<Audio, Stop> {
    let (body, next) = page(reader, 0)?;
    let stream = stream(reader, body)?;
    let mut audio = Audio { voice: stream.opus, ..Audio::default() };
    if let Ok((tags, _)) = page(reader, next) {
        let names: &[u8] = if stream.opus { b"OpusTags" } else { b"\x03vorbis" };
        let block = reader.up_to(tags, PIECE_MAX / 2)?;
        if let Some(comments) = block.strip_prefix(names) {
            vorbis::read(comments, &mut audio);
        }
    }
    let granule = last_granule(reader, stream.serial)?;
    audio.duration = granule.and_then(|it| seconds(it.saturating_sub(stream.skipped), stream.rate));
    Ok(audio)
}

/// Where the body of the page at `at` begins, and where the next page does.
fn page(reader: &mut Reader<'_>, at: u64) -> Result<(u64, u64), Stop> {
    if reader.array(at)? != *b"OggS" {
        return Err(Stop::Enough);
    }
    let count = reader.u8(at + PAGE_HEAD - 1)?;
    let table = reader.bytes(at + PAGE_HEAD, usize::from(count))?;
    let length: u64 = table.iter().map(|it| u64::from(*it)).sum();
    let body = at + PAGE_HEAD + u64::from(count);
    Ok((body, body + length))
}

fn stream(reader: &mut Reader<'_>, body: u64) -> Result<Stream, Stop> {
    let serial = reader.u32_le(14)?;
    let first = reader.bytes(body, 16)?;
    if first.starts_with(b"OpusHead") {
        let skipped = u64::from(u16::from_le_bytes([first[10], first[11]]));
        return Ok(Stream { serial, rate: OPUS_RATE, skipped, opus: true });
    }
    if first.starts_with(b"\x01vorbis") {
        let rate = u64::from(u32::from_le_bytes([first[12], first[13], first[14], first[15]]));
        return Ok(Stream { serial, rate, skipped: 0, opus: false });
    }
    Err(Stop::Enough)
}

/// The granule of the stream's last page that has one. A page is at most 65,307 bytes, so that the last 64 KiB
/// hold a page's head.
fn last_granule(reader: &mut Reader<'_>, serial: u32) -> Result<Option<u64>, Stop> {
    let from = reader.size().saturating_sub(PIECE_MAX as u64);
    let tail = reader.up_to(from, PIECE_MAX)?;
    let pages = (0..tail.len()).rev().filter(|at| tail[*at..].starts_with(b"OggS"));
    let mut granules = pages.filter_map(|at| {
        let head = tail.get(at..at + 18)?;
        let granule = u64::from_le_bytes(head[6..14].try_into().ok()?);
        (head[14..18] == serial.to_le_bytes() && granule != u64::MAX).then_some(granule)
    });
    Ok(granules.next())
}
