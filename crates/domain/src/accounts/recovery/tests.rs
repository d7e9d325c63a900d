//! Recovery addresses and resets, as people go through them.

use super::*;
use crate::{accounts::password::UpdatePassword, testing::Hall, world::Settings};

const PHONE: &str = "9996621001";

fn hall() -> Hall {
    Hall::with(Settings { test_accounts: true, email_sender: true, ..Settings::default() }, false)
}

fn new(byte: u8) -> NewPassword {
    NewPassword { verifier: Some([byte; 256]), client_salt: vec![1; 16], server_salt: vec![2; 16], hint: "h".into() }
}

fn none() -> NewPassword {
    NewPassword { verifier: None, client_salt: Vec::new(), server_salt: Vec::new(), hint: String::new() }
}

fn version(hall: &Hall, by: Caller) -> u32 {
    hall.ask(|view| password::facts(view, by.user)).unwrap().version
}

fn set(hall: &Hall, by: Caller, new: Option<NewPassword>, email: Option<&str>) -> Result<Option<Mail>, Refusal> {
    let version = version(hall, by);
    hall.run(UpdatePassword { by, version, new, email: email.map(str::to_owned) })
}

fn known(hall: &Hall, by: Caller) -> (bool, Facts) {
    hall.ask(|view| Ok((password::is_set(view, by.user)?, facts(view, by.user)?))).unwrap()
}

fn confirm(hall: &Hall, by: Caller, code: &str) -> Guess {
    hall.run(ConfirmAddress { by, code: code.into() }).unwrap()
}

/// Alice with a password and a proved address.
fn alice(hall: &Hall) -> Caller {
    let alice = hall.sign_up(1, "Alice", PHONE);
    let mail = set(hall, alice, Some(new(3)), Some("alice@example.org")).unwrap().unwrap();
    assert_eq!(confirm(hall, alice, &mail.code), Guess::Right("alice@example.org".into()));
    alice
}

fn recover(hall: &Hall, key: u64, user: UserId, code: &str, new: Option<NewPassword>) -> Result<Guess, Refusal> {
    hall.run(Recover { key: AuthKeyId(key), user, code: code.into(), new })
}

#[test]
fn a_first_password_waits_for_its_address() {
    let hall = hall();
    let alice = hall.sign_up(1, "Alice", PHONE);
    let mail = set(&hall, alice, Some(new(3)), Some("alice@example.org")).unwrap().unwrap();
    let waiting = Facts { unconfirmed: Some("alice@example.org".into()), ..Facts::default() };
    assert_eq!(known(&hall, alice), (false, waiting));
    assert_eq!(confirm(&hall, alice, "x"), Guess::Wrong);
    assert_eq!(confirm(&hall, alice, &mail.code), Guess::Right(mail.address));
    let proved = Facts { address: Some("alice@example.org".into()), ..Facts::default() };
    assert_eq!(known(&hall, alice), (true, proved));
    assert_eq!(confirm(&hall, alice, &mail.code), Guess::Gone);
}

#[test]
fn giving_up_the_address_gives_up_the_password_that_waits_for_it() {
    let hall = hall();
    let alice = hall.sign_up(1, "Alice", PHONE);
    let mail = set(&hall, alice, Some(new(3)), Some("alice@example.org")).unwrap().unwrap();
    hall.run(CancelAddress { by: alice }).unwrap();
    assert_eq!(hall.run(CancelAddress { by: alice }), Err(Refusal::EmailHashExpired));
    assert_eq!(confirm(&hall, alice, &mail.code), Guess::Gone);
    assert_eq!(known(&hall, alice), (false, Facts::default()));
}

#[test]
fn a_password_that_is_there_changes_at_once_and_keeps_its_address_until_the_new_one_is_proved() {
    let hall = hall();
    let alice = alice(&hall);
    let before = version(&hall, alice);
    let mail = set(&hall, alice, Some(new(4)), Some("new@example.org")).unwrap().unwrap();
    assert_eq!(version(&hall, alice), before + 1);
    let facts = known(&hall, alice).1;
    assert_eq!(
        (facts.address.as_deref(), facts.unconfirmed.as_deref()),
        (Some("alice@example.org"), Some("new@example.org"))
    );
    confirm(&hall, alice, &mail.code);
    assert_eq!(known(&hall, alice).1.address.as_deref(), Some("new@example.org"));
    set(&hall, alice, None, Some("")).unwrap();
    assert_eq!(known(&hall, alice), (true, Facts::default()));
}

#[test]
fn taking_the_password_away_forgets_the_address() {
    let hall = hall();
    let alice = alice(&hall);
    set(&hall, alice, Some(none()), None).unwrap();
    assert_eq!(known(&hall, alice), (false, Facts::default()));
}

#[test]
fn settings_that_make_no_sense_are_refused() {
    let hall = hall();
    let alice = hall.sign_up(1, "Alice", PHONE);
    assert_eq!(set(&hall, alice, Some(new(3)), Some("nobody")), Err(Refusal::EmailInvalid));
    assert_eq!(set(&hall, alice, None, Some("alice@example.org")), Err(Refusal::NewSettingsEmpty));
    let short = NewPassword { client_salt: vec![1; 7], ..new(3) };
    assert_eq!(set(&hall, alice, Some(short), None), Err(Refusal::NewSaltInvalid));
    let silent = Hall::new();
    let bob = silent.sign_up(1, "Bob", PHONE);
    assert_eq!(set(&silent, bob, Some(new(3)), Some("bob@example.org")), Err(Refusal::EmailNotAllowed));
}

#[test]
fn a_mailed_code_lets_in_who_forgot_the_password() {
    let hall = hall();
    let alice = alice(&hall);
    assert_eq!(hall.sign_in(2, PHONE), None);
    let mail = hall.run(AskRecovery { user: alice.user }).unwrap();
    assert_eq!(mail.address, "alice@example.org");
    assert_eq!(hall.run(CheckRecovery { user: alice.user, code: mail.code.clone() }), Ok(Guess::Right(mail.address)));
    assert_eq!(recover(&hall, 2, alice.user, " ", None), Err(Refusal::CodeEmpty));
    assert_eq!(recover(&hall, 2, alice.user, "1", None), Ok(Guess::Wrong));
    assert!(matches!(recover(&hall, 2, alice.user, &mail.code, Some(new(5))), Ok(Guess::Right(_))));
    let state = hall.ask(|view| super::super::keys::key_state(view, AuthKeyId(2))).unwrap();
    assert_eq!(state.user, Some(alice.user));
    assert!(known(&hall, alice).0);
    assert_eq!(recover(&hall, 2, alice.user, &mail.code, None), Ok(Guess::Gone), "a code serves once");

    let mail = hall.run(AskRecovery { user: alice.user }).unwrap();
    recover(&hall, 2, alice.user, &mail.code, None).unwrap();
    assert_eq!(known(&hall, alice), (false, Facts::default()));
}

#[test]
fn a_recovery_code_is_guessed_five_times_and_asked_for_ten_times_a_day() {
    let hall = hall();
    let alice = alice(&hall);
    let mail = hall.run(AskRecovery { user: alice.user }).unwrap();
    for _ in 0..5 {
        assert_eq!(hall.run(CheckRecovery { user: alice.user, code: "x".into() }), Ok(Guess::Wrong));
    }
    assert_eq!(recover(&hall, 1, alice.user, &mail.code, None), Ok(Guess::Gone));
    for _ in 1..10 {
        hall.run(AskRecovery { user: alice.user }).unwrap();
    }
    assert!(matches!(hall.run(AskRecovery { user: alice.user }), Err(Refusal::FloodWait(_))));
    hall.pass(24 * 3600);
    let mail = hall.run(AskRecovery { user: alice.user }).unwrap();
    hall.pass(3601);
    assert_eq!(recover(&hall, 1, alice.user, &mail.code, None), Ok(Guess::Gone), "an hour is over");
}

#[test]
fn without_an_address_or_a_password_nothing_is_recovered() {
    let hall = hall();
    let alice = hall.sign_up(1, "Alice", PHONE);
    assert_eq!(hall.run(AskRecovery { user: alice.user }).map(drop), Err(Refusal::PasswordEmpty));
    set(&hall, alice, Some(new(3)), None).unwrap();
    assert_eq!(hall.run(AskRecovery { user: alice.user }).map(drop), Err(Refusal::PasswordRecoveryNa));
}

#[test]
fn an_address_gets_so_many_codes_a_day_whoever_asks() {
    let hall = hall();
    let mut sent = 0;
    'people: for n in 0..3 {
        let person = hall.sign_up(n + 1, "P", &format!("999662100{n}"));
        set(&hall, person, Some(new(3)), None).unwrap();
        for _ in 0..10 {
            match set(&hall, person, None, Some("victim@example.org")) {
                Ok(_) => sent += 1,
                Err(refusal) => {
                    assert!(matches!(refusal, Refusal::FloodWait(_)));
                    break 'people;
                }
            }
        }
    }
    assert_eq!(sent, 20);
}

#[test]
fn a_reset_takes_a_week_and_is_not_asked_for_anew_right_after_it_was_called_off() {
    let hall = hall();
    let alice = alice(&hall);
    let reset = || hall.run(ResetPassword { by: alice }).unwrap();
    let Reset::Requested(due) = reset() else { panic!("it waits") };
    assert_eq!(known(&hall, alice).1.reset_due, Some(due));
    hall.pass(3600);
    assert_eq!(reset(), Reset::Requested(due));
    hall.run(DeclineReset { by: alice }).unwrap();
    assert_eq!(hall.run(DeclineReset { by: alice }), Err(Refusal::ResetRequestMissing));
    assert!(matches!(reset(), Reset::Failed(_)));
    hall.pass(u64::from(RETRY_SECONDS));
    assert!(matches!(reset(), Reset::Requested(_)));
    hall.pass(u64::from(RESET_SECONDS));
    assert_eq!(reset(), Reset::Done);
    assert_eq!(known(&hall, alice), (false, Facts::default()));
    assert_eq!(hall.run(ResetPassword { by: alice }), Err(Refusal::PasswordEmpty));
}

#[test]
fn who_sets_a_password_anew_needs_no_reset() {
    let hall = hall();
    let alice = alice(&hall);
    hall.run(ResetPassword { by: alice }).unwrap();
    set(&hall, alice, Some(new(9)), None).unwrap();
    assert_eq!(known(&hall, alice).1.reset_due, None);
}

#[test]
fn wrong_passwords_are_counted_and_cost_time() {
    let hall = hall();
    let alice = alice(&hall);
    let facts = || hall.ask(|view| password::facts(view, alice.user)).unwrap();
    for _ in 0..20 {
        assert_eq!(facts().wait, 0);
        hall.run(password::CountWrong { user: alice.user }).unwrap();
    }
    assert_eq!(password::refuse_stale(&facts(), 0, 0), Err(Refusal::FloodWait(3600)));
    hall.pass(3600);
    assert_eq!(facts().wait, 0);
}
