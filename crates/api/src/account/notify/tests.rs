//! Settings of notifications for chats, topics and classes, and unread marks, as other sessions are told of them.

use domain::{Caller, testing::Hall, updates::Event};
use tl::{
    enums,
    functions::{
        account as f,
        channels::LeaveChannel,
        messages::{GetDialogUnreadMarks, GetForumTopics, MarkDialogUnread},
    },
    types,
};

use crate::{
    channels::tests::input,
    messages::topics::tests::{create, forum, number},
    render,
    testing::{call, channel_peer, peer, refused},
};

/// A forum of Alice's that Bob is in.
struct Desk {
    hall: Hall,
    alice: Caller,
    bob: Caller,
    id: i64,
}

fn desk() -> Desk {
    let hall = Hall::new();
    let (alice, bob, id) = forum(&hall);
    hall.events();
    Desk { hall, alice, bob, id }
}

impl Desk {
    fn forum(&self) -> enums::InputPeer {
        channel_peer(&self.hall, self.bob, self.id)
    }

    fn mute(&self, peer: enums::InputNotifyPeer) -> f::UpdateNotifySettings {
        let settings = types::InputPeerNotifySettings {
            show_previews: None,
            silent: None,
            mute_until: Some(i32::MAX),
            sound: None,
            stories_muted: None,
            stories_hide_sender: None,
            stories_sound: None,
        };
        f::UpdateNotifySettings { peer, settings: settings.into() }
    }

    fn topic(&self, top_msg_id: i32) -> enums::InputNotifyPeer {
        types::InputNotifyForumTopic { peer: self.forum(), top_msg_id }.into()
    }

    /// Until when Bob has muted it.
    fn muted(&self, peer: enums::InputNotifyPeer) -> Option<i32> {
        let enums::PeerNotifySettings::Settings(it) =
            call(&self.hall, self.bob, &f::GetNotifySettings { peer }).unwrap();
        it.mute_until
    }

    /// What Bob's other sessions are told since the last call.
    fn told(&self) -> Vec<enums::Update> {
        let entries = self.hall.events().into_iter().filter_map(|it| match it {
            Event::Logged { log, entry, .. } if log == self.bob.user.into() => Some(entry),
            _ => None,
        });
        let entries = entries.collect();
        let told = render::updates::entries(&self.hall.domain, self.bob.user, entries);
        let enums::Updates::Updates(it) = domain::testing::ready(told).unwrap() else { panic!("updates") };
        it.updates
    }

    fn exceptions(&self, peer: Option<enums::InputNotifyPeer>) -> usize {
        let request = f::GetNotifyExceptions { compare_sound: false, compare_stories: false, peer };
        let enums::Updates::Updates(it) = call(&self.hall, self.bob, &request).unwrap() else { panic!("updates") };
        it.updates.len()
    }
}

fn chat(peer: enums::InputPeer) -> enums::InputNotifyPeer {
    types::InputNotifyPeer { peer }.into()
}

#[test]
fn a_topic_has_settings_of_its_own() {
    let desk = desk();
    let topic = number(call(&desk.hall, desk.bob, &create(desk.forum(), "Lenses", 1)).unwrap());
    desk.told();
    call(&desk.hall, desk.bob, &desk.mute(desk.topic(topic))).unwrap();
    let told = desk.told();
    let [enums::Update::NotifySettings(it)] = &told[..] else { panic!("{told:?}") };
    let enums::NotifyPeer::NotifyForumTopic(named) = &it.peer else { panic!("{:?}", it.peer) };
    assert_eq!(named.top_msg_id, topic);
    assert_eq!((desk.muted(desk.topic(topic)), desk.muted(chat(desk.forum()))), (Some(i32::MAX), None));
    assert_eq!(desk.exceptions(None), 0, "a topic is not a chat");
    let all = GetForumTopics { peer: desk.forum(), q: None, offset_date: 0, offset_id: 0, offset_topic: 0, limit: 10 };
    let enums::messages::ForumTopics::Topics(shown) = call(&desk.hall, desk.bob, &all).unwrap();
    let muted = shown.topics.iter().filter_map(|it| match it {
        enums::ForumTopic::Topic(it) => {
            let enums::PeerNotifySettings::Settings(notify) = &it.notify_settings;
            notify.mute_until.map(|_| it.id)
        }
        enums::ForumTopic::Deleted(_) => None,
    });
    assert_eq!(muted.collect::<Vec<_>>(), [topic]);
    assert_eq!(refused(&desk.hall, desk.bob, &desk.mute(desk.topic(999))), "400 TOPIC_ID_INVALID");
    call(&desk.hall, desk.bob, &f::ResetNotifySettings {}).unwrap();
    assert_eq!((desk.muted(desk.topic(topic)), desk.told().len()), (None, 1));
}

#[test]
fn exceptions_are_told_apart_by_class() {
    use enums::InputNotifyPeer as Input;
    let desk = desk();
    call(&desk.hall, desk.bob, &desk.mute(chat(peer(&desk.hall, desk.bob, desk.alice)))).unwrap();
    call(&desk.hall, desk.bob, &desk.mute(chat(desk.forum()))).unwrap();
    assert_eq!(desk.exceptions(None), 2);
    let of = |class| desk.exceptions(Some(class));
    let classes = [Input::InputNotifyUsers, Input::InputNotifyChats, Input::InputNotifyBroadcasts];
    assert_eq!(classes.map(of), [1, 1, 0]);
    call(&desk.hall, desk.bob, &desk.mute(Input::InputNotifyChats)).unwrap();
    assert_eq!(desk.exceptions(None), 1, "what is as its class is no exception");
    let one = f::GetNotifyExceptions { compare_sound: false, compare_stories: false, peer: Some(chat(desk.forum())) };
    assert_eq!(refused(&desk.hall, desk.bob, &one), "400 PEER_ID_INVALID");
}

#[test]
fn a_sound_is_an_exception_where_sounds_are_compared() {
    let desk = desk();
    let mut request = desk.mute(chat(desk.forum()));
    let enums::InputPeerNotifySettings::Settings(it) = &mut request.settings;
    (it.mute_until, it.sound) = (None, Some(enums::NotificationSound::None));
    call(&desk.hall, desk.bob, &request).unwrap();
    let all = |compare_sound| {
        let request = f::GetNotifyExceptions { compare_sound, compare_stories: false, peer: None };
        let enums::Updates::Updates(it) = call(&desk.hall, desk.bob, &request).unwrap() else { panic!("updates") };
        it.updates.len()
    };
    assert_eq!((all(false), all(true)), (0, 1));
}

#[test]
fn a_group_is_marked_unread_on_all_devices_until_it_is_read_or_left() {
    let desk = desk();
    let dialog = || types::InputDialogPeer { peer: desk.forum() }.into();
    let mark = |unread| MarkDialogUnread { unread, parent_peer: None, peer: dialog() };
    let marked = || call(&desk.hall, desk.bob, &GetDialogUnreadMarks { parent_peer: None }).unwrap().len();
    call(&desk.hall, desk.bob, &mark(true)).unwrap();
    let told = desk.told();
    assert!(matches!(&told[..], [enums::Update::DialogUnreadMark(it)] if it.unread), "{told:?}");
    assert_eq!(marked(), 1);
    let read = tl::functions::channels::ReadHistory { channel: input(&desk.hall, desk.bob, desk.id), max_id: 0 };
    call(&desk.hall, desk.bob, &read).unwrap();
    assert_eq!(marked(), 0, "who reads a chat takes its mark away");
    call(&desk.hall, desk.bob, &mark(true)).unwrap();
    call(&desk.hall, desk.bob, &LeaveChannel { channel: input(&desk.hall, desk.bob, desk.id) }).unwrap();
    assert_eq!(marked(), 0);
    assert_eq!(refused(&desk.hall, desk.bob, &mark(true)), "406 CHANNEL_PRIVATE");
}
