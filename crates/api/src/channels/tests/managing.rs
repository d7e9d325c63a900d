//! What becomes of appointments, bans and settings.

use domain::{
    Caller,
    groups::{AdminRights, BannedRights},
    testing::Hall,
};
use tl::{enums, functions::channels as f, types};

use super::{appoint, ban, bring, chat, group, input, outcome, people, updates, user};
use crate::testing::{call, refused};

fn member(hall: &Hall, by: Caller, id: i64, who: Caller) -> enums::ChannelParticipant {
    let participant = crate::testing::peer(hall, by, who);
    let request = f::GetParticipant { channel: input(hall, by, id), participant };
    let enums::channels::ChannelParticipant::Participant(it) = call(hall, by, &request).expect("a member");
    it.participant
}

fn seen(hall: &Hall, by: Caller, id: i64) -> Vec<enums::Chat> {
    match call(hall, by, &f::GetChannels { id: vec![input(hall, by, id)] }).expect("known") {
        enums::messages::Chats::Chats(it) => it.chats,
        enums::messages::Chats::Slice(it) => it.chats,
    }
}

fn full(hall: &Hall, by: Caller, id: i64) -> types::ChannelFull {
    let enums::messages::ChatFull::Full(it) =
        call(hall, by, &f::GetFullChannel { channel: input(hall, by, id) }).unwrap();
    match it.full_chat {
        enums::ChatFull::ChannelFull(it) => it,
        other => panic!("{other:?}"),
    }
}

#[test]
fn an_admin_grants_no_more_than_it_has_and_manages_whom_it_appointed() {
    let hall = Hall::new();
    let [owner, admin, other, third] = people(&hall);
    let id = group(&hall, owner);
    bring(&hall, owner, id, &[admin, other, third]);
    let own = AdminRights::ADD_ADMINS.with(AdminRights::PIN_MESSAGES);
    call(&hall, owner, &appoint(&hall, owner, id, admin, own)).unwrap();
    let by_admin = |who, rights| outcome(&hall, admin, &appoint(&hall, admin, id, who, rights));
    assert_eq!(by_admin(other, AdminRights::BAN_USERS), "RIGHT_FORBIDDEN");
    assert_eq!(by_admin(other, own), "ok");
    // Two admins at once: each manages whom it appointed, the owner all.
    assert_eq!(outcome(&hall, other, &appoint(&hall, other, id, third, AdminRights::PIN_MESSAGES)), "ok");
    assert_eq!(by_admin(third, AdminRights::PIN_MESSAGES), "CHAT_ADMIN_REQUIRED");
    let enums::ChannelParticipant::Admin(it) = member(&hall, owner, id, third) else { panic!("an admin") };
    assert!(it.can_edit && it.promoted_by == crate::render::user::id(other.user));
    let enums::ChannelParticipant::Admin(it) = member(&hall, admin, id, third) else { panic!("an admin") };
    assert!(!it.can_edit);
    assert_eq!(by_admin(other, AdminRights::NONE), "ok");
    assert!(matches!(member(&hall, owner, id, other), enums::ChannelParticipant::Participant(_)));
    assert_eq!(outcome(&hall, third, &appoint(&hall, third, id, third, AdminRights::NONE)), "ok", "it resigns");
    assert_eq!(full(&hall, owner, id).admins_count, Some(2));
}

#[test]
fn titles_are_short_and_without_pictures_and_go_with_the_office() {
    let hall = Hall::new();
    let [owner, admin] = people(&hall);
    let id = group(&hall, owner);
    bring(&hall, owner, id, &[admin]);
    let titled = |rank: &str| f::EditAdmin {
        rank: Some(rank.into()),
        ..appoint(&hall, owner, id, admin, AdminRights::PIN_MESSAGES)
    };
    assert_eq!(refused(&hall, owner, &titled(&"x".repeat(17))), "400 ADMIN_RANK_INVALID");
    assert_eq!(refused(&hall, owner, &titled("boss \u{1f600}")), "400 ADMIN_RANK_EMOJI_NOT_ALLOWED");
    call(&hall, owner, &titled("boss")).unwrap();
    let rank = || match member(&hall, owner, id, admin) {
        enums::ChannelParticipant::Admin(it) => it.rank,
        enums::ChannelParticipant::Participant(it) => it.rank,
        other => panic!("{other:?}"),
    };
    assert_eq!(rank().as_deref(), Some("boss"));
    call(&hall, owner, &appoint(&hall, owner, id, admin, AdminRights::BAN_USERS)).unwrap();
    assert_eq!(rank().as_deref(), Some("boss"), "other rights, the same title");
    call(&hall, owner, &appoint(&hall, owner, id, admin, AdminRights::NONE)).unwrap();
    assert_eq!(rank(), None);
}

#[test]
fn no_more_admins_than_a_channel_may_have() {
    use domain::groups::admins::ADMINS_MAX;
    let hall = Hall::new();
    let owner = hall.person("Owner", "9996624000");
    let id = group(&hall, owner);
    let others: Vec<_> = (1..=ADMINS_MAX).map(|n| hall.person("P", &format!("99966241{n:02}"))).collect();
    bring(&hall, owner, id, &others);
    for (at, other) in others.iter().enumerate() {
        let got = outcome(&hall, owner, &appoint(&hall, owner, id, *other, AdminRights::PIN_MESSAGES));
        // The owner is one of them.
        assert_eq!(got, if at + 2 > ADMINS_MAX as usize { "ADMINS_TOO_MUCH" } else { "ok" }, "{at}");
    }
}

#[test]
fn a_ban_puts_out_and_lifts_itself_at_its_time() {
    for hall in [Hall::new(), Hall::with_outbox()] {
        let [owner, bob] = people(&hall);
        let id = group(&hall, owner);
        bring(&hall, owner, id, &[bob]);
        let until = hall.domain.now().secs() + 3600;
        let told =
            updates(call(&hall, owner, &ban(&hall, owner, id, bob, BannedRights::VIEW_MESSAGES, until)).unwrap());
        assert!(matches!(told.updates[1], enums::Update::NewChannelMessage(_)), "the group is told");
        assert!(matches!(&seen(&hall, bob, id)[..], [enums::Chat::ChannelForbidden(it)] if it.until_date.is_some()));
        assert_eq!(
            (full(&hall, owner, id).participants_count, full(&hall, owner, id).kicked_count),
            (Some(1), Some(1))
        );
        let back = f::InviteToChannel { channel: input(&hall, owner, id), users: vec![user(&hall, owner, bob)] };
        assert_eq!(refused(&hall, owner, &back), "400 USER_KICKED");
        hall.pass(3600);
        domain::testing::ready(domain::messages::timers::run_due(&hall.domain)).unwrap();
        hall.apply_parcels();
        assert_eq!(full(&hall, owner, id).kicked_count, Some(0));
        call(&hall, owner, &back).unwrap();
        assert!(!chat(&seen(&hall, bob, id)).left);
        let silent = BannedRights::SEND_MESSAGES;
        call(&hall, owner, &ban(&hall, owner, id, bob, silent, 0)).unwrap();
        assert!(chat(&seen(&hall, bob, id)).banned_rights.is_some(), "restricted, and still in");
        assert_eq!(full(&hall, owner, id).banned_count, Some(1));
        call(&hall, owner, &ban(&hall, owner, id, bob, BannedRights::NONE, 0)).unwrap();
        assert!(chat(&seen(&hall, bob, id)).banned_rights.is_none());
    }
}

#[test]
fn a_public_group_is_found_joined_and_read_by_anybody() {
    let hall = Hall::new();
    let [owner, bob, carol] = people(&hall);
    let id = group(&hall, owner);
    let named =
        |by: Caller, it: i64, name: &str| f::UpdateUsername { channel: input(&hall, by, it), username: name.into() };
    assert_eq!(refused(&hall, owner, &named(owner, id, "x")), "400 USERNAME_INVALID");
    let hide = |enabled| f::TogglePreHistoryHidden { channel: input(&hall, owner, id), enabled };
    call(&hall, owner, &hide(true)).unwrap();
    call(&hall, owner, &named(owner, id, "Moth_Group")).unwrap();
    assert_eq!(refused(&hall, owner, &hide(true)), "400 CHAT_LINK_EXISTS");
    assert!(!full(&hall, owner, id).hidden_prehistory, "what is public is not hidden");
    assert_eq!(refused(&hall, owner, &named(owner, id, "Moth_Group")), "400 USERNAME_NOT_MODIFIED");
    let other = group(&hall, bob);
    assert_eq!(refused(&hall, bob, &named(bob, other, "moth_group")), "400 USERNAME_OCCUPIED");
    let resolve = |by: Caller, name: &str| {
        let request = tl::functions::contacts::ResolveUsername { username: name.into(), referer: None };
        call(&hall, by, &request).map(|enums::contacts::ResolvedPeer::Peer(it)| chat(&it.chats))
    };
    let found = resolve(carol, "moth_group").unwrap();
    assert!(found.left && found.username.as_deref() == Some("Moth_Group"));
    call(&hall, carol, &f::JoinChannel { channel: input(&hall, carol, id) }).unwrap();
    call(&hall, owner, &named(owner, id, "")).unwrap();
    assert_eq!(resolve(bob, "moth_group").unwrap_err().name, "USERNAME_NOT_OCCUPIED");
    let join = f::JoinChannel { channel: input(&hall, bob, id) };
    assert_eq!(refused(&hall, bob, &join), "406 CHANNEL_PRIVATE");
    let free = f::CheckUsername { channel: input(&hall, bob, other), username: "moth_group".into() };
    assert_eq!(call(&hall, bob, &free), Ok(true));
}

#[test]
fn settings_are_told_once_and_bad_ones_refused() {
    let hall = Hall::new();
    let [owner, bob] = people(&hall);
    let id = group(&hall, owner);
    bring(&hall, owner, id, &[bob]);
    let slow = |seconds| f::ToggleSlowMode { channel: input(&hall, owner, id), seconds };
    assert_eq!(refused(&hall, owner, &slow(7)), "400 SECONDS_INVALID");
    assert_eq!(refused(&hall, owner, &slow(-1)), "400 SECONDS_INVALID");
    call(&hall, owner, &slow(30)).unwrap();
    assert_eq!(refused(&hall, owner, &slow(30)), "400 CHAT_NOT_MODIFIED");
    assert_eq!(full(&hall, bob, id).slowmode_seconds, Some(30));
    let title = |title: &str| f::EditTitle { channel: input(&hall, owner, id), title: title.into() };
    assert_eq!(refused(&hall, owner, &title(" ")), "400 CHAT_TITLE_EMPTY");
    assert_eq!(refused(&hall, owner, &title("Group")), "400 CHAT_NOT_MODIFIED");
    hall.events();
    let told = updates(call(&hall, owner, &title("Other")).unwrap());
    assert!(matches!(&told.updates[1], enums::Update::NewChannelMessage(_)));
    assert_eq!(chat(&seen(&hall, bob, id)).title, "Other");
    let logged = hall.events().len();
    assert_eq!(logged, 2, "one entry for all members, and the message");
    let channel = chat(&updates(call(&hall, owner, &super::new("News", true)).unwrap()).chats).id;
    let slow = f::ToggleSlowMode { channel: input(&hall, owner, channel), seconds: 10 };
    assert_eq!(refused(&hall, owner, &slow), "400 MEGAGROUP_REQUIRED");
}

#[test]
fn an_admin_reads_its_own_appointment_with_the_right_that_comes_with_any() {
    let hall = Hall::new();
    let [owner, admin] = people(&hall);
    let id = group(&hall, owner);
    bring(&hall, owner, id, &[admin]);
    call(&hall, owner, &appoint(&hall, owner, id, admin, AdminRights::BAN_USERS)).unwrap();
    let own = |it: enums::ChannelParticipant| {
        let enums::ChannelParticipant::Admin(it) = it else { panic!("an admin: {it:?}") };
        let enums::ChatAdminRights::Rights(rights) = it.admin_rights;
        // The two fields are on one flag: one without the other is unreadable.
        assert!(it.is_self && it.inviter_id == Some(crate::render::user::id(owner.user)));
        assert!(rights.other && rights.ban_users && !rights.pin_messages);
    };
    own(member(&hall, admin, id, admin));
    let request = f::GetAdminLog {
        channel: input(&hall, admin, id),
        q: String::new(),
        events_filter: None,
        admins: None,
        max_id: 0,
        min_id: 0,
        limit: 10,
    };
    let enums::channels::AdminLogResults::Results(found) = call(&hall, admin, &request).unwrap();
    let appointment = found.events.into_iter().find_map(|enums::ChannelAdminLogEvent::Event(it)| match it.action {
        enums::ChannelAdminLogEventAction::ParticipantToggleAdmin(it) => Some(it.new_participant),
        _ => None,
    });
    own(appointment.expect("it is in the log"));
}

#[test]
fn all_that_is_told_of_a_group_names_its_pin_who_is_there_and_what_it_was() {
    let hall = Hall::new();
    let [owner, bob] = people(&hall);
    let users = vec![user(&hall, owner, bob)];
    let create = tl::functions::messages::CreateChat { users, title: "Group".into(), ttl_period: None };
    let default = tl::functions::messages::SetDefaultHistoryTtl { period: 86_400 };
    call(&hall, owner, &default).unwrap();
    let enums::messages::InvitedUsers::Users(made) = call(&hall, owner, &create).unwrap();
    let [enums::Chat::Chat(old)] = &updates(made.updates).chats[..] else { panic!("a group") };
    let dialogs = tl::functions::messages::GetPeerDialogs {
        peers: vec![types::InputDialogPeer { peer: types::InputPeerChat { chat_id: old.id }.into() }.into()],
    };
    let enums::messages::PeerDialogs::Dialogs(it) = call(&hall, bob, &dialogs).unwrap();
    assert!(
        matches!(&it.dialogs[..], [enums::Dialog::Dialog(it)] if it.ttl_period == Some(86_400)),
        "{:?}",
        it.dialogs
    );
    let told = updates(call(&hall, owner, &tl::functions::messages::MigrateChat { chat_id: old.id }).unwrap());
    let id = told.chats.iter().find_map(|it| if let enums::Chat::Channel(it) = it { Some(it.id) } else { None });
    let id = id.expect("a supergroup");
    let enums::InputChannel::Channel(it) = input(&hall, owner, id) else { panic!("a channel") };
    let peer: enums::InputPeer = types::InputPeerChannel { channel_id: id, access_hash: it.access_hash }.into();
    call(&hall, owner, &crate::testing::text(&peer, "hello", 1)).unwrap();
    let pin =
        tl::functions::messages::UpdatePinnedMessage { silent: true, unpin: false, pm_oneside: false, peer, id: 2 };
    call(&hall, owner, &pin).unwrap();
    let full = full(&hall, bob, id);
    assert_eq!((full.pinned_msg_id, full.online_count, full.ttl_period), (Some(2), Some(1), Some(86_400)));
    assert_eq!(full.migrated_from_chat_id, Some(old.id));
    // The words that made it and ended it, by bob's own numbers.
    assert_eq!(full.migrated_from_max_id, Some(2));
}
