//! What was found, as clients ask for it: a page, counts, days, places on a scroll bar.
//! Source: core.telegram.org/api/search, core.telegram.org/api/offsets.

use super::{Filter, Hit, Query, hits};
use crate::{
    groups::access,
    ids::{MessageId, Peer, UserId},
    messages::{
        dialogs,
        history::{Part, Place},
        reactions::{self, Reaction},
        rows::copy,
        saved,
        seen::{SeenMessage, seen_in},
        threads::GENERAL,
    },
    refusal::Refusal,
    view::{Decided, View},
};

/// Results on one page.
const PAGE_MAX: usize = 100;

/// Days of one answer.
const DAYS_MAX: usize = 100;

/// Places of one answer. Source: TDLib 1.8.66 asks for at most 2000.
const POSITIONS_MAX: usize = 2000;

const DAY: u32 = 24 * 3600;

/// A page of what matches.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    /// What to look for.
    pub query: Query,
    /// In Saved Messages: only what came from this chat.
    pub saved_peer: Option<Peer>,
    /// In Saved Messages: only what has one of these tags; none: any.
    pub tags: Vec<Reaction>,
    /// In a channel: only this topic or thread.
    pub thread: Option<MessageId>,
    /// Only chats of this folder.
    pub folder: Option<u8>,
    /// Which part of it, as in a chat's history.
    pub part: Part,
}

/// What was found.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Found {
    /// Newest first.
    pub messages: Vec<SeenMessage>,
    /// In all.
    pub count: usize,
    /// Results before the first of these.
    pub before: usize,
    /// Whether there are results after the last of these.
    pub more: bool,
}

/// Messages of a mailbox that match, newest first.
pub fn search(view: &(impl View + ?Sized), user: UserId, wanted: &Wanted) -> Decided<Found> {
    let query = &wanted.query;
    let any = query.words.trim().is_empty() && query.filter == Filter::All;
    if any && query.from.is_none() && query.peer.is_none() {
        return Err(Refusal::SearchQueryEmpty.into());
    }
    let log = query.peer.map_or(user.into(), |peer| peer.log(user));
    let from = floor(view, user, query.peer)?;
    let mut all = hits(view, log, query)?;
    all.retain(|it| it.id >= from);
    narrow(view, user, wanted, &mut all)?;
    let Part { offset_id, offset_date, add_offset, limit, max_id, min_id } = wanted.part;
    let below = |it: &Hit| (offset_id.0 <= 0 || it.id < offset_id) && (offset_date == 0 || it.date < offset_date);
    let anchor = all.iter().position(below).unwrap_or(all.len());
    let moved = i64::try_from(anchor).unwrap_or(i64::MAX).saturating_add(i64::from(add_offset));
    let limit = usize::try_from(limit).unwrap_or(0).min(PAGE_MAX);
    // A page that would begin before the newest result ends so much sooner.
    let end = usize::try_from(moved.saturating_add(limit as i64)).unwrap_or(0).min(all.len());
    let start = usize::try_from(moved).unwrap_or(0).min(end);
    let inside = |it: &&Hit| (max_id.0 <= 0 || it.id < max_id) && it.id > min_id;
    let page: Vec<_> = all[start..end].iter().filter(inside).map(|it| it.id).collect();
    let before = all.iter().position(|it| Some(&it.id) == page.first()).unwrap_or(start);
    let messages = seen_in(view, user, log, page)?;
    Ok(Found { messages, count: all.len(), before, more: end < all.len() })
}

/// The first message of a chat that the user may read; a channel lets it in or refuses.
fn floor(view: &(impl View + ?Sized), user: UserId, peer: Option<Peer>) -> Decided<MessageId> {
    match peer.and_then(Peer::channel) {
        Some(channel) => Ok(access::reader(view, channel, user)?.visible_from),
        None => Ok(MessageId(0)),
    }
}

/// Drops what lies in other folders or parts of Saved Messages.
fn narrow(view: &(impl View + ?Sized), user: UserId, wanted: &Wanted, all: &mut Vec<Hit>) -> Decided<()> {
    if let Some(top) = wanted.thread {
        in_thread(view, user, wanted.query.peer, top, all)?;
    }
    let own = Peer::User(user);
    let saved_only = wanted.saved_peer.is_some() || !wanted.tags.is_empty();
    if !saved_only && wanted.folder.is_none() {
        return Ok(());
    }
    let mut kept = Vec::with_capacity(all.len());
    let mut folders: Vec<(Peer, u8)> = Vec::new();
    for hit in all.iter() {
        let Some(row) = copy(view, user, hit.id)? else { continue };
        if saved_only && row.peer != own {
            continue;
        }
        if wanted.saved_peer.is_some_and(|it| saved::origin(user, &row) != Some(it)) {
            continue;
        }
        if !wanted.tags.is_empty() {
            let given = reactions::of(view, user, hit.id, &row)?;
            if !given.iter().flat_map(|it| &it.reactions).any(|it| wanted.tags.contains(it)) {
                continue;
            }
        }
        if let Some(folder) = wanted.folder {
            let at = match folders.iter().position(|(peer, _)| *peer == row.peer) {
                Some(at) => at,
                None => {
                    folders.push((row.peer, dialogs::dialog(view, user, row.peer)?.folder));
                    folders.len() - 1
                }
            };
            if folders[at].1 != folder {
                continue;
            }
        }
        kept.push(*hit);
    }
    *all = kept;
    Ok(())
}

/// Drops what is in another topic or thread; the general topic has all that is in no other.
fn in_thread(
    view: &(impl View + ?Sized),
    user: UserId,
    peer: Option<Peer>,
    top: MessageId,
    all: &mut Vec<Hit>,
) -> Decided<()> {
    let log = peer.map_or(user.into(), |peer| peer.log(user));
    let mut kept = Vec::with_capacity(all.len());
    for hit in all.iter() {
        let Some(row) = copy(view, log, hit.id)? else { continue };
        if row.thread == top || top == GENERAL && !row.in_topic || hit.id == top {
            kept.push(*hit);
        }
    }
    *all = kept;
    Ok(())
}

/// How many messages of a chat, or of a part of Saved Messages, each filter passes.
pub fn counts(view: &(impl View + ?Sized), user: UserId, place: Place, filters: &[Filter]) -> Decided<Vec<usize>> {
    let mut known: Vec<(Filter, usize)> = Vec::new();
    let mut all = Vec::with_capacity(filters.len());
    for filter in filters {
        let count = match known.iter().find(|(it, _)| it == filter) {
            Some((_, count)) => *count,
            None => of_place(view, user, place, *filter)?.len(),
        };
        known.push((*filter, count));
        all.push(count);
    }
    Ok(all)
}

/// A day's results.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Day {
    /// When it begins (UTC), unix seconds.
    pub date: u32,
    /// The oldest of them.
    pub first: MessageId,
    /// The newest of them.
    pub last: MessageId,
    /// How many.
    pub count: usize,
}

/// The results of a chat by days, newest first: those before an offset, how many results there are in all
/// and before these, and the oldest of all.
pub fn calendar(
    view: &(impl View + ?Sized),
    user: UserId,
    place: Place,
    filter: Filter,
    offset: (MessageId, u32),
) -> Decided<(Vec<Day>, usize, usize, Option<Hit>)> {
    let all = of_place(view, user, place, filter)?;
    let below = |it: &&Hit| (offset.0.0 <= 0 || it.id < offset.0) && (offset.1 == 0 || it.date < offset.1);
    let before = all.iter().position(|it| below(&it)).unwrap_or(all.len());
    let mut days: Vec<Day> = Vec::new();
    for hit in &all[before..] {
        let date = hit.date - hit.date % DAY;
        let full = days.len() == DAYS_MAX;
        match days.last_mut().filter(|it| it.date == date) {
            Some(day) => (day.first, day.count) = (hit.id, day.count + 1),
            None if full => break,
            None => days.push(Day { date, first: hit.id, last: hit.id, count: 1 }),
        }
    }
    Ok((days, all.len(), before, all.last().copied()))
}

/// Results of a chat at even distances, each with its place among all, and how many there are in all.
pub fn positions(
    view: &(impl View + ?Sized),
    user: UserId,
    place: Place,
    filter: Filter,
    offset: MessageId,
    limit: usize,
) -> Decided<(Vec<(Hit, usize)>, usize)> {
    let all = of_place(view, user, place, filter)?;
    let places = all.iter().copied().enumerate().filter(|(_, it)| offset.0 <= 0 || it.id < offset);
    let places: Vec<_> = places.map(|(at, it)| (it, at)).collect();
    let step = places.len().div_ceil(limit.clamp(1, POSITIONS_MAX)).max(1);
    Ok((places.into_iter().step_by(step).collect(), all.len()))
}

fn of_place(view: &(impl View + ?Sized), user: UserId, place: Place, filter: Filter) -> Decided<Vec<Hit>> {
    let (peer, saved_peer) = match place {
        Place::Chat(peer) => (peer, None),
        Place::Saved(origin) => (Peer::User(user), Some(origin)),
        Place::Thread(channel, _) => (Peer::Channel(channel), None),
    };
    let thread = if let Place::Thread(_, top) = place { Some(top) } else { None };
    let query = Query { peer: Some(peer), ..Query::default() };
    let wanted = Wanted { query, saved_peer, thread, ..Wanted::default() };
    let from = floor(view, user, Some(peer))?;
    let mut all = hits(view, peer.log(user), &Query { peer: Some(peer), filter, ..Query::default() })?;
    all.retain(|it| it.id >= from);
    narrow(view, user, &wanted, &mut all)?;
    Ok(all)
}
