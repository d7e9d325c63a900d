//! What people see of each other, and when.

use super::{
    blocks::{Block, List},
    contacts::{DeleteContacts, Entry, ImportContacts},
    edit::{Birthday, UpdateBirthday, UpdateProfile},
    full,
    presence::{self, UpdateStatus},
    privacy::{Key, Rule, SetPrivacy},
    *,
};
use crate::{caller::Caller, ids::Peer, testing::Hall, updates::Event};

fn import(hall: &Hall, by: Caller, phone: &str) -> Option<UserId> {
    let entry = Entry { client_id: 1, phone: phone.into(), first_name: "X".into(), ..Entry::default() };
    hall.run(ImportContacts { by, entries: vec![entry] }).unwrap().found.first().map(|it| it.1)
}

fn hide(hall: &Hall, by: Caller, key: Key) {
    hall.run(SetPrivacy { by, key, rules: vec![Rule::DisallowAll {}] }).unwrap();
}

#[test]
fn who_is_blocked_sees_neither_presence_nor_bio_nor_birthday() {
    let hall = Hall::new();
    let (alice, bob) = (hall.person("Alice", "9996621001"), hall.person("Bob", "9996621002"));
    let about = Some("a bio".to_owned());
    hall.run(UpdateProfile { by: alice, first_name: None, last_name: None, about }).unwrap();
    hall.run(UpdateBirthday { by: alice, birthday: Some(Birthday { day: 25, month: 12, year: None }) }).unwrap();
    hall.run(SetPrivacy { by: alice, key: Key::Birthday, rules: vec![Rule::AllowAll {}] }).unwrap();
    hall.run(UpdateStatus { by: alice, offline: false }).unwrap();
    let seen = || hall.ask(|view| full::full(view, bob.user, alice.user)).unwrap();
    let before = seen();
    assert!(before.about.is_some() && before.birthday.is_some() && before.calls);
    assert!(matches!(before.seen.status, SeenStatus::Online(_)));
    hall.run(Block { by: alice, peer: Peer::User(bob.user), list: List::Main, blocked: true }).unwrap();
    let after = seen();
    assert!(after.about.is_none() && after.birthday.is_none() && !after.calls);
    assert_eq!(after.seen.status, SeenStatus::Empty);
    assert_eq!(after.seen.first_name, "Alice");
}

#[test]
fn an_exact_last_seen_is_for_those_who_show_theirs() {
    let hall = Hall::new();
    let (alice, bob) = (hall.person("Alice", "9996621001"), hall.person("Bob", "9996621002"));
    hall.run(UpdateStatus { by: alice, offline: false }).unwrap();
    let seen = || hall.ask(|view| presence::seen_status(view, bob.user, alice.user)).unwrap();
    assert!(matches!(seen(), SeenStatus::Online(_)));
    hide(&hall, bob, Key::Status);
    assert_eq!(seen(), SeenStatus::Recently(Hidden::ByViewer));
    hide(&hall, alice, Key::Status);
    assert_eq!(seen(), SeenStatus::Recently(Hidden::ByUser));
    for (days, expected) in [
        (4, SeenStatus::LastWeek(Hidden::ByUser)),
        (10, SeenStatus::LastMonth(Hidden::ByUser)),
        (30, SeenStatus::Empty),
    ] {
        hall.pass(days * 24 * 3600);
        assert_eq!(seen(), expected, "{days} days later");
    }
}

#[test]
fn hiding_the_status_is_shown_to_contacts_at_once() {
    let hall = Hall::new();
    let (alice, bob) = (hall.sign_up(1, "Alice", "9996621001"), hall.sign_up(2, "Bob", "9996621002"));
    import(&hall, bob, "9996621001");
    hall.events();
    hide(&hall, alice, Key::Status);
    let what = crate::updates::Passing::Status { user: alice.user };
    let shown = Event::Passing { log: bob.user.into(), what, skip: None, to: crate::updates::Hearers::default() };
    assert!(hall.events().contains(&shown));
}

#[test]
fn a_block_list_has_an_end() {
    let hall = Hall::new();
    let alice = hall.person("Alice", "9996621001");
    let block =
        |other: Caller| hall.run(Block { by: alice, peer: Peer::User(other.user), list: List::Main, blocked: true });
    for n in 0..blocks::BLOCKED_MAX {
        assert_eq!(block(hall.person("B", &format!("99966{n:05}"))), Ok(true));
    }
    assert_eq!(block(hall.person("C", "9996699999")), Err(crate::Refusal::LimitInvalid));
}

#[test]
fn a_number_is_found_by_those_whom_its_owner_lets() {
    let hall = Hall::new();
    let alice = hall.sign_up(1, "Alice", "9996621001");
    let bob = hall.sign_up(2, "Bob", "9996621002");
    hall.run(SetPrivacy { by: alice, key: Key::AddedByPhone, rules: vec![Rule::AllowContacts {}] }).unwrap();
    assert_eq!(import(&hall, bob, "9996621001"), None);
    assert_eq!(import(&hall, alice, "9996621002"), Some(bob.user));
    assert_eq!(import(&hall, bob, "9996621001"), Some(alice.user), "Bob is a contact of hers now");
}

#[test]
fn who_has_a_number_is_told_when_it_joins_unless_it_joins_quietly_or_is_forgotten() {
    let hall = Hall::new();
    let bob = hall.sign_up(2, "Bob", "9996621002");
    let told = |hall: &Hall| {
        let joined =
            |it: &Event| matches!(it, Event::Logged { log, entry, .. } if *log == bob.user.into() && entry.count == 1);
        hall.events().iter().any(joined)
    };
    import(&hall, bob, "9996621001");
    hall.events();
    let alice = hall.sign_up(1, "Alice", "9996621001");
    assert!(told(&hall));
    import(&hall, bob, "9996621001");
    hall.run(DeleteContacts { by: bob, others: vec![alice.user] }).unwrap();
    let deletion = crate::accounts::deletion::DeleteAccount {
        user: alice.user,
        key: alice.origin.key,
        proved: None,
        link: [0; 16],
        link_prefix: String::new(),
    };
    hall.run(deletion).unwrap();
    hall.events();
    hall.sign_up(3, "Alice", "9996621001");
    assert!(!told(&hall), "the number is in no address book any more");
}
