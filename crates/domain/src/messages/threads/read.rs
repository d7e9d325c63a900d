//! How far somebody has read a thread, and how far others have read what one wrote there.
//! Source: core.telegram.org/method/messages.readDiscussion.

use store::{Direction, Range};

use super::{GENERAL, ThreadMark, ThreadRow, key, mark, mark_key, page, range, state, state_key};
use crate::{
    caller::Caller,
    deliveries::{Delivery, deliver},
    groups::{
        access::{self, Access},
        topics,
    },
    ids::{ChannelId, MessageId, UserId},
    messages::{
        dialogs,
        receive::Delivered,
        rows::{copy, id_of},
    },
    refusal::Refusal,
    service::Command,
    turn::Turn,
    updates::{self, Change},
    view::{Decided, Rows, View},
};

/// Messages counted one by one; no badge shows more.
const COUNTED_MAX: usize = 1000;

/// Messages looked through for authors who learn that they were read.
const LOOKED_AT: usize = 200;

/// A thread's read marks and counter, for one reader.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Marks {
    /// How far the reader has read.
    pub inbox: MessageId,
    /// How far somebody else has.
    pub outbox: MessageId,
    /// Others' messages after that.
    pub unread: u32,
}

/// Marks of a thread; who has read the whole chat up to a message has read its threads, too.
pub fn marks(view: &(impl View + ?Sized), me: UserId, access: &Access, top: MessageId) -> Decided<Marks> {
    let stored = mark(view, me, access.channel, top)?.read_inbox;
    let inbox = stored.max(dialogs::dialog(view, me, access.peer())?.read_inbox);
    let outbox = state(view, access.channel, top)?.readers.beside(me);
    let from = MessageId(inbox.0.saturating_add(1)).max(access.visible_from);
    let ids: Vec<_> = match top {
        GENERAL if access.row.forum => page::general(view, access, from, COUNTED_MAX)?,
        _ => {
            let rest = Range { start: key(access.channel, top, from), end: range(access.channel, top).end };
            view.scan(&rest, Direction::Forward, COUNTED_MAX)?.iter().map(|(key, _)| id_of(key)).collect()
        }
    };
    let mut unread = 0;
    for id in ids.into_iter().filter(|id| *id != top) {
        unread += u32::from(copy(view, access.log(), id)?.is_some_and(|it| it.from != me));
    }
    Ok(Marks { inbox, outbox, unread })
}

/// The message that a thread begins with, which may be asked for by any message of it; marks, and its last message.
pub fn discussion(
    view: &(impl View + ?Sized),
    me: UserId,
    channel: ChannelId,
    id: MessageId,
) -> Decided<(MessageId, Marks, Option<MessageId>)> {
    let access = access::reader(view, channel, me)?;
    let row = copy(view, access.log(), id)?.filter(|_| access.shows(id)).ok_or(Refusal::MsgIdInvalid)?;
    let top = if row.thread.0 > 0 { row.thread } else { id };
    let last = Some(state(view, channel, top)?.last).filter(|it| it.0 > 0);
    Ok((top, marks(view, me, &access, top)?, last))
}

/// Has a thread read up to a message.
pub struct ReadThread {
    /// Who.
    pub by: Caller,
    /// Where.
    pub channel: ChannelId,
    /// The message that the thread begins with.
    pub top: MessageId,
    /// Up to which.
    pub max_id: MessageId,
}

impl Command for ReadThread {
    type Reply = ();

    fn decide(&self, turn: &mut Turn<'_>) -> Decided<()> {
        let (me, top) = (self.by.user, self.top);
        let access = access::reader(turn, self.channel, me)?;
        // Guests have marks among a channel's comments, and nowhere else.
        if !access.standing.is_in() && access.row.linked.is_none() {
            return Ok(());
        }
        if top.0 <= 0 || top != GENERAL && copy(turn, access.log(), top)?.is_none() {
            return Err(Refusal::MsgIdInvalid.into());
        }
        let old = mark(turn, me, self.channel, top)?;
        let last = updates::counters(turn, access.log())?.last_message_id;
        let up_to = self.max_id.min(MessageId(last));
        if up_to <= old.read_inbox {
            return Ok(());
        }
        turn.put(mark_key(me, self.channel, top), &ThreadMark { read_inbox: up_to, ..old });
        advance(turn, &access, me, top, up_to)?;
        if access.row.forum {
            // What was read topic by topic is read in the chat.
            let before = dialogs::dialog(turn, me, access.peer())?.read_inbox;
            let read = topics::list::read_up_to(turn, me, &access, before)?;
            dialogs::change(turn, me, access.peer(), |it| it.read_inbox = read)?;
        }
        let change = Change::ThreadReadInbox { channel: self.channel, top, up_to };
        updates::append(turn, me, change, 0, Some(self.by.origin)).map(drop)
    }
}

/// Moves the furthest readers on, and tells the authors for whom that is news.
fn advance(turn: &mut Turn<'_>, access: &Access, me: UserId, top: MessageId, up_to: MessageId) -> Decided<()> {
    let channel = access.channel;
    let old = state(turn, channel, top)?;
    let new = ThreadRow { readers: old.readers.after(me, up_to), ..old.clone() };
    if new == old {
        return Ok(());
    }
    turn.put(state_key(channel, top), &new);
    let after = |id: MessageId| MessageId(id.0.saturating_add(1));
    let ids: Vec<_> = match top {
        GENERAL if access.row.forum => page::general(turn, access, after(old.readers.second_up_to), LOOKED_AT)?,
        _ => {
            let news = Range {
                start: key(channel, top, after(old.readers.second_up_to)),
                end: key(channel, top, after(up_to)),
            };
            turn.scan(&news, Direction::Backward, LOOKED_AT)?.iter().map(|(key, _)| id_of(key)).collect()
        }
    };
    for (author, up_to) in old.readers.news(&new.readers, turn, access, me, ids)? {
        let what = Delivered::ThreadRead { channel, top, up_to };
        deliver(turn, me, author, Delivery::Messages { what })?;
    }
    Ok(())
}
