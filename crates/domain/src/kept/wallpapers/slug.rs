//! Links to wallpapers: a number and its proof, in the letters of base64 for addresses.

/// Bytes of both.
const BYTES: usize = 16;

/// Letters of a link: six bits each, the last one two and four zeros.
const LETTERS: usize = 22;

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// What a link ends with.
pub fn write(wallpaper: u64, proof: [u8; 8]) -> String {
    let mut bits = u128::from(wallpaper) << 64 | u128::from(u64::from_be_bytes(proof));
    let letter = |_| {
        let first = (bits >> 122) as usize;
        bits <<= 6;
        char::from(ALPHABET[first])
    };
    (0..LETTERS).map(letter).collect()
}

/// Reads what [`write()`] wrote, and nothing else.
pub fn read(text: &str) -> Option<(u64, [u8; 8])> {
    let letters: &[u8; LETTERS] = text.as_bytes().try_into().ok()?;
    let (last, others) = letters.split_last()?;
    let six = |letter: &u8| ALPHABET.iter().position(|it| it == letter).map(|it| it as u128);
    let mut bits = 0;
    for letter in others {
        bits = bits << 6 | six(letter)?;
    }
    let end = six(last).filter(|it| it & 15 == 0)?;
    let bytes: [u8; BYTES] = (bits << 2 | end >> 4).to_be_bytes();
    let (wallpaper, proof) = bytes.split_at(8);
    Some((u64::from_be_bytes(wallpaper.try_into().ok()?), proof.try_into().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_and_nothing_else() {
        let written = write(0x0123_4567_89ab_cdef, [0xfe, 0xdc, 0xba, 0x98, 0x76, 0x54, 0x32, 0x11]);
        assert_eq!(written, "ASNFZ4mrze_-3LqYdlQyEQ");
        assert_eq!(read(&written), Some((0x0123_4567_89ab_cdef, [0xfe, 0xdc, 0xba, 0x98, 0x76, 0x54, 0x32, 0x11])));
        for bad in
            ["", "ASNFZ4mrze_-3LqYdlQyE", "ASNFZ4mrze_-3LqYdlQyER", "ASNFZ4mrze_-3LqYdlQyEQA", "ASNFZ4mrze+/3LqYdlQyEQ"]
        {
            assert_eq!(read(bad), None, "{bad}");
        }
    }
}
