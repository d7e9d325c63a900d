//! The owner under test: the same commands over a local and a distant engine.

use crate::{
    Refusal,
    people::{
        self, SeenUser,
        contacts::{AddContact, Entry},
        edit::UpdateProfile,
        usernames::UpdateUsername,
    },
    testing::Hall,
};

fn halls() -> [Hall; 3] {
    [Hall::new(), Hall::distant(), Hall::with_outbox()]
}

fn rename(hall: &Hall, by: crate::Caller, name: &str) -> Result<(), Refusal> {
    hall.run(UpdateProfile { by, first_name: Some(name.into()), last_name: None, about: None })
}

fn seen(hall: &Hall, viewer: crate::Caller, other: crate::Caller) -> SeenUser {
    let found = hall.ask(|view| people::seen(view, viewer.user, other.user));
    found.expect("readable").expect("known")
}

#[test]
fn a_command_s_writes_are_read_by_the_next_one() {
    for hall in halls() {
        let alice = hall.person("Alice", "9996621001");
        rename(&hall, alice, "Alix").expect("allowed");
        assert_eq!(rename(&hall, alice, ""), Err(Refusal::FirstnameInvalid));
        assert_eq!(seen(&hall, alice, alice).first_name, "Alix");
    }
}

#[test]
fn a_name_has_one_holder() {
    for hall in halls() {
        let (alice, bob) = (hall.person("Alice", "9996621001"), hall.person("Bob", "9996621002"));
        let take = |by, name: &str| hall.run(UpdateUsername { by, name: name.into() });
        assert_eq!(take(alice, "claude_chappe"), Ok(()));
        assert_eq!(take(bob, "Claude_Chappe"), Err(Refusal::UsernameOccupied));
        assert_eq!(take(alice, ""), Ok(()));
        assert_eq!(take(bob, "Claude_Chappe"), Ok(()));
        assert_eq!(take(bob, "admin"), Err(Refusal::UsernameOccupied));
        assert_eq!(take(bob, "a b"), Err(Refusal::UsernameInvalid));
    }
}

#[test]
fn a_contact_is_seen_by_both_sides_also_through_the_outbox() {
    for hall in halls() {
        let (alice, bob) = (hall.person("Alice", "9996621001"), hall.person("Bob", "9996621002"));
        let add = |by, other: crate::Caller, name: &str| {
            let entry = Entry { first_name: name.into(), ..Entry::default() };
            hall.run(AddContact { by, other: other.user, entry, share_phone: false })
        };
        add(alice, bob, "Robert").expect("allowed");
        let bob_seen = seen(&hall, alice, bob);
        assert_eq!((bob_seen.first_name.as_str(), bob_seen.contact, bob_seen.mutual_contact), ("Robert", true, false));
        assert_eq!(bob_seen.phone, None, "Bob shows his number to his contacts only");
        add(bob, alice, "Ally").expect("allowed");
        let bob_seen = seen(&hall, alice, bob);
        assert!(bob_seen.mutual_contact);
        assert_eq!(bob_seen.phone.as_deref(), Some("9996621002"));
    }
}
