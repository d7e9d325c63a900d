//! Huffman codes of a JPEG: the standard ones, those that fit a scan best, and the bits that come of them.

use super::tables::CODES;

/// Longest code that a JPEG may have, in bits.
const LENGTH_MAX: usize = 16;

/// How many codes there are of each length, and the symbols in the order of their codes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Table {
    pub(super) lengths: [u8; LENGTH_MAX],
    pub(super) symbols: Vec<u8>,
}

impl Table {
    pub(super) fn standard() -> [Table; 4] {
        CODES.map(|(lengths, symbols)| Table { lengths, symbols: symbols.to_vec() })
    }

    /// The shortest codes for symbols that occur so often; empty if none does.
    pub(super) fn fitting(counts: &[u32; 256]) -> Table {
        let lengths = code_lengths(counts);
        let mut table = Table::default();
        for length in 1..=LENGTH_MAX {
            let symbols = (0..=255_u8).filter(|it| lengths[usize::from(*it)] == length);
            let before = table.symbols.len();
            table.symbols.extend(symbols);
            table.lengths[length - 1] =
                u8::try_from(table.symbols.len() - before).expect("a symbol for the reserved code is left out");
        }
        table
    }

    /// Code and length of each symbol; length 0 of those without.
    pub(super) fn codes(&self) -> [(u16, u8); 256] {
        let mut codes = [(0, 0); 256];
        let mut symbols = self.symbols.iter();
        let mut code = 0_u32;
        for (length, count) in (1..).zip(self.lengths) {
            for symbol in symbols.by_ref().take(usize::from(count)) {
                codes[usize::from(*symbol)] = (code as u16, length);
                code += 1;
            }
            code <<= 1;
        }
        codes
    }
}

/// Lengths of codes, at most [`LENGTH_MAX`], so that the whole is shortest: packages of pairs are merged once
/// a length. One more symbol that never occurs takes the code of ones only, which a JPEG must not use.
fn code_lengths(counts: &[u32; 256]) -> [usize; 257] {
    const RESERVED: u16 = 256;
    let mut leaves: Vec<(u64, Vec<u16>)> = (0..256_u16)
        .zip(counts)
        .filter(|(_, count)| **count > 0)
        .map(|(symbol, count)| (u64::from(*count), vec![symbol]))
        .collect();
    let mut lengths = [0; 257];
    if leaves.is_empty() {
        return lengths;
    }
    let used = leaves.len();
    leaves.push((0, vec![RESERVED]));
    leaves.sort_by_key(|(count, _)| *count);
    let mut row = leaves.clone();
    for _ in 1..LENGTH_MAX {
        let packages = row.chunks_exact(2).map(|pair| (pair[0].0 + pair[1].0, [&pair[0].1[..], &pair[1].1].concat()));
        let mut merged: Vec<(u64, Vec<u16>)> = packages.chain(leaves.iter().cloned()).collect();
        merged.sort_by_key(|(count, _)| *count);
        row = merged;
    }
    for (_, symbols) in row.iter().take(2 * used) {
        symbols.iter().for_each(|it| lengths[usize::from(*it)] += 1);
    }
    lengths
}

/// Bits that become bytes, with a zero after each byte of ones, as a JPEG has it.
#[derive(Default)]
pub(super) struct Bits {
    bytes: Vec<u8>,
    held: u64,
    count: u32,
}

impl Bits {
    /// Appends the low `count` bits.
    pub(super) fn put(&mut self, bits: u16, count: u8) {
        self.held = self.held << count | u64::from(bits) & ((1 << count) - 1);
        self.count += u32::from(count);
        while self.count >= 8 {
            self.count -= 8;
            let byte = (self.held >> self.count) as u8;
            self.bytes.push(byte);
            if byte == 0xff {
                self.bytes.push(0);
            }
        }
        self.held &= (1 << self.count) - 1;
    }

    /// Fills the last byte with ones.
    pub(super) fn end(mut self) -> Vec<u8> {
        if self.count > 0 {
            let left = 8 - self.count;
            self.put(u16::MAX, left as u8);
        }
        self.bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The sum of 2^-length, in units of the longest code.
    fn filled(table: &Table) -> u32 {
        (1..).zip(table.lengths).map(|(length, count)| u32::from(count) << (16 - length)).sum()
    }

    #[test]
    fn fitting_codes_are_prefixes_of_none_and_leave_out_ones() {
        let mut fibonacci = [0_u32; 256];
        let (mut a, mut b) = (1, 1);
        for count in fibonacci.iter_mut().take(40) {
            *count = a;
            (a, b) = (b, a + b);
        }
        let every = [1; 256];
        let mut one = [0; 256];
        one[7] = 9;
        for (counts, symbols) in [(fibonacci, 40), (every, 256), (one, 1)] {
            let table = Table::fitting(&counts);
            assert_eq!(table.symbols.len(), symbols);
            assert!(filled(&table) < 1 << 16, "the code of ones is free");
            assert!(table.codes().iter().filter(|it| it.1 > 0).count() == symbols);
        }
        assert_eq!(Table::fitting(&[0; 256]), Table::default());
    }

    #[test]
    fn what_is_frequent_is_short() {
        let mut counts = [0; 256];
        counts[1] = 1000;
        counts[2] = 10;
        counts[3] = 1;
        let codes = Table::fitting(&counts).codes();
        assert_eq!([codes[1].1, codes[2].1, codes[3].1], [1, 2, 3]);
    }

    #[test]
    fn a_byte_of_ones_is_followed_by_a_zero() {
        let mut bits = Bits::default();
        bits.put(0xfff, 12);
        bits.put(0, 3);
        assert_eq!(bits.end(), [0xff, 0x00, 0xf1]);
    }
}
