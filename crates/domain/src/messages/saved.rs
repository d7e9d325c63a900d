//! Saved Messages by where they came from: one's own notes, each chat they were saved from, and authors whose
//! accounts are hidden. An index row a message, a row a part.
//! Source: core.telegram.org/api/saved-messages, "Saved message dialogs".

use store::{Direction, Key, Range};

use super::rows::{MailboxRow, copy, id_of};
use crate::{
    caller::Caller,
    ids::{MessageId, Peer, UserId},
    record,
    refusal::Refusal,
    service::Command,
    spaces::{SAVED, SETTING},
    turn::Turn,
    updates::{self, Change},
    view::{Decided, Rows, View, list, load, load_or_default},
};

/// Parts on one page.
pub const PAGE_MAX: usize = 100;

/// Parts that may be pinned. Source: `saved_dialogs_pinned_limit_default`.
pub const PINNED_MAX: usize = 5;

/// Parts read for one answer.
const PARTS_MAX: usize = 10_000;

/// The kind of the pins among the account's settings.
const KIND: u8 = 32;

/// What stands in the index: messages, then parts.
const MESSAGES: u8 = 1;
const PARTS: u8 = 2;

record! {
    /// A part of Saved Messages.
    pub struct SavedDialogRow {
        /// Its last message.
        1 => top: MessageId,
        /// When that was saved, unix seconds.
        2 => date: u32,
    }
}

record! {
    /// The pinned parts, the highest first.
    pub struct SavedPins { 1 => order: Vec<Peer> }
}

/// A part of Saved Messages as lists show it.
#[derive(Clone, Debug, PartialEq)]
pub struct SavedDialog {
    /// Where its messages come from.
    pub origin: Peer,
    /// Its last message.
    pub top: MessageId,
    /// When that was saved, unix seconds.
    pub date: u32,
    /// Pinned.
    pub pinned: bool,
}

/// A page of parts.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Page {
    /// In order.
    pub dialogs: Vec<SavedDialog>,
    /// In all.
    pub count: usize,
    /// Whether nothing follows.
    pub last: bool,
}

/// The part of Saved Messages that a copy belongs to; `None` elsewhere.
pub fn origin(user: UserId, row: &MailboxRow) -> Option<Peer> {
    if row.peer != Peer::User(user) {
        return None;
    }
    let Some(forward) = &row.forward else { return Some(row.peer) };
    let author = forward.channel.or(forward.from.map(Peer::User));
    Some(forward.saved_peer.or(author).unwrap_or(Peer::User(UserId::HIDDEN)))
}

/// Notes a new copy.
pub(super) fn add(turn: &mut Turn<'_>, user: UserId, id: MessageId, row: &MailboxRow) {
    let Some(origin) = origin(user, row) else { return };
    turn.put_empty(message_key(user, origin, id));
    let part = SavedDialogRow { top: id, date: row.date, ..SavedDialogRow::default() };
    turn.put(part_key(user, origin), &part);
}

/// Forgets a copy that was deleted.
pub(super) fn remove(turn: &mut Turn<'_>, user: UserId, id: MessageId, row: &MailboxRow) -> Decided<()> {
    let Some(origin) = origin(user, row) else { return Ok(()) };
    turn.delete(message_key(user, origin, id));
    let key = part_key(user, origin);
    if load_or_default::<SavedDialogRow>(turn, &key)?.top != id {
        return Ok(());
    }
    let last = turn.scan(&range(user, origin), Direction::Backward, 1)?;
    let Some(top) = last.first().map(|(key, _)| id_of(key)) else {
        turn.delete(key);
        return Ok(());
    };
    let date = copy(turn, user, top)?.map_or(0, |it| it.date);
    turn.put(key, &SavedDialogRow { top, date, ..SavedDialogRow::default() });
    Ok(())
}

/// The messages of a part, in order of number.
pub(super) fn range(user: UserId, origin: Peer) -> Range {
    let (kind, id) = origin.key_parts();
    Range::prefix(of(user, MESSAGES).u8(kind).u64(id).key())
}

/// The place of a message in its part.
pub(super) fn message_key(user: UserId, origin: Peer, message: MessageId) -> Key {
    let (kind, id) = origin.key_parts();
    of(user, MESSAGES).u8(kind).u64(id).u32(message.0.unsigned_abs()).key()
}

/// Where a page of parts begins: after this one; a date of 0 is the top.
#[derive(Clone, Copy, Debug, Default)]
pub struct Offset {
    /// When the last message of the part before was saved.
    pub date: u32,
    /// That message; 0: none of that date.
    pub id: MessageId,
}

/// Parts by their last message, the latest first; pinned ones stand above on the first page.
pub fn page(
    view: &(impl View + ?Sized),
    user: UserId,
    exclude_pinned: bool,
    offset: Offset,
    limit: usize,
) -> Decided<Page> {
    let pinned = pinned(view, user)?;
    let mut rest = all(view, user)?;
    let count = rest.len();
    rest.retain(|it| !pinned.iter().any(|pin| pin.origin == it.origin));
    rest.sort_by_key(|it| std::cmp::Reverse((it.date, it.top)));
    let first = offset.date == 0 || offset.date >= view.now().secs() + 24 * 3600;
    if !first {
        rest.retain(|it| (it.date, it.top) < (offset.date, offset.id));
    }
    let mut dialogs = if first && !exclude_pinned { pinned } else { Vec::new() };
    dialogs.extend(rest);
    let limit = limit.clamp(1, PAGE_MAX);
    let last = dialogs.len() <= limit;
    dialogs.truncate(limit);
    Ok(Page { dialogs, count, last })
}

/// The pinned parts, in order.
pub fn pinned(view: &(impl Rows + ?Sized), user: UserId) -> Decided<Vec<SavedDialog>> {
    let mut found = Vec::new();
    for origin in load_or_default::<SavedPins>(view, &pins_key(user))?.order {
        // A part whose messages are all gone is none.
        found.extend(dialog(view, user, origin)?.map(|it| SavedDialog { pinned: true, ..it }));
    }
    Ok(found)
}

/// These parts; ones without messages are left out.
pub fn by_origin(view: &(impl Rows + ?Sized), user: UserId, origins: &[Peer]) -> Decided<Vec<SavedDialog>> {
    let pinned = pinned(view, user)?;
    let mut found = Vec::new();
    for &origin in origins {
        let is_pinned = pinned.iter().any(|it| it.origin == origin);
        found.extend(dialog(view, user, origin)?.map(|it| SavedDialog { pinned: is_pinned, ..it }));
    }
    Ok(found)
}

fn dialog(view: &(impl Rows + ?Sized), user: UserId, origin: Peer) -> Decided<Option<SavedDialog>> {
    let row: Option<SavedDialogRow> = load(view, &part_key(user, origin))?;
    Ok(row.map(|row| SavedDialog { origin, top: row.top, date: row.date, pinned: false }))
}

fn all(view: &(impl Rows + ?Sized), user: UserId) -> Decided<Vec<SavedDialog>> {
    let rows = list::<SavedDialogRow>(view, &Range::prefix(of(user, PARTS).key()), Direction::Forward, PARTS_MAX)?;
    let part = |(key, row): (Key, SavedDialogRow)| {
        let (kind, id) = key.suffix().last_chunk::<9>()?.split_first()?;
        let origin = Peer::from_key_parts(*kind, u64::from_be_bytes(id.try_into().ok()?))?;
        Some(SavedDialog { origin, top: row.top, date: row.date, pinned: false })
    };
    Ok(rows.into_iter().filter_map(part).collect())
}

/// Pins a part, or takes the pin away.
pub struct ToggleSavedPin {
    /// Who.
    pub by: Caller,
    /// Which.
    pub origin: Peer,
    /// Pin or not.
    pub pinned: bool,
}

impl Command for ToggleSavedPin {
    type Reply = ();

    fn decide(&self, turn: &mut Turn<'_>) -> Decided<()> {
        let me = self.by.user;
        if dialog(turn, me, self.origin)?.is_none() {
            return Err(Refusal::PeerIdInvalid.into());
        }
        let mut order: Vec<_> = pinned(turn, me)?.into_iter().map(|it| it.origin).collect();
        if order.contains(&self.origin) == self.pinned {
            return Ok(());
        }
        if self.pinned && order.len() >= PINNED_MAX {
            return Err(Refusal::PinnedDialogsTooMuch.into());
        }
        order.retain(|it| *it != self.origin);
        if self.pinned {
            order.insert(0, self.origin);
        }
        turn.put(pins_key(me), &SavedPins { order, ..SavedPins::default() });
        let change = Change::SavedDialogPinned { peer: self.origin, pinned: self.pinned };
        updates::append(turn, me, change, 0, Some(self.by.origin)).map(drop)
    }
}

/// Puts the pinned parts in this order.
pub struct ReorderSavedPins {
    /// Who.
    pub by: Caller,
    /// The highest first.
    pub order: Vec<Peer>,
    /// Parts not named lose their pin.
    pub force: bool,
}

impl Command for ReorderSavedPins {
    type Reply = ();

    fn decide(&self, turn: &mut Turn<'_>) -> Decided<()> {
        let me = self.by.user;
        let before: Vec<_> = pinned(turn, me)?.into_iter().map(|it| it.origin).collect();
        let mut order: Vec<Peer> = Vec::new();
        for &origin in &self.order {
            if dialog(turn, me, origin)?.is_none() {
                return Err(Refusal::PeerIdInvalid.into());
            }
            if !order.contains(&origin) {
                order.push(origin);
            }
        }
        if !self.force {
            let others = before.iter().filter(|it| !self.order.contains(it));
            order.extend(others.copied());
        }
        if order.len() > PINNED_MAX {
            return Err(Refusal::PinnedDialogsTooMuch.into());
        }
        if order == before {
            return Ok(());
        }
        turn.put(pins_key(me), &SavedPins { order, ..SavedPins::default() });
        updates::append(turn, me, Change::SavedPinnedOrder {}, 0, Some(self.by.origin)).map(drop)
    }
}

fn part_key(user: UserId, origin: Peer) -> Key {
    let (kind, id) = origin.key_parts();
    of(user, PARTS).u8(kind).u64(id).key()
}

fn pins_key(user: UserId) -> Key {
    Key::of(SETTING, user.vshard().0).u64(user.0).u8(KIND).key()
}

fn of(user: UserId, what: u8) -> store::KeyBuilder {
    Key::of(SAVED, user.vshard().0).u64(user.0).u8(what)
}
