//! Links to folders: their rows, and how a slug leads to one. Links are found by a keyed hash, as those to groups are
//! (`groups::invites`); the slug itself lies sealed in the link's row, for its owner to see again.
//! Source: core.telegram.org/api/links#chat-folder-links.

use bytes::Bytes;
use store::Key;

use crate::{
    ids::{Peer, UserId, VSHARDS_IN_USE},
    record,
    record::Record,
    spaces::FOLDER_LINK,
    turn::Turn,
    view::Decided,
};

record! {
    /// Where a slug leads.
    pub struct FolderLinkRow { 1 => owner: UserId, 2 => folder: u8, 3 => number: u32 }
}

record! {
    /// A link to a folder.
    pub struct FolderInviteRow {
        /// A [`FolderInviteCard`], sealed under the account's key; AAD is the folder's number, the link's and the version.
        1 => card: Bytes,
        2 => version: u32,
        /// The chats that it offers.
        3 => peers: Vec<Peer>,
        /// Unix seconds.
        4 => date: u32,
        /// The keyed hash that it is found by.
        5 => hash: Bytes,
    }
}

record! {
    /// What must be shown of a link again.
    pub struct FolderInviteCard { 1 => slug: String, 2 => title: String }
}

/// A link's row goes: nothing finds it any more.
pub(crate) fn forget(turn: &mut Turn<'_>, row: &[u8]) -> Decided<()> {
    let row = FolderInviteRow::decode(row)?;
    turn.delete(link_key(&row.hash));
    Ok(())
}

fn link_key(hash: &[u8]) -> Key {
    let vshard = hash.first_chunk().map_or(0, |it| u16::from_be_bytes(*it)) % VSHARDS_IN_USE;
    Key::of(FOLDER_LINK, vshard).bytes(hash).key()
}
