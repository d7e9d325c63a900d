//! Untrusted TL bytes through wrappers, gunzip and the walk; nothing may panic or run away.

use super::transcoder::LAYERS;
use tl::walk::{self, Limits};
use tl::{Layer, gunzip, wrappers};

/// Unpacked sizes above this are not interesting and slow the fuzzer down.
const CAP: usize = 1 << 20;
const NEWEST: i32 = tl::LAYER;

/// One input: as a request with wrappers, as a packed payload, as an object, in every layer.
pub fn run(data: &[u8]) {
    if let Ok(out) = gunzip::unpack(data, CAP) {
        assert!(out.len() <= CAP);
    }
    let query = match wrappers::peel(data) {
        Ok(peeled) => {
            assert!(peeled.after.len() <= wrappers::MAX_AFTER);
            assert!(data.ends_with(peeled.query));
            peeled.query
        }
        Err(_) => data,
    };
    for layer in LAYERS.into_iter().chain([NEWEST]).filter_map(|n| Layer::serving(n).ok()) {
        for walked in [walk::request(layer, query, &Limits::REQUEST), walk::object(layer, query, &Limits::REQUEST)]
            .into_iter()
            .flatten()
        {
            assert!(walked.end <= query.len() && walked.end >= 4);
            assert_eq!(tl::request_id(query), Some(walked.id));
            // What was accepted is accepted alone, and not a byte shorter.
            let alone = &query[..walked.end];
            assert!(walk::object(layer, alone, &Limits::REQUEST).is_ok());
            assert!(walk::object(layer, &alone[..walked.end - 1], &Limits::REQUEST).is_err());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::targets::tl_seeds::{mutations, seeds};

    #[test]
    fn mutated_requests_never_break_the_walk() {
        let seeds = seeds(tl::LAYER);
        seeds.iter().for_each(|seed| run(seed));
        mutations(41, 20_000, &seeds, &run);
    }
}
