//! Who a message introduces: clients that know somebody only without an access hash name the message in which
//! they saw them. Source: core.telegram.org/api/min.

use super::seen::seen_in;
use crate::{
    groups::access,
    ids::{MessageId, Peer, UserId},
    refusal::Refusal,
    view::{Decided, View},
};

/// Whether a message of a chat that `me` may read names this user, group or channel; refuses who may not read
/// it, and a message that is not there.
pub fn introduces(view: &(impl View + ?Sized), me: UserId, chat: Peer, message: MessageId, who: Peer) -> Decided<bool> {
    // The sides of a private chat know each other without any message.
    if who == chat && chat.user().is_some() || who == Peer::User(me) {
        return Ok(true);
    }
    let from = match chat {
        Peer::Channel(channel) => access::reader(view, channel, me)?.visible_from,
        Peer::User(_) | Peer::Chat(_) => MessageId(0),
    };
    let found = seen_in(view, me, chat.log(me), [message])?.pop().filter(|it| it.row.peer == chat && it.id >= from);
    let seen = found.ok_or(Refusal::MsgIdInvalid)?;
    let named = match who {
        Peer::User(user) => seen.people().any(|it| it == user),
        Peer::Chat(_) | Peer::Channel(_) => seen.groups().any(|it| it == who),
    };
    Ok(named)
}
