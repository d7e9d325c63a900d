//! Where polls are: in notes, in queues, in searches, in broadcast channels; and not in private chats.

use super::*;

fn send(by: Caller, peer: Peer, random_id: i64) -> SendMessage {
    SendMessage {
        by,
        peer,
        text: String::new(),
        entities: Vec::new(),
        reply: None,
        random_id,
        silent: false,
        noforwards: false,
        no_webpage: false,
        clear_draft: false,
        send_as: None,
        album: 0,
    }
}

#[test]
fn polls_are_for_notes_and_groups_and_not_for_private_chats() {
    for group in groups() {
        let [ann, ben, _] = group.people;
        let media = || Media::Poll(Box::new(poll(&["a", "b"])));
        let to = |peer, id| group.hall.run(SendMedia { send: send(ann, peer, id), media: media() });
        assert_eq!(to(Peer::User(ben.user), 1).map(drop), Err(Refusal::MediaInvalid));
        let notes = Peer::User(ann.user);
        let Sent { message, .. } = to(notes, 2).unwrap();
        let options = vec!["b".into()];
        group.hall.run(SendVote { by: ann, peer: notes, message, options }).unwrap();
        assert_eq!(shown(&seen(&group.hall, ann, notes, message)), "a 0, +b 1 by 1");
        assert_eq!(to(notes, 2).unwrap().entry, None, "sent once");
    }
}

#[test]
fn a_queued_poll_begins_when_it_is_sent() {
    let [group, ..] = groups();
    let (hall, ann) = (&group.hall, group.people[0]);
    let (notes, now) = (Peer::User(ann.user), hall.domain.now().secs());
    let media = Media::Poll(Box::new(NewPoll { period: Some(60), ..poll(&["a", "b"]) }));
    let at = Schedule { date: now + 600, repeat: 0 };
    hall.run(SendLater { send: send(ann, notes, 7), media, at }).unwrap();
    hall.pass(600);
    ready(timers::run_due(&hall.domain)).unwrap();
    assert!(!seen(hall, ann, notes, MessageId(1)).closed);
    assert_eq!(seen(hall, ann, notes, MessageId(1)).body.close_date, now + 660);
    hall.pass(60);
    ready(timers::run_due(&hall.domain)).unwrap();
    assert!(seen(hall, ann, notes, MessageId(1)).closed);
}

#[test]
fn polls_are_found_by_their_kind_and_words_alone_are_not() {
    use crate::messages::search::{Filter, Query, hits};
    let [group, ..] = groups();
    let ann = group.people[0];
    let notes = Peer::User(ann.user);
    let media = Media::Poll(Box::new(poll(&["a", "b"])));
    let asked = group.hall.run(SendMedia { send: send(ann, notes, 1), media }).unwrap().message;
    group.hall.run(SendMessage { text: "a poll".into(), ..send(ann, notes, 2) }).unwrap();
    let found = |filter| {
        let query = Query { peer: Some(notes), filter, ..Query::default() };
        let all = group.hall.ask(|view| hits(view, ann.user.into(), &query)).unwrap();
        all.iter().map(|it| it.id).collect::<Vec<_>>()
    };
    assert_eq!((found(Filter::Polls), found(Filter::All).len()), (vec![asked], 2));
}

/// The group becomes a broadcast channel in which Ben edits all posts.
struct Broadcast(UserId, UserId);

impl Command for Broadcast {
    type Reply = ();
    fn decide(&self, turn: &mut Turn<'_>) -> Decided<()> {
        put_channel(
            turn,
            CHANNEL,
            &ChannelRow { creator: self.0, created: 1, broadcast: true, ..ChannelRow::default() },
        );
        let admin = AdminRights::EDIT_MESSAGES;
        turn.put(member_key(CHANNEL, self.1), &MemberRow { joined: 1, admin, ..MemberRow::default() });
        Ok(())
    }
}

#[test]
fn an_editor_of_a_broadcast_channel_closes_anothers_poll_and_a_reader_does_not() {
    for group in groups() {
        let [ann, ben, cleo] = group.people;
        let message = group.ask(poll(&["a", "b"])).unwrap();
        let close = |by: Caller| group.hall.run(ClosePoll { by, peer: GROUP, message }).map(drop);
        assert_eq!(close(ben), Err(Refusal::MessageAuthorRequired), "in a group only who asked");
        group.hall.run(Broadcast(ann.user, ben.user)).unwrap();
        assert_eq!(close(cleo), Err(Refusal::MessageAuthorRequired));
        assert_eq!(close(ben), Ok(()));
        assert!(group.seen(0, message).closed);
    }
}
