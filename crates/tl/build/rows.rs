//! Reads declarations: the newest schema text, and the rows of older layers told as differences.

use grammers_tl_parser::parse_tl_file;
use grammers_tl_parser::tl::{Category, Definition};
use std::collections::HashMap;

/// Must equal `layer::NEWEST`; the crate asserts its own against the package.
const NEWEST: u16 = 230;
/// First layer of rows with no older bound: below every row.
const ANY: u16 = 0;
/// Never sent, or written by hand in the reader.
const BUILT_IN: [&str; 6] = ["boolFalse", "boolTrue", "true", "vector", "error", "null"];

/// A declaration and the layers it holds in.
pub(crate) struct Def {
    pub(crate) name: String,
    pub(crate) id: u32,
    pub(crate) function: bool,
    pub(crate) mtproto: bool,
    pub(crate) from: u16,
    pub(crate) to: u16,
    /// `name:type` of each field, in order.
    pub(crate) fields: Vec<String>,
    pub(crate) result: String,
}

pub(crate) fn parse(text: &str, mtproto: bool) -> Vec<Def> {
    let parsed = parse_tl_file(text).filter_map(Result::ok);
    let defs = parsed.map(|d| def(&d, mtproto));
    // Bare types and declarations without an id appear only in parts of MTProto parsed by hand.
    defs.filter(|d| !BUILT_IN.contains(&d.name.as_str()))
        .filter(|d| !mtproto || !d.fields.iter().any(|f| f.contains("vector<") || f.contains(" ")))
        .filter(|d| !mtproto || !d.name.starts_with("tls"))
        .collect()
}

fn def(d: &Definition, mtproto: bool) -> Def {
    let mut name = d.namespace.join(".");
    if !name.is_empty() {
        name.push('.');
    }
    name.push_str(&d.name);
    Def {
        name,
        id: d.id,
        function: d.category == Category::Functions,
        mtproto,
        from: ANY,
        to: NEWEST,
        fields: d.params.iter().map(ToString::to_string).collect(),
        result: d.ty.to_string(),
    }
}

fn lines(text: &str) -> impl Iterator<Item = Vec<&str>> {
    text.lines().filter(|l| !l.starts_with('#')).map(|l| l.split('\t').collect())
}

fn layer(text: &str) -> u16 {
    text.parse().unwrap_or_else(|_| panic!("not a layer: {text}"))
}

/// Sets the first layer of each newest declaration.
pub(crate) fn newest(mut defs: Vec<Def>, since: &str) -> Vec<Def> {
    let index: HashMap<(String, bool), usize> =
        defs.iter().enumerate().map(|(i, d)| ((d.name.clone(), d.function), i)).collect();
    for row in lines(since) {
        let [from, kind, names] = row[..] else { panic!("since.tsv: {row:?}") };
        for name in names.split(' ') {
            let key = (name.to_owned(), kind == "fn");
            let at = index.get(&key).unwrap_or_else(|| panic!("since.tsv: {name} is not newest"));
            defs[*at].from = layer(from);
        }
    }
    defs
}

/// Declarations of other layers.
pub(crate) fn others(newest: &[Def], rows: &str) -> Vec<Def> {
    let index: HashMap<(&str, bool), &Def> = newest.iter().map(|d| ((d.name.as_str(), d.function), d)).collect();
    let row = |row: Vec<&str>| {
        let [kind, name, id, from, to, result, delta] = row[..] else { panic!("not a row: {row:?}") };
        let function = kind == "fn";
        Def {
            name: name.to_owned(),
            id: u32::from_str_radix(id, 16).unwrap_or_else(|_| panic!("not an id: {id}")),
            function,
            mtproto: false,
            from: layer(from),
            to: layer(to),
            fields: apply(index.get(&(name, function)).map(|d| &d.fields[..]), delta, name),
            result: result.to_owned(),
        }
    };
    lines(rows).map(row).collect()
}

fn field_name(field: &str) -> &str {
    field.split(':').next().unwrap_or(field)
}

fn apply(newest: Option<&[String]>, delta: &str, name: &str) -> Vec<String> {
    if let Some(all) = delta.strip_prefix('=') {
        return all.split_whitespace().map(str::to_owned).collect();
    }
    let mut fields = newest.unwrap_or_else(|| panic!("{name}: a difference to nothing")).to_vec();
    let find = |fields: &[String], wanted: &str| {
        let at = fields.iter().position(|f| field_name(f) == wanted);
        at.unwrap_or_else(|| panic!("{name}: no field {wanted}"))
    };
    for op in delta.split_whitespace().filter(|op| *op != ".") {
        if let Some(gone) = op.strip_prefix('-') {
            let at = find(&fields, gone);
            fields.remove(at);
        } else if let Some(new) = op.strip_prefix('+') {
            let (field, after) = new.split_once('@').unwrap_or_else(|| panic!("{name}: no @ in {op}"));
            let at = if after.is_empty() { 0 } else { find(&fields, after) + 1 };
            fields.insert(at, field.to_owned());
        } else {
            let at = find(&fields, field_name(op));
            fields[at] = op.to_owned();
        }
    }
    fields
}
