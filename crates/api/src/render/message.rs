//! Messages and drafts as TL.

use domain::messages::threads::{GENERAL, ThreadRow};
use domain::{
    Peer, UserId,
    messages::{
        Action, Origin, SeenMedia, SeenMessage, comments::Comments, drafts::Draft, media::MediaBody,
        scheduled::SeenScheduled,
    },
};
use tl::{Deserializable, Identifiable, Serializable, enums, types};

use crate::render::{action::action, entities::entities, group::channel_id, media, reactions, user::peer};

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
        mentioned: seen.mentioned,
        media_unread: seen.unread_mention || seen.media_unread,
        pinned: row.pinned,
        silent: row.silent,
        invert_media: matches!(&seen.media, Some(SeenMedia::WebPage(it)) if it.inverted),
        post: row.post,
        from_scheduled: row.from_scheduled,
        noforwards: row.noforwards,
        id: seen.id.0,
        from_id: from(viewer, seen),
        from_rank: (!seen.rank.is_empty()).then(|| seen.rank.clone()),
        peer_id: peer(row.peer),
        // Source: observed with TDLib 1.8.66, which complains where it is missing.
        saved_peer_id: seen.saved.map(peer),
        fwd_from: seen.origin.as_ref().map(forward),
        reply_to: reply(seen),
        date: date(row.date),
        message: body.text.clone(),
        // A place that is told anew was not edited.
        edit_hide: matches!(body.media, Some(MediaBody::Live { .. })),
        entities: (!body.entities.is_empty()).then(|| entities(&body.entities)),
        edit_date: (row.edit_date > 0).then(|| date(row.edit_date)),
        replies: seen.comments.as_ref().map(comments).or(seen.thread.as_ref().map(replies)),
        views: seen.counts.map(|it| number(it.views)),
        forwards: seen.counts.map(|it| number(it.forwards)),
        media: seen.media.as_ref().and_then(media::media),
        post_author: (!body.signature.is_empty()).then(|| body.signature.clone()),
        reactions: (!seen.reactions.is_empty() || seen.crowd.is_some()).then(|| reactions::of(viewer, seen)),
        ttl_period: period(row.ttl_period),
        grouped_id: (row.album != 0).then(|| row.album.cast_signed()),
        ..blank()
    }
    .into()
}

fn service(viewer: UserId, seen: &SeenMessage, it: &Action) -> enums::Message {
    let row = &seen.row;
    types::MessageService {
        out: row.out,
        mentioned: seen.mentioned,
        media_unread: seen.unread_mention,
        reactions_are_possible: false,
        silent: row.silent,
        post: row.post,
        legacy: false,
        id: seen.id.0,
        from_id: from(viewer, seen),
        peer_id: peer(row.peer),
        saved_peer_id: seen.saved.map(peer),
        reply_to: reply(seen),
        date: date(row.date),
        action: action(it, viewer, seen.media.as_ref()),
        reactions: None,
        ttl_period: period(row.ttl_period),
    }
    .into()
}

/// The author, where it is not the chat's other side: in groups always, under the name it chose there.
fn from(viewer: UserId, seen: &SeenMessage) -> Option<enums::Peer> {
    match seen.row.peer {
        Peer::User(_) => (seen.row.from == viewer).then(|| peer(Peer::User(viewer))),
        // A post is the channel's own.
        Peer::Channel(_) if seen.row.post && seen.row.sent_as == Some(seen.row.peer) => None,
        Peer::Chat(_) | Peer::Channel(_) => Some(peer(seen.row.sent_as.unwrap_or(Peer::User(seen.row.from)))),
    }
}

fn forward(origin: &Origin) -> enums::MessageFwdHeader {
    let saved = origin.row.saved_peer;
    types::MessageFwdHeader {
        imported: false,
        saved_out: false,
        from_id: origin.row.channel.or(origin.row.from.map(Peer::User)).map(peer),
        from_name: origin.hidden_name.clone(),
        date: date(origin.row.date),
        channel_post: (origin.row.post.0 > 0).then_some(origin.row.post.0),
        post_author: origin.signature.clone(),
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
    // What is in a topic and answers nothing answers the topic; the general one is not named.
    let (thread, topic) = (seen.row.thread, seen.row.in_topic && seen.row.thread != GENERAL);
    let opens = thread == seen.id;
    let reply_to_msg_id = seen.reply_to.or(Some(thread).filter(|_| topic && !opens)).map(|it| it.0);
    let top = Some(thread.0).filter(|it| *it > 0 && (topic || !seen.row.in_topic) && Some(*it) != reply_to_msg_id);
    let elsewhere = seen.body.elsewhere.as_ref();
    if reply_to_msg_id.is_none() && quote.is_none() && elsewhere.is_none() {
        return None;
    }
    let header = types::MessageReplyHeader {
        reply_to_scheduled: false,
        forum_topic: topic,
        quote: quote.is_some(),
        reply_to_ephemeral: false,
        reply_to_msg_id: elsewhere.map_or(reply_to_msg_id, |it| Some(it.message.0)),
        reply_to_peer_id: elsewhere.map(|it| peer(it.peer)),
        reply_from: None,
        reply_media: None,
        reply_to_top_id: match elsewhere {
            Some(it) => Some(it.top.0).filter(|top| *top != it.message.0),
            None => top.filter(|_| reply_to_msg_id.is_some()),
        },
        quote_text: quote.map(|it| it.text.clone()),
        quote_entities: quote.filter(|it| !it.entities.is_empty()).map(|it| entities(&it.entities)),
        quote_offset: quote.filter(|it| it.offset > 0).map(|it| number(it.offset)),
        todo_item_id: None,
        poll_option: None,
    };
    Some(header.into())
}

/// How many answer a message, and the last who did.
pub fn replies(it: &ThreadRow) -> enums::MessageReplies {
    types::MessageReplies {
        comments: false,
        replies: number(it.replies),
        replies_pts: 0,
        recent_repliers: None,
        channel_id: None,
        max_id: Some(it.last.0).filter(|it| *it > 0),
        read_max_id: None,
    }
    .into()
}

/// How many commented on a post, and the last who did.
pub fn comments(it: &Comments) -> enums::MessageReplies {
    types::MessageReplies {
        comments: true,
        replies: number(it.replies),
        replies_pts: it.pts.0,
        recent_repliers: (!it.recent.is_empty()).then(|| it.recent.iter().copied().map(peer).collect()),
        channel_id: Some(channel_id(it.group)),
        max_id: Some(it.last.0).filter(|it| *it > 0),
        read_max_id: Some(it.read.0).filter(|it| *it > 0),
    }
    .into()
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
