//! The table against the facts it was built from.

#[path = "../../build/texts.rs"]
mod texts;

use super::*;

/// The text whose CRC-32 is the id.
fn normalized(schema: &Schema, d: &Decl) -> String {
    let mut text = schema.name(d.name).to_owned();
    let fields = schema.fields(d);
    let words: Vec<&str> = fields.iter().filter(|f| f.ty.kind == Kind::Flags).map(|f| schema.name(f.name)).collect();
    if fields.iter().any(|f| f.ty.kind == Kind::Any) {
        text.push_str(" X:Type");
    }
    for f in fields {
        if f.ty.kind == Kind::True {
            continue;
        }
        text.push_str(&format!(" {}:", schema.name(f.name)));
        if f.flag != NO_FLAG {
            text.push_str(&format!("{}.{}?", words[usize::from(f.flag / 32)], f.flag % 32));
        }
        let ty = schema.text(f.ty);
        text.push_str(if ty == "bytes" { "string" } else { &ty });
    }
    let result = schema.text(d.result).replace("!X", "X");
    format!("{text} = {result}").replace('<', " ").replace('>', "")
}

#[test]
fn every_id_is_the_crc_of_its_declaration() {
    let schema = schema();
    let mut wrong = Vec::new();
    // Rows ahead of the newest layer have ids that clients were seen to use, and not every field.
    for d in schema.decls.iter().filter(|d| !d.mtproto && d.from <= NEWEST) {
        let text = normalized(schema, d);
        if crc32fast::hash(text.as_bytes()) != d.id {
            wrong.push(format!("{:08x} {}..{} {text}", d.id, d.from, d.to));
        }
    }
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn a_layer_has_each_name_once() {
    for layer in Layer::all() {
        let view = View::of(layer);
        let mut seen = std::collections::HashSet::new();
        for i in view.all() {
            let d = view.schema.decl(i);
            assert!(seen.insert((d.name, d.function)), "{} twice in {}", view.schema.name(d.name), layer.get());
        }
        assert!(seen.len() > 1600, "{} has only {}", layer.get(), seen.len());
    }
}

#[test]
fn layer_227_is_the_published_one() {
    let folder = texts::folder("0.10.0", env!("TL_TARGET"));
    let published = std::fs::read_to_string(folder.join("api.tl")).unwrap();
    let view = View::of(Layer::serving(227).unwrap());
    let mut known = 0;
    for d in grammers_tl_parser::parse_tl_file(&published).filter_map(Result::ok) {
        let built_in = ["boolTrue", "boolFalse", "true", "vector", "error", "null"];
        if built_in.contains(&&d.name[..]) {
            continue;
        }
        let index = view.find(d.id).unwrap_or_else(|| panic!("no {d}"));
        let own = view.schema.decl(index);
        let full = [&d.namespace[..], std::slice::from_ref(&d.name)].concat().join(".");
        assert_eq!(view.schema.name(own.name), full);
        // Newer `true` fields of the same id are known to us already: bits that it ignores.
        let has = |name: &str| view.schema.fields(own).iter().any(|f| view.schema.name(f.name) == name);
        assert!(d.params.iter().all(|p| has(&p.name)), "{d}");
        if own.to < NEWEST {
            assert_eq!(view.schema.fields(own).len(), d.params.len(), "{d}");
        }
        known += 1;
    }
    // Methods that are gone and still called are ours alone.
    let moved = |d: &Decl| d.function && view.schema.name(d.name).starts_with("channels.") && d.to == NEWEST - 1;
    let ours = view.all().map(|i| view.schema.decl(i)).filter(|d| !d.mtproto && !moved(d)).count();
    assert_eq!(ours, known);
}

/// Layers whose text nobody has: they get what stands on one side of them or the other.
#[test]
fn no_name_is_missing_between_two_layers_that_have_it() {
    let mut had = std::collections::HashMap::<_, Vec<u16>>::new();
    for layer in Layer::all() {
        let view = View::of(layer);
        for d in view.all().map(|i| view.schema.decl(i)).filter(|d| !d.mtproto) {
            had.entry((view.schema.name(d.name), d.function)).or_default().push(layer.get());
        }
    }
    let missing = |layers: &[u16]| layers.windows(2).find(|pair| pair[1] != pair[0] + 1).map(|pair| pair[0] + 1);
    let mut holes: Vec<_> = had.iter().filter_map(|((name, _), layers)| Some((missing(layers)?, *name))).collect();
    holes.sort_unstable();
    assert_eq!(holes, []);
}
