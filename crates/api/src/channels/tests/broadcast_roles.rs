//! Who may do what in a broadcast channel: each method by each kind of person, allowed or refused by its name.

use domain::{
    Caller,
    groups::{AdminRights, BannedRights},
    testing::Hall,
};
use tl::{enums, functions::channels as f, functions::messages as m, types};

use super::{appoint, ban, bring, chat, input, new, outcome, people, updates, user};
use crate::testing::{call, channel_peer, forward, text};

/// Everybody who may come to a channel.
const ROLES: [&str; 13] = [
    "owner",
    "info",
    "post",
    "edit",
    "delete",
    "ban",
    "invite",
    "promote",
    "idle",
    "subscriber",
    "banned",
    "passer-by",
    "stranger",
];

/// What the admins among them may do, each one thing.
const RIGHTS: [AdminRights; 8] = [
    AdminRights::CHANGE_INFO,
    AdminRights::POST_MESSAGES,
    AdminRights::EDIT_MESSAGES,
    AdminRights::DELETE_MESSAGES,
    AdminRights::BAN_USERS,
    AdminRights::INVITE_USERS,
    AdminRights::ADD_ADMINS,
    AdminRights::OTHER,
];

const INSIDE: &str = "owner info post edit delete ban invite promote idle subscriber";
const ADMINS: &str = "owner info post edit delete ban invite promote idle";

const PRIVATE: &str = "CHANNEL_PRIVATE";
const ADMIN: &str = "CHAT_ADMIN_REQUIRED";

/// A channel with a post in it; public where somebody passes by.
struct Stage {
    hall: Hall,
    id: i64,
    by: Caller,
    owner: Caller,
    /// A subscriber without any role.
    other: Caller,
    outside: Caller,
    post: i32,
}

impl Stage {
    fn new(role: &str) -> Self {
        let hall = Hall::new();
        let [owner, by, other, outside] = people(&hall);
        let id = chat(&updates(call(&hall, owner, &new("News", true)).unwrap()).chats).id;
        bring(&hall, owner, id, &[other]);
        let at = ROLES.iter().position(|it| *it == role).expect("a role");
        if (1..=10).contains(&at) {
            bring(&hall, owner, id, &[by]);
        }
        if let Some(right) = at.checked_sub(1).and_then(|at| RIGHTS.get(at)) {
            call(&hall, owner, &appoint(&hall, owner, id, by, *right)).unwrap();
        }
        match role {
            "banned" => drop(call(&hall, owner, &ban(&hall, owner, id, by, BannedRights::VIEW_MESSAGES, 0)).unwrap()),
            "passer-by" => {
                let channel = input(&hall, owner, id);
                call(&hall, owner, &f::UpdateUsername { channel, username: "news_of_all".into() }).unwrap();
            }
            _ => {}
        }
        let by = if role == "owner" { owner } else { by };
        let stage = Self { hall, id, by, owner, other, outside, post: 0 };
        let said = updates(call(&stage.hall, owner, &text(&stage.peer(owner), "news", 1)).unwrap());
        let number = said.updates.iter().find_map(|it| match it {
            enums::Update::MessageId(it) => Some(it.id),
            _ => None,
        });
        Self { post: number.expect("a number"), ..stage }
    }

    fn channel(&self) -> enums::InputChannel {
        input(&self.hall, self.by, self.id)
    }

    fn peer(&self, by: Caller) -> enums::InputPeer {
        channel_peer(&self.hall, by, self.id)
    }

    fn mine(&self) -> enums::InputPeer {
        self.peer(self.by)
    }

    fn person(&self, who: Caller) -> enums::InputPeer {
        crate::testing::peer(&self.hall, self.by, who)
    }

    fn of<F>(&self, request: F) -> String
    where
        F: tl::RemoteCall + tl::Identifiable + tl::Serializable,
        F::Return: tl::Deserializable,
    {
        outcome(&self.hall, self.by, &request)
    }
}

/// A row of the table: who is allowed, what others in the channel are told, and who only passes by; who is banned
/// and who is outside of a private one is told that it is private.
fn check(method: &str, allowed: &str, refusal: &str, passing: &str, ask: impl Fn(&Stage) -> String) {
    let allowed: Vec<_> = allowed.split(' ').collect();
    for role in ROLES {
        let wanted = match role {
            "banned" | "stranger" => PRIVATE,
            "passer-by" => passing,
            _ if allowed.contains(&role) => "ok",
            _ => refusal,
        };
        assert_eq!(ask(&Stage::new(role)), wanted, "{method} by {role}");
    }
}

#[test]
fn what_each_may_change_about_a_channel() {
    check("editTitle", "owner info", ADMIN, ADMIN, |it| {
        it.of(f::EditTitle { channel: it.channel(), title: "Other".into() })
    });
    check("editChatAbout", "owner info", ADMIN, ADMIN, |it| {
        it.of(m::EditChatAbout { peer: it.mine(), about: "other".into() })
    });
    check("toggleSignatures", "owner info", ADMIN, ADMIN, |it| {
        it.of(f::ToggleSignatures { signatures_enabled: true, profiles_enabled: true, channel: it.channel() })
    });
    check("setChatAvailableReactions", "owner info", ADMIN, ADMIN, |it| {
        it.of(m::SetChatAvailableReactions {
            peer: it.mine(),
            available_reactions: enums::ChatReactions::None,
            reactions_limit: None,
            paid_enabled: None,
        })
    });
    check("toggleNoForwards", "owner", ADMIN, ADMIN, |it| {
        it.of(m::ToggleNoForwards { peer: it.mine(), enabled: true, request_msg_id: None })
    });
    check("setHistoryTTL", "owner delete", ADMIN, ADMIN, |it| {
        it.of(m::SetHistoryTtl { peer: it.mine(), period: 86_400 })
    });
    check("checkUsername", "owner", ADMIN, ADMIN, |it| {
        it.of(f::CheckUsername { channel: it.channel(), username: "channel_of_all".into() })
    });
    check("updateUsername", "owner", ADMIN, ADMIN, |it| {
        it.of(f::UpdateUsername { channel: it.channel(), username: "channel_of_all".into() })
    });
    check("deactivateAllUsernames", "owner", ADMIN, ADMIN, |it| {
        it.of(f::DeactivateAllUsernames { channel: it.channel() })
    });
    check("deleteChannel", "owner", ADMIN, ADMIN, |it| it.of(f::DeleteChannel { channel: it.channel() }));
}

#[test]
fn what_is_for_groups_is_refused_in_channels() {
    let group = "MEGAGROUP_REQUIRED";
    let refused = |owner: &str, by: &str, method: &str, ask: &dyn Fn(&Stage) -> String| {
        for role in ROLES {
            let wanted = match role {
                "banned" | "stranger" => PRIVATE,
                _ if by.split(' ').any(|it| it == role) => owner,
                _ => ADMIN,
            };
            assert_eq!(ask(&Stage::new(role)), wanted, "{method} by {role}");
        }
    };
    refused(group, "owner ban", "toggleSlowMode", &|it| {
        it.of(f::ToggleSlowMode { channel: it.channel(), seconds: 10 })
    });
    refused(group, "owner info", "togglePreHistoryHidden", &|it| {
        it.of(f::TogglePreHistoryHidden { channel: it.channel(), enabled: true })
    });
    refused(group, "owner ban", "toggleJoinToSend", &|it| {
        it.of(f::ToggleJoinToSend { channel: it.channel(), enabled: true })
    });
    refused(group, "owner ban", "toggleParticipantsHidden", &|it| {
        it.of(f::ToggleParticipantsHidden { channel: it.channel(), enabled: true })
    });
    refused(group, "owner ban", "editChatDefaultBannedRights", &|it| {
        let banned_rights = super::bans(BannedRights::SEND_POLLS, 0);
        it.of(m::EditChatDefaultBannedRights { peer: it.mine(), banned_rights })
    });
    refused(group, "owner", "convertToGigagroup", &|it| it.of(f::ConvertToGigagroup { channel: it.channel() }));
    refused(group, "owner ban", "editBanned of one right", &|it| {
        it.of(ban(&it.hall, it.by, it.id, it.other, BannedRights::SEND_MESSAGES, 0))
    });
}

#[test]
fn what_each_may_say_in_a_channel() {
    check("sendMessage", "owner post", ADMIN, ADMIN, |it| it.of(text(&it.mine(), "more", 7)));
    check("sendMessage later", "owner post", ADMIN, ADMIN, |it| {
        let later = i32::try_from(it.hall.domain.now().secs() + 3600).expect("before 2038");
        it.of(m::SendMessage { schedule_date: Some(later), ..text(&it.mine(), "more", 7) })
    });
    check("forwardMessages into it", "owner post", ADMIN, ADMIN, |it| {
        let said = updates(call(&it.hall, it.by, &text(&enums::InputPeer::PeerSelf, "note", 6)).unwrap());
        let enums::Update::MessageId(note) = &said.updates[0] else { panic!("{said:?}") };
        it.of(forward(&enums::InputPeer::PeerSelf, &it.mine(), note.id, 7))
    });
    check("forwardMessages of a post", INSIDE, "", "ok", |it| {
        it.of(forward(&it.mine(), &enums::InputPeer::PeerSelf, it.post, 7))
    });
    check("editMessage of another's post", "owner edit", ADMIN, ADMIN, |it| it.of(edit(it, "better")));
    check(
        "deleteMessages of another's post",
        "owner delete",
        "MESSAGE_DELETE_FORBIDDEN",
        "MESSAGE_DELETE_FORBIDDEN",
        |it| it.of(f::DeleteMessages { channel: it.channel(), id: vec![it.post] }),
    );
    check("updatePinnedMessage", "owner edit", ADMIN, ADMIN, |it| {
        let (silent, unpin, pm_oneside) = (true, false, false);
        it.of(m::UpdatePinnedMessage { silent, unpin, pm_oneside, peer: it.mine(), id: it.post })
    });
    check("sendReaction", INSIDE, "", "CHAT_WRITE_FORBIDDEN", |it| {
        let reaction = Some(vec![types::ReactionEmoji { emoticon: "🔥".into() }.into()]);
        it.of(m::SendReaction { big: false, add_to_recent: false, peer: it.mine(), msg_id: it.post, reaction })
    });
    check("deleteHistory for all", "owner", ADMIN, "CHANNEL_PARICIPANT_MISSING", |it| {
        it.of(f::DeleteHistory { for_everyone: true, channel: it.channel(), max_id: 0 })
    });
}

fn edit(it: &Stage, message: &str) -> m::EditMessage {
    m::EditMessage {
        no_webpage: false,
        invert_media: false,
        peer: it.mine(),
        id: it.post,
        message: Some(message.into()),
        media: None,
        reply_markup: None,
        entities: None,
        schedule_date: None,
        schedule_repeat_period: None,
        quick_reply_shortcut_id: None,
        rich_message: None,
    }
}

#[test]
fn what_each_may_do_to_others_in_a_channel() {
    check("inviteToChannel", "owner invite", ADMIN, ADMIN, |it| {
        let users = vec![user(&it.hall, it.by, it.outside)];
        it.of(f::InviteToChannel { channel: it.channel(), users })
    });
    check("exportChatInvite", "owner invite", ADMIN, ADMIN, |it| {
        it.of(m::ExportChatInvite {
            legacy_revoke_permanent: false,
            request_needed: false,
            peer: it.mine(),
            expire_date: None,
            usage_limit: None,
            title: None,
            subscription_pricing: None,
        })
    });
    check("editBanned", "owner ban", ADMIN, ADMIN, |it| {
        it.of(ban(&it.hall, it.by, it.id, it.other, BannedRights::VIEW_MESSAGES, 0))
    });
    // An admin gives only what it has.
    check("editAdmin", "owner promote", ADMIN, ADMIN, |it| {
        it.of(appoint(&it.hall, it.by, it.id, it.other, AdminRights::ADD_ADMINS))
    });
    check("editBanned of the owner", "", ADMIN, ADMIN, |it| match it.by == it.owner {
        true => ADMIN.into(),
        false => it
            .of(ban(&it.hall, it.by, it.id, it.owner, BannedRights::VIEW_MESSAGES, 0))
            .replace("USER_ADMIN_INVALID", ADMIN),
    });
}

#[test]
fn what_each_may_see_of_a_channel() {
    check("getFullChannel", INSIDE, "", "ok", |it| it.of(f::GetFullChannel { channel: it.channel() }));
    check("getHistory", INSIDE, "", "ok", |it| {
        it.of(m::GetHistory {
            peer: it.mine(),
            offset_id: 0,
            offset_date: 0,
            add_offset: 0,
            limit: 10,
            max_id: 0,
            min_id: 0,
            hash: 0,
        })
    });
    check("getMessages", INSIDE, "", "ok", |it| {
        it.of(f::GetMessages { channel: it.channel(), id: vec![types::InputMessageId { id: it.post }.into()] })
    });
    check("exportMessageLink", INSIDE, "", "ok", |it| {
        it.of(f::ExportMessageLink { grouped: false, thread: false, channel: it.channel(), id: it.post })
    });
    check("readHistory", INSIDE, "", "ok", |it| it.of(f::ReadHistory { channel: it.channel(), max_id: it.post }));
    let filters: [enums::ChannelParticipantsFilter; 4] = [
        enums::ChannelParticipantsFilter::ChannelParticipantsRecent,
        enums::ChannelParticipantsFilter::ChannelParticipantsAdmins,
        types::ChannelParticipantsKicked { q: String::new() }.into(),
        types::ChannelParticipantsSearch { q: "a".into() }.into(),
    ];
    for filter in filters {
        check("getParticipants", ADMINS, ADMIN, ADMIN, |it| {
            it.of(f::GetParticipants { channel: it.channel(), filter: filter.clone(), offset: 0, limit: 10, hash: 0 })
        });
    }
    check("getParticipant of a subscriber", ADMINS, ADMIN, ADMIN, |it| {
        it.of(f::GetParticipant { channel: it.channel(), participant: it.person(it.other) })
    });
    check("getParticipant of itself", INSIDE, "", "USER_NOT_PARTICIPANT", |it| {
        it.of(f::GetParticipant { channel: it.channel(), participant: enums::InputPeer::PeerSelf })
    });
    check("getAdminLog", ADMINS, ADMIN, ADMIN, |it| {
        let (q, events_filter, admins) = (String::new(), None, None);
        it.of(f::GetAdminLog { channel: it.channel(), q, events_filter, admins, max_id: 0, min_id: 0, limit: 10 })
    });
    check("getMessageAuthor", ADMINS, ADMIN, ADMIN, |it| {
        it.of(f::GetMessageAuthor { channel: it.channel(), id: it.post })
    });
    check("getMessageReactionsList", "", "BROADCAST_FORBIDDEN", "BROADCAST_FORBIDDEN", |it| {
        it.of(m::GetMessageReactionsList { peer: it.mine(), id: it.post, reaction: None, offset: None, limit: 10 })
    });
    check("getMessageReadParticipants", "", "CHAT_TOO_BIG", "USER_NOT_PARTICIPANT", |it| {
        it.of(m::GetMessageReadParticipants { peer: it.mine(), msg_id: it.post })
    });
}

#[test]
fn who_comes_to_a_channel_and_goes() {
    let inside = "USER_ALREADY_PARTICIPANT";
    check("joinChannel", "", inside, "ok", |it| it.of(f::JoinChannel { channel: it.channel() }));
    let left = "info post edit delete ban invite promote idle subscriber";
    check("leaveChannel", left, "USER_CREATOR", "USER_NOT_PARTICIPANT", |it| {
        it.of(f::LeaveChannel { channel: it.channel() })
    });
}
