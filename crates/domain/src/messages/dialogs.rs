//! Dialogs: one row a chat, ordered by an index that is rewritten when the order changes.

use std::collections::HashMap;

use bytes::Bytes;
use store::{Direction, Key, Range};

use super::{
    posts,
    rows::{MailboxRow, chat_range, copy, id_of},
};
use crate::{
    folders::archive,
    ids::{MessageId, Peer, UserId},
    record,
    refusal::Refusal,
    spaces::{DIALOG, DIALOG_ORDER},
    turn::Turn,
    updates::known_counters,
    view::{Decided, Rows, Stop, View, load_or_default},
};

/// Dialogs on one page.
pub const PAGE_MAX: usize = 100;

/// Dialogs counted for an answer's total.
const COUNTED_MAX: usize = 10_000;

record! {
    /// A chat as one user sees it in the list.
    pub struct DialogRow {
        /// The last message; 0: none, the chat shows only for its draft or pin.
        1 => top: MessageId,
        /// Decides the place in the list, unix seconds; 0: not in the list.
        2 => date: u32,
        3 => read_inbox: MessageId,
        4 => read_outbox: MessageId,
        5 => unread: u32,
        6 => unread_mark: bool,
        /// 0: not pinned; else larger is higher.
        7 => pin: u32,
        /// 0: the main list, 1: the archive.
        8 => folder: u8,
        /// A draft, sealed under the chat's key; AAD is this user and the draft's version.
        9 => draft: Bytes,
        10 => draft_version: u32,
        /// Seconds after which messages destroy themselves; 0: never.
        11 => ttl_period: u32,
        /// When the other side read up to `read_outbox`, unix seconds.
        12 => read_outbox_date: u32,
        13 => unread_reactions: u32,
        /// This side protects its content in the chat.
        14 => noforwards_mine: bool,
        /// The other side does.
        15 => noforwards_theirs: bool,
        /// This side has written here.
        16 => wrote: bool,
        /// Polls of this side with votes that it has not seen.
        20 => unread_poll_votes: u32,
        /// A forum that is shown as one chat.
        21 => view_as_messages: bool,
        /// Messages that mention this side, which has not opened them.
        17 => unread_mentions: u32,
        /// Of an archived channel: from when on a post brings it back, unix seconds; `None`: none does.
        30 => wakes: Option<u32>,
    }
}

/// A chat's row; a default one where there is no such chat.
pub fn dialog(view: &(impl Rows + ?Sized), user: UserId, peer: Peer) -> Decided<DialogRow> {
    load_or_default(view, &dialog_key(user, peer))
}

/// Writes a chat's row and its place in the list.
pub(super) fn put_dialog(turn: &mut Turn<'_>, user: UserId, peer: Peer, old: &DialogRow, new: &DialogRow) {
    if old == new {
        return;
    }
    let (before, after) = (order_key(user, peer, old), order_key(user, peer, new));
    if before != after {
        before.into_iter().for_each(|key| turn.delete(key));
        after.into_iter().for_each(|key| turn.put_empty(key));
    }
    turn.put(dialog_key(user, peer), new);
}

/// Changes a chat's row.
pub(crate) fn change(
    turn: &mut Turn<'_>,
    user: UserId,
    peer: Peer,
    change: impl FnOnce(&mut DialogRow),
) -> Decided<DialogRow> {
    let old = dialog(turn, user, peer)?;
    let mut new = old.clone();
    change(&mut new);
    put_dialog(turn, user, peer, &old, &new);
    Ok(new)
}

/// Takes a chat off the list with all that was set for it.
pub(crate) fn forget(turn: &mut Turn<'_>, user: UserId, peer: Peer) -> Decided<()> {
    let old = dialog(turn, user, peer)?;
    order_key(user, peer, &old).into_iter().for_each(|key| turn.delete(key));
    archive::forget(turn, user, peer, &old);
    turn.delete(dialog_key(user, peer));
    Ok(())
}

/// Finds the last message anew, after messages were deleted.
pub(super) fn refresh(turn: &mut Turn<'_>, user: UserId, peer: Peer) -> Decided<()> {
    let last = turn.scan(&chat_range(user, peer), Direction::Backward, 1)?;
    let top = last.first().map(|(key, _)| id_of(key));
    let row = dialog(turn, user, peer)?;
    let date = match top {
        Some(id) => copy(turn, user, id)?.map_or(0, |it: MailboxRow| it.date),
        // An emptied chat keeps its place; only deleting the chat takes it off the list.
        None => row.date,
    };
    let read = row.read_inbox;
    let unread = unread_after(turn, user, peer, read)?;
    change(turn, user, peer, |it| {
        it.top = top.unwrap_or_default();
        it.date = date;
        it.unread = unread;
    })?;
    Ok(())
}

/// Incoming messages after a number, counted to a bound that no badge shows beyond.
pub(super) fn unread_after(view: &(impl Rows + ?Sized), user: UserId, peer: Peer, read: MessageId) -> Decided<u32> {
    const COUNTED: usize = 1000;
    let whole = chat_range(user, peer);
    let range =
        Range { start: super::rows::history_key(user, peer, MessageId(read.0.saturating_add(1))), end: whole.end };
    let mut unread = 0;
    for (key, _) in view.scan(&range, Direction::Forward, COUNTED)? {
        let incoming = copy(view, user, id_of(&key))?.is_some_and(|it| !it.out && it.from != user);
        unread += u32::from(incoming);
    }
    Ok(unread)
}

/// Where a page of dialogs begins.
#[derive(Clone, Copy, Debug, Default)]
pub struct Offset {
    /// Of the last dialog of the page before; 0: from the top.
    pub date: u32,
    /// The last message of that dialog.
    pub id: MessageId,
    /// The last dialog itself.
    pub peer: Option<Peer>,
}

/// A page of the list.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Page {
    /// In order.
    pub dialogs: Vec<(Peer, DialogRow)>,
    /// In the whole list.
    pub count: usize,
}

/// Both parts of the list: the main one and the archive.
const BOTH: [u8; 2] = [0, 1];

/// Dialogs of a folder, or of both: pinned ones first, on the first page only. Channels stand among the others by
/// their last message, which is read from their logs.
pub fn page(
    view: &(impl View + ?Sized),
    user: UserId,
    folder: Option<u8>,
    offset: Offset,
    skip_pinned: bool,
    limit: usize,
) -> Decided<Page> {
    let limit = limit.clamp(1, PAGE_MAX);
    let first = offset.date == 0 || offset.date >= view.now().secs() + 24 * 3600;
    let (mut keys, mut pinned, mut count) = (Vec::new(), Vec::new(), 0);
    for folder in BOTH.into_iter().filter(|it| folder.is_none_or(|wanted| wanted == *it)) {
        let channels = channels(view, user, folder)?;
        let whole = Range::prefix(folder_key(user, folder, false));
        count += view.scan(&whole, Direction::Forward, COUNTED_MAX)?.len() + channels.len();
        pinned.extend(shown_pinned(view, user, folder)?);
        let start = match offset.peer {
            Some(peer) if !first => place_key(user, folder, (offset.date, offset.id), peer).prefix_end(),
            None if !first => folder_builder(user, folder, false).u32_newest_first(offset.date.saturating_sub(1)).key(),
            _ => whole.start.clone(),
        };
        let rest = Range { start, end: whole.end };
        let stored = view.scan(&rest, Direction::Forward, limit)?.into_iter().map(|(key, _)| key);
        keys.extend(stored.chain(channels.into_iter().filter(|it| *it >= rest.start)));
    }
    let count = count + pinned.len();
    let mut dialogs = if first && !skip_pinned { pinned.clone() } else { Vec::new() };
    keys.sort_unstable_by(|one, other| place_in(one).cmp(place_in(other)));
    for key in keys.iter().take(limit) {
        if let Some(peer) = peer_of(key) {
            dialogs.push((peer, posts::list::shown(view, user, peer)?));
        }
    }
    dialogs.truncate(limit.max(pinned.len()));
    Ok(Page { dialogs, count })
}

/// What of a place's key orders it, whichever folder it is in: all after the user and the folder.
fn place_in(key: &Key) -> &[u8] {
    key.suffix().get(9..).unwrap_or_default()
}

/// All that is in a folder, in no order; channels as their logs show them.
pub fn within(view: &(impl View + ?Sized), user: UserId, folder: u8) -> Decided<Vec<(Peer, DialogRow)>> {
    let mut all = shown_pinned(view, user, folder)?;
    let whole = Range::prefix(folder_key(user, folder, false));
    for (key, _) in view.scan(&whole, Direction::Forward, COUNTED_MAX)? {
        if let Some(peer) = peer_of(&key) {
            all.push((peer, posts::list::shown(view, user, peer)?));
        }
    }
    for key in channels(view, user, folder)? {
        if let Some(peer) = peer_of(&key) {
            all.push((peer, posts::list::shown(view, user, peer)?));
        }
    }
    Ok(all)
}

/// The places that a user's channels have in a folder, those that are pinned left out.
fn channels(view: &(impl View + ?Sized), user: UserId, folder: u8) -> Decided<Vec<Key>> {
    let mut places = Vec::new();
    for access in posts::list::joined(view, user)? {
        let row = dialog(view, user, access.peer())?;
        if row.pin == 0 && row.folder == folder {
            places.push(place_key(user, folder, posts::list::place(view, &access)?, access.peer()));
        }
    }
    Ok(places)
}

/// The pinned dialogs of a folder as lists show them: without channels that are closed to the user.
pub fn shown_pinned(view: &(impl View + ?Sized), user: UserId, folder: u8) -> Decided<Vec<(Peer, DialogRow)>> {
    let mut all = Vec::new();
    for (peer, _) in pinned(view, user, folder)? {
        match posts::list::shown(view, user, peer) {
            Ok(row) => all.push((peer, row)),
            Err(Stop::Refuse(Refusal::ChannelInvalid | Refusal::ChannelPrivate)) => {}
            Err(other) => return Err(other),
        }
    }
    Ok(all)
}

/// Unread messages of all chats.
pub fn unread(view: &(impl View + ?Sized), user: UserId) -> Decided<u32> {
    let all: HashMap<_, _> = all(view, user)?.into_iter().collect();
    let mut sum = all.values().map(|it| it.unread).fold(0, u32::saturating_add);
    for channel in posts::voice::joined(view, user)? {
        let read = all.get(&Peer::Channel(channel)).map_or(MessageId(0), |it| it.read_inbox);
        // Most are read to their end, which is known without a look at them.
        if known_counters(view, channel)?.last_message_id <= read.0 {
            continue;
        }
        if let Some(access) = posts::list::open(view, user, channel)? {
            sum = sum.saturating_add(posts::list::unread_after(view, user, &access, read)?);
        }
    }
    Ok(sum)
}

/// The pinned dialogs of a folder, in order.
pub fn pinned(view: &(impl Rows + ?Sized), user: UserId, folder: u8) -> Decided<Vec<(Peer, DialogRow)>> {
    let rows = view.scan(&Range::prefix(folder_key(user, folder, true)), Direction::Forward, PAGE_MAX)?;
    let peers = rows.iter().filter_map(|(key, _)| peer_of(key));
    peers.map(|peer| Ok((peer, dialog(view, user, peer)?))).collect()
}

/// The people that a user has private chats with, most recent first.
pub fn chats_of(view: &(impl View + ?Sized), user: UserId) -> Decided<Vec<UserId>> {
    let mut all: Vec<_> = pinned(view, user, 0)?.into_iter().filter_map(|(peer, _)| peer.user()).collect();
    for folder in [0, 1] {
        let rows = view.scan(&Range::prefix(folder_key(user, folder, false)), Direction::Forward, PAGE_MAX)?;
        all.extend(rows.iter().filter_map(|(key, _)| peer_of(key)).filter_map(Peer::user));
    }
    Ok(all)
}

/// Every chat of a user, in no order.
pub fn all(view: &(impl Rows + ?Sized), user: UserId) -> Decided<Vec<(Peer, DialogRow)>> {
    let range = Range::prefix(Key::of(DIALOG, user.vshard().0).u64(user.0).key());
    let rows = crate::view::list::<DialogRow>(view, &range, Direction::Forward, COUNTED_MAX)?;
    Ok(rows.into_iter().filter_map(|(key, row)| Some((peer_of(&key)?, row))).collect())
}

fn dialog_key(user: UserId, peer: Peer) -> Key {
    let (kind, id) = peer.key_parts();
    Key::of(DIALOG, user.vshard().0).u64(user.0).u8(kind).u64(id).key()
}

/// A dialog's place: none without a date and a pin.
fn order_key(user: UserId, peer: Peer, row: &DialogRow) -> Option<Key> {
    let (kind, id) = peer.key_parts();
    match row {
        DialogRow { pin: 0, date: 0, .. } => None,
        DialogRow { pin: 0, .. } => Some(place_key(user, row.folder, (row.date, row.top), peer)),
        _ => Some(folder_builder(user, row.folder, true).u32_newest_first(row.pin).u8(kind).u64(id).key()),
    }
}

/// Newest first; of the same second the one with the newer message.
fn place_key(user: UserId, folder: u8, newest: (u32, MessageId), peer: Peer) -> Key {
    let (kind, id) = peer.key_parts();
    let (date, top) = (newest.0, newest.1.0.unsigned_abs());
    folder_builder(user, folder, false).u32_newest_first(date).u32_newest_first(top).u8(kind).u64(id).key()
}

fn folder_builder(user: UserId, folder: u8, pinned: bool) -> store::KeyBuilder {
    Key::of(DIALOG_ORDER, user.vshard().0).u64(user.0).u8(folder).u8(u8::from(!pinned))
}

fn folder_key(user: UserId, folder: u8, pinned: bool) -> Key {
    folder_builder(user, folder, pinned).key()
}

fn peer_of(key: &Key) -> Option<Peer> {
    let (kind, id) = key.suffix().last_chunk::<9>()?.split_first()?;
    Peer::from_key_parts(*kind, u64::from_be_bytes(id.try_into().ok()?))
}
