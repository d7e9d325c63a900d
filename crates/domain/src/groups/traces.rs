//! What somebody's own mailbox keeps of a channel besides its dialog: marks, how far threads are read, what is
//! queued there, how it notifies. Who leaves loses the marks, as their counters go with the dialog; of a channel that
//! is deleted everything goes. It goes a step at a time, so that no delivery writes more than a few rows.

use store::Key;

use super::channel::{self, joined_key};
use crate::{
    ids::{ChannelId, Peer, UserId},
    messages::{drafts, marks, scheduled, threads},
    people::notify,
    spaces::TIMER,
    turn::Turn,
    view::{Decided, Rows, View},
};

/// The kind of timer that goes on.
pub(crate) const FORGETTING: u8 = 128;

/// Rows of a kind that go in one step.
const STEP: usize = 100;

/// Removes what somebody who is no longer in a channel has of it; what is more than a step goes by itself.
pub(super) fn forget(turn: &mut Turn<'_>, user: UserId, id: ChannelId) -> Decided<()> {
    let peer = Peer::Channel(id);
    let mut more = marks::forget(turn, user, peer, STEP)?;
    more |= drafts::topics::forget(turn, user, id, STEP)?;
    if channel::channel(turn, id)?.is_none_or(|it| it.deleted) {
        more |= threads::forget(turn, user, id, STEP)?;
        more |= scheduled::forget(turn, user, peer, STEP)?;
        notify::forget(turn, user, peer);
    }
    if more {
        turn.put_empty(timer_key(turn.now().secs(), user, id));
    }
    Ok(())
}

/// The next step; who has come back meanwhile keeps what is left.
pub(crate) fn run(turn: &mut Turn<'_>, key: &Key) -> Decided<()> {
    let number = |at: usize| key.suffix().get(at..).and_then(|it| it.first_chunk()).map(|it| u64::from_be_bytes(*it));
    let (Some(user), Some(id)) = (number(5), number(13)) else { return Ok(()) };
    let (user, id) = (UserId(user), ChannelId(id));
    match turn.get(&joined_key(user, id))? {
        Some(_) => Ok(()),
        None => forget(turn, user, id),
    }
}

fn timer_key(due: u32, user: UserId, id: ChannelId) -> Key {
    Key::of(TIMER, 0).u32(due).u8(FORGETTING).u64(user.0).u64(id.0).key()
}
