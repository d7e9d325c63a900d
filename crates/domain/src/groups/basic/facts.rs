//! What all members of a basic group are told of it, beside its messages: entries without a number, since each
//! carries the state as it is when it is read.

use super::ChatRow;
use crate::{
    caller::Caller,
    deliveries::deliver_all,
    ids::{ChatId, Peer, UserId},
    messages::Delivered,
    turn::Turn,
    updates::{self, Change, LogEntry},
    view::Decided,
};

/// Tells the caller and all members; the entry is the caller's.
pub(crate) fn tell(turn: &mut Turn<'_>, by: &Caller, id: ChatId, row: &ChatRow, change: &Change) -> Decided<LogEntry> {
    tell_also(turn, by, id, row, &[], change)
}

/// Tells also those who are no longer members.
pub(crate) fn tell_also(
    turn: &mut Turn<'_>,
    by: &Caller,
    id: ChatId,
    row: &ChatRow,
    also: &[UserId],
    change: &Change,
) -> Decided<LogEntry> {
    let entry = updates::append(turn, by.user, change.clone(), 0, Some(by.origin))?;
    let members = row.members.iter().map(|it| it.user).chain(also.iter().copied());
    deliver_all(turn, by.user, members, Peer::Chat(id), &Delivered::Told { change: change.clone() })?;
    Ok(entry)
}
