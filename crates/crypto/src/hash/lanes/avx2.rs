//! A word of eight lanes in one register, for CPUs that have no instructions for SHA.

#![allow(unsafe_code, reason = "calls of what `Avx2` proves the CPU to have, and loads and stores of whole arrays")]

use std::arch::x86_64::{
    __m256i, _mm256_add_epi32, _mm256_and_si256, _mm256_loadu_si256, _mm256_permute2x128_si256, _mm256_set_epi64x,
    _mm256_set1_epi32, _mm256_setzero_si256, _mm256_shuffle_epi8, _mm256_slli_epi32, _mm256_srli_epi32,
    _mm256_storeu_si256, _mm256_unpackhi_epi32, _mm256_unpackhi_epi64, _mm256_unpacklo_epi32, _mm256_unpacklo_epi64,
    _mm256_xor_si256,
};

use super::{
    Block, Digests,
    compress::Compress,
    rounds::{INITIAL, K, next_word, round, sixteen},
};
use crate::LANES;

/// A word of each of eight lanes.
type Words = __m256i;

const EIGHT: usize = 8;

/// Proof that the CPU has the instructions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Avx2(());

impl Avx2 {
    pub(super) fn detect() -> Option<Self> {
        std::is_x86_feature_detected!("avx2").then_some(Self(()))
    }
}

impl Compress for Avx2 {
    type State = [[Words; 8]; LANES / EIGHT];

    fn start(self) -> Self::State {
        // SAFETY: `self` proves the instructions.
        [unsafe { start() }; LANES / EIGHT]
    }

    fn compress(self, state: &mut Self::State, lanes: &[&[Block]]) {
        for (state, lanes) in state.iter_mut().zip(lanes.chunks(EIGHT)) {
            // Idle lanes do the first one's work.
            let mut eight = [lanes[0]; EIGHT];
            eight[..lanes.len()].copy_from_slice(lanes);
            // SAFETY: `self` proves the instructions.
            unsafe { compress(state, &eight) }
        }
    }

    fn digests(self, state: &Self::State) -> Digests {
        let mut digests = [[0; 32]; LANES];
        for (digests, state) in digests.as_chunks_mut().0.iter_mut().zip(state) {
            // SAFETY: `self` proves the instructions.
            unsafe { write(state, digests) };
        }
        digests
    }
}

#[target_feature(enable = "avx2")]
fn start() -> [Words; 8] {
    let mut state = [_mm256_setzero_si256(); 8];
    for (words, initial) in state.iter_mut().zip(INITIAL) {
        *words = _mm256_set1_epi32(initial.cast_signed());
    }
    state
}

#[target_feature(enable = "avx2")]
fn compress(state: &mut [Words; 8], lanes: &[&[Block]; EIGHT]) {
    for at in 0..lanes[0].len() {
        let mut w = [_mm256_setzero_si256(); 16];
        for (half, words) in w.as_chunks_mut::<EIGHT>().0.iter_mut().enumerate() {
            for (row, lane) in words.iter_mut().zip(lanes) {
                *row = _mm256_shuffle_epi8(load(&lane[at].as_chunks().0[half]), big_endian());
            }
            *words = transposed(*words);
        }
        let mut s = *state;
        for t in [0, 16, 32] {
            macro_rules! one {
                ($i:literal) => {
                    round!(s, $i, add(w[$i], constant(t + $i)));
                    next_word!(w, $i);
                };
            }
            sixteen!(one);
        }
        macro_rules! last {
            ($i:literal) => {
                round!(s, $i, add(w[$i], constant(48 + $i)));
            };
        }
        sixteen!(last);
        for (old, new) in state.iter_mut().zip(s) {
            *old = add(*old, new);
        }
    }
}

#[target_feature(enable = "avx2")]
fn write(state: &[Words; 8], digests: &mut [[u8; 32]; EIGHT]) {
    for (digest, row) in digests.iter_mut().zip(transposed(*state)) {
        let bytes = _mm256_shuffle_epi8(row, big_endian());
        // SAFETY: 32 writable bytes; the store needs no alignment.
        unsafe { _mm256_storeu_si256(digest.as_mut_ptr().cast(), bytes) };
    }
}

/// Rows to columns, and back.
#[target_feature(enable = "avx2")]
fn transposed(mut rows: [Words; EIGHT]) -> [Words; EIGHT] {
    // Four rows to four columns within each half of the registers …
    for four in rows.as_chunks_mut::<4>().0 {
        let [a, b, c, d] = *four;
        let (ab, ab_high) = (_mm256_unpacklo_epi32(a, b), _mm256_unpackhi_epi32(a, b));
        let (cd, cd_high) = (_mm256_unpacklo_epi32(c, d), _mm256_unpackhi_epi32(c, d));
        *four = [
            _mm256_unpacklo_epi64(ab, cd),
            _mm256_unpackhi_epi64(ab, cd),
            _mm256_unpacklo_epi64(ab_high, cd_high),
            _mm256_unpackhi_epi64(ab_high, cd_high),
        ];
    }
    // … then the same with the halves themselves.
    let mut columns = rows;
    for i in 0..4 {
        columns[i] = _mm256_permute2x128_si256::<0x20>(rows[i], rows[4 + i]);
        columns[4 + i] = _mm256_permute2x128_si256::<0x31>(rows[i], rows[4 + i]);
    }
    columns
}

/// The order of bytes in which words are read and written.
#[target_feature(enable = "avx2")]
fn big_endian() -> Words {
    let (high, low) = (0x0c0d_0e0f_0809_0a0b, 0x0405_0607_0001_0203);
    _mm256_set_epi64x(high, low, high, low)
}

#[target_feature(enable = "avx2")]
fn constant(round: usize) -> Words {
    _mm256_set1_epi32(K[round].cast_signed())
}

#[target_feature(enable = "avx2")]
fn add(a: Words, b: Words) -> Words {
    _mm256_add_epi32(a, b)
}

#[target_feature(enable = "avx2")]
fn xor(a: Words, b: Words) -> Words {
    _mm256_xor_si256(a, b)
}

#[target_feature(enable = "avx2")]
fn choose(e: Words, f: Words, g: Words) -> Words {
    xor(g, _mm256_and_si256(e, xor(f, g)))
}

/// Next round's `b ^ c` is this one's `a ^ b`, which the compiler finds.
#[target_feature(enable = "avx2")]
fn majority(a: Words, b: Words, c: Words) -> Words {
    xor(b, _mm256_and_si256(xor(a, b), xor(b, c)))
}

/// To the right by `RIGHT`; `LEFT` is what is missing to 32.
#[target_feature(enable = "avx2")]
fn rotated<const RIGHT: i32, const LEFT: i32>(it: Words) -> Words {
    const { assert!(RIGHT + LEFT == 32) };
    xor(_mm256_srli_epi32::<RIGHT>(it), _mm256_slli_epi32::<LEFT>(it))
}

#[target_feature(enable = "avx2")]
fn sum0(a: Words) -> Words {
    xor(xor(rotated::<2, 30>(a), rotated::<13, 19>(a)), rotated::<22, 10>(a))
}

#[target_feature(enable = "avx2")]
fn sum1(e: Words) -> Words {
    xor(xor(rotated::<6, 26>(e), rotated::<11, 21>(e)), rotated::<25, 7>(e))
}

#[target_feature(enable = "avx2")]
fn small0(w: Words) -> Words {
    xor(xor(rotated::<7, 25>(w), rotated::<18, 14>(w)), _mm256_srli_epi32::<3>(w))
}

#[target_feature(enable = "avx2")]
fn small1(w: Words) -> Words {
    xor(xor(rotated::<17, 15>(w), rotated::<19, 13>(w)), _mm256_srli_epi32::<10>(w))
}

#[target_feature(enable = "avx2")]
fn load(bytes: &[u8; 32]) -> Words {
    // SAFETY: 32 readable bytes; the load needs no alignment.
    unsafe { _mm256_loadu_si256(bytes.as_ptr().cast()) }
}
