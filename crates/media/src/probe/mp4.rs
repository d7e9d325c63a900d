//! MP4 and QuickTime: the boxes that say how long, how large and which way up, wherever the index lies.
//! Only these are descended into, so nesting is as deep as the code, and tables of samples are jumped over.

use super::{Probe, vorbis};
use crate::kind::{Audio, Codec, Kind, Video, seconds};
use crate::source::{Reader, Stop};

pub(super) const QUICKTIME: &str = "video/quicktime";
const MP4: &str = "video/mp4";
const M4A: &str = "audio/mp4";

/// Names of the first box of QuickTime files without a brand.
pub(super) const OLD_QUICKTIME: [&[u8]; 4] = [b"moov", b"mdat", b"wide", b"pnot"];

/// Boxes of one level looked at. A long recording in fragments has thousands, but its index is the second.
const BOXES_MAX: usize = 128;

/// The type that a brand means. A picture is only named.
pub(super) fn mime(brand: &[u8; 4]) -> &'static str {
    match brand {
        b"qt  " => QUICKTIME,
        b"M4A " | b"M4B " | b"M4P " => M4A,
        b"heic" | b"heix" | b"hevc" | b"heim" | b"heis" | b"mif1" | b"msf1" => "image/heic",
        b"avif" | b"avis" => "image/avif",
        [b'3', b'g', ..] => "video/3gpp",
        _ => MP4,
    }
}

#[derive(Default)]
struct Movie {
    /// Units and how many are a second.
    duration: (u64, u64),
    pictures: Option<Track>,
    sound: bool,
    /// The longest track, for files whose movie head says nothing.
    longest: (u64, u64),
    /// Where the index begins and ends, if it lies behind the data.
    late_index: Option<(u64, u64)>,
    tags: Audio,
}

#[derive(Clone, Copy, Default)]
struct Track {
    kind: [u8; 4],
    duration: (u64, u64),
    width: u32,
    height: u32,
    rotation: u16,
    codec: Codec,
    rate: Option<f64>,
}

pub(super) fn read(reader: &mut Reader<'_>, mime: &'static str) -> Result<Probe, Stop> {
    let movie = movie(reader)?;
    let said = |(units, per_second)| seconds(units, per_second).filter(|it| !it.is_zero());
    let duration = said(movie.duration).or_else(|| said(movie.longest));
    let Some(track) = movie.pictures else {
        if !movie.sound {
            return Err(Stop::Enough);
        }
        return Ok(Probe::new(M4A, Kind::Audio(Audio { duration, ..movie.tags })));
    };
    let sideways = track.rotation % 180 == 90;
    let video = Video {
        width: if sideways { track.height } else { track.width },
        height: if sideways { track.width } else { track.height },
        rotation: track.rotation,
        duration,
        audio: movie.sound,
        codec: track.codec,
        late_index: movie.late_index,
        alpha: false,
        rate: track.rate,
    };
    Ok(Probe::new(if mime == M4A { MP4 } else { mime }, Kind::Video(video)))
}

/// A box: its name and where it lies.
struct Atom {
    name: [u8; 4],
    at: u64,
    body: u64,
    end: u64,
}

/// The box at `at`, cut where `end` is; none where no head fits.
fn atom(reader: &mut Reader<'_>, at: u64, end: u64) -> Result<Option<Atom>, Stop> {
    if end.saturating_sub(at) < 8 {
        return Ok(None);
    }
    let name = reader.array(at + 4)?;
    let (head, length) = match reader.u32_be(at)? {
        // To the end of what it lies in.
        0 => (8, end - at),
        1 => (16, reader.u64_be(at + 8)?),
        short => (8, u64::from(short)),
    };
    if length < head {
        return Err(Stop::Enough);
    }
    Ok(Some(Atom { name, at, body: at + head, end: at.saturating_add(length).min(end) }))
}

/// Shows each box between two places to `seen`, which says whether to go on.
fn each(
    reader: &mut Reader<'_>,
    mut at: u64,
    end: u64,
    mut seen: impl FnMut(&mut Reader<'_>, &Atom) -> Result<bool, Stop>,
) -> Result<(), Stop> {
    for _ in 0..BOXES_MAX {
        let Some(atom) = atom(reader, at, end)? else { return Ok(()) };
        if !seen(reader, &atom)? {
            return Ok(());
        }
        at = atom.end;
    }
    Ok(())
}

fn movie(reader: &mut Reader<'_>) -> Result<Movie, Stop> {
    let mut movie = Movie::default();
    let (mut found, mut data) = (false, false);
    let end = reader.size();
    each(reader, 0, end, |reader, atom| {
        match &atom.name {
            b"mdat" => data = true,
            b"moov" => {
                found = true;
                movie.late_index = data.then_some((atom.at, atom.end));
                index(reader, atom, &mut movie)?;
            }
            _ => {}
        }
        Ok(!found)
    })?;
    if found { Ok(movie) } else { Err(Stop::Enough) }
}

fn index(reader: &mut Reader<'_>, moov: &Atom, movie: &mut Movie) -> Result<(), Stop> {
    each(reader, moov.body, moov.end, |reader, atom| {
        match &atom.name {
            b"mvhd" => movie.duration = length(reader, atom.body)?,
            b"trak" => {
                let track = track(reader, atom)?;
                movie.sound |= track.kind == *b"soun";
                if track.kind == *b"vide" && movie.pictures.is_none() {
                    movie.pictures = Some(track);
                }
                let (units, per_second) = track.duration;
                let (most, of) = movie.longest;
                if u128::from(units) * u128::from(of.max(1)) > u128::from(most) * u128::from(per_second.max(1)) {
                    movie.longest = track.duration;
                }
            }
            b"mvex" => {
                each(reader, atom.body, atom.end, |reader, inner| {
                    if inner.name == *b"mehd" && movie.duration.0 == 0 {
                        let wide = reader.u8(inner.body)? == 1;
                        let at = inner.body + 4;
                        movie.duration.0 = if wide { reader.u64_be(at)? } else { u64::from(reader.u32_be(at)?) };
                    }
                    Ok(true)
                })?;
            }
            b"udta" => tags(reader, atom, &mut movie.tags)?,
            _ => {}
        }
        Ok(true)
    })
}

/// Duration and its units a second, of `mvhd` and `mdhd`, which begin alike.
fn length(reader: &mut Reader<'_>, body: u64) -> Result<(u64, u64), Stop> {
    let (scale, duration) = match reader.u8(body)? {
        1 => (reader.u32_be(body + 20)?, reader.u64_be(body + 24)?),
        _ => (reader.u32_be(body + 12)?, u64::from(reader.u32_be(body + 16)?)),
    };
    // All ones: it is not known.
    let known = duration != u64::MAX && duration != u64::from(u32::MAX);
    Ok((if known { duration } else { 0 }, u64::from(scale)))
}

fn track(reader: &mut Reader<'_>, trak: &Atom) -> Result<Track, Stop> {
    let mut track = Track::default();
    each(reader, trak.body, trak.end, |reader, atom| {
        match &atom.name {
            b"tkhd" => {
                let matrix = atom.body + if reader.u8(atom.body)? == 1 { 52 } else { 40 };
                track.rotation = rotation(reader, matrix)?;
                track.width = reader.u32_be(matrix + 36)? >> 16;
                track.height = reader.u32_be(matrix + 40)? >> 16;
            }
            b"mdia" => media(reader, atom, &mut track)?,
            _ => {}
        }
        Ok(true)
    })?;
    Ok(track)
}

/// Degrees clockwise, of the matrices that cameras write.
fn rotation(reader: &mut Reader<'_>, at: u64) -> Result<u16, Stop> {
    let mut sign = |place: u64| reader.u32_be(at + 4 * place).map(|it| it.cast_signed().signum());
    let (a, b, c, d) = (sign(0)?, sign(1)?, sign(3)?, sign(4)?);
    Ok(match (a, b, c, d) {
        (0, 1, -1, 0) => 90,
        (-1, 0, 0, -1) => 180,
        (0, -1, 1, 0) => 270,
        _ => 0,
    })
}

fn media(reader: &mut Reader<'_>, mdia: &Atom, track: &mut Track) -> Result<(), Stop> {
    each(reader, mdia.body, mdia.end, |reader, atom| {
        match &atom.name {
            b"mdhd" => track.duration = length(reader, atom.body)?,
            b"hdlr" => track.kind = reader.array(atom.body + 8)?,
            b"minf" => {
                each(reader, atom.body, atom.end, |reader, inner| {
                    if inner.name == *b"stbl" {
                        samples(reader, inner, track)?;
                    }
                    Ok(true)
                })?;
            }
            _ => {}
        }
        Ok(true)
    })
}

/// What the samples are and how often they come.
fn samples(reader: &mut Reader<'_>, stbl: &Atom, track: &mut Track) -> Result<(), Stop> {
    each(reader, stbl.body, stbl.end, |reader, atom| {
        match &atom.name {
            b"stsd" => {
                let entry = atom.body + 8;
                track.codec = match &reader.array(entry + 4)? {
                    b"avc1" | b"avc3" => Codec::Avc,
                    b"hvc1" | b"hev1" => Codec::Hevc,
                    b"av01" => Codec::Av1,
                    b"vp08" => Codec::Vp8,
                    b"vp09" => Codec::Vp9,
                    _ => Codec::Other,
                };
                if track.kind == *b"vide" && (track.width == 0 || track.height == 0) {
                    track.width = u32::from(reader.u16_be(entry + 32)?);
                    track.height = u32::from(reader.u16_be(entry + 34)?);
                }
            }
            // One entry: all samples last the same.
            b"stts" if reader.u32_be(atom.body + 4)? == 1 => {
                let lasts = reader.u32_be(atom.body + 12)?;
                if lasts > 0 {
                    track.rate = Some(track.duration.1 as f64 / f64::from(lasts));
                }
            }
            _ => {}
        }
        Ok(true)
    })
}

/// Title and performer, which lie in `meta/ilst/NAME/data`.
fn tags(reader: &mut Reader<'_>, udta: &Atom, tags: &mut Audio) -> Result<(), Stop> {
    each(reader, udta.body, udta.end, |reader, meta| {
        if meta.name != *b"meta" {
            return Ok(true);
        }
        // Four bytes of version and flags, which QuickTime leaves out.
        let full = reader.array(meta.body + 8)? == *b"hdlr";
        each(reader, meta.body + if full { 4 } else { 0 }, meta.end, |reader, list| {
            if list.name == *b"ilst" {
                each(reader, list.body, list.end, |reader, tag| {
                    match &tag.name {
                        b"\xa9nam" => tags.title = value(reader, tag)?,
                        b"\xa9ART" => tags.performer = value(reader, tag)?,
                        _ => {}
                    }
                    Ok(true)
                })?;
            }
            Ok(true)
        })?;
        Ok(true)
    })
}

fn value(reader: &mut Reader<'_>, tag: &Atom) -> Result<Option<String>, Stop> {
    let Some(data) = atom(reader, tag.body, tag.end)? else { return Ok(None) };
    if data.name != *b"data" {
        return Ok(None);
    }
    let length = data.end.saturating_sub(data.body + 8).min(4 * vorbis::TEXT_MAX as u64);
    let bytes = reader.up_to(data.body + 8, usize::try_from(length).unwrap_or(0))?;
    Ok(vorbis::text(&String::from_utf8_lossy(bytes)))
}
