//! What is found in public channels, and how often.

use domain::{Caller, testing::Hall};
use tl::{
    enums,
    functions::{channels as f, messages as m},
    types,
};

use super::input;
use crate::{
    contacts::tests::public,
    testing::{call, channel_peer, peer, refused, text},
};

struct Press {
    hall: Hall,
    alice: Caller,
    bob: Caller,
}

fn press() -> Press {
    let hall = Hall::new();
    let [alice, bob] = [("A", "9996628001"), ("B", "9996628002")].map(|(name, phone)| hall.person(name, phone));
    Press { hall, alice, bob }
}

impl Press {
    fn post(&self, channel: i64, said: &str, random_id: i64) {
        let to = self.to(self.alice, channel);
        call(&self.hall, self.alice, &text(&to, said, random_id)).expect("posted");
    }

    fn to(&self, by: Caller, channel: i64) -> enums::InputPeer {
        channel_peer(&self.hall, by, channel)
    }
}

fn by_tag(tag: &str) -> f::SearchPosts {
    f::SearchPosts {
        hashtag: Some(tag.into()),
        query: None,
        offset_rate: 0,
        offset_peer: enums::InputPeer::Empty,
        offset_id: 0,
        limit: 2,
        allow_paid_stars: None,
    }
}

fn by_words(query: &str) -> f::SearchPosts {
    f::SearchPosts { hashtag: None, query: Some(query.into()), ..by_tag("") }
}

fn said(messages: &[enums::Message]) -> Vec<String> {
    let one = |it: &enums::Message| match it {
        enums::Message::Message(it) => it.message.clone(),
        other => panic!("a message: {other:?}"),
    };
    messages.iter().map(one).collect()
}

fn slice(it: enums::messages::Messages) -> types::messages::MessagesSlice {
    match it {
        enums::messages::Messages::Slice(it) => it,
        other => panic!("a part: {other:?}"),
    }
}

fn texts<const N: usize>(all: [&str; N]) -> Vec<String> {
    all.map(str::to_owned).into()
}

#[test]
fn posts_with_a_tag_come_in_pages_with_their_channel() {
    let it = press();
    let paper = public(&it.hall, it.alice, "The Paper", "the_paper");
    for n in 1..=3 {
        it.post(paper, &format!("{n} #moths"), n);
        it.hall.pass(1);
    }
    let first = slice(call(&it.hall, it.bob, &by_tag("moths")).unwrap());
    assert_eq!((said(&first.messages), first.count), (texts(["3 #moths", "2 #moths"]), 3));
    assert!(matches!(&first.chats[..], [enums::Chat::Channel(it)] if it.id == paper && it.left));
    assert_eq!(first.search_flood, None, "a tag costs nothing");
    let (offset_rate, offset_peer) = (first.next_rate.expect("there is more"), it.to(it.bob, paper));
    let next = f::SearchPosts { offset_rate, offset_peer, offset_id: first.messages[1].id(), ..by_tag("#moths") };
    let next = slice(call(&it.hall, it.bob, &next).unwrap());
    assert_eq!((said(&next.messages), next.next_rate), (texts(["1 #moths"]), None));
    assert_eq!(refused(&it.hall, it.bob, &by_tag("two words")), "400 HASHTAG_INVALID");
    let both = f::SearchPosts { query: Some("moths".into()), ..by_tag("moths") };
    assert_eq!(refused(&it.hall, it.bob, &both), "400 INPUT_CONSTRUCTOR_INVALID");
    let neither = f::SearchPosts { hashtag: None, ..by_tag("") };
    assert_eq!(refused(&it.hall, it.bob, &neither), "400 SEARCH_QUERY_EMPTY");
    let lost = f::SearchPosts { offset_peer: peer(&it.hall, it.bob, it.alice), ..by_tag("moths") };
    assert_eq!(refused(&it.hall, it.bob, &lost), "400 OFFSET_PEER_ID_INVALID");
}

#[test]
fn a_search_by_words_takes_one_of_a_day_and_says_how_many_are_left() {
    let it = press();
    let paper = public(&it.hall, it.alice, "The Paper", "the_paper");
    it.post(paper, "moths at night", 1);
    let check = |query: Option<&str>| {
        let request = f::CheckSearchPostsFlood { query: query.map(str::to_owned) };
        let enums::SearchPostsFlood::Flood(it) = call(&it.hall, it.bob, &request).unwrap();
        it
    };
    let before = check(None);
    assert_eq!((before.remains, before.query_is_free, before.wait_till), (before.total_daily, false, None));
    let found = slice(call(&it.hall, it.bob, &by_words("night moths")).unwrap());
    assert_eq!(said(&found.messages), ["moths at night"]);
    let Some(enums::SearchPostsFlood::Flood(left)) = found.search_flood else { panic!("a search by words says it") };
    assert_eq!(left.remains, before.total_daily - 1);
    assert!(check(Some("moths night")).query_is_free && !check(Some("bees")).query_is_free);
    for n in 1..before.total_daily {
        call(&it.hall, it.bob, &by_words(&format!("query {n}"))).expect("some are left");
    }
    assert_eq!(refused(&it.hall, it.bob, &by_words("bees")), "420 FLOOD_WAIT_86400");
    assert_eq!((check(None).remains, check(None).wait_till.is_some()), (0, true));
    assert_eq!(refused(&it.hall, it.bob, &by_words("?")), "400 SEARCH_QUERY_EMPTY");
}

#[test]
fn channels_like_one_come_whole_and_best_first() {
    let it = press();
    let [one, two, three] =
        ["one", "two", "three"].map(|name| public(&it.hall, it.alice, name, &format!("paper_{name}")));
    let readers: Vec<_> = (0..3).map(|n| it.hall.person("R", &format!("999662810{n}"))).collect();
    for (at, reader) in readers.iter().enumerate() {
        for id in [one, two, three].into_iter().take(if at == 0 { 3 } else { 2 }) {
            call(&it.hall, *reader, &f::JoinChannel { channel: input(&it.hall, *reader, id) }).expect("it is public");
        }
    }
    let like = |by: Caller, id: Option<i64>| {
        let request = f::GetChannelRecommendations { channel: id.map(|id| input(&it.hall, by, id)) };
        let enums::messages::Chats::Chats(found) = call(&it.hall, by, &request).unwrap() else { panic!("all") };
        found.chats.iter().map(enums::Chat::id).collect::<Vec<_>>()
    };
    assert_eq!(like(it.bob, Some(one)), [two, three]);
    assert_eq!(like(readers[1], None), [three]);
    assert!(like(it.bob, None).is_empty());
    let foreign = f::GetChannelRecommendations { channel: Some(input(&it.hall, it.alice, one)) };
    assert_eq!(refused(&it.hall, it.bob, &foreign), "400 CHANNEL_INVALID");
    let hidden = super::chat(&super::updates(call(&it.hall, it.alice, &super::new("hidden", true)).unwrap()).chats).id;
    let hidden = f::GetChannelRecommendations { channel: Some(input(&it.hall, it.bob, hidden)) };
    assert_eq!(refused(&it.hall, it.bob, &hidden), "406 CHANNEL_PRIVATE");
}

#[test]
fn a_search_of_all_chats_finds_what_channels_said_and_pages_through_it() {
    let it = press();
    let paper = public(&it.hall, it.alice, "The Paper", "the_paper");
    call(&it.hall, it.bob, &f::JoinChannel { channel: input(&it.hall, it.bob, paper) }).expect("it is public");
    for n in 1..=3 {
        it.post(paper, &format!("{n} zephyr"), n);
        it.hall.pass(1);
    }
    call(&it.hall, it.alice, &text(&peer(&it.hall, it.alice, it.bob), "a zephyr for bob", 9)).expect("sent");
    let search = |broadcasts_only, users_only| m::SearchGlobal {
        broadcasts_only,
        groups_only: false,
        users_only,
        folder_id: None,
        community: None,
        q: "zephyr".into(),
        filter: enums::MessagesFilter::InputMessagesFilterEmpty,
        min_date: 0,
        max_date: 0,
        offset_rate: 0,
        offset_peer: enums::InputPeer::Empty,
        offset_id: 0,
        limit: 2,
    };
    let first = slice(call(&it.hall, it.bob, &search(false, false)).unwrap());
    assert_eq!((said(&first.messages), first.count), (texts(["a zephyr for bob", "3 zephyr"]), 4));
    assert_eq!((first.chats.len(), first.users.len()), (1, 1), "whom the messages name is named");
    let next = m::SearchGlobal {
        offset_rate: first.next_rate.expect("there is more"),
        offset_peer: it.to(it.bob, paper),
        offset_id: first.messages[1].id(),
        ..search(false, false)
    };
    let next = slice(call(&it.hall, it.bob, &next).unwrap());
    assert_eq!((said(&next.messages), next.next_rate), (texts(["2 zephyr", "1 zephyr"]), None));
    assert_eq!(slice(call(&it.hall, it.bob, &search(true, false)).unwrap()).count, 3);
    let enums::messages::Messages::Messages(people) = call(&it.hall, it.bob, &search(false, true)).unwrap() else {
        panic!("all of them")
    };
    assert_eq!(said(&people.messages), ["a zephyr for bob"]);
}
