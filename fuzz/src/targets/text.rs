//! Texts with entities as anybody may send them: links are found and entities moved, never out of bounds.

use domain::messages::{
    entities::recognise,
    rows::{Entity, EntityKind},
    text::{LENGTH_MAX, clean},
};

/// One input: six words that say where three entities lie, then the text.
pub fn run(data: &[u8]) {
    let (words, text) = data.split_at(data.len().min(24));
    let numbers: Vec<u32> = words.as_chunks().0.iter().map(|it| u32::from_le_bytes(*it)).collect();
    let given: Vec<_> = numbers
        .as_chunks()
        .0
        .iter()
        .map(|[offset, length]| Entity {
            offset: *offset,
            length: *length,
            kind: EntityKind::Bold {},
            ..Entity::default()
        })
        .collect();
    let text = String::from_utf8_lossy(text);
    in_bounds(&text, &recognise(&text));
    if let Ok(cleaned) = clean(&text, &given) {
        let units = cleaned.text.encode_utf16().count();
        assert!(!cleaned.text.is_empty() && units <= LENGTH_MAX);
        in_bounds(&cleaned.text, &cleaned.entities);
    }
}

fn in_bounds(text: &str, entities: &[Entity]) {
    let units = text.encode_utf16().count();
    for it in entities {
        let end = it.offset as usize + it.length as usize;
        assert!(it.length > 0 && end <= units, "{it:?} in {units} units");
    }
}

/// Texts with everything that is recognised.
pub fn seeds() -> Vec<Vec<u8>> {
    let place = [0_u32, 5, 3, 40, 7, u32::MAX].map(u32::to_le_bytes).concat();
    let texts = [
        "  see https://example.com/a_(b)?c=d#e and mail a.b@example.org  ",
        "#tag @somebody /start@bot +33 6 12 34 56 78 $EUR example.com",
        "caf\u{e9} \u{1f600}\u{1f600} #\u{43f}\u{440}\u{438}\u{432}\u{435}\u{442} @a\u{308} \u{200b}www.example.com\n\n@@x",
    ];
    texts.map(|it| [&place, it.as_bytes()].concat()).into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mutate::mutations;

    #[test]
    fn mutated_texts_keep_their_entities_in_bounds() {
        mutations(&seeds(), 101, 4000, run);
    }
}
