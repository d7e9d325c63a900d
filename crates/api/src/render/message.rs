//! Messages, entities and drafts as TL.

use domain::{
    Peer, UserId,
    messages::{Action, Entity, EntityKind, Origin, SeenMessage, drafts::Draft, scheduled::SeenScheduled},
    people::edit::Birthday,
};
use tl::{Deserializable, Identifiable, Serializable, enums, types};

use crate::render::{
    reactions,
    user::{id, peer},
};

/// A message of `viewer`'s mailbox.
pub fn message(viewer: UserId, seen: &SeenMessage) -> enums::Message {
    match &seen.body.action {
        Some(action) => service(viewer, seen, action),
        None => text(viewer, seen),
    }
}

/// Several.
pub fn messages(viewer: UserId, seen: &[SeenMessage]) -> Vec<enums::Message> {
    seen.iter().map(|it| message(viewer, it)).collect()
}

/// A message that waits to be sent.
pub fn scheduled(viewer: UserId, seen: &SeenScheduled) -> enums::Message {
    match message(viewer, &seen.message) {
        enums::Message::Message(it) => types::Message { schedule_repeat_period: period(seen.repeat), ..it }.into(),
        other => other,
    }
}

fn text(viewer: UserId, seen: &SeenMessage) -> enums::Message {
    let (row, body) = (&seen.row, &seen.body);
    types::Message {
        out: row.out,
        silent: row.silent,
        from_scheduled: row.from_scheduled,
        noforwards: row.noforwards,
        id: seen.id.0,
        from_id: from(viewer, seen),
        peer_id: peer(row.peer),
        // Source: observed with TDLib 1.8.66, which complains where it is missing.
        saved_peer_id: seen.saved.map(peer),
        fwd_from: seen.origin.as_ref().map(forward),
        reply_to: reply(seen),
        date: date(row.date),
        message: body.text.clone(),
        entities: (!body.entities.is_empty()).then(|| entities(&body.entities)),
        edit_date: (row.edit_date > 0).then(|| date(row.edit_date)),
        reactions: (!seen.reactions.is_empty()).then(|| reactions::of(viewer, seen)),
        ttl_period: period(row.ttl_period),
        ..blank()
    }
    .into()
}

fn service(viewer: UserId, seen: &SeenMessage, action: &Action) -> enums::Message {
    let row = &seen.row;
    types::MessageService {
        out: row.out,
        mentioned: false,
        media_unread: false,
        reactions_are_possible: false,
        silent: row.silent,
        post: false,
        legacy: false,
        id: seen.id.0,
        from_id: from(viewer, seen),
        peer_id: peer(row.peer),
        saved_peer_id: seen.saved.map(peer),
        reply_to: reply(seen),
        date: date(row.date),
        action: match action {
            Action::ContactJoined {} => enums::MessageAction::ContactSignUp,
            Action::TtlSet { period, by_default_of } => {
                let period = i32::try_from(*period).unwrap_or(i32::MAX);
                types::MessageActionSetMessagesTtl { period, auto_setting_from: by_default_of.map(id) }.into()
            }
            Action::NoForwardsToggle { before, after } => {
                types::MessageActionNoForwardsToggle { prev_value: *before, new_value: *after }.into()
            }
            Action::NoForwardsRequest { before, after, expired } => {
                let (prev_value, new_value) = (*before, *after);
                types::MessageActionNoForwardsRequest { expired: *expired, prev_value, new_value }.into()
            }
            Action::Screenshot {} => enums::MessageAction::ScreenshotTaken,
            Action::SuggestBirthday { day, month, year } => {
                let year = Some(*year).filter(|it| *it > 0);
                let birthday = super::full_user::birthday(Birthday { day: *day, month: *month, year });
                types::MessageActionSuggestBirthday { birthday }.into()
            }
        },
        reactions: None,
        ttl_period: period(row.ttl_period),
    }
    .into()
}

/// The author, where it is not the chat's other side.
fn from(viewer: UserId, seen: &SeenMessage) -> Option<enums::Peer> {
    (seen.row.from == viewer).then(|| peer(Peer::User(viewer)))
}

fn forward(origin: &Origin) -> enums::MessageFwdHeader {
    let saved = origin.row.saved_peer;
    types::MessageFwdHeader {
        imported: false,
        saved_out: false,
        from_id: origin.row.from.map(|it| peer(Peer::User(it))),
        from_name: origin.hidden_name.clone(),
        date: date(origin.row.date),
        channel_post: None,
        post_author: None,
        saved_from_peer: saved.map(peer),
        saved_from_msg_id: saved.map(|_| origin.row.saved_id.0),
        saved_from_id: None,
        saved_from_name: None,
        saved_date: None,
        psa_type: None,
    }
    .into()
}

fn reply(seen: &SeenMessage) -> Option<enums::MessageReplyHeader> {
    let quote = seen.body.quote.as_ref();
    let reply_to_msg_id = seen.reply_to.map(|it| it.0);
    if reply_to_msg_id.is_none() && quote.is_none() {
        return None;
    }
    let header = types::MessageReplyHeader {
        reply_to_scheduled: false,
        forum_topic: false,
        quote: quote.is_some(),
        reply_to_ephemeral: false,
        reply_to_msg_id,
        reply_to_peer_id: None,
        reply_from: None,
        reply_media: None,
        reply_to_top_id: None,
        quote_text: quote.map(|it| it.text.clone()),
        quote_entities: quote.filter(|it| !it.entities.is_empty()).map(|it| entities(&it.entities)),
        quote_offset: quote.filter(|it| it.offset > 0).map(|it| number(it.offset)),
        todo_item_id: None,
        poll_option: None,
    };
    Some(header.into())
}

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

/// A draft, or the empty one.
pub fn draft(draft: Option<&(Draft, Option<domain::MessageId>)>) -> enums::DraftMessage {
    let Some((draft, answered)) = draft else { return types::DraftMessageEmpty { date: None }.into() };
    types::DraftMessage {
        no_webpage: draft.no_webpage,
        invert_media: false,
        reply_to: answered.map(|it| reply_input(it.0)),
        message: draft.text.clone(),
        entities: (!draft.entities.is_empty()).then(|| entities(&draft.entities)),
        media: None,
        date: date(draft.date),
        effect: None,
        suggested_post: None,
        rich_message: None,
    }
    .into()
}

fn reply_input(reply_to_msg_id: i32) -> enums::InputReplyTo {
    types::InputReplyToMessage {
        reply_to_msg_id,
        top_msg_id: None,
        reply_to_peer_id: None,
        quote_text: None,
        quote_entities: None,
        quote_offset: None,
        monoforum_peer_id: None,
        todo_item_id: None,
        poll_option: None,
    }
    .into()
}

/// Unix seconds as TL carries them.
pub fn date(at: u32) -> i32 {
    number(at)
}

fn number(it: u32) -> i32 {
    i32::try_from(it).unwrap_or(i32::MAX)
}

fn period(seconds: u32) -> Option<i32> {
    (seconds > 0).then(|| number(seconds))
}

/// A message without anything: flags, number, a peer of id 0, date, empty text.
fn blank() -> types::Message {
    let mut bytes = vec![0_u8; 12];
    types::PeerUser::CONSTRUCTOR_ID.serialize(&mut bytes);
    bytes.extend([0; 16]);
    Deserializable::from_bytes(&bytes).expect("two flag words, a number, a peer, a date, a text")
}
