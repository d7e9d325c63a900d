//! Who is in a channel. Every change of a member's row passes here: it keeps the numbers of members and their
//! lists. A member's own side (its list of channels, its dialog, its log) is settled from the row that the channel
//! keeps, so the order in which such deliveries arrive does not matter.

use super::{
    MEGAGROUP_SIZE_MAX,
    channel::{self, JoinedRow, MemberRow, Standing, counts, joined, joined_key, member, member_key},
    invites::importers,
    lists, names, ownership, public, requests,
    stats::{hours, mutes},
    traces,
};
use crate::{
    caller::Caller,
    deliveries::{Delivery, deliver},
    groups::{AdminRights, CHANNELS_MAX},
    ids::{ChannelId, LogId, Peer, Pts, UserId},
    messages::dialogs,
    people, record,
    refusal::Refusal,
    spaces::LEFT,
    turn::Turn,
    updates::{self, Change, LogEntry, Origin},
    variants,
    view::{Decided, Rows, View, load},
};

record! {
    /// A channel that a user has left, and when, in unix seconds.
    pub struct LeftRow { 1 => left: u32 }
}

variants! {
    /// What happens in a channel to somebody's own side of it.
    pub enum Delivered {
        /// Its standing or something that it sees of the channel has changed.
        /// Where the channel's log stood then; 0: nothing of it may have been missed.
        1 => Settle { 1 => channel: ChannelId, 2 => since: Pts },
    }
}

/// How somebody comes in.
#[derive(Clone, Copy, Debug, Default)]
pub struct Coming {
    /// Who brought it in, or made the link; itself, where it found the way alone.
    pub inviter: UserId,
    /// An admin let it in.
    pub via_request: bool,
}

/// Brings somebody into a channel. Refuses who is in it, banned from it, or in as many as one may be.
pub fn add(turn: &mut Turn<'_>, by: &Caller, id: ChannelId, user: UserId, how: Coming) -> Decided<()> {
    let row = channel::existing(turn, id)?;
    let old = member(turn, id, user)?.unwrap_or_default();
    let now = turn.now().secs();
    match channel::standing_of(&row, user, &old, now) {
        it if it.is_in() => return Err(Refusal::UserAlreadyParticipant.into()),
        Standing::Kicked => return Err(Refusal::UserKicked.into()),
        _ => {}
    }
    let mut counts = counts(turn, id)?;
    if counts.members >= MEGAGROUP_SIZE_MAX && !row.broadcast {
        return Err(Refusal::UsersTooMuch.into());
    }
    if joined(turn, user)?.len() >= CHANNELS_MAX {
        let itself = by.user == user;
        return Err(if itself { Refusal::ChannelsTooMuch } else { Refusal::UserChannelsTooMuch }.into());
    }
    counts.last_place += 1;
    channel::put_counts(turn, id, &counts);
    let last = updates::counters(turn, id)?.last_message_id;
    let new = MemberRow {
        joined: now,
        inviter: how.inviter,
        via_request: how.via_request,
        place: counts.last_place,
        joined_after: crate::ids::MessageId(last),
        history_hidden: row.history_hidden && row.creator != user,
        left: false,
        names: names::of(turn, id, user)?,
        ..old.clone()
    };
    put(turn, id, user, &old, &new)?;
    if row.broadcast {
        hours::came(turn, id, by.user, user, how)?;
    }
    tell(turn, by, id, user)
}

/// Takes somebody out of a channel; what it may not do there stays as it is. `false`: it was not in.
pub fn remove(turn: &mut Turn<'_>, by: &Caller, id: ChannelId, user: UserId) -> Decided<bool> {
    let Some(old) = member(turn, id, user)?.filter(|it| it.joined > 0) else { return Ok(false) };
    updates::unfollow(turn, user, id);
    put(turn, id, user, &old, &gone(&old, by.user == user))?;
    tell(turn, by, id, user)?;
    Ok(true)
}

/// Takes a deleted account out of a channel; nobody is told, but who owns it from now on.
pub(crate) fn erase(turn: &mut Turn<'_>, id: ChannelId, user: UserId) -> Decided<()> {
    let old = member(turn, id, user)?.unwrap_or_default();
    updates::unfollow(turn, user, id);
    put(turn, id, user, &old, &gone(&old, true))?;
    ownership::erased(turn, id, user)
}

/// The row of somebody who is no longer in.
pub(super) fn gone(old: &MemberRow, by_itself: bool) -> MemberRow {
    MemberRow {
        joined: 0,
        inviter: UserId::NOBODY,
        via_request: false,
        admin: AdminRights::NONE,
        promoted_by: UserId::NOBODY,
        rank: bytes::Bytes::new(),
        left: by_itself,
        names: bytes::Bytes::new(),
        ..old.clone()
    }
}

/// Writes a member's row, the lists and the numbers.
pub fn put(turn: &mut Turn<'_>, id: ChannelId, user: UserId, old: &MemberRow, new: &MemberRow) -> Decided<()> {
    if old == new {
        return Ok(());
    }
    turn.put(member_key(id, user), new);
    lists::settle(turn, id, user, old, new)?;
    let peer = Peer::Channel(id);
    match (old.joined > 0, new.joined > 0) {
        // Who is in asks no more; who is out frees the place that a link gave.
        (false, true) => requests::withdraw(turn, peer, user)?,
        (true, false) => {
            importers::forget(turn, peer, user)?;
            if channel::channel(turn, id)?.is_some_and(|it| it.broadcast) {
                hours::count(turn, id, |hour| hour.left += 1)?;
            }
        }
        (true, true) | (false, false) => {}
    }
    names::settle(turn, id, user, old, new);
    let mut counts = counts(turn, id)?;
    let before = counts.clone();
    for (list, number) in [
        (lists::List::Members, &mut counts.members),
        (lists::List::Admins, &mut counts.admins),
        (lists::List::Kicked, &mut counts.kicked),
        (lists::List::Restricted, &mut counts.restricted),
    ] {
        let change = i32::from(list.place(new).is_some()) - i32::from(list.place(old).is_some());
        *number = number.saturating_add_signed(change);
    }
    if counts != before {
        channel::put_counts(turn, id, &counts);
        public::counted(turn, id, before.members, counts.members)?;
    }
    Ok(())
}

/// Lets somebody's own side know that the channel is another for it: the caller's at once, as its answer shows
/// it, others' by a delivery.
pub fn tell(turn: &mut Turn<'_>, by: &Caller, id: ChannelId, user: UserId) -> Decided<()> {
    if by.user == user {
        return settle(turn, user, id, Pts(0), Some(by.origin)).map(drop);
    }
    let what = Delivered::Settle { channel: id, since: updates::counters(turn, id)?.pts };
    deliver(turn, by.user, user, Delivery::Channels { what })
}

/// The same where nobody caused it but time.
pub(super) fn tell_of_time(turn: &mut Turn<'_>, id: ChannelId, user: UserId) -> Decided<()> {
    receive(turn, user, &Delivered::Settle { channel: id, since: Pts(0) })
}

/// Applies what happened in a channel to somebody's own side.
pub fn receive(turn: &mut Turn<'_>, to: UserId, what: &Delivered) -> Decided<()> {
    if people::user(turn, to)?.is_none_or(|it| it.deleted) {
        return Ok(());
    }
    match what {
        Delivered::Settle { channel, since } => settle(turn, to, *channel, *since, None).map(drop),
    }
}

/// Brings somebody's own side to what the channel's row says. Who came in hears what was pushed meanwhile.
fn settle(turn: &mut Turn<'_>, user: UserId, id: ChannelId, since: Pts, skip: Option<Origin>) -> Decided<LogEntry> {
    let there = channel::channel(turn, id)?.is_some_and(|it| !it.deleted);
    let row = member(turn, id, user)?.unwrap_or_default();
    let (inside, was) = (there && row.joined > 0, turn.get(&joined_key(user, id))?.is_some());
    if inside && !was {
        turn.put(joined_key(user, id), &JoinedRow { joined: row.joined, ..JoinedRow::default() });
        turn.delete(left_key(user, id));
        updates::follow(turn, user, id);
        mutes::moved(turn, user, id, true)?;
        dialogs::change(turn, user, Peer::Channel(id), |it| it.read_inbox = it.read_inbox.max(row.joined_after))?;
    }
    if was && !inside {
        turn.delete(joined_key(user, id));
        updates::unfollow(turn, user, id);
        if there {
            mutes::moved(turn, user, id, false)?;
            turn.put(left_key(user, id), &LeftRow { left: turn.now().secs(), ..LeftRow::default() });
        }
        dialogs::forget(turn, user, Peer::Channel(id))?;
        traces::forget(turn, user, id)?;
    }
    let told = updates::append(turn, user, Change::Channel { channel: id }, 0, skip)?;
    if inside && !was && since.0 > 0 {
        updates::catch_up(turn, user, id, since)?;
    }
    Ok(told)
}

/// When a user left a channel, if it did.
pub fn left(view: &(impl Rows + ?Sized), user: UserId, id: ChannelId) -> Decided<Option<LeftRow>> {
    load(view, &left_key(user, id))
}

fn left_key(user: UserId, id: ChannelId) -> store::Key {
    LogId::Mailbox(user).rows(LEFT).u64(id.0).key()
}

#[cfg(test)]
mod tests;
