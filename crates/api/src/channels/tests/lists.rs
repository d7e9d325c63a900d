//! Lists of members: filters, pages, names.

use domain::{
    Caller,
    groups::{AdminRights, BannedRights},
    people::edit::UpdateProfile,
    testing::{Hall, ready},
};
use tl::{enums, enums::ChannelParticipantsFilter as Filter, functions::channels as f, types};

use super::{appoint, ban, bring, group, input, people};
use crate::testing::{call, refused};

fn ask(hall: &Hall, by: Caller, id: i64, filter: Filter, (offset, limit): (i32, i32)) -> (i32, Vec<i64>) {
    let request = f::GetParticipants { channel: input(hall, by, id), filter, offset, limit, hash: 0 };
    match call(hall, by, &request).expect("a list") {
        enums::channels::ChannelParticipants::Participants(it) => {
            let named: Vec<_> = it.users.iter().map(enums::User::id).collect();
            let all: Vec<_> = it.participants.iter().map(user).collect();
            assert!(all.iter().all(|it| named.contains(it)), "each is named");
            (it.count, all)
        }
        enums::channels::ChannelParticipants::NotModified => panic!("nothing was known"),
    }
}

fn user(it: &enums::ChannelParticipant) -> i64 {
    match it {
        enums::ChannelParticipant::Participant(it) => it.user_id,
        enums::ChannelParticipant::ParticipantSelf(it) => it.user_id,
        enums::ChannelParticipant::Creator(it) => it.user_id,
        enums::ChannelParticipant::Admin(it) => it.user_id,
        enums::ChannelParticipant::Banned(it) => match &it.peer {
            enums::Peer::User(it) => it.user_id,
            other => panic!("{other:?}"),
        },
        enums::ChannelParticipant::Left(_) => panic!("who left is on no list"),
    }
}

fn ids<const N: usize>(who: [Caller; N]) -> Vec<i64> {
    who.iter().map(|it| crate::render::user::id(it.user)).collect()
}

fn named(q: &str) -> Filter {
    types::ChannelParticipantsSearch { q: q.into() }.into()
}

#[test]
fn each_filter_lists_its_own_in_order_and_by_pages() {
    let hall = Hall::new();
    let [owner, bob, carol, dave, erin] = people(&hall);
    let id = group(&hall, owner);
    for one in [bob, carol, dave, erin] {
        bring(&hall, owner, id, &[one]);
    }
    call(&hall, owner, &appoint(&hall, owner, id, bob, AdminRights::PIN_MESSAGES)).unwrap();
    call(&hall, owner, &ban(&hall, owner, id, dave, BannedRights::VIEW_MESSAGES, 0)).unwrap();
    call(&hall, owner, &ban(&hall, owner, id, erin, BannedRights::SEND_MESSAGES, 0)).unwrap();
    let all = (0, 200);
    assert_eq!(ask(&hall, carol, id, Filter::ChannelParticipantsRecent, all), (4, ids([erin, carol, bob, owner])));
    assert_eq!(ask(&hall, carol, id, Filter::ChannelParticipantsRecent, (1, 2)), (4, ids([carol, bob])));
    assert_eq!(ask(&hall, carol, id, Filter::ChannelParticipantsAdmins, all), (2, ids([owner, bob])));
    assert_eq!(ask(&hall, carol, id, Filter::ChannelParticipantsBots, all), (0, Vec::new()));
    let kicked = |q: &str| types::ChannelParticipantsKicked { q: q.into() }.into();
    assert_eq!(ask(&hall, bob, id, kicked(""), all), (1, ids([dave])));
    assert_eq!(ask(&hall, bob, id, kicked("dd"), all), (1, ids([dave])));
    assert_eq!(ask(&hall, bob, id, kicked("x"), all), (0, Vec::new()));
    let restricted = types::ChannelParticipantsBanned { q: String::new() }.into();
    assert_eq!(ask(&hall, bob, id, restricted, all), (1, ids([erin])));
    let request = |hash| f::GetParticipants {
        channel: input(&hall, carol, id),
        filter: Filter::ChannelParticipantsRecent,
        offset: 0,
        limit: 200,
        hash,
    };
    let known = crate::render::hash::of(ids([erin, carol, bob, owner]));
    let same = call(&hall, carol, &request(known)).unwrap();
    assert_eq!(same, enums::channels::ChannelParticipants::NotModified);
}

#[test]
fn members_are_found_by_beginnings_of_names_as_they_are_now() {
    let hall = Hall::new();
    let owner = hall.person("Owner", "9996625000");
    let id = group(&hall, owner);
    let anna = hall.person("Анна Maria", "9996625001");
    let mark = hall.person("Mark", "9996625002");
    bring(&hall, owner, id, &[anna, mark]);
    let find = |q: &str| {
        let mut found = ask(&hall, owner, id, named(q), (0, 200)).1;
        found.sort_unstable();
        found
    };
    assert_eq!(find("ann"), Vec::<i64>::new());
    assert_eq!(find("анн"), ids([anna]));
    assert_eq!(find("MAR"), ids([anna, mark]));
    assert_eq!(find("mar ан"), ids([anna]));
    assert_eq!(find("marx"), Vec::<i64>::new());
    let rename = UpdateProfile { by: mark, first_name: Some("Zoe".into()), last_name: None, about: None };
    hall.run(rename).unwrap();
    while ready(domain::groups::names::run(&hall.domain)).unwrap() {}
    assert_eq!((find("mar"), find("zo")), (ids([anna]), ids([mark])));
    let leave = f::LeaveChannel { channel: input(&hall, mark, id) };
    call(&hall, mark, &leave).unwrap();
    assert_eq!(find("zo"), Vec::<i64>::new());
}

#[test]
fn a_hidden_list_is_for_admins() {
    let hall = Hall::new();
    let [owner, bob] = people(&hall);
    let id = group(&hall, owner);
    bring(&hall, owner, id, &[bob]);
    let hide = f::ToggleParticipantsHidden { channel: input(&hall, owner, id), enabled: true };
    call(&hall, owner, &hide).unwrap();
    let request = |filter| f::GetParticipants { channel: input(&hall, bob, id), filter, offset: 0, limit: 9, hash: 0 };
    assert_eq!(refused(&hall, bob, &request(Filter::ChannelParticipantsRecent)), "400 CHAT_ADMIN_REQUIRED");
    assert_eq!(refused(&hall, bob, &request(named("o"))), "400 CHAT_ADMIN_REQUIRED");
    assert_eq!(ask(&hall, bob, id, Filter::ChannelParticipantsAdmins, (0, 9)).0, 1);
    assert_eq!(ask(&hall, owner, id, Filter::ChannelParticipantsRecent, (0, 9)).0, 2);
}
