//! Stickers by what they stand for: of one's own sets first, then of those that the operator shows.
//! Source: core.telegram.org/method/messages.getStickers, core.telegram.org/method/messages.searchStickers.

use super::{
    SetKind, emoji,
    featured::featured,
    lists::{List, list},
    rows::{self, Face, card},
    search::{self, Query},
    seen::{SeenSticker, named},
};
use crate::{
    ids::{StickerSetId, UserId},
    messages::search::words,
    view::{Decided, View},
};

/// Stickers that a search finds, on all of its pages.
pub const MATCHES_MAX: usize = 500;

/// Bytes of a text that is looked for.
const TEXT_MAX: usize = 256;

/// What to look for; what is empty is not asked for.
#[derive(Clone, Debug, Default)]
pub struct Looks {
    /// Of which kind.
    pub kind: SetKind,
    /// One of these emoji.
    pub emoji: Vec<String>,
    /// Or these words among the keywords, or in the name of the set.
    pub text: String,
}

/// A sticker that was found, and its set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Found {
    /// Which.
    pub document: u64,
    /// Of which.
    pub set: StickerSetId,
}

/// Stickers that stand for something, at most [`MATCHES_MAX`].
pub fn matching(view: &(impl View + ?Sized), me: UserId, looks: &Looks) -> Decided<Vec<Found>> {
    let wanted: Vec<_> = looks.emoji.iter().map(|it| emoji::plain(it)).collect();
    let text = &looks.text[..looks.text.floor_char_boundary(TEXT_MAX)];
    let words = words::of_query(text);
    let by_name = search::search(view, me, &Query { text: text.to_owned(), kind: looks.kind, ..Query::default() })?;
    let own = list(view, me, List::Installed(looks.kind))?.into_iter().map(|it| it.set);
    let shown = featured(view, me, looks.kind)?.sets;
    let (mut sets, mut found): (Vec<StickerSetId>, Vec<Found>) = (Vec::new(), Vec::new());
    for set in own.chain(shown).chain(by_name.iter().copied()) {
        if sets.contains(&set) {
            continue;
        }
        sets.push(set);
        let Some(row) = rows::set(view, set)?.filter(|it| it.kind == looks.kind) else { continue };
        let card = card(view, set, &row)?;
        let all = by_name.contains(&set);
        let fits = |it: &&Face| all || stands_for(it, &wanted, &words);
        found.extend(card.faces.iter().filter(fits).map(|it| Found { document: it.document, set }));
        if found.len() >= MATCHES_MAX {
            break;
        }
    }
    found.truncate(MATCHES_MAX);
    Ok(found)
}

/// What was found, as it is shown.
pub fn shown(view: &(impl View + ?Sized), found: &[Found]) -> Decided<Vec<SeenSticker>> {
    let mut all = Vec::with_capacity(found.len());
    for of_set in found.chunk_by(|one, two| one.set == two.set) {
        let ids: Vec<_> = of_set.iter().map(|it| it.document).collect();
        all.extend(named(view, of_set[0].set, &ids)?);
    }
    Ok(all)
}

fn stands_for(face: &Face, wanted: &[String], words: &[String]) -> bool {
    let by_word = || !words.is_empty() && words::match_all(words, &words::of_text(&face.keywords.join(" ")));
    face.emoji.iter().any(|it| wanted.contains(it)) || by_word()
}
