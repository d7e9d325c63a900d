//! Sixteen chains with AES instructions over wide registers, four chains in each. Four registers have the
//! unit busy; eight, of 32 chains, would not stay in registers with what comes in.

#![allow(unsafe_code, reason = "calls of what `Vaes` proves the CPU to have, over the blocks of slices")]
#![allow(clippy::needless_range_loop, reason = "a lane is a place in several arrays")]

use std::arch::x86_64::{
    __m128i, __m512i, _mm_loadu_si128, _mm_storeu_si128, _mm512_aesenc_epi128, _mm512_aesenclast_epi128,
    _mm512_bslli_epi128, _mm512_castsi128_si512, _mm512_castsi512_si128, _mm512_extracti32x4_epi32, _mm512_inserti32x4,
    _mm512_set1_epi32, _mm512_setzero_si512, _mm512_shuffle_epi8, _mm512_ternarylogic_epi32, _mm512_xor_si512,
};

use super::aesni::AesNi;
use crate::{
    LANES,
    ige::{BLOCK, aesni::ROUNDS},
    kdf::KeyIv,
};

/// A block of each of four lanes.
type Four = __m512i;

/// A block of each lane.
type All = [Four; LANES / 4];

/// Truth table of the XOR of three inputs.
const XOR: i32 = 0x96;

/// Proof that the CPU has the instructions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Vaes(AesNi);

impl Vaes {
    pub(super) fn detect() -> Option<Self> {
        let has = std::is_x86_feature_detected!("vaes")
            && std::is_x86_feature_detected!("avx512f")
            && std::is_x86_feature_detected!("avx512bw");
        AesNi::detect().filter(|_| has).map(Self)
    }

    /// The same instructions over a block each.
    pub(super) fn narrow(self) -> AesNi {
        self.0
    }

    /// See [`super::Ciphers::encrypt`], which checks the lengths.
    pub(super) fn encrypt(self, keys: &[KeyIv], lanes: &mut [&mut [u8]]) {
        let blocks = lanes[0].len() / BLOCK;
        // Idle chains repeat the first one: the same bytes, written to the same place.
        let mut all = [&keys[0]; LANES];
        let mut starts = [lanes[0].as_mut_ptr(); LANES];
        for (at, (key, lane)) in keys.iter().zip(lanes).enumerate() {
            assert_eq!(lane.len(), blocks * BLOCK, "lanes of one length");
            (all[at], starts[at]) = (key, lane.as_mut_ptr());
        }
        // SAFETY: `self` proves the instructions, and at each start there are so many blocks, borrowed
        // for as long as this call takes.
        unsafe { encrypt(&all, &starts, blocks) }
    }
}

/// # Safety
/// At each of `starts` there must be `blocks` blocks that nobody else uses.
#[target_feature(enable = "vaes,avx512f,avx512bw")]
unsafe fn encrypt(keys: &[&KeyIv; LANES], starts: &[*mut u8; LANES], blocks: usize) {
    let rounds = expand(keys);
    let (mut ciphers, mut plains) = (gathered(keys, |it| &it.1, 0), gathered(keys, |it| &it.1, 1));
    for at in 0..blocks {
        let zero = _mm512_setzero_si512();
        let (mut inputs, mut states) = ([zero; LANES / 4], [zero; LANES / 4]);
        for (j, starts) in starts.as_chunks().0.iter().enumerate() {
            // SAFETY: `at` is less than the number of blocks at each start.
            inputs[j] = unsafe { load(starts, at) };
            states[j] = xor(ciphers[j], inputs[j], rounds[0][j]);
        }
        for round in &rounds[1..ROUNDS] {
            for (state, key) in states.iter_mut().zip(round) {
                *state = _mm512_aesenc_epi128(*state, *key);
            }
        }
        for (j, starts) in starts.as_chunks().0.iter().enumerate() {
            ciphers[j] = _mm512_aesenclast_epi128(states[j], _mm512_xor_si512(rounds[ROUNDS][j], plains[j]));
            plains[j] = inputs[j];
            // SAFETY: as for the load; all chains have read before one writes.
            unsafe { store(starts, at, ciphers[j]) };
        }
    }
}

/// Round keys of all lanes. As all columns are filled with one word, the last round of an encryption moves
/// nothing: it only substitutes, and adds the round's constant.
#[target_feature(enable = "vaes,avx512f,avx512bw")]
fn expand(keys: &[&KeyIv; LANES]) -> [All; ROUNDS + 1] {
    let mut rounds = [[_mm512_setzero_si512(); LANES / 4]; ROUNDS + 1];
    (rounds[0], rounds[1]) = (gathered(keys, |it| &it.0, 0), gathered(keys, |it| &it.0, 1));
    let (word, rotated_word) = (_mm512_set1_epi32(0x0f0e_0d0c), _mm512_set1_epi32(0x0c0f_0e0d));
    for i in 2..=ROUNDS {
        let (order, constant) = if i % 2 == 0 { (rotated_word, 1 << (i / 2 - 1)) } else { (word, 0) };
        for j in 0..LANES / 4 {
            let last = _mm512_shuffle_epi8(rounds[i - 1][j], order);
            let substituted = _mm512_aesenclast_epi128(last, _mm512_set1_epi32(constant));
            let mut it = rounds[i - 2][j];
            it = _mm512_xor_si512(it, _mm512_bslli_epi128::<4>(it));
            rounds[i][j] = xor(it, _mm512_bslli_epi128::<8>(it), substituted);
        }
    }
    rounds
}

/// One half of something of 32 bytes that each lane has.
#[target_feature(enable = "avx512f")]
fn gathered(keys: &[&KeyIv; LANES], of: fn(&KeyIv) -> &[u8; 32], half: usize) -> All {
    let mut all = [_mm512_setzero_si512(); LANES / 4];
    for (four, keys) in all.iter_mut().zip(keys.as_chunks::<4>().0) {
        let [a, b, c, d] = keys.map(|key| of(key).as_ptr().cast_mut());
        // SAFETY: each has two blocks, of which this is one.
        *four = unsafe { load(&[a, b, c, d], half) };
    }
    all
}

#[target_feature(enable = "avx512f")]
fn xor(a: Four, b: Four, c: Four) -> Four {
    _mm512_ternarylogic_epi32::<XOR>(a, b, c)
}

/// # Safety
/// At each start there must be more than `at` blocks to read.
#[target_feature(enable = "avx512f")]
unsafe fn load(starts: &[*mut u8; 4], at: usize) -> Four {
    // SAFETY: the caller's word; the load needs no alignment.
    let [a, b, c, d] =
        unsafe { [block(starts[0], at), block(starts[1], at), block(starts[2], at), block(starts[3], at)] };
    let four = _mm512_inserti32x4::<1>(_mm512_castsi128_si512(a), b);
    _mm512_inserti32x4::<3>(_mm512_inserti32x4::<2>(four, c), d)
}

/// # Safety
/// At `start` there must be more than `at` blocks to read.
#[target_feature(enable = "avx512f")]
unsafe fn block(start: *const u8, at: usize) -> __m128i {
    // SAFETY: the caller's word; the load needs no alignment.
    unsafe { _mm_loadu_si128(start.add(at * BLOCK).cast()) }
}

/// # Safety
/// At each start there must be more than `at` blocks to write.
#[target_feature(enable = "avx512f")]
unsafe fn store(starts: &[*mut u8; 4], at: usize, it: Four) {
    let parts = [
        _mm512_castsi512_si128(it),
        _mm512_extracti32x4_epi32::<1>(it),
        _mm512_extracti32x4_epi32::<2>(it),
        _mm512_extracti32x4_epi32::<3>(it),
    ];
    for (start, part) in starts.iter().zip(parts) {
        // SAFETY: the caller's word; the store needs no alignment.
        unsafe { _mm_storeu_si128(start.add(at * BLOCK).cast(), part) };
    }
}
