//! Signing in by a code.

use super::{
    codes::{self, Purpose},
    devices,
    keys::{AuthKeyRow, auth_key, put_key},
    password, sign_up,
};
use crate::{
    caller::Caller,
    ids::{AuthKeyId, UserId},
    people::{NameKind, audience, card, digits, holder, put_user, user},
    refusal::Refusal,
    service::Command,
    turn::Turn,
    updates::Change,
    view::Decided,
};

/// A guess at a code.
pub struct SignIn {
    /// The permanent key of the request.
    pub key: AuthKeyId,
    /// As written.
    pub phone: String,
    /// The code's name.
    pub hash: String,
    /// The guess.
    pub code: String,
}

/// Where a guess leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignedIn {
    /// The guess is wrong, and counted.
    Wrong,
    /// The number is free and may sign up.
    SignUpRequired,
    /// The account has a password.
    PasswordNeeded,
    /// Signed in.
    Done(UserId),
}

impl Command for SignIn {
    type Reply = SignedIn;

    fn decide(&self, turn: &mut Turn<'_>) -> Decided<SignedIn> {
        let phone = digits(&self.phone).ok_or(Refusal::PhoneNumberInvalid)?;
        if !codes::guess(turn, &phone, &self.hash, &self.code, Purpose::SignIn, None)? {
            return Ok(SignedIn::Wrong);
        }
        let Some(account) = holder(turn, NameKind::Phone, &phone)? else {
            sign_up::refuse_closed(turn, &phone)?;
            return Ok(SignedIn::SignUpRequired);
        };
        codes::spend(turn, &phone)?;
        let_in(turn, self.key, account)
    }
}

/// Signs a key in whose owner has proved the number, or makes it wait for the password.
pub(super) fn let_in(turn: &mut Turn<'_>, key: AuthKeyId, account: UserId) -> Decided<SignedIn> {
    super::operator::refuse_switched_off(turn, account)?;
    if password::is_set(turn, account)? {
        let row = auth_key(turn, key)?.ok_or(Refusal::AuthKeyUnregistered)?;
        put_key(turn, key, &AuthKeyRow { password_pending: Some(account), revoked: false, ..row });
        return Ok(SignedIn::PasswordNeeded);
    }
    devices::authorize(turn, key, account, false)?;
    Ok(SignedIn::Done(account))
}

/// Moves an account to a number proved by a code.
pub struct ChangePhone {
    /// Who.
    pub by: Caller,
    /// As written.
    pub phone: String,
    /// The code's name.
    pub hash: String,
    /// The guess.
    pub code: String,
}

impl Command for ChangePhone {
    /// Whether the guess was right.
    type Reply = bool;

    fn decide(&self, turn: &mut Turn<'_>) -> Decided<bool> {
        let me = self.by.user;
        let phone = digits(&self.phone).ok_or(Refusal::PhoneNumberInvalid)?;
        if !codes::guess(turn, &phone, &self.hash, &self.code, Purpose::ChangePhone, Some(me))? {
            return Ok(false);
        }
        if holder(turn, NameKind::Phone, &phone)?.is_some() {
            return Err(Refusal::PhoneNumberOccupied.into());
        }
        codes::spend(turn, &phone)?;
        let row = user(turn, me)?.ok_or(Refusal::UserInvalid)?;
        let mut card = card(turn, me, &row)?;
        crate::people::names::release(turn, NameKind::Phone, &card.phone);
        crate::people::names::claim(turn, NameKind::Phone, &phone, me);
        card.phone = phone;
        put_user(turn, me, row, &card)?;
        audience::tell(turn, &self.by, Change::UserPhone { user: me })?;
        Ok(true)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        accounts::{
            codes::{ResendCode, SendCode},
            keys::{StoreAuthKey, key_state},
            sign_up::SignUp,
        },
        testing::Hall,
        world::{Registration, Settings},
    };

    fn key(hall: &Hall, id: u64) -> AuthKeyId {
        let id = AuthKeyId(id);
        let bytes = zeroize::Zeroizing::new([1; 256]);
        hall.run(StoreAuthKey { id, bytes, expires_in: None, dc: Some(2) }).expect("stored");
        id
    }

    fn send(hall: &Hall, phone: &str) -> Result<codes::Sent, Refusal> {
        hall.run(SendCode { phone: phone.into(), purpose: Purpose::SignIn, owner: None })
    }

    fn guess(hall: &Hall, key: AuthKeyId, phone: &str, hash: &str, code: &str) -> Result<SignedIn, Refusal> {
        hall.run(SignIn { key, phone: phone.into(), hash: hash.into(), code: code.into() })
    }

    fn sign_up(hall: &Hall, key: AuthKeyId, phone: &str, hash: &str) -> Result<UserId, Refusal> {
        hall.run(SignUp {
            key,
            phone: phone.into(),
            hash: hash.into(),
            first_name: "A".into(),
            last_name: String::new(),
            quietly: false,
        })
    }

    #[test]
    fn a_test_number_signs_up_and_in_again() {
        let hall = Hall::new();
        let (one, two, phone) = (key(&hall, 1), key(&hall, 2), "+9996621234");
        let sent = send(&hall, phone).unwrap();
        assert_eq!(guess(&hall, one, phone, &sent.hash, "22222"), Ok(SignedIn::SignUpRequired));
        let user = sign_up(&hall, one, "9996621234", &sent.hash).unwrap();
        assert_eq!(hall.ask(|view| key_state(view, one)).unwrap().user, Some(user));
        let sent = send(&hall, phone).unwrap();
        assert!(sent.to_devices, "the first device is told of the code");
        assert_eq!(
            guess(&hall, two, phone, &sent.hash, "222222"),
            Ok(SignedIn::Done(user)),
            "six digits are documented too"
        );
    }

    #[test]
    fn wrong_codes_are_counted_until_the_code_is_void() {
        let hall = Hall::new();
        let (key, phone) = (key(&hall, 1), "9996631234");
        let hash = send(&hall, phone).unwrap().hash;
        assert_eq!(guess(&hall, key, phone, &hash, ""), Err(Refusal::PhoneCodeEmpty));
        assert_eq!(guess(&hall, key, phone, "other", "33333"), Err(Refusal::PhoneCodeExpired));
        assert_eq!(guess(&hall, key, phone, "", "33333"), Err(Refusal::PhoneCodeHashEmpty));
        for _ in 0..5 {
            assert_eq!(guess(&hall, key, phone, &hash, "12345"), Ok(SignedIn::Wrong));
        }
        assert_eq!(guess(&hall, key, phone, &hash, "33333"), Err(Refusal::PhoneCodeExpired));
    }

    #[test]
    fn a_number_gets_so_many_codes_a_day() {
        let hall = Hall::with(Settings { registration: Registration::Open, ..Settings::default() }, false);
        for _ in 0..20 {
            send(&hall, "33123456789").unwrap();
            hall.pass(60);
        }
        assert_eq!(send(&hall, "33123456789").map(drop), Err(Refusal::FloodWait(86_400 - 20 * 60)));
        hall.pass(86_400);
        assert!(send(&hall, "33123456789").is_ok());
    }

    #[test]
    fn codes_run_out_and_are_sent_again_a_few_times() {
        let hall = Hall::new();
        let (key, phone) = (key(&hall, 1), "9996631234");
        let hash = send(&hall, phone).unwrap().hash;
        let resend = || hall.run(ResendCode { phone: phone.into(), hash: hash.clone() });
        assert!((0..4).all(|_| resend().is_ok()));
        assert_eq!(resend().map(drop), Err(Refusal::SendCodeUnavailable));
        hall.pass(601);
        assert_eq!(guess(&hall, key, phone, &hash, "33333"), Err(Refusal::PhoneCodeExpired));
        assert_eq!(send(&hall, "no number").map(drop), Err(Refusal::PhoneNumberInvalid));
    }

    #[test]
    fn only_invited_numbers_register_unless_registration_is_open() {
        for (registration, expected) in [
            (Registration::Invite, Err(Refusal::PhoneNumberUnoccupied)),
            (Registration::Closed, Err(Refusal::PhoneNumberUnoccupied)),
            (Registration::Open, Ok(SignedIn::SignUpRequired)),
        ] {
            let hall = Hall::with(Settings { registration, ..Settings::default() }, false);
            let key = key(&hall, 1);
            let sent = send(&hall, "33123456789").unwrap();
            assert_eq!(guess(&hall, key, "33123456789", &sent.hash, &sent.code), expected, "{registration:?}");
        }
    }
}
