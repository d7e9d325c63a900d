//! Accounts of invented people.

use crate::{
    accounts::sign_up::allocate,
    ids::{Now, UserId},
    people::{NameKind, UserCard, UserRow, holder, names::claim, put_user},
    refusal::Refusal,
    service::Command,
    turn::Turn,
    view::{Decided, View},
};

/// People in one command: each is five rows.
pub const PEOPLE_MAX: usize = 256;

/// What numbers of invented people begin with: test numbers, and numbers of which none can be dialled either.
const PREFIXES: [&str; 2] = ["99966", "99967"];

/// Somebody who does not exist.
#[derive(Clone, Debug)]
pub struct SeedPerson {
    /// An invented number, digits only.
    pub phone: String,
    /// Must not be empty.
    pub first_name: String,
    /// May be empty.
    pub last_name: String,
}

/// Gives numbers accounts, where they have none.
#[derive(Clone, Debug)]
pub struct SeedPeople {
    /// At most [`PEOPLE_MAX`].
    pub people: Vec<SeedPerson>,
    /// When they came.
    pub at: Now,
}

/// Whether a number is nobody's.
pub fn is_invented(phone: &str) -> bool {
    PREFIXES.iter().any(|it| phone.starts_with(it)) && phone.bytes().all(|it| it.is_ascii_digit())
}

impl Command for SeedPeople {
    /// The account of each, and whether it is new.
    type Reply = Vec<(UserId, bool)>;

    fn decide(&self, turn: &mut Turn<'_>) -> Decided<Self::Reply> {
        if self.people.len() > PEOPLE_MAX {
            return Err(Refusal::UsersTooMuch.into());
        }
        turn.as_of(self.at);
        self.people.iter().map(|it| settle_in(turn, it)).collect()
    }
}

fn settle_in(turn: &mut Turn<'_>, it: &SeedPerson) -> Decided<(UserId, bool)> {
    if !is_invented(&it.phone) {
        return Err(Refusal::PhoneNumberInvalid.into());
    }
    if let Some(id) = holder(turn, NameKind::Phone, &it.phone)? {
        return Ok((id, false));
    }
    let id = allocate(turn)?;
    let row = UserRow { created: turn.now().secs(), ..UserRow::default() };
    let (first_name, last_name, phone) = (it.first_name.clone(), it.last_name.clone(), it.phone.clone());
    put_user(turn, id, row, &UserCard { first_name, last_name, phone, ..UserCard::default() })?;
    claim(turn, NameKind::Phone, &it.phone, id);
    Ok((id, true))
}
