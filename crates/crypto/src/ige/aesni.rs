//! IGE with the CPU's AES instructions. The XOR with the neighbour block is folded into the last round
//! key, so the chain is fourteen rounds and one XOR a block.

#![allow(unsafe_code, reason = "intrinsics of instructions that `available` has checked, over slices")]

use std::arch::x86_64::{
    __m128i, _mm_aesdec_si128, _mm_aesdeclast_si128, _mm_aesenc_si128, _mm_aesenclast_si128, _mm_aesimc_si128,
    _mm_aeskeygenassist_si128, _mm_loadu_si128, _mm_setzero_si128, _mm_shuffle_epi32, _mm_slli_si128, _mm_storeu_si128,
    _mm_xor_si128,
};

use super::BLOCK;

/// Rounds of AES with a key of 256 bits.
pub(super) const ROUNDS: usize = 14;

type RoundKeys = [__m128i; ROUNDS + 1];

/// Whether this CPU has the instructions.
pub(super) fn available() -> bool {
    std::is_x86_feature_detected!("aes") && std::is_x86_feature_detected!("sse4.1")
}

/// See [`super::encrypt`].
pub(super) fn encrypt(key: &[u8; 32], iv: &[u8; 32], data: &mut [u8]) {
    // SAFETY: the caller has asked `available`.
    unsafe { encrypt_with(key, iv, data) }
}

/// See [`super::decrypt`].
pub(super) fn decrypt(key: &[u8; 32], iv: &[u8; 32], data: &mut [u8]) {
    // SAFETY: the caller has asked `available`.
    unsafe { decrypt_with(key, iv, data) }
}

#[target_feature(enable = "aes,sse4.1")]
fn encrypt_with(key: &[u8; 32], iv: &[u8; 32], data: &mut [u8]) {
    let keys = expand(key);
    let (mut cipher, mut plain) = halves(iv);
    for block in data.as_chunks_mut::<BLOCK>().0 {
        let input = load(block);
        let mut state = _mm_xor_si128(cipher, _mm_xor_si128(input, keys[0]));
        for round in &keys[1..ROUNDS] {
            state = _mm_aesenc_si128(state, *round);
        }
        cipher = _mm_aesenclast_si128(state, _mm_xor_si128(keys[ROUNDS], plain));
        store(block, cipher);
        plain = input;
    }
}

#[target_feature(enable = "aes,sse4.1")]
fn decrypt_with(key: &[u8; 32], iv: &[u8; 32], data: &mut [u8]) {
    let keys = inverse(&expand(key));
    let (mut cipher, mut plain) = halves(iv);
    for block in data.as_chunks_mut::<BLOCK>().0 {
        let input = load(block);
        let mut state = _mm_xor_si128(plain, _mm_xor_si128(input, keys[0]));
        for round in &keys[1..ROUNDS] {
            state = _mm_aesdec_si128(state, *round);
        }
        plain = _mm_aesdeclast_si128(state, _mm_xor_si128(keys[ROUNDS], cipher));
        store(block, plain);
        cipher = input;
    }
}

#[target_feature(enable = "aes,sse4.1")]
fn expand(key: &[u8; 32]) -> RoundKeys {
    let mut keys = [_mm_setzero_si128(); ROUNDS + 1];
    (keys[0], keys[1]) = halves(key);
    macro_rules! next {
        ($at:expr, $rcon:literal, $word:literal) => {
            let word = _mm_shuffle_epi32::<$word>(_mm_aeskeygenassist_si128::<$rcon>(keys[$at - 1]));
            let mut it = keys[$at - 2];
            it = _mm_xor_si128(it, _mm_slli_si128::<4>(it));
            it = _mm_xor_si128(it, _mm_slli_si128::<8>(it));
            keys[$at] = _mm_xor_si128(it, word);
        };
    }
    next!(2, 0x01, 0xff);
    next!(3, 0x00, 0xaa);
    next!(4, 0x02, 0xff);
    next!(5, 0x00, 0xaa);
    next!(6, 0x04, 0xff);
    next!(7, 0x00, 0xaa);
    next!(8, 0x08, 0xff);
    next!(9, 0x00, 0xaa);
    next!(10, 0x10, 0xff);
    next!(11, 0x00, 0xaa);
    next!(12, 0x20, 0xff);
    next!(13, 0x00, 0xaa);
    next!(14, 0x40, 0xff);
    keys
}

#[target_feature(enable = "aes,sse4.1")]
fn inverse(keys: &RoundKeys) -> RoundKeys {
    let mut inverse = *keys;
    inverse.reverse();
    for key in &mut inverse[1..ROUNDS] {
        *key = _mm_aesimc_si128(*key);
    }
    inverse
}

#[target_feature(enable = "aes,sse4.1")]
pub(super) fn halves(bytes: &[u8; 32]) -> (__m128i, __m128i) {
    let halves = bytes.as_chunks::<BLOCK>().0;
    (load(&halves[0]), load(&halves[1]))
}

#[target_feature(enable = "aes,sse4.1")]
fn load(block: &[u8; BLOCK]) -> __m128i {
    // SAFETY: sixteen readable bytes; the load needs no alignment.
    unsafe { _mm_loadu_si128(block.as_ptr().cast()) }
}

#[target_feature(enable = "aes,sse4.1")]
fn store(block: &mut [u8; BLOCK], it: __m128i) {
    // SAFETY: sixteen writable bytes; the store needs no alignment.
    unsafe { _mm_storeu_si128(block.as_mut_ptr().cast(), it) }
}
