//! Links, previews, requests and the admin log as three people's clients see them.

use domain::{Caller, testing::Hall};
use tl::{
    enums,
    functions::{channels as c, messages as f},
    types,
};

use crate::{
    channels::tests::{group, input, updates, user},
    testing::{call, channel_peer, refused},
};

struct Room {
    hall: Hall,
    alice: Caller,
    bob: Caller,
    carol: Caller,
    id: i64,
}

impl Room {
    fn new() -> Self {
        let hall = Hall::new();
        let [alice, bob, carol] = [("Alice", "9996622301"), ("Bob", "9996622302"), ("Carol", "9996622303")]
            .map(|(name, phone)| hall.person(name, phone));
        let id = group(&hall, alice);
        Self { hall, alice, bob, carol, id }
    }

    fn peer(&self, by: Caller) -> enums::InputPeer {
        channel_peer(&self.hall, by, self.id)
    }

    fn export(&self, by: Caller) -> f::ExportChatInvite {
        f::ExportChatInvite {
            legacy_revoke_permanent: false,
            request_needed: false,
            peer: self.peer(by),
            expire_date: None,
            usage_limit: None,
            title: None,
            subscription_pricing: None,
        }
    }

    fn link(&self, request: &f::ExportChatInvite) -> types::ChatInviteExported {
        exported(call(&self.hall, self.alice, request).expect("the owner may"))
    }

    fn import(&self, link: &str) -> f::ImportChatInvite {
        f::ImportChatInvite { hash: domain::groups::invites::hash_in(link).into() }
    }

    fn edit(&self, by: Caller, link: &str) -> f::EditExportedChatInvite {
        f::EditExportedChatInvite {
            revoked: false,
            peer: self.peer(by),
            link: link.into(),
            expire_date: None,
            usage_limit: None,
            request_needed: None,
            title: None,
        }
    }

    fn log(&self, filter: Option<enums::ChannelAdminLogEventsFilter>) -> Vec<enums::ChannelAdminLogEventAction> {
        let request = c::GetAdminLog {
            channel: input(&self.hall, self.alice, self.id),
            q: String::new(),
            events_filter: filter,
            admins: None,
            max_id: 0,
            min_id: 0,
            limit: 50,
        };
        let enums::channels::AdminLogResults::Results(it) = call(&self.hall, self.alice, &request).unwrap();
        let named: Vec<_> = it.users.iter().map(enums::User::id).collect();
        it.events
            .into_iter()
            .map(|enums::ChannelAdminLogEvent::Event(it)| {
                assert!(named.contains(&it.user_id), "whoever did something is named");
                it.action
            })
            .collect()
    }
}

fn exported(it: enums::ExportedChatInvite) -> types::ChatInviteExported {
    match it {
        enums::ExportedChatInvite::ChatInviteExported(it) => it,
        other @ enums::ExportedChatInvite::ChatInvitePublicJoinRequests => panic!("a link: {other:?}"),
    }
}

#[test]
fn a_link_is_shown_before_and_joined_by() {
    let room = Room::new();
    let made = room.link(&f::ExportChatInvite { title: Some("Friends".into()), ..room.export(room.alice) });
    assert!(made.link.starts_with("https://t.me/+") && !made.permanent && made.usage.is_none(), "{made:?}");
    let check = f::CheckChatInvite { hash: room.import(&made.link).hash };
    let enums::ChatInvite::Invite(preview) = call(&room.hall, room.bob, &check).unwrap() else { panic!("closed") };
    assert!(preview.channel && preview.megagroup && !preview.broadcast && !preview.request_needed);
    assert_eq!((preview.title.as_str(), preview.participants_count), ("Group", 1));
    let enums::messages::ChatInviteJoinResult::Ok(joined) =
        call(&room.hall, room.bob, &room.import(&made.link)).unwrap()
    else {
        panic!("joined")
    };
    let told = updates(joined.updates);
    assert!(matches!(told.updates[0], enums::Update::Channel(_)), "{told:?}");
    let enums::Update::NewChannelMessage(message) = &told.updates[1] else { panic!("{told:?}") };
    let enums::Message::Service(service) = &message.message else { panic!("{message:?}") };
    assert!(matches!(service.action, enums::MessageAction::ChatJoinedByLink(_)), "{service:?}");
    assert!(told.users.len() == 2 && told.chats.len() == 1, "{told:?}");
    assert!(matches!(call(&room.hall, room.bob, &check), Ok(enums::ChatInvite::Already(_))));
    assert_eq!(refused(&room.hall, room.bob, &room.import(&made.link)), "400 USER_ALREADY_PARTICIPANT");
    let used = f::GetChatInviteImporters {
        requested: false,
        subscription_expired: false,
        peer: room.peer(room.alice),
        link: Some(made.link.clone()),
        q: None,
        offset_date: 0,
        offset_user: enums::InputUser::Empty,
        limit: 10,
    };
    let enums::messages::ChatInviteImporters::Importers(used) = call(&room.hall, room.alice, &used).unwrap();
    assert_eq!((used.count, used.importers.len(), used.users.len()), (1, 1, 1));
    call(&room.hall, room.bob, &c::LeaveChannel { channel: input(&room.hall, room.bob, room.id) }).unwrap();
    let read = f::GetExportedChatInvite { peer: room.peer(room.alice), link: made.link };
    let enums::messages::ExportedChatInvite::Invite(read) = call(&room.hall, room.alice, &read).unwrap() else {
        panic!("one link")
    };
    assert_eq!(exported(read.invite).usage, None, "who left frees the place");
}

#[test]
fn a_request_is_sent_shown_and_granted() {
    let room = Room::new();
    let made = room.link(&f::ExportChatInvite { request_needed: true, ..room.export(room.alice) });
    for _ in 0..2 {
        assert_eq!(refused(&room.hall, room.bob, &room.import(&made.link)), "400 INVITE_REQUEST_SENT");
    }
    let full = |by: Caller| {
        let request = c::GetFullChannel { channel: input(&room.hall, by, room.id) };
        let enums::messages::ChatFull::Full(it) = call(&room.hall, by, &request).unwrap();
        let enums::ChatFull::ChannelFull(it) = it.full_chat else { panic!("a channel") };
        it
    };
    let waiting = full(room.alice);
    let bobs = crate::render::user::id(room.bob.user);
    assert_eq!((waiting.requests_pending, waiting.recent_requesters), (Some(1), Some(vec![bobs])));
    assert!(exported(waiting.exported_invite.expect("its owner has one")).permanent);
    let hide = |by: Caller, who: Caller, approved| f::HideChatJoinRequest {
        approved,
        peer: room.peer(by),
        user_id: user(&room.hall, by, who),
    };
    assert_eq!(refused(&room.hall, room.alice, &hide(room.alice, room.carol, true)), "400 HIDE_REQUESTER_MISSING");
    assert_eq!(refused(&room.hall, room.carol, &hide(room.carol, room.bob, true)), "406 CHANNEL_PRIVATE");
    let told = updates(call(&room.hall, room.alice, &hide(room.alice, room.bob, true)).unwrap());
    assert!(
        told.updates.iter().any(|it| matches!(it, enums::Update::NewChannelMessage(it)
            if matches!(&it.message, enums::Message::Service(it)
                if matches!(it.action, enums::MessageAction::ChatJoinedByRequest)))),
        "{told:?}"
    );
    assert_eq!(refused(&room.hall, room.alice, &hide(room.alice, room.bob, true)), "400 USER_ALREADY_PARTICIPANT");
    assert_eq!(full(room.alice).requests_pending, None);
    assert_eq!(full(room.bob).exported_invite, None, "members manage no links");
}

#[test]
fn every_mistake_with_links_has_its_name() {
    let room = Room::new();
    let (hall, alice) = (&room.hall, room.alice);
    let export = || room.export(alice);
    let past = f::ExportChatInvite { expire_date: Some(1), ..export() };
    assert_eq!(refused(hall, alice, &past), "400 EXPIRE_DATE_INVALID");
    let negative = f::ExportChatInvite { usage_limit: Some(-1), ..export() };
    assert_eq!(refused(hall, alice, &negative), "400 USAGE_LIMIT_INVALID");
    let both = f::ExportChatInvite { usage_limit: Some(1), request_needed: true, ..export() };
    assert_eq!(refused(hall, alice, &both), "400 USAGE_LIMIT_INVALID");
    let nobody = f::ExportChatInvite { peer: enums::InputPeer::PeerSelf, ..export() };
    assert_eq!(refused(hall, alice, &nobody), "400 PEER_ID_INVALID");
    assert_eq!(refused(hall, room.bob, &room.export(room.bob)), "406 CHANNEL_PRIVATE");
    let import = |hash: &str| refused(hall, room.bob, &f::ImportChatInvite { hash: hash.into() });
    assert_eq!(import(""), "400 INVITE_HASH_EMPTY");
    assert_eq!(import("not a hash"), "400 INVITE_HASH_INVALID");
    assert_eq!(import("AAAAAAAAAAAAAAAA"), "400 INVITE_HASH_EXPIRED");
    let main = room.link(&f::ExportChatInvite { legacy_revoke_permanent: true, ..export() });
    assert!(main.permanent);
    assert_eq!(refused(hall, alice, &room.edit(alice, &main.link)), "400 CHAT_INVITE_PERMANENT");
    let delete = f::DeleteExportedChatInvite { peer: room.peer(alice), link: main.link };
    assert_eq!(refused(hall, alice, &delete), "400 INVITE_REVOKED_MISSING");
}

#[test]
fn the_log_tells_what_became_of_links_and_who_came() {
    let room = Room::new();
    let made = room.link(&room.export(room.alice));
    call(&room.hall, room.bob, &room.import(&made.link)).unwrap();
    let named = f::EditExportedChatInvite { title: Some("Spring".into()), ..room.edit(room.alice, &made.link) };
    call(&room.hall, room.alice, &named).unwrap();
    let revoke = f::EditExportedChatInvite { revoked: true, ..room.edit(room.alice, &made.link) };
    call(&room.hall, room.alice, &revoke).unwrap();
    let delete = f::DeleteExportedChatInvite { peer: room.peer(room.alice), link: made.link };
    call(&room.hall, room.alice, &delete).unwrap();
    use enums::ChannelAdminLogEventAction as Tl;
    let log = room.log(None);
    assert!(
        matches!(
            &log[..],
            [
                Tl::ExportedInviteDelete(_),
                Tl::ExportedInviteRevoke(_),
                Tl::ExportedInviteEdit(_),
                Tl::ParticipantJoinByInvite(_)
            ]
        ),
        "{log:?}"
    );
    let enums::ChannelAdminLogEventsFilter::Filter(none) = blank();
    let joins = types::ChannelAdminLogEventsFilter { join: true, ..none.clone() };
    assert_eq!(room.log(Some(joins.into())), [log[3].clone()]);
    let calls = types::ChannelAdminLogEventsFilter { group_call: true, ..none };
    assert_eq!(room.log(Some(calls.into())), []);
}

fn blank() -> enums::ChannelAdminLogEventsFilter {
    let none = types::ChannelAdminLogEventsFilter {
        join: false,
        leave: false,
        invite: false,
        ban: false,
        unban: false,
        kick: false,
        unkick: false,
        promote: false,
        demote: false,
        info: false,
        settings: false,
        pinned: false,
        edit: false,
        delete: false,
        group_call: false,
        invites: false,
        send: false,
        forums: false,
        sub_extend: false,
        edit_rank: false,
    };
    none.into()
}

#[test]
fn a_basic_group_is_joined_by_a_link_and_shows_who_asks_to_its_admins() {
    let hall = Hall::new();
    let [alice, bob, carol] = [("Alice", "9996622501"), ("Bob", "9996622502"), ("Carol", "9996622503")]
        .map(|(name, phone)| hall.person(name, phone));
    let create = f::CreateChat { users: Vec::new(), title: "Walkers".into(), ttl_period: None };
    let enums::messages::InvitedUsers::Users(made) = call(&hall, alice, &create).unwrap();
    let [enums::Chat::Chat(chat)] = &updates(made.updates).chats[..] else { panic!("a group") };
    let peer: enums::InputPeer = types::InputPeerChat { chat_id: chat.id }.into();
    let full = |by: Caller| {
        let enums::messages::ChatFull::Full(it) = call(&hall, by, &f::GetFullChat { chat_id: chat.id }).unwrap();
        let enums::ChatFull::Full(it) = it.full_chat else { panic!("a basic group") };
        it
    };
    let main = exported(full(alice).exported_invite.expect("its owner has a main link"));
    let import = |link: &str| f::ImportChatInvite { hash: domain::groups::invites::hash_in(link).into() };
    let enums::messages::ChatInviteJoinResult::Ok(joined) = call(&hall, bob, &import(&main.link)).unwrap() else {
        panic!("joined")
    };
    let told = updates(joined.updates);
    assert!(
        told.updates.iter().any(|it| matches!(it, enums::Update::NewMessage(it)
            if matches!(&it.message, enums::Message::Service(it)
                if matches!(it.action, enums::MessageAction::ChatJoinedByLink(_))))),
        "{told:?}"
    );
    assert_eq!(full(bob).exported_invite, None, "members manage no links");
    let terms = f::ExportChatInvite {
        legacy_revoke_permanent: false,
        request_needed: true,
        peer: peer.clone(),
        expire_date: None,
        usage_limit: None,
        title: None,
        subscription_pricing: None,
    };
    let closed = exported(call(&hall, alice, &terms).unwrap());
    assert_eq!(refused(&hall, carol, &import(&closed.link)), "400 INVITE_REQUEST_SENT");
    let waiting = full(alice);
    let carols = crate::render::user::id(carol.user);
    assert_eq!((waiting.requests_pending, waiting.recent_requesters), (Some(1), Some(vec![carols])));
    assert_eq!(full(bob).requests_pending, None);
    call(&hall, alice, &f::HideAllChatJoinRequests { approved: true, peer, link: None }).unwrap();
    assert_eq!(full(alice).requests_pending, None);
    assert!(call(&hall, carol, &f::GetFullChat { chat_id: chat.id }).is_ok(), "who was let in is in");
}
