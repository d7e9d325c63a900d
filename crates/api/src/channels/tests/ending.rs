//! The end of a group, its next owner, and what its members share.

use domain::{
    Caller,
    testing::{Hall, ready},
};
use tl::{enums, functions::channels as f};

use super::{bring, chat, group, input, people, updates, user};
use crate::testing::{call, channel_peer, refused};

fn erase(hall: &Hall) {
    while ready(domain::groups::deletion::run(&hall.domain)).unwrap() {}
    hall.apply_parcels();
}

#[test]
fn a_deleted_group_is_closed_to_all_and_its_name_is_free() {
    for hall in [Hall::new(), Hall::with_outbox()] {
        let [owner, bob] = people(&hall);
        let id = group(&hall, owner);
        bring(&hall, owner, id, &[bob]);
        let name = |by: Caller, id| f::UpdateUsername { channel: input(&hall, by, id), username: "moth_group".into() };
        call(&hall, owner, &name(owner, id)).unwrap();
        let told = updates(call(&hall, owner, &f::DeleteChannel { channel: input(&hall, owner, id) }).unwrap());
        assert!(matches!(&told.chats[..], [enums::Chat::ChannelForbidden(it)] if it.title == "Group"));
        let full = f::GetFullChannel { channel: input(&hall, bob, id) };
        assert_eq!(refused(&hall, bob, &full), "406 CHANNEL_PRIVATE");
        erase(&hall);
        let joined = |by: Caller| hall.ask(|view| domain::groups::channel::joined(view, by.user)).unwrap();
        assert_eq!((joined(owner), joined(bob)), (Vec::new(), Vec::new()));
        let other = group(&hall, bob);
        call(&hall, bob, &name(bob, other)).unwrap();
    }
}

#[test]
fn no_row_of_a_deleted_group_stays_but_its_tombstone() {
    let hall = Hall::new();
    let [owner, bob] = people(&hall);
    let id = group(&hall, owner);
    bring(&hall, owner, id, &[bob]);
    call(&hall, owner, &f::DeleteChannel { channel: input(&hall, owner, id) }).unwrap();
    erase(&hall);
    let channel = domain::ChannelId(u64::try_from(id).unwrap());
    let members = hall.ask(|view| domain::groups::channel::member(view, channel, bob.user)).unwrap();
    assert_eq!(members, None);
    let first = hall.ask(|view| domain::messages::rows::copy(view, channel, domain::MessageId(1))).unwrap();
    assert_eq!(first, None);
}

#[test]
fn the_longest_member_comes_next_and_an_admin_before_it() {
    let hall = Hall::new();
    let [owner, bob, carol] = people(&hall);
    let id = group(&hall, owner);
    let next = || {
        let peer = channel_peer(&hall, owner, id);
        let request = tl::functions::messages::GetFutureChatCreatorAfterLeave { peer };
        call(&hall, owner, &request).unwrap().id()
    };
    assert_eq!(next(), 0, "nobody is left");
    bring(&hall, owner, id, &[bob]);
    bring(&hall, owner, id, &[carol]);
    assert_eq!(next(), crate::render::user::id(bob.user));
    let rights = domain::groups::AdminRights::PIN_MESSAGES;
    call(&hall, owner, &super::appoint(&hall, owner, id, carol, rights)).unwrap();
    assert_eq!(next(), crate::render::user::id(carol.user));
}

#[test]
fn shared_silent_and_linked_groups_are_told_of() {
    let hall = Hall::new();
    let [owner, bob] = people(&hall);
    let (one, two) = (group(&hall, owner), group(&hall, owner));
    bring(&hall, owner, one, &[bob]);
    let request = tl::functions::messages::GetCommonChats { user_id: user(&hall, owner, bob), max_id: 0, limit: 10 };
    let enums::messages::Chats::Chats(shared) = call(&hall, owner, &request).unwrap() else { panic!("all of them") };
    assert_eq!(chat(&shared.chats).id, one);
    let enums::messages::InactiveChats::Chats(silent) = call(&hall, owner, &f::GetInactiveChannels {}).unwrap();
    assert_eq!((silent.chats.len(), silent.dates.len()), (2, 2));
    assert_eq!(refused(&hall, owner, &f::GetLeftChannels { offset: 0 }), "403 TAKEOUT_REQUIRED");
    let link = |id| f::ExportMessageLink { grouped: false, thread: false, channel: input(&hall, owner, two), id };
    let enums::ExportedMessageLink::Link(it) = call(&hall, owner, &link(1)).unwrap();
    assert!(it.link.ends_with(&format!("c/{two}/1")), "{}", it.link);
    assert_eq!(refused(&hall, owner, &link(9)), "400 MESSAGE_ID_INVALID");
}

#[test]
fn people_come_to_a_channel_without_a_word_and_its_end_takes_everything_along() {
    for hall in [Hall::new(), Hall::with_outbox()] {
        let [owner, bob, carol] = people(&hall);
        let id = chat(&updates(call(&hall, owner, &super::new("News", true)).unwrap()).chats).id;
        bring(&hall, owner, id, &[bob, carol]);
        call(&hall, carol, &f::LeaveChannel { channel: input(&hall, carol, id) }).unwrap();
        let peer = channel_peer(&hall, owner, id);
        for n in 0..5 {
            call(&hall, owner, &crate::testing::text(&peer, "news", n + 1)).unwrap();
        }
        let channel = domain::ChannelId(u64::try_from(id).unwrap());
        let kept = |n| hall.ask(|view| domain::messages::rows::copy(view, channel, domain::MessageId(n))).unwrap();
        assert!(kept(6).is_some() && kept(7).is_none(), "its making and five posts");
        let silent = |by| {
            let enums::messages::InactiveChats::Chats(it) = call(&hall, by, &f::GetInactiveChannels {}).unwrap();
            it.chats.iter().map(enums::Chat::id).collect::<Vec<_>>()
        };
        assert_eq!((silent(bob), silent(carol)), (vec![id], Vec::new()));
        let told = updates(call(&hall, owner, &f::DeleteChannel { channel: input(&hall, owner, id) }).unwrap());
        assert!(matches!(&told.chats[..], [enums::Chat::ChannelForbidden(it)] if it.broadcast));
        erase(&hall);
        assert!((1..=6).all(|n| kept(n).is_none()), "no post stays");
        assert_eq!((silent(owner), silent(bob)), (Vec::new(), Vec::new()));
        let member = hall.ask(|view| domain::groups::channel::member(view, channel, bob.user)).unwrap();
        assert_eq!(member, None);
    }
}
