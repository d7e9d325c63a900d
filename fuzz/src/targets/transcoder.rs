//! Untrusted requests of every layer through the transcoder, and damaged answers of our own.

use tl::transcode::{ADDED, GROWTH};
use tl::walk::{self, Limits};
use tl::{Layer, Upgraded, downgrade, downgrade_result, upgrade};

/// Layers that released clients speak: the oldest, the newest, and where much changed between them.
pub const LAYERS: [i32; 9] = [152, 158, 181, 198, 214, 223, 227, 228, 229];

/// One input in every layer of [`LAYERS`].
pub fn run(data: &[u8]) {
    for n in LAYERS {
        layer(n, data);
    }
}

/// What an input was taken as.
pub struct Taken {
    /// As a request of the older layer.
    pub up: bool,
    /// As an object of the newest.
    pub down: bool,
}

/// One input: upgraded from this layer, downgraded to it.
pub fn layer(layer: i32, data: &[u8]) -> Taken {
    let layer = Layer::serving(layer).expect("a served layer");
    let up = requests(layer, data, &Limits::REQUEST);
    // Within narrow limits it is the same or nothing.
    if let Some(narrow) = requests(layer, data, &narrow(data.len())) {
        assert_eq!(Some(narrow), up);
    }
    let mut out = vec![7];
    let down = downgrade(layer, data, &mut out).is_ok();
    if down {
        let end = walk::object(layer, &out[1..], &WIDE).map(|w| w.end);
        assert_eq!(end, Ok(out.len() - 1));
        assert!(out.len() - 1 <= data.len() * GROWTH);
    } else {
        assert_eq!(out, [7]);
    }
    let (method, _) = tl::all_methods().nth(data.len() % 800).expect("over 800 methods");
    let _ = downgrade_result(layer, method, data, &mut out);
    Taken { up: up.is_some(), down }
}

/// The request in the newest layer, which is within the same limits.
fn requests<'a>(layer: Layer, data: &'a [u8], limits: &Limits) -> Option<Upgraded<'a>> {
    let up = upgrade(layer, data, limits).ok()?;
    let walked = walk::request(Layer::NEWEST, &up.bytes, limits);
    assert_eq!(walked.map(|w| (w.id, w.end)), Ok((up.id, up.bytes.len())));
    assert!(up.bytes.len() <= data.len() * GROWTH + ADDED);
    assert!(walk::request(layer, data, limits).is_ok());
    Some(up)
}

/// Limits that inputs of ordinary sizes are at either side of.
fn narrow(len: usize) -> Limits {
    let n = u32::try_from(len % 16).expect("small");
    Limits { depth: 1 + n / 2, elements: 1 + n * 2, bytes: 32 + len % 1024, string: 4 + len % 24, blob: 4 + len % 24 }
}

/// Our own objects may be longer than a request.
const WIDE: Limits = Limits { depth: 128, elements: u32::MAX, bytes: usize::MAX, string: usize::MAX, blob: usize::MAX };

#[cfg(test)]
mod tests {
    use super::*;
    use crate::targets::tl_seeds::{mutations, seeds};
    use std::cell::Cell;

    /// Mutated inputs of an ordinary run; `make fuzz-layers` sets CHAPPE_FUZZ to ten million.
    const INPUTS: usize = 100_000;

    fn fuzz(seed: u64, layers: &'static [i32]) {
        let all = std::env::var("CHAPPE_FUZZ").ok().and_then(|n| n.parse().ok()).unwrap_or(INPUTS);
        for n in layers {
            let seeds = seeds(*n);
            for seed in &seeds {
                layer(*n, seed);
            }
            let (inputs, up, down) = (all.div_ceil(LAYERS.len()), Cell::new(0), Cell::new(0));
            mutations(seed, inputs, &seeds, &|data| {
                let taken = layer(*n, data);
                up.set(up.get() + usize::from(taken.up));
                down.set(down.get() + usize::from(taken.down));
            });
            let (up, down) = (up.get(), down.get());
            println!("layer {n}: {inputs} inputs, {up} upgraded, {down} downgraded");
            // Inputs that are all refused at their first word would prove little.
            assert!(up > inputs / 50 && down > inputs / 50);
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
