//! Read marks in channels: each member's own in its list of chats, and in the channel the two furthest readers,
//! so that everybody knows how far somebody else has read. In small groups it is kept who read when.
//! Source: core.telegram.org/api/read-receipts.

use store::{Direction, Key, Range};

use super::list;
use crate::{
    caller::Caller,
    deliveries::{Delivery, deliver},
    groups::{
        access::{self, Access},
        channel::counts,
        lists::{self, List},
    },
    ids::{ChannelId, LogId, MessageId, UserId},
    messages::{
        dialogs,
        read_marks::{self, READ_BY_MEMBERS_MAX},
        readers::ReadersRow,
        receive::Delivered,
        rows::{copy, history_key, id_of},
    },
    refusal::Refusal,
    spaces::READERS,
    turn::Turn,
    updates::{self, Change, LogEntry},
    view::{Decided, Rows, View, load_or_default},
};

/// Messages looked through for authors who learn that they were read.
const LOOKED_AT: usize = 200;

/// How far somebody other than this user has read a channel.
pub fn read_outbox(view: &(impl Rows + ?Sized), channel: ChannelId, user: UserId) -> Decided<MessageId> {
    Ok(load_or_default::<ReadersRow>(view, &readers_key(channel))?.beside(user))
}

/// Reads a channel up to a message; 0: all.
pub(in crate::messages) fn history(
    turn: &mut Turn<'_>,
    by: &Caller,
    channel: ChannelId,
    max_id: MessageId,
) -> Decided<Option<LogEntry>> {
    let me = by.user;
    let access = access::reader(turn, channel, me)?;
    if !access.standing.is_in() {
        // Who only looks in has no marks there.
        return Ok(None);
    }
    let row = dialogs::dialog(turn, me, access.peer())?;
    let top = list::newest(turn, &access)?.unwrap_or_default();
    let up_to = if max_id.0 <= 0 { top } else { max_id.min(top) };
    if up_to <= row.read_inbox && !row.unread_mark {
        return Ok(None);
    }
    let (before, up_to) = (row.read_inbox, up_to.max(row.read_inbox));
    dialogs::change(turn, me, access.peer(), |it| (it.read_inbox, it.unread_mark) = (up_to, false))?;
    if up_to > before {
        advance(turn, &access, me, up_to)?;
        note(turn, &access, me, up_to)?;
    }
    let still_unread = list::unread_after(turn, me, &access, up_to)?;
    let change = Change::ReadInbox { peer: access.peer(), up_to, still_unread };
    updates::append(turn, me, change, 0, Some(by.origin)).map(Some)
}

/// Moves the furthest readers on, and tells the authors for whom that is news.
fn advance(turn: &mut Turn<'_>, access: &Access, me: UserId, up_to: MessageId) -> Decided<()> {
    let old: ReadersRow = load_or_default(turn, &readers_key(access.channel))?;
    let new = old.after(me, up_to);
    if new == old {
        return Ok(());
    }
    turn.put(readers_key(access.channel), &new);
    if access.row.broadcast {
        return Ok(());
    }
    let key = |id: MessageId| history_key(access.log(), access.peer(), MessageId(id.0.saturating_add(1)));
    let range = Range { start: key(old.second_up_to), end: key(up_to) };
    let ids: Vec<_> = turn.scan(&range, Direction::Backward, LOOKED_AT)?.iter().map(|(key, _)| id_of(key)).collect();
    for (author, up_to) in old.news(&new, turn, access, me, ids)? {
        let what = Delivered::ChannelRead { up_to };
        deliver(turn, me, author, Delivery::Group { peer: access.peer(), what })?;
    }
    Ok(())
}

/// Keeps when somebody read, where that may be asked.
fn note(turn: &mut Turn<'_>, access: &Access, me: UserId, up_to: MessageId) -> Decided<()> {
    if access.row.broadcast || counts(turn, access.channel)?.members > READ_BY_MEMBERS_MAX {
        return Ok(());
    }
    read_marks::note(turn, access.log(), me.0, up_to)
}

/// Who has read a message of a small group, and when; its author left out.
pub fn read_by(
    view: &(impl View + ?Sized),
    me: UserId,
    channel: ChannelId,
    id: MessageId,
) -> Decided<Vec<(UserId, u32)>> {
    let access = access::inside(view, channel, me)?;
    if access.row.broadcast || counts(view, channel)?.members > READ_BY_MEMBERS_MAX {
        return Err(Refusal::ChatTooBig.into());
    }
    let row = copy(view, access.log(), id)?.filter(|_| access.shows(id)).ok_or(Refusal::MessageIdInvalid)?;
    if row.from != me {
        // Only one's own messages: others' readers are nobody's business.
        return Err(Refusal::MessageIdInvalid.into());
    }
    read_marks::refuse_old(view, row.date)?;
    let mut readers = Vec::new();
    let members = lists::page(view, channel, List::Members, 0, READ_BY_MEMBERS_MAX as usize)?;
    for user in members.into_iter().filter(|it| *it != me) {
        readers.extend(read_marks::read_at(view, access.log(), user.0, id)?.map(|date| (user, date)));
    }
    readers.sort_by_key(|(_, date)| std::cmp::Reverse(*date));
    Ok(readers)
}

fn readers_key(channel: ChannelId) -> Key {
    LogId::from(channel).rows(READERS).key()
}
