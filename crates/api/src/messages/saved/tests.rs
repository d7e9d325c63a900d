//! What clients are told of the parts of Saved Messages, and which errors they get.

use domain::{Caller, testing::Hall};
use tl::{
    enums,
    functions::messages::{
        DeleteSavedHistory, GetPinnedSavedDialogs, GetSavedDialogs, GetSavedDialogsById, GetSavedHistory,
        GetSearchCounters, ReadSavedHistory, ReorderPinnedSavedDialogs, ToggleSavedDialogPin,
    },
    types,
};

use crate::testing::{call, forward, peer, refused, text};

struct Desk {
    hall: Hall,
    alice: Caller,
    bob: Caller,
}

/// A note of one's own, and one saved from a chat.
fn desks() -> [Desk; 2] {
    [Hall::new(), Hall::with_outbox()].map(|hall| {
        let (alice, bob) = (hall.person("Alice", "9996621001"), hall.person("Bob", "9996621002"));
        call(&hall, alice, &text(&enums::InputPeer::PeerSelf, "note", 1)).unwrap();
        call(&hall, bob, &text(&peer(&hall, bob, alice), "saying", 1)).unwrap();
        hall.pass(1);
        call(&hall, alice, &forward(&peer(&hall, alice, bob), &enums::InputPeer::PeerSelf, 2, 2)).unwrap();
        Desk { hall, alice, bob }
    })
}

impl Desk {
    fn parts(&self, limit: i32, hash: i64) -> enums::messages::SavedDialogs {
        let request = GetSavedDialogs {
            exclude_pinned: false,
            parent_peer: None,
            offset_date: 0,
            offset_id: 0,
            offset_peer: enums::InputPeer::Empty,
            limit,
            hash,
        };
        call(&self.hall, self.alice, &request).unwrap()
    }

    fn dialog_peer(&self, other: Caller) -> enums::InputDialogPeer {
        types::InputDialogPeer { peer: peer(&self.hall, self.alice, other) }.into()
    }
}

/// `message` each, pinned ones with a star.
fn tops(all: &[enums::SavedDialog]) -> String {
    let each = all.iter().map(|it| match it {
        enums::SavedDialog::Dialog(it) => format!("{}{}", it.top_message, if it.pinned { "*" } else { "" }),
        other => panic!("a part of Saved Messages, not {other:?}"),
    });
    each.collect::<Vec<_>>().join(" ")
}

fn whole(it: enums::messages::SavedDialogs) -> (String, usize) {
    match it {
        enums::messages::SavedDialogs::Dialogs(it) => (tops(&it.dialogs), it.messages.len()),
        other => panic!("all parts, not {other:?}"),
    }
}

#[test]
fn parts_come_with_their_last_messages_and_by_pages() {
    for desk in desks() {
        let (alice, bob, hall) = (desk.alice, desk.bob, &desk.hall);
        assert_eq!(whole(desk.parts(10, 0)), ("3 1".into(), 2));
        let enums::messages::SavedDialogs::Slice(slice) = desk.parts(1, 0) else { panic!("a slice") };
        assert_eq!((slice.count, tops(&slice.dialogs)), (2, "3".into()));
        call(hall, alice, &ToggleSavedDialogPin { pinned: true, peer: desk.dialog_peer(alice) }).unwrap();
        assert_eq!(whole(desk.parts(10, 0)), ("1* 3".into(), 2));
        assert_eq!(whole(call(hall, alice, &GetPinnedSavedDialogs {}).unwrap()), ("1*".into(), 1));
        let order = vec![desk.dialog_peer(bob), desk.dialog_peer(alice)];
        call(hall, alice, &ReorderPinnedSavedDialogs { force: true, order }).unwrap();
        assert_eq!(whole(desk.parts(10, 0)), ("3* 1*".into(), 2));
        let named = GetSavedDialogsById { parent_peer: None, ids: vec![peer(hall, alice, bob)] };
        assert_eq!(whole(call(hall, alice, &named).unwrap()), ("3*".into(), 1));
    }
}

#[test]
fn a_part_is_read_and_deleted_by_itself() {
    for desk in desks() {
        let (alice, hall) = (desk.alice, &desk.hall);
        let history = GetSavedHistory {
            parent_peer: None,
            peer: peer(hall, alice, desk.bob),
            offset_id: 0,
            offset_date: 0,
            add_offset: 0,
            limit: 10,
            max_id: 0,
            min_id: 0,
            hash: 0,
        };
        let read = || match call(hall, alice, &history).unwrap() {
            enums::messages::Messages::Messages(it) => it.messages,
            other => panic!("messages, not {other:?}"),
        };
        let [enums::Message::Message(saved)] = &read()[..] else { panic!("one message") };
        assert_eq!((saved.id, saved.message.as_str()), (3, "saying"));
        let bob = types::PeerUser { user_id: crate::render::user::id(desk.bob.user) };
        assert_eq!(saved.saved_peer_id, Some(bob.into()));
        let peer = peer(hall, alice, desk.bob);
        let clear = DeleteSavedHistory { parent_peer: None, peer, max_id: i32::MAX, min_date: None, max_date: None };
        let enums::messages::AffectedHistory::History(it) = call(hall, alice, &clear).unwrap();
        assert_eq!((it.pts_count, it.offset, read().len()), (1, 0, 0));
        assert_eq!(whole(desk.parts(10, 0)), ("1".into(), 1));
    }
}

#[test]
fn direct_messages_of_channels_are_refused_and_strangers_are_no_parts() {
    let [desk, ..] = desks();
    let (alice, hall) = (desk.alice, &desk.hall);
    let parent_peer = peer(hall, alice, desk.bob);
    let read = ReadSavedHistory { parent_peer: parent_peer.clone(), peer: parent_peer.clone(), max_id: 1 };
    assert_eq!(refused(hall, alice, &read), "400 PARENT_PEER_INVALID");
    let named = GetSavedDialogsById { parent_peer: Some(parent_peer), ids: vec![] };
    assert_eq!(refused(hall, alice, &named), "400 PARENT_PEER_INVALID");
    let carol = hall.person("Carol", "9996621003");
    let pin = ToggleSavedDialogPin { pinned: true, peer: desk.dialog_peer(carol) };
    assert_eq!(refused(hall, alice, &pin), "400 PEER_ID_INVALID");
}

#[test]
fn counters_are_those_of_the_part_that_is_named() {
    for desk in desks() {
        let (alice, hall) = (desk.alice, &desk.hall);
        call(hall, alice, &text(&enums::InputPeer::PeerSelf, "https://example.org", 7)).unwrap();
        let counters = |chat: Caller, part: Option<Caller>| GetSearchCounters {
            peer: peer(hall, alice, chat),
            saved_peer_id: part.map(|it| peer(hall, alice, it)),
            top_msg_id: None,
            filters: vec![enums::MessagesFilter::InputMessagesFilterUrl],
        };
        let count = |request: GetSearchCounters| {
            let all = call(hall, alice, &request).unwrap();
            all.iter().map(|enums::messages::SearchCounter::Counter(it)| it.count).sum::<i32>()
        };
        assert_eq!(count(counters(alice, None)), 1);
        assert_eq!(count(counters(alice, Some(alice))), 1);
        assert_eq!(count(counters(alice, Some(desk.bob))), 0);
        assert_eq!(refused(hall, alice, &counters(desk.bob, Some(alice))), "400 PEER_ID_INVALID");
    }
}
