//! With which instructions a batch is sealed.

use crate::{
    STRETCH,
    hash::lanes::Hashes,
    ige::{self, lanes::Ciphers},
    kdf::KeyIv,
};

/// A direction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    Encrypt,
    Decrypt,
}

/// A way to seal a batch that this machine has. All give the same bytes; [`seal_batch`](super::seal_batch)
/// takes the fastest, tests and benches any.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Path {
    pub(super) hashes: Hashes,
    pub(super) ciphers: Ciphers,
}

impl Path {
    /// Every pair of a way to hash and a way to encrypt, the slowest first.
    pub fn all() -> impl Iterator<Item = Self> {
        Hashes::all().flat_map(|hashes| Ciphers::all().map(move |ciphers| Self { hashes, ciphers }))
    }

    /// The fastest for so many messages of one length.
    pub(super) fn for_count(count: usize) -> Self {
        let hashes = Hashes::all().rev().find(|it| it.pays_from() <= count).unwrap_or(Hashes::Portable);
        let ciphers = Ciphers::all().rev().find(|it| it.pays_from() <= count).unwrap_or(Ciphers::Portable);
        Self { hashes, ciphers }
    }

    /// The same for messages so long that pauses matter, which the crate for one stream does not make.
    pub(super) fn for_long(count: usize) -> Self {
        Self::for_count(count.max(2))
    }

    /// Encrypts lanes of whole blocks and one length, or decrypts them, with a pause between two pieces of long ones.
    pub(super) fn run(self, way: Way, keys: &mut [KeyIv], lanes: &mut [&mut [u8]], pause: &dyn Fn()) {
        let (mut from, length) = (0, lanes[0].len());
        while from < length {
            let to = length.min(from + STRETCH);
            let mut parts: Vec<&mut [u8]> = lanes.iter_mut().map(|it| &mut it[from..to]).collect();
            let block = |it: &[u8]| it.last_chunk::<{ ige::BLOCK }>().copied().unwrap_or_default();
            let inputs: Vec<_> = parts.iter().map(|it| block(it)).collect();
            match way {
                Way::Encrypt => self.ciphers.encrypt(keys, &mut parts),
                Way::Decrypt => self.ciphers.decrypt(keys, &mut parts),
            }
            if to == length {
                return;
            }
            // The chain goes on with the last block on both sides: the encrypted one, then the plain one.
            for (((_, iv), input), part) in keys.iter_mut().zip(&inputs).zip(&parts) {
                let (cipher, plain) = match way {
                    Way::Encrypt => (block(part), *input),
                    Way::Decrypt => (*input, block(part)),
                };
                iv[..ige::BLOCK].copy_from_slice(&cipher);
                iv[ige::BLOCK..].copy_from_slice(&plain);
            }
            pause();
            from = to;
        }
    }

    /// How its halves are called: how it hashes, how it encrypts.
    pub fn names(self) -> (&'static str, &'static str) {
        (self.hashes.name(), self.ciphers.name())
    }

    /// AES-256-IGE alone, of up to 16 lanes of whole blocks and one length, each with its key and IV; for
    /// benches. Panics where that does not hold.
    pub fn encrypt(self, keys: &[([u8; 32], [u8; 32])], lanes: &mut [&mut [u8]]) {
        self.ciphers.encrypt(keys, lanes);
    }
}
