//! What a sweep ends, and what it leaves.

use super::*;
use crate::{
    accounts::{
        devices::SetLifetime,
        keys::key_state,
        tokens::{ShowLogin, TOKEN_BYTES},
    },
    caller::Caller,
    testing::{Hall, ready},
};

const DAYS: u64 = 24 * 3600;

fn sweep_all(hall: &Hall) {
    let mut cursor = Cursor::default();
    ready(sweep(&hall.domain, &mut cursor)).unwrap();
    assert!(cursor.users.is_none(), "one page is enough");
}

/// Days of a server that runs.
fn pass(hall: &Hall, days: u64) {
    for _ in 0..days {
        hall.pass(DAYS);
        sweep_all(hall);
    }
}

/// A hall whose sweeps have come for long enough.
fn hall() -> Hall {
    let hall = Hall::new();
    sweep_all(&hall);
    pass(&hall, 7);
    hall
}

fn signed_in(hall: &Hall, key: u64) -> bool {
    hall.ask(|view| key_state(view, AuthKeyId(key))).unwrap().user.is_some()
}

fn set(hall: &Hall, by: Caller, authorization_days: Option<u32>, account_days: Option<u32>) {
    hall.run(SetLifetime { by, authorization_days, account_days }).unwrap();
}

#[test]
fn a_login_that_nobody_uses_ends_and_one_in_use_stays() {
    let hall = hall();
    let alice = hall.sign_up(1, "Alice", "9996621001");
    hall.sign_in(2, "9996621001").unwrap();
    set(&hall, alice, Some(7), None);
    pass(&hall, 6);
    hall.run(Touch { key: AuthKeyId(1) }).unwrap();
    assert!(signed_in(&hall, 1) && signed_in(&hall, 2));
    pass(&hall, 1);
    assert!(signed_in(&hall, 1) && !signed_in(&hall, 2));
}

#[test]
fn an_account_whose_owner_is_gone_is_deleted() {
    let hall = hall();
    let alice = hall.sign_up(1, "Alice", "9996621001");
    set(&hall, alice, Some(365), Some(30));
    pass(&hall, 29);
    assert!(signed_in(&hall, 1));
    pass(&hall, 1);
    assert!(deleted(&hall, alice));
}

fn deleted(hall: &Hall, who: Caller) -> bool {
    hall.ask(|view| user(view, who.user)).unwrap().unwrap().deleted
}

#[test]
fn after_a_time_without_the_server_people_have_a_week_to_come_back() {
    let hall = hall();
    let (alice, bob) = (hall.sign_up(1, "Alice", "9996621001"), hall.sign_up(2, "Bob", "9996621002"));
    for who in [alice, bob] {
        set(&hall, who, Some(365), Some(30));
    }
    hall.pass(60 * DAYS);
    sweep_all(&hall);
    pass(&hall, 3);
    hall.run(Touch { key: AuthKeyId(1) }).unwrap();
    pass(&hall, 3);
    assert!(!deleted(&hall, alice) && !deleted(&hall, bob));
    pass(&hall, 1);
    assert!(!deleted(&hall, alice) && deleted(&hall, bob));
}

#[test]
fn a_use_is_noted_once_an_hour() {
    let hall = Hall::new();
    let alice = hall.sign_up(1, "Alice", "9996621001");
    let active = || hall.ask(|view| authorizations(view, alice.user)).unwrap()[0].row.active;
    let began = active();
    hall.pass(1800);
    hall.run(Touch { key: AuthKeyId(1) }).unwrap();
    assert_eq!(active(), began);
    hall.pass(1800);
    hall.run(Touch { key: AuthKeyId(1) }).unwrap();
    assert_eq!(active(), began + TOUCH_SECONDS);
}

#[test]
fn tokens_that_ended_are_dropped() {
    let hall = Hall::new();
    hall.sign_up(1, "Alice", "9996621001");
    for n in 0..3 {
        hall.run(ShowLogin { key: AuthKeyId(1), token: [n; TOKEN_BYTES], except: Vec::new() }).unwrap();
    }
    let tokens = || {
        let all = Range { start: Key::of(TOKEN, 0).key(), end: Key::of(TOKEN, VSHARDS_IN_USE).key() };
        hall.ask(|view| view.scan(&all, Direction::Forward, 10)).unwrap().len()
    };
    sweep_all(&hall);
    assert_eq!(tokens(), 3);
    hall.pass(2 * DAYS);
    sweep_all(&hall);
    assert_eq!(tokens(), 0);
}
