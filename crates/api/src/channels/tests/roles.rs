//! Who may do what in a supergroup: each method by each kind of person, allowed or refused by its name.

use domain::{
    Caller,
    groups::{AdminRights, BannedRights},
    testing::Hall,
};
use tl::{enums, functions::channels as f};

use super::{appoint, ban, bring, group, input, outcome, people, user};
use crate::testing::call;

/// In the order of the table's columns.
const ROLES: [&str; 7] = ["owner", "admin", "idle admin", "member", "restricted", "kicked", "stranger"];

struct Stage {
    hall: Hall,
    id: i64,
    /// In the order of `ROLES`.
    by: Vec<Caller>,
    /// A member without any role.
    other: Caller,
    /// Somebody outside.
    outside: Caller,
}

impl Stage {
    fn new() -> Self {
        let hall = Hall::new();
        let [owner, admin, idle, member, restricted, kicked, stranger, other, outside] = people(&hall);
        let id = group(&hall, owner);
        bring(&hall, owner, id, &[admin, idle, member, restricted, kicked, other]);
        let all = AdminRights::CREATOR.without(AdminRights::OF_BROADCASTS);
        call(&hall, owner, &appoint(&hall, owner, id, admin, all)).unwrap();
        call(&hall, owner, &appoint(&hall, owner, id, idle, AdminRights::OTHER)).unwrap();
        let silent = BannedRights::SEND_MESSAGES.with(BannedRights::INVITE_USERS).with(BannedRights::CHANGE_INFO);
        call(&hall, owner, &ban(&hall, owner, id, restricted, silent, 0)).unwrap();
        call(&hall, owner, &ban(&hall, owner, id, kicked, BannedRights::VIEW_MESSAGES, 0)).unwrap();
        Self { hall, id, by: vec![owner, admin, idle, member, restricted, kicked, stranger], other, outside }
    }
}

/// Each role on a stage of its own: what one is allowed changes the group.
fn check(method: &str, wanted: [&str; 7], ask: impl Fn(&Stage, Caller, enums::InputChannel) -> String) {
    for (at, role) in ROLES.into_iter().enumerate() {
        let stage = Stage::new();
        let by = stage.by[at];
        let got = ask(&stage, by, input(&stage.hall, by, stage.id));
        assert_eq!(got, wanted[at], "{method} by {role}");
    }
}

const PRIVATE: &str = "CHANNEL_PRIVATE";
const ADMIN: &str = "CHAT_ADMIN_REQUIRED";

/// What only the owner and admins with the right may do.
const BY_ADMINS: [&str; 7] = ["ok", "ok", ADMIN, ADMIN, ADMIN, PRIVATE, PRIVATE];
const BY_OWNER: [&str; 7] = ["ok", ADMIN, ADMIN, ADMIN, ADMIN, PRIVATE, PRIVATE];
const BY_MEMBERS: [&str; 7] = ["ok", "ok", "ok", "ok", "ok", PRIVATE, PRIVATE];

#[test]
fn what_each_may_change_about_a_group() {
    // An admin has only the rights it was given; a member what is forbidden to none.
    let by_default = ["ok", "ok", ADMIN, "ok", ADMIN, PRIVATE, PRIVATE];
    check("editTitle", by_default, |it, by, channel| {
        outcome(&it.hall, by, &f::EditTitle { channel, title: "Other".into() })
    });
    check("inviteToChannel", by_default, |it, by, channel| {
        let users = vec![user(&it.hall, by, it.outside)];
        outcome(&it.hall, by, &f::InviteToChannel { channel, users })
    });
    check("togglePreHistoryHidden", BY_ADMINS, |it, by, channel| {
        outcome(&it.hall, by, &f::TogglePreHistoryHidden { channel, enabled: true })
    });
    check("toggleSlowMode", BY_ADMINS, |it, by, channel| {
        outcome(&it.hall, by, &f::ToggleSlowMode { channel, seconds: 10 })
    });
    check("toggleJoinToSend", BY_ADMINS, |it, by, channel| {
        outcome(&it.hall, by, &f::ToggleJoinToSend { channel, enabled: true })
    });
    check("toggleParticipantsHidden", BY_ADMINS, |it, by, channel| {
        outcome(&it.hall, by, &f::ToggleParticipantsHidden { channel, enabled: true })
    });
    let few = ["PARTICIPANTS_TOO_FEW", ADMIN, ADMIN, ADMIN, ADMIN, PRIVATE, PRIVATE];
    check("convertToGigagroup", few, |it, by, channel| outcome(&it.hall, by, &f::ConvertToGigagroup { channel }));
    check("updateUsername", BY_OWNER, |it, by, channel| {
        outcome(&it.hall, by, &f::UpdateUsername { channel, username: "group_of_all".into() })
    });
    let private = ["CHAT_PUBLIC_REQUIRED", "CHAT_PUBLIC_REQUIRED", ADMIN, ADMIN, ADMIN, PRIVATE, PRIVATE];
    check("toggleJoinRequest", private, |it, by, channel| {
        let (apply_to_invites, guard_bot) = (false, None);
        outcome(&it.hall, by, &f::ToggleJoinRequest { apply_to_invites, channel, enabled: true, guard_bot })
    });
}

#[test]
fn what_only_an_owner_may() {
    check("deleteChannel", BY_OWNER, |it, by, channel| outcome(&it.hall, by, &f::DeleteChannel { channel }));
    let peer = |it: &Stage, by: Caller| -> enums::InputPeer {
        let enums::InputChannel::Channel(channel) = input(&it.hall, by, it.id) else { panic!("a channel") };
        let (channel_id, access_hash) = (channel.channel_id, channel.access_hash);
        tl::types::InputPeerChannel { channel_id, access_hash }.into()
    };
    check("getFutureChatCreatorAfterLeave", BY_OWNER, |it, by, _| {
        let peer = peer(it, by);
        outcome(&it.hall, by, &tl::functions::messages::GetFutureChatCreatorAfterLeave { peer })
    });
    check("toggleNoForwards", BY_OWNER, |it, by, _| {
        let (peer, enabled, request_msg_id) = (peer(it, by), true, None);
        outcome(&it.hall, by, &tl::functions::messages::ToggleNoForwards { peer, enabled, request_msg_id })
    });
    check("editChatAbout", ["ok", "ok", ADMIN, "ok", ADMIN, PRIVATE, PRIVATE], |it, by, _| {
        let (peer, about) = (peer(it, by), "new".into());
        outcome(&it.hall, by, &tl::functions::messages::EditChatAbout { peer, about })
    });
    check("editChatDefaultBannedRights", BY_ADMINS, |it, by, _| {
        let (peer, banned_rights) = (peer(it, by), super::bans(BannedRights::SEND_POLLS, 0));
        outcome(&it.hall, by, &tl::functions::messages::EditChatDefaultBannedRights { peer, banned_rights })
    });
    check("editChatParticipantRank of another", BY_ADMINS, |it, by, _| {
        let (peer, participant) = (peer(it, by), crate::testing::peer(&it.hall, by, it.other));
        outcome(&it.hall, by, &tl::functions::messages::EditChatParticipantRank { peer, participant, rank: "x".into() })
    });
}

#[test]
fn what_each_may_do_to_others() {
    check("editAdmin", BY_ADMINS, |it, by, _| {
        outcome(&it.hall, by, &appoint(&it.hall, by, it.id, it.other, AdminRights::PIN_MESSAGES))
    });
    check("editBanned", BY_ADMINS, |it, by, _| {
        outcome(&it.hall, by, &ban(&it.hall, by, it.id, it.other, BannedRights::SEND_MESSAGES, 0))
    });
    let own = ["USER_ADMIN_INVALID", "USER_ADMIN_INVALID", ADMIN, ADMIN, ADMIN, PRIVATE, PRIVATE];
    check("editBanned of the owner", own, |it, by, _| {
        outcome(&it.hall, by, &ban(&it.hall, by, it.id, it.by[0], BannedRights::VIEW_MESSAGES, 0))
    });
    let foreign = ["ok", "USER_ADMIN_INVALID", ADMIN, ADMIN, ADMIN, PRIVATE, PRIVATE];
    check("editBanned of somebody else's admin", foreign, |it, by, _| {
        outcome(&it.hall, by, &ban(&it.hall, by, it.id, it.by[2], BannedRights::VIEW_MESSAGES, 0))
    });
    check("editAdmin of somebody else's admin", BY_OWNER, |it, by, _| {
        outcome(&it.hall, by, &appoint(&it.hall, by, it.id, it.by[2], AdminRights::PIN_MESSAGES))
    });
    let owner = ["ok", "USER_CREATOR", "USER_CREATOR", "USER_CREATOR", "USER_CREATOR", PRIVATE, PRIVATE];
    check("editAdmin of the owner", owner, |it, by, _| {
        outcome(&it.hall, by, &appoint(&it.hall, by, it.id, it.by[0], AdminRights::ANONYMOUS))
    });
    let closed = ["ok", "ok", ADMIN, ADMIN, ADMIN, PRIVATE, PRIVATE];
    check("editAdmin of who is outside", closed, |it, by, _| {
        outcome(&it.hall, by, &appoint(&it.hall, by, it.id, it.outside, AdminRights::PIN_MESSAGES))
    });
}

#[test]
fn what_each_may_see_of_a_group() {
    check("getFullChannel", BY_MEMBERS, |it, by, channel| outcome(&it.hall, by, &f::GetFullChannel { channel }));
    check("getParticipants", BY_MEMBERS, |it, by, channel| {
        let filter = enums::ChannelParticipantsFilter::ChannelParticipantsRecent;
        outcome(&it.hall, by, &f::GetParticipants { channel, filter, offset: 0, limit: 10, hash: 0 })
    });
    let by_any_admin = ["ok", "ok", "ok", ADMIN, ADMIN, PRIVATE, PRIVATE];
    check("getParticipants of the banned", by_any_admin, |it, by, channel| {
        let filter = tl::types::ChannelParticipantsKicked { q: String::new() }.into();
        outcome(&it.hall, by, &f::GetParticipants { channel, filter, offset: 0, limit: 10, hash: 0 })
    });
    check("getParticipant", BY_MEMBERS, |it, by, channel| {
        let participant = crate::testing::peer(&it.hall, by, it.other);
        outcome(&it.hall, by, &f::GetParticipant { channel, participant })
    });
    let out = "USER_NOT_PARTICIPANT";
    check("getParticipant of who is outside", [out, out, out, out, out, PRIVATE, PRIVATE], |it, by, channel| {
        let participant = crate::testing::peer(&it.hall, by, it.outside);
        outcome(&it.hall, by, &f::GetParticipant { channel, participant })
    });
    let leaves = ["USER_CREATOR", "ok", "ok", "ok", "ok", PRIVATE, PRIVATE];
    check("leaveChannel", leaves, |it, by, channel| outcome(&it.hall, by, &f::LeaveChannel { channel }));
    let inside = "USER_ALREADY_PARTICIPANT";
    check("joinChannel", [inside, inside, inside, inside, inside, PRIVATE, PRIVATE], |it, by, channel| {
        outcome(&it.hall, by, &f::JoinChannel { channel })
    });
}
