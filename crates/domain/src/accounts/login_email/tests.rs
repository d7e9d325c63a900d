//! Sign-in codes by mail, and the way back to codes by number.

use super::*;
use crate::{
    accounts::{
        codes::{Mailed, Purpose, ResendCode, ResetLoginEmail, SendCode, Sent},
        keys::StoreAuthKey,
        sign_in::{SignIn, SignedIn},
        sign_up::SignUp,
    },
    ids::AuthKeyId,
    testing::Hall,
    updates::Origin,
    world::{Registration, Settings},
};

const PHONE: &str = "33612345678";

fn hall(login_email: bool) -> Hall {
    let registration = Registration::Open;
    Hall::with(Settings { registration, email_sender: true, login_email, ..Settings::default() }, false)
}

fn send(hall: &Hall) -> Sent {
    hall.run(SendCode { phone: PHONE.into(), purpose: Purpose::SignIn, owner: None }).unwrap()
}

/// Alice, signed up with a code that went to her number.
fn alice(hall: &Hall) -> Caller {
    let key = AuthKeyId(1);
    let bytes = zeroize::Zeroizing::new([1; 256]);
    hall.run(StoreAuthKey { id: key, bytes, expires_in: None, dc: None }).unwrap();
    let Sent { hash, code, mailed: None, .. } = send(hall) else { panic!("it goes to the number") };
    let phone = PHONE.to_owned();
    hall.run(SignIn { key, phone: phone.clone(), hash: hash.clone(), code }).unwrap();
    let (first_name, last_name) = ("Alice".into(), String::new());
    let user = hall.run(SignUp { key, phone, hash, first_name, last_name, quietly: false }).unwrap();
    Caller { user, origin: Origin { key, session: 1 }, authorization: Default::default() }
}

fn set(hall: &Hall, by: Caller) {
    let mail = hall.run(AskLoginEmail { by, address: "alice@example.org".into() }).unwrap();
    assert_eq!(hall.run(SetLoginEmail { by, code: "x".into() }), Ok(Guess::Wrong));
    assert_eq!(hall.run(SetLoginEmail { by, code: mail.code }), Ok(Guess::Right("alice@example.org".into())));
}

fn mailed(reset_due: Option<u32>) -> Option<Mailed> {
    Some(Mailed { address: "alice@example.org".into(), pattern: "a***e@example.org".into(), reset_due })
}

#[test]
fn codes_go_to_a_proved_address_and_are_as_good_there() {
    let hall = hall(true);
    let alice = alice(&hall);
    set(&hall, alice);
    let sent = send(&hall);
    assert_eq!(sent.mailed, mailed(None));
    let again = hall.run(ResendCode { phone: PHONE.into(), hash: sent.hash.clone() }).unwrap();
    assert_eq!((again.mailed, &again.code), (mailed(None), &sent.code), "asking again leads around no address");
    let guess = SignIn { key: AuthKeyId(1), phone: PHONE.into(), hash: sent.hash, code: sent.code };
    assert_eq!(hall.run(guess), Ok(SignedIn::Done(alice.user)));
}

#[test]
fn an_address_that_is_lost_gives_way_after_a_week() {
    let hall = hall(true);
    set(&hall, alice(&hall));
    let reset = |hash: &str| hall.run(ResetLoginEmail { phone: PHONE.into(), hash: hash.into() });
    let first = send(&hall).hash;
    let due = crate::testing::OPENED.secs() + RESET_SECONDS;
    assert_eq!(reset(&first).unwrap().mailed, mailed(Some(due)));
    assert_eq!(reset(&first), Err(Refusal::TaskAlreadyExists));
    assert_eq!(reset("other"), Err(Refusal::PhoneCodeExpired));
    hall.pass(u64::from(RESET_SECONDS) - 1);
    assert_eq!(send(&hall).mailed, mailed(Some(due)));
    hall.pass(1);
    let sent = send(&hall);
    assert_eq!(sent.mailed, None, "its time has come, whether anybody asks or not");
    assert_eq!(reset(&sent.hash).unwrap().mailed, None);
    assert_eq!(reset(&sent.hash), Err(Refusal::EmailInstallMissing));
}

#[test]
fn no_address_is_taken_where_codes_are_not_mailed() {
    let hall = hall(false);
    let by = alice(&hall);
    let ask = hall.run(AskLoginEmail { by, address: "alice@example.org".into() });
    assert_eq!(ask, Err(Refusal::EmailNotAllowed));
}

#[test]
fn a_young_login_does_not_move_the_account_to_another_number() {
    let hall = Hall::with(
        Settings { registration: Registration::Open, fresh_session_seconds: 3600, ..Settings::default() },
        false,
    );
    let mut by = alice(&hall);
    let state = hall.ask(|view| crate::accounts::keys::key_state(view, AuthKeyId(1))).unwrap();
    by.authorization = state.authorization;
    let send =
        || hall.run(SendCode { phone: "33699999999".into(), purpose: Purpose::ChangePhone, owner: Some(by) }).map(drop);
    assert_eq!(send(), Err(Refusal::FreshChangePhoneForbidden));
    hall.pass(3600);
    assert_eq!(send(), Ok(()));
}
