//! Mutations of whole inputs: bytes, words and lengths changed, pieces cut, repeated, joined.

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// Longest input made: more only takes time.
const MAX: usize = 16 << 10;

/// One of `all`, changed in a few places.
pub fn mutated(all: &[Vec<u8>], rng: &mut ChaCha8Rng) -> Vec<u8> {
    let mut data = all[rng.random_range(0..all.len())].clone();
    for _ in 0..rng.random_range(1..5) {
        change(&mut data, &all[rng.random_range(0..all.len())], rng);
    }
    data.truncate(MAX);
    data
}

fn change(data: &mut Vec<u8>, other: &[u8], rng: &mut ChaCha8Rng) {
    let at = rng.random_range(0..data.len().max(1)).min(data.len());
    // Whole words are what the protocol is made of.
    let word = at & !3;
    match rng.random_range(0..9) {
        0 => data.truncate(at),
        1 => data.splice(at..at, [rng.random()]).for_each(drop),
        2 => data.extend_from_within(at..),
        3 => data.extend_from_slice(other),
        4 => {
            let from = rng.random_range(0..other.len().max(1)).min(other.len()) & !3;
            data.splice(word..word, other[from..].iter().copied()).for_each(drop);
        }
        5 => {
            if let Some(four) = data.get_mut(word..word + 4) {
                let value = [0, 1, 0xff, 0x100, 0x7fff_ffff, 0x8000_0000, u32::MAX, rng.random()];
                four.copy_from_slice(&value[rng.random_range(0..value.len())].to_le_bytes());
            }
        }
        kind => {
            if let Some(byte) = data.get_mut(at) {
                match kind {
                    6 => *byte ^= 1 << rng.random_range(0..8),
                    7 => *byte = [0, 1, 253, 254, 255][rng.random_range(0..5)],
                    _ => *byte = rng.random(),
                }
            }
        }
    }
}

/// Runs each seed, then `count` mutations of them; always the same ones.
pub fn mutations(seeds: &[Vec<u8>], seed: u64, count: usize, run: impl Fn(&[u8])) {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    seeds.iter().for_each(|it| run(it));
    for _ in 0..count {
        run(&mutated(seeds, &mut rng));
    }
}
