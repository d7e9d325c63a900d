//! What callers of `contacts.*` find.

use domain::{Caller, Now, Refusal, UserId, testing::Hall};
use tl::{
    Identifiable, enums,
    functions::{channels, contacts as f, messages},
};

use crate::{
    channels::tests::{chat, input, new, updates},
    dispatch::tables,
    flood::{Flood, Payer},
    table::Cost,
    testing::{call, refused},
};

/// Makes a channel with a public name; its number.
pub(crate) fn public(hall: &Hall, by: Caller, title: &str, name: &str) -> i64 {
    let id = chat(&updates(call(hall, by, &new(title, true)).unwrap()).chats).id;
    let named = channels::UpdateUsername { channel: input(hall, by, id), username: name.into() };
    assert!(call(hall, by, &named).unwrap());
    id
}

fn search(q: &str) -> f::Search {
    f::Search { broadcasts: false, bots: false, q: q.into(), limit: 10 }
}

fn numbers(peers: &[enums::Peer]) -> Vec<i64> {
    let number = |it: &enums::Peer| match it {
        enums::Peer::Channel(it) => it.channel_id,
        enums::Peer::User(it) => it.user_id,
        enums::Peer::Chat(it) => it.chat_id,
    };
    peers.iter().map(number).collect()
}

#[test]
fn a_stranger_finds_a_public_channel_and_its_owner_finds_it_among_its_own() {
    let hall = Hall::new();
    let (alice, bob) = (hall.person("Alice", "9996625001"), hall.person("Bob", "9996625002"));
    let id = public(&hall, alice, "Moths of the Night", "silent_wings");
    let enums::contacts::Found::Found(found) = call(&hall, bob, &search("moths")).unwrap();
    assert_eq!((numbers(&found.my_results), numbers(&found.results)), (vec![], vec![id]));
    let [enums::Chat::Channel(shown)] = &found.chats[..] else { panic!("{found:?}") };
    assert!(shown.left && shown.broadcast && shown.access_hash.is_some_and(|it| it != 0) && !shown.min);
    assert_eq!((shown.title.as_str(), shown.username.as_deref()), ("Moths of the Night", Some("silent_wings")));
    let enums::contacts::Found::Found(found) = call(&hall, alice, &search("wings")).unwrap();
    assert_eq!((numbers(&found.my_results), numbers(&found.results)), (vec![id], vec![]));
    let bots = f::Search { bots: true, ..search("moths") };
    let enums::contacts::Found::Found(found) = call(&hall, bob, &bots).unwrap();
    assert!(found.results.is_empty() && found.chats.is_empty(), "no bot lives here");
    let join = channels::JoinChannel { channel: input(&hall, bob, id) };
    assert!(call(&hall, bob, &join).is_ok(), "what was found is joined");
    assert_eq!(refused(&hall, bob, &search(" ")), "400 SEARCH_QUERY_EMPTY");
    assert_eq!(refused(&hall, bob, &search("?!")), "400 QUERY_TOO_SHORT");
}

#[test]
fn a_link_works_by_each_of_several_names_that_are_on() {
    let hall = Hall::new();
    let (alice, bob) = (hall.person("Alice", "9996625101"), hall.person("Bob", "9996625102"));
    let id = public(&hall, alice, "Moths", "silent_wings");
    let resolve = |name: &str| f::ResolveUsername { username: name.into(), referer: None };
    for name in ["silent_wings", "Silent_Wings"] {
        let enums::contacts::ResolvedPeer::Peer(found) = call(&hall, bob, &resolve(name)).unwrap();
        assert_eq!(numbers(&[found.peer]), [id]);
        assert_eq!(chat(&found.chats).username.as_deref(), Some("silent_wings"));
    }
    assert_eq!(refused(&hall, bob, &resolve("loud_wings")), "400 USERNAME_NOT_OCCUPIED");
    assert_eq!(refused(&hall, bob, &resolve("")), "400 USERNAME_INVALID");
    assert_eq!(refused(&hall, bob, &resolve(&"x".repeat(33))), "400 USERNAME_INVALID");
}

#[test]
fn names_and_links_are_looked_up_so_often_and_no_more() {
    let flood = Flood::new(1.0);
    let ids = [
        f::ResolveUsername::CONSTRUCTOR_ID,
        channels::CheckUsername::CONSTRUCTOR_ID,
        messages::CheckChatInvite::CONSTRUCTOR_ID,
        messages::ImportChatInvite::CONSTRUCTOR_ID,
    ];
    let rows: Vec<_> = tables().flatten().filter(|it| ids.contains(&it.id)).collect();
    assert!(rows.len() == ids.len() && rows.iter().all(|it| it.cost == Cost::Lookup));
    let (payer, now) = (Payer::User(UserId(1)), Now { ms: 1 });
    let passed = (0..).take_while(|at: &usize| flood.pay(payer, rows[at % rows.len()].cost, now).is_ok()).count();
    assert_eq!(passed, 200, "whichever of them is called");
    assert_eq!(flood.pay(payer, Cost::Lookup, now), Err(Refusal::FloodWait(1)));
    let searches =
        [f::Search::CONSTRUCTOR_ID, channels::SearchPosts::CONSTRUCTOR_ID, messages::SearchGlobal::CONSTRUCTOR_ID];
    assert!(tables().flatten().filter(|it| searches.contains(&it.id)).all(|it| it.cost == Cost::Search));
}
