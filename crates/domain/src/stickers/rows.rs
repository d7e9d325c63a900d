//! Rows of sets and their stickers. What the maker wrote and the keys of files are sealed under the set's own key.

use bytes::Bytes;
use store::Key;
use vault::Kind;

use super::SetKind;
use crate::{
    files::{Carrier, Document, uses},
    ids::{StickerSetId, UserId, VSHARDS_IN_USE},
    people::names::set_of,
    record,
    record::Record,
    refusal::Refusal,
    sealing::{self, Opener},
    spaces::{STICKER, STICKER_OF, STICKER_SET},
    turn::Turn,
    view::{Decided, Rows, View, load},
};

record! {
    /// A sticker set.
    pub struct SetRow {
        /// Who made it.
        1 => owner: UserId,
        2 => kind: SetKind,
        /// Unix seconds.
        3 => created: u32,
        /// A [`SetCard`], sealed under the set's key; AAD is the set's number and the version.
        4 => card: Bytes,
        /// Grows with each change.
        5 => version: u32,
        /// Keyed hashes of the beginnings of words by which it is found, one behind the other.
        6 => hashes: Bytes,
    }
}

record! {
    /// What a set says of itself; stored only sealed.
    pub struct SetCard {
        1 => title: String,
        2 => short_name: String,
        /// Its stickers in order.
        3 => faces: Vec<Face>,
        /// The document of its thumbnail; 0: none.
        4 => thumb: u64,
        /// How often the thumbnail changed.
        5 => thumb_version: u32,
        /// Of an emoji set: the custom emoji that stands for it; 0: none.
        6 => thumb_emoji: u64,
        /// Custom emoji that take the colour of the text.
        7 => text_color: bool,
    }
}

record! {
    /// What one sticker is found by.
    pub struct Face {
        1 => document: u64,
        /// Emoji that it stands for, without variation selectors.
        2 => emoji: Vec<String>,
        3 => keywords: Vec<String>,
    }
}

record! {
    /// The file of a sticker.
    pub struct StickerRow {
        /// A [`Document`], sealed under the set's key; AAD is set, document and version.
        1 => document: Bytes,
        2 => version: u32,
        /// The files that it holds the keys of.
        3 => files: Vec<u64>,
    }
}

record! {
    /// Which set a document is a sticker of.
    pub struct OfRow { 1 => set: StickerSetId }
}

/// A set as somebody asks for it. Source: core.telegram.org/type/InputStickerSet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// By its number, with the hash that proves that the server told of it.
    Id(StickerSetId, i64),
    /// By its short name.
    Name(String),
}

/// The set that somebody asks for.
pub fn find(view: &(impl View + ?Sized), wanted: &Wanted) -> Decided<(StickerSetId, SetRow)> {
    let id = match wanted {
        Wanted::Id(id, hash) => Some(*id).filter(|it| view.world().set_hash(*it) == *hash),
        Wanted::Name(name) => set_of(view, name)?,
    };
    let id = id.ok_or(Refusal::StickersetInvalid)?;
    Ok((id, set(view, id)?.ok_or(Refusal::StickersetInvalid)?))
}

/// A set that only its maker may change.
pub(super) fn own(view: &(impl View + ?Sized), me: UserId, wanted: &Wanted) -> Decided<(StickerSetId, SetRow)> {
    let (id, row) = find(view, wanted)?;
    if row.owner == me { Ok((id, row)) } else { Err(Refusal::StickersetInvalid.into()) }
}

/// A set, while it is there.
pub fn set(view: &(impl Rows + ?Sized), id: StickerSetId) -> Decided<Option<SetRow>> {
    load(view, &set_key(id))
}

/// What a set says of itself.
pub fn card(view: &(impl View + ?Sized), id: StickerSetId, row: &SetRow) -> Decided<SetCard> {
    let scope = sealing::set_scope(id);
    let opened = sealing::open(view, scope, Kind::StickerSet, &id.0.to_be_bytes(), row.version, &row.card)?;
    Ok(SetCard::decode(&opened)?)
}

/// Writes a set with its card.
pub(super) fn put(turn: &mut Turn<'_>, id: StickerSetId, row: SetRow, card: &SetCard) -> Decided<()> {
    let version = row.version.saturating_add(1);
    let scope = sealing::set_scope(id);
    let sealed = sealing::seal(turn, scope, Kind::StickerSet, &id.0.to_be_bytes(), version, &card.encode())?;
    turn.put(set_key(id), &SetRow { version, card: sealed, ..row });
    Ok(())
}

/// Removes a set's own row.
pub(super) fn remove(turn: &mut Turn<'_>, id: StickerSetId) {
    turn.delete(set_key(id));
}

/// The row of a sticker.
pub(crate) fn sticker(view: &(impl Rows + ?Sized), set: StickerSetId, document: u64) -> Decided<Option<StickerRow>> {
    load(view, &sticker_key(set, document))
}

/// A sticker's document.
pub(crate) fn document(view: &(impl View + ?Sized), set: StickerSetId, document: u64) -> Decided<Option<Document>> {
    let Some(row) = sticker(view, set, document)? else { return Ok(None) };
    let opened =
        sealing::open(view, sealing::set_scope(set), Kind::Sticker, &aad(set, document), row.version, &row.document)?;
    Ok(Some(Document::decode(&opened)?))
}

/// Documents of one set that are still there; its key is unwrapped once.
pub(super) fn documents(view: &(impl View + ?Sized), set: StickerSetId, ids: &[u64]) -> Decided<Vec<Document>> {
    let (scope, mut opener) = (sealing::set_scope(set), Opener::default());
    let mut all = Vec::with_capacity(ids.len());
    for id in ids {
        let Some(row) = sticker(view, set, *id)? else { continue };
        let opened = opener.open(view, scope, Kind::Sticker, (&aad(set, *id), row.version), &row.document)?;
        all.push(Document::decode(&opened)?);
    }
    Ok(all)
}

/// Writes a sticker's document, or that of a set's thumbnail.
pub(super) fn put_document(turn: &mut Turn<'_>, set: StickerSetId, it: &Document) -> Decided<()> {
    let id = it.stored.id;
    let version = sticker(turn, set, id)?.map_or(1, |it| it.version.saturating_add(1));
    let scope = sealing::set_scope(set);
    let document = sealing::seal(turn, scope, Kind::Sticker, &aad(set, id), version, &it.encode())?;
    let files = it.files();
    files.iter().for_each(|file| uses::put(turn, *file, Carrier::Sticker { set, document: id }));
    turn.put(sticker_key(set, id), &StickerRow { document, version, files, ..StickerRow::default() });
    turn.put(of_key(id), &OfRow { set, ..OfRow::default() });
    Ok(())
}

/// Removes a sticker's document. The sweep removes its files, where nothing else carries them.
pub(super) fn remove_document(turn: &mut Turn<'_>, set: StickerSetId, document: u64) {
    turn.delete(sticker_key(set, document));
    turn.delete(of_key(document));
}

/// The set that a document is a sticker of.
pub(super) fn set_with(view: &(impl Rows + ?Sized), document: u64) -> Decided<Option<StickerSetId>> {
    Ok(load::<OfRow>(view, &of_key(document))?.map(|it| it.set))
}

/// A number that changes with the set, never 0. Source: core.telegram.org/constructor/stickerSet, `hash`: clients
/// keep it and hash their lists of sets by it.
pub fn hash(id: StickerSetId, row: &SetRow) -> i32 {
    /// 2^64 divided by the golden ratio, which spreads what is near.
    const SPREAD: u64 = 0x9e37_79b9_7f4a_7c15;
    let mixed = (id.0 ^ u64::from(row.version)).wrapping_mul(SPREAD) >> 33;
    i32::try_from(mixed).unwrap_or(i32::MAX).max(1)
}

fn aad(set: StickerSetId, document: u64) -> Vec<u8> {
    [set.0.to_be_bytes(), document.to_be_bytes()].concat()
}

fn set_key(id: StickerSetId) -> Key {
    Key::of(STICKER_SET, id.vshard().0).u64(id.0).key()
}

fn sticker_key(set: StickerSetId, document: u64) -> Key {
    Key::of(STICKER, set.vshard().0).u64(set.0).u64(document).key()
}

fn of_key(document: u64) -> Key {
    Key::of(STICKER_OF, (document % u64::from(VSHARDS_IN_USE)) as u16).u64(document).key()
}
