//! Entities and replies as clients send them.

use domain::{
    MessageId, Peer, Refusal, UserId,
    messages::{Entity, EntityKind, send::ReplyTo},
};
use tl::enums;

use crate::{Cx, RpcError, input};

/// Entities of a message; those that this server doesn't keep are passed over, as Telegram does with
/// unknown ones.
pub(super) fn entities(cx: &Cx, all: Option<&Vec<enums::MessageEntity>>) -> Result<Vec<Entity>, RpcError> {
    let me = cx.user()?;
    all.into_iter().flatten().filter_map(|it| entity(cx, me, it).transpose()).collect()
}

fn entity(cx: &Cx, me: UserId, it: &enums::MessageEntity) -> Result<Option<Entity>, RpcError> {
    use enums::MessageEntity as Tl;
    let (offset, length, kind) = match it {
        Tl::Bold(it) => (it.offset, it.length, EntityKind::Bold {}),
        Tl::Italic(it) => (it.offset, it.length, EntityKind::Italic {}),
        Tl::Code(it) => (it.offset, it.length, EntityKind::Code {}),
        Tl::Pre(it) => (it.offset, it.length, EntityKind::Pre { language: it.language.clone() }),
        Tl::TextUrl(it) => (it.offset, it.length, EntityKind::TextUrl { url: it.url.clone() }),
        Tl::Underline(it) => (it.offset, it.length, EntityKind::Underline {}),
        Tl::Strike(it) => (it.offset, it.length, EntityKind::Strike {}),
        Tl::Spoiler(it) => (it.offset, it.length, EntityKind::Spoiler {}),
        Tl::Blockquote(it) => (it.offset, it.length, EntityKind::Blockquote { collapsed: it.collapsed }),
        Tl::CustomEmoji(it) => (it.offset, it.length, EntityKind::CustomEmoji { document: it.document_id }),
        Tl::Mention(it) => (it.offset, it.length, EntityKind::Mention {}),
        Tl::Hashtag(it) => (it.offset, it.length, EntityKind::Hashtag {}),
        Tl::Cashtag(it) => (it.offset, it.length, EntityKind::Cashtag {}),
        Tl::BotCommand(it) => (it.offset, it.length, EntityKind::BotCommand {}),
        Tl::Url(it) => (it.offset, it.length, EntityKind::Url {}),
        Tl::Email(it) => (it.offset, it.length, EntityKind::Email {}),
        Tl::Phone(it) => (it.offset, it.length, EntityKind::Phone {}),
        Tl::BankCard(it) => (it.offset, it.length, EntityKind::BankCard {}),
        Tl::InputMessageEntityMentionName(it) => {
            let user = input::user(&cx.domain, me, &it.user_id).map_err(|_| Refusal::EntityMentionUserInvalid)?;
            (it.offset, it.length, EntityKind::MentionName { user })
        }
        Tl::MentionName(it) => {
            let user = UserId(u64::try_from(it.user_id).map_err(|_| Refusal::EntityMentionUserInvalid)?);
            (it.offset, it.length, EntityKind::MentionName { user })
        }
        _ => return Ok(None),
    };
    let number = |it: i32| u32::try_from(it).map_err(|_| RpcError::from(Refusal::EntityBoundsInvalid));
    Ok(Some(Entity { offset: number(offset)?, length: number(length)?, kind, ..Entity::default() }))
}

/// The identity that is to speak, if one is named.
pub(super) fn send_as(cx: &Cx, it: Option<&enums::InputPeer>) -> Result<Option<Peer>, RpcError> {
    let me = cx.user()?;
    it.map(|it| input::peer(&cx.domain, me, it)).transpose().map_err(|_| Refusal::SendAsPeerInvalid.into())
}

/// What a message answers; stories and other chats come with their own issues.
pub(super) fn reply(cx: &Cx, it: Option<&enums::InputReplyTo>) -> Result<Option<ReplyTo>, RpcError> {
    let it = match it {
        None => return Ok(None),
        Some(enums::InputReplyTo::Message(it)) => it,
        Some(_) => return Err(Refusal::ReplyToInvalid.into()),
    };
    if it.reply_to_peer_id.is_some() || it.todo_item_id.is_some() || it.poll_option.is_some() {
        return Err(Refusal::ReplyToInvalid.into());
    }
    let quote = match &it.quote_text {
        Some(text) => {
            let offset = it.quote_offset.and_then(|it| u32::try_from(it).ok()).unwrap_or(0);
            Some((text.clone(), entities(cx, it.quote_entities.as_ref())?, offset))
        }
        None => None,
    };
    let top = it.top_msg_id.map(MessageId);
    Ok(Some(ReplyTo { message: MessageId(it.reply_to_msg_id), quote, top }))
}
