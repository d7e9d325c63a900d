//! Sets and their stickers as somebody sees them.

use super::{
    lists::{List, since},
    rows::{self, SetCard, SetRow, card, documents, set, set_with},
};
use crate::{
    files::{Access, Carrier, Document},
    ids::{StickerSetId, UserId},
    view::{Decided, View},
};

/// Custom emoji asked for at once. Source: core.telegram.org/method/messages.getCustomEmojiDocuments.
pub const DOCUMENTS_MAX: usize = 200;

/// A set.
#[derive(Clone, Debug, PartialEq)]
pub struct SeenSet {
    /// Which.
    pub id: StickerSetId,
    /// As stored.
    pub row: SetRow,
    /// What it says of itself.
    pub card: SetCard,
    /// The number with which clients name it.
    pub access_hash: i64,
    /// Its thumbnail.
    pub thumb: Option<Document>,
    /// Since when the viewer has it installed, unix seconds.
    pub installed: Option<u32>,
    /// The viewer has put it away.
    pub archived: bool,
    /// The viewer made it.
    pub mine: bool,
}

/// A sticker, and by what its files are asked for.
#[derive(Clone, Debug, PartialEq)]
pub struct SeenSticker {
    /// As stored; it holds the keys of its files.
    pub document: Document,
    /// By what clients ask for them.
    pub access: Access,
}

impl SeenSticker {
    /// A sticker that a carrier carries.
    pub(super) fn of(view: &(impl View + ?Sized), carrier: Carrier, document: Document) -> Self {
        let access = Access::of(view, carrier, [document.stored.id]).with_set(view, document.set());
        Self { document, access }
    }
}

/// A set as somebody sees it, while it is there.
pub fn seen(view: &(impl View + ?Sized), me: UserId, id: StickerSetId) -> Decided<Option<SeenSet>> {
    let Some(row) = set(view, id)? else { return Ok(None) };
    let card = card(view, id, &row)?;
    let thumb = match card.thumb {
        0 => None,
        document => rows::document(view, id, document)?,
    };
    let installed = since(view, me, List::Installed(row.kind), id)?;
    let archived = installed.is_none() && since(view, me, List::Archived(row.kind), id)?.is_some();
    let (access_hash, mine) = (view.world().set_hash(id), row.owner == me);
    Ok(Some(SeenSet { id, row, card, access_hash, thumb, installed, archived, mine }))
}

/// Several sets, those that are there.
pub fn seen_all(
    view: &(impl View + ?Sized),
    me: UserId,
    ids: impl IntoIterator<Item = StickerSetId>,
) -> Decided<Vec<SeenSet>> {
    let mut all = Vec::new();
    for id in ids {
        all.extend(seen(view, me, id)?);
    }
    Ok(all)
}

/// The stickers of a set, the first `most` of them.
pub fn stickers(view: &(impl View + ?Sized), of: &SeenSet, most: usize) -> Decided<Vec<SeenSticker>> {
    let ids: Vec<_> = of.card.faces.iter().take(most).map(|it| it.document).collect();
    named(view, of.id, &ids)
}

/// These stickers of a set.
pub fn named(view: &(impl View + ?Sized), set: StickerSetId, ids: &[u64]) -> Decided<Vec<SeenSticker>> {
    let told = |it: Document| {
        let carrier = Carrier::Sticker { set, document: it.stored.id };
        SeenSticker::of(view, carrier, it)
    };
    Ok(documents(view, set, ids)?.into_iter().map(told).collect())
}

/// Custom emoji and other stickers by their documents' numbers, as texts name them; those that are not there any more
/// are left out.
pub fn by_documents(view: &(impl View + ?Sized), ids: &[u64]) -> Decided<Vec<SeenSticker>> {
    let mut all = Vec::with_capacity(ids.len());
    for id in ids {
        if let Some(set) = set_with(view, *id)? {
            all.extend(named(view, set, &[*id])?);
        }
    }
    Ok(all)
}
