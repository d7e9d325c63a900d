//! Text that is all ASCII, as most is, told without a look at each byte.

/// Bytes of a word that have their highest bit.
const HIGH: u64 = 0x8080_8080_8080_8080;

#[inline]
pub(super) fn ascii(bytes: &[u8]) -> bool {
    let (words, rest) = bytes.as_chunks::<8>();
    let all = words.iter().fold(0, |all, word| all | u64::from_le_bytes(*word));
    let last = rest.iter().fold(0, |all, byte| all | byte);
    all & HIGH == 0 && last < 0x80
}
