//! Typing: told to who is there, and forgotten.

use bytes::Bytes;

use super::receive::Delivered;
use crate::{
    caller::Caller,
    deliveries::{Delivery, deliver},
    ids::{Peer, UserId},
    people::{is_blocked, presence, user},
    refusal::Refusal,
    service::Command,
    turn::Turn,
    view::Decided,
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
}

impl Command for SetTyping {
    type Reply = ();

    fn decide(&self, turn: &mut Turn<'_>) -> Decided<()> {
        let (me, other) = (self.by.user, self.peer.user().ok_or(Refusal::PeerIdInvalid)?);
        if user(turn, other)?.is_none() || self.action.len() > ACTION_MAX {
            return Err(Refusal::PeerIdInvalid.into());
        }
        if is_blocked(turn, other, me)? {
            return Err(Refusal::UserIsBlocked.into());
        }
        if other == me || other == UserId::SERVICE || !presence::is_online(turn, other)? {
            return Ok(());
        }
        let what = Delivered::Typing { action: self.action.clone() };
        deliver(turn, me, other, Delivery::Messages { what })
    }
}
