//! AES-256-IGE of up to sixteen messages of one length at once. A chain leaves the CPU's AES units idle
//! most of the time; chains of other messages fill them.

#[cfg(target_arch = "x86_64")]
pub(crate) mod aesni;
#[cfg(target_arch = "x86_64")]
mod vaes;

use super::{BLOCK, portable_decrypt, portable_encrypt};
use crate::{LANES, kdf::KeyIv};

/// With which instructions lanes are encrypted. A value is the proof that the CPU has them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ciphers {
    /// The `aes` crate, lane after lane.
    Portable,
    /// AES instructions, up to eight lanes at once.
    #[cfg(target_arch = "x86_64")]
    AesNi(aesni::AesNi),
    /// Four lanes in a register, sixteen at once.
    #[cfg(target_arch = "x86_64")]
    Vaes(vaes::Vaes),
}

impl Ciphers {
    /// What this machine can do, the fastest last.
    pub(crate) fn all() -> impl DoubleEndedIterator<Item = Self> {
        let all = [
            Some(Self::Portable),
            #[cfg(target_arch = "x86_64")]
            aesni::AesNi::detect().map(Self::AesNi),
            #[cfg(target_arch = "x86_64")]
            vaes::Vaes::detect().map(Self::Vaes),
        ];
        all.into_iter().flatten()
    }

    /// For so many lanes it is faster than what comes before it; idle lanes cost as much as others.
    pub(crate) fn pays_from(self) -> usize {
        match self {
            Self::Portable => 0,
            #[cfg(target_arch = "x86_64")]
            Self::AesNi(_) => 1,
            #[cfg(target_arch = "x86_64")]
            Self::Vaes(_) => 9,
        }
    }

    /// How it is called in benches.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Portable => "portable",
            #[cfg(target_arch = "x86_64")]
            Self::AesNi(_) => "aes-ni",
            #[cfg(target_arch = "x86_64")]
            Self::Vaes(_) => "vaes",
        }
    }

    /// Encrypts each lane's whole blocks in place; all are of one length.
    pub(crate) fn encrypt(self, keys: &[KeyIv], lanes: &mut [&mut [u8]]) {
        check(keys, lanes);
        match self {
            Self::Portable => {
                keys.iter().zip(lanes).for_each(|((key, iv), lane)| portable_encrypt(key, iv, lane));
            }
            #[cfg(target_arch = "x86_64")]
            Self::AesNi(it) => it.encrypt(keys, lanes),
            #[cfg(target_arch = "x86_64")]
            Self::Vaes(it) => it.encrypt(keys, lanes),
        }
    }

    /// The other direction, on the same terms. It has no wide registers: who sends that much that sixteen lanes fill
    /// waits for the disk.
    pub(crate) fn decrypt(self, keys: &[KeyIv], lanes: &mut [&mut [u8]]) {
        check(keys, lanes);
        match self {
            Self::Portable => {
                keys.iter().zip(lanes).for_each(|((key, iv), lane)| portable_decrypt(key, iv, lane));
            }
            #[cfg(target_arch = "x86_64")]
            Self::AesNi(it) => it.decrypt(keys, lanes),
            #[cfg(target_arch = "x86_64")]
            Self::Vaes(it) => it.narrow().decrypt(keys, lanes),
        }
    }
}

fn check(keys: &[KeyIv], lanes: &[&mut [u8]]) {
    let length = lanes[0].len();
    assert!(lanes.len() <= LANES && lanes.len() == keys.len(), "a key for each lane");
    assert!(length.is_multiple_of(BLOCK) && lanes.iter().all(|it| it.len() == length), "whole blocks of one length");
}

#[cfg(test)]
mod tests {
    use rand::{RngCore, SeedableRng};

    use super::*;

    #[test]
    fn every_way_to_encrypt_gives_the_same_at_every_length_and_number_of_lanes() {
        let mut rng = rand_chacha::ChaCha8Rng::seed_from_u64(3);
        let mut bytes = |length: usize| {
            let mut bytes = vec![0; length];
            rng.fill_bytes(&mut bytes);
            bytes
        };
        for blocks in (0..40).chain([255]) {
            let half = |it: Vec<u8>| <[u8; 32]>::try_from(it).expect("32 bytes");
            let keys: Vec<KeyIv> = (0..LANES).map(|_| (half(bytes(32)), half(bytes(32)))).collect();
            let plain: Vec<Vec<u8>> = (0..LANES).map(|_| bytes(blocks * BLOCK)).collect();
            let mut expected = plain.clone();
            keys.iter().zip(&mut expected).for_each(|((key, iv), lane)| crate::ige::encrypt(key, iv, lane));
            for way in Ciphers::all() {
                for lanes in 1..=LANES {
                    let mut data = plain.clone();
                    let mut parts: Vec<&mut [u8]> = data[..lanes].iter_mut().map(|it| &mut it[..]).collect();
                    way.encrypt(&keys[..lanes], &mut parts);
                    assert_eq!(data[..lanes], expected[..lanes], "{way:?}, {lanes} lanes of {blocks} blocks");
                    assert_eq!(data[lanes..], plain[lanes..], "{way:?}: what is no lane stays");
                    let mut parts: Vec<&mut [u8]> = data[..lanes].iter_mut().map(|it| &mut it[..]).collect();
                    way.decrypt(&keys[..lanes], &mut parts);
                    assert_eq!(data, plain, "{way:?}, {lanes} lanes of {blocks} blocks, there and back");
                }
            }
        }
    }
}
