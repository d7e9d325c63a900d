//! The uploaded address book: numbers that are not accounts yet wait here, so that their owner is told
//! when one joins. Rows are keyed by a keyed hash; the entries are sealed.

use bytes::Bytes;
use store::{Direction, Key, Range};
use vault::Kind;

use crate::{
    caller::Caller,
    ids::{UserId, VSHARDS_IN_USE},
    people::contacts::Entry,
    record,
    record::Record,
    sealing,
    service::Command,
    spaces::{ADDRESS_BOOK, IMPORTED},
    turn::Turn,
    updates::{self, Change},
    view::{Decided, Rows, View, list},
    world::World,
};

/// Entries of one address book, and people told that one number joined.
pub const ENTRIES_MAX: usize = 4_000;

record! {
    /// One uploaded entry, sealed under the owner's account key; AAD is the row's hash.
    pub struct SavedEntry { 1 => sealed: Bytes, 2 => since: u32 }
}

record! {
    /// What an entry says; stored only sealed.
    pub struct SavedContact { 1 => phone: String, 2 => first_name: String, 3 => last_name: String }
}

/// Keeps an entry.
pub(super) fn keep(turn: &mut Turn<'_>, owner: UserId, phone: &str, entry: &Entry) -> Decided<()> {
    let hash = number_hash(turn.world(), phone);
    let saved = SavedContact {
        phone: phone.to_owned(),
        first_name: entry.first_name.clone(),
        last_name: entry.last_name.clone(),
        ..SavedContact::default()
    };
    let scope = sealing::account_scope(owner);
    let sealed = sealing::seal(turn, scope, Kind::ContactLabel, &hash, 0, &saved.encode())?;
    let row = SavedEntry { sealed, since: turn.now().secs(), ..SavedEntry::default() };
    turn.put(saved_key(owner, &hash), &row);
    turn.put_empty(book_key(&hash, owner));
    Ok(())
}

/// Whether a number is in the address book already.
pub(super) fn holds(view: &(impl View + ?Sized), owner: UserId, phone: &str) -> Decided<bool> {
    Ok(view.get(&saved_key(owner, &number_hash(view.world(), phone)))?.is_some())
}

/// How many entries there are.
pub fn count(view: &(impl View + ?Sized), owner: UserId) -> Decided<usize> {
    let range = Range::prefix(Key::of(IMPORTED, owner.vshard().0).u64(owner.0).key());
    Ok(view.scan(&range, Direction::Forward, ENTRIES_MAX)?.len())
}

/// The uploaded entries of a user.
pub fn saved(view: &(impl View + ?Sized), owner: UserId) -> Decided<Vec<(u32, SavedContact)>> {
    let range = Range::prefix(Key::of(IMPORTED, owner.vshard().0).u64(owner.0).key());
    let rows = list::<SavedEntry>(view, &range, Direction::Forward, ENTRIES_MAX)?;
    let scope = sealing::account_scope(owner);
    let open = |(key, row): (Key, SavedEntry)| {
        let plain = sealing::open(view, scope, Kind::ContactLabel, &key.suffix()[8..], 0, &row.sealed)?;
        Ok((row.since, SavedContact::decode(&plain)?))
    };
    rows.into_iter().map(open).collect()
}

/// Who has a number in the address book, for the notice that it joined.
pub fn waiting_for(view: &(impl View + ?Sized), phone: &str) -> Decided<Vec<UserId>> {
    let hash = number_hash(view.world(), phone);
    let rows = view.scan(&Range::prefix(book_prefix(&hash)), Direction::Forward, ENTRIES_MAX)?;
    let owner = |key: &Key| key.suffix().last_chunk().map(|it| UserId(u64::from_be_bytes(*it)));
    Ok(rows.iter().filter_map(|(key, _)| owner(key)).collect())
}

/// Takes a number out of the address book: nobody is told any more when it joins.
pub(super) fn drop_number(turn: &mut Turn<'_>, owner: UserId, phone: &str) {
    let hash = number_hash(turn.world(), phone);
    turn.delete(saved_key(owner, &hash));
    turn.delete(book_key(&hash, owner));
}

/// Takes numbers out of the address book; contacts stay.
pub struct DropNumbers {
    /// Who.
    pub by: Caller,
    /// Digits only.
    pub phones: Vec<String>,
}

impl Command for DropNumbers {
    type Reply = ();

    fn decide(&self, turn: &mut Turn<'_>) -> Decided<()> {
        self.phones.iter().for_each(|phone| drop_number(turn, self.by.user, phone));
        Ok(())
    }
}

/// Forgets every uploaded entry; contacts stay.
pub struct ResetSaved {
    /// Who.
    pub by: Caller,
}

impl Command for ResetSaved {
    type Reply = ();

    fn decide(&self, turn: &mut Turn<'_>) -> Decided<()> {
        let owner = self.by.user;
        let range = Range::prefix(Key::of(IMPORTED, owner.vshard().0).u64(owner.0).key());
        // Two rows an entry: half of what a command may write.
        for (key, _) in turn.scan(&range, Direction::Forward, crate::owner::COMMAND_ROWS_MAX / 2 - 8)? {
            turn.delete(book_key(&key.suffix()[8..], owner));
            turn.delete(key);
        }
        updates::append(turn, owner, Change::ContactsReset {}, 0, Some(self.by.origin))?;
        Ok(())
    }
}

/// Takes a deleted account off the list of those who wait for a number.
pub(crate) fn forget(turn: &mut Turn<'_>, owner: UserId, hash: &[u8]) {
    turn.delete(book_key(hash, owner));
}

fn number_hash(world: &World, phone: &str) -> [u8; 16] {
    world.name_hash(3, phone)
}

fn saved_key(owner: UserId, hash: &[u8]) -> Key {
    Key::of(IMPORTED, owner.vshard().0).u64(owner.0).bytes(hash).key()
}

fn book_prefix(hash: &[u8]) -> Key {
    let vshard = u16::from_be_bytes([hash[0], hash[1]]) % VSHARDS_IN_USE;
    Key::of(ADDRESS_BOOK, vshard).bytes(hash).key()
}

fn book_key(hash: &[u8], owner: UserId) -> Key {
    let vshard = u16::from_be_bytes([hash[0], hash[1]]) % VSHARDS_IN_USE;
    Key::of(ADDRESS_BOOK, vshard).bytes(hash).u64(owner.0).key()
}
