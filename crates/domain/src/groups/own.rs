//! The channels of one person: shared with another, long silent.
//! Source: core.telegram.org/method/messages.getCommonChats, channels.getInactiveChannels.

use store::Direction;

use super::{
    basic,
    channel::{self, joined},
};
use crate::{
    ids::{ChannelId, Peer, UserId},
    messages::{
        dialogs,
        rows::{chat_range, copy, id_of},
    },
    refusal::Refusal,
    view::{Decided, View},
};

/// Groups that both are in, those with the highest numbers first; below `max`, if that is not 0.
pub fn common(
    view: &(impl View + ?Sized),
    me: UserId,
    other: UserId,
    max: u64,
    limit: usize,
) -> Decided<(usize, Vec<Peer>)> {
    if me == other {
        return Err(Refusal::UserIdInvalid.into());
    }
    let theirs = joined(view, other)?;
    let mut all: Vec<(u64, Peer)> = Vec::new();
    for id in joined(view, me)?.into_iter().filter(|it| theirs.contains(it)) {
        if channel::channel(view, id)?.is_some_and(|it| !it.deleted && !it.broadcast) {
            all.push((id.0, Peer::Channel(id)));
        }
    }
    for (peer, _) in dialogs::all(view, me)? {
        if let Peer::Chat(id) = peer
            && let Some(row) = basic::chat(view, id)?
            && !row.deactivated
            && row.member(me).is_some()
            && row.member(other).is_some()
        {
            all.push((id.0, peer));
        }
    }
    all.sort_unstable_by_key(|(number, _)| std::cmp::Reverse(*number));
    let count = all.len();
    let page = all.into_iter().filter(|(number, _)| max == 0 || *number < max).take(limit);
    Ok((count, page.map(|(_, peer)| peer).collect()))
}

/// The caller's channels by their last message, the longest silent first, with its moment in unix seconds.
pub fn inactive(view: &(impl View + ?Sized), me: UserId, limit: usize) -> Decided<Vec<(u32, ChannelId)>> {
    let mut all = Vec::new();
    for id in joined(view, me)? {
        let last = view.scan(&chat_range(id, Peer::Channel(id)), Direction::Backward, 1)?;
        let date = match last.first() {
            Some((key, _)) => copy(view, id, id_of(key))?.map_or(0, |it| it.date),
            None => channel::channel(view, id)?.map_or(0, |it| it.created),
        };
        all.push((date, id));
    }
    all.sort_unstable();
    all.truncate(limit);
    Ok(all)
}
