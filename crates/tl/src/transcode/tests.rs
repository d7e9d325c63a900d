//! Random objects and requests across layers, and hostile bytes; meanings are in `meaning`.

mod ahead;
mod counting;
mod growth;
mod meaning;
mod notation;
mod parts;
mod vectors;

use super::*;
use crate::generate::Generator;
use crate::schema::View;
use notation::text;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// Random objects of each declaration.
const EACH: usize = 6;

/// The served layers but the newest.
fn older() -> impl Iterator<Item = Layer> {
    Layer::all().filter(|l| !l.is_newest())
}

/// Layers that released clients speak, for tests that make many objects a layer.
fn spoken() -> impl Iterator<Item = Layer> {
    let layers = [152, 155, 158, 162, 166, 173, 181, 193, 198, 201, 214, 216, 223, 224, 227, 228, 229, 232];
    layers.into_iter().map(|n| Layer::serving(n).unwrap())
}

/// Whether `layers/gaps.tsv` explains what is lost of this constructor or method.
fn explained(gaps: &audit::Gaps, name: &str) -> bool {
    gaps.iter().any(|(_, it)| it == name || it.strip_prefix(name).is_some_and(|field| field.starts_with('.')))
}

/// Without the debug build's walk over what comes out, so that a test can tell it.
fn downgrade_unchecked(layer: Layer, bytes: &[u8], out: &mut Vec<u8>) -> Result<(), TranscodeError> {
    if down(layer, bytes, out, |c| c.value(ANY))? == Form::Same {
        out.extend_from_slice(bytes);
    }
    Ok(())
}

fn walks_to_its_end(layer: Layer, bytes: &[u8]) -> bool {
    walk::object(layer, bytes, &Limits::OWN).is_ok_and(|w| w.end == bytes.len())
}

fn name(id: u32) -> &'static str {
    let schema = schema();
    schema.find(id).map_or("?", |i| schema.name(schema.decl(i).name))
}

/// Downgrades random objects of every constructor: how many had a form, and what had none.
fn downgrade_all(layer: Layer, each: usize) -> (usize, Vec<&'static str>) {
    let view = View::of(Layer::NEWEST);
    let mut generator = Generator::new(view, 7);
    let (mut done, mut refused) = (0, Vec::new());
    for index in view.all().filter(|i| !view.schema.decl(*i).function) {
        for _ in 0..each {
            let Some(bytes) = generator.make(index) else {
                continue;
            };
            assert!(walks_to_its_end(Layer::NEWEST, &bytes));
            let mut out = vec![1, 2, 3];
            match downgrade_unchecked(layer, &bytes, &mut out) {
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

fn downgrades(layer: Layer, each: usize) {
    let (done, refused) = downgrade_all(layer, each);
    assert!(done > 1_100 * each, "{}: {done}", layer.get());
    // Only what the layer does not know is refused.
    let (view, gaps) = (View::of(layer), audit::gaps(layer));
    for name in refused {
        let unknown = view.named(name, false).is_none();
        // What only users had has no form where a chat has it.
        let peer = name.starts_with("peer") || name.starts_with("inputPeer");
        assert!(unknown || peer || explained(&gaps, name), "{name} at {}", layer.get());
    }
}

#[test]
fn every_object_downgrades_to_bytes_that_the_layer_reads_to_the_last() {
    older().for_each(|layer| downgrades(layer, 1));
}

#[test]
fn every_object_downgrades_for_layers_that_clients_speak() {
    spoken().for_each(|layer| downgrades(layer, EACH));
}

/// Upgrades random requests of every method: how many had a form, and what had none.
fn upgrade_all(layer: Layer) -> (usize, Vec<&'static str>) {
    let newest = View::of(Layer::NEWEST);
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
                    assert_eq!(name(up.id), rules::renamed(newest, old, true));
                    done += 1;
                }
                Err(TranscodeError::NoForm { id }) => match name(id) {
                    // A vector that is empty where one thing is wanted: nothing says who it is of.
                    "?" => refused.push(view.schema.name(view.schema.decl(index).name)),
                    name => refused.push(name),
                },
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
    for layer in spoken() {
        let (done, refused) = upgrade_all(layer);
        assert!(done > 480 * EACH, "{}: {done} {refused:?}", layer.get());
        let gaps = audit::gaps(layer);
        for name in refused {
            // A random keyboard has inline buttons among its reply ones, which no keyboard has.
            let button = name.to_lowercase().contains("keyboardbutton");
            assert!(button || explained(&gaps, name), "{name} at {}", layer.get());
        }
    }
}

/// Methods that took a channel or a user where they take any peer now.
const CAST_UP: [&str; 7] =
    ["account.addNo", "channels.", "contacts.toggle", "payments.", "stories.", "users.", "messages.click"];

#[test]
fn an_upgraded_request_says_all_that_the_older_one_said() {
    // Back in the older layer it must be the same bytes: whatever an upgrade lost would miss.
    for layer in spoken() {
        let view = View::of(layer);
        let mut generator = Generator::new(view, 19);
        let gaps = audit::gaps(layer);
        let of = |name: &String| [name.clone(), name.rsplit_once('.').map_or("", |n| n.0).to_owned()];
        let losses: Vec<String> = gaps.iter().flat_map(|g| of(&g.1)).map(|it| format!("{it}{{")).collect();
        let (mut same, mut rewritten, mut differ) = (0, 0, Vec::new());
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
                if downgrade_unchecked(layer, &up.bytes, &mut back).is_err() {
                    // A channel or a user that became any peer does not come back.
                    let cast = CAST_UP.iter().any(|it| method.starts_with(it));
                    assert!(cast || explained(&gaps, method), "{method} at {}", layer.get());
                    continue;
                }
                if back != bytes {
                    let (old, back) = (text(layer, &bytes), text(layer, &back));
                    // What was gathered into a constructor comes back as its main field, and what was said to be
                    // false is not said; no client needs either.
                    let main = ["account.setGlobalPrivacySettings", "account.updateColor"].contains(&method);
                    let gathered = old.contains("top_msg_id") || main;
                    let lossy = gathered || losses.iter().any(|it| old.contains(it));
                    if !lossy {
                        differ.push(format!("{method} at {}:\n{old}\n{back}", layer.get()));
                    }
                    continue;
                }
                same += 1;
                rewritten += usize::from(matches!(up.bytes, Cow::Owned(_)));
            }
        }
        assert!(differ.is_empty(), "{}", differ.join("\n"));
        assert!(same > 400 * EACH && rewritten > 5, "{}: {same} {rewritten}", layer.get());
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
        for layer in spoken() {
            let mut out = Vec::new();
            match downgrade_result(layer, d.id, &bytes, &mut out) {
                Ok(()) => {
                    let view = View::of(layer);
                    let old = view.named(rules::renamed(view, view.schema.name(d.name), true), true);
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
    for layer in spoken() {
        let view = View::of(layer);
        let mut generator = Generator::new(view, 17);
        let all: Vec<u16> = view.all().filter(|i| view.schema.decl(*i).function).collect();
        for _ in 0..100 {
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
                    assert!(up.bytes.len() <= bad.len() * GROWTH + ADDED);
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
