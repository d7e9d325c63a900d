//! The row of a dialog: read marks, counts, pin, draft, settings; and its place in the list.

use bytes::Bytes;
use store::{Key, Range};

use crate::{
    ids::{MessageId, Peer, UserId},
    record,
    spaces::{DIALOG, DIALOG_ORDER},
    turn::Turn,
    updates::{counters, put_counters},
    view::{Decided, Rows, load_or_default},
};

/// The main list.
pub const MAIN: u8 = 0;

/// The archive.
pub const ARCHIVE: u8 = 1;

/// Pinned dialogs come before the others in a folder's order.
const PINNED_CLASS: u8 = 0;
const UNPINNED_CLASS: u8 = 1;

record! {
    /// One chat of a mailbox.
    pub struct DialogRow {
        /// The newest message; 0: none, and the dialog is not listed.
        1 => top: MessageId,
        /// The newest message's date, by which the list is ordered.
        2 => date: u32,
        /// Messages of the chat.
        3 => count: u32,
        /// Read by the owner up to here.
        4 => read_inbox: MessageId,
        /// Read by the other side up to here.
        5 => read_outbox: MessageId,
        6 => unread: u32,
        /// Marked unread by hand.
        7 => unread_mark: bool,
        8 => folder: u8,
        /// Place among the pinned, from 1; 0: not pinned.
        9 => pinned: u32,
        /// A draft, sealed under the chat's key; empty: none.
        10 => draft: Bytes,
        11 => draft_version: u32,
        /// Self-destruct period of new messages, seconds; 0: none.
        12 => ttl_period: u32,
        /// The owner protects the chat's content.
        13 => noforwards_mine: bool,
        /// The other side does.
        14 => noforwards_theirs: bool,
        15 => unread_reactions: u32,
        16 => unread_mentions: u32,
    }
}

/// The row of a chat.
pub fn dialog(view: &(impl Rows + ?Sized), owner: UserId, peer: Peer) -> Decided<DialogRow> {
    load_or_default(view, &dialog_key(owner, peer))
}

/// Writes the row of a chat that was `old`, its place in the list where that changed, and the
/// mailbox's count of unread messages.
pub fn put_dialog(turn: &mut Turn<'_>, owner: UserId, peer: Peer, old: &DialogRow, new: &DialogRow) -> Decided<()> {
    if old == new {
        return Ok(());
    }
    let (before, after) = (order_key(owner, peer, old), order_key(owner, peer, new));
    if before != after {
        before.into_iter().for_each(|key| turn.delete(key));
        after.into_iter().for_each(|key| turn.put_empty(key));
    }
    if old.unread != new.unread {
        let mut counters = counters(turn, owner)?;
        counters.unread = counters.unread.saturating_sub(old.unread).saturating_add(new.unread);
        put_counters(turn, owner, &counters);
    }
    let key = dialog_key(owner, peer);
    if *new == DialogRow::default() { turn.delete(key) } else { turn.put(key, new) }
    Ok(())
}

/// The key of a chat's row.
pub fn dialog_key(owner: UserId, peer: Peer) -> Key {
    let (kind, id) = peer.key_parts();
    Key::of(DIALOG, owner.vshard().0).u64(owner.0).u8(kind).u64(id).key()
}

/// Every chat of a mailbox, in order of peer.
pub fn dialog_range(owner: UserId) -> Range {
    Range::prefix(Key::of(DIALOG, owner.vshard().0).u64(owner.0).key())
}

/// A folder's unpinned dialogs, newest first, from `date` (included) and `peer` (not included) on.
pub fn order_range(owner: UserId, folder: u8, after: Option<(u32, Option<Peer>)>) -> Range {
    let base = Key::of(DIALOG_ORDER, owner.vshard().0).u64(owner.0).u8(folder).u8(UNPINNED_CLASS);
    let whole = Range::prefix(base.clone().key());
    let start = match after {
        None => return whole,
        // Strictly older than the date.
        Some((date, None)) => base.u32_newest_first(date.saturating_sub(1)).key(),
        Some((date, Some(peer))) => {
            let (kind, id) = peer.key_parts();
            base.u32_newest_first(date).u8(kind).u64(id.saturating_add(1)).key()
        }
    };
    Range { start, end: whole.end }
}

/// A folder's pinned dialogs, in their order.
pub fn pinned_range(owner: UserId, folder: u8) -> Range {
    Range::prefix(Key::of(DIALOG_ORDER, owner.vshard().0).u64(owner.0).u8(folder).u8(PINNED_CLASS).key())
}

/// The whole list of a folder, pinned first.
pub fn folder_range(owner: UserId, folder: u8) -> Range {
    Range::prefix(Key::of(DIALOG_ORDER, owner.vshard().0).u64(owner.0).u8(folder).key())
}

/// The peer of a key of [`dialog_range`] or of the order.
pub fn peer_of(key: &Key) -> Option<Peer> {
    let suffix = key.suffix();
    let (rest, id) = suffix.split_last_chunk::<8>()?;
    Peer::from_key_parts(*rest.last()?, u64::from_be_bytes(*id))
}

fn order_key(owner: UserId, peer: Peer, row: &DialogRow) -> Option<Key> {
    if row.top.0 == 0 {
        return None;
    }
    let (kind, id) = peer.key_parts();
    let base = Key::of(DIALOG_ORDER, owner.vshard().0).u64(owner.0).u8(row.folder);
    let placed = match row.pinned {
        0 => base.u8(UNPINNED_CLASS).u32_newest_first(row.date),
        place => base.u8(PINNED_CLASS).u32(place),
    };
    Some(placed.u8(kind).u64(id).key())
}
