//! Texts as they may be sent: length, trimming, entities in bounds.
//! Source: core.telegram.org/api/entities; lengths are UTF-16 units there and here.

use super::{
    entities::recognise,
    rows::{Entity, EntityKind},
};
use crate::refusal::Refusal;

/// UTF-16 units of a message. Source: `message_length_max` of help.getConfig.
pub const LENGTH_MAX: usize = 4096;

/// UTF-16 units of a caption. Source: `caption_length_limit_default` of help.getAppConfig.
pub const CAPTION_MAX: usize = 1024;

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
    let mut kept = clip(entities, cut, length);
    for found in recognise(&trimmed) {
        if !kept.iter().any(|it| is_whole(&it.kind) && overlaps(it, &found)) {
            split(&mut kept, &found);
            kept.push(found);
        }
    }
    kept.sort_by_key(|it| (it.offset, std::cmp::Reverse(it.length)));
    kept.truncate(ENTITIES_MAX);
    Ok(Cleaned { text: trimmed, entities: kept })
}

/// A text beside something else: it may be empty.
pub fn caption(text: &str, entities: &[Entity]) -> Result<Cleaned, Refusal> {
    match clean(text, entities) {
        Ok(it) if it.text.encode_utf16().count() > CAPTION_MAX => Err(Refusal::MediaCaptionTooLong),
        Err(Refusal::MessageEmpty) => Ok(Cleaned::default()),
        other => other,
    }
}

/// Entities within a text of `length` units of which `cut` were taken off the front.
pub(super) fn clip(entities: &[Entity], cut: u32, length: u32) -> Vec<Entity> {
    let within = |it: &Entity| {
        let end = it.offset.saturating_add(it.length).saturating_sub(cut).min(length);
        let offset = it.offset.saturating_sub(cut).min(length);
        let inside = end > offset && it.kind != (EntityKind::Unknown {});
        inside.then(|| Entity { offset, length: end - offset, ..it.clone() })
    };
    entities.iter().take(ENTITIES_MAX).filter_map(within).collect()
}

/// Nothing is recognised within these; it is within what only changes how letters look.
fn is_whole(kind: &EntityKind) -> bool {
    !is_look(kind) && !matches!(kind, EntityKind::Blockquote { .. })
}

fn is_look(kind: &EntityKind) -> bool {
    matches!(
        kind,
        EntityKind::Bold {}
            | EntityKind::Italic {}
            | EntityKind::Underline {}
            | EntityKind::Strike {}
            | EntityKind::Spoiler {}
    )
}

/// Cuts looks where what was recognised begins or ends within them, so that all nest.
fn split(kept: &mut Vec<Entity>, found: &Entity) {
    let (start, end) = (found.offset, found.offset + found.length);
    let mut more = Vec::new();
    for it in kept.iter_mut().filter(|it| is_look(&it.kind)) {
        let (from, to) = (it.offset, it.offset + it.length);
        let at = match (from < start && start < to && to < end, start < from && from < end && end < to) {
            (true, _) => start,
            (_, true) => end,
            _ => continue,
        };
        more.push(Entity { offset: at, length: to - at, ..it.clone() });
        it.length = at - from;
    }
    kept.append(&mut more);
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
        let code = Entity { kind: EntityKind::Code {}, ..bold(0, 5) };
        assert_eq!(shown("@claude_chappe", &[code]), "@claude_chappe Code@0+5");
        assert_eq!(shown("@claude_chappe", &[bold(0, 5)]), "@claude_chappe Mention@0+14 Bold@0+5");
        assert_eq!(shown("see @claude_chappe", &[bold(0, 8)]), "see @claude_chappe Bold@0+4 Mention@4+14 Bold@4+4");
    }
}
