//! SHA-256 of up to sixteen messages of one length at once, each in a lane of its own.

#[cfg(target_arch = "x86_64")]
mod avx2;
#[cfg(target_arch = "x86_64")]
mod avx512;
#[cfg(target_arch = "x86_64")]
mod compress;
#[cfg(target_arch = "x86_64")]
mod rounds;
#[cfg(target_arch = "x86_64")]
pub(crate) mod sha_ni;

use super::sha256;
use crate::LANES;

/// What the function compresses in one step.
pub(crate) type Block = [u8; 64];

/// Bytes of the messages from which keys are derived; with the padding they fill one block.
pub(crate) const SHORT: usize = 52;

/// A block of such a message with its padding.
pub(crate) const SHORT_BLOCK: Block = last_block(SHORT);

/// A digest for each lane; those of idle lanes say nothing.
pub(crate) type Digests = [[u8; 32]; LANES];

/// With which instructions lanes are hashed. A value is the proof that the CPU has them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Hashes {
    /// The `sha2` crate, lane after lane.
    Portable,
    /// Eight lanes in a register, without instructions for SHA.
    #[cfg(target_arch = "x86_64")]
    Avx2(avx2::Avx2),
    /// SHA instructions, two lanes at once.
    #[cfg(target_arch = "x86_64")]
    ShaNi(sha_ni::ShaNi),
    /// Sixteen lanes in a register.
    #[cfg(target_arch = "x86_64")]
    Avx512(avx512::Avx512),
}

impl Hashes {
    /// What this machine can do, the fastest last.
    pub(crate) fn all() -> impl DoubleEndedIterator<Item = Self> {
        let all = [
            Some(Self::Portable),
            #[cfg(target_arch = "x86_64")]
            avx2::Avx2::detect().map(Self::Avx2),
            #[cfg(target_arch = "x86_64")]
            sha_ni::ShaNi::detect().map(Self::ShaNi),
            #[cfg(target_arch = "x86_64")]
            avx512::Avx512::detect().map(Self::Avx512),
        ];
        all.into_iter().flatten()
    }

    /// For so many lanes it is faster than what comes before it; idle lanes cost as much as others.
    /// Measured with messages of 300 bytes.
    pub(crate) fn pays_from(self) -> usize {
        match self {
            Self::Portable => 0,
            #[cfg(target_arch = "x86_64")]
            Self::Avx2(_) => 3,
            #[cfg(target_arch = "x86_64")]
            Self::ShaNi(_) => 2,
            #[cfg(target_arch = "x86_64")]
            Self::Avx512(_) if sha_ni::ShaNi::detect().is_some() => 9,
            #[cfg(target_arch = "x86_64")]
            Self::Avx512(_) => 3,
        }
    }

    /// How it is called in benches.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Portable => "portable",
            #[cfg(target_arch = "x86_64")]
            Self::Avx2(_) => "avx2",
            #[cfg(target_arch = "x86_64")]
            Self::ShaNi(_) => "sha-ni",
            #[cfg(target_arch = "x86_64")]
            Self::Avx512(_) => "avx-512",
        }
    }

    /// The hash of `head | tail` for each lane. Tails are of one length, a multiple of 16. Between two pieces of long
    /// ones it calls `pause`.
    pub(crate) fn joined(self, heads: &[&[u8; 32]], tails: &[&[u8]], pause: &dyn Fn()) -> Digests {
        match self {
            Self::Portable => each_by(heads.iter().zip(tails).map(|(head, tail)| sha256(&[&head[..], tail]))),
            #[cfg(target_arch = "x86_64")]
            Self::Avx2(it) => compress::joined(it, heads, tails, pause),
            #[cfg(target_arch = "x86_64")]
            Self::ShaNi(it) => compress::joined(it, heads, tails, pause),
            #[cfg(target_arch = "x86_64")]
            Self::Avx512(it) => compress::joined(it, heads, tails, pause),
        }
    }

    /// The hash of the first [`SHORT`] bytes of each block, whose rest is that of [`SHORT_BLOCK`].
    pub(crate) fn short(self, blocks: &[Block]) -> Digests {
        match self {
            Self::Portable => each_by(blocks.iter().map(|it| sha256(&[&it[..SHORT]]))),
            #[cfg(target_arch = "x86_64")]
            Self::Avx2(it) => compress::short(it, blocks),
            #[cfg(target_arch = "x86_64")]
            Self::ShaNi(it) => compress::short(it, blocks),
            #[cfg(target_arch = "x86_64")]
            Self::Avx512(it) => compress::short(it, blocks),
        }
    }
}

/// The last block of a message of `length` bytes: its rest, up to 55 bytes, is to be written over the front.
pub(crate) const fn last_block(length: usize) -> Block {
    let mut block = [0; size_of::<Block>()];
    block[length % size_of::<Block>()] = 0x80;
    *block.last_chunk_mut().expect("a block is longer") = (length as u64 * 8).to_be_bytes();
    block
}

/// One lane after another.
fn each_by(hashes: impl Iterator<Item = [u8; 32]>) -> Digests {
    let mut digests = [[0; 32]; LANES];
    digests.iter_mut().zip(hashes).for_each(|(digest, hash)| *digest = hash);
    digests
}

#[cfg(test)]
mod tests {
    use rand::{RngCore, SeedableRng};

    use super::*;

    #[test]
    fn every_way_to_hash_gives_the_same_at_every_length_and_number_of_lanes() {
        let mut rng = rand_chacha::ChaCha8Rng::seed_from_u64(2);
        for length in (0..400).step_by(16).chain([1600, 4096, (80 << 10) + 48]) {
            let mut heads = [[0; 32]; LANES];
            let mut tails = vec![vec![0; length]; LANES];
            heads.iter_mut().for_each(|it| rng.fill_bytes(it));
            tails.iter_mut().for_each(|it| rng.fill_bytes(it));
            let heads: Vec<&[u8; 32]> = heads.iter().collect();
            let tails: Vec<&[u8]> = tails.iter().map(|it| &it[..]).collect();
            let expected: Vec<_> = heads.iter().zip(&tails).map(|(head, tail)| sha256(&[&head[..], tail])).collect();
            for way in Hashes::all() {
                for lanes in 1..=LANES {
                    let digests = way.joined(&heads[..lanes], &tails[..lanes], &|| {});
                    assert_eq!(digests[..lanes], expected[..lanes], "{way:?}, {lanes} lanes of {length} bytes");
                }
            }
        }
    }

    #[test]
    fn short_messages_hash_as_any_others() {
        let mut blocks = [SHORT_BLOCK; LANES];
        for (lane, block) in blocks.iter_mut().enumerate() {
            block[..SHORT].copy_from_slice(&std::array::from_fn::<u8, SHORT, _>(|i| (i * 5 + lane) as u8));
        }
        let expected = blocks.map(|it| sha256(&[&it[..SHORT]]));
        for way in Hashes::all() {
            for lanes in 1..=LANES {
                assert_eq!(way.short(&blocks[..lanes])[..lanes], expected[..lanes], "{way:?}, {lanes} lanes");
            }
        }
    }
}
