//! A word of all sixteen lanes in one register.

#![allow(unsafe_code, reason = "calls of what `Avx512` proves the CPU to have, and loads and stores of whole arrays")]

use std::arch::x86_64::{
    __m512i, _mm256_storeu_si256, _mm512_add_epi32, _mm512_castsi512_si256, _mm512_cmpneq_epi32_mask,
    _mm512_loadu_si512, _mm512_ror_epi32, _mm512_set1_epi32, _mm512_set4_epi32, _mm512_setzero_si512,
    _mm512_shuffle_epi8, _mm512_shuffle_i32x4, _mm512_srli_epi32, _mm512_ternarylogic_epi32, _mm512_unpackhi_epi32,
    _mm512_unpackhi_epi64, _mm512_unpacklo_epi32, _mm512_unpacklo_epi64,
};

use super::{
    Block, Digests,
    compress::Compress,
    rounds::{INITIAL, K, next_word, round, sixteen},
    sha_ni::ShaNi,
};
use crate::LANES;

/// A word of each lane.
type Words = __m512i;

/// Truth tables of three inputs.
const XOR: i32 = 0x96;
/// `b` decides between `c` and `a`.
const CHOOSE: i32 = 0xca;
const MAJORITY: i32 = 0xe8;

/// Proof that the CPU has the instructions, and mostly those for SHA besides: what all lanes have in common, the body
/// of a post to many, has its words prepared once with them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Avx512(Option<ShaNi>);

impl Avx512 {
    pub(super) fn detect() -> Option<Self> {
        let has = std::is_x86_feature_detected!("avx512f") && std::is_x86_feature_detected!("avx512bw");
        has.then(|| Self(ShaNi::detect()))
    }
}

impl Compress for Avx512 {
    type State = [Words; 8];

    fn start(self) -> Self::State {
        // SAFETY: `self` proves the instructions.
        unsafe { start() }
    }

    fn compress(self, state: &mut Self::State, lanes: &[&[Block]]) {
        // Idle lanes do the first one's work.
        let mut all = [lanes[0]; LANES];
        all[..lanes.len()].copy_from_slice(lanes);
        // SAFETY: `self` proves the instructions.
        unsafe { compress(state, &all, self.0) }
    }

    fn digests(self, state: &Self::State) -> Digests {
        // SAFETY: `self` proves the instructions.
        unsafe { digests(state) }
    }
}

#[target_feature(enable = "avx512f,avx512bw")]
fn start() -> [Words; 8] {
    let mut state = [_mm512_setzero_si512(); 8];
    for (words, initial) in state.iter_mut().zip(INITIAL) {
        *words = _mm512_set1_epi32(initial.cast_signed());
    }
    state
}

#[target_feature(enable = "avx512f,avx512bw")]
fn compress(state: &mut [Words; 8], lanes: &[&[Block]; LANES], sha: Option<ShaNi>) {
    for at in 0..lanes[0].len() {
        let mut blocks = [&lanes[0][at]; LANES];
        for (block, lane) in blocks.iter_mut().zip(lanes) {
            *block = &lane[at];
        }
        match sha {
            Some(sha) if are_equal(&blocks) => compress_common(state, &sha.schedule(blocks[0])),
            _ => compress_block(state, &blocks),
        }
    }
}

/// Whether all lanes have the same block.
#[target_feature(enable = "avx512f")]
fn are_equal(blocks: &[&Block; LANES]) -> bool {
    let first = load(blocks[0]);
    blocks[1..].iter().all(|it| _mm512_cmpneq_epi32_mask(load(it), first) == 0)
}

/// A block of all lanes, with its words prepared.
#[target_feature(enable = "avx512f")]
fn compress_common(state: &mut [Words; 8], schedule: &[u32; 64]) {
    let mut s = *state;
    for words in schedule.as_chunks::<16>().0 {
        macro_rules! one {
            ($i:literal) => {
                round!(s, $i, _mm512_set1_epi32(words[$i].cast_signed()));
            };
        }
        sixteen!(one);
    }
    for (old, new) in state.iter_mut().zip(s) {
        *old = add(*old, new);
    }
}

#[target_feature(enable = "avx512f,avx512bw")]
fn compress_block(state: &mut [Words; 8], blocks: &[&Block; LANES]) {
    let mut w = words(blocks);
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

#[target_feature(enable = "avx512f,avx512bw")]
fn digests(state: &[Words; 8]) -> Digests {
    let order = big_endian();
    let mut rows = [_mm512_setzero_si512(); LANES];
    rows[..8].copy_from_slice(state);
    let mut digests = [[0; 32]; LANES];
    for (digest, row) in digests.iter_mut().zip(transposed(rows)) {
        let words = _mm512_castsi512_si256(_mm512_shuffle_epi8(row, order));
        // SAFETY: 32 writable bytes; the store needs no alignment.
        unsafe { _mm256_storeu_si256(digest.as_mut_ptr().cast(), words) };
    }
    digests
}

/// The words of a block of each lane.
#[target_feature(enable = "avx512f,avx512bw")]
fn words(blocks: &[&Block; LANES]) -> [Words; LANES] {
    let order = big_endian();
    let mut rows = [_mm512_setzero_si512(); LANES];
    for (row, block) in rows.iter_mut().zip(blocks) {
        *row = _mm512_shuffle_epi8(load(block), order);
    }
    transposed(rows)
}

/// Rows to columns, and back.
#[target_feature(enable = "avx512f")]
fn transposed(mut rows: [Words; LANES]) -> [Words; LANES] {
    // Four rows to four columns within each quarter of the registers …
    for four in rows.as_chunks_mut::<4>().0 {
        let [a, b, c, d] = *four;
        let (ab, ab_high) = (_mm512_unpacklo_epi32(a, b), _mm512_unpackhi_epi32(a, b));
        let (cd, cd_high) = (_mm512_unpacklo_epi32(c, d), _mm512_unpackhi_epi32(c, d));
        *four = [
            _mm512_unpacklo_epi64(ab, cd),
            _mm512_unpackhi_epi64(ab, cd),
            _mm512_unpacklo_epi64(ab_high, cd_high),
            _mm512_unpackhi_epi64(ab_high, cd_high),
        ];
    }
    // … then the same with the quarters themselves.
    let mut columns = rows;
    for i in 0..4 {
        let [a, b, c, d] = [rows[i], rows[4 + i], rows[8 + i], rows[12 + i]];
        let (ab_even, ab_odd) = (_mm512_shuffle_i32x4::<0x88>(a, b), _mm512_shuffle_i32x4::<0xdd>(a, b));
        let (cd_even, cd_odd) = (_mm512_shuffle_i32x4::<0x88>(c, d), _mm512_shuffle_i32x4::<0xdd>(c, d));
        columns[i] = _mm512_shuffle_i32x4::<0x88>(ab_even, cd_even);
        columns[4 + i] = _mm512_shuffle_i32x4::<0x88>(ab_odd, cd_odd);
        columns[8 + i] = _mm512_shuffle_i32x4::<0xdd>(ab_even, cd_even);
        columns[12 + i] = _mm512_shuffle_i32x4::<0xdd>(ab_odd, cd_odd);
    }
    columns
}

/// The order of bytes in which words are read and written.
#[target_feature(enable = "avx512f")]
fn big_endian() -> Words {
    _mm512_set4_epi32(0x0c0d_0e0f, 0x0809_0a0b, 0x0405_0607, 0x0001_0203)
}

#[target_feature(enable = "avx512f")]
fn constant(round: usize) -> Words {
    _mm512_set1_epi32(K[round].cast_signed())
}

#[target_feature(enable = "avx512f")]
fn add(a: Words, b: Words) -> Words {
    _mm512_add_epi32(a, b)
}

#[target_feature(enable = "avx512f")]
fn xor(a: Words, b: Words, c: Words) -> Words {
    _mm512_ternarylogic_epi32::<XOR>(a, b, c)
}

#[target_feature(enable = "avx512f")]
fn choose(e: Words, f: Words, g: Words) -> Words {
    _mm512_ternarylogic_epi32::<CHOOSE>(e, f, g)
}

#[target_feature(enable = "avx512f")]
fn majority(a: Words, b: Words, c: Words) -> Words {
    _mm512_ternarylogic_epi32::<MAJORITY>(a, b, c)
}

#[target_feature(enable = "avx512f")]
fn sum0(a: Words) -> Words {
    xor(_mm512_ror_epi32::<2>(a), _mm512_ror_epi32::<13>(a), _mm512_ror_epi32::<22>(a))
}

#[target_feature(enable = "avx512f")]
fn sum1(e: Words) -> Words {
    xor(_mm512_ror_epi32::<6>(e), _mm512_ror_epi32::<11>(e), _mm512_ror_epi32::<25>(e))
}

#[target_feature(enable = "avx512f")]
fn small0(w: Words) -> Words {
    xor(_mm512_ror_epi32::<7>(w), _mm512_ror_epi32::<18>(w), _mm512_srli_epi32::<3>(w))
}

#[target_feature(enable = "avx512f")]
fn small1(w: Words) -> Words {
    xor(_mm512_ror_epi32::<17>(w), _mm512_ror_epi32::<19>(w), _mm512_srli_epi32::<10>(w))
}

#[target_feature(enable = "avx512f")]
fn load(block: &Block) -> Words {
    // SAFETY: 64 readable bytes; the load needs no alignment.
    unsafe { _mm512_loadu_si512(block.as_ptr().cast()) }
}
