//! What an operator may do with accounts.

use store::{Direction, Key, Range};

use super::{codes, devices, sign_up::invited_key};
use crate::{
    ids::{UserId, VSHARDS_IN_USE},
    people::{NameKind, UserRow, digits, holder, user, user_key},
    record::Record,
    refusal::Refusal,
    service::Command,
    spaces::USER,
    turn::Turn,
    view::{Decided, View},
};

/// Accounts listed at once.
pub const LISTED_MAX: usize = 10_000;

/// Lets a number register.
pub struct AllowNumber {
    /// As written.
    pub phone: String,
}

impl Command for AllowNumber {
    type Reply = ();

    fn decide(&self, turn: &mut Turn<'_>) -> Decided<()> {
        let phone = digits(&self.phone).ok_or(Refusal::PhoneNumberInvalid)?;
        turn.put_empty(invited_key(turn.world(), &phone));
        Ok(())
    }
}

/// The code that a number waits for.
pub fn code(view: &(impl View + ?Sized), phone: &str) -> Decided<Option<String>> {
    codes::waiting(view, &digits(phone).ok_or(Refusal::PhoneNumberInvalid)?)
}

/// An account as the operator sees it: nothing that its owner wrote.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Listed {
    /// The account.
    pub id: UserId,
    /// Unix seconds.
    pub created: u32,
    /// Deleted.
    pub deleted: bool,
    /// Switched off.
    pub disabled: bool,
}

/// Accounts in order of vshard and id.
pub fn list(view: &(impl View + ?Sized)) -> Decided<Vec<Listed>> {
    let range = Range { start: Key::of(USER, 0).key(), end: Key::of(USER, VSHARDS_IN_USE).key() };
    let rows = view.scan(&range, Direction::Forward, LISTED_MAX)?;
    let mut all = Vec::with_capacity(rows.len());
    for (key, bytes) in rows {
        let row = UserRow::decode(&bytes)?;
        let id = UserId(key.suffix().last_chunk().map_or(0, |it| u64::from_be_bytes(*it)));
        all.push(Listed { id, created: row.created, deleted: row.deleted, disabled: row.disabled });
    }
    Ok(all)
}

/// Switches an account off or on.
pub struct SetDisabled {
    /// As written.
    pub phone: String,
    /// Off.
    pub disabled: bool,
}

impl Command for SetDisabled {
    type Reply = ();

    fn decide(&self, turn: &mut Turn<'_>) -> Decided<()> {
        let phone = digits(&self.phone).ok_or(Refusal::PhoneNumberInvalid)?;
        let id = holder(turn, NameKind::Phone, &phone)?.ok_or(Refusal::PhoneNumberUnoccupied)?;
        let mut row = user(turn, id)?.ok_or(Refusal::PhoneNumberUnoccupied)?;
        row.disabled = self.disabled;
        turn.put(user_key(id), &row);
        if self.disabled {
            devices::revoke_all(turn, id)?;
        }
        Ok(())
    }
}
