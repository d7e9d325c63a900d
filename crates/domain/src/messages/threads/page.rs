//! Messages of a thread, a page at a time.
//! Source: core.telegram.org/method/messages.getReplies.

use store::{Direction, Range};

use super::{GENERAL, state};
use crate::{
    groups::access::{self, Access},
    ids::{ChannelId, MessageId, UserId},
    messages::{
        history::{self, PAGE_MAX, Page, Part, Place},
        rows::{chat_range, copy, history_key, id_of},
        seen_in,
    },
    refusal::Refusal,
    view::{Decided, View},
};

/// Messages looked through for those of the general topic, which are in no index.
const LOOKED_AT: usize = 5000;

/// Messages of a thread, newest first.
pub fn page(view: &(impl View + ?Sized), me: UserId, channel: ChannelId, top: MessageId, part: Part) -> Decided<Page> {
    let access = access::reader(view, channel, me)?;
    if access.row.forum && top == GENERAL {
        return general_page(view, me, &access, part);
    }
    if copy(view, access.log(), top)?.filter(|_| access.shows(top)).is_none() {
        return Err(Refusal::MsgIdInvalid.into());
    }
    let mut page = history::page(view, me, Place::Thread(channel, top), part)?;
    // The message that a thread begins with is no answer to itself.
    page.messages.retain(|it| it.id != top);
    page.count = state(view, channel, top)?.replies as usize;
    Ok(page)
}

/// The general topic is all that is in no other: what is older than the forum, too.
fn general_page(view: &(impl View + ?Sized), me: UserId, access: &Access, part: Part) -> Decided<Page> {
    let limit = usize::try_from(part.limit).unwrap_or(0).min(PAGE_MAX);
    let newer = usize::try_from(part.add_offset.saturating_neg()).unwrap_or(0).min(limit);
    let skip = usize::try_from(part.add_offset).unwrap_or(0);
    let before = if part.offset_id.0 > 0 { part.offset_id } else { MessageId(i32::MAX) };
    let mut ids = general(view, access, before.max(access.visible_from), newer)?;
    ids.reverse();
    let below = general_below(view, access, before, skip.saturating_add(limit - newer))?;
    ids.extend(below.into_iter().skip(skip));
    ids.retain(|id| (part.max_id.0 == 0 || *id < part.max_id) && *id > part.min_id);
    if part.offset_date > 0 {
        let mut kept = Vec::with_capacity(ids.len());
        for id in ids {
            if copy(view, access.log(), id)?.is_some_and(|it| it.date < part.offset_date) {
                kept.push(id);
            }
        }
        ids = kept;
    }
    let count = (state(view, access.channel, GENERAL)?.replies as usize).max(ids.len());
    Ok(Page { messages: seen_in(view, me, access.log(), ids)?, count, newer: 0 })
}

/// Messages of the general topic from one on, in order of number.
pub(super) fn general(
    view: &(impl View + ?Sized),
    access: &Access,
    from: MessageId,
    limit: usize,
) -> Decided<Vec<MessageId>> {
    let whole = chat_range(access.log(), access.peer());
    let range = Range { start: history_key(access.log(), access.peer(), from), end: whole.end };
    picked(view, access, &range, Direction::Forward, limit)
}

fn general_below(
    view: &(impl View + ?Sized),
    access: &Access,
    before: MessageId,
    limit: usize,
) -> Decided<Vec<MessageId>> {
    let key = |id| history_key(access.log(), access.peer(), id);
    let range = Range { start: key(access.visible_from), end: key(before) };
    picked(view, access, &range, Direction::Backward, limit)
}

fn picked(
    view: &(impl View + ?Sized),
    access: &Access,
    range: &Range,
    direction: Direction,
    limit: usize,
) -> Decided<Vec<MessageId>> {
    let mut found = Vec::new();
    if limit == 0 || range.start >= range.end {
        return Ok(found);
    }
    for (key, _) in view.scan(range, direction, LOOKED_AT)? {
        let id = id_of(&key);
        if found.len() == limit {
            break;
        }
        if copy(view, access.log(), id)?.is_some_and(|it| !it.in_topic || it.thread == GENERAL) {
            found.push(id);
        }
    }
    Ok(found)
}

/// The last message of the general topic that somebody may read.
pub(crate) fn general_last(view: &(impl View + ?Sized), access: &Access) -> Decided<Option<MessageId>> {
    Ok(general_below(view, access, MessageId(i32::MAX), 1)?.first().copied())
}
