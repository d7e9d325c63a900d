//! Marked parts of texts as TL.

use domain::messages::{Entity, EntityKind};
use tl::{enums, types};

use crate::render::{message::date as number, user::id};

/// Entities as TL.
pub fn entities(all: &[Entity]) -> Vec<enums::MessageEntity> {
    all.iter().map(entity).collect()
}

fn entity(it: &Entity) -> enums::MessageEntity {
    let (offset, length) = (number(it.offset), number(it.length));
    match &it.kind {
        EntityKind::Unknown {} => types::MessageEntityUnknown { offset, length }.into(),
        EntityKind::Mention {} => types::MessageEntityMention { offset, length }.into(),
        EntityKind::Hashtag {} => types::MessageEntityHashtag { offset, length }.into(),
        EntityKind::BotCommand {} => types::MessageEntityBotCommand { offset, length }.into(),
        EntityKind::Url {} => types::MessageEntityUrl { offset, length }.into(),
        EntityKind::Email {} => types::MessageEntityEmail { offset, length }.into(),
        EntityKind::Bold {} => types::MessageEntityBold { offset, length }.into(),
        EntityKind::Italic {} => types::MessageEntityItalic { offset, length }.into(),
        EntityKind::Code {} => types::MessageEntityCode { offset, length }.into(),
        EntityKind::Pre { language } => types::MessageEntityPre { offset, length, language: language.clone() }.into(),
        EntityKind::TextUrl { url } => types::MessageEntityTextUrl { offset, length, url: url.clone() }.into(),
        EntityKind::MentionName { user } => {
            types::MessageEntityMentionName { offset, length, user_id: id(*user) }.into()
        }
        EntityKind::Phone {} => types::MessageEntityPhone { offset, length }.into(),
        EntityKind::Cashtag {} => types::MessageEntityCashtag { offset, length }.into(),
        EntityKind::Underline {} => types::MessageEntityUnderline { offset, length }.into(),
        EntityKind::Strike {} => types::MessageEntityStrike { offset, length }.into(),
        EntityKind::BankCard {} => types::MessageEntityBankCard { offset, length }.into(),
        EntityKind::Spoiler {} => types::MessageEntitySpoiler { offset, length }.into(),
        EntityKind::CustomEmoji { document } => {
            types::MessageEntityCustomEmoji { offset, length, document_id: *document }.into()
        }
        EntityKind::Blockquote { collapsed } => {
            types::MessageEntityBlockquote { collapsed: *collapsed, offset, length }.into()
        }
    }
}
