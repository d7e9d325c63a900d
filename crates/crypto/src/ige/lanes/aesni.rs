//! Up to eight chains with AES instructions: what a core's units bear, and what its registers hold.

#![allow(unsafe_code, reason = "calls of what `AesNi` proves the CPU to have, over the blocks of slices")]
#![allow(clippy::needless_range_loop, reason = "a lane is a place in several arrays")]

use std::arch::x86_64::{
    __m128i, _mm_aesdec_si128, _mm_aesdeclast_si128, _mm_aesenc_si128, _mm_aesenclast_si128, _mm_aesimc_si128,
    _mm_loadu_si128, _mm_set1_epi32, _mm_setzero_si128, _mm_shuffle_epi8, _mm_slli_si128, _mm_storeu_si128,
    _mm_xor_si128,
};

use crate::{
    ige::{
        BLOCK,
        aesni::{ROUNDS, available, halves},
    },
    kdf::KeyIv,
};

const EIGHT: usize = 8;

const ENCRYPT: bool = true;
pub(crate) const DECRYPT: bool = false;

/// Proof that the CPU has the instructions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct AesNi(());

impl AesNi {
    pub(crate) fn detect() -> Option<Self> {
        (available() && std::is_x86_feature_detected!("ssse3")).then_some(Self(()))
    }

    /// See [`super::Ciphers::encrypt`], which checks the lengths.
    pub(super) fn encrypt(self, keys: &[KeyIv], lanes: &mut [&mut [u8]]) {
        self.all::<ENCRYPT>(keys, lanes);
    }

    /// See [`super::Ciphers::decrypt`], which checks the lengths.
    pub(super) fn decrypt(self, keys: &[KeyIv], lanes: &mut [&mut [u8]]) {
        self.all::<DECRYPT>(keys, lanes);
    }

    fn all<const WAY: bool>(self, keys: &[KeyIv], lanes: &mut [&mut [u8]]) {
        for (keys, lanes) in keys.chunks(EIGHT).zip(lanes.chunks_mut(EIGHT)) {
            match lanes.len() {
                1 => self.chains::<WAY, 1>(keys, lanes),
                2 => self.chains::<WAY, 2>(keys, lanes),
                3 | 4 => self.chains::<WAY, 4>(keys, lanes),
                5 | 6 => self.chains::<WAY, 6>(keys, lanes),
                _ => self.chains::<WAY, EIGHT>(keys, lanes),
            }
        }
    }

    fn chains<const WAY: bool, const N: usize>(self, keys: &[KeyIv], lanes: &mut [&mut [u8]]) {
        let blocks = lanes[0].len() / BLOCK;
        // Idle chains repeat the first one: the same bytes, written to the same place.
        let mut all = [&keys[0]; N];
        let mut starts = [lanes[0].as_mut_ptr(); N];
        for (at, (key, lane)) in keys.iter().zip(lanes).enumerate() {
            assert_eq!(lane.len(), blocks * BLOCK, "lanes of one length");
            (all[at], starts[at]) = (key, lane.as_mut_ptr());
        }
        // SAFETY: `self` proves the instructions, and at each start there are so many blocks, borrowed
        // for as long as this call takes.
        unsafe { run::<WAY, N>(all, starts, blocks) }
    }
}

/// # Safety
/// At each of `starts` there must be `blocks` blocks that nobody else uses.
#[target_feature(enable = "aes,ssse3,sse4.1")]
unsafe fn run<const WAY: bool, const N: usize>(keys: [&KeyIv; N], starts: [*mut u8; N], blocks: usize) {
    let mut chains = Chains::<WAY, N>::new(keys);
    for at in 0..blocks {
        // SAFETY: `at` is less than the number of blocks at each start.
        unsafe { chains.step(starts, at) };
    }
}

/// Chains on their way through their blocks.
pub(crate) struct Chains<const WAY: bool, const N: usize> {
    rounds: [[__m128i; N]; ROUNDS + 1],
    /// What went in for the block before.
    before: [__m128i; N],
    /// What came out for it.
    after: [__m128i; N],
}

impl<const WAY: bool, const N: usize> Chains<WAY, N> {
    #[target_feature(enable = "aes,ssse3,sse4.1")]
    pub(crate) fn new(keys: [&KeyIv; N]) -> Self {
        let rounds = if WAY == ENCRYPT { expand(&keys) } else { inverse(expand(&keys)) };
        let zero = _mm_setzero_si128();
        let (mut before, mut after) = ([zero; N], [zero; N]);
        for j in 0..N {
            let (cipher, plain) = halves(&keys[j].1);
            (before[j], after[j]) = if WAY == ENCRYPT { (plain, cipher) } else { (cipher, plain) };
        }
        Self { rounds, before, after }
    }

    /// The next block of each, which is the one at this number.
    ///
    /// # Safety
    /// At each of `starts` there must be more than `at` blocks that nobody else uses.
    #[inline]
    #[target_feature(enable = "aes,ssse3,sse4.1")]
    pub(crate) unsafe fn step(&mut self, starts: [*mut u8; N], at: usize) {
        let zero = _mm_setzero_si128();
        let (mut inputs, mut states) = ([zero; N], [zero; N]);
        for j in 0..N {
            // SAFETY: the caller's word.
            inputs[j] = unsafe { load(starts[j], at) };
            states[j] = _mm_xor_si128(self.after[j], _mm_xor_si128(inputs[j], self.rounds[0][j]));
        }
        for round in &self.rounds[1..ROUNDS] {
            for j in 0..N {
                states[j] = if WAY == ENCRYPT {
                    _mm_aesenc_si128(states[j], round[j])
                } else {
                    _mm_aesdec_si128(states[j], round[j])
                };
            }
        }
        for j in 0..N {
            let last = _mm_xor_si128(self.rounds[ROUNDS][j], self.before[j]);
            self.after[j] = if WAY == ENCRYPT {
                _mm_aesenclast_si128(states[j], last)
            } else {
                _mm_aesdeclast_si128(states[j], last)
            };
            self.before[j] = inputs[j];
            // SAFETY: as for the load; all chains have read before one writes.
            unsafe { store(starts[j], at, self.after[j]) };
        }
    }
}

/// The round keys of the other direction.
#[target_feature(enable = "aes")]
fn inverse<const N: usize>(mut rounds: [[__m128i; N]; ROUNDS + 1]) -> [[__m128i; N]; ROUNDS + 1] {
    rounds.reverse();
    for round in &mut rounds[1..ROUNDS] {
        for key in round {
            *key = _mm_aesimc_si128(*key);
        }
    }
    rounds
}

/// Round keys of all chains. The instruction that is made for them takes its time; the last round of an
/// encryption over columns filled with one word moves nothing, so it substitutes and adds the constant.
#[target_feature(enable = "aes,ssse3,sse4.1")]
fn expand<const N: usize>(keys: &[&KeyIv; N]) -> [[__m128i; N]; ROUNDS + 1] {
    let mut rounds = [[_mm_setzero_si128(); N]; ROUNDS + 1];
    for j in 0..N {
        (rounds[0][j], rounds[1][j]) = halves(&keys[j].0);
    }
    let (word, rotated_word) = (_mm_set1_epi32(0x0f0e_0d0c), _mm_set1_epi32(0x0c0f_0e0d));
    for i in 2..=ROUNDS {
        let (order, constant) = if i % 2 == 0 { (rotated_word, 1 << (i / 2 - 1)) } else { (word, 0) };
        for j in 0..N {
            let last = _mm_shuffle_epi8(rounds[i - 1][j], order);
            let substituted = _mm_aesenclast_si128(last, _mm_set1_epi32(constant));
            let mut it = rounds[i - 2][j];
            it = _mm_xor_si128(it, _mm_slli_si128::<4>(it));
            it = _mm_xor_si128(it, _mm_slli_si128::<8>(it));
            rounds[i][j] = _mm_xor_si128(it, substituted);
        }
    }
    rounds
}

/// # Safety
/// At `start` there must be more than `at` blocks to read.
#[target_feature(enable = "sse2")]
unsafe fn load(start: *const u8, at: usize) -> __m128i {
    // SAFETY: the caller's word; the load needs no alignment.
    unsafe { _mm_loadu_si128(start.add(at * BLOCK).cast()) }
}

/// # Safety
/// At `start` there must be more than `at` blocks to write.
#[target_feature(enable = "sse2")]
unsafe fn store(start: *mut u8, at: usize, it: __m128i) {
    // SAFETY: the caller's word; the store needs no alignment.
    unsafe { _mm_storeu_si128(start.add(at * BLOCK).cast(), it) }
}
