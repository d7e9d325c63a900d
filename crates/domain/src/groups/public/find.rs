//! What a search by name finds: among one's own people, groups and channels; then who is public.
//! Source: core.telegram.org/method/contacts.search.

use super::{LETTERS_MIN, beginning, words_of};
use crate::{
    groups::{
        GroupCard, Standing, basic,
        channel::{self, counts, joined, standing},
    },
    ids::{ChannelId, Peer, UserId},
    messages::{self, dialogs, search::words},
    people::{
        self, NameKind,
        names::holder_of,
        search::{RESULTS_MAX, clean},
    },
    refusal::Refusal,
    view::{Decided, View},
};

/// Channels that one word of a query names and that are looked at. The largest come first, so what is beyond is
/// smaller than all of them; another word, or more letters, finds it.
pub(super) const CANDIDATES_MAX: usize = 128;

/// Words of a query of which the rarest is followed.
const WORDS_MAX: usize = 4;

/// What to look for.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    /// Each word begins a word of the name; a whole public name finds just that first.
    pub query: String,
    /// Results of each kind.
    pub limit: usize,
    /// Broadcast channels only.
    pub broadcasts: bool,
}

/// What a search found.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Found {
    /// Among contacts and own chats.
    pub mine: Vec<Peer>,
    /// Public ones: who has just this name, then larger ones first.
    pub others: Vec<Peer>,
}

/// Searches by name.
pub fn search(view: &(impl View + ?Sized), me: UserId, wanted: &Wanted) -> Decided<Found> {
    let query = clean(&wanted.query);
    let words = words::of_query(&query);
    match () {
        () if query.is_empty() => return Err(Refusal::SearchQueryEmpty.into()),
        // Signs alone begin no name.
        () if words.is_empty() => return Err(Refusal::QueryTooShort.into()),
        () => {}
    }
    let limit = wanted.limit.clamp(1, RESULTS_MAX);
    let mut found = Found::default();
    if !wanted.broadcasts {
        let chats = messages::chats_of(view, me)?;
        let people = people::search::search(view, me, &query, &chats, limit)?;
        found.mine.extend(people.mine.into_iter().map(Peer::User));
        found.others.extend(people.public.into_iter().map(Peer::User));
    }
    own(view, me, wanted.broadcasts, &words, &mut found.mine)?;
    found.mine.truncate(limit);
    let others = public(view, me, wanted.broadcasts, (&query, &words), limit)?;
    found.others.extend(others.into_iter().map(Peer::Channel));
    found.others.truncate(limit);
    Ok(found)
}

/// Own channels and groups whose names have each of the words.
fn own(
    view: &(impl View + ?Sized),
    me: UserId,
    broadcasts: bool,
    words: &[String],
    found: &mut Vec<Peer>,
) -> Decided<()> {
    for id in joined(view, me)? {
        let Some(row) = channel::channel(view, id)?.filter(|it| !it.deleted && (it.broadcast || !broadcasts)) else {
            continue;
        };
        if matches(words, &channel::card(view, id, &row)?) && standing(view, id, &row, me)?.is_in() {
            found.push(Peer::Channel(id));
        }
    }
    if broadcasts {
        return Ok(());
    }
    for (peer, _) in dialogs::all(view, me)? {
        let Peer::Chat(id) = peer else { continue };
        let Some(row) = basic::chat(view, id)?.filter(|it| !it.deactivated && it.member(me).is_some()) else {
            continue;
        };
        if matches(words, &basic::card(view, id, &row)?) {
            found.push(peer);
        }
    }
    Ok(())
}

/// Public channels that one is not in, by their names.
fn public(
    view: &(impl View + ?Sized),
    me: UserId,
    broadcasts: bool,
    (query, words): (&str, &[String]),
    limit: usize,
) -> Decided<Vec<ChannelId>> {
    let mut first = None;
    if let Some(id) = holder_of(view, NameKind::Username, query)?.and_then(Peer::channel)
        && let Some(card) = open(view, me, broadcasts, id)?
        && card.usernames.iter().any(|it| it.active && it.name.eq_ignore_ascii_case(query))
    {
        first = Some(id);
    }
    let mut all: Vec<(u32, ChannelId)> = Vec::new();
    let mut last = 0;
    for (size, id) in candidates(view, words)? {
        // Whoever counts as smaller than the last of a full page cannot stand before it.
        if all.len() >= limit && size < last {
            break;
        }
        if first != Some(id) && open(view, me, broadcasts, id)?.is_some_and(|card| matches(words, &card)) {
            all.push((counts(view, id)?.members, id));
            last = size;
        }
    }
    all.sort_by_key(|(members, id)| (std::cmp::Reverse(*members), *id));
    Ok(first.into_iter().chain(all.into_iter().map(|(_, id)| id)).collect())
}

/// Those that the rarest of the words names.
fn candidates(view: &(impl View + ?Sized), words: &[String]) -> Decided<Vec<(u32, ChannelId)>> {
    let mut best: Option<Vec<(u32, ChannelId)>> = None;
    let long = words.iter().filter(|it| it.chars().count() >= LETTERS_MIN);
    for word in long.take(WORDS_MAX) {
        let found = beginning(view, word, CANDIDATES_MAX)?;
        if best.as_ref().is_none_or(|it| found.len() < it.len()) {
            best = Some(found);
        }
    }
    Ok(best.unwrap_or_default())
}

/// What a public channel is called, where a stranger may be shown it and `me` is one.
fn open(view: &(impl View + ?Sized), me: UserId, broadcasts: bool, id: ChannelId) -> Decided<Option<GroupCard>> {
    let Some(row) = channel::channel(view, id)?.filter(|it| it.public && !it.deleted) else { return Ok(None) };
    if broadcasts && !row.broadcast {
        return Ok(None);
    }
    let standing = standing(view, id, &row, me)?;
    if standing.is_in() || standing == Standing::Kicked {
        return Ok(None);
    }
    channel::card(view, id, &row).map(Some)
}

fn matches(words: &[String], card: &GroupCard) -> bool {
    words::match_all(words, &words_of(card))
}
