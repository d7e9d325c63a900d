//! A JPEG encoder: baseline with the standard tables, which stripped thumbnails need to the bit, or progressive
//! with tables of its own, whose prefixes are pictures already. Colour at half the resolution, no metadata.

mod codes;
mod cosine;
mod planes;
mod scans;
mod tables;
#[cfg(test)]
mod tests;

use crate::picture::Picture;
use codes::{Bits, Table};
use planes::Planes;
use scans::{Scan, Token};

/// Quality of what people look at, 1 to 100.
pub const QUALITY: u8 = 87;

/// How coefficients are laid out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Coding {
    /// One scan from top to bottom.
    Baseline,
    /// First a rough whole, then its details.
    Progressive,
}

/// An encoded picture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Jpeg {
    pub(crate) bytes: Vec<u8>,
    /// Where each scan ends: with these many bytes the picture can be shown, each time better.
    pub(crate) scans: Vec<usize>,
}

/// Encodes an opaque picture of at most 65,535 pixels a side.
pub(crate) fn encode(picture: &Picture, quality: u8, coding: Coding) -> Jpeg {
    let planes = Planes::new(picture, &tables::steps(quality));
    let mut bytes = head(picture.width, picture.height, quality, coding);
    let mut ends = Vec::new();
    let parts = match coding {
        Coding::Baseline => scans::baseline(&planes),
        Coding::Progressive => scans::progressive(&planes),
    };
    for scan in &parts {
        let chosen = match coding {
            Coding::Baseline => Table::standard(),
            Coding::Progressive => fitting(&scan.tokens),
        };
        for (slot, table) in chosen.iter().enumerate().filter(|(_, it)| !it.symbols.is_empty()) {
            define_codes(&mut bytes, slot, table);
        }
        start_scan(&mut bytes, scan);
        bytes.extend(written(&scan.tokens, &chosen));
        ends.push(bytes.len());
    }
    bytes.extend(END);
    Jpeg { bytes, scans: ends }
}

/// The end of a picture.
pub(crate) const END: [u8; 2] = [0xff, 0xd9];

/// Only the data of the one scan of a baseline picture, without what is before and behind it.
pub(crate) fn bare_scan(picture: &Picture, quality: u8) -> Vec<u8> {
    let planes = Planes::new(picture, &tables::steps(quality));
    let parts = scans::baseline(&planes);
    parts.iter().flat_map(|it| written(&it.tokens, &Table::standard())).collect()
}

/// Everything before the data of a baseline picture's scan.
pub(crate) fn baseline_head(width: u32, height: u32, quality: u8) -> Vec<u8> {
    let mut bytes = head(width, height, quality, Coding::Baseline);
    for (slot, table) in Table::standard().iter().enumerate() {
        define_codes(&mut bytes, slot, table);
    }
    start_scan(&mut bytes, &Scan { components: vec![0, 1, 2], band: (0, 63), tokens: Vec::new() });
    bytes
}

/// Start, JFIF, steps, and the frame with its size.
fn head(width: u32, height: u32, quality: u8, coding: Coding) -> Vec<u8> {
    let mut bytes = vec![0xff, 0xd8];
    segment(&mut bytes, 0xe0, b"JFIF\0\x01\x01\0\0\x01\0\x01\0\0");
    for (number, steps) in (0_u8..).zip(tables::steps(quality)) {
        segment(&mut bytes, 0xdb, &[&[number], &steps[..]].concat());
    }
    let side = |it: u32| u16::try_from(it).expect("pictures are scaled before they are encoded").to_be_bytes();
    let (height, width) = (side(height), side(width));
    // Eight bits; three components, the first at twice the resolution of the others.
    let mut frame = vec![8, height[0], height[1], width[0], width[1], 3];
    frame.extend([1, 0x22, 0, 2, 0x11, 1, 3, 0x11, 1]);
    segment(&mut bytes, if coding == Coding::Baseline { 0xc0 } else { 0xc2 }, &frame);
    bytes
}

/// Slots in the order of [`tables::CODES`], each followed at once by its AC table in the standard header.
fn define_codes(bytes: &mut Vec<u8>, slot: usize, table: &Table) {
    // Class in the high half, number in the low one.
    let name = [0x00, 0x10, 0x01, 0x11][slot];
    segment(bytes, 0xc4, &[&[name], &table.lengths[..], &table.symbols[..]].concat());
}

fn start_scan(bytes: &mut Vec<u8>, scan: &Scan) {
    let mut head = vec![scan.components.len() as u8];
    for component in &scan.components {
        head.extend([component + 1, if *component == 0 { 0x00 } else { 0x11 }]);
    }
    head.extend([scan.band.0, scan.band.1, 0]);
    segment(bytes, 0xda, &head);
}

fn segment(bytes: &mut Vec<u8>, marker: u8, body: &[u8]) {
    bytes.extend([0xff, marker]);
    let length = u16::try_from(body.len() + 2).expect("no segment of ours is long");
    bytes.extend(length.to_be_bytes());
    bytes.extend(body);
}

/// The tables by which these tokens are shortest.
fn fitting(tokens: &[Token]) -> [Table; 4] {
    let mut counts = [[0_u32; 256]; 4];
    for token in tokens {
        counts[usize::from(token.slot)][usize::from(token.symbol)] += 1;
    }
    counts.each_ref().map(Table::fitting)
}

fn written(tokens: &[Token], chosen: &[Table; 4]) -> Vec<u8> {
    let codes = chosen.each_ref().map(Table::codes);
    let mut bits = Bits::default();
    for token in tokens {
        let (code, length) = codes[usize::from(token.slot)][usize::from(token.symbol)];
        bits.put(code, length);
        bits.put(token.bits, token.count);
    }
    bits.end()
}
