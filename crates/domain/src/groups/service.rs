//! Service messages of groups and channels: what happened, told in the history.

use crate::{
    ids::{Peer, UserId},
    messages::{
        Action, posts,
        send::{self, Sent},
    },
    refusal::Refusal,
    turn::Turn,
    updates::Origin,
    view::Decided,
};

/// Writes to a group what somebody did in it: to every member of a basic group, once in a channel. That they may
/// was decided before.
pub fn post(turn: &mut Turn<'_>, by: UserId, peer: Peer, action: Action, skip: Option<Origin>) -> Decided<Sent> {
    match peer {
        Peer::Chat(_) => send::service(turn, by, peer, action, skip),
        Peer::Channel(channel) => posts::service(turn, by, channel, action, skip),
        Peer::User(_) => Err(Refusal::PeerIdInvalid.into()),
    }
}
