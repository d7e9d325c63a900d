//! Messages leave a channel's log.

use crate::{
    ids::{ChannelId, LogId, MessageId},
    messages::{
        rows::{copy, delete_copy},
        search,
        threads::place,
    },
    turn::Turn,
    updates::{self, Change, LogEntry, Origin},
    view::Decided,
};

/// Deletes messages and tells who hears the channel.
pub(crate) fn remove(
    turn: &mut Turn<'_>,
    channel: ChannelId,
    ids: &[MessageId],
    skip: Option<Origin>,
) -> Decided<Option<LogEntry>> {
    let log = LogId::from(channel);
    let mut gone = Vec::with_capacity(ids.len());
    for &id in ids {
        let Some(row) = copy(turn, log, id)? else { continue };
        place::forget(turn, log, id, &row)?;
        delete_copy(turn, log, id, &row);
        gone.push((row.peer, id));
    }
    search::index::forget(turn, log, &gone)?;
    let messages: Vec<_> = gone.into_iter().map(|(_, id)| id).collect();
    match i32::try_from(messages.len()).unwrap_or(i32::MAX) {
        0 => Ok(None),
        count => updates::append(turn, log, Change::DeleteMessages { messages }, count, skip).map(Some),
    }
}
