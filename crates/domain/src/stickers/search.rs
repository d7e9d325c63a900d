//! Sets by their names: one's own first, then those that the operator shows, then any. Each is public, as whoever sees a
//! sticker may have its set. Source: core.telegram.org/method/messages.searchStickerSets.

use super::{
    SetKind,
    featured::featured,
    lists::{List, list},
    names::{BEGINNING, beginning, words_of},
    rows::{self, card},
};
use crate::{
    ids::{StickerSetId, UserId},
    messages::search::words,
    view::{Decided, View},
};

/// Sets that a search finds: a page of them.
pub const RESULTS_MAX: usize = 50;

/// Sets that one word of a query names and that are looked at, the newest first.
const CANDIDATES_MAX: usize = 128;

/// Words of a query of which the rarest is followed.
const WORDS_MAX: usize = 4;

/// Bytes of a query that are looked at.
const QUERY_MAX: usize = 256;

/// What to look for.
#[derive(Clone, Debug, Default)]
pub struct Query {
    /// Each word begins a word of the title or is one of the short name.
    pub text: String,
    /// Of which kind.
    pub kind: SetKind,
    /// Without those that the operator shows.
    pub exclude_featured: bool,
}

/// Sets by their names, at most [`RESULTS_MAX`].
pub fn search(view: &(impl View + ?Sized), me: UserId, query: &Query) -> Decided<Vec<StickerSetId>> {
    let words = words::of_query(&query.text[..query.text.floor_char_boundary(QUERY_MAX)]);
    if words.is_empty() {
        return Ok(Vec::new());
    }
    let shown = featured(view, me, query.kind)?.sets;
    let own = list(view, me, List::Installed(query.kind))?.into_iter().map(|it| it.set);
    let near: Vec<_> = own.chain(shown.iter().copied().filter(|_| !query.exclude_featured)).collect();
    let mut found: Vec<StickerSetId> = Vec::new();
    for id in near.into_iter().chain(candidates(view, &words)?) {
        if found.len() >= RESULTS_MAX {
            break;
        }
        if found.contains(&id) || query.exclude_featured && shown.contains(&id) {
            continue;
        }
        let Some(row) = rows::set(view, id)?.filter(|it| it.kind == query.kind) else { continue };
        if words::match_all(&words, &words_of(&card(view, id, &row)?)) {
            found.push(id);
        }
    }
    Ok(found)
}

/// Those that the rarest of the words names.
fn candidates(view: &(impl View + ?Sized), words: &[String]) -> Decided<Vec<StickerSetId>> {
    let mut best: Option<Vec<StickerSetId>> = None;
    let long = words.iter().filter(|it| it.chars().count() >= *BEGINNING.start());
    for word in long.take(WORDS_MAX) {
        let found = beginning(view, word, CANDIDATES_MAX)?;
        if best.as_ref().is_none_or(|it| found.len() < it.len()) {
            best = Some(found);
        }
    }
    Ok(best.unwrap_or_default())
}
