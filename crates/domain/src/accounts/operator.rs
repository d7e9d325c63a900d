//! What an operator may do with accounts.

pub mod names;

use store::{Direction, Key, Range};

use super::{codes, devices, keys::Ended, sign_up::invited_key};
use crate::{
    ids::{UserId, VSHARDS_IN_USE},
    people::{NameKind, UserRow, audience, digits, holder, user, user_key},
    record::Record,
    refusal::Refusal,
    service::Command,
    spaces::USER,
    turn::Turn,
    updates::{self, Change},
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
    /// Staff.
    pub support: bool,
}

/// Accounts in order of vshard and id.
pub fn list(view: &(impl View + ?Sized)) -> Decided<Vec<Listed>> {
    let range = Range { start: Key::of(USER, 0).key(), end: Key::of(USER, VSHARDS_IN_USE).key() };
    let rows = view.scan(&range, Direction::Forward, LISTED_MAX)?;
    let mut all = Vec::with_capacity(rows.len());
    for (key, bytes) in rows {
        let row = UserRow::decode(&bytes)?;
        let id = UserId(key.suffix().last_chunk().map_or(0, |it| u64::from_be_bytes(*it)));
        all.push(Listed {
            id,
            created: row.created,
            deleted: row.deleted,
            disabled: row.disabled,
            support: row.support,
        });
    }
    Ok(all)
}

/// Refuses to sign in to an account that is switched off or gone.
pub(super) fn refuse_switched_off(view: &(impl View + ?Sized), id: UserId) -> Decided<()> {
    let row = user(view, id)?.ok_or(Refusal::UserDeactivated)?;
    match row {
        UserRow { deleted: true, .. } => Err(Refusal::UserDeactivated.into()),
        UserRow { disabled: true, .. } => Err(Refusal::UserDeactivatedBan.into()),
        UserRow { .. } => Ok(()),
    }
}

/// What an account may be beside a person's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// A person's.
    Member,
    /// Staff: shown as support, told of by help.getSupport's users, may ask for the support name.
    Support,
}

/// Gives an account a role.
pub struct SetRole {
    /// As written.
    pub phone: String,
    /// Which.
    pub role: Role,
}

impl Command for SetRole {
    type Reply = ();

    fn decide(&self, turn: &mut Turn<'_>) -> Decided<()> {
        let (id, mut row) = named(turn, &self.phone)?;
        row.support = self.role == Role::Support;
        turn.put(user_key(id), &row);
        audience::tell_others(turn, id, Change::User { user: id })?;
        updates::append(turn, id, Change::User { user: id }, 0, None).map(drop)
    }
}

/// Who has a number.
fn named(turn: &Turn<'_>, phone: &str) -> Decided<(UserId, UserRow)> {
    let phone = digits(phone).ok_or(Refusal::PhoneNumberInvalid)?;
    let id = holder(turn, NameKind::Phone, &phone)?.ok_or(Refusal::PhoneNumberUnoccupied)?;
    Ok((id, user(turn, id)?.ok_or(Refusal::PhoneNumberUnoccupied)?))
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
        let (id, mut row) = named(turn, &self.phone)?;
        row.disabled = self.disabled;
        turn.put(user_key(id), &row);
        if self.disabled {
            devices::end_all(turn, id, Ended::Disabled, None)?;
        }
        Ok(())
    }
}
