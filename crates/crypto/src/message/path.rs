//! With which instructions a batch is sealed.

use crate::{hash::lanes::Hashes, ige::lanes::Ciphers};

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
