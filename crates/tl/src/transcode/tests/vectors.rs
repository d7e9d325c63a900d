//! The table of meanings: what an older client must see of today's objects, and what today's server must
//! read in an older client's requests (`vectors.tsv`).

use super::notation::{bytes, bytes_of, text, text_of};
use super::*;
use std::collections::BTreeSet;

fn rows() -> impl Iterator<Item = Vec<&'static str>> {
    let lines = include_str!("vectors.tsv").lines().filter(|l| !l.is_empty() && !l.starts_with('#'));
    lines.map(|l| l.split('\t').collect())
}

fn layer(text: &str) -> Layer {
    Layer::serving(text.parse().expect("a layer")).expect("served")
}

/// What the row's older client or today's server gets.
fn got(row: &[&str]) -> String {
    let [kind, n, from, _] = row else { panic!("{row:?} has not four columns") };
    let layer = layer(n);
    match *kind {
        "down" => {
            let mut out = Vec::new();
            match downgrade(layer, &bytes(Layer::NEWEST, from), &mut out) {
                Ok(()) => text(layer, &out),
                Err(e) => e.to_string(),
            }
        }
        "up" => match upgrade(layer, &bytes(layer, from), &Limits::REQUEST) {
            Ok(up) => text(Layer::NEWEST, &up.bytes),
            Err(e) => e.to_string(),
        },
        method => {
            let (newest, old) = (View::of(Layer::NEWEST), View::of(layer));
            let index = newest.named(method, true).unwrap_or_else(|| panic!("no method {method}"));
            let d = newest.schema.decl(index);
            let older = old.named(rules::renamed(old, method, true), true).expect("the layer has the method");
            let mut out = Vec::new();
            match downgrade_result(layer, d.id, &bytes_of(Layer::NEWEST, from, d.result), &mut out) {
                Ok(()) => text_of(layer, &out, old.schema.decl(older).result),
                Err(e) => e.to_string(),
            }
        }
    }
}

#[test]
fn older_clients_see_and_say_what_the_table_says() {
    let wrong: Vec<String> = rows()
        .filter_map(|row| {
            let (got, want) = (got(&row), row[3]);
            (got != want).then(|| format!("{} {} {}\n  got  {got}\n  want {want}", row[0], row[1], row[2]))
        })
        .collect();
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn the_table_speaks_of_sixty_core_constructors_and_methods() {
    let names: BTreeSet<&str> = rows().map(|row| subject(&row)).collect();
    assert!(names.len() >= 80, "{}: {names:?}", names.len());
}

/// What a row is about: the method, or the constructor inside what wraps every update.
fn subject<'r>(row: &[&'r str]) -> &'r str {
    match row[0] {
        "up" | "down" => {
            let inner = |wrapper| row[2].strip_prefix(wrapper);
            let object = inner("updateShort{update=").or_else(|| inner("updates{updates=[")).unwrap_or(row[2]);
            object.split('{').next().unwrap_or(object)
        }
        method => method,
    }
}

/// Every kind of button, in the keyboard where it stands, both ways and on both sides of 229.
#[test]
fn the_table_has_every_button_both_ways() {
    for (older, ty, _) in rules::BUTTONS {
        let says = |way, mut layers: std::ops::Range<u16>, at: usize, name: &str| {
            let named = format!("{name}{{");
            layers.any(|n| rows().any(|row| row[0] == way && row[1] == n.to_string() && row[at].contains(&named)))
        };
        for layers in [152..222, 222..229] {
            // Only requests have the constructors that name a user or a chat for the server.
            assert!(older.starts_with("input") || says("down", layers.clone(), 3, older), "{older} {layers:?}");
            assert!(says("up", layers.clone(), 3, ty), "{ty} {layers:?}");
        }
    }
}
