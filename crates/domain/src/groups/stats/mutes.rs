//! How many subscribers have muted a broadcast channel for good. Each one's settings are its own mailbox's; what
//! changes there is delivered to the channel, which keeps the number.
//! Source: `enabled_notifications` and `mute_graph` of core.telegram.org/constructor/stats.broadcastStats.

use super::hours;
use crate::{
    deliveries::{Delivery, deliver},
    groups::channel::{self, joined_key},
    ids::{ChannelId, Peer, UserId},
    messages::counts::forwards::Delivered,
    people::notify::{NotifyRow, Target, notify},
    turn::Turn,
    view::{Decided, Rows, View},
};

/// Seconds from now on that are for good: what a switch sets, and no pause for a day or a week.
const FOR_GOOD: u32 = 365 * 24 * 3600;

fn is_muted(view: &(impl View + ?Sized), row: &NotifyRow) -> bool {
    row.mute_until.is_some_and(|it| it > view.now().secs().saturating_add(FOR_GOOD))
}

/// A user's settings are about to become others.
pub(crate) fn changed(
    turn: &mut Turn<'_>,
    user: UserId,
    target: Target,
    old: &NotifyRow,
    new: &NotifyRow,
) -> Decided<()> {
    let Target::Peer(Peer::Channel(channel)) = target else { return Ok(()) };
    let (was, is) = (is_muted(turn, old), is_muted(turn, new));
    if was == is || turn.get(&joined_key(user, channel))?.is_none() {
        return Ok(());
    }
    tell(turn, user, channel, is)
}

/// A user comes or goes, and takes its settings along.
pub(in crate::groups) fn moved(turn: &mut Turn<'_>, user: UserId, channel: ChannelId, inside: bool) -> Decided<()> {
    let row = notify(turn, user, Target::Peer(Peer::Channel(channel)))?;
    if is_muted(turn, &row) { tell(turn, user, channel, inside) } else { Ok(()) }
}

fn tell(turn: &mut Turn<'_>, user: UserId, channel: ChannelId, muted: bool) -> Decided<()> {
    let what = Delivered::Muted { muted };
    deliver(turn, user, UserId::NOBODY, Delivery::Posts { channel, what })
}

/// The channel counts it.
pub(crate) fn receive(turn: &mut Turn<'_>, id: ChannelId, muted: bool) -> Decided<()> {
    if channel::channel(turn, id)?.is_none_or(|it| it.deleted || !it.broadcast) {
        return Ok(());
    }
    let mut counts = channel::counts(turn, id)?;
    counts.muted = counts.muted.saturating_add_signed(if muted { 1 } else { -1 });
    channel::put_counts(turn, id, &counts);
    hours::count(turn, id, |hour| *(if muted { &mut hour.muted } else { &mut hour.unmuted }) += 1)
}
