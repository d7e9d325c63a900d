//! What a voice note draws: a waveform of 5-bit values, which the sender makes and everybody else passes on.

/// Bytes of a waveform: a hundred values of 5 bits, which is what clients send.
pub const WAVEFORM_MAX: usize = 63;

/// The waveform as it was sent; none if it is longer than one can be.
pub fn waveform(bytes: &[u8]) -> Option<&[u8]> {
    (bytes.len() <= WAVEFORM_MAX).then_some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_waveform_passes_as_it_is_unless_it_is_too_long() {
        let sent: Vec<u8> = (0..63).collect();
        assert_eq!(waveform(&sent), Some(&sent[..]));
        assert_eq!(waveform(&[]), Some(&[][..]));
        assert_eq!(waveform(&[0; 64]), None);
    }
}
