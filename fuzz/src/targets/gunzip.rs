//! Packed payloads in both framings: what comes out is bounded, whatever goes in.

use tl::gunzip::unpack;

/// Unpacked sizes above this are not interesting and slow the fuzzer down.
const CAP: usize = 1 << 18;

/// One input: unpacked under a wide and under a tight cap.
pub fn run(data: &[u8]) {
    let Ok(out) = unpack(data, CAP) else { return };
    assert!(out.len() <= CAP);
    assert_eq!(unpack(data, out.len()).as_ref(), Ok(&out), "exactly the cap is enough");
    if let Some(less) = out.len().checked_sub(1) {
        assert!(unpack(data, less).is_err());
    }
}

/// A zlib and a gzip stream of a stored block, and a zlib stream of a compressed one.
pub fn seeds() -> Vec<Vec<u8>> {
    let text = b"so much to say, so much to say, so much";
    let len = text.len() as u16;
    let stored = [&[1][..], &len.to_le_bytes(), &(!len).to_le_bytes(), text].concat();
    let (mut a, mut b) = (1_u32, 0_u32);
    for byte in text {
        a = (a + u32::from(*byte)) % 65_521;
        b = (b + a) % 65_521;
    }
    let zlib = [&[0x78, 0x01][..], &stored, &(b << 16 | a).to_be_bytes()].concat();
    let crc = crc32fast::hash(text);
    let tail = [crc.to_le_bytes(), u32::from(len).to_le_bytes()].concat();
    let gzip = [&[0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3][..], &stored, &tail].concat();
    // "a" by fixed codes.
    let fixed = vec![0x78, 0x9c, 0x4b, 0x04, 0x00, 0x00, 0x62, 0x00, 0x62];
    vec![zlib, gzip, fixed]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mutate::mutations;

    #[test]
    fn mutated_packings_stay_under_the_cap() {
        for seed in seeds() {
            assert!(unpack(&seed, CAP).is_ok());
        }
        mutations(&seeds(), 91, 20_000, run);
    }
}
