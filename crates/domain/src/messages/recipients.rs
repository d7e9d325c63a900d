//! Who else has a copy of what is said in a chat: the other side, or the members of a basic group. A channel
//! has one row for all.

use super::receive::Delivered;
use crate::{
    deliveries::{Delivery, deliver, deliver_all},
    groups::basic,
    ids::{Peer, UserId},
    turn::Turn,
    view::{Decided, View},
};

/// Those who have copies of a chat's messages, without `me`.
pub(crate) fn others(view: &(impl View + ?Sized), me: UserId, peer: Peer) -> Decided<Vec<UserId>> {
    match peer {
        Peer::User(other) if other == me || other.is_server() => Ok(Vec::new()),
        Peer::User(other) => Ok(vec![other]),
        Peer::Chat(id) => {
            let members = basic::chat(view, id)?.map(|it| it.members).unwrap_or_default();
            Ok(members.into_iter().map(|it| it.user).filter(|it| *it != me).collect())
        }
        Peer::Channel(_) => Ok(Vec::new()),
    }
}

/// Delivers to all of them.
pub(crate) fn tell(turn: &mut Turn<'_>, me: UserId, peer: Peer, what: Delivered) -> Decided<()> {
    let others = others(turn, me, peer)?;
    match peer {
        Peer::User(_) => {
            others.into_iter().try_for_each(|to| deliver(turn, me, to, Delivery::Messages { what: what.clone() }))
        }
        Peer::Chat(_) | Peer::Channel(_) => deliver_all(turn, me, others, peer, &what),
    }
}

/// Delivers to one of them.
pub(crate) fn tell_one(turn: &mut Turn<'_>, me: UserId, to: UserId, peer: Peer, what: Delivered) -> Decided<()> {
    match peer {
        Peer::User(_) => deliver(turn, me, to, Delivery::Messages { what }),
        Peer::Chat(_) | Peer::Channel(_) => deliver(turn, me, to, Delivery::Group { peer, what }),
    }
}
