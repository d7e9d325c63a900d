//! Invented people for a server that is tried out: test numbers, names, and each other in the address book.

use super::sign_up::allocate;
use crate::{
    caller::Caller,
    ids::{AuthKeyId, AuthorizationHash, UserId},
    people::{NameKind, UserCard, UserRow, holder, names::claim, put_user},
    refusal::Refusal,
    service::Command,
    turn::Turn,
    updates::Origin,
    view::{Decided, View},
};

/// Gives a test number an account, unless it has one.
pub struct SeedPerson {
    /// 99966XYYYY.
    pub phone: String,
    /// A first name.
    pub name: String,
}

impl Command for SeedPerson {
    /// The account, and whether it is new.
    type Reply = (UserId, bool);

    fn decide(&self, turn: &mut Turn<'_>) -> Decided<(UserId, bool)> {
        if !self.phone.starts_with("99966") || self.phone.len() != 10 {
            return Err(Refusal::PhoneNumberInvalid.into());
        }
        if let Some(id) = holder(turn, NameKind::Phone, &self.phone)? {
            return Ok((id, false));
        }
        let id = allocate(turn)?;
        let row = UserRow { created: turn.now().secs(), ..UserRow::default() };
        let card = UserCard { first_name: self.name.clone(), phone: self.phone.clone(), ..UserCard::default() };
        put_user(turn, id, row, &card)?;
        claim(turn, NameKind::Phone, &self.phone, id);
        Ok((id, true))
    }
}

/// Somebody who acts without a device.
pub fn caller(user: UserId) -> Caller {
    let origin = Origin { key: AuthKeyId(0), session: 0 };
    Caller { user, origin, authorization: AuthorizationHash(0) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::Hall;

    #[test]
    fn a_seeded_person_signs_in_with_the_code_of_its_number_and_is_made_once() {
        let hall = Hall::new();
        let seed = |phone: &str| hall.run(SeedPerson { phone: phone.into(), name: "Claude".into() });
        let (id, new) = seed("9996620001").unwrap();
        assert!(new);
        assert_eq!(seed("9996620001"), Ok((id, false)));
        assert_eq!(hall.sign_in(1, "9996620001").unwrap().user, id);
        assert_eq!(seed("33612345678"), Err(Refusal::PhoneNumberInvalid));
    }
}
