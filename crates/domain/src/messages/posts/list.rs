//! A channel as one member has it in the list of chats: what is the member's own is stored, what follows from
//! the log is read from it, so that a post writes nothing for its readers.

use std::sync::Arc;

use store::{Direction, Range};

use super::voice;
use crate::{
    groups::{
        access::{self, Access},
        basic, topics,
    },
    ids::{ChannelId, MessageId, Peer, UserId},
    messages::{
        dialogs::{self, DialogRow},
        rows::{chat_range, copy, history_key, id_of},
    },
    refusal::Refusal,
    updates::{counters, known_counters},
    view::{Decided, Stop, View},
    warm,
};

/// Messages counted one by one; beyond them their numbers say how many there are.
pub const COUNTED_MAX: usize = 1000;

/// Unread messages from which on they are counted in what all readers share.
const SHARED_MIN: i32 = 8;

/// The last messages of a channel with who wrote them, and whether these are all.
pub(crate) struct Tail {
    messages: Vec<(MessageId, UserId)>,
    whole: bool,
}

impl Tail {
    /// Others' messages from a number on, as [`unread_after`] counts them; `None` where it does not reach so far back.
    fn unread(&self, me: UserId, start: MessageId) -> Option<u32> {
        let first = self.messages.first().map_or(MessageId(0), |it| it.0);
        if !self.whole && start < first {
            return None;
        }
        let after = &self.messages[self.messages.partition_point(|it| it.0 < start)..];
        let counted = &after[..after.len().min(COUNTED_MAX)];
        let unread = counted.iter().filter(|(_, from)| *from != me).count() as u32;
        let beyond = match (counted.last(), after.last()) {
            (Some((last, _)), Some((top, _))) if counted.len() == COUNTED_MAX => top.0.abs_diff(last.0),
            _ => 0,
        };
        Some(unread.saturating_add(beyond))
    }
}

/// Each message that comes or goes moves the log, so a tail is as good as the log's counters.
fn tail(view: &(impl View + ?Sized), access: &Access) -> Decided<Arc<Tail>> {
    let bytes = |it: &Tail| it.messages.len() * size_of::<(MessageId, UserId)>();
    warm::keep(
        view,
        |it| &it.tails,
        access.channel,
        bytes,
        |noted| {
            counters(noted, access.channel)?;
            let rows = view.scan(&chat_range(access.log(), access.peer()), Direction::Backward, COUNTED_MAX)?;
            let mut messages = Vec::with_capacity(rows.len());
            for id in rows.iter().rev().map(|(key, _)| id_of(key)) {
                messages.extend(copy(view, access.log(), id)?.map(|it| (id, it.from)));
            }
            Ok(Tail { messages, whole: rows.len() < COUNTED_MAX })
        },
    )
}

/// A channel in the list of somebody who may read it.
pub fn dialog(view: &(impl View + ?Sized), me: UserId, access: &Access) -> Decided<DialogRow> {
    let peer = access.peer();
    let stored = dialogs::dialog(view, me, peer)?;
    let last = newest(view, access)?;
    let date = match last {
        Some(id) => copy(view, access.log(), id)?.map_or(0, |it| it.date),
        None => access.member.joined.max(access.row.created),
    };
    Ok(DialogRow {
        top: last.unwrap_or_default(),
        date,
        unread: match access.row.forum {
            true => topics::list::unread(view, me, access, stored.read_inbox)?,
            false => unread_after(view, me, access, stored.read_inbox)?,
        },
        read_outbox: super::read::read_outbox(view, access.channel, me)?,
        ttl_period: access.row.ttl_period,
        ..stored
    })
}

/// The last message that somebody may read.
pub fn newest(view: &(impl View + ?Sized), access: &Access) -> Decided<Option<MessageId>> {
    let last = view.scan(&chat_range(access.log(), access.peer()), Direction::Backward, 1)?;
    Ok(last.first().map(|(key, _)| id_of(key)).filter(|id| access.shows(*id)))
}

/// Others' messages after a number.
pub fn unread_after(view: &(impl View + ?Sized), me: UserId, access: &Access, read: MessageId) -> Decided<u32> {
    let start = MessageId(read.0.saturating_add(1)).max(access.visible_from);
    // Of few, each costs a row of its own; many have much the same before them.
    let many = known_counters(view, access.channel)?.last_message_id.saturating_sub(start.0) >= SHARED_MIN;
    if many && view.warm().is_some() {
        let end = tail(view, access)?;
        if let Some(unread) = end.unread(me, start) {
            return Ok(unread);
        }
    }
    let whole = chat_range(access.log(), access.peer());
    let range = Range { start: history_key(access.log(), access.peer(), start), end: whole.end };
    let rows = view.scan(&range, Direction::Forward, COUNTED_MAX)?;
    let mut unread = 0;
    for (key, _) in &rows {
        unread += u32::from(copy(view, access.log(), id_of(key))?.is_some_and(|it| it.from != me));
    }
    let Some((last, _)) = rows.last().filter(|_| rows.len() == COUNTED_MAX) else { return Ok(unread) };
    let top = newest(view, access)?.unwrap_or_default();
    Ok(unread.saturating_add(top.0.abs_diff(id_of(last).0)))
}

/// Every channel that a user has joined, as far as it may still look into it.
pub(in crate::messages) fn joined(view: &(impl View + ?Sized), me: UserId) -> Decided<Vec<Access>> {
    let mut all = Vec::new();
    for id in voice::joined(view, me)? {
        all.extend(open(view, me, id)?);
    }
    Ok(all)
}

/// A channel that a user has joined, if it may still look into it.
pub(in crate::messages) fn open(
    view: &(impl View + ?Sized),
    me: UserId,
    channel: ChannelId,
) -> Decided<Option<Access>> {
    match access::inside(view, channel, me) {
        Ok(access) => Ok(Some(access)),
        Err(Stop::Refuse(Refusal::ChannelInvalid | Refusal::ChannelPrivate | Refusal::UserNotParticipant)) => Ok(None),
        Err(other) => Err(other),
    }
}

/// The place of a channel in the list: when its last message was written, and that message.
pub(in crate::messages) fn place(view: &(impl View + ?Sized), access: &Access) -> Decided<(u32, MessageId)> {
    let Some(top) = newest(view, access)? else {
        return Ok((access.member.joined.max(access.row.created), MessageId(0)));
    };
    Ok((copy(view, access.log(), top)?.map_or(0, |it| it.date), top))
}

/// A chat as its row in the list shows it, of whatever kind; a channel only to who may read it.
pub fn shown(view: &(impl View + ?Sized), me: UserId, peer: Peer) -> Decided<DialogRow> {
    match peer.channel() {
        Some(channel) => dialog(view, me, &access::reader(view, channel, me)?),
        None => {
            let row = dialogs::dialog(view, me, peer)?;
            let chat = if let Peer::Chat(id) = peer { basic::chat(view, id)? } else { None };
            let ttl_period = chat.map_or(row.ttl_period, |it| it.ttl_period);
            Ok(DialogRow { ttl_period, ..row })
        }
    }
}
