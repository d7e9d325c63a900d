//! Who owns a group when its creator goes.

use super::*;

#[test]
fn the_creator_that_leaves_leaves_the_group_to_its_oldest_admin_after_a_week() {
    for group in groups() {
        let [alice, bob, carol, _] = group.people;
        group.promote(alice, carol, true).unwrap();
        group.remove(alice, alice).unwrap();
        assert!(group.read(bob).ends_with("A: [removes A] | A: [leaves it to C]"), "{}", group.read(bob));
        let creator = || group.hall.ask(|view| chat(view, group.chat)).unwrap().unwrap().creator;
        group.hall.pass(u64::from(crate::groups::basic::succession::PENDING_SECONDS) - 10);
        crate::testing::ready(messages::timers::run_due(&group.hall.domain)).unwrap();
        assert_eq!(creator(), alice.user);
        group.hall.pass(20);
        crate::testing::ready(messages::timers::run_due(&group.hall.domain)).unwrap();
        group.hall.apply_parcels();
        assert_eq!(creator(), carol.user);
        assert!(group.read(bob).ends_with("C: [owner C]"), "{}", group.read(bob));
        // Who left by itself comes back the same way, as a member.
        group.add(alice, alice, 0).unwrap();
        assert_eq!(group.edit(alice, Info::NoForwards(true)).map(drop), Err(Refusal::ChatAdminRequired));
        assert_eq!(group.remove(carol, bob).map(drop), Ok(()));
        assert_eq!(group.add(bob, bob, 0).map(drop), Err(Refusal::ChatIdInvalid), "who was removed does not");
    }
}

#[test]
fn a_deleted_account_leaves_its_groups_and_what_it_owned_passes_on_at_once() {
    use crate::{
        AuthKeyId,
        accounts::{
            deletion::DeleteAccount,
            erasing::{EraseStep, on_list},
        },
        updates::Change,
    };
    for group in groups() {
        let [alice, bob, carol, _] = group.people;
        let hall = &group.hall;
        group.promote(alice, carol, true).unwrap();
        group.send(alice, "farewell").unwrap();
        for (who, left, owner) in [(alice, vec![bob, carol], carol), (bob, vec![carol], carol)] {
            hall.events();
            let AuthKeyId(key) = who.origin.key;
            let command = DeleteAccount {
                user: who.user,
                key: AuthKeyId(key),
                proved: None,
                link: [7; 16],
                link_prefix: "https://example.org/".into(),
            };
            hall.run(command).unwrap();
            while let [user, ..] = hall.ask(|view| on_list(view)).unwrap()[..] {
                hall.run(EraseStep { user }).unwrap();
            }
            assert_eq!(group.members(), left.iter().map(|it| it.user).collect::<Vec<_>>());
            let row = hall.ask(|view| chat(view, group.chat)).unwrap().unwrap();
            assert_eq!((row.creator, row.successor), (owner.user, None));
            let told = |it: &Event, who: Caller| {
                matches!(it, Event::Logged { log, entry, .. }
                if *log == who.user.into() && entry.change == Change::ChatParticipants { chat: group.chat })
            };
            let events = hall.events();
            assert!(left.iter().all(|who| events.iter().any(|it| told(it, *who))), "who is left is told");
        }
        assert!(group.read(carol).ends_with("A: farewell | C: [owner C]"), "{}", group.read(carol));
        group.send(carol, "alone").unwrap();
    }
}

#[test]
fn the_owner_of_many_full_groups_leaves_them_a_few_a_step() {
    use crate::{
        accounts::{
            deletion::DeleteAccount,
            erasing::{EraseStep, on_list},
        },
        groups::CHAT_SIZE_MAX,
    };
    for hall in [Hall::new(), Hall::with_outbox()] {
        let people: Vec<_> = (0..CHAT_SIZE_MAX).map(|n| hall.person("P", &format!("99966{:05}", 30_000 + n))).collect();
        let users: Vec<_> = people[1..].iter().map(|it| it.user).collect();
        let made = |n: usize| {
            let create = CreateChat { by: people[0], users: users.clone(), title: format!("G{n}"), ttl_period: 0 };
            hall.run(create).unwrap().chat
        };
        let chats: Vec<_> = (0..5).map(made).collect();
        let (user, key) = (people[0].user, people[0].origin.key);
        let link_prefix = "https://example.org/".into();
        hall.run(DeleteAccount { user, key, proved: None, link: [7; 16], link_prefix }).unwrap();
        while let [user, ..] = hall.ask(|view| on_list(view)).unwrap()[..] {
            hall.run(EraseStep { user }).expect("no step writes more than a command may");
        }
        for id in chats {
            let row = hall.ask(|view| chat(view, id)).unwrap().unwrap();
            assert_eq!((row.members.len(), row.creator), (CHAT_SIZE_MAX - 1, people[1].user));
        }
    }
}
