//! Who is mentioned, who has read, who writes and who is there, in a basic group.

use super::*;

#[test]
fn who_is_mentioned_or_answered_is_told_until_it_opens_the_message() {
    for group in groups() {
        let [alice, bob, carol, _] = group.people;
        let asked = group.send(bob, "who comes?").unwrap().message;
        let at_alice = group.history(alice)[0].id;
        let reply = Some(ReplyTo { message: at_alice, quote: None, top: None });
        group.hall.run(SendMessage { reply, ..group.text(alice, "I do") }).unwrap();
        assert_eq!((group.dialog(bob).unread_mentions, group.dialog(carol).unread_mentions), (1, 0));
        assert!(group.read(bob).ends_with("A@: I do") && group.read(carol).ends_with("A: I do"));
        assert_eq!(group.history(bob)[0].reply_to, Some(asked));
        let (found, count) = group
            .hall
            .ask(|view| {
                marks::page(
                    view,
                    bob.user,
                    group.peer(),
                    Mark::Mention,
                    marks::Part { limit: 10, ..Default::default() },
                )
            })
            .unwrap();
        assert_eq!((found, count), (vec![group.last(bob)], 1));
        assert!(group.hall.run(ReadMentions { by: bob, peer: group.peer(), top: None }).unwrap().entry.is_some());
        assert_eq!(group.dialog(bob).unread_mentions, 0);
        assert!(group.read(bob).ends_with("A@: I do"), "it still mentions him");
        let at = group.history(bob)[0].id;
        group.hall.run(DeleteMessages { by: bob, messages: vec![at], revoke: false }).unwrap();
        assert_eq!(group.dialog(bob).unread_mentions, 0);
    }
}

#[test]
fn authors_learn_that_anybody_read_them() {
    for group in groups() {
        let [alice, bob, carol, _] = group.people;
        let sent = group.send(alice, "one").unwrap().message;
        group.send(bob, "two").unwrap();
        group.hall.run(ReadHistory { by: carol, peer: group.peer(), max_id: MessageId(0) }).unwrap();
        assert_eq!(group.dialog(carol).unread, 0);
        assert_eq!(group.dialog(alice).read_outbox, sent);
        assert!(group.dialog(bob).read_outbox.0 > 0);
        assert_eq!(group.dialog(alice).unread, 1, "she has not read");
    }
}

#[test]
fn typing_passes_to_who_is_online() {
    let [group, _] = groups();
    let [_, bob, carol, dave] = group.people;
    group.hall.run(crate::people::presence::UpdateStatus { by: carol, offline: false }).unwrap();
    group.hall.events();
    let typing =
        |by| group.hall.run(SetTyping { by, peer: group.peer(), action: bytes::Bytes::from_static(b"x"), top: None });
    typing(bob).unwrap();
    let heard: Vec<_> = group
        .hall
        .events()
        .into_iter()
        .filter_map(|it| match it {
            Event::Passing { log, what: Passing::Typing { peer, from, .. }, .. } => Some((log, peer, from)),
            _ => None,
        })
        .collect();
    assert_eq!(heard, [(carol.user.into(), group.peer(), bob.user)]);
    assert_eq!(typing(dave), Err(Refusal::PeerIdInvalid));
}

#[test]
fn who_read_an_own_message_of_the_last_week_is_told_with_dates_in_a_group_of_a_hundred() {
    use crate::{
        groups::CHAT_SIZE_MAX,
        messages::read_marks::{READ_BY_MEMBERS_MAX, READ_BY_SECONDS, read_in_chat},
    };
    assert!(CHAT_SIZE_MAX > READ_BY_MEMBERS_MAX as usize);
    for group in groups() {
        let [alice, bob, carol, dave] = group.people;
        let (hall, read) =
            (&group.hall, |by| group.hall.run(ReadHistory { by, peer: group.peer(), max_id: MessageId(0) }));
        let readers = |me: Caller, id| hall.ask(|view| read_in_chat(view, me.user, group.chat, id));
        let first = group.send(alice, "one").unwrap().message;
        assert_eq!(readers(alice, first), Ok(Vec::new()));
        let now = || hall.ask(|view| Ok(view.now().secs())).unwrap();
        let at_bob = now();
        read(bob).unwrap();
        hall.pass(10);
        let second = group.send(alice, "two").unwrap().message;
        let at_carol = now();
        read(carol).unwrap();
        assert_eq!(readers(alice, first), Ok(vec![(carol.user, at_carol), (bob.user, at_bob)]), "the latest first");
        assert_eq!(readers(alice, second), Ok(vec![(carol.user, at_carol)]));
        hall.pass(10);
        read(bob).unwrap();
        let again = readers(alice, first).unwrap();
        assert!(again.contains(&(bob.user, at_bob)), "the moment of the first reading stays: {again:?}");
        assert_eq!(readers(bob, group.last(bob)), Err(Refusal::MessageIdInvalid), "not one's own");
        assert_eq!(readers(dave, first), Err(Refusal::PeerIdInvalid));
        hall.pass(u64::from(READ_BY_SECONDS) - 20);
        assert!(readers(alice, first).is_ok());
        hall.pass(1);
        assert_eq!(readers(alice, first), Err(Refusal::MsgTooOld));
    }
}

#[test]
fn in_a_larger_group_nobody_is_told_who_read() {
    use crate::messages::read_marks::{READ_BY_MEMBERS_MAX, read_in_chat};
    let hall = Hall::new();
    let people: Vec<_> =
        (0..=READ_BY_MEMBERS_MAX).map(|n| hall.person("P", &format!("99966{:05}", 10_000 + n))).collect();
    let users: Vec<_> = people[1..].iter().map(|it| it.user).collect();
    for (members, answer) in [(100, Ok(Vec::new())), (101, Err(Refusal::ChatTooBig))] {
        let users = users[..members - 1].to_vec();
        let made = hall.run(CreateChat { by: people[0], users, title: "Many".into(), ttl_period: 0 }).unwrap();
        let top = hall.ask(|view| dialogs::dialog(view, people[0].user, Peer::Chat(made.chat))).unwrap().top;
        assert_eq!(hall.ask(|view| read_in_chat(view, people[0].user, made.chat, top)), answer);
    }
}

#[test]
fn members_who_are_online_are_counted_for_members() {
    use crate::{messages::posts::online::online_in_chat, people::presence::UpdateStatus};
    for group in groups() {
        let [alice, bob, _, dave] = group.people;
        let online = |me: Caller| group.hall.ask(|view| online_in_chat(view, me.user, group.chat));
        group.hall.run(UpdateStatus { by: bob, offline: false }).unwrap();
        assert_eq!((online(alice), online(bob)), (Ok(2), Ok(1)), "who asks is there");
        group.hall.run(UpdateStatus { by: bob, offline: true }).unwrap();
        assert_eq!(online(alice), Ok(1));
        assert_eq!(online(dave), Err(Refusal::PeerIdInvalid));
    }
}
