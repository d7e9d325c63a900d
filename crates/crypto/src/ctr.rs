//! AES-256 in counter mode: the keystream of the obfuscated transport.

use aes::Aes256Enc;
use ctr::cipher::{KeyIvInit, StreamCipher, StreamCipherSeek};
use zeroize::Zeroizing;

/// A keystream and the place in it. Every connection has two for as long as it lives, so the key is kept as it came:
/// its rounds take twenty times the room, and a tenth of a microsecond each time they are needed.
pub struct Ctr {
    key: Zeroizing<[u8; 32]>,
    iv: [u8; 16],
    /// Bytes that went by.
    at: u64,
}

impl Ctr {
    /// Starts at the counter `iv`.
    pub fn new(key: &[u8; 32], iv: &[u8; 16]) -> Self {
        Self { key: Zeroizing::new(*key), iv: *iv, at: 0 }
    }

    /// Encrypts or decrypts in place and moves on.
    pub fn apply(&mut self, data: &mut [u8]) {
        let mut stream = ctr::Ctr128BE::<Aes256Enc>::new((&*self.key).into(), (&self.iv).into());
        stream.seek(self.at);
        stream.apply_keystream(data);
        self.at += data.len() as u64;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hash::tests::hex;

    /// A connection has two of them.
    #[test]
    fn a_keystream_takes_little_room() {
        assert!(size_of::<Ctr>() <= 64);
    }

    #[test]
    fn any_pieces_make_one_stream() {
        let (key, iv) = ([7; 32], [0xff; 16]);
        let mut whole = vec![0; 3000];
        Ctr::new(&key, &iv).apply(&mut whole);
        let (mut pieces, mut ctr, mut at) = (vec![0; 3000], Ctr::new(&key, &iv), 0);
        for len in (0..).map(|n| n * n % 97) {
            let end = (at + len).min(3000);
            ctr.apply(&mut pieces[at..end]);
            at = end;
            if at == 3000 {
                break;
            }
        }
        assert_eq!(pieces, whole);
    }

    /// Computed with an independent AES in Python.
    #[test]
    fn the_keystream_goes_on_across_calls_of_any_length() {
        let (key, iv) = (std::array::from_fn(|i| i as u8), std::array::from_fn(|i| i as u8));
        let (mut ctr, mut stream) = (Ctr::new(&key, &iv), [0; 48]);
        for (from, to) in [(0, 1), (1, 1), (1, 20), (20, 48)] {
            ctr.apply(&mut stream[from..to]);
        }
        assert_eq!(
            hex(&stream),
            "5a6e045708fb7196f02e553d02c3a69260f310d5c385585d\
             5516fb5172e520cf1c65775b3ac5cca4bbe10ba5e511c792"
        );
    }
}
