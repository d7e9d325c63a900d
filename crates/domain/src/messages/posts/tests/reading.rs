//! What a member has of a group: its place in the list, what is unread, how far others have read.

use super::*;
use crate::{
    messages::{
        dialogs::{self, Offset},
        posts::{list, read::read_by},
        read::ReadHistory,
    },
    updates::{Change, Event},
};

fn read(group: &Group, by: Caller, up_to: i32) {
    group.hall.run(ReadHistory { by, peer: group.peer(), max_id: MessageId(up_to) }).expect("read");
}

fn row(group: &Group, who: Caller) -> dialogs::DialogRow {
    group.hall.ask(|view| list::shown(view, who.user, group.peer())).expect("a member sees it")
}

#[test]
fn unread_is_what_others_wrote_after_the_mark() {
    for group in groups() {
        for text in ["one", "two"] {
            group.send(group.alice, text).unwrap();
        }
        group.send(group.bob, "three").unwrap();
        let unread = |who| row(&group, who).unread;
        assert_eq!((unread(group.alice), unread(group.bob), unread(group.owner)), (1, 2, 3));
        read(&group, group.owner, 2);
        assert_eq!((unread(group.owner), row(&group, group.owner).read_inbox), (1, MessageId(2)));
        read(&group, group.owner, 0);
        assert_eq!(unread(group.owner), 0);
        assert_eq!(group.hall.ask(|view| dialogs::unread(view, group.alice.user)).unwrap(), 1);
    }
}

#[test]
fn an_author_learns_that_somebody_else_has_read_and_its_own_reading_is_none() {
    for group in groups() {
        group.send(group.alice, "one").unwrap();
        read(&group, group.alice, 1);
        assert_eq!(row(&group, group.alice).read_outbox, MessageId(0));
        group.hall.events();
        read(&group, group.bob, 1);
        assert_eq!(row(&group, group.alice).read_outbox, MessageId(1));
        assert_eq!(row(&group, group.bob).read_outbox, MessageId(1), "the other one has read it, too");
        let told = |it: &Event| match it {
            Event::Logged { log, entry, .. } => match entry.change {
                Change::ReadOutbox { up_to, .. } => Some((*log, up_to.0)),
                _ => None,
            },
            _ => None,
        };
        let told: Vec<_> = group.hall.events().iter().filter_map(told).collect();
        assert_eq!(told, [(group.alice.user.into(), 1)]);
        read(&group, group.owner, 1);
        assert!(!group.hall.events().iter().any(told_again), "who reads later is no news");
    }
}

fn told_again(it: &Event) -> bool {
    matches!(it, Event::Logged { entry, .. } if matches!(entry.change, Change::ReadOutbox { .. }))
}

#[test]
fn in_a_small_group_it_is_told_who_read_a_message_and_when() {
    for group in groups() {
        group.send(group.alice, "one").unwrap();
        group.send(group.alice, "two").unwrap();
        let opened = group.hall.domain.now().secs();
        read(&group, group.bob, 1);
        group.hall.pass(60);
        read(&group, group.bob, 2);
        read(&group, group.owner, 2);
        let ask = |who: Caller, id| group.hall.ask(|view| read_by(view, who.user, group.id, MessageId(id)));
        let both = vec![(group.owner.user, opened + 60), (group.bob.user, opened)];
        assert_eq!(ask(group.alice, 1), Ok(both));
        assert_eq!(ask(group.bob, 1), Err(Refusal::MessageIdInvalid), "only an author asks");
        group.hall.pass(8 * 24 * 3600);
        assert_eq!(ask(group.alice, 1), Err(Refusal::MsgTooOld));
        group.hall.run(Count { channel: group.id, members: 101 }).unwrap();
        assert_eq!(ask(group.alice, 1), Err(Refusal::ChatTooBig));
    }
}

#[test]
fn groups_stand_in_the_list_by_their_last_message_and_pages_join() {
    let group = Group::new(Hall::new(), ChannelRow::default());
    let (alice, bob) = (group.alice, group.bob);
    let private = |to: Caller| SendMessage { peer: Peer::User(to.user), ..group.text(alice, "hello") };
    group.hall.run(private(group.owner)).unwrap();
    group.hall.pass(1);
    group.send(bob, "in the group").unwrap();
    group.hall.pass(1);
    group.hall.run(private(bob)).unwrap();
    let page = |offset, limit| {
        group.hall.ask(|view| dialogs::page(view, alice.user, Some(0), offset, false, limit)).expect("reads")
    };
    let names = |page: &dialogs::Page| page.dialogs.iter().map(|(peer, _)| *peer).collect::<Vec<_>>();
    let whole = page(Offset::default(), 10);
    let order = [Peer::User(bob.user), group.peer(), Peer::User(group.owner.user)];
    assert_eq!((names(&whole), whole.count), (order.to_vec(), 3));
    let mut offset = Offset::default();
    for expected in order {
        let one = page(offset, 1);
        assert_eq!(names(&one), [expected]);
        let row = &one.dialogs[0].1;
        offset = Offset { date: row.date, id: row.top, peer: Some(expected) };
    }
    assert!(page(offset, 1).dialogs.is_empty());
}

#[test]
fn what_was_said_before_a_member_may_see_is_in_no_page_no_search_and_no_count() {
    let joined_after = MessageId(2);
    let hidden = MemberRow { joined: 1, history_hidden: true, joined_after, ..MemberRow::default() };
    check_hidden(ChannelRow { history_hidden: true, ..ChannelRow::default() }, hidden);
    let cleared = MemberRow { joined: 1, visible_from: MessageId(3), ..MemberRow::default() };
    check_hidden(ChannelRow::default(), cleared);
}

fn check_hidden(row_of_group: ChannelRow, member: MemberRow) {
    let group = Group::new(Hall::new(), row_of_group);
    for text in ["old words", "older words", "new words"] {
        group.send(group.owner, text).unwrap();
    }
    group.place(group.alice, member);
    assert_eq!(group.read(group.alice), "3< new words");
    let query = crate::messages::search::Query {
        words: "words".into(),
        peer: Some(group.peer()),
        ..crate::messages::search::Query::default()
    };
    let part = Part { limit: 10, ..Part::default() };
    let wanted = crate::messages::search::Wanted { query, part, ..Default::default() };
    let found = |who: Caller| {
        let found = group.hall.ask(|view| crate::messages::search::search(view, who.user, &wanted)).unwrap();
        (found.messages.len(), found.count)
    };
    assert_eq!((found(group.alice), found(group.bob)), ((1, 1), (3, 3)));
    let reply = Some(ReplyTo { message: MessageId(1), quote: None, top: None });
    let answer = group.hall.run(SendMessage { reply, ..group.text(group.alice, "what?") });
    assert_eq!(answer.map(drop), Err(Refusal::ReplyMessageIdInvalid));
    assert_eq!(row(&group, group.alice).unread, 1);
}
