//! Writes declarations as the binary table that `src/schema.rs` reads; the two change together.
//!
//! Little-endian: the counts of names, type expressions, boxed types, declarations and fields as
//! u16; then names (u8 length, bytes), type expressions (u8 kind, u16 argument), boxed types (u16
//! name), declarations (u32 id, u16 name, u8 kind, u16 from, u16 to, u16 result, u8 fields) and
//! fields (u16 name, u16 type expression, u8 flag).

use crate::rows::Def;
use std::collections::HashMap;

const NO_FLAG: u8 = 0xff;
/// Flags words a declaration may have; the reader keeps as many on its stack.
const MAX_WORDS: usize = 2;
/// Fields a declaration may have; the reader keeps as many offsets on its stack.
const MAX_FIELDS: usize = 128;

#[derive(Default)]
struct Pool {
    names: Vec<String>,
    name_ids: HashMap<String, u16>,
    exprs: Vec<(u8, u16)>,
    expr_ids: HashMap<(u8, u16), u16>,
    boxed: Vec<u16>,
    boxed_ids: HashMap<u16, u16>,
}

fn count(n: usize) -> u16 {
    u16::try_from(n).expect("the schema outgrew its table's 16-bit indices")
}

impl Pool {
    fn name(&mut self, name: &str) -> u16 {
        if let Some(id) = self.name_ids.get(name) {
            return *id;
        }
        let id = count(self.names.len());
        self.names.push(name.to_owned());
        self.name_ids.insert(name.to_owned(), id);
        id
    }

    fn expr(&mut self, text: &str) -> u16 {
        let key = self.kind(text);
        if let Some(id) = self.expr_ids.get(&key) {
            return *id;
        }
        let id = count(self.exprs.len());
        self.exprs.push(key);
        self.expr_ids.insert(key, id);
        id
    }

    /// Kind and argument, numbered as `Kind` in `src/schema.rs`.
    fn kind(&mut self, text: &str) -> (u8, u16) {
        let fixed = |n| (n, 0);
        match text {
            "int" => fixed(0),
            "long" => fixed(1),
            "double" => fixed(2),
            "int128" => fixed(3),
            "int256" => fixed(4),
            "string" => fixed(5),
            "bytes" => fixed(6),
            "Bool" => fixed(7),
            "true" => fixed(8),
            "X" | "!X" | "Object" => fixed(13),
            _ => match text.strip_suffix('>').and_then(|t| t.split_once('<')) {
                Some(("Vector", of)) => (10, self.expr(of)),
                Some(("vector", of)) => (11, self.expr(of)),
                Some(_) => panic!("unknown generic {text}"),
                None => (12, self.boxed(text)),
            },
        }
    }

    fn boxed(&mut self, text: &str) -> u16 {
        let last = text.rsplit('.').next().unwrap_or(text);
        assert!(last.starts_with(|c: char| c.is_ascii_uppercase()), "bare type {text}");
        let name = self.name(text);
        if let Some(id) = self.boxed_ids.get(&name) {
            return *id;
        }
        let id = count(self.boxed.len());
        self.boxed.push(name);
        self.boxed_ids.insert(name, id);
        id
    }

    fn field(&mut self, field: &str, words: &mut Vec<String>) -> (u16, u16, u8) {
        let (name, ty) = field.split_once(':').unwrap_or_else(|| panic!("field {field}"));
        let name_id = self.name(name);
        if ty == "#" {
            let key = (9, count(words.len()));
            words.push(name.to_owned());
            assert!(words.len() <= MAX_WORDS, "too many flags words before {field}");
            let next = count(self.exprs.len());
            let id = *self.expr_ids.entry(key).or_insert(next);
            if id == next {
                self.exprs.push(key);
            }
            return (name_id, id, NO_FLAG);
        }
        let Some((flag, ty)) = ty.split_once('?') else {
            return (name_id, self.expr(ty), NO_FLAG);
        };
        let (word, bit) = flag.split_once('.').unwrap_or_else(|| panic!("flag of {field}"));
        let word = words.iter().position(|w| w == word).unwrap_or_else(|| panic!("{field}"));
        let bit: u8 = bit.parse().unwrap_or_else(|_| panic!("bit of {field}"));
        assert!(bit < 32, "bit of {field}");
        let word = u8::try_from(word).expect("at most MAX_WORDS");
        (name_id, self.expr(ty), word * 32 + bit)
    }
}

pub(crate) fn write(defs: &[Def]) -> Vec<u8> {
    let mut pool = Pool::default();
    let (mut decls, mut fields, mut total) = (Vec::new(), Vec::new(), 0);
    for d in defs {
        let name = pool.name(&d.name);
        let result = pool.expr(&d.result);
        decls.extend(d.id.to_le_bytes());
        decls.extend(name.to_le_bytes());
        decls.push(u8::from(d.function) | u8::from(d.mtproto) << 1);
        for n in [d.from, d.to, result] {
            decls.extend(n.to_le_bytes());
        }
        assert!(d.fields.len() <= MAX_FIELDS, "{} has too many fields", d.name);
        decls.push(u8::try_from(d.fields.len()).expect("fewer than 256 fields"));
        total += d.fields.len();
        let mut words = Vec::new();
        for f in &d.fields {
            let (name, ty, flag) = pool.field(f, &mut words);
            fields.extend(name.to_le_bytes());
            fields.extend(ty.to_le_bytes());
            fields.push(flag);
        }
    }
    let mut out = Vec::new();
    let sizes = [pool.names.len(), pool.exprs.len(), pool.boxed.len(), defs.len(), total];
    for n in sizes {
        out.extend(count(n).to_le_bytes());
    }
    for name in &pool.names {
        out.push(u8::try_from(name.len()).expect("names are short"));
        out.extend(name.as_bytes());
    }
    for (kind, argument) in &pool.exprs {
        out.push(*kind);
        out.extend(argument.to_le_bytes());
    }
    for name in &pool.boxed {
        out.extend(name.to_le_bytes());
    }
    out.extend(decls);
    out.extend(fields);
    out
}
