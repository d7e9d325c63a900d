//! The address book: adding, importing, deleting contacts; who has whom.
//! Source: core.telegram.org/api/contacts.

use bytes::Bytes;
use store::{Direction, Key, Range};
use vault::Kind;

use crate::{
    caller::Caller,
    deliveries::{Delivery, deliver},
    files::Photo,
    ids::{Peer, UserId},
    people::{Delivered, NameKind, address_book, digits, holder, lookups, presence, privacy, user},
    record,
    record::Record,
    refusal::Refusal,
    sealing,
    service::Command,
    spaces::CONTACT,
    turn::Turn,
    updates::{self, Change},
    view::{Decided, Rows, View, list, load_or_default},
};

/// Contacts of one account; Telegram's own limit is of this order.
pub const CONTACTS_MAX: usize = 10_000;

/// Characters of a contact's first or last name.
const NAME_MAX: usize = 64;

record! {
    /// What one user's address book and the other's say of each other; kept in both mailboxes.
    pub struct ContactRow {
        /// In this user's address book.
        1 => mine: bool,
        /// This user is in the other's.
        2 => known_by: bool,
        /// A [`ContactLabel`], sealed under this user's account key; AAD is the other's id.
        3 => label: Bytes,
        4 => label_version: u32,
        /// Added, unix seconds.
        5 => since: u32,
        /// This user lets the other see its number whatever the privacy rules say.
        6 => shares_phone: bool,
        /// The other lets this user see its number.
        7 => shown_phone: bool,
        /// The action bar of the chat was dismissed.
        8 => bar_hidden: bool,
    }
}

record! {
    /// How this user calls the other; stored only sealed.
    pub struct ContactLabel {
        1 => first_name: String,
        2 => last_name: String,
        3 => note: String,
        4 => phone: String,
        /// Shown to this user in place of the other's own.
        5 => photo: Option<Photo>,
    }
}

/// The row of a pair; a default one where they don't know each other.
pub fn contact(view: &(impl Rows + ?Sized), owner: UserId, other: UserId) -> Decided<ContactRow> {
    load_or_default(view, &contact_key(owner, other))
}

/// How the owner calls the other, where it is a contact.
pub fn label(
    view: &(impl View + ?Sized),
    owner: UserId,
    other: UserId,
    row: &ContactRow,
) -> Decided<Option<ContactLabel>> {
    if !row.mine || row.label.is_empty() {
        return Ok(None);
    }
    let scope = sealing::account_scope(owner);
    let id = other.0.to_be_bytes();
    let plain = sealing::open(view, scope, Kind::ContactLabel, &id, row.label_version, &row.label)?;
    Ok(Some(ContactLabel::decode(&plain)?))
}

/// Every contact of a user, in order of id.
pub fn contacts(view: &(impl Rows + ?Sized), owner: UserId) -> Decided<Vec<(UserId, ContactRow)>> {
    let rows = list::<ContactRow>(view, &contact_range(owner), Direction::Forward, CONTACTS_MAX)?;
    Ok(rows.into_iter().filter(|(_, row)| row.mine).map(|(key, row)| (other_of(&key), row)).collect())
}

/// Whether `other` is in the address book of `owner`.
pub fn is_contact(view: &(impl Rows + ?Sized), owner: UserId, other: UserId) -> Decided<bool> {
    Ok(contact(view, owner, other)?.mine)
}

/// One entry of an address book as a client uploads it.
#[derive(Clone, Debug, Default)]
pub struct Entry {
    /// The client's number for the entry, told back.
    pub client_id: i64,
    /// As written.
    pub phone: String,
    /// Up to 64 characters.
    pub first_name: String,
    /// Up to 64 characters.
    pub last_name: String,
    /// For the owner alone.
    pub note: String,
}

/// Adds a user under a name of the caller's choice.
pub struct AddContact {
    /// Who.
    pub by: Caller,
    /// Whom.
    pub other: UserId,
    /// The name; the phone is kept as a note of the address book.
    pub entry: Entry,
    /// Lets the other see the caller's number.
    pub share_phone: bool,
}

impl Command for AddContact {
    type Reply = ();

    fn decide(&self, turn: &mut Turn<'_>) -> Decided<()> {
        if self.entry.first_name.trim().is_empty() {
            return Err(Refusal::ContactNameEmpty.into());
        }
        if self.other == self.by.user || user(turn, self.other)?.is_none_or(|it| it.deleted) {
            return Err(Refusal::ContactIdInvalid.into());
        }
        add(turn, &self.by, self.other, &self.entry, self.share_phone)?;
        updates::append(
            turn,
            self.by.user,
            Change::PeerSettings { peer: Peer::User(self.other) },
            0,
            Some(self.by.origin),
        )?;
        Ok(())
    }
}

/// Matches uploaded numbers with accounts, under their privacy, and adds those found.
pub struct ImportContacts {
    /// Who.
    pub by: Caller,
    /// At most a few hundred.
    pub entries: Vec<Entry>,
}

/// What an import found.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Imported {
    /// Entries that are accounts, as (client id, user).
    pub found: Vec<(i64, UserId)>,
    /// Client ids of entries that were not looked at: there were too many of late.
    pub retry: Vec<i64>,
}

impl Command for ImportContacts {
    type Reply = Imported;

    fn decide(&self, turn: &mut Turn<'_>) -> Decided<Imported> {
        let mut imported = Imported::default();
        let numbers: Vec<_> = self.entries.iter().filter_map(|it| Some((it, digits(&it.phone)?))).collect();
        let mut fresh = Vec::with_capacity(numbers.len());
        for (_, phone) in &numbers {
            fresh.push(!address_book::holds(turn, self.by.user, phone)?);
        }
        let mut granted = lookups::take(turn, self.by.user, fresh.iter().filter(|it| **it).count())?;
        let room = address_book::ENTRIES_MAX.saturating_sub(address_book::count(turn, self.by.user)?);
        granted = granted.min(room);
        for ((entry, phone), fresh) in numbers.into_iter().zip(fresh) {
            if fresh && granted == 0 {
                imported.retry.push(entry.client_id);
                continue;
            }
            granted -= usize::from(fresh);
            address_book::keep(turn, self.by.user, &phone, entry)?;
            let Some(other) = holder(turn, NameKind::Phone, &phone)? else { continue };
            if other == self.by.user {
                imported.found.push((entry.client_id, other));
                continue;
            }
            let allowed = privacy::allows(turn, other, privacy::Key::AddedByPhone, self.by.user)?;
            if user(turn, other)?.is_none_or(|it| it.deleted) || !allowed {
                continue;
            }
            add(turn, &self.by, other, &Entry { phone, ..entry.clone() }, false)?;
            imported.found.push((entry.client_id, other));
        }
        Ok(imported)
    }
}

/// Removes contacts; the caller's name for them is forgotten.
pub struct DeleteContacts {
    /// Who.
    pub by: Caller,
    /// Whom.
    pub others: Vec<UserId>,
}

impl Command for DeleteContacts {
    type Reply = ();

    fn decide(&self, turn: &mut Turn<'_>) -> Decided<()> {
        for &other in &self.others {
            let key = contact_key(self.by.user, other);
            let mut row: ContactRow = load_or_default(turn, &key)?;
            if !row.mine {
                continue;
            }
            if let Some(label) = label(turn, self.by.user, other, &row)?
                && let Some(phone) = digits(&label.phone)
            {
                address_book::drop_number(turn, self.by.user, &phone);
            }
            row.mine = false;
            row.label = Bytes::new();
            row.shares_phone = false;
            if row.known_by {
                turn.put(key, &row)
            } else {
                turn.delete(key)
            }
            let what = Delivered::ContactOf { is: false, shares_phone: false };
            deliver(turn, self.by.user, other, Delivery::People { what })?;
            let change = Change::PeerSettings { peer: Peer::User(other) };
            updates::append(turn, self.by.user, change, 0, Some(self.by.origin))?;
        }
        Ok(())
    }
}

/// Shares the caller's number with somebody who added the caller.
pub struct AcceptContact {
    /// Who.
    pub by: Caller,
    /// With whom.
    pub other: UserId,
}

impl Command for AcceptContact {
    type Reply = ();

    fn decide(&self, turn: &mut Turn<'_>) -> Decided<()> {
        let key = contact_key(self.by.user, self.other);
        let mut row: ContactRow = load_or_default(turn, &key)?;
        if !row.known_by || row.shares_phone {
            return Err(Refusal::ContactReqMissing.into());
        }
        row.shares_phone = true;
        turn.put(key, &row);
        let what = Delivered::ContactOf { is: row.mine, shares_phone: true };
        deliver(turn, self.by.user, self.other, Delivery::People { what })?;
        let change = Change::PeerSettings { peer: Peer::User(self.other) };
        updates::append(turn, self.by.user, change, 0, Some(self.by.origin))?;
        Ok(())
    }
}

/// Changes the owner's private note on a contact.
pub struct UpdateNote {
    /// Who.
    pub by: Caller,
    /// On whom.
    pub other: UserId,
    /// Empty: none.
    pub note: String,
}

impl Command for UpdateNote {
    type Reply = ();

    fn decide(&self, turn: &mut Turn<'_>) -> Decided<()> {
        let key = contact_key(self.by.user, self.other);
        let mut row: ContactRow = load_or_default(turn, &key)?;
        let label = label(turn, self.by.user, self.other, &row)?.ok_or(Refusal::ContactMissing)?;
        let label = ContactLabel { note: self.note.clone(), ..label };
        put_label(turn, self.by.user, self.other, &mut row, &label)?;
        turn.put(key, &row);
        updates::append(turn, self.by.user, Change::User { user: self.other }, 0, Some(self.by.origin))?;
        Ok(())
    }
}

/// Dismisses the action bar of a chat.
pub struct HideBar {
    /// Who.
    pub by: Caller,
    /// In which chat.
    pub other: UserId,
}

impl Command for HideBar {
    type Reply = ();

    fn decide(&self, turn: &mut Turn<'_>) -> Decided<()> {
        let key = contact_key(self.by.user, self.other);
        let mut row: ContactRow = load_or_default(turn, &key)?;
        row.bar_hidden = true;
        turn.put(key, &row);
        let change = Change::PeerSettings { peer: Peer::User(self.other) };
        updates::append(turn, self.by.user, change, 0, Some(self.by.origin))?;
        Ok(())
    }
}

/// The other side put this user into its address book, or took it out.
pub(super) fn receive_contact_of(
    turn: &mut Turn<'_>,
    owner: UserId,
    other: UserId,
    is: bool,
    shares_phone: bool,
) -> Decided<()> {
    let key = contact_key(owner, other);
    let mut row: ContactRow = load_or_default(turn, &key)?;
    let before = row.clone();
    row.known_by = is;
    row.shown_phone = shares_phone;
    if row == before {
        return Ok(());
    }
    if row.known_by || row.mine || row.bar_hidden || row.shares_phone {
        turn.put(key, &row)
    } else {
        turn.delete(key)
    }
    updates::append(turn, owner, Change::PeerSettings { peer: Peer::User(other) }, 0, None)?;
    Ok(())
}

/// The other side's account is deleted: it is nobody's contact any more.
pub(super) fn receive_gone(turn: &mut Turn<'_>, owner: UserId, other: UserId) -> Decided<()> {
    let key = contact_key(owner, other);
    if turn.get(&key)?.is_some() {
        turn.delete(key);
    }
    updates::append(turn, owner, Change::User { user: other }, 0, None).map(drop)
}

/// The other user of a contact row.
pub(super) fn other_of(key: &Key) -> UserId {
    let suffix = key.suffix();
    let tail = suffix.last_chunk().copied().unwrap_or_default();
    UserId(u64::from_be_bytes(tail))
}

fn add(turn: &mut Turn<'_>, by: &Caller, other: UserId, entry: &Entry, share_phone: bool) -> Decided<()> {
    let key = contact_key(by.user, other);
    let mut row: ContactRow = load_or_default(turn, &key)?;
    let old = label(turn, by.user, other, &row)?.unwrap_or_default();
    let label = ContactLabel {
        first_name: cut(&entry.first_name),
        last_name: cut(&entry.last_name),
        note: if entry.note.is_empty() { old.note } else { entry.note.clone() },
        phone: if entry.phone.is_empty() { old.phone } else { entry.phone.clone() },
        photo: old.photo,
        ..ContactLabel::default()
    };
    row.mine = true;
    row.shares_phone |= share_phone;
    if row.since == 0 {
        row.since = turn.now().secs();
    }
    put_label(turn, by.user, other, &mut row, &label)?;
    turn.put(key, &row);
    let what = Delivered::ContactOf { is: true, shares_phone: row.shares_phone };
    deliver(turn, by.user, other, Delivery::People { what })
}

/// Writes a contact with another label.
pub(super) fn put(
    turn: &mut Turn<'_>,
    owner: UserId,
    other: UserId,
    mut row: ContactRow,
    label: &ContactLabel,
) -> Decided<()> {
    put_label(turn, owner, other, &mut row, label)?;
    turn.put(contact_key(owner, other), &row);
    Ok(())
}

fn put_label(
    turn: &mut Turn<'_>,
    owner: UserId,
    other: UserId,
    row: &mut ContactRow,
    label: &ContactLabel,
) -> Decided<()> {
    row.label_version += 1;
    let scope = sealing::account_scope(owner);
    let id = other.0.to_be_bytes();
    row.label = sealing::seal(turn, scope, Kind::ContactLabel, &id, row.label_version, &label.encode())?;
    Ok(())
}

fn cut(name: &str) -> String {
    name.trim().chars().take(NAME_MAX).collect()
}

fn contact_key(owner: UserId, other: UserId) -> Key {
    Key::of(CONTACT, owner.vshard().0).u64(owner.0).u64(other.0).key()
}

fn contact_range(owner: UserId) -> Range {
    Range::prefix(Key::of(CONTACT, owner.vshard().0).u64(owner.0).key())
}

/// Statuses of every contact, each under its owner's privacy.
pub fn statuses(view: &(impl View + ?Sized), me: UserId) -> Decided<Vec<(UserId, super::SeenStatus)>> {
    let all = contacts(view, me)?;
    all.into_iter().map(|(other, _)| Ok((other, presence::seen_status(view, me, other)?))).collect()
}
