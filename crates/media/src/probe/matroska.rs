//! WebM and Matroska: length, size and tracks; of short files, and of those that do not say how long they are,
//! also the blocks, by which video stickers are judged.

use super::{Probe, vorbis};
use crate::kind::{Audio, Codec, Kind, Video, fractional_seconds};
use crate::source::{Reader, Stop};

/// Elements looked at in one file. A sticker of 3 s has some 100 blocks, a round video of a minute 5,000.
const ELEMENTS_MAX: usize = 16_384;

/// Files up to this size have their blocks counted, whatever their head says: video stickers are at most 256 KiB.
const COUNTED_MAX: u64 = 1 << 20;

/// Tracks kept.
const TRACKS_MAX: usize = 32;

mod id {
    pub(super) const EBML: u64 = 0x1a45_dfa3;
    pub(super) const DOC_TYPE: u64 = 0x4282;
    pub(super) const SEGMENT: u64 = 0x1853_8067;
    pub(super) const INFO: u64 = 0x1549_a966;
    pub(super) const TIMESTAMP_SCALE: u64 = 0x002a_d7b1;
    pub(super) const DURATION: u64 = 0x4489;
    pub(super) const TITLE: u64 = 0x7ba9;
    pub(super) const TRACKS: u64 = 0x1654_ae6b;
    pub(super) const TRACK_ENTRY: u64 = 0xae;
    pub(super) const TRACK_NUMBER: u64 = 0xd7;
    pub(super) const TRACK_TYPE: u64 = 0x83;
    pub(super) const CODEC_ID: u64 = 0x86;
    pub(super) const DEFAULT_DURATION: u64 = 0x0023_e383;
    pub(super) const VIDEO: u64 = 0xe0;
    pub(super) const PIXEL_WIDTH: u64 = 0xb0;
    pub(super) const PIXEL_HEIGHT: u64 = 0xba;
    pub(super) const ALPHA_MODE: u64 = 0x53c0;
    pub(super) const CLUSTER: u64 = 0x1f43_b675;
    pub(super) const TIMESTAMP: u64 = 0xe7;
    pub(super) const SIMPLE_BLOCK: u64 = 0xa3;
    pub(super) const BLOCK_GROUP: u64 = 0xa0;
    pub(super) const BLOCK: u64 = 0xa1;
}

#[derive(Default)]
struct Found {
    webm: bool,
    /// Nanoseconds of a unit of time.
    scale: u64,
    /// In units.
    duration: f64,
    title: Option<String>,
    tracks: Vec<Track>,
    /// Start of the cluster under way, and of the last block that was seen, in units.
    cluster: u64,
    last: u64,
    frames: u64,
    /// All blocks were seen.
    whole: bool,
}

#[derive(Clone, Copy, Default)]
struct Track {
    number: u64,
    pictures: bool,
    sound: bool,
    codec: Codec,
    /// Nanoseconds of a frame, 0 where it is not said.
    lasts: u64,
    width: u32,
    height: u32,
    alpha: bool,
}

/// An element: where its body lies; `end` is none where its length is not known.
struct Element {
    id: u64,
    body: u64,
    end: Option<u64>,
}

pub(super) fn read(reader: &mut Reader<'_>) -> Result<Probe, Stop> {
    let mut found = Found { scale: 1_000_000, ..Found::default() };
    let segment = head(reader, &mut found)?;
    match walk(reader, segment, &mut found) {
        // What the tracks say is there however the file ends.
        Ok(()) | Err(Stop::Enough) => {}
        Err(Stop::Unreadable) => return Err(Stop::Unreadable),
    }
    concluded(found)
}

fn concluded(found: Found) -> Result<Probe, Stop> {
    let unit = found.scale as f64 / 1e9;
    let pictures = found.tracks.iter().find(|it| it.pictures).copied();
    let frame = pictures.map_or(0.0, |it| it.lasts as f64 / 1e9);
    let length = if found.duration > 0.0 {
        Some(found.duration * unit)
    } else {
        (found.whole && found.frames > 0).then_some(found.last as f64 * unit + frame)
    };
    let duration = length.and_then(fractional_seconds);
    let sound = found.tracks.iter().any(|it| it.sound);
    let Some(track) = pictures else {
        if !sound {
            return Err(Stop::Enough);
        }
        let audio = Audio { duration, title: found.title, ..Audio::default() };
        return Ok(Probe::new(if found.webm { "audio/webm" } else { "audio/x-matroska" }, Kind::Audio(audio)));
    };
    let counted = length.filter(|it| found.whole && found.frames > 0 && *it > 0.0);
    let said = (track.lasts > 0).then(|| 1e9 / track.lasts as f64);
    let video = Video {
        width: track.width,
        height: track.height,
        rotation: 0,
        duration,
        audio: sound,
        codec: track.codec,
        late_index: None,
        alpha: track.alpha,
        rate: counted.map(|it| found.frames as f64 / it).or(said),
    };
    Ok(Probe::new(if found.webm { "video/webm" } else { "video/x-matroska" }, Kind::Video(video)))
}

/// The EBML head; gives where the segment begins.
fn head(reader: &mut Reader<'_>, found: &mut Found) -> Result<u64, Stop> {
    let ebml = element(reader, 0)?;
    let end = ebml.end.filter(|_| ebml.id == id::EBML).ok_or(Stop::Enough)?;
    each(reader, ebml.body, end, |reader, it| {
        if it.id == id::DOC_TYPE {
            found.webm = reader.up_to(it.body, 4)? == b"webm";
        }
        Ok(())
    })?;
    Ok(end)
}

/// The segment's children in a row. Clusters and groups of blocks are stepped into rather than over, so that
/// one loop sees all, also where a live recording left lengths out.
fn walk(reader: &mut Reader<'_>, segment: u64, found: &mut Found) -> Result<(), Stop> {
    let start = element(reader, segment)?;
    if start.id != id::SEGMENT {
        return Err(Stop::Enough);
    }
    let end = start.end.unwrap_or(u64::MAX).min(reader.size());
    let mut at = start.body;
    for _ in 0..ELEMENTS_MAX {
        if at >= end {
            found.whole = true;
            return Ok(());
        }
        let it = element(reader, at)?;
        at = match it.id {
            id::CLUSTER if found.duration > 0.0 && reader.size() > COUNTED_MAX => return Ok(()),
            id::CLUSTER | id::BLOCK_GROUP => it.body,
            _ => it.end.ok_or(Stop::Enough)?,
        };
        let end = it.end.unwrap_or(at);
        match it.id {
            id::INFO => info(reader, it.body, end, found)?,
            id::TRACKS => tracks(reader, it.body, end, found)?,
            id::TIMESTAMP => found.cluster = unsigned(reader, &it)?,
            id::SIMPLE_BLOCK | id::BLOCK => block(reader, it.body, found)?,
            _ => {}
        }
    }
    Ok(())
}

fn info(reader: &mut Reader<'_>, from: u64, end: u64, found: &mut Found) -> Result<(), Stop> {
    each(reader, from, end, |reader, it| {
        match it.id {
            id::TIMESTAMP_SCALE => found.scale = unsigned(reader, it)?,
            id::DURATION => found.duration = float(reader, it)?,
            id::TITLE => {
                let length = it.end.unwrap_or(it.body).saturating_sub(it.body).min(4 * vorbis::TEXT_MAX as u64);
                let bytes = reader.up_to(it.body, usize::try_from(length).unwrap_or(0))?;
                found.title = vorbis::text(&String::from_utf8_lossy(bytes));
            }
            _ => {}
        }
        Ok(())
    })
}

fn tracks(reader: &mut Reader<'_>, from: u64, end: u64, found: &mut Found) -> Result<(), Stop> {
    each(reader, from, end, |reader, it| {
        if it.id == id::TRACK_ENTRY && found.tracks.len() < TRACKS_MAX {
            let mut track = Track::default();
            each(reader, it.body, it.end.unwrap_or(it.body), |reader, it| field(reader, it, &mut track))?;
            found.tracks.push(track);
        }
        Ok(())
    })
}

fn field(reader: &mut Reader<'_>, it: &Element, track: &mut Track) -> Result<(), Stop> {
    match it.id {
        id::TRACK_NUMBER => track.number = unsigned(reader, it)?,
        id::TRACK_TYPE => {
            let kind = unsigned(reader, it)?;
            (track.pictures, track.sound) = (kind == 1, kind == 2);
        }
        id::CODEC_ID => {
            let name = reader.up_to(it.body, 16)?;
            let names: [(&[u8], Codec); 5] = [
                (b"V_VP8", Codec::Vp8),
                (b"V_VP9", Codec::Vp9),
                (b"V_AV1", Codec::Av1),
                (b"V_MPEG4/ISO/AVC", Codec::Avc),
                (b"V_MPEGH/ISO/HEVC", Codec::Hevc),
            ];
            track.codec = names.iter().find(|(it, _)| name.starts_with(it)).map_or(Codec::Other, |it| it.1);
        }
        id::DEFAULT_DURATION => track.lasts = unsigned(reader, it)?,
        id::VIDEO => each(reader, it.body, it.end.unwrap_or(it.body), |reader, it| {
            match it.id {
                id::PIXEL_WIDTH => track.width = pixels(unsigned(reader, it)?)?,
                id::PIXEL_HEIGHT => track.height = pixels(unsigned(reader, it)?)?,
                id::ALPHA_MODE => track.alpha = unsigned(reader, it)? == 1,
                _ => {}
            }
            Ok(())
        })?,
        _ => {}
    }
    Ok(())
}

/// A block's head: its track, and its time after the cluster's.
fn block(reader: &mut Reader<'_>, at: u64, found: &mut Found) -> Result<(), Stop> {
    let (track, length) = varying(reader, at, false)?;
    let after = i64::from(reader.u16_be(at + length)?.cast_signed());
    let counts = found.tracks.iter().any(|it| it.pictures && Some(it.number) == track);
    if counts || !found.tracks.iter().any(|it| it.pictures) {
        found.frames += 1;
        found.last = found.last.max(found.cluster.saturating_add_signed(after));
    }
    Ok(())
}

fn pixels(value: u64) -> Result<u32, Stop> {
    u32::try_from(value).map_err(|_| Stop::Enough)
}

/// Shows each element between two places to `seen`.
fn each(
    reader: &mut Reader<'_>,
    mut at: u64,
    end: u64,
    mut seen: impl FnMut(&mut Reader<'_>, &Element) -> Result<(), Stop>,
) -> Result<(), Stop> {
    for _ in 0..256 {
        if at >= end {
            return Ok(());
        }
        let it = element(reader, at)?;
        seen(reader, &it)?;
        at = it.end.ok_or(Stop::Enough)?;
    }
    Err(Stop::Enough)
}

fn element(reader: &mut Reader<'_>, at: u64) -> Result<Element, Stop> {
    let (id, id_length) = varying(reader, at, true)?;
    let (length, size_length) = varying(reader, at + id_length, false)?;
    let id = id.filter(|_| id_length <= 4).ok_or(Stop::Enough)?;
    let body = at + id_length + size_length;
    let end = match length {
        Some(length) => Some(body.checked_add(length).ok_or(Stop::Enough)?),
        None => None,
    };
    Ok(Element { id, body, end })
}

/// A number whose first byte says how long it is, and its length; none where all its bits are set, which means
/// "not known". The mark of the length belongs to an id and not to a size.
fn varying(reader: &mut Reader<'_>, at: u64, marked: bool) -> Result<(Option<u64>, u64), Stop> {
    let first = reader.u8(at)?;
    let length = first.leading_zeros() + 1;
    if length > 8 {
        return Err(Stop::Enough);
    }
    let mut bytes = [0; 8];
    let wanted = reader.bytes(at, length as usize)?;
    bytes[8 - wanted.len()..].copy_from_slice(wanted);
    let value = u64::from_be_bytes(bytes);
    let all = (1 << (7 * length)) - 1;
    let bare = value & all;
    let known = (bare != all).then_some(if marked { value } else { bare });
    Ok((known, u64::from(length)))
}

fn unsigned(reader: &mut Reader<'_>, it: &Element) -> Result<u64, Stop> {
    let length = it.end.ok_or(Stop::Enough)? - it.body;
    let length = usize::try_from(length).ok().filter(|it| *it <= 8).ok_or(Stop::Enough)?;
    let bytes = reader.bytes(it.body, length)?;
    Ok(bytes.iter().fold(0, |sum, byte| sum << 8 | u64::from(*byte)))
}

fn float(reader: &mut Reader<'_>, it: &Element) -> Result<f64, Stop> {
    match it.end.ok_or(Stop::Enough)? - it.body {
        4 => reader.array(it.body).map(|it| f64::from(f32::from_be_bytes(it))),
        8 => reader.array(it.body).map(f64::from_be_bytes),
        _ => Err(Stop::Enough),
    }
}
