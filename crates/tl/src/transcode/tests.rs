//! Random objects and requests across layers, and hostile bytes; meanings are in `meaning`.

mod meaning;

use super::*;
use crate::generate::Generator;
use crate::schema::View;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// Random objects of each declaration.
const EACH: usize = 6;

/// What a layer has by name but needs an object for that the newest layer does not give: a whole
/// web view where there is its query's id; the peer of a message that may have none now.
const NEEDS_MORE: [(u16, &str); 2] = [(227, "messages.chatInviteJoinResultWebView"), (228, "ephemeralMessage")];

/// The served layers but the newest.
fn older() -> impl Iterator<Item = Layer> {
    Layer::all().filter(|l| !l.is_newest())
}

/// Layers whose rows exist but whose rules are not complete: the mechanism must hold there, too.
fn unserved() -> impl Iterator<Item = Layer> {
    [152, 158, 167, 181, 198, 211, 214, 223, 225].into_iter().map(Layer::unserved)
}

fn walks_to_its_end(layer: Layer, bytes: &[u8]) -> bool {
    walk::object(layer, bytes, &Limits::OWN).is_ok_and(|w| w.end == bytes.len())
}

fn name(id: u32) -> &'static str {
    let schema = schema();
    schema.find(id).map_or("?", |i| schema.name(schema.decl(i).name))
}

/// Downgrades random objects of every constructor: how many had a form, and what had none.
fn downgrade_all(layer: Layer) -> (usize, Vec<&'static str>) {
    let view = View::of(Layer::NEWEST);
    let mut generator = Generator::new(view, 7);
    let (mut done, mut refused) = (0, Vec::new());
    for index in view.all().filter(|i| !view.schema.decl(*i).function) {
        for _ in 0..EACH {
            let Some(bytes) = generator.make(index) else {
                continue;
            };
            assert!(walks_to_its_end(Layer::NEWEST, &bytes));
            let mut out = vec![1, 2, 3];
            match down(layer, &bytes, ANY, &mut out) {
                Ok(()) => {
                    let id = view.schema.decl(index).id;
                    let walked = walk::object(layer, &out[3..], &Limits::OWN);
                    assert!(
                        walked.is_ok_and(|w| w.end == out.len() - 3),
                        "{} at {}: {walked:?}",
                        name(id),
                        layer.get()
                    );
                    done += 1;
                }
                Err(TranscodeError::NoForm { id }) => {
                    assert_eq!(out, [1, 2, 3]);
                    refused.push(name(id));
                }
                Err(e) => panic!("{}: {e}", name(view.schema.decl(index).id)),
            }
        }
    }
    refused.sort_unstable();
    refused.dedup();
    (done, refused)
}

#[test]
fn every_object_downgrades_to_bytes_that_the_layer_reads_to_the_last() {
    for layer in older() {
        let (done, refused) = downgrade_all(layer);
        assert!(done > 9_500, "{}: {done}", layer.get());
        // Only what the layer does not know is refused.
        let view = View::of(layer);
        for name in refused {
            let unknown = view.named(name, false).is_none();
            let needs_more = NEEDS_MORE.contains(&(layer.get(), name));
            assert!(unknown || needs_more, "{name} at {}", layer.get());
        }
    }
}

#[test]
fn the_tables_hold_for_layers_that_are_not_served_yet() {
    for layer in unserved() {
        let (done, _) = downgrade_all(layer);
        assert!(done > 6_000, "{}: {done}", layer.get());
    }
}

/// Upgrades random requests of every method: how many had a form, and what had none.
fn upgrade_all(layer: Layer) -> (usize, Vec<&'static str>) {
    let view = View::of(layer);
    let mut generator = Generator::new(view, 11);
    let (mut done, mut refused) = (0, Vec::new());
    for index in view.all().filter(|i| view.schema.decl(*i).function) {
        for _ in 0..EACH {
            let Some(bytes) = generator.make(index) else {
                continue;
            };
            match upgrade(layer, &bytes, &Limits::REQUEST) {
                Ok(up) => {
                    let walked = walk::request(Layer::NEWEST, &up.bytes, &Limits::REQUEST);
                    assert_eq!(walked.map(|w| (w.id, w.end)), Ok((up.id, up.bytes.len())));
                    let old = view.schema.name(view.schema.decl(index).name);
                    assert_eq!(name(up.id), old);
                    done += 1;
                }
                Err(TranscodeError::NoForm { id }) => {
                    refused.push(name(id));
                }
                Err(e) => panic!("{}: {e}", name(view.schema.decl(index).id)),
            }
        }
    }
    refused.sort_unstable();
    refused.dedup();
    (done, refused)
}

#[test]
fn every_request_of_a_served_layer_upgrades() {
    for layer in older() {
        let (done, refused) = upgrade_all(layer);
        assert!(done > 4_500, "{}: {done} {refused:?}", layer.get());
        let view = View::of(Layer::NEWEST);
        for name in refused {
            // A random keyboard has inline buttons among its reply ones, which no keyboard has.
            let button = name == "keyboardButton";
            assert!(button || view.named(name, false).is_none(), "{name} at {}", layer.get());
        }
    }
}

#[test]
fn an_upgraded_request_says_all_that_the_older_one_said() {
    // Back in the older layer it must be the same bytes: whatever an upgrade lost would miss.
    for layer in older() {
        let view = View::of(layer);
        let mut generator = Generator::new(view, 19);
        let (mut same, mut rewritten) = (0, 0);
        for index in view.all().filter(|i| view.schema.decl(*i).function) {
            let method = view.schema.name(view.schema.decl(index).name);
            for _ in 0..EACH {
                let Some(bytes) = generator.make(index) else {
                    continue;
                };
                let Ok(up) = upgrade(layer, &bytes, &Limits::REQUEST) else {
                    continue;
                };
                let mut back = Vec::new();
                down(layer, &up.bytes, ANY, &mut back).unwrap();
                assert!(back == bytes, "{method} at {}", layer.get());
                same += 1;
                rewritten += usize::from(matches!(up.bytes, Cow::Owned(_)));
            }
        }
        assert!(same > 4_500 && rewritten > 5, "{}: {same} {rewritten}", layer.get());
    }
}

#[test]
fn every_result_downgrades_as_its_type() {
    let view = View::of(Layer::NEWEST);
    let mut generator = Generator::new(view, 13);
    let methods = view.all().map(|i| view.schema.decl(i)).filter(|d| d.function && !d.mtproto);
    for d in methods {
        let Some(bytes) = generator.make_value(d.result) else {
            continue;
        };
        for layer in Layer::all() {
            let mut out = Vec::new();
            match downgrade_result(layer, d.id, &bytes, &mut out) {
                Ok(()) => {
                    let old = View::of(layer).named(view.schema.name(d.name), true);
                    let Some(old) = old else { continue };
                    let id = view.schema.decl(old).id;
                    let walked = walk::result(layer, id, &out, &Limits::OWN);
                    assert_eq!(walked.map(|w| w.end), Ok(out.len()), "{}", name(d.id));
                }
                Err(TranscodeError::NoForm { .. }) => assert!(!layer.is_newest()),
                Err(e) => panic!("{}: {e}", name(d.id)),
            }
        }
    }
}

#[test]
fn cut_and_flipped_bytes_are_refused_or_converted_but_never_break() {
    let mut rng = ChaCha8Rng::seed_from_u64(3);
    for layer in Layer::all() {
        let view = View::of(layer);
        let mut generator = Generator::new(view, 17);
        let all: Vec<u16> = view.all().filter(|i| view.schema.decl(*i).function).collect();
        for _ in 0..400 {
            let index = all[rng.random_range(0..all.len())];
            let Some(bytes) = generator.make(index) else {
                continue;
            };
            for cut in (0..bytes.len()).take(200) {
                assert!(upgrade(layer, &bytes[..cut], &Limits::REQUEST).is_err());
            }
            for _ in 0..20 {
                let mut bad = bytes.clone();
                let bit = rng.random_range(0..bad.len() * 8);
                bad[bit / 8] ^= 1 << (bit % 8);
                if let Ok(up) = upgrade(layer, &bad, &Limits::REQUEST) {
                    assert!(up.bytes.len() <= bad.len() * 3 + 64);
                }
                let mut out = Vec::new();
                // Our own bytes are trusted only as far as that nothing breaks.
                if !layer.is_newest() {
                    let _ = downgrade(layer, &bad, &mut out);
                }
            }
        }
    }
}
