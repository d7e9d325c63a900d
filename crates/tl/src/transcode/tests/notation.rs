//! Values as text, `name{field=value flag list=[1 2]}`, both ways: what a test reads and writes.

use super::*;
use crate::schema::{Field, MAX_WORDS, NO_FLAG, NONE};
use crate::walk::{BOOL_FALSE, BOOL_TRUE, Reader, VECTOR, Words, on};

/// A value of any layer as text.
pub(super) fn text(layer: Layer, bytes: &[u8]) -> String {
    text_of(layer, bytes, ANY)
}

/// A value of this type as text.
pub(super) fn text_of(layer: Layer, bytes: &[u8], ty: Ty) -> String {
    let mut r = Reader::new(View::of(layer), bytes, Limits::OWN).unwrap();
    let mut out = String::new();
    put(&mut r, ty, &mut out);
    assert_eq!(r.pos, bytes.len(), "{out}");
    out
}

fn put(r: &mut Reader<'_>, ty: Ty, out: &mut String) {
    let start = r.pos;
    match ty.kind {
        Kind::Vector | Kind::BareVector => {
            let n = r.count(ty).unwrap();
            out.push('[');
            for i in 0..n {
                out.push_str(if i > 0 { " " } else { "" });
                put(r, r.schema.element(ty), out);
            }
            out.push(']');
        }
        Kind::Boxed | Kind::Any => {
            let index = r.any().unwrap();
            out.push_str(r.schema.name(r.schema.decl(index).name));
            out.push('{');
            put_fields(r, r.schema.fields(r.schema.decl(index)), out);
            out.push('}');
        }
        Kind::Str => out.push_str(&format!("{:?}", r.string().unwrap())),
        Kind::Bytes => out.push_str(&format!("{:?}", String::from_utf8_lossy(r.blob(99).unwrap()))),
        Kind::Int => out.push_str(&r.u32().unwrap().cast_signed().to_string()),
        Kind::Long => out.push_str(&r.i64().unwrap().to_string()),
        Kind::Double => out.push_str(&f64::from_bits(r.i64().unwrap().cast_unsigned()).to_string()),
        Kind::Bool => out.push_str(if r.bool().unwrap() { "true" } else { "false" }),
        _ => {
            r.value(ty).unwrap();
            out.push_str(&format!("{:02x?}", &r.buf[start..r.pos]));
        }
    }
}

fn put_fields(r: &mut Reader<'_>, fields: &[Field], out: &mut String) {
    let mut words: Words = Default::default();
    let mut first = true;
    for f in fields {
        if f.ty.kind == Kind::Flags {
            words[usize::from(f.ty.arg)] = r.u32().unwrap();
            continue;
        }
        if f.flag != NO_FLAG && !on(&words, f.flag) {
            continue;
        }
        out.push_str(if first { "" } else { " " });
        first = false;
        out.push_str(r.schema.name(f.name));
        if f.ty.kind != Kind::True {
            out.push('=');
            put(r, f.ty, out);
        }
    }
}

/// The bytes of a value of a layer, from its text.
pub(super) fn bytes(layer: Layer, text: &str) -> Vec<u8> {
    bytes_of(layer, text, ANY)
}

/// The bytes of a value of this type, from its text.
pub(super) fn bytes_of(layer: Layer, text: &str, ty: Ty) -> Vec<u8> {
    let mut p = Parser { view: View::of(layer), rest: text };
    let mut out = Vec::new();
    p.value(ty, &mut out);
    assert_eq!(p.rest, "", "after the value in {text}");
    out
}

struct Parser<'t> {
    view: &'static View,
    rest: &'t str,
}

impl<'t> Parser<'t> {
    fn eat(&mut self, what: char) -> bool {
        let rest = self.rest.strip_prefix(what);
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }

    fn word(&mut self) -> &'t str {
        let end = self.rest.find(|c: char| "{}[]=\" ".contains(c)).unwrap_or(self.rest.len());
        let (word, rest) = self.rest.split_at(end);
        self.rest = rest;
        word
    }

    fn quoted(&mut self) -> &'t str {
        assert!(self.eat('"'), "a string at {}", self.rest);
        let (inside, rest) = self.rest.split_once('"').expect("a closing quote");
        self.rest = rest;
        inside
    }

    fn value(&mut self, ty: Ty, out: &mut Vec<u8>) {
        match ty.kind {
            Kind::Int => out.extend(self.word().parse::<i32>().expect("an int").to_le_bytes()),
            Kind::Long => out.extend(self.word().parse::<i64>().expect("a long").to_le_bytes()),
            Kind::Double => out.extend(self.word().parse::<f64>().expect("a double").to_le_bytes()),
            Kind::Bool => out.extend(if self.word() == "true" { BOOL_TRUE } else { BOOL_FALSE }.to_le_bytes()),
            Kind::Str | Kind::Bytes => {
                let text = self.quoted();
                out.push(u8::try_from(text.len()).expect("short"));
                out.extend(text.bytes());
                out.resize(out.len() + (3 - text.len() % 4), 0);
            }
            Kind::Vector | Kind::BareVector => {
                if ty.kind == Kind::Vector {
                    out.extend(VECTOR.to_le_bytes());
                }
                let place = out.len();
                out.extend([0; 4]);
                assert!(self.eat('['), "a list at {}", self.rest);
                let mut n = 0u32;
                while !self.eat(']') {
                    self.value(self.view.schema.element(ty), out);
                    self.eat(' ');
                    n += 1;
                }
                out[place..place + 4].copy_from_slice(&n.to_le_bytes());
            }
            Kind::Boxed | Kind::Any => self.object(ty, out),
            _ => panic!("no text for {ty:?}"),
        }
    }

    fn object(&mut self, ty: Ty, out: &mut Vec<u8>) {
        let (view, schema) = (self.view, self.view.schema);
        let name = self.word();
        let found = view.named(name, false).or_else(|| view.named(name, true));
        let d = schema.decl(found.unwrap_or_else(|| panic!("no {name} in the layer")));
        assert!(ty.kind == Kind::Any || d.result == ty, "{name} is of another type");
        assert!(self.eat('{'), "fields of {name} at {}", self.rest);
        out.extend(d.id.to_le_bytes());
        let (mut words, mut places) = (Words::default(), [usize::from(NONE); MAX_WORDS]);
        let mut next = self.field();
        for f in schema.fields(d) {
            if f.ty.kind == Kind::Flags {
                places[usize::from(f.ty.arg)] = out.len();
                out.extend([0; 4]);
            } else if next == Some(schema.name(f.name)) {
                if f.ty.kind != Kind::True {
                    assert!(self.eat('='), "a value of {name}.{next:?}");
                    self.value(f.ty, out);
                }
                if f.flag != NO_FLAG {
                    words[usize::from(f.flag / 32)] |= 1 << (f.flag % 32);
                }
                self.eat(' ');
                next = self.field();
            } else {
                assert!(f.flag != NO_FLAG, "{name} needs {} before {next:?}", schema.name(f.name));
            }
        }
        assert_eq!(next, None, "no such field of {name}, or out of order");
        for (place, word) in places.iter().zip(words).filter(|(place, _)| **place != usize::from(NONE)) {
            out[*place..*place + 4].copy_from_slice(&word.to_le_bytes());
        }
    }

    /// The next field's name, or nothing at the end of the object.
    fn field(&mut self) -> Option<&'t str> {
        if self.eat('}') { None } else { Some(self.word()) }
    }
}
