//! Writes a macro that calls another with the typed struct of every method: the crate that has them has
//! no list.

use crate::rows::Def;

/// The struct's name, as `grammers-tl-types` spells it: each word begins with its only capital.
fn type_name(name: &str) -> String {
    let mut after_capital = false;
    let mut out = String::new();
    for (i, c) in name.chars().enumerate() {
        match (i == 0, after_capital) {
            (true, _) => out.push(c.to_ascii_uppercase()),
            (false, true) => out.push(c.to_ascii_lowercase()),
            (false, false) => out.push(c),
        }
        after_capital = i == 0 || c.is_ascii_uppercase();
    }
    out
}

pub(crate) fn write(api: &[Def]) -> String {
    let plain = |d: &&Def| d.function && !d.fields.iter().any(|f| f.contains("!X"));
    let mut out = String::from("macro_rules! every_method { ($with:ident) => { $with! {\n");
    for d in api.iter().filter(plain) {
        let path = match d.name.split_once('.') {
            Some((space, name)) => format!("{space}::{}", type_name(name)),
            None => type_name(&d.name),
        };
        out.push_str(&format!("    {path},\n"));
    }
    out.push_str("} } }\n");
    out
}
