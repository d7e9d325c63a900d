//! Seeded mutations of whole inputs, for targets whose seeds are their own.

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// Runs each seed, then `count` mutations of them: bytes changed, cut, repeated, joined.
pub(crate) fn mutate(seeds: &[Vec<u8>], seed: u64, count: usize, run: impl Fn(&[u8])) {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    seeds.iter().for_each(|it| run(it));
    for _ in 0..count {
        let mut data = seeds[rng.random_range(0..seeds.len())].clone();
        for _ in 0..rng.random_range(1..5) {
            let at = rng.random_range(0..data.len().max(1));
            match rng.random_range(0..5) {
                0 => data.truncate(at),
                1 => data.splice(at..at, [rng.random()]).for_each(drop),
                2 => data.extend_from_within(at.min(data.len())..),
                3 => data.extend_from_slice(&seeds[rng.random_range(0..seeds.len())]),
                _ => {
                    if let Some(byte) = data.get_mut(at) {
                        *byte = rng.random();
                    }
                }
            }
        }
        run(&data);
    }
}
