//! A seeded group is what its rules would have made of people who came by themselves.

use std::collections::BTreeMap;

use store::{Direction, Key, LocalRead, Range};

use super::*;
use crate::{
    groups::{
        channel::{channel, counts, put_channel},
        create::CreateChannel,
        joining::JoinChannel,
        lists::{self, List},
    },
    ids::{ChannelId, Now, Peer},
    messages::send::SendMessage,
    refusal::Refusal,
    service::Command,
    spaces,
    testing::{Hall, OPENED},
    turn::Turn,
    view::Decided,
};

const DAY: u64 = 24 * 3600;

fn people(hall: &Hall, count: u32) -> Vec<UserId> {
    let person = |n| SeedPerson { phone: format!("999662{n:04}"), first_name: format!("P{n}"), last_name: "X".into() };
    let command = SeedPeople { people: (1..=count).map(person).collect(), at: OPENED };
    hall.run(command).unwrap().into_iter().map(|(id, _)| id).collect()
}

fn line(by: UserId, channel: ChannelId, at: Now) -> Line {
    Line { by, peer: Peer::Channel(channel), text: "The fog lifts.".into(), at }
}

fn seeded(hall: &Hall, size: u32, broadcast: bool) -> (ChannelId, Vec<UserId>) {
    let all = people(hall, size);
    let there = hall.run(group(all[0], broadcast)).unwrap();
    let came = hall.run(SeedMembers { channel: there.id, users: all.clone(), at: hall.domain.now() });
    assert_eq!(came, Ok(all.len() - 1));
    (there.id, all)
}

fn group(owner: UserId, broadcast: bool) -> SeedChannel {
    SeedChannel { owner, title: "Line of Lille".into(), about: "Towers.".into(), broadcast, at: OPENED }
}

/// How many rows there are of each kind, but for the log of what happened, which seeding leaves out.
fn rows(hall: &Hall) -> BTreeMap<&'static str, usize> {
    let count = |space: &store::Subspace| {
        let range = Range { start: Key::from_bytes(&[space.id]), end: Key::from_bytes(&[space.id + 1]) };
        (space.name, hall.kv().scan_now(&range, Direction::Forward, usize::MAX).unwrap().len())
    };
    spaces::ALL.iter().filter(|it| it.id != spaces::ADMIN_LOG.id).map(count).filter(|it| it.1 > 0).collect()
}

/// Lets anybody join.
struct Open(ChannelId);

impl Command for Open {
    type Reply = ();

    fn decide(&self, turn: &mut Turn<'_>) -> Decided<()> {
        let mut row = channel(turn, self.0)?.expect("it is there");
        row.public = true;
        put_channel(turn, self.0, &row);
        Ok(())
    }
}

/// The same group, made by what people do.
fn made(hall: &Hall, size: u32, broadcast: bool) -> (ChannelId, Vec<UserId>) {
    let all = people(hall, size);
    let by = caller(all[0]);
    let (title, about) = ("Line of Lille".into(), "Towers.".into());
    let (id, _) = hall.run(CreateChannel { by, title, about, broadcast, forum: false, ttl_period: 0 }).unwrap();
    hall.run(Open(id)).unwrap();
    for user in &all[1..] {
        hall.run(JoinChannel { by: caller(*user), channel: id }).unwrap();
    }
    (id, all)
}

#[test]
fn a_seeded_group_has_the_rows_numbers_and_lists_of_one_that_people_joined() {
    for (size, broadcast) in [(7, false), (7, true), (150, false)] {
        let (one, two) = (Hall::new(), Hall::new());
        let ((seeded, s), (made, m)) = (seeded(&one, size, broadcast), made(&two, size, broadcast));
        let at = |user: UserId, all: &[UserId]| all.iter().position(|it| *it == user);
        for list in [List::Members, List::Admins] {
            let page = |hall: &Hall, id, all: &[UserId]| {
                let page = hall.ask(|view| lists::page(view, id, list, 0, 200)).unwrap();
                page.into_iter().map(|it| at(it, all)).collect::<Vec<_>>()
            };
            assert_eq!(page(&one, seeded, &s), page(&two, made, &m));
        }
        let numbers = |hall: &Hall, id| hall.ask(|view| counts(view, id)).unwrap();
        assert_eq!(numbers(&one, seeded), numbers(&two, made));
        assert_eq!(rows(&one), rows(&two));
    }
}

#[test]
fn seeded_lines_are_the_rows_of_messages_that_were_sent() {
    let (one, two) = (Hall::new(), Hall::new());
    let ((seeded, s), (made, m)) = (seeded(&one, 5, false), made(&two, 5, false));
    one.run(SeedLines { lines: s.iter().map(|by| line(*by, seeded, OPENED)).collect() }).unwrap();
    for by in m {
        let Line { peer, text, .. } = line(by, made, OPENED);
        let random_id = i64::try_from(by.0).unwrap();
        let message = SendMessage {
            by: caller(by),
            peer,
            text,
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
        two.run(message).unwrap();
    }
    assert_eq!(rows(&one), rows(&two));
}

#[test]
fn what_is_there_stays_as_it_is_and_a_group_grows() {
    let hall = Hall::new();
    let (id, all) = seeded(&hall, 5, false);
    let before = rows(&hall);
    assert_eq!(people(&hall, 5), all);
    let there = hall.run(group(all[0], false)).unwrap();
    assert_eq!((there.id, there.members), (id, 5));
    let again = |users: &[UserId]| hall.run(SeedMembers { channel: id, users: users.to_vec(), at: OPENED }).unwrap();
    assert_eq!(again(&all), 0);
    assert_eq!(rows(&hall), before);
    assert_eq!(again(&people(&hall, 8)), 3);
    assert_eq!(hall.run(group(all[0], false)).unwrap().members, 8);
}

#[test]
fn seeding_tells_of_the_moment_that_it_names() {
    let hall = Hall::new();
    hall.pass(30 * DAY);
    let (id, all) = seeded(&hall, 3, false);
    let earlier = Now { ms: OPENED.ms + 1000 };
    hall.run(SeedMembers { channel: id, users: people(&hall, 4), at: earlier }).unwrap();
    let user = people(&hall, 4)[3];
    let joined = hall.ask(|view| crate::groups::member(view, id, user)).unwrap().unwrap().joined;
    assert_eq!(joined, earlier.secs());
    assert_eq!(hall.ask(|view| channel(view, id)).unwrap().unwrap().created, OPENED.secs());
    assert_eq!(all.len(), 3);
}

#[test]
fn more_than_a_command_holds_and_numbers_of_real_people_are_refused() {
    let hall = Hall::new();
    let (channel, users) = (ChannelId(1), vec![UserId(1); MEMBERS_MAX + 1]);
    assert_eq!(hall.run(SeedMembers { channel, users, at: OPENED }), Err(Refusal::UsersTooMuch));
    let person = SeedPerson { phone: "33612345678".into(), first_name: "Claude".into(), last_name: String::new() };
    let some = |count| hall.run(SeedPeople { people: vec![person.clone(); count], at: OPENED });
    assert_eq!(some(1), Err(Refusal::PhoneNumberInvalid));
    assert_eq!(some(PEOPLE_MAX + 1), Err(Refusal::UsersTooMuch));
    let lines = vec![line(UserId(1), channel, OPENED); LINES_MAX + 1];
    assert_eq!(hall.run(SeedLines { lines }), Err(Refusal::LimitInvalid));
}

#[test]
fn a_seeded_person_signs_in_with_the_code_of_its_number() {
    let hall = Hall::new();
    let all = people(&hall, 2);
    assert_eq!(hall.sign_in(1, "9996620002").unwrap().user, all[1]);
}
