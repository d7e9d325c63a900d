//! Where a post belongs, and what it changes there.

use crate::{
    groups::{AdminRights, access::Access, topics},
    ids::{LogId, MessageId, MessageUid, Peer, UserId},
    messages::{
        rows::{Action, MailboxRow, copy, local_id, mailbox_key},
        threads::{GENERAL, RECENT_MAX, key, last, state, state_key},
    },
    refusal::Refusal,
    turn::Turn,
    view::{Decided, View},
};

/// The thread of a post.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Thread {
    /// The message it begins with; 0: none.
    pub top: MessageId,
    /// Whether that is a topic of a forum.
    pub topic: bool,
}

/// The thread of a post that answers `reply_to`, or that its sender put under `wanted`. In a forum whatever is
/// in no topic is in the general one.
pub(in crate::messages) fn of(
    view: &(impl View + ?Sized),
    access: &Access,
    me: UserId,
    wanted: Option<MessageId>,
    reply_to: Option<MessageUid>,
    action: Option<&Action>,
) -> Decided<Thread> {
    let answered = match reply_to.map_or(Ok(None), |uid| local_id(view, access.log(), uid))? {
        Some(id) => copy(view, access.log(), id)?.map(|row| (id, row)),
        None => None,
    };
    if let Some(Action::TopicCreated { .. }) = action {
        return Ok(Thread { top: MessageId(0), topic: true });
    }
    if !access.row.forum {
        let top =
            answered.filter(|_| !access.row.broadcast).map(|(id, row)| if row.thread.0 > 0 { row.thread } else { id });
        return Ok(Thread { top: top.unwrap_or_default(), topic: false });
    }
    let of_answered = match answered {
        Some((_, row)) if row.in_topic => row.thread,
        Some((id, _)) if topics::topic(view, access.channel, id)?.is_some() => id,
        Some(_) | None => GENERAL,
    };
    let top = wanted.filter(|it| it.0 > 0).unwrap_or(of_answered);
    let topic = topics::topic(view, access.channel, top)?;
    if topic.is_none() && top != GENERAL {
        return Err(Refusal::TopicDeleted.into());
    }
    let topic = topic.unwrap_or_default();
    let exempt = action.is_some() || topic.creator == me || access.standing.may(AdminRights::MANAGE_TOPICS);
    if topic.closed && !exempt {
        return Err(Refusal::TopicClosed.into());
    }
    Ok(Thread { top, topic: true })
}

/// What a post changes in its thread: one row of the index, and the numbers.
pub(in crate::messages) fn posted(
    turn: &mut Turn<'_>,
    access: &Access,
    id: MessageId,
    row: &MailboxRow,
) -> Decided<()> {
    let (channel, top) = (access.channel, row.thread);
    if top.0 <= 0 {
        return Ok(());
    }
    let mut thread = state(turn, channel, top)?;
    let before = thread.last;
    if top != GENERAL || !row.in_topic {
        turn.put_empty(key(channel, top, id));
    }
    if top != id {
        thread.replies += 1;
        let who = row.sent_as.unwrap_or(Peer::User(row.from));
        thread.recent.retain(|it| *it != who);
        thread.recent.insert(0, who);
        thread.recent.truncate(RECENT_MAX);
    }
    thread.last = id;
    turn.put(state_key(channel, top), &thread);
    match row.in_topic {
        true => topics::moved(turn, channel, top, before, id),
        false => begun(turn, access.log(), top)?,
    }
    Ok(())
}

/// The first message of a thread outside forums shows how many answer it.
fn begun(turn: &mut Turn<'_>, log: LogId, top: MessageId) -> Decided<()> {
    if let Some(row) = copy(turn, log, top)?.filter(|it| !it.has_thread) {
        turn.put(mailbox_key(log, top), &MailboxRow { has_thread: true, ..row });
    }
    Ok(())
}

/// A message leaves its thread.
pub(in crate::messages) fn forget(turn: &mut Turn<'_>, log: LogId, id: MessageId, row: &MailboxRow) -> Decided<()> {
    let (LogId::Channel(channel), top) = (log, row.thread) else { return Ok(()) };
    if top.0 <= 0 || top == id {
        return Ok(());
    }
    turn.delete(key(channel, top, id));
    let mut thread = state(turn, channel, top)?;
    thread.replies = thread.replies.saturating_sub(1);
    if thread.replies == 0 {
        thread.recent.clear();
    }
    if thread.last == id && !row.in_topic {
        thread.last = last(turn, channel, top)?.unwrap_or_default();
    }
    turn.put(state_key(channel, top), &thread);
    Ok(())
}
