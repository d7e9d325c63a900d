//! Untrusted requests of every layer through the transcoder, and damaged answers of our own.

use tl::walk::{self, Limits};
use tl::{Layer, downgrade, downgrade_result, upgrade};

/// A conversion adds at most a flags word, an id or a vector header per value.
const GROWTH: usize = 3;

/// One input: upgraded from every layer, downgraded to every older one.
pub fn run(data: &[u8]) {
    for layer in Layer::all() {
        if let Ok(up) = upgrade(layer, data, &Limits::REQUEST) {
            let walked = walk::request(Layer::NEWEST, &up.bytes, &Limits::REQUEST);
            assert_eq!(walked.map(|w| (w.id, w.end)), Ok((up.id, up.bytes.len())));
            assert!(up.bytes.len() <= data.len() * GROWTH + 64);
        }
        if layer.is_newest() {
            continue;
        }
        let mut out = vec![7];
        match downgrade(layer, data, &mut out) {
            Ok(()) => {
                let end = walk::object(layer, &out[1..], &WIDE).map(|w| w.end);
                assert_eq!(end, Ok(out.len() - 1));
            }
            Err(_) => assert_eq!(out, [7]),
        }
        let (method, _) = tl::all_methods().nth(data.len() % 800).expect("over 800 methods");
        let _ = downgrade_result(layer, method, data, &mut out);
    }
}

/// Our own objects may be longer than a request.
const WIDE: Limits = Limits { depth: 128, elements: u32::MAX, bytes: usize::MAX, string: usize::MAX, blob: usize::MAX };

#[cfg(test)]
mod tests {
    use super::*;
    use crate::targets::tl_seeds::{mutations, seeds};

    #[test]
    fn mutated_requests_and_answers_never_break_the_transcoder() {
        for seed in seeds() {
            run(&seed);
        }
        mutations(43, 20_000, run);
    }
}
