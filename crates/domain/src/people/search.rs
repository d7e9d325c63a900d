//! Finding people: own contacts and chats by any part of a name, then a public name.
//! Source: core.telegram.org/method/contacts.search.

use crate::{
    ids::UserId,
    people::{contacts, holder, names::NameKind, seen, usernames},
    refusal::Refusal,
    view::{Decided, View},
};

/// Results of each kind.
pub const RESULTS_MAX: usize = 50;

/// Letters of the shortest public search. Source: clients search from three letters on; names have five.
const PUBLIC_MIN: usize = 4;

/// What a search found.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Found {
    /// Among contacts and own chats.
    pub mine: Vec<UserId>,
    /// By public name.
    pub public: Vec<UserId>,
}

/// People whose name, username or number the viewer knows and that match; then who holds the text as a
/// public name. Public names are kept as hashes, so only a whole name finds a stranger.
pub fn search(view: &(impl View + ?Sized), me: UserId, query: &str, chats: &[UserId], limit: usize) -> Decided<Found> {
    let query = clean(query);
    if query.is_empty() {
        return Err(Refusal::SearchQueryEmpty.into());
    }
    let limit = limit.clamp(1, RESULTS_MAX);
    let mut candidates: Vec<UserId> = contacts::contacts(view, me)?.into_iter().map(|(id, _)| id).collect();
    candidates.extend(chats);
    candidates.sort_unstable();
    candidates.dedup();
    let mut found = Found::default();
    for id in candidates {
        if found.mine.len() >= limit {
            break;
        }
        if matches(view, me, id, &query)? {
            found.mine.push(id);
        }
    }
    if query.len() >= PUBLIC_MIN && usernames::is_valid(&query) {
        let public = holder(view, NameKind::Username, &query)?;
        found.public = public.filter(|id| *id != me && !found.mine.contains(id)).into_iter().collect();
    }
    Ok(found)
}

/// Whether a user is called so, as `me` sees it: a word of the name or a public name begins with it.
pub fn is_called(view: &(impl View + ?Sized), me: UserId, id: UserId, query: &str) -> Decided<bool> {
    matches(view, me, id, &clean(query))
}

/// What is searched for: names are compared without case, and clients write some with their sign.
pub(crate) fn clean(query: &str) -> String {
    query.trim().trim_start_matches('@').to_lowercase()
}

fn matches(view: &(impl View + ?Sized), me: UserId, id: UserId, query: &str) -> Decided<bool> {
    let Some(seen) = seen(view, me, id)? else { return Ok(false) };
    let name = format!("{} {}", seen.first_name, seen.last_name).to_lowercase();
    let by_word = name.split_whitespace().any(|word| word.starts_with(query)) || name.starts_with(query);
    let by_username = seen.usernames.iter().any(|it| it.name.to_lowercase().starts_with(query));
    Ok(by_word || by_username)
}
