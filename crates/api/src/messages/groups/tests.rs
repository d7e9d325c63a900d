//! A basic group as its members' clients and a stranger's ask about it.

use domain::{Caller, testing::Hall};
use tl::{enums, functions::account::UpdateStatus, functions::messages as f, types};

use crate::{
    channels::tests::updates,
    testing::{call, refused, text},
};

fn history(peer: &enums::InputPeer) -> f::GetHistory {
    f::GetHistory {
        peer: peer.clone(),
        offset_id: 0,
        offset_date: 0,
        add_offset: 0,
        limit: 10,
        max_id: 0,
        min_id: 0,
        hash: 0,
    }
}

#[test]
fn members_learn_who_is_online_and_who_read_and_a_stranger_learns_nothing() {
    let hall = Hall::new();
    let [alice, bob, carol] = [("Alice", "9996622601"), ("Bob", "9996622602"), ("Carol", "9996622603")]
        .map(|(name, phone)| hall.person(name, phone));
    let user_id = crate::render::user::id(bob.user);
    let access_hash = hall.domain.world().access_hash(alice.user, domain::Peer::User(bob.user));
    let users = vec![types::InputUser { user_id, access_hash }.into()];
    let create = f::CreateChat { users, title: "Shutters".into(), ttl_period: None };
    let enums::messages::InvitedUsers::Users(made) = call(&hall, alice, &create).unwrap();
    let [enums::Chat::Chat(chat)] = &updates(made.updates).chats[..] else { panic!("a group") };
    let peer: enums::InputPeer = types::InputPeerChat { chat_id: chat.id }.into();

    let onlines = f::GetOnlines { peer: peer.clone() };
    let online = |by: Caller| {
        let enums::ChatOnlines::Onlines(it) = call(&hall, by, &onlines).unwrap();
        it.onlines
    };
    assert_eq!(online(alice), 1);
    call(&hall, bob, &UpdateStatus { offline: false }).unwrap();
    assert_eq!(online(alice), 2);

    call(&hall, alice, &text(&peer, "open", 1)).unwrap();
    let sent = match call(&hall, alice, &history(&peer)).unwrap() {
        enums::messages::Messages::Messages(it) => it.messages[0].id(),
        other => panic!("{other:?}"),
    };
    let asked = f::GetMessageReadParticipants { peer: peer.clone(), msg_id: sent };
    assert_eq!(call(&hall, alice, &asked).unwrap(), []);
    let date = i32::try_from(hall.domain.now().secs()).unwrap();
    call(&hall, bob, &f::ReadHistory { peer: peer.clone(), max_id: 0 }).unwrap();
    assert_eq!(call(&hall, alice, &asked).unwrap(), [types::ReadParticipantDate { user_id, date }.into()]);

    assert_eq!(refused(&hall, carol, &onlines), "400 PEER_ID_INVALID");
    assert_eq!(refused(&hall, carol, &asked), "400 PEER_ID_INVALID");
    assert_eq!(refused(&hall, carol, &history(&peer)), "400 PEER_ID_INVALID");
    let nowhere = types::InputPeerChat { chat_id: chat.id + 1 }.into();
    assert_eq!(refused(&hall, alice, &history(&nowhere)), "400 PEER_ID_INVALID");
}
