//! What a file is, by its bytes and never by its name.

mod flac;
mod gif;
mod id3;
mod jpeg;
mod matroska;
mod mp3;
mod mp4;
mod ogg;
mod stills;
#[cfg(test)]
mod tests;
mod vorbis;
mod wav;

use crate::kind::Kind;
use crate::source::{PIECE_MAX, Reader, Source, Stop, Unreadable};
use crate::tgs;

/// What a file is.
#[derive(Clone, Debug, PartialEq)]
pub struct Probe {
    /// Its MIME type; `application/octet-stream` where nothing is known of it.
    pub mime: &'static str,
    /// The same with numbers.
    pub kind: Kind,
}

impl Probe {
    fn new(mime: &'static str, kind: Kind) -> Probe {
        Probe { mime, kind }
    }
}

/// The MIME type of what is not known.
const UNKNOWN: &str = "application/octet-stream";

/// Formats of which only the type is told: their first bytes. PDF's first, as it is the one people send.
const PLAIN: &[(&[u8], &str)] = &[
    (b"%PDF-", "application/pdf"),
    (b"PK\x03\x04", "application/zip"),
    (b"PK\x05\x06", "application/zip"),
    (b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (b"Rar!\x1a\x07", "application/vnd.rar"),
    (b"\xfd7zXZ\0", "application/x-xz"),
    (b"BZh", "application/x-bzip2"),
    (b"\x28\xb5\x2f\xfd", "application/zstd"),
    (b"II*\0", "image/tiff"),
    (b"MM\0*", "image/tiff"),
];

/// What the file of `source` is. A file that is broken or hostile is what its first bytes say, without numbers.
pub fn probe(source: &mut dyn Source) -> Result<Probe, Unreadable> {
    let mut reader = Reader::new(source);
    let head = match reader.up_to(0, HEAD) {
        Ok(head) => head.to_vec(),
        Err(Stop::Enough) => Vec::new(),
        Err(Stop::Unreadable) => return Err(Unreadable),
    };
    let (mime, numbers) = by_head(&mut reader, &head);
    match numbers {
        Ok(Probe { mime, kind }) => Ok(Probe { mime, kind }),
        Err(Stop::Enough) => Ok(Probe::new(mime, Kind::Other)),
        Err(Stop::Unreadable) => Err(Unreadable),
    }
}

/// Bytes by which formats are told apart.
const HEAD: usize = 16;

/// The type that the first bytes promise, and what a look at the rest finds.
fn by_head(reader: &mut Reader<'_>, head: &[u8]) -> (&'static str, Result<Probe, Stop>) {
    let image = |mime, found: Result<_, Stop>| (mime, found.map(|it| Probe::new(mime, Kind::Image(it))));
    let audio = |mime, found: Result<_, Stop>| (mime, found.map(|it| Probe::new(mime, Kind::Audio(it))));
    match head {
        [0xff, 0xd8, 0xff, ..] => image("image/jpeg", jpeg::read(reader)),
        [0x89, b'P', b'N', b'G', 0x0d, 0x0a, 0x1a, 0x0a, ..] => image("image/png", stills::png(reader)),
        [b'G', b'I', b'F', b'8', b'7' | b'9', b'a', ..] => image("image/gif", gif::read(reader)),
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => image("image/webp", stills::webp(reader)),
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'A', b'V', b'E', ..] => audio("audio/wav", wav::read(reader)),
        [b'R', b'I', b'F', b'F', _, _, _, _, b'A', b'V', b'I', b' ', ..] => known("video/x-msvideo"),
        [b'B', b'M', _, _, _, _, 0, 0, 0, 0, ..] => image("image/bmp", stills::bmp(reader)),
        [_, _, _, _, b'f', b't', b'y', b'p', brand @ ..] => {
            let mime = mp4::mime(brand.first_chunk().unwrap_or(&[0; 4]));
            (mime, if mime.starts_with("image/") { Err(Stop::Enough) } else { mp4::read(reader, mime) })
        }
        // QuickTime from before there were brands.
        [_, _, _, _, name @ ..] if mp4::OLD_QUICKTIME.iter().any(|it| name.starts_with(it)) => {
            (mp4::QUICKTIME, mp4::read(reader, mp4::QUICKTIME))
        }
        [0x1a, 0x45, 0xdf, 0xa3, ..] => ("video/x-matroska", matroska::read(reader)),
        [b'O', b'g', b'g', b'S', ..] => audio("audio/ogg", ogg::read(reader)),
        [b'f', b'L', b'a', b'C', ..] => audio("audio/flac", flac::read(reader)),
        [0x1f, 0x8b, ..] => ("application/gzip", packed(reader)),
        _ => match PLAIN.iter().find(|(start, _)| head.starts_with(start)) {
            Some((_, mime)) => known(mime),
            None if mp3::begins(reader) => audio("audio/mpeg", mp3::read(reader)),
            None => known(UNKNOWN),
        },
    }
}

fn known(mime: &'static str) -> (&'static str, Result<Probe, Stop>) {
    (mime, Ok(Probe::new(mime, Kind::Other)))
}

/// A small gzip is looked into: stickers are Lottie in gzip.
fn packed(reader: &mut Reader<'_>) -> Result<Probe, Stop> {
    if reader.size() > tgs::PACKED_MAX as u64 {
        return Err(Stop::Enough);
    }
    let bytes = reader.up_to(0, PIECE_MAX)?;
    let lottie = tgs::read(bytes).map_err(|_| Stop::Enough)?;
    Ok(Probe::new(tgs::MIME, Kind::Lottie(lottie)))
}
