//! Searching all chats of somebody at once: the mailbox, and each joined channel's own index as far back as a bound
//! that all of them share. Source: core.telegram.org/method/messages.searchGlobal.

use super::{Filter, Found, Hit, Query, find::Depth, find::hits_within};
use crate::{
    groups::{access, channel::joined},
    ids::{LogId, MessageId, Peer, UserId},
    messages::{dialogs, rows::copy, seen::seen_in},
    refusal::Refusal,
    view::{Decided, Stop, View},
};

/// Results on one page.
const PAGE_MAX: usize = 100;

/// Blocks of all channels together: some 100,000 messages. What is older is found by a search in its channel.
pub const BLOCKS_MAX: usize = 2048;

/// Blocks of a channel at least, where somebody is in very many: some 200 messages.
pub const BLOCKS_EACH_MIN: usize = 4;

/// Messages of a channel that its index does not cover yet.
const NEWEST_MAX: usize = 256;

/// Which chats are searched.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Chats {
    /// All.
    #[default]
    All,
    /// Private chats.
    People,
    /// Groups of both kinds.
    Groups,
    /// Broadcast channels.
    Broadcasts,
}

impl Chats {
    fn has(self, peer: Peer) -> bool {
        match (self, peer) {
            (Chats::All, _) | (Chats::People, Peer::User(_)) | (Chats::Groups, Peer::Chat(_)) => true,
            (Chats::People, Peer::Chat(_) | Peer::Channel(_)) => false,
            (Chats::Groups, Peer::User(_)) | (Chats::Broadcasts, Peer::User(_) | Peer::Chat(_)) => false,
            // Both kinds of channel are told apart by their records.
            (Chats::Groups | Chats::Broadcasts, Peer::Channel(_)) => true,
        }
    }
}

/// The last result of the page before.
#[derive(Clone, Copy, Debug, Default)]
pub struct After {
    /// When it was sent, unix seconds; 0: where the message says.
    pub date: u32,
    /// Its chat.
    pub peer: Option<Peer>,
    /// Its number; 0: the page begins below the date.
    pub message: MessageId,
}

/// A page of what matches in all chats.
#[derive(Clone, Debug, Default)]
pub struct Global {
    /// What to look for; no chat.
    pub query: Query,
    /// Where.
    pub chats: Chats,
    /// Only chats of this folder.
    pub folder: Option<u8>,
    /// Where the page begins.
    pub after: After,
    /// How many.
    pub limit: usize,
}

/// Results by date, the newest first; those of one moment by chat and number.
type Place = (std::cmp::Reverse<u32>, u64, std::cmp::Reverse<MessageId>);

fn place(date: u32, log: LogId, id: MessageId) -> Place {
    (std::cmp::Reverse(date), log.number(), std::cmp::Reverse(id))
}

/// Messages of all chats that match, newest first.
pub fn everywhere(view: &(impl View + ?Sized), me: UserId, wanted: &Global) -> Decided<Found> {
    if wanted.query.words.trim().is_empty() && wanted.query.filter == Filter::All {
        return Err(Refusal::SearchQueryEmpty.into());
    }
    let mut all = in_mailbox(view, me, wanted)?;
    in_channels(view, me, wanted, &mut all)?;
    all.sort_unstable();
    let start = beginning(view, me, wanted.after, &all)?;
    let end = start.saturating_add(wanted.limit.min(PAGE_MAX)).min(all.len());
    let mut messages = Vec::with_capacity(end - start);
    for (_, log, id) in &all[start..end] {
        messages.extend(seen_in(view, me, LogId::from_number(*log), [id.0])?);
    }
    Ok(Found { messages, count: all.len(), before: start, more: end < all.len() })
}

fn beginning(view: &(impl View + ?Sized), me: UserId, after: After, all: &[Place]) -> Decided<usize> {
    let log = after.peer.map_or(me.into(), |it| it.log(me));
    let date = match after.date {
        0 => copy(view, log, after.message)?.map_or(0, |it| it.date),
        date => date,
    };
    Ok(match (date, after.message) {
        (0, _) => 0,
        (date, MessageId(0)) => all.partition_point(|it| it.0.0 >= date),
        (date, message) => all.partition_point(|it| *it <= place(date, log, message)),
    })
}

fn in_mailbox(view: &(impl View + ?Sized), me: UserId, wanted: &Global) -> Decided<Vec<Place>> {
    if wanted.chats == Chats::Broadcasts {
        return Ok(Vec::new());
    }
    let mut found = hits_within(view, me.into(), &wanted.query, Depth::WHOLE)?;
    found.retain(|it| wanted.chats.has(it.peer));
    let mut folders: Vec<(Peer, u8)> = Vec::new();
    let mut all = Vec::with_capacity(found.len());
    for it in found {
        if in_folder(view, me, wanted.folder, it.peer, &mut folders)? {
            all.push(place(it.date, me.into(), it.id));
        }
    }
    Ok(all)
}

fn in_channels(view: &(impl View + ?Sized), me: UserId, wanted: &Global, all: &mut Vec<Place>) -> Decided<()> {
    if wanted.chats == Chats::People || wanted.query.filter == Filter::Nothing {
        return Ok(());
    }
    let channels = joined(view, me)?;
    let blocks = blocks_each(channels.len());
    let mut folders = Vec::new();
    for id in channels {
        let access = match access::inside(view, id, me) {
            Ok(access) => access,
            Err(Stop::Refuse(Refusal::ChannelInvalid | Refusal::ChannelPrivate)) => continue,
            Err(other) => return Err(other),
        };
        let kind = if access.row.broadcast { Chats::Broadcasts } else { Chats::Groups };
        let wrong = wanted.chats != Chats::All && wanted.chats != kind;
        if wrong || !in_folder(view, me, wanted.folder, access.peer(), &mut folders)? {
            continue;
        }
        let found = hits_within(view, access.log(), &wanted.query, Depth { blocks, newest: NEWEST_MAX })?;
        let shown = found.into_iter().filter(|it: &Hit| access.shows(it.id));
        all.extend(shown.map(|it| place(it.date, access.log(), it.id)));
    }
    Ok(())
}

/// How far back in each of so many channels.
fn blocks_each(channels: usize) -> usize {
    (BLOCKS_MAX / channels.max(1)).max(BLOCKS_EACH_MIN)
}

fn in_folder(
    view: &(impl View + ?Sized),
    me: UserId,
    folder: Option<u8>,
    peer: Peer,
    known: &mut Vec<(Peer, u8)>,
) -> Decided<bool> {
    let Some(folder) = folder else { return Ok(true) };
    if let Some((_, at)) = known.iter().find(|(it, _)| *it == peer) {
        return Ok(*at == folder);
    }
    let at = dialogs::dialog(view, me, peer)?.folder;
    known.push((peer, at));
    Ok(at == folder)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn channels_share_what_is_read_of_them_and_each_has_its_newest_part() {
        assert_eq!([0, 1, 8, 500, 10_000].map(blocks_each), [BLOCKS_MAX, BLOCKS_MAX, 256, 4, BLOCKS_EACH_MIN]);
    }
}
