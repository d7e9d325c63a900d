//! The table of meanings: what an older client must see of today's objects, and what today's server must
//! read in an older client's requests (`vectors.tsv`).

use super::notation::{bytes, bytes_of, text, text_of};
use super::*;

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
    let mut names: Vec<&str> = rows().map(|row| row[2].split(['{', '=']).next().unwrap_or("")).collect();
    names.sort_unstable();
    names.dedup();
    assert!(names.len() >= 60, "{}: {names:?}", names.len());
}
