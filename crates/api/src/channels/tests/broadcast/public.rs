//! Public names of channels, how many one owns, and the one in a profile.

use domain::accounts::operator::names::GrantName;

use super::*;

#[test]
fn several_public_names_are_kept_in_order_and_one_can_be_taken() {
    let it = Channel::public();
    assert_eq!(it.name(it.owner, it.id, "no").unwrap_err().name, "USERNAME_INVALID");
    let other = channel(&it.hall, it.writer, "Other");
    assert_eq!(it.name(it.writer, other, "News_Of_All").unwrap_err().name, "USERNAME_OCCUPIED");
    let check = f::CheckUsername { channel: input(&it.hall, it.writer, other), username: "news_of_all".into() };
    assert!(!call(&it.hall, it.writer, &check).unwrap(), "it is taken");
    let toggle = f::ToggleUsername { channel: it.channel(it.owner), username: "news_of_all".into(), active: false };
    assert_eq!(
        refused(&it.hall, it.owner, &toggle),
        "400 USERNAME_INVALID",
        "the editable one is changed, not switched"
    );
    let order = f::ReorderUsernames { channel: it.channel(it.owner), order: vec!["news_of_none".into()] };
    assert_eq!(refused(&it.hall, it.owner, &order), "400 ORDER_INVALID");
    it.name(it.owner, it.id, "").unwrap();
    it.name(it.writer, other, "news_of_all").unwrap();
    let gone = f::GetFullChannel { channel: it.channel(it.passer) };
    assert_eq!(refused(&it.hall, it.passer, &gone), "406 CHANNEL_PRIVATE");
}

#[test]
fn an_owner_finds_its_public_channels_and_learns_when_it_has_enough() {
    let it = Channel::public();
    let groups = group(&it.hall, it.owner);
    it.name(it.owner, groups, "public_group").unwrap();
    channel(&it.hall, it.owner, "Private");
    let ask = |check_limit, for_personal, by_location| f::GetAdminedPublicChannels {
        by_location,
        check_limit,
        for_personal,
        for_community_peer: false,
    };
    let ids = |by, request: &f::GetAdminedPublicChannels| {
        let enums::messages::Chats::Chats(it) = call(&it.hall, by, request).unwrap() else { panic!("all of them") };
        it.chats.iter().map(enums::Chat::id).collect::<Vec<_>>()
    };
    let mut both = ids(it.owner, &ask(true, false, false));
    both.sort_unstable();
    let mut wanted = [it.id, groups];
    wanted.sort_unstable();
    assert_eq!(both, wanted);
    assert_eq!(ids(it.owner, &ask(false, true, false)), [it.id], "a profile shows channels alone");
    assert_eq!(ids(it.owner, &ask(false, false, true)), [] as [i64; 0], "none has a place");
    assert_eq!(ids(it.writer, &ask(false, false, false)), [] as [i64; 0], "an admin owns none");
    for n in 0..8 {
        let id = channel(&it.hall, it.owner, "More");
        it.name(it.owner, id, &format!("more_news_{n}")).unwrap();
    }
    assert_eq!(refused(&it.hall, it.owner, &ask(true, false, false)), "400 CHANNELS_ADMIN_PUBLIC_TOO_MUCH");
    assert_eq!(ids(it.owner, &ask(false, false, false)).len(), 10);
}

#[test]
fn a_channel_in_a_profile_is_shown_with_its_last_post() {
    let it = Channel::public();
    let last = it.post(it.owner, "newest");
    let show = |by, channel| account::UpdatePersonalChannel { channel: channel_of(&it, by, channel) };
    let profile = |by| {
        let request = users::GetFullUser { id: user(&it.hall, by, it.owner) };
        let enums::users::UserFull::Full(full) = call(&it.hall, by, &request).unwrap();
        let enums::UserFull::Full(user) = full.full_user;
        (user.personal_channel_id, user.personal_channel_message, full.chats.len())
    };
    assert_eq!(profile(it.passer), (None, None, 0));
    assert_eq!(refused(&it.hall, it.writer, &show(it.writer, Some(it.id))), "400 CHAT_ADMIN_REQUIRED");
    let groups = group(&it.hall, it.owner);
    it.name(it.owner, groups, "public_group").unwrap();
    assert_eq!(refused(&it.hall, it.owner, &show(it.owner, Some(groups))), "400 CHANNEL_INVALID");
    assert!(call(&it.hall, it.owner, &show(it.owner, Some(it.id))).unwrap());
    assert_eq!(profile(it.passer), (Some(it.id), Some(last), 1));

    let history = m::GetPersonalChannelHistory {
        user_id: user(&it.hall, it.passer, it.owner),
        limit: 1,
        max_id: 0,
        min_id: 0,
        hash: 0,
    };
    let enums::messages::Messages::ChannelMessages(page) = call(&it.hall, it.passer, &history).unwrap() else {
        panic!("messages of a channel")
    };
    assert_eq!((page.messages.len(), page.messages[0].id(), page.chats.len()), (1, last, 1));

    it.name(it.owner, it.id, "").unwrap();
    assert_eq!(profile(it.passer), (None, None, 0), "it is public no more");
    it.name(it.owner, it.id, "news_again").unwrap();
    assert!(call(&it.hall, it.owner, &show(it.owner, None)).unwrap());
    assert_eq!(profile(it.passer), (None, None, 0));
}

fn channel_of(it: &Channel, by: Caller, id: Option<i64>) -> enums::InputChannel {
    id.map_or(enums::InputChannel::Empty, |id| input(&it.hall, by, id))
}

/// `username` of a channel as somebody sees it, and each of `usernames` with its flags.
fn names(it: &Channel, by: Caller) -> (Option<String>, Vec<String>) {
    let seen = it.seen(by);
    let one = |name: enums::Username| {
        let enums::Username::Username(it) = name;
        format!("{}{}{}", it.username, if it.editable { " own" } else { "" }, if it.active { "" } else { " off" })
    };
    (seen.username, seen.usernames.unwrap_or_default().into_iter().map(one).collect())
}

#[test]
fn a_name_that_is_off_is_shown_to_the_owner_alone_and_one_that_was_given_stands_in_a_list() {
    let it = Channel::public();
    let alone = (Some("news_of_all".to_owned()), Vec::new());
    assert_eq!(names(&it, it.owner), alone);
    let command = GrantName { name: "tower_of_lille".into(), to: "@news_of_all".into() };
    it.hall.run(command).unwrap();
    let listed = |all: &[&str]| (None, all.iter().map(|it| (*it).to_owned()).collect::<Vec<_>>());
    assert_eq!(names(&it, it.owner), listed(&["news_of_all own", "tower_of_lille off"]));
    assert_eq!(names(&it, it.passer), alone);
    let channel = it.channel(it.owner);
    let on = f::ToggleUsername { channel, username: "tower_of_lille".into(), active: true };
    assert!(call(&it.hall, it.owner, &on).unwrap());
    assert_eq!(names(&it, it.passer), listed(&["news_of_all own", "tower_of_lille"]));
    let check = |by, id| f::CheckUsername { channel: input(&it.hall, by, id), username: "tower_of_lille".into() };
    assert!(!call(&it.hall, it.owner, &check(it.owner, it.id)).unwrap(), "it is no main name");
    it.name(it.owner, it.id, "").unwrap();
    assert_eq!(names(&it, it.passer), listed(&["tower_of_lille"]), "alone in the list: it is not the editable one");
}
