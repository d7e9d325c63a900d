//! Long messages opened with the CPU's AES and SHA units at once. Decrypting and hashing are chains that each leave
//! most of a core idle, so what has just been decrypted is hashed while the next blocks are: nearly the time of one.
//! On the way out it can't be done: there the hash makes the key.

#![allow(unsafe_code, reason = "calls of what `Both` proves the CPU to have, over the blocks of slices")]
#![allow(clippy::needless_range_loop, reason = "a lane is a place in several arrays")]

use crate::{
    STRETCH,
    hash::lanes::{
        Block, last_block,
        sha_ni::{self, ShaNi, State},
    },
    ige::{
        BLOCK,
        lanes::aesni::{AesNi, Chains, DECRYPT},
    },
    kdf::KeyIv,
};

/// Lanes that have both units busy.
pub(super) const MOST: usize = 4;

/// Blocks of the cipher in one of the hash.
const FOUR: usize = size_of::<Block>() / BLOCK;

/// What the hash begins with, besides the plain text.
const HEAD: usize = 32;

/// Proof that the CPU has the instructions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Both(AesNi, ShaNi);

impl Both {
    pub(super) fn detect() -> Option<Self> {
        Some(Self(AesNi::detect()?, ShaNi::detect()?))
    }

    /// Decrypts up to [`MOST`] lanes of one length in place and gives the hash of each one's head and plain text. Lanes
    /// are whole blocks of the cipher, at least six of them. Between two pieces it calls `pause`.
    pub(super) fn open(
        self,
        keys: &[KeyIv],
        heads: &[&[u8; HEAD]],
        lanes: &mut [&mut [u8]],
        pause: &dyn Fn(),
    ) -> [[u8; 32]; MOST] {
        let mut digests = [[0; 32]; MOST];
        match lanes.len() {
            1 => digests[..1].copy_from_slice(&self.chains::<1>(keys, heads, lanes, pause)),
            2 => digests[..2].copy_from_slice(&self.chains::<2>(keys, heads, lanes, pause)),
            _ => digests = self.chains::<MOST>(keys, heads, lanes, pause),
        }
        digests
    }

    fn chains<const N: usize>(
        self,
        keys: &[KeyIv],
        heads: &[&[u8; HEAD]],
        lanes: &mut [&mut [u8]],
        pause: &dyn Fn(),
    ) -> [[u8; 32]; N] {
        let (count, length) = (lanes.len(), lanes[0].len());
        assert!(0 < count && count <= N && keys.len() == count && heads.len() == count, "a key and a head for each");
        assert!(length.is_multiple_of(BLOCK) && length >= HEAD + size_of::<Block>(), "whole blocks, and not few");
        // Idle chains repeat the first one: the same bytes, written to the same place.
        let (mut all, mut first, mut starts) = ([&keys[0]; N], [heads[0]; N], [lanes[0].as_mut_ptr(); N]);
        for (at, lane) in lanes.iter_mut().enumerate() {
            assert_eq!(lane.len(), length, "lanes of one length");
            (all[at], first[at], starts[at]) = (&keys[at], heads[at], lane.as_mut_ptr());
        }
        // SAFETY: `self` proves the instructions, and at each start there are `length` bytes, borrowed for as long as
        // this call takes.
        unsafe { open(all, first, starts, length, pause) }
    }
}

/// Where all lanes have come.
struct Way<const N: usize> {
    chains: Chains<DECRYPT, N>,
    hashes: [State; N],
    /// What is hashed next: it has been decrypted.
    next: [Block; N],
}

/// # Safety
/// At each of `starts` there must be `length` bytes that nobody else uses: whole blocks of the cipher, and enough for
/// the first block of the hash.
#[target_feature(enable = "aes,sha,ssse3,sse4.1")]
unsafe fn open<const N: usize>(
    keys: [&KeyIv; N],
    heads: [&[u8; HEAD]; N],
    starts: [*mut u8; N],
    length: usize,
    pause: &dyn Fn(),
) -> [[u8; 32]; N] {
    let mut way = Way { chains: Chains::new(keys), hashes: [sha_ni::start(); N], next: [[0; _]; N] };
    for at in 0..HEAD / BLOCK {
        // SAFETY: the caller's word.
        unsafe { way.chains.step(starts, at) };
    }
    for j in 0..N {
        way.next[j][..HEAD].copy_from_slice(heads[j]);
        // SAFETY: the caller's word; it is as long as a head.
        way.next[j][HEAD..].copy_from_slice(unsafe { bytes(starts[j], 0, HEAD) });
    }
    let groups = (length - HEAD) / size_of::<Block>();
    let mut from = 0;
    while from < groups {
        let to = groups.min(from + STRETCH / size_of::<Block>());
        // SAFETY: so many whole blocks of the hash are there behind the first bytes.
        unsafe { stretch(&mut way, starts, from, to) };
        from = to;
        pause();
    }
    let done = HEAD + groups * size_of::<Block>();
    for at in done / BLOCK..length / BLOCK {
        // SAFETY: the caller's word.
        unsafe { way.chains.step(starts, at) };
    }
    sha_ni::block(&mut way.hashes, way.next.each_ref());
    for j in 0..N {
        way.next[j] = last_block(HEAD + length);
        // SAFETY: the caller's word.
        way.next[j][..length - done].copy_from_slice(unsafe { bytes(starts[j], done, length - done) });
    }
    sha_ni::block(&mut way.hashes, way.next.each_ref());
    let mut digests = [[0; 32]; N];
    for j in 0..N {
        sha_ni::write(&way.hashes[j], &mut digests[j]);
    }
    digests
}

/// Decrypts some blocks of the hash and hashes as many, from the one before the first to the one before the last.
///
/// # Safety
/// At each of `starts` there must be `to` blocks of the hash behind the first bytes, and nobody else uses them.
#[target_feature(enable = "aes,sha,ssse3,sse4.1")]
unsafe fn stretch<const N: usize>(way: &mut Way<N>, starts: [*mut u8; N], from: usize, to: usize) {
    for group in from..to {
        let (old, mut words) = (way.hashes, sha_ni::words(way.next.each_ref()));
        let at = HEAD / BLOCK + group * FOUR;
        // One of the cipher's blocks is always under way beside the rounds of the hash.
        // SAFETY: the caller's word, for all four.
        unsafe { way.chains.step(starts, at) };
        sha_ni::quarter::<0, N>(&mut way.hashes, &mut words);
        // SAFETY: as above.
        unsafe { way.chains.step(starts, at + 1) };
        sha_ni::quarter::<1, N>(&mut way.hashes, &mut words);
        // SAFETY: as above.
        unsafe { way.chains.step(starts, at + 2) };
        sha_ni::quarter::<2, N>(&mut way.hashes, &mut words);
        // SAFETY: as above.
        unsafe { way.chains.step(starts, at + 3) };
        sha_ni::quarter::<3, N>(&mut way.hashes, &mut words);
        sha_ni::add(&mut way.hashes, &old);
        for j in 0..N {
            // SAFETY: the caller's word; they have just been decrypted.
            way.next[j].copy_from_slice(unsafe { bytes(starts[j], at * BLOCK, size_of::<Block>()) });
        }
    }
}

/// # Safety
/// At `start` there must be so many bytes from `from` on, and nobody writes them as long as the slice lives.
unsafe fn bytes<'a>(start: *const u8, from: usize, length: usize) -> &'a [u8] {
    // SAFETY: the caller's word.
    unsafe { std::slice::from_raw_parts(start.add(from), length) }
}

#[cfg(test)]
mod tests {
    use rand::{RngCore, SeedableRng};

    use super::*;
    use crate::{hash::sha256, ige};

    #[test]
    fn both_at_once_give_what_one_after_the_other_does_at_every_rest_and_number_of_lanes() {
        let Some(both) = Both::detect() else { return };
        let mut rng = rand_chacha::ChaCha8Rng::seed_from_u64(11);
        let mut random = |length: usize| {
            let mut bytes = vec![0; length];
            rng.fill_bytes(&mut bytes);
            bytes
        };
        let half = |it: Vec<u8>| <[u8; 32]>::try_from(it).expect("32 bytes");
        for length in (96..400).step_by(BLOCK).chain([STRETCH - 16, STRETCH + 32, STRETCH + 112, 2 * STRETCH + 48]) {
            let keys: Vec<KeyIv> = (0..MOST).map(|_| (half(random(32)), half(random(32)))).collect();
            let heads: Vec<[u8; 32]> = (0..MOST).map(|_| half(random(32))).collect();
            let data: Vec<Vec<u8>> = (0..MOST).map(|_| random(length)).collect();
            for count in 1..=MOST {
                let mut opened = data.clone();
                let mut lanes: Vec<&mut [u8]> = opened[..count].iter_mut().map(|it| &mut it[..]).collect();
                let heads: Vec<&[u8; 32]> = heads[..count].iter().collect();
                let digests = both.open(&keys[..count], &heads, &mut lanes, &|| {});
                for at in 0..count {
                    let mut plain = data[at].clone();
                    ige::decrypt(&keys[at].0, &keys[at].1, &mut plain);
                    assert!(opened[at] == plain, "lane {at} of {count}, {length} bytes");
                    assert_eq!(digests[at], sha256(&[heads[at], &plain]), "lane {at} of {count}, {length} bytes");
                }
                assert!(opened[count..] == data[count..], "what is no lane stays");
            }
        }
    }
}
