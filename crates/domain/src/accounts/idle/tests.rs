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

fn signed_in(hall: &Hall, key: u64) -> bool {
    hall.ask(|view| key_state(view, AuthKeyId(key))).unwrap().user.is_some()
}

fn set(hall: &Hall, by: Caller, authorization_days: Option<u32>, account_days: Option<u32>) {
    hall.run(SetLifetime { by, authorization_days, account_days }).unwrap();
}

#[test]
fn a_login_that_nobody_uses_ends_and_one_in_use_stays() {
    let hall = Hall::new();
    let alice = hall.sign_up(1, "Alice", "9996621001");
    hall.sign_in(2, "9996621001").unwrap();
    set(&hall, alice, Some(7), None);
    hall.pass(6 * DAYS);
    hall.run(Touch { key: AuthKeyId(1) }).unwrap();
    sweep_all(&hall);
    assert!(signed_in(&hall, 1) && signed_in(&hall, 2));
    hall.pass(DAYS);
    sweep_all(&hall);
    assert!(signed_in(&hall, 1) && !signed_in(&hall, 2));
}

#[test]
fn an_account_whose_owner_is_gone_is_deleted() {
    let hall = Hall::new();
    let alice = hall.sign_up(1, "Alice", "9996621001");
    set(&hall, alice, Some(365), Some(30));
    hall.pass(29 * DAYS);
    sweep_all(&hall);
    assert!(signed_in(&hall, 1));
    hall.pass(DAYS);
    sweep_all(&hall);
    assert!(hall.ask(|view| user(view, alice.user)).unwrap().unwrap().deleted);
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
