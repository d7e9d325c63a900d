//! Reading a chat back, with all the offsets that clients combine.
//! Source: core.telegram.org/api/offsets.

use store::{Direction, Key, Range};

use super::{
    rows::{chat_range, copy, history_key, id_of},
    saved,
    seen::{SeenMessage, seen_in},
    threads,
};
use crate::{
    groups::{access, basic},
    ids::{ChannelId, LogId, MessageId, Peer, UserId},
    view::{Decided, Rows, Stop, View},
};

/// Messages on one page.
pub const PAGE_MAX: usize = 100;

/// Messages counted one by one for an answer's total.
const COUNTED_MAX: usize = 10_000;

/// Whose messages are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// A chat's.
    Chat(Peer),
    /// A part of Saved Messages, by where its messages came from.
    Saved(Peer),
    /// A topic or thread of a channel, by the message it begins with.
    Thread(ChannelId, MessageId),
}

impl Place {
    /// The log that holds its messages.
    pub fn log(self, user: UserId) -> LogId {
        match self {
            Place::Chat(peer) => peer.log(user),
            Place::Saved(_) => user.into(),
            Place::Thread(channel, _) => channel.into(),
        }
    }

    /// Every message of it that the user may read, in order of number; where it is a channel's, the user is
    /// let in first.
    pub(super) fn open(self, view: &(impl View + ?Sized), user: UserId) -> Decided<Range> {
        let whole = self.range(user);
        match self {
            Place::Chat(Peer::Channel(channel)) => {
                let from = access::reader(view, channel, user)?.visible_from;
                Ok(Range { start: self.key(user, from).max(whole.start), end: whole.end })
            }
            Place::Thread(channel, _) => {
                let from = access::reader(view, channel, user)?.visible_from;
                Ok(Range { start: self.key(user, from).max(whole.start), end: whole.end })
            }
            Place::Chat(Peer::Chat(chat)) => basic::access::refuse_stranger(view, chat, user).map(|()| whole),
            Place::Chat(Peer::User(_)) | Place::Saved(_) => Ok(whole),
        }
    }

    /// Every message of it, in order of number.
    pub(super) fn range(self, user: UserId) -> Range {
        match self {
            Place::Chat(peer) => chat_range(peer.log(user), peer),
            Place::Saved(origin) => saved::range(user, origin),
            Place::Thread(channel, top) => threads::range(channel, top),
        }
    }

    /// The place of a message in it.
    pub(super) fn key(self, user: UserId, id: MessageId) -> Key {
        match self {
            Place::Chat(peer) => history_key(peer.log(user), peer, id),
            Place::Saved(origin) => saved::message_key(user, origin, id),
            Place::Thread(channel, top) => threads::key(channel, top, id),
        }
    }
}

/// Which part of a chat.
#[derive(Clone, Copy, Debug, Default)]
pub struct Part {
    /// Messages before this one; 0: from the newest.
    pub offset_id: MessageId,
    /// Or before this moment, unix seconds; 0: any.
    pub offset_date: u32,
    /// Moves the page: negative toward newer messages.
    pub add_offset: i32,
    /// Messages wanted.
    pub limit: i32,
    /// Only messages below this one; 0: any.
    pub max_id: MessageId,
    /// Only messages above this one; 0: any.
    pub min_id: MessageId,
}

/// A page of a chat.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Page {
    /// Newest first.
    pub messages: Vec<SeenMessage>,
    /// In the whole chat.
    pub count: usize,
    /// Newer messages than the page's first.
    pub newer: usize,
}

/// A page of a chat, newest first.
pub fn page(view: &(impl View + ?Sized), user: UserId, place: Place, part: Part) -> Decided<Page> {
    let whole = place.open(view, user)?;
    let count = counted(view, &whole)?;
    let before = match part {
        Part { offset_id, .. } if offset_id.0 > 0 => offset_id,
        Part { offset_date, .. } if offset_date > 0 => first_from(view, user, place, &whole, offset_date)?,
        _ => MessageId(i32::MAX),
    };
    let limit = usize::try_from(part.limit).unwrap_or(0).min(PAGE_MAX);
    let newer = usize::try_from(part.add_offset.saturating_neg()).unwrap_or(0).min(limit);
    let skip = usize::try_from(part.add_offset).unwrap_or(0);
    let at = place.key(user, before).clamp(whole.start.clone(), whole.end.clone());
    let mut ids: Vec<MessageId> = Vec::with_capacity(limit);
    if newer > 0 && before.0 < i32::MAX {
        let range = Range { start: at.clone(), end: whole.end.clone() };
        let rows = view.scan(&range, Direction::Forward, newer)?;
        ids.extend(rows.iter().rev().map(|(key, _)| id_of(key)));
    }
    let below = Range { start: whole.start.clone(), end: at.clone() };
    let wanted = limit.saturating_sub(newer);
    let rows = view.scan(&below, Direction::Backward, skip.saturating_add(wanted))?;
    ids.extend(rows.iter().skip(skip).map(|(key, _)| id_of(key)));
    let inside = |id: &MessageId| (part.max_id.0 == 0 || *id < part.max_id) && *id > part.min_id;
    ids.retain(inside);
    let first = ids.first().copied().unwrap_or_default();
    let after = Range { start: place.key(user, MessageId(first.0.saturating_add(1))), end: whole.end };
    let newer = if first.0 == 0 { 0 } else { counted(view, &after)? };
    Ok(Page { messages: seen_in(view, user, place.log(user), ids)?, count, newer })
}

/// Messages of a range: counted one by one, and beyond that by their numbers.
fn counted(view: &(impl Rows + ?Sized), range: &Range) -> Decided<usize> {
    let rows = view.scan(range, Direction::Forward, COUNTED_MAX)?;
    let Some((last, _)) = rows.last().filter(|_| rows.len() == COUNTED_MAX) else { return Ok(rows.len()) };
    let top = view.scan(range, Direction::Backward, 1)?;
    let top = top.first().map_or(MessageId(0), |(key, _)| id_of(key));
    Ok(rows.len() + top.0.abs_diff(id_of(last).0) as usize)
}

/// The first message of a range from a moment on: a search by halves, since dates grow with numbers.
pub(super) fn first_from(
    view: &(impl Rows + ?Sized),
    user: UserId,
    place: Place,
    range: &Range,
    date: u32,
) -> Decided<MessageId> {
    let end = |direction| Ok::<_, Stop>(view.scan(range, direction, 1)?.into_iter().next().map(|(key, _)| key));
    let none = MessageId(i32::MAX);
    let (Some(first), Some(last)) = (end(Direction::Forward)?, end(Direction::Backward)?) else { return Ok(none) };
    let (mut low, mut high) = (id_of(&first).0, id_of(&last).0.saturating_add(1));
    while low < high {
        let middle = low + (high - low) / 2;
        let from = Range { start: place.key(user, MessageId(middle)), end: range.end.clone() };
        let found = view.scan(&from, Direction::Forward, 1)?.first().map_or(none, |(key, _)| id_of(key));
        let earlier = copy(view, place.log(user), found)?.is_some_and(|it| it.date < date);
        if earlier { low = found.0 + 1 } else { high = middle }
    }
    Ok(if low > id_of(&last).0 { none } else { MessageId(low) })
}
