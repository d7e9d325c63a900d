//! The table against the facts it was built from.

use super::*;

/// The text whose CRC-32 is the id.
fn normalized(schema: &Schema, d: &Decl) -> String {
    let mut text = schema.name(d.name).to_owned();
    let fields = schema.fields(d);
    let words: Vec<&str> = fields
        .iter()
        .filter(|f| f.ty.kind == Kind::Flags)
        .map(|f| schema.name(f.name))
        .collect();
    if fields.iter().any(|f| f.ty.kind == Kind::Any) {
        text.push_str(" X:Type");
    }
    for f in fields {
        if f.ty.kind == Kind::True {
            continue;
        }
        text.push_str(&format!(" {}:", schema.name(f.name)));
        if f.flag != NO_FLAG {
            text.push_str(&format!(
                "{}.{}?",
                words[usize::from(f.flag / 32)],
                f.flag % 32
            ));
        }
        let ty = schema.text(f.ty);
        text.push_str(if ty == "bytes" { "string" } else { &ty });
    }
    let result = schema.text(d.result).replace("!X", "X");
    format!("{text} = {result}")
        .replace('<', " ")
        .replace('>', "")
}

#[test]
fn every_id_is_the_crc_of_its_declaration() {
    let schema = schema();
    let mut wrong = Vec::new();
    for d in schema.decls.iter().filter(|d| !d.mtproto) {
        let text = normalized(schema, d);
        if crc32fast::hash(text.as_bytes()) != d.id {
            wrong.push(format!("{:08x} {}..{} {text}", d.id, d.from, d.to));
        }
    }
    assert!(
        wrong.is_empty(),
        "{} wrong:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

#[test]
fn a_layer_has_each_name_once() {
    for layer in Layer::all() {
        let view = View::of(layer);
        let mut seen = std::collections::HashSet::new();
        for i in view.all() {
            let d = view.schema.decl(i);
            assert!(
                seen.insert((d.name, d.function)),
                "{} twice in {}",
                view.schema.name(d.name),
                layer.get()
            );
        }
        assert!(seen.len() > 2300, "{} has only {}", layer.get(), seen.len());
    }
}
