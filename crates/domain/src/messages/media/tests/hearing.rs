//! Voice notes wait to be heard, timed media ends for both sides, and readers of a channel hear each for itself.

use super::{
    carriers::sendable,
    opening::{CHANNEL_DAYS, ONCE, Was},
    rights::Rooms,
    *,
};
use crate::{
    messages::{
        posts::contents::ReadChannelContents,
        reactions::unread::ReadContents,
        scheduled::{Schedule, SendLater},
        seen_in,
    },
    spaces::OPENED_MEDIA,
    updates::Change,
};

fn open(hall: &Hall, by: &Caller, id: MessageId) -> bool {
    hall.run(ReadContents { by: *by, messages: vec![id] }).unwrap().is_some()
}

#[test]
fn a_voice_note_waits_until_it_is_heard_and_its_author_is_told() {
    let hall = Hall::new();
    let (ann, ben) = (hall.person("Ann", "11111"), hall.person("Ben", "22222"));
    let id = send(&hall, &ann, ben.user, document(6, vec![audio(true)])).unwrap();
    let unread = || [ann.user, ben.user].map(|it| read(&hall, it, id).media_unread);
    assert_eq!(unread(), [true, true]);
    assert!(!open(&hall, &ann, id), "nobody hears for the other side");
    assert!(open(&hall, &ben, id) && !open(&hall, &ben, id));
    assert_eq!(unread(), [false, false]);
    let date = hall.domain.now().secs();
    assert_eq!(last(&hall, ann.user), Change::ReadContents { messages: vec![id], date });
    for other in [document(7, vec![]), photo(5), document(8, vec![audio(false)])] {
        let id = send(&hall, &ann, ben.user, other).unwrap();
        assert!(!read(&hall, ben.user, id).media_unread);
    }
    let note = send(&hall, &ann, ann.user, document(9, vec![audio(true)])).unwrap();
    assert!(!read(&hall, ann.user, note).media_unread, "one's own notes do not wait");
}

#[test]
fn in_a_basic_group_the_first_who_hears_it_is_told_of() {
    let rooms = Rooms::new();
    let (hall, ann, ben) = (&rooms.hall, rooms.ann, rooms.ben);
    let send = message(&ann, rooms.peers[0], String::new(), 77);
    let id = hall.run(SendMedia { send, media: document(6, vec![audio(true)]) }).unwrap().message;
    let theirs = hall.ask(|view| crate::messages::rows::local_id(view, ben.user, read(hall, ann.user, id).row.uid));
    let theirs = theirs.unwrap().unwrap();
    assert!(read(hall, ann.user, id).media_unread && read(hall, ben.user, theirs).media_unread);
    assert!(open(hall, &ben, theirs));
    assert!(!read(hall, ann.user, id).media_unread && !read(hall, ben.user, theirs).media_unread);
}

#[test]
fn timed_media_ends_for_both_sides_at_its_time_and_nothing_of_it_is_left() {
    let hall = Hall::new();
    let (ann, ben) = (hall.person("Ann", "11111"), hall.person("Ben", "22222"));
    let cases = [
        (photo(5), 10, 10, Was::Photo {}),
        (document(6, vec![video(false)]), 30, 30, Was::Video {}),
        (document(7, vec![audio(true)]), ONCE, 61, Was::Voice {}),
        (document(8, vec![video(true)]), ONCE, 61, Was::Round {}),
    ];
    for (media, ttl, seconds, was) in cases {
        let id = send(&hall, &ann, ben.user, timed(media, ttl)).unwrap();
        let named = name_of(&hall, ben.user, id);
        let there = || hall.ask(|view| carriers::named(view, ben.user, &named)).is_ok();
        let files = carried(&hall, ben.user, id).files().iter().map(|it| it.id).collect::<Vec<_>>();
        tick(&hall, 1000);
        assert!(there(), "it is not opened yet");
        assert!(open(&hall, &ben, id));
        tick(&hall, seconds - 1);
        assert!(there(), "its time is not over");
        tick(&hall, 1);
        assert!(!there());
        for who in [ann.user, ben.user] {
            assert_eq!(carried(&hall, who, id), MediaBody::Ended { was: was.clone(), ttl });
            assert_eq!(last(&hall, who), Change::EditMessage { message: id });
            assert_eq!(read(&hall, who, id).row.edit_date, 0, "nobody has edited it");
        }
        for file in files {
            assert_eq!(hall.ask(|view| uses::carriers(view, file, None, 10)).unwrap(), []);
        }
    }
}

#[test]
fn timed_media_is_for_private_chats_and_goes_no_further() {
    let rooms = Rooms::new();
    let (hall, ann, ben) = (&rooms.hall, rooms.ann, rooms.ben);
    let refused = |peer, media| {
        let send = message(&ann, peer, String::new(), 1 + hall.written() as i64);
        hall.run(SendMedia { send, media }).map(drop)
    };
    for peer in [rooms.peers[0], rooms.peers[1], Peer::User(ann.user)] {
        assert_eq!(refused(peer, timed(photo(5), 10)), Err(Refusal::TtlMediaInvalid));
    }
    let to = Peer::User(ben.user);
    for media in [document(6, vec![]), document(7, vec![audio(false)]), document(8, vec![Attribute::Animated {}])] {
        assert_eq!(refused(to, timed(media, 10)), Err(Refusal::TtlMediaInvalid));
    }
    let at = Schedule { date: hall.domain.now().secs() + 3600, repeat: 0 };
    let later = SendLater { send: message(&ann, to, String::new(), 5), media: timed(photo(5), 10), at };
    assert_eq!(hall.run(later).map(drop), Err(Refusal::TtlMediaInvalid));
    let id = send(hall, &ann, ben.user, timed(photo(5), 10)).unwrap();
    let theirs = hall.ask(|view| crate::messages::rows::local_id(view, ben.user, read(hall, ann.user, id).row.uid));
    let theirs = theirs.unwrap().unwrap();
    let own = Peer::User(ben.user);
    assert_eq!(forward(hall, &ben, Peer::User(ann.user), own, theirs), Err(Refusal::MessageIdInvalid));
    let named = name_of(hall, ben.user, theirs);
    assert_eq!(hall.ask(|view| sendable(view, ben.user, &named)), Err(Refusal::MediaInvalid));
    let edit = crate::messages::edit::EditMessage {
        by: ann,
        peer: to,
        message: id,
        text: "look".into(),
        entities: Vec::new(),
        no_webpage: false,
    };
    assert_eq!(hall.run(edit).map(drop), Err(Refusal::MediaPrevInvalid));
}

#[test]
fn each_reader_of_a_supergroup_hears_a_note_for_itself_and_after_a_week_it_is_old() {
    let rooms = Rooms::new();
    let (hall, ann, ben) = (&rooms.hall, rooms.ann, rooms.ben);
    let channel = rooms.peers[1].channel().unwrap();
    let post = |media| {
        let send = message(&ann, rooms.peers[1], String::new(), 1 + hall.written() as i64);
        hall.run(SendMedia { send, media }).unwrap().message
    };
    let (id, plain) = (post(document(6, vec![audio(true)])), post(photo(5)));
    let carl = hall.person("Carl", "33333");
    let row = crate::groups::MemberRow { joined: 1, ..crate::groups::MemberRow::default() };
    hall.run(crate::testing::groups::Place { channel, user: carl.user, row }).unwrap();
    let unread = |who: &Caller, id| {
        let ask = |domain: &crate::Domain| {
            crate::testing::ready(domain.query(|view| seen_in(view, who.user, channel.into(), [id]))).unwrap()[0]
                .media_unread
        };
        let (warm, cold) = (ask(&hall.domain), ask(&hall.domain.cold()));
        assert_eq!(warm, cold);
        warm
    };
    let all = || [&ann, &ben, &carl].map(|it| unread(it, id));
    assert_eq!(all(), [false, true, true]);
    hall.run(ReadChannelContents { by: ben, channel, messages: vec![id, plain] }).unwrap();
    assert_eq!(last(hall, ben.user), Change::ChannelContents { channel, messages: vec![id] });
    assert_eq!(all(), [false, false, true]);
    let kept = || {
        let range = store::Range::prefix(crate::LogId::from(ben.user).rows(OPENED_MEDIA).key());
        hall.ask(|view| view.scan(&range, store::Direction::Forward, 100)).unwrap().len()
    };
    assert_eq!(kept(), 1);
    hall.pass(u64::from(CHANNEL_DAYS + 1) * 24 * 3600);
    assert_eq!(all(), [false, false, false]);
    let id = post(document(7, vec![audio(true)]));
    hall.run(ReadChannelContents { by: ben, channel, messages: vec![id] }).unwrap();
    assert_eq!(kept(), 1, "what is old is forgotten");
}
