//! A mailbox loses all of a group's messages, a step at a time: each step leaves the next one in the outbox, so
//! that a restart in between costs nothing.

use store::Direction;

use super::{
    delete, dialogs,
    receive::Delivered,
    rows::{chat_range, id_of},
};
use crate::{
    deliveries::{self, Delivery},
    ids::{Peer, UserId},
    turn::Turn,
    view::{Decided, Rows},
};

/// Messages of one step: some dozen rows each.
const STEP: usize = 100;

/// Begins to take a group's messages out of a mailbox.
pub(crate) fn begin(turn: &mut Turn<'_>, peer: Peer, by: UserId, of: UserId) -> Decided<()> {
    deliveries::later(turn, by, of, Delivery::Group { peer, what: Delivered::Purge {} })
}

/// One step of it.
pub(super) fn step(turn: &mut Turn<'_>, peer: Peer, by: UserId, user: UserId) -> Decided<()> {
    let found = turn.scan(&chat_range(user, peer), Direction::Forward, STEP + 1)?;
    let ids: Vec<_> = found.iter().take(STEP).map(|(key, _)| id_of(key)).collect();
    delete::remove(turn, user, &ids, None)?;
    if found.len() > STEP {
        return begin(turn, peer, by, user);
    }
    dialogs::change(turn, user, peer, |it| (it.pin, it.date) = (0, 0)).map(drop)
}
