//! AES-256 in counter mode: the keystream of the obfuscated transport.

use ctr::cipher::{KeyIvInit, StreamCipher};

/// A keystream with its place in it.
pub struct Ctr(ctr::Ctr128BE<aes::Aes256>);

impl Ctr {
    /// Starts at the counter `iv`.
    pub fn new(key: &[u8; 32], iv: &[u8; 16]) -> Self {
        Self(ctr::Ctr128BE::new(key.into(), iv.into()))
    }

    /// Encrypts or decrypts in place and moves on.
    pub fn apply(&mut self, data: &mut [u8]) {
        self.0.apply_keystream(data);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hash::tests::hex;

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
