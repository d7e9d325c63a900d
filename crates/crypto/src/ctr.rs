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
