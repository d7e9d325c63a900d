//! Deleted accounts: what is free, who is told, what stays with others.

use super::*;
use crate::{
    accounts::{
        codes::{ConfirmPhone, Purpose, SendCode, SendConfirmCode},
        erasing::{EraseStep, on_list},
        keys::key_state,
        password::{NewPassword, UpdatePassword},
    },
    caller::Caller,
    messages::send::SendMessage,
    people::{
        self,
        contacts::{AddContact, Entry},
        holder,
        usernames::UpdateUsername,
    },
    testing::Hall,
    updates::{Change, Event},
};

const PHONE: &str = "9996621001";

fn ask(hall: &Hall, user: UserId, key: u64, proved: Option<u32>) -> Result<Asked, Refusal> {
    let link_prefix = "https://example.org/".into();
    hall.run(DeleteAccount { user, key: AuthKeyId(key), proved, link: [7; LINK_BYTES], link_prefix })
}

fn erase(hall: &Hall) -> usize {
    let mut steps = 0;
    while let [user, ..] = hall.ask(|view| on_list(view)).unwrap()[..] {
        hall.run(EraseStep { user }).unwrap();
        steps += 1;
    }
    steps
}

fn set_password(hall: &Hall, by: Caller) {
    let new = NewPassword {
        verifier: Some([3; 256]),
        client_salt: vec![1; 16],
        server_salt: vec![2; 16],
        hint: String::new(),
    };
    hall.run(UpdatePassword { by, version: 0, new: Some(new), email: None }).unwrap();
}

fn write(hall: &Hall, by: Caller, to: UserId, text: &str, random_id: i64) {
    let message = SendMessage {
        by,
        peer: Peer::User(to),
        text: text.into(),
        entities: Vec::new(),
        reply: None,
        random_id,
        silent: false,
        noforwards: false,
        no_webpage: false,
        clear_draft: false,
        send_as: None,
        album: 0,
    };
    hall.run(message).unwrap();
}

/// Rows whose key holds a user's id right after the vshard.
fn rows_of(hall: &Hall, user: UserId) -> Vec<&'static str> {
    let count = |view: &dyn View| {
        let mut found = Vec::new();
        for kind in crate::spaces::ALL {
            let range = store::Range::prefix(Key::of(*kind, user.vshard().0).u64(user.0).key());
            if !view.scan(&range, store::Direction::Forward, 1)?.is_empty() {
                found.push(kind.name);
            }
        }
        Ok(found)
    };
    hall.ask(count).unwrap()
}

#[test]
fn a_deleted_account_is_free_of_names_logins_and_rows_and_others_keep_their_copies() {
    let hall = Hall::new();
    let alice = hall.sign_up(1, "Alice", PHONE);
    hall.sign_in(2, PHONE).unwrap();
    let bob = hall.sign_up(3, "Bob", "9996621002");
    hall.run(UpdateUsername { by: alice, name: "alice_chappe".into() }).unwrap();
    let entry = Entry { first_name: "Al".into(), ..Entry::default() };
    hall.run(AddContact { by: bob, other: alice.user, entry, share_phone: true }).unwrap();
    write(&hall, alice, bob.user, "to Bob", 1);
    write(&hall, alice, alice.user, "to myself", 2);
    for n in 0..600 {
        write(&hall, bob, alice.user, "to Alice", 10 + n);
    }
    hall.events();
    assert_eq!(ask(&hall, alice.user, 1, None), Ok(Asked::Deleted));

    let closed = hall.events().into_iter().filter_map(|it| match it {
        Event::KeysClosed(keys) => Some(keys),
        _ => None,
    });
    assert_eq!(closed.flatten().collect::<Vec<_>>(), [AuthKeyId(2)], "the key that asked gets its answer");
    let state = |key| hall.ask(|view| key_state(view, AuthKeyId(key))).unwrap();
    assert_eq!((state(1).user, state(1).ended), (None, None));
    assert_eq!((state(2).user, state(2).ended), (None, Some(Refusal::UserDeactivated)));
    let free = |kind, name: &str| hall.ask(|view| holder(view, kind, name)).unwrap().is_none();
    assert!(free(NameKind::Phone, PHONE) && free(NameKind::Username, "alice_chappe"));
    assert_eq!(ask(&hall, alice.user, 1, None), Err(Refusal::UserDeactivated));

    assert!(erase(&hall) > 20, "in pages");
    assert_eq!(rows_of(&hall, alice.user), ["USER"]);
    let seen = hall.ask(|view| people::seen(view, bob.user, alice.user)).unwrap().unwrap();
    assert!(seen.deleted && !seen.contact && seen.first_name.is_empty() && seen.phone.is_none());
    let told = |event: &Event| {
        matches!(event, Event::Logged { log, entry, .. }
        if *log == bob.user.into() && entry.change == Change::User { user: alice.user })
    };
    assert!(hall.events().iter().any(told));
    let first = hall.ask(|view| crate::messages::seen(view, bob.user, crate::ids::MessageId(1))).unwrap().unwrap();
    assert_eq!(first.body.text, "to Bob");

    let again = hall.sign_up(1, "Alicia", PHONE);
    assert_ne!(again.user, alice.user, "the number makes a new account");
}

#[test]
fn a_forgotten_password_delays_the_deletion_of_an_account_in_use_by_a_week() {
    let hall = Hall::new();
    let alice = hall.sign_up(1, "Alice", PHONE);
    set_password(&hall, alice);
    hall.pass(u64::from(WAIT_SECONDS));
    hall.run(idle::Touch { key: AuthKeyId(1) }).unwrap();
    assert_eq!(hall.sign_in(2, PHONE), None);
    assert_eq!(ask(&hall, alice.user, 2, None), Ok(Asked::Waits(WAIT_SECONDS)));
    hall.pass(100);
    assert_eq!(ask(&hall, alice.user, 2, None), Ok(Asked::Waits(WAIT_SECONDS - 100)));
    assert_eq!(ask(&hall, alice.user, 2, Some(9)), Err(Refusal::SrpPasswordChanged));
    hall.pass(u64::from(WAIT_SECONDS));
    assert_eq!(ask(&hall, alice.user, 2, None), Ok(Asked::Deleted));
}

#[test]
fn the_password_or_one_set_lately_or_an_account_out_of_use_is_deleted_at_once() {
    for case in ["proved", "fresh", "unused"] {
        let hall = Hall::new();
        let alice = hall.sign_up(1, "Alice", PHONE);
        set_password(&hall, alice);
        let proved = (case == "proved").then_some(1);
        if case != "fresh" {
            hall.pass(u64::from(WAIT_SECONDS) + 10);
        }
        assert_eq!(ask(&hall, alice.user, 1, proved), Ok(Asked::Deleted), "{case}");
    }
}

#[test]
fn the_owner_stops_a_deletion_with_the_link_and_a_code() {
    let hall = Hall::new();
    let alice = hall.sign_up(1, "Alice", PHONE);
    let bob = hall.sign_up(3, "Bob", "9996621002");
    set_password(&hall, alice);
    hall.pass(u64::from(WAIT_SECONDS));
    hall.run(idle::Touch { key: AuthKeyId(1) }).unwrap();
    ask(&hall, alice.user, 2, None).unwrap();
    let link = hex::encode(&[7; LINK_BYTES]);
    let text = hall.ask(|view| {
        let last = crate::updates::counters(view, alice.user)?.last_message_id;
        Ok(crate::messages::seen(view, alice.user, crate::ids::MessageId(last))?.unwrap().body.text)
    });
    assert!(text.unwrap().contains(&format!("https://example.org/confirmphone?phone={PHONE}&hash={link}")));

    let send = |by, link: &str| hall.run(SendConfirmCode { by, link: link.into() });
    assert_eq!(send(bob, &link).map(drop), Err(Refusal::HashInvalid));
    assert_eq!(send(alice, "nonsense").map(drop), Err(Refusal::HashInvalid));
    let sent = send(alice, &link).unwrap();
    let confirm = |hash: &str, code: &str| hall.run(ConfirmPhone { by: alice, hash: hash.into(), code: code.into() });
    assert_eq!(confirm("other", "22222"), Err(Refusal::CodeHashInvalid));
    assert_eq!(confirm(&sent.hash, ""), Err(Refusal::PhoneCodeEmpty));
    assert_eq!(confirm(&sent.hash, "11111"), Ok(false));
    assert_eq!(confirm(&sent.hash, "22222"), Ok(true));
    assert_eq!(hall.ask(|view| due(view, alice.user)), Ok(None));
    assert_eq!(send(alice, &link).map(drop), Err(Refusal::HashInvalid), "it has served");
}

#[test]
fn a_code_for_signing_in_does_not_stop_a_deletion() {
    let hall = Hall::new();
    let alice = hall.sign_up(1, "Alice", PHONE);
    let sent = hall.run(SendCode { phone: PHONE.into(), purpose: Purpose::SignIn, owner: None }).unwrap();
    let guess = hall.run(ConfirmPhone { by: alice, hash: sent.hash, code: "22222".into() });
    assert_eq!(guess, Err(Refusal::PhoneCodeExpired));
}
