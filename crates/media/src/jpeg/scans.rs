//! Coefficients as symbols: one scan of all, or one of rough brightness and colour and four of details.

use super::planes::{Block, Planes};

/// A symbol to be coded by the table in `slot`, and bits that follow it as they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Token {
    pub(super) slot: u8,
    pub(super) symbol: u8,
    pub(super) bits: u16,
    pub(super) count: u8,
}

pub(super) struct Scan {
    /// Numbers of the planes.
    pub(super) components: Vec<u8>,
    /// First and last coefficient, in zigzag order.
    pub(super) band: (u8, u8),
    pub(super) tokens: Vec<Token>,
}

/// Sixteen zeros in a row.
const ZEROS: u8 = 0xf0;

/// Longest run of empty blocks that one symbol can announce.
const EMPTY_MAX: u16 = 0x7fff;

pub(super) fn baseline(planes: &Planes) -> Vec<Scan> {
    let mut tokens = Vec::new();
    let mut before = [0; 3];
    interleaved(planes, |component, block| {
        first(component, block, &mut before, &mut tokens);
        details(component, block, &mut tokens);
    });
    vec![Scan { components: vec![0, 1, 2], band: (0, 63), tokens }]
}

pub(super) fn progressive(planes: &Planes) -> Vec<Scan> {
    let mut tokens = Vec::new();
    let mut before = [0; 3];
    interleaved(planes, |component, block| first(component, block, &mut before, &mut tokens));
    let mut scans = vec![Scan { components: vec![0, 1, 2], band: (0, 0), tokens }];
    for (component, band) in [(0, (1, 5)), (1, (1, 63)), (2, (1, 63)), (0, (6, 63))] {
        scans.push(Scan { components: vec![component], band, tokens: banded(planes, component, band) });
    }
    scans
}

/// Shows the blocks unit by unit: four of brightness, one of each colour.
fn interleaved(planes: &Planes, mut seen: impl FnMut(u8, &Block)) {
    let [brightness, blue, red] = &planes.planes;
    for y in 0..planes.units.1 {
        for x in 0..planes.units.0 {
            for (right, below) in [(0, 0), (1, 0), (0, 1), (1, 1)] {
                seen(0, &brightness.blocks[(2 * y + below) * brightness.stride + 2 * x + right]);
            }
            seen(1, &blue.blocks[y * blue.stride + x]);
            seen(2, &red.blocks[y * red.stride + x]);
        }
    }
}

/// The slot of a component's table: DC, or AC behind it.
fn slot(component: u8, alternating: bool) -> u8 {
    2 * u8::from(component > 0) + u8::from(alternating)
}

/// A block's first coefficient, as the difference to that before it.
fn first(component: u8, block: &Block, before: &mut [i16; 3], tokens: &mut Vec<Token>) {
    let last = &mut before[usize::from(component)];
    let (bits, count) = magnitude(block[0] - *last);
    *last = block[0];
    tokens.push(Token { slot: slot(component, false), symbol: count, bits, count });
}

/// The rest of a block, up to its last coefficient.
fn details(component: u8, block: &Block, tokens: &mut Vec<Token>) {
    let slot = slot(component, true);
    let left = run(slot, &block[1..], tokens);
    if left > 0 {
        tokens.push(Token { slot, symbol: 0, bits: 0, count: 0 });
    }
}

/// Symbols of the coefficients that are not zero; gives the number of zeros at the end.
fn run(slot: u8, coefficients: &[i16], tokens: &mut Vec<Token>) -> usize {
    let mut zeros = 0_usize;
    for value in coefficients {
        if *value == 0 {
            zeros += 1;
            continue;
        }
        while zeros >= 16 {
            tokens.push(Token { slot, symbol: ZEROS, bits: 0, count: 0 });
            zeros -= 16;
        }
        let (bits, count) = magnitude(*value);
        tokens.push(Token { slot, symbol: (zeros as u8) << 4 | count, bits, count });
        zeros = 0;
    }
    zeros
}

/// A band of one plane, block after block; a row of blocks without anything more is one symbol.
fn banded(planes: &Planes, component: u8, band: (u8, u8)) -> Vec<Token> {
    let plane = &planes.planes[usize::from(component)];
    let slot = slot(component, true);
    let mut tokens = Vec::new();
    let mut empty = 0;
    for y in 0..plane.down {
        for x in 0..plane.across {
            let block = &plane.blocks[y * plane.stride + x];
            let coefficients = &block[usize::from(band.0)..=usize::from(band.1)];
            if coefficients.iter().any(|it| *it != 0) {
                announce(slot, &mut empty, &mut tokens);
            }
            let left = run(slot, coefficients, &mut tokens);
            empty += u16::from(left > 0);
            if empty == EMPTY_MAX {
                announce(slot, &mut empty, &mut tokens);
            }
        }
    }
    announce(slot, &mut empty, &mut tokens);
    tokens
}

fn announce(slot: u8, empty: &mut u16, tokens: &mut Vec<Token>) {
    if *empty > 0 {
        let count = empty.ilog2() as u8;
        tokens.push(Token { slot, symbol: count << 4, bits: *empty & ((1 << count) - 1), count });
        *empty = 0;
    }
}

/// A value as its low bits and their number; of a negative one, the bits of one less.
fn magnitude(value: i16) -> (u16, u8) {
    let count = 16 - value.unsigned_abs().leading_zeros() as u8;
    let bits = if value < 0 { value.wrapping_sub(1) } else { value };
    (bits.cast_unsigned() & ((1_u32 << count) - 1) as u16, count)
}
