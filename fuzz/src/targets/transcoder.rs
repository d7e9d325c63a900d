//! Untrusted requests of every layer through the transcoder, and damaged answers of our own.

use tl::walk::{self, Limits};
use tl::{Layer, downgrade, downgrade_result, upgrade};

/// A conversion adds at most a flags word, an id or a vector header per value, whose own id was there.
const GROWTH: usize = 2;
/// What a method without fields may gain: those that today's requires.
const ADDED: usize = 64;

/// Layers that released clients speak: the oldest, the newest, and where much changed between them.
pub const LAYERS: [i32; 9] = [152, 158, 181, 198, 214, 223, 227, 228, 229];

/// One input in every layer of [`LAYERS`].
pub fn run(data: &[u8]) {
    LAYERS.into_iter().for_each(|n| layer(n, data));
}

/// One input: upgraded from this layer, downgraded to it.
pub fn layer(layer: i32, data: &[u8]) {
    let layer = Layer::serving(layer).expect("a served layer");
    if let Ok(up) = upgrade(layer, data, &Limits::REQUEST) {
        let walked = walk::request(Layer::NEWEST, &up.bytes, &Limits::REQUEST);
        assert_eq!(walked.map(|w| (w.id, w.end)), Ok((up.id, up.bytes.len())));
        assert!(up.bytes.len() <= data.len() * GROWTH + ADDED);
    }
    let mut out = vec![7];
    match downgrade(layer, data, &mut out) {
        Ok(()) => {
            let end = walk::object(layer, &out[1..], &WIDE).map(|w| w.end);
            assert_eq!(end, Ok(out.len() - 1));
            assert!(out.len() <= data.len() * GROWTH + ADDED);
        }
        Err(_) => assert_eq!(out, [7]),
    }
    let (method, _) = tl::all_methods().nth(data.len() % 800).expect("over 800 methods");
    let _ = downgrade_result(layer, method, data, &mut out);
}

/// Our own objects may be longer than a request.
const WIDE: Limits = Limits { depth: 128, elements: u32::MAX, bytes: usize::MAX, string: usize::MAX, blob: usize::MAX };

#[cfg(test)]
mod tests {
    use super::*;
    use crate::targets::tl_seeds::{mutations, seeds};

    /// Mutated inputs of an ordinary run; `make fuzz-layers` sets CHAPPE_FUZZ to ten million.
    const INPUTS: usize = 100_000;

    fn fuzz(seed: u64, layers: &'static [i32]) {
        let all = std::env::var("CHAPPE_FUZZ").ok().and_then(|n| n.parse().ok()).unwrap_or(INPUTS);
        for n in layers {
            seeds(*n).iter().for_each(|seed| layer(*n, seed));
            let run = |data: &[u8]| layer(*n, data);
            mutations(seed, all.div_ceil(LAYERS.len()), *n, &run);
        }
    }

    // One test a few layers, so that they run side by side.

    #[test]
    fn mutated_requests_and_answers_never_break_the_oldest_layers() {
        fuzz(43, &LAYERS[..3]);
    }

    #[test]
    fn mutated_requests_and_answers_never_break_the_layers_between() {
        fuzz(44, &LAYERS[3..6]);
    }

    #[test]
    fn mutated_requests_and_answers_never_break_the_newest_layers() {
        fuzz(45, &LAYERS[6..]);
    }
}
