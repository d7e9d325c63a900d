//! Stickers that somebody used last, and favourites. Each is kept with the keys of its files, so that it stays when its
//! set ends. Source: core.telegram.org/api/stickers, "Recent stickers", "Favorite stickersets".

use bytes::Bytes;
use store::Key;
use vault::Kind;

use super::{install::tell, seen::SeenSticker};
use crate::{
    caller::Caller,
    files::{Attribute, Carrier, Document, uses},
    ids::UserId,
    messages::media::MediaBody,
    record,
    record::Record,
    refusal::Refusal,
    sealing::{self, Opener},
    service::Command,
    spaces::{STICKER_KEPT, STICKER_SHELF},
    turn::Turn,
    updates::{self, Change, Origin},
    view::{Decided, Rows, View, load, load_or_default},
};

/// Recent stickers. Source: core.telegram.org/constructor/config, `stickers_recent_limit`.
pub const RECENT_MAX: usize = 200;

/// Favourite stickers. Source: core.telegram.org/api/config, `stickers_faved_limit_default`.
pub const FAVED_MAX: usize = 5;

/// Which.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shelf {
    /// Those that were sent last.
    Recent,
    /// Those that were put on photos and videos last.
    Attached,
    /// Favourites.
    Faved,
}

record! {
    /// The order of a shelf, the latest first.
    pub struct ShelfRow { 1 => items: Vec<ShelfItem> }
}

record! {
    /// A sticker in it.
    pub struct ShelfItem {
        1 => document: u64,
        /// When it was last used, unix seconds.
        2 => date: u32,
    }
}

record! {
    /// A sticker on a shelf.
    pub struct KeptRow {
        /// A [`Document`], sealed under the account's key; AAD is shelf, document and version.
        1 => document: Bytes,
        2 => version: u32,
        /// The files that it holds the keys of.
        3 => files: Vec<u64>,
    }
}

impl Shelf {
    fn number(self) -> u8 {
        match self {
            Shelf::Recent => 1,
            Shelf::Attached => 2,
            Shelf::Faved => 3,
        }
    }

    fn most(self) -> usize {
        match self {
            Shelf::Recent | Shelf::Attached => RECENT_MAX,
            Shelf::Faved => FAVED_MAX,
        }
    }

    fn change(self) -> Change {
        match self {
            Shelf::Recent | Shelf::Attached => Change::RecentStickers {},
            Shelf::Faved => Change::FavedStickers {},
        }
    }
}

/// What lies on a shelf, the latest first, and when it was put there.
pub fn stickers(view: &(impl View + ?Sized), user: UserId, shelf: Shelf) -> Decided<Vec<(SeenSticker, u32)>> {
    let (scope, mut opener) = (sealing::account_scope(user), Opener::default());
    let mut all = Vec::new();
    for it in order(view, user, shelf)? {
        let number = shelf.number();
        let Some(row) = kept(view, user, number, it.document)? else { continue };
        let named = (&aad(number, it.document)[..], row.version);
        let opened = opener.open(view, scope, Kind::KeptSticker, named, &row.document)?;
        let carrier = Carrier::Shelf { user, shelf: number, document: it.document };
        all.push((SeenSticker::of(view, carrier, Document::decode(&opened)?), it.date));
    }
    Ok(all)
}

/// The row of a sticker on a shelf.
pub(crate) fn kept(view: &(impl Rows + ?Sized), user: UserId, shelf: u8, document: u64) -> Decided<Option<KeptRow>> {
    load(view, &kept_key(user, shelf, document))
}

/// The document of a sticker on a shelf.
pub(crate) fn document(
    view: &(impl View + ?Sized),
    user: UserId,
    shelf: u8,
    document: u64,
) -> Decided<Option<Document>> {
    let Some(row) = kept(view, user, shelf, document)? else { return Ok(None) };
    let scope = sealing::account_scope(user);
    let opened = sealing::open(view, scope, Kind::KeptSticker, &aad(shelf, document), row.version, &row.document)?;
    Ok(Some(Document::decode(&opened)?))
}

/// Puts a sticker on a shelf, before all others.
pub struct Keep {
    /// Who.
    pub by: Caller,
    /// On which.
    pub shelf: Shelf,
    /// What.
    pub document: Document,
}

impl Command for Keep {
    type Reply = ();

    fn decide(&self, turn: &mut Turn<'_>) -> Decided<()> {
        if !is_sticker(&self.document) {
            return Err(Refusal::StickerIdInvalid.into());
        }
        put(turn, (self.by.user, Some(self.by.origin)), self.shelf, &self.document)
    }
}

/// Takes a sticker off a shelf.
pub struct TakeOff {
    /// Who.
    pub by: Caller,
    /// From which.
    pub shelf: Shelf,
    /// Which.
    pub document: u64,
}

impl Command for TakeOff {
    type Reply = ();

    fn decide(&self, turn: &mut Turn<'_>) -> Decided<()> {
        let before = order(turn, self.by.user, self.shelf)?;
        let items: Vec<_> = before.iter().filter(|it| it.document != self.document).cloned().collect();
        if items.len() == before.len() {
            return Ok(());
        }
        turn.delete(kept_key(self.by.user, self.shelf.number(), self.document));
        put_order(turn, self.by.user, self.shelf, items);
        tell(turn, &self.by, self.shelf.change())
    }
}

/// Empties a shelf.
pub struct Clear {
    /// Who.
    pub by: Caller,
    /// Which.
    pub shelf: Shelf,
}

impl Command for Clear {
    type Reply = ();

    fn decide(&self, turn: &mut Turn<'_>) -> Decided<()> {
        let items = order(turn, self.by.user, self.shelf)?;
        if items.is_empty() {
            return Ok(());
        }
        for it in items {
            turn.delete(kept_key(self.by.user, self.shelf.number(), it.document));
        }
        put_order(turn, self.by.user, self.shelf, Vec::new());
        tell(turn, &self.by, self.shelf.change())
    }
}

/// Notes that a sticker was sent.
pub(crate) fn sent(turn: &mut Turn<'_>, user: UserId, body: &MediaBody, by: Option<Origin>) -> Decided<()> {
    match body {
        MediaBody::Document { document, .. } if is_sticker(document) => put(turn, (user, by), Shelf::Recent, document),
        _ => Ok(()),
    }
}

/// Custom emoji stand in texts, and are nobody's favourites.
fn is_sticker(document: &Document) -> bool {
    document.attributes.iter().any(|it| matches!(it, Attribute::Sticker { .. }))
}

fn put(turn: &mut Turn<'_>, (me, by): (UserId, Option<Origin>), shelf: Shelf, it: &Document) -> Decided<()> {
    let (number, document, date) = (shelf.number(), it.stored.id, turn.now().secs());
    let mut items = order(turn, me, shelf)?;
    // Who sends the same one again and again changes nothing.
    if items.first().is_some_and(|it| it.document == document) {
        return Ok(());
    }
    items.retain(|it| it.document != document);
    items.insert(0, ShelfItem { document, date, ..ShelfItem::default() });
    for over in items.split_off(items.len().min(shelf.most())) {
        turn.delete(kept_key(me, number, over.document));
    }
    put_order(turn, me, shelf, items);
    let files = it.files();
    files.iter().for_each(|file| uses::put(turn, *file, Carrier::Shelf { user: me, shelf: number, document }));
    let version = kept(turn, me, number, document)?.map_or(1, |it| it.version.saturating_add(1));
    let (scope, plain) = (sealing::account_scope(me), it.encode());
    let sealed = sealing::seal(turn, scope, Kind::KeptSticker, &aad(number, document), version, &plain)?;
    let row = KeptRow { document: sealed, version, files, ..KeptRow::default() };
    turn.put(kept_key(me, number, document), &row);
    updates::append(turn, me, shelf.change(), 0, by).map(drop)
}

fn order(view: &(impl Rows + ?Sized), user: UserId, shelf: Shelf) -> Decided<Vec<ShelfItem>> {
    Ok(load_or_default::<ShelfRow>(view, &shelf_key(user, shelf))?.items)
}

fn put_order(turn: &mut Turn<'_>, user: UserId, shelf: Shelf, items: Vec<ShelfItem>) {
    turn.put(shelf_key(user, shelf), &ShelfRow { items, ..ShelfRow::default() });
}

fn aad(shelf: u8, document: u64) -> Vec<u8> {
    [&[shelf][..], &document.to_be_bytes()].concat()
}

fn shelf_key(user: UserId, shelf: Shelf) -> Key {
    Key::of(STICKER_SHELF, user.vshard().0).u64(user.0).u8(shelf.number()).key()
}

fn kept_key(user: UserId, shelf: u8, document: u64) -> Key {
    Key::of(STICKER_KEPT, user.vshard().0).u64(user.0).u8(shelf).u64(document).key()
}
