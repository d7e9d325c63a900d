//! Typing: told to who is there, and forgotten.

use bytes::Bytes;

use super::{
    posts,
    receive::Delivered,
    recipients::{others, tell_one},
};
use crate::{
    caller::Caller,
    groups::{self, BannedRights, basic::access},
    ids::{ChannelId, MessageId, Peer},
    people::{is_blocked, presence, user},
    refusal::Refusal,
    service::Command,
    turn::Turn,
    updates::{self, Passing},
    view::{Decided, Stop},
};

/// Bytes of a serialized action.
const ACTION_MAX: usize = 256;

/// Says what the caller does in a chat.
pub struct SetTyping {
    /// Who.
    pub by: Caller,
    /// In which chat.
    pub peer: Peer,
    /// The serialized `SendMessageAction` of the newest layer.
    pub action: Bytes,
    /// In which topic or thread of a channel.
    pub top: Option<MessageId>,
}

impl Command for SetTyping {
    type Reply = ();

    fn decide(&self, turn: &mut Turn<'_>) -> Decided<()> {
        let me = self.by.user;
        if self.action.len() > ACTION_MAX {
            return Err(Refusal::PeerIdInvalid.into());
        }
        let what = Delivered::Typing { action: self.action.clone() };
        let other = match self.peer {
            Peer::User(other) => other,
            Peer::Chat(id) => {
                access::refuse_text(turn, id, me)?;
                for member in others(turn, me, self.peer)? {
                    if presence::is_online(turn, member)? {
                        tell_one(turn, me, member, self.peer, what.clone())?;
                    }
                }
                return Ok(());
            }
            Peer::Channel(id) => return self.in_channel(turn, id),
        };
        if user(turn, other)?.is_none() {
            return Err(Refusal::PeerIdInvalid.into());
        }
        if is_blocked(turn, other, me)? {
            return Err(Refusal::UserIsBlocked.into());
        }
        if other == me || other.is_server() || !presence::is_online(turn, other)? {
            return Ok(());
        }
        tell_one(turn, me, other, self.peer, what)
    }
}

impl SetTyping {
    /// Only who may write is seen writing; who speaks as somebody else is not seen.
    fn in_channel(&self, turn: &mut Turn<'_>, channel: ChannelId) -> Decided<()> {
        let me = self.by.user;
        let access = match groups::access::writer(turn, channel, me, BannedRights::SEND_PLAIN) {
            Err(Stop::Refuse(Refusal::SlowmodeWait(_))) => return Ok(()),
            other => other?,
        };
        if access.row.broadcast || posts::voice::of(turn, &access, me, None)?.sent_as.is_some() {
            return Ok(());
        }
        let top = self.top.filter(|it| it.0 > 0);
        let what = Passing::Typing { peer: self.peer, from: me, action: self.action.to_vec(), top };
        updates::hearing::pass(turn, access.log(), what)
    }
}
