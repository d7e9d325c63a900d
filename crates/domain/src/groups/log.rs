//! What admins did in a channel, and who came and went: kept for some days, sealed, for its admins.
//! Source: core.telegram.org/api/recent-actions.

mod event;
mod read;
#[cfg(test)]
mod tests;

pub use event::{AdminEvent, InviteCopy, Kept, Kinds, TopicCopy};
pub use read::{Logged, PAGE_MAX, Wanted, page};

use bytes::Bytes;
use store::{Direction, Key, Range};
use vault::Kind;

use crate::{
    ids::{ChannelId, MessageId, Peer, UserId},
    messages::{MailboxRow, rows::copy},
    record,
    record::Record,
    sealing,
    spaces::ADMIN_LOG,
    turn::Turn,
    view::{Decided, Rows, View, list},
};

/// Seconds that an event stays. Source: Telegram promises two days; people come back after a weekend.
pub const KEPT_SECONDS: u32 = 7 * 24 * 3600;

/// Events in one millisecond that get numbers of their own.
const WITHIN: u64 = 1024;

/// Old events that go with each new one: more than come, so that the log shrinks to what is kept.
const TRIMMED: usize = 4;

/// Rows of one reading.
const STEP: usize = 256;

record! {
    /// An event.
    pub struct EventRow {
        /// Who did it.
        1 => by: UserId,
        /// Unix seconds.
        2 => date: u32,
        /// What kinds it is of, to be found by.
        3 => kinds: u32,
        /// An [`AdminEvent`], sealed under the group's key; AAD is the channel and the event's number.
        4 => event: Bytes,
    }
}

/// Notes what somebody did. That they may was decided before.
pub fn note(turn: &mut Turn<'_>, channel: ChannelId, by: UserId, event: AdminEvent) -> Decided<()> {
    note_all(turn, channel, by, [event])
}

/// Notes several things that somebody did at once.
pub fn note_all(
    turn: &mut Turn<'_>,
    channel: ChannelId,
    by: UserId,
    events: impl IntoIterator<Item = AdminEvent>,
) -> Decided<()> {
    let scope = sealing::group_scope(Peer::Channel(channel));
    let (first, date) = (next(turn, channel)?, turn.now().secs());
    for (id, event) in (first..).zip(events) {
        let kinds = event.kinds().0;
        let event = sealing::seal(turn, scope, Kind::AdminEvent, &place(channel, id), 0, &event.encode())?;
        turn.put(event_key(channel, id), &EventRow { by, date, kinds, event, ..EventRow::default() });
    }
    trim(turn, channel, TRIMMED).map(drop)
}

/// A message as it is at this moment, for an event about it; `None` where it is gone.
pub fn kept(view: &(impl Rows + ?Sized), channel: ChannelId, id: MessageId) -> Decided<Option<Kept>> {
    Ok(copy(view, channel, id)?.map(|row| Kept { id, row, ..Kept::default() }))
}

/// Notes that a message was edited.
pub fn edited(
    turn: &mut Turn<'_>,
    channel: ChannelId,
    by: UserId,
    id: MessageId,
    (before, after): (MailboxRow, MailboxRow),
) -> Decided<()> {
    let kept = |row| Kept { id, row, ..Kept::default() };
    note(turn, channel, by, AdminEvent::Edited { before: kept(before), after: kept(after) })
}

/// Deletes the oldest events that are to go, at most so many; how many went.
pub fn trim(turn: &mut Turn<'_>, channel: ChannelId, limit: usize) -> Decided<usize> {
    let range = Range { start: event_key(channel, 0), end: event_key(channel, oldest(turn)) };
    let rows = turn.scan(&range, Direction::Forward, limit)?;
    let count = rows.len();
    rows.into_iter().for_each(|(key, _)| turn.delete(key));
    Ok(count)
}

/// Looks at events that are kept, the newest first, at most so many; nothing is opened.
pub(super) fn each(
    view: &(impl View + ?Sized),
    channel: ChannelId,
    limit: usize,
    mut look: impl FnMut(&EventRow),
) -> Decided<()> {
    let (start, mut end) = (event_key(channel, oldest(view)), all(channel).end);
    let mut seen = 0;
    while seen < limit {
        let range = Range { start: start.clone(), end };
        let rows = list::<EventRow>(view, &range, Direction::Backward, STEP)?;
        let Some((last, _)) = rows.last() else { break };
        (end, seen) = (last.clone(), seen + rows.len());
        rows.iter().for_each(|(_, row)| look(row));
    }
    Ok(())
}

/// The number of a new event: by the clock, so that age can be told from it, and after the last one.
fn next(turn: &Turn<'_>, channel: ChannelId) -> Decided<u64> {
    let last = turn.scan(&all(channel), Direction::Backward, 1)?;
    let last = last.first().map_or(0, |(key, _)| number(key));
    Ok((turn.now().ms * WITHIN).max(last + 1))
}

/// The lowest number of events that are kept.
fn oldest(view: &(impl View + ?Sized)) -> u64 {
    view.now().ms.saturating_sub(u64::from(KEPT_SECONDS) * 1000) * WITHIN
}

fn place(channel: ChannelId, id: u64) -> [u8; 16] {
    let mut bytes = [0; 16];
    bytes[..8].copy_from_slice(&channel.0.to_be_bytes());
    bytes[8..].copy_from_slice(&id.to_be_bytes());
    bytes
}

fn event_key(channel: ChannelId, id: u64) -> Key {
    Key::of(ADMIN_LOG, channel.vshard().0).u64(channel.0).u64(id).key()
}

fn all(channel: ChannelId) -> Range {
    Range::prefix(Key::of(ADMIN_LOG, channel.vshard().0).u64(channel.0).key())
}

fn number(key: &Key) -> u64 {
    key.suffix().last_chunk().map_or(0, |it| u64::from_be_bytes(*it))
}
