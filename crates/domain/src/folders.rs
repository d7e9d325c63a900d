//! Folders of chats: which chats somebody puts together, and in what order the folders stand. Clients sort chats into
//! them; here they are kept, and told to all of a person's sessions. The archive (`archive`) is a part of the list of
//! chats instead. Source: core.telegram.org/api/folders.

pub mod archive;
pub mod change;
pub mod join;
pub mod links;
pub mod order;
pub mod share;

use bytes::Bytes;
use store::{Direction, Key, Range};
use vault::Kind;

use crate::{
    ids::{Peer, UserId},
    messages::polls::Styled,
    record,
    record::Record,
    sealing,
    spaces::FOLDER,
    turn::Turn,
    view::{Decided, Rows, View, list, load, load_or_default},
};

/// Folders of one person. Source: `dialog_filters_limit_default`.
pub const FOLDERS_MAX: usize = 10;

/// Chats that a folder names as always in it, pinned ones among them; and likewise those that never are.
/// Source: `dialog_filters_chats_limit_default`.
pub const CHATS_MAX: usize = 100;

/// Characters of a title. Source: core.telegram.org/constructor/dialogFilter; TDLib 1.8.66, `MAX_TITLE_LENGTH`.
pub const TITLE_MAX: usize = 12;

/// Characters of the emoji that stands for a folder: one, perhaps joined of several.
pub const EMOTICON_MAX: usize = 16;

/// Numbers that folders may have: 0 is the list of all chats, 1 the archive.
/// Source: core.telegram.org/api/folders; TDLib 1.8.66, `DialogFilterId`.
pub const IDS: std::ops::RangeInclusive<u8> = 2..=255;

/// Colours of a tag. Source: core.telegram.org/api/folders, "Folder tags".
pub const COLORS: std::ops::RangeInclusive<i32> = 0..=6;

/// Kinds of chats that a folder takes in, or leaves out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Kinds(pub u32);

impl Kinds {
    /// Nothing.
    pub const NONE: Self = Self(0);
    /// Takes in contacts.
    pub const CONTACTS: Self = Self(1);
    /// Other people.
    pub const NON_CONTACTS: Self = Self(1 << 1);
    /// Groups of either kind.
    pub const GROUPS: Self = Self(1 << 2);
    /// Broadcast channels.
    pub const BROADCASTS: Self = Self(1 << 3);
    /// Bots.
    pub const BOTS: Self = Self(1 << 4);
    /// Leaves out what is muted.
    pub const NOT_MUTED: Self = Self(1 << 5);
    /// What is read.
    pub const NOT_READ: Self = Self(1 << 6);
    /// What is in the archive.
    pub const NOT_ARCHIVED: Self = Self(1 << 7);
    /// All that are taken in.
    const TAKEN: u32 = (1 << 5) - 1;

    /// Both.
    pub const fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether all of these are among them.
    pub const fn has(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// Whether a kind of chat is taken in.
    pub const fn takes_any(self) -> bool {
        self.0 & Self::TAKEN != 0
    }
}

record! {
    /// A folder.
    pub struct FolderRow {
        /// [`Kinds`].
        1 => kinds: u32,
        /// A [`FolderCard`], sealed under the account's key; AAD is the folder's number and the version.
        2 => card: Bytes,
        3 => version: u32,
        /// Of its tag.
        4 => color: Option<i32>,
        /// Always in it, in this order at the top.
        5 => pinned: Vec<Peer>,
        /// Always in it.
        6 => included: Vec<Peer>,
        /// Never in it.
        7 => excluded: Vec<Peer>,
        /// Emoji of its title do not move.
        8 => still: bool,
        /// It names chats and nothing else, so that it can be shared.
        9 => shareable: bool,
        /// Links to it that are there, and the last number given out.
        10 => links: u32,
        11 => last_link: u32,
        /// The link that it came by: whose, of which folder, its number; 0: it was made here.
        12 => from: UserId,
        13 => from_folder: u8,
        14 => from_link: u32,
        /// Chats of that link that were offered later and not wanted.
        15 => unwanted: Vec<Peer>,
        /// Chats that were joined through the folder.
        16 => joined: Vec<Peer>,
    }
}

record! {
    /// What somebody wrote of a folder.
    pub struct FolderCard { 1 => title: Styled, 2 => emoticon: String }
}

record! {
    /// What is kept of all of somebody's folders.
    pub struct FoldersRow {
        /// Folders in their order; 0: the list of all chats, which is first where it does not stand here.
        1 => order: Vec<u8>,
        /// Lists show to which folders a chat belongs.
        2 => tags: bool,
    }
}

/// A folder, opened.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Folder {
    /// Its number.
    pub id: u8,
    /// As stored.
    pub row: FolderRow,
    /// Its title and emoji.
    pub card: FolderCard,
}

impl FolderRow {
    /// Whether it came by somebody's link.
    pub fn came(&self) -> bool {
        self.from != UserId::NOBODY
    }

    /// Whether a chat is always in it.
    pub fn names(&self, peer: Peer) -> bool {
        self.pinned.contains(&peer) || self.included.contains(&peer)
    }
}

/// What stands in somebody's list of folders.
#[derive(Clone, Debug, PartialEq)]
pub enum Place {
    /// The list of all chats.
    All,
    /// A folder.
    Folder(Box<Folder>),
}

/// Somebody's folders in their order, the list of all chats among them.
pub fn all(view: &(impl View + ?Sized), user: UserId) -> Decided<Vec<Place>> {
    let order = order::order(view, user)?;
    let mut places = Vec::with_capacity(order.len());
    for id in order {
        match id {
            0 => places.push(Place::All),
            _ => places.extend(folder(view, user, id)?.map(|it| Place::Folder(Box::new(it)))),
        }
    }
    Ok(places)
}

/// A folder; `None` where there is none of this number.
pub fn folder(view: &(impl View + ?Sized), user: UserId, id: u8) -> Decided<Option<Folder>> {
    let Some(row) = row(view, user, id)? else { return Ok(None) };
    let scope = sealing::account_scope(user);
    let plain = sealing::open(view, scope, Kind::Settings, &place(id), row.version, &row.card)?;
    Ok(Some(Folder { id, row, card: FolderCard::decode(&plain)? }))
}

/// What is kept of all of them.
pub fn folders(view: &(impl Rows + ?Sized), user: UserId) -> Decided<FoldersRow> {
    load_or_default(view, &folder_key(user, 0))
}

/// The rows of somebody's folders by their numbers.
pub fn rows(view: &(impl Rows + ?Sized), user: UserId) -> Decided<Vec<(u8, FolderRow)>> {
    let (first, whole) =
        (folder_key(user, *IDS.start()), Range::prefix(Key::of(FOLDER, user.vshard().0).u64(user.0).key()));
    let rows = list::<FolderRow>(view, &Range { start: first, end: whole.end }, Direction::Forward, FOLDERS_MAX)?;
    Ok(rows.into_iter().map(|(key, row)| (key.suffix().last().copied().unwrap_or_default(), row)).collect())
}

fn row(view: &(impl Rows + ?Sized), user: UserId, id: u8) -> Decided<Option<FolderRow>> {
    if IDS.contains(&id) { load(view, &folder_key(user, id)) } else { Ok(None) }
}

/// Seals a card into a row of the next version, and writes it.
fn put(turn: &mut Turn<'_>, user: UserId, id: u8, row: FolderRow, card: &FolderCard) -> Decided<FolderRow> {
    let version = row.version + 1;
    let scope = sealing::account_scope(user);
    let card = sealing::seal(turn, scope, Kind::Settings, &place(id), version, &card.encode())?;
    let row = FolderRow { card, version, ..row };
    put_row(turn, user, id, &row);
    Ok(row)
}

fn put_row(turn: &mut Turn<'_>, user: UserId, id: u8, row: &FolderRow) {
    turn.put(folder_key(user, id), row);
}

/// Tells a folder's card from whatever else an account seals.
fn place(id: u8) -> [u8; 7] {
    [b'f', b'o', b'l', b'd', b'e', b'r', id]
}

fn folder_key(user: UserId, id: u8) -> Key {
    Key::of(FOLDER, user.vshard().0).u64(user.0).u8(id).key()
}

#[cfg(test)]
mod tests;
