//! What is shown to who is online, and forgotten.

use domain::{
    ChannelId, Decided, MessageId, Peer, UserId, View,
    people::presence,
    updates::{Passing, hearing},
};
use tl::{Deserializable, enums, types};

use super::{Rendered, shared};
use crate::render::{
    group::{channel_id, chat_id},
    message::date,
    poll, user,
};

/// Something passing in a private chat or basic group.
pub(super) fn in_mailbox(view: &dyn View, me: UserId, what: &Passing) -> Decided<Rendered> {
    let mut out = Rendered::default();
    match what {
        Passing::Typing { peer, from, action, .. } => {
            out.named.user(*from);
            out.named.peer(*peer);
            if let Ok(action) = enums::SendMessageAction::from_bytes(action) {
                out.updates.extend(typing(*peer, *from, action));
            }
        }
        Passing::Status { user: other } => {
            let status = user::status(presence::seen_status(view, me, *other)?);
            out.add(types::UpdateUserStatus { user_id: user::id(*other), status });
        }
        Passing::Poll { peer, message, .. } => {
            out.updates.extend(poll::now(view, me, (*peer, *message), &mut out.named)?);
        }
        // Of channels alone.
        Passing::Counts { .. } => {}
    }
    out.shown = out.named.read(view, me)?;
    Ok(out)
}

fn typing(peer: Peer, from: UserId, action: enums::SendMessageAction) -> Option<enums::Update> {
    match peer {
        Peer::User(_) => Some(types::UpdateUserTyping { user_id: user::id(from), top_msg_id: None, action }.into()),
        Peer::Chat(chat) => {
            let (chat_id, from_id) = (chat_id(chat), user::peer(Peer::User(from)));
            Some(types::UpdateChatUserTyping { chat_id, from_id, action }.into())
        }
        // In the channel's own log.
        Peer::Channel(_) => None,
    }
}

/// Something passing in a channel, as this member is told of it, or any; nothing for who is no member.
pub(super) fn in_channel(
    view: &dyn View,
    member: Option<UserId>,
    channel: ChannelId,
    what: &Passing,
) -> Decided<Option<Rendered>> {
    let shown = match member {
        Some(member) => hearing::heard_from(view, channel, member)?,
        None => Some(MessageId(0)),
    };
    let Some(shown) = shown else { return Ok(None) };
    let mut out = Rendered::default();
    match what {
        // Who types knows it.
        Passing::Typing { from, .. } if member == Some(*from) => return Ok(None),
        Passing::Typing { from, action, top, .. } => {
            out.named.user(*from);
            out.named.peer(Peer::Channel(channel));
            if let Ok(action) = enums::SendMessageAction::from_bytes(action) {
                let (channel_id, from_id) = (channel_id(channel), user::peer(Peer::User(*from)));
                out.add(types::UpdateChannelUserTyping { channel_id, top_msg_id: top.map(|it| it.0), from_id, action });
            }
        }
        Passing::Poll { message, .. } if *message < shown => return Ok(None),
        Passing::Poll { peer, message, .. } => {
            let viewer = member.unwrap_or(UserId::NOBODY);
            out.updates.extend(poll::now(view, viewer, (*peer, *message), &mut out.named)?);
        }
        Passing::Counts { message, views, forwards } => {
            let (channel_id, id) = (channel_id(channel), message.0);
            if let Some(views) = views.map(date) {
                out.add(types::UpdateChannelMessageViews { channel_id, id, views });
            }
            if let Some(forwards) = forwards.map(date) {
                out.add(types::UpdateChannelMessageForwards { channel_id, id, forwards });
            }
        }
        // Told to those who know somebody, not to groups.
        Passing::Status { .. } => return Ok(None),
    }
    out.shown = match member {
        Some(member) => out.named.read(view, member)?,
        None => {
            shared::of_anybody(&mut out.updates);
            out.named.read_min(view)?
        }
    };
    Ok(Some(out))
}
