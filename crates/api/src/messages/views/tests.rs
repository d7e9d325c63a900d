//! Views and forwards as clients read them and are told of them.

use domain::{
    Caller, ChannelId,
    messages::counts::flush::flush,
    testing::{Hall, ready},
    updates::{Event, Passing},
};
use tl::functions::{channels::SetDiscussionGroup, messages::GetHistory};

use super::*;
use crate::{
    channels::tests::{bring, chat, input, new, people, updates},
    push,
    testing::{call, channel_peer, forward, refused, text},
};

struct Scene {
    hall: Hall,
    id: i64,
    olga: Caller,
    bob: Caller,
    carol: Caller,
}

impl Scene {
    fn new() -> Self {
        let hall = Hall::new();
        let [olga, bob, carol] = people(&hall);
        let id = chat(&updates(call(&hall, olga, &new("News", true)).unwrap()).chats).id;
        bring(&hall, olga, id, &[bob]);
        let it = Self { hall, id, olga, bob, carol };
        call(&it.hall, olga, &text(&it.peer(olga), "news", 1)).unwrap();
        it
    }

    fn peer(&self, by: Caller) -> enums::InputPeer {
        channel_peer(&self.hall, by, self.id)
    }

    fn views(&self, by: Caller, ids: &[i32], increment: bool) -> Vec<(Option<i32>, Option<i32>)> {
        let ask = GetMessagesViews { peer: self.peer(by), id: ids.to_vec(), increment };
        let enums::messages::MessageViews::Views(it) = call(&self.hall, by, &ask).unwrap();
        let one = |it: &enums::MessageViews| {
            let enums::MessageViews::Views(it) = it;
            (it.views, it.forwards)
        };
        it.views.iter().map(one).collect()
    }
}

#[test]
fn a_client_counts_what_it_shows_and_reads_the_counters_in_messages() {
    let it = Scene::new();
    assert_eq!(it.views(it.bob, &[2], false), [(Some(1), Some(0))], "its author has seen it");
    assert_eq!(it.views(it.bob, &[2, 99], true), [(Some(2), Some(0)), (None, None)]);
    assert_eq!(it.views(it.olga, &[2], true), [(Some(2), Some(0))]);
    call(&it.hall, it.bob, &forward(&it.peer(it.bob), &enums::InputPeer::PeerSelf, 2, 7)).unwrap();
    ready(flush(&it.hall.domain)).unwrap();
    let history = |by, peer| {
        let (offset_id, offset_date, add_offset, limit) = (0, 0, 0, 1);
        let ask = GetHistory { peer, offset_id, offset_date, add_offset, limit, max_id: 0, min_id: 0, hash: 0 };
        let messages = match call(&it.hall, by, &ask).unwrap() {
            enums::messages::Messages::ChannelMessages(it) => it.messages,
            enums::messages::Messages::Messages(it) => it.messages,
            other => panic!("{other:?}"),
        };
        let enums::Message::Message(it) = &messages[0] else { panic!("a message") };
        (it.views, it.forwards)
    };
    assert_eq!(history(it.olga, it.peer(it.olga)), (Some(2), Some(1)));
    assert_eq!(history(it.bob, enums::InputPeer::PeerSelf), (Some(2), Some(1)), "a copy shows those of its origin");
}

#[test]
fn subscribers_are_told_in_the_same_words_how_counters_move() {
    let it = Scene::new();
    it.hall.events();
    it.views(it.bob, &[2], true);
    call(&it.hall, it.bob, &forward(&it.peer(it.bob), &enums::InputPeer::PeerSelf, 2, 7)).unwrap();
    let events = it.hall.events();
    let event = events.iter().find(|it| matches!(it, Event::Passing { what: Passing::Counts { .. }, .. }));
    let event = event.expect("who is online is told");
    let topic = push::topic(event).expect("of the channel");
    let Some(enums::Updates::Updates(told)) = ready(push::render(&it.hall.domain, event, topic)) else {
        panic!("updates")
    };
    let forwards = |it: &enums::Update| match it {
        enums::Update::ChannelMessageForwards(it) => Some((it.channel_id, it.id, it.forwards)),
        _ => None,
    };
    assert_eq!(told.updates.iter().find_map(forwards), Some((it.id, 2, 1)));
    it.hall.pass(5);
    ready(flush(&it.hall.domain)).unwrap();
    let moved = |it: Event| match it {
        Event::Passing { what: Passing::Counts { views, forwards, .. }, .. } => Some((views, forwards)),
        _ => None,
    };
    assert_eq!(it.hall.events().into_iter().filter_map(moved).collect::<Vec<_>>(), [(Some(2), None)]);
}

#[test]
fn wrong_numbers_and_closed_channels_are_refused() {
    let it = Scene::new();
    let ask = |by, id| GetMessagesViews { peer: it.peer(by), id, increment: true };
    for wrong in [vec![], vec![0], vec![2; 101]] {
        assert_eq!(refused(&it.hall, it.bob, &ask(it.bob, wrong)), "400 MSG_ID_INVALID");
    }
    assert_eq!(refused(&it.hall, it.carol, &ask(it.carol, vec![2])), "406 CHANNEL_PRIVATE");
}

#[test]
fn a_post_that_can_be_commented_on_says_where() {
    let it = Scene::new();
    let group = crate::channels::tests::group(&it.hall, it.olga);
    let (broadcast, discussion) = (input(&it.hall, it.olga, it.id), input(&it.hall, it.olga, group));
    call(&it.hall, it.olga, &SetDiscussionGroup { broadcast, group: discussion }).unwrap();
    call(&it.hall, it.olga, &text(&it.peer(it.olga), "what do you say?", 2)).unwrap();
    let last = it.hall.ask(|view| domain::updates::counters(view, ChannelId(u64::try_from(it.id).unwrap()))).unwrap();
    let ask = GetMessagesViews { peer: it.peer(it.bob), id: vec![last.last_message_id], increment: true };
    let enums::messages::MessageViews::Views(told) = call(&it.hall, it.bob, &ask).unwrap();
    let enums::MessageViews::Views(views) = &told.views[0];
    let Some(enums::MessageReplies::Replies(replies)) = &views.replies else { panic!("{views:?}") };
    assert_eq!((replies.comments, replies.channel_id, replies.replies, views.views), (true, Some(group), 0, Some(2)));
    assert!(told.chats.iter().any(|it| matches!(it, enums::Chat::Channel(it) if it.id == group)
        || matches!(it, enums::Chat::ChannelForbidden(it) if it.id == group)));
}
