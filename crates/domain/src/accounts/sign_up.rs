//! Creating an account for a number that has proved itself.

use store::Key;

use super::{codes, devices};
use crate::{
    ids::{AuthKeyId, UserId, VSHARDS_IN_USE, VShard},
    messages,
    people::{NameKind, UserCard, UserRow, address_book, digits, edit, holder, names, put_user},
    record,
    refusal::Refusal,
    service::Command,
    spaces::{ALLOCATOR, INVITED},
    turn::Turn,
    view::{Decided, View, load_or_default},
    world::{Registration, World},
};

record! {
    /// The last number that a vshard gave out.
    pub struct Allocator { 1 => last: u64 }
}

/// An account for a number.
pub struct SignUp {
    /// The permanent key of the request.
    pub key: AuthKeyId,
    /// As written.
    pub phone: String,
    /// The code's name; the code has been guessed.
    pub hash: String,
    /// Must not be empty.
    pub first_name: String,
    /// May be empty.
    pub last_name: String,
    /// Nobody is told that the number joined.
    pub quietly: bool,
}

impl Command for SignUp {
    type Reply = UserId;

    fn decide(&self, turn: &mut Turn<'_>) -> Decided<UserId> {
        let phone = digits(&self.phone).ok_or(Refusal::PhoneNumberInvalid)?;
        if !codes::verified(turn, &phone, &self.hash)? {
            return Err(Refusal::PhoneCodeInvalid.into());
        }
        if holder(turn, NameKind::Phone, &phone)?.is_some() {
            return Err(Refusal::PhoneNumberOccupied.into());
        }
        refuse_closed(turn, &phone)?;
        let first_name = edit::name(&self.first_name).filter(|it| !it.is_empty()).ok_or(Refusal::FirstnameInvalid)?;
        let last_name = edit::name(&self.last_name).ok_or(Refusal::LastnameInvalid)?;
        let id = allocate(turn)?;
        let row = UserRow { created: turn.now().secs(), ..UserRow::default() };
        let card = UserCard { first_name, last_name, phone: phone.clone(), ..UserCard::default() };
        put_user(turn, id, row, &card)?;
        names::claim(turn, NameKind::Phone, &phone, id);
        codes::spend(turn, &phone)?;
        devices::authorize(turn, self.key, id, true)?;
        let waiting = if self.quietly { Vec::new() } else { address_book::waiting_for(turn, &phone)? };
        for other in waiting.into_iter().filter(|it| *it != id) {
            messages::joined(turn, id, other)?;
        }
        Ok(id)
    }
}

/// Refuses a number that may not register.
pub(super) fn refuse_closed(view: &(impl View + ?Sized), phone: &str) -> Decided<()> {
    let open = match view.world().settings.registration {
        _ if codes::test_code(view.world(), phone).is_some() => true,
        Registration::Open => true,
        Registration::Invite => view.get(&invited_key(view.world(), phone))?.is_some(),
        Registration::Closed => false,
    };
    if open { Ok(()) } else { Err(Refusal::PhoneNumberUnoccupied.into()) }
}

/// The row of a number that the operator lets register.
pub(super) fn invited_key(world: &World, phone: &str) -> Key {
    let hash = world.name_hash(5, phone);
    let vshard = u16::from_be_bytes([hash[0], hash[1]]) % VSHARDS_IN_USE;
    Key::of(INVITED, vshard).bytes(&hash).key()
}

/// A fresh id on a vshard drawn at random.
pub(crate) fn allocate(turn: &mut Turn<'_>) -> Decided<UserId> {
    let vshard = VShard(u16::from_be_bytes(turn.draw()) % VSHARDS_IN_USE);
    let key = Key::of(ALLOCATOR, vshard.0).key();
    let mut row: Allocator = load_or_default(turn, &key)?;
    row.last += 1;
    turn.put(key, &row);
    Ok(UserId::new(row.last, vshard))
}
