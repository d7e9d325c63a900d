//! SHA instructions, two lanes at once: the second fills the time in which the first waits for its rounds.
//! More lanes gain nothing, two have the unit busy.

#![allow(unsafe_code, reason = "calls of what `ShaNi` proves the CPU to have, and loads and stores of whole arrays")]
#![allow(clippy::needless_range_loop, reason = "a lane is a place in several arrays")]

use std::arch::x86_64::{
    __m128i, _mm_add_epi32, _mm_alignr_epi8, _mm_loadu_si128, _mm_set_epi32, _mm_set_epi64x, _mm_setzero_si128,
    _mm_sha256msg1_epu32, _mm_sha256msg2_epu32, _mm_sha256rnds2_epu32, _mm_shuffle_epi8, _mm_shuffle_epi32,
    _mm_storeu_si128, _mm_unpackhi_epi64, _mm_unpacklo_epi64,
};

use super::{
    Block, Digests,
    compress::Compress,
    rounds::{INITIAL, K},
};
use crate::LANES;

/// The letters as the instructions want them, the first highest: `abef`, `cdgh`.
pub(crate) type State = [__m128i; 2];

/// Sixteen words, four in a register.
pub(crate) type Words = [__m128i; 4];

/// Proof that the CPU has the instructions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ShaNi(());

impl ShaNi {
    pub(crate) fn detect() -> Option<Self> {
        let has = std::is_x86_feature_detected!("sha")
            && std::is_x86_feature_detected!("ssse3")
            && std::is_x86_feature_detected!("sse4.1");
        has.then_some(Self(()))
    }
}

impl ShaNi {
    /// The words of all rounds of a block, the rounds' constants added.
    pub(super) fn schedule(self, block: &Block) -> [u32; 64] {
        // SAFETY: `self` proves the instructions.
        unsafe { schedule(block) }
    }
}

impl Compress for ShaNi {
    type State = [State; LANES];

    fn start(self) -> Self::State {
        // SAFETY: `self` proves the instructions.
        [unsafe { start() }; LANES]
    }

    fn compress(self, state: &mut Self::State, lanes: &[&[Block]]) {
        for (states, lanes) in state[..lanes.len()].chunks_mut(2).zip(lanes.chunks(2)) {
            // SAFETY: `self` proves the instructions.
            match (states, lanes) {
                ([one, two], [a, b]) => unsafe { compress([one, two], [a, b]) },
                ([one], [a]) => unsafe { compress([one], [a]) },
                _ => unreachable!("chunks of up to two, as many states as lanes"),
            }
        }
    }

    fn digests(self, state: &Self::State) -> Digests {
        let mut digests = [[0; 32]; LANES];
        for (digest, state) in digests.iter_mut().zip(state) {
            // SAFETY: `self` proves the instructions.
            unsafe { write(state, digest) };
        }
        digests
    }
}

#[target_feature(enable = "sse2")]
pub(crate) fn start() -> State {
    let [a, b, c, d, e, f, g, h] = INITIAL.map(u32::cast_signed);
    [_mm_set_epi32(a, b, e, f), _mm_set_epi32(c, d, g, h)]
}

#[target_feature(enable = "sha,ssse3,sse4.1")]
fn compress<const N: usize>(states: [&mut State; N], lanes: [&[Block]; N]) {
    let mut s = [[_mm_setzero_si128(); 2]; N];
    for j in 0..N {
        s[j] = *states[j];
    }
    for at in 0..lanes[0].len() {
        block(&mut s, std::array::from_fn(|j| &lanes[j][at]));
    }
    for (state, s) in states.into_iter().zip(s) {
        *state = s;
    }
}

/// Hashes a block of each lane.
#[inline]
#[target_feature(enable = "sha,ssse3,sse4.1")]
pub(crate) fn block<const N: usize>(s: &mut [State; N], blocks: [&Block; N]) {
    let (old, mut w) = (*s, words(blocks));
    quarter::<0, N>(s, &mut w);
    quarter::<1, N>(s, &mut w);
    quarter::<2, N>(s, &mut w);
    quarter::<3, N>(s, &mut w);
    add(s, &old);
}

/// The words of a block of each lane.
#[inline]
#[target_feature(enable = "ssse3")]
pub(crate) fn words<const N: usize>(blocks: [&Block; N]) -> [Words; N] {
    let (order, mut w) = (big_endian(), [[_mm_setzero_si128(); 4]; N]);
    for j in 0..N {
        for (word, piece) in w[j].iter_mut().zip(blocks[j].as_chunks().0) {
            *word = _mm_shuffle_epi8(load(piece), order);
        }
    }
    w
}

/// Sixteen of a block's rounds; the words become those of the next sixteen.
#[inline]
#[target_feature(enable = "sha,ssse3,sse4.1")]
pub(crate) fn quarter<const Q: usize, const N: usize>(s: &mut [State; N], w: &mut [Words; N]) {
    macro_rules! four_rounds {
        ($i:literal) => {
            let k = load_words(&K.as_chunks().0[4 * Q + $i]);
            for j in 0..N {
                let [abef, cdgh] = s[j];
                let words = _mm_add_epi32(w[j][$i], k);
                // Two rounds make the new `abef`; the old one is the new `cdgh`.
                let half = _mm_sha256rnds2_epu32(cdgh, abef, words);
                s[j] = [_mm_sha256rnds2_epu32(abef, half, _mm_shuffle_epi32::<0x0e>(words)), half];
                if Q < 3 {
                    w[j][$i] = next_words([w[j][$i], w[j][($i + 1) % 4], w[j][($i + 2) % 4], w[j][($i + 3) % 4]]);
                }
            }
        };
    }
    four_rounds!(0);
    four_rounds!(1);
    four_rounds!(2);
    four_rounds!(3);
}

/// The end of a block: what it came to is added to what was before.
#[inline]
#[target_feature(enable = "sse2")]
pub(crate) fn add<const N: usize>(s: &mut [State; N], old: &[State; N]) {
    for j in 0..N {
        s[j] = [_mm_add_epi32(s[j][0], old[j][0]), _mm_add_epi32(s[j][1], old[j][1])];
    }
}

#[target_feature(enable = "sha,ssse3,sse4.1")]
fn schedule(block: &Block) -> [u32; 64] {
    let ([mut w], mut all) = (words([block]), [0; 64]);
    for (i, (four, k)) in all.as_chunks_mut().0.iter_mut().zip(K.as_chunks().0).enumerate() {
        store_words(four, _mm_add_epi32(w[0], load_words(k)));
        w = [w[1], w[2], w[3], if i < 12 { next_words(w) } else { w[0] }];
    }
    all
}

/// The four words after these sixteen.
#[target_feature(enable = "sha,ssse3")]
fn next_words([first, second, third, last]: [__m128i; 4]) -> __m128i {
    let sum = _mm_add_epi32(_mm_sha256msg1_epu32(first, second), _mm_alignr_epi8::<4>(last, third));
    _mm_sha256msg2_epu32(sum, last)
}

#[target_feature(enable = "ssse3")]
pub(crate) fn write(state: &State, digest: &mut [u8; 32]) {
    // Lowest first they are `feba` and `hgdc`, so turning round a half's bytes turns its words, too.
    let [feba, hgdc] = *state;
    let order = _mm_set_epi64x(0x0001_0203_0405_0607, 0x0809_0a0b_0c0d_0e0f);
    let (halves, _) = digest.as_chunks_mut::<16>();
    store(&mut halves[0], _mm_shuffle_epi8(_mm_unpackhi_epi64(hgdc, feba), order));
    store(&mut halves[1], _mm_shuffle_epi8(_mm_unpacklo_epi64(hgdc, feba), order));
}

/// Each word's bytes the other way round.
#[target_feature(enable = "sse2")]
fn big_endian() -> __m128i {
    _mm_set_epi64x(0x0c0d_0e0f_0809_0a0b, 0x0405_0607_0001_0203)
}

#[target_feature(enable = "sse2")]
fn load(bytes: &[u8; 16]) -> __m128i {
    // SAFETY: sixteen readable bytes; the load needs no alignment.
    unsafe { _mm_loadu_si128(bytes.as_ptr().cast()) }
}

#[target_feature(enable = "sse2")]
fn load_words(words: &[u32; 4]) -> __m128i {
    // SAFETY: sixteen readable bytes; the load needs no alignment.
    unsafe { _mm_loadu_si128(words.as_ptr().cast()) }
}

#[target_feature(enable = "sse2")]
fn store_words(words: &mut [u32; 4], it: __m128i) {
    // SAFETY: sixteen writable bytes; the store needs no alignment.
    unsafe { _mm_storeu_si128(words.as_mut_ptr().cast(), it) }
}

#[target_feature(enable = "sse2")]
fn store(bytes: &mut [u8; 16], it: __m128i) {
    // SAFETY: sixteen writable bytes; the store needs no alignment.
    unsafe { _mm_storeu_si128(bytes.as_mut_ptr().cast(), it) }
}
