//! What callers of `channels.*` see.

mod broadcast;
mod broadcast_roles;
mod discussion;
mod ending;
mod finding;
mod lists;
mod managing;
mod roles;

use domain::{Caller, ChannelId, Peer, testing::Hall};
use tl::{enums, functions::channels as f, types};

use crate::testing::{call, refused};

/// A channel as somebody's client names it.
pub(crate) fn input(hall: &Hall, by: Caller, id: i64) -> enums::InputChannel {
    let channel = ChannelId(u64::try_from(id).expect("an id"));
    let access_hash = hall.domain.world().access_hash(by.user, Peer::Channel(channel));
    types::InputChannel { channel_id: id, access_hash }.into()
}

/// A person as another one's client names it.
pub(crate) fn user(hall: &Hall, by: Caller, other: Caller) -> enums::InputUser {
    let access_hash = hall.domain.world().access_hash(by.user, Peer::User(other.user));
    types::InputUser { user_id: crate::render::user::id(other.user), access_hash }.into()
}

/// A request for a new channel.
pub(crate) fn new(title: &str, broadcast: bool) -> f::CreateChannel {
    f::CreateChannel {
        broadcast,
        megagroup: !broadcast,
        for_import: false,
        forum: false,
        title: title.into(),
        about: "about".into(),
        geo_point: None,
        address: None,
        ttl_period: None,
    }
}

/// Makes a supergroup and gives its number.
pub(crate) fn group(hall: &Hall, by: Caller) -> i64 {
    chat(&updates(call(hall, by, &new("Group", false)).unwrap()).chats).id
}

/// The only channel of an answer.
pub(crate) fn chat(chats: &[enums::Chat]) -> types::Channel {
    match chats {
        [enums::Chat::Channel(it)] => it.clone(),
        other => panic!("one channel: {other:?}"),
    }
}

pub(crate) fn updates(it: enums::Updates) -> types::Updates {
    match it {
        enums::Updates::Updates(it) => it,
        other => panic!("updates: {other:?}"),
    }
}

#[test]
fn a_new_group_comes_with_its_owner_and_its_first_message() {
    let hall = Hall::new();
    let alice = hall.person("Alice", "9996622101");
    let made = updates(call(&hall, alice, &new(" Group ", false)).unwrap());
    let it = chat(&made.chats);
    assert!(it.creator && it.megagroup && !it.broadcast && !it.left, "{it:?}");
    assert_eq!((it.title.as_str(), it.participants_count), ("Group", Some(1)));
    assert!(matches!(made.updates[0], enums::Update::MessageId(_)), "TDLib looks for it");
    assert!(matches!(made.updates[1], enums::Update::Channel(_)));
    let enums::Update::NewChannelMessage(message) = &made.updates[2] else { panic!("{:?}", made.updates) };
    assert_eq!((message.pts, message.pts_count), (2, 1));
    let enums::Message::Service(service) = &message.message else { panic!("{message:?}") };
    assert!(matches!(&service.action, enums::MessageAction::ChannelCreate(it) if it.title == "Group"));
    assert_eq!(refused(&hall, alice, &new("  ", false)), "400 CHAT_TITLE_EMPTY");
    let long = f::CreateChannel { about: "x".repeat(256), ..new("G", true) };
    assert_eq!(refused(&hall, alice, &long), "400 CHAT_ABOUT_TOO_LONG");
    let forever = f::CreateChannel { ttl_period: Some(-1), ..new("G", true) };
    assert_eq!(refused(&hall, alice, &forever), "400 TTL_PERIOD_INVALID");
    let point = Some(enums::InputGeoPoint::Empty);
    let place = f::CreateChannel { geo_point: point, address: Some("here".into()), ..new("G", true) };
    assert_eq!(refused(&hall, alice, &place), "400 ADDRESS_INVALID");
}

#[test]
fn who_is_brought_in_sees_the_group_and_others_do_not() {
    let hall = Hall::new();
    let [alice, bob, carol] =
        [("A", "9996622201"), ("B", "9996622202"), ("C", "9996622203")].map(|(name, phone)| hall.person(name, phone));
    let id = group(&hall, alice);
    let (channel, users) = (input(&hall, alice, id), vec![user(&hall, alice, bob)]);
    let enums::messages::InvitedUsers::Users(invited) =
        call(&hall, alice, &f::InviteToChannel { channel, users }).unwrap();
    assert_eq!(invited.missing_invitees, []);
    let told = updates(invited.updates);
    assert!(matches!(told.updates[1], enums::Update::NewChannelMessage(_)), "{told:?}");
    assert_eq!(told.users.len(), 2, "whom the message names is named");
    let seen = |by: Caller| {
        let request = f::GetChannels { id: vec![input(&hall, by, id)] };
        let enums::messages::Chats::Chats(it) = call(&hall, by, &request).unwrap() else { panic!("all of them") };
        it.chats
    };
    assert!(!chat(&seen(bob)).left && !chat(&seen(bob)).creator);
    assert!(matches!(&seen(carol)[..], [enums::Chat::ChannelForbidden(it)] if it.megagroup));
    let by_alice = f::GetChannels { id: vec![input(&hall, alice, id)] };
    assert_eq!(refused(&hall, bob, &by_alice), "400 CHANNEL_INVALID", "the hash is another's");
    let leave = |by: Caller| f::LeaveChannel { channel: input(&hall, by, id) };
    assert_eq!(refused(&hall, alice, &leave(alice)), "400 USER_CREATOR");
    call(&hall, bob, &leave(bob)).unwrap();
    assert!(matches!(&seen(bob)[..], [enums::Chat::ChannelForbidden(_)]));
    let join = f::JoinChannel { channel: input(&hall, carol, id) };
    assert_eq!(refused(&hall, carol, &join), "406 CHANNEL_PRIVATE");
}

/// What an admin may do, as clients write it.
pub(crate) fn rights(it: domain::groups::AdminRights) -> enums::ChatAdminRights {
    crate::render::group::admin_rights(it)
}

/// What somebody may not do, as clients write it.
pub(crate) fn bans(it: domain::groups::BannedRights, until: u32) -> enums::ChatBannedRights {
    crate::render::group::banned_rights(it, until)
}

/// People with names of one letter.
pub(crate) fn people<const N: usize>(hall: &Hall) -> [Caller; N] {
    let name = |n: usize| char::from(b'A' + n as u8).to_string().repeat(3);
    std::array::from_fn(|n| hall.person(&name(n), &format!("99966230{n:02}")))
}

/// Brings people into a group.
pub(crate) fn bring(hall: &Hall, by: Caller, id: i64, who: &[Caller]) {
    let (channel, users) = (input(hall, by, id), who.iter().map(|it| user(hall, by, *it)).collect());
    call(hall, by, &f::InviteToChannel { channel, users }).expect("brought in");
}

/// Appoints an admin.
pub(crate) fn appoint(hall: &Hall, by: Caller, id: i64, who: Caller, it: domain::groups::AdminRights) -> f::EditAdmin {
    let (channel, user_id) = (input(hall, by, id), user(hall, by, who));
    f::EditAdmin { channel, user_id, admin_rights: rights(it), rank: None }
}

/// Bans somebody.
pub(crate) fn ban(
    hall: &Hall,
    by: Caller,
    id: i64,
    who: Caller,
    it: domain::groups::BannedRights,
    until: u32,
) -> f::EditBanned {
    let participant = crate::testing::peer(hall, by, who);
    f::EditBanned { channel: input(hall, by, id), participant, banned_rights: bans(it, until) }
}

/// The error of a call, or "ok".
pub(crate) fn outcome<F>(hall: &Hall, by: Caller, request: &F) -> String
where
    F: tl::RemoteCall + tl::Identifiable + tl::Serializable,
    F::Return: tl::Deserializable,
{
    match call(hall, by, request) {
        Ok(_) => "ok".into(),
        Err(error) => error.name.into_owned(),
    }
}
