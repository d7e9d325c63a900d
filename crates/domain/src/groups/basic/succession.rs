//! Who owns a group whose creator has left: its oldest admin, or else its oldest member, seven days later, if the
//! creator has not come back.
//! Source: core.telegram.org/api/channel, "Leaving groups/channels"; core.telegram.org/constructor/messageActionNewCreatorPending.

use store::Key;

use super::{ChatRow, access, chat, facts, put_chat};
use crate::{
    caller::Caller,
    deliveries::deliver_all,
    groups::service,
    ids::{ChatId, Peer, UserId},
    messages::{Action, Delivered},
    refusal::Refusal,
    spaces::TIMER,
    turn::Turn,
    updates::{self, Change, LogEntry},
    view::{Decided, View},
};

/// Seconds for which the creator may come back.
pub const PENDING_SECONDS: u32 = 7 * 24 * 3600;

/// The kind of timer that hands a group over.
pub(crate) const HANDING_OVER: u8 = 7;

/// Who would own the group if its creator left it now; for the creator alone to ask.
pub fn successor(view: &(impl View + ?Sized), id: ChatId, me: UserId) -> Decided<Option<UserId>> {
    let row = access::member_of(view, id, me)?;
    if row.creator != me {
        return Err(Refusal::ChatAdminRequired.into());
    }
    Ok(next(&row))
}

fn next(row: &ChatRow) -> Option<UserId> {
    let others = || row.members.iter().filter(|it| it.user != row.creator);
    others().find(|it| it.admin).or_else(|| others().next()).map(|it| it.user)
}

/// The creator leaves: who is to own the group. Others own nothing.
pub(super) fn leave(turn: &mut Turn<'_>, id: ChatId, row: &mut ChatRow, user: UserId) -> Option<UserId> {
    if row.successor == Some(user) {
        row.successor = None;
    }
    if row.creator != user {
        return None;
    }
    row.successor = next(row);
    row.succeeds_at = turn.now().secs().saturating_add(PENDING_SECONDS);
    turn.put_empty(timer_key(row.succeeds_at, id));
    row.successor
}

/// The creator came back in time.
pub(super) fn returned(row: &mut ChatRow, user: UserId) {
    if row.creator == user {
        (row.successor, row.succeeds_at) = (None, 0);
    }
}

/// The time to come back has run out: a group that lost its successor meanwhile takes the next.
pub(crate) fn run(turn: &mut Turn<'_>, key: &Key) -> Decided<()> {
    let Some(id) = key.suffix().get(5..).and_then(|it| it.first_chunk()) else { return Ok(()) };
    let id = ChatId(u64::from_be_bytes(*id));
    let Some(mut row) = chat(turn, id)? else { return Ok(()) };
    let due = row.succeeds_at > 0 && row.succeeds_at <= turn.now().secs();
    let Some(user) = row.successor.or_else(|| next(&row)).filter(|_| due && !row.deactivated) else { return Ok(()) };
    let old = row.creator;
    own(&mut row, user);
    let row = put_chat(turn, id, row);
    let everybody = row.members.iter().map(|it| it.user).filter(|it| *it != user);
    let change = Change::ChatParticipants { chat: id };
    let everybody: Vec<_> = everybody.collect();
    updates::append(turn, user, change.clone(), 0, None)?;
    deliver_all(turn, user, everybody, Peer::Chat(id), &Delivered::Told { change })?;
    // The service says it in the name of the old owner, who is not there; so the new one does.
    let author = if row.member(old).is_some() { old } else { user };
    service::post(turn, author, Peer::Chat(id), Action::ChangeCreator { user }, None).map(drop)
}

/// A member's account is gone. What it owned passes on at once, since it does not come back; where it was to own
/// the group, the next will.
pub(super) fn erased(turn: &mut Turn<'_>, id: ChatId, mut row: ChatRow, user: UserId) -> Decided<()> {
    if row.successor == Some(user) {
        row.successor = None;
    }
    let heir = next(&row).filter(|_| row.creator == user && !row.deactivated);
    if let Some(heir) = heir {
        own(&mut row, heir);
    }
    let row = put_chat(turn, id, row);
    let change = Change::ChatParticipants { chat: id };
    deliver_all(turn, user, row.members.iter().map(|it| it.user), Peer::Chat(id), &Delivered::Told { change })?;
    match heir {
        Some(user) => service::post(turn, user, Peer::Chat(id), Action::ChangeCreator { user }, None).map(drop),
        None => Ok(()),
    }
}

/// Makes a member the owner.
fn own(row: &mut ChatRow, user: UserId) {
    for member in &mut row.members {
        if member.user == row.creator {
            member.admin = true;
        }
        if member.user == user {
            member.admin = false;
        }
    }
    (row.creator, row.successor, row.succeeds_at) = (user, None, 0);
}

/// Hands a group over at once; the password has been checked.
pub(crate) fn hand_over(turn: &mut Turn<'_>, by: &Caller, id: ChatId, to: UserId) -> Decided<Vec<LogEntry>> {
    let mut row = access::member_of(turn, id, by.user)?;
    if row.creator != by.user {
        return Err(Refusal::ChatAdminRequired.into());
    }
    if to == by.user || row.member(to).is_none() {
        return Err(Refusal::UserNotParticipant.into());
    }
    own(&mut row, to);
    let row = put_chat(turn, id, row);
    Ok(vec![facts::tell(turn, by, id, &row, &Change::ChatParticipants { chat: id })?])
}

fn timer_key(due: u32, id: ChatId) -> Key {
    Key::of(TIMER, 0).u32(due).u8(HANDING_OVER).u64(id.0).key()
}
