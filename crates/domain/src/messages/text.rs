//! Texts as they may be sent: length, trimming, entities in bounds.
//! Source: core.telegram.org/api/entities; lengths are UTF-16 units there and here.

use super::{
    entities::recognise,
    rows::{Entity, EntityKind},
};
use crate::refusal::Refusal;

/// UTF-16 units of a message. Source: `message_length_max` of help.getConfig.
pub const LENGTH_MAX: usize = 4096;

/// Entities of one message; more are cut off.
const ENTITIES_MAX: usize = 100;

/// A text ready to be stored.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Cleaned {
    /// Trimmed.
    pub text: String,
    /// In bounds, in order, with recognised links.
    pub entities: Vec<Entity>,
}

/// Trims a text, moves its entities along, and marks what is recognised.
pub fn clean(text: &str, entities: &[Entity]) -> Result<Cleaned, Refusal> {
    // Replaced, not removed: offsets of entities count every unit.
    let text: String = text.chars().map(|it| if it.is_control() && it != '\n' { ' ' } else { it }).collect();
    let units = text.encode_utf16().count();
    let start = text.len() - text.trim_start().len();
    let cut = u32::try_from(text[..start].encode_utf16().count()).unwrap_or(u32::MAX);
    let trimmed = text.trim().to_owned();
    if trimmed.is_empty() {
        return Err(Refusal::MessageEmpty);
    }
    let length = trimmed.encode_utf16().count();
    if length > LENGTH_MAX {
        return Err(Refusal::MessageTooLong);
    }
    let length = u32::try_from(length).unwrap_or(u32::MAX);
    let mut kept = Vec::with_capacity(entities.len().min(ENTITIES_MAX));
    for entity in entities.iter().take(ENTITIES_MAX) {
        if entity.offset as usize > units || entity.length == 0 {
            continue;
        }
        let end = entity.offset.saturating_add(entity.length).saturating_sub(cut).min(length);
        let offset = entity.offset.saturating_sub(cut).min(length);
        if end > offset && entity.kind != (EntityKind::Unknown {}) {
            kept.push(Entity { offset, length: end - offset, ..entity.clone() });
        }
    }
    let free = |found: &Entity| !kept.iter().any(|it| overlaps(it, found));
    let found: Vec<_> = recognise(&trimmed).into_iter().filter(free).collect();
    kept.extend(found);
    kept.sort_by_key(|it| (it.offset, std::cmp::Reverse(it.length)));
    kept.truncate(ENTITIES_MAX);
    Ok(Cleaned { text: trimmed, entities: kept })
}

fn overlaps(one: &Entity, other: &Entity) -> bool {
    one.offset < other.offset + other.length && other.offset < one.offset + one.length
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bold(offset: u32, length: u32) -> Entity {
        Entity { offset, length, kind: EntityKind::Bold {}, ..Entity::default() }
    }

    fn shown(text: &str, entities: &[Entity]) -> String {
        match clean(text, entities) {
            Err(refusal) => format!("{refusal:?}"),
            Ok(it) => {
                let parts: Vec<_> =
                    it.entities.iter().map(|it| format!("{:?}@{}+{}", it.kind, it.offset, it.length)).collect();
                format!("{} {}", it.text, parts.join(" ")).trim().to_owned()
            }
        }
    }

    #[test]
    fn texts_are_trimmed_and_their_entities_move_along() {
        assert_eq!(shown("  hi there \n", &[bold(2, 2)]), "hi there Bold@0+2");
        assert_eq!(shown("  hi", &[bold(0, 4)]), "hi Bold@0+2");
        assert_eq!(shown("hi", &[bold(1, 900), bold(50, 1), bold(0, 0)]), "hi Bold@1+1");
        assert_eq!(shown(" \n\t ", &[]), "MessageEmpty");
    }

    #[test]
    fn lengths_are_counted_as_clients_count_them() {
        assert_eq!(clean(&"a".repeat(4096), &[]).map(drop), Ok(()));
        assert_eq!(clean(&"a".repeat(4097), &[]).map(drop), Err(Refusal::MessageTooLong));
        assert_eq!(clean(&"\u{1f600}".repeat(2049), &[]).map(drop), Err(Refusal::MessageTooLong));
    }

    #[test]
    fn links_are_recognised_where_nothing_is_marked() {
        assert_eq!(shown("see https://example.org/a?b=c.", &[]), "see https://example.org/a?b=c. Url@4+25");
        assert_eq!(
            shown("\u{1f600} @claude_chappe #optics /start", &[]),
            "\u{1f600} @claude_chappe #optics /start Mention@3+14 Hashtag@18+7 BotCommand@26+6"
        );
        assert_eq!(shown("mail a.b@example.org now", &[]), "mail a.b@example.org now Email@5+15");
        assert_eq!(shown("@claude_chappe", &[bold(0, 5)]), "@claude_chappe Bold@0+5");
    }
}
