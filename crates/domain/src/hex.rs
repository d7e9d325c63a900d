//! Bytes as lower-case hexadecimal letters, which links and tokens are made of.

/// The letters of some bytes.
pub(crate) fn encode(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The bytes of what [`encode`] wrote; `None` for anything else.
pub(crate) fn decode(text: &str) -> Option<Vec<u8>> {
    let digit = |it: u8| char::from(it).to_digit(16).filter(|_| !it.is_ascii_uppercase());
    let pair = |it: &[u8]| u8::try_from(digit(it[0])? << 4 | digit(it[1])?).ok();
    text.len().is_multiple_of(2).then(|| text.as_bytes().chunks_exact(2).map(pair).collect())?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_and_nothing_else() {
        let all: Vec<u8> = (0..=255).collect();
        assert_eq!(decode(&encode(&all)), Some(all));
        for other in ["a", "AB", "+1", "g0", "\u{e4}"] {
            assert_eq!(decode(other), None, "{other}");
        }
    }
}
