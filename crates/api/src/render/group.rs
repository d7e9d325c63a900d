//! Groups and channels as TL: what a viewer may know of them.

use domain::{
    ChannelId, ChatId, Peer, UserId,
    groups::{
        AdminRights, BannedRights, ChatMember, SeenGroup, Standing, basic,
        seen::{SeenChannel, SeenChat},
    },
};
use tl::{enums, types};

use crate::render::{self, message::date};

/// A group or channel as seen.
pub fn chat(seen: &SeenGroup) -> enums::Chat {
    match seen {
        SeenGroup::Chat(it) => basic(it),
        SeenGroup::Channel(it) => channel(it),
        SeenGroup::Forbidden(it) => match it.peer {
            Peer::User(user) => types::ChatEmpty { id: render::user::id(user) }.into(),
            Peer::Chat(id) => types::ChatForbidden { id: chat_id(id), title: it.title.clone() }.into(),
            Peer::Channel(id) => types::ChannelForbidden {
                broadcast: it.broadcast,
                megagroup: !it.broadcast,
                monoforum: false,
                id: channel_id(id),
                access_hash: it.access_hash,
                title: it.title.clone(),
                until_date: (it.until > 0).then(|| date(it.until)),
            }
            .into(),
        },
    }
}

/// Several.
pub fn chats(seen: &[SeenGroup]) -> Vec<enums::Chat> {
    seen.iter().map(chat).collect()
}

fn basic(seen: &SeenChat) -> enums::Chat {
    let row = &seen.row;
    let migrated_to = row
        .migrated_to
        .map(|it| types::InputChannel { channel_id: channel_id(it), access_hash: seen.migrated_hash }.into());
    types::Chat {
        creator: seen.creator,
        left: seen.left,
        deactivated: row.deactivated,
        call_active: false,
        call_not_empty: false,
        noforwards: row.noforwards,
        id: chat_id(seen.id),
        title: seen.card.title.clone(),
        photo: render::photo::of_group(seen.card.photo.as_ref()),
        participants_count: count(row.members.len()),
        date: date(row.created),
        version: date(row.version),
        migrated_to,
        admin_rights: (!seen.admin.is_none()).then(|| admin_rights(seen.admin)),
        default_banned_rights: Some(banned_rights(row.default_banned, 0)),
    }
    .into()
}

/// The members of a basic group, where the viewer is among them.
pub fn participants(me: UserId, id: ChatId, seen: &SeenGroup) -> enums::ChatParticipants {
    let inside = match seen {
        SeenGroup::Chat(it) => it.row.member(me).is_some().then_some(it),
        SeenGroup::Channel(_) | SeenGroup::Forbidden(_) => None,
    };
    let Some(it) = inside else {
        return types::ChatParticipantsForbidden { chat_id: chat_id(id), self_participant: None }.into();
    };
    types::ChatParticipants {
        chat_id: chat_id(id),
        participants: it.row.members.iter().map(|member| participant(it, member)).collect(),
        version: date(it.row.version),
    }
    .into()
}

/// Whom [`participants`] names.
pub fn participants_of(seen: &SeenGroup) -> Vec<UserId> {
    match seen {
        SeenGroup::Chat(it) => it.row.members.iter().flat_map(|it| [it.user, it.inviter]).collect(),
        SeenGroup::Channel(_) | SeenGroup::Forbidden(_) => Vec::new(),
    }
}

fn participant(seen: &SeenChat, it: &ChatMember) -> enums::ChatParticipant {
    let rank = Some(basic::admins::rank_of(&seen.card, it.user)).filter(|it| !it.is_empty());
    let (user_id, inviter_id, date) = (render::user::id(it.user), render::user::id(it.inviter), date(it.joined));
    match () {
        () if it.user == seen.row.creator => types::ChatParticipantCreator { user_id, rank }.into(),
        () if it.admin => types::ChatParticipantAdmin { user_id, inviter_id, date, rank }.into(),
        () => types::ChatParticipant { user_id, inviter_id, date, rank }.into(),
    }
}

fn channel(seen: &SeenChannel) -> enums::Chat {
    let (row, standing) = (&seen.row, seen.standing);
    let (username, usernames) = names(seen);
    let admin = standing.admin();
    let restricted = match standing {
        Standing::Restricted(rights, _) => Some(banned_rights(rights, seen.until)),
        Standing::Creator(_) | Standing::Admin(_) | Standing::Member | Standing::Out | Standing::Kicked => None,
    };
    types::Channel {
        creator: matches!(standing, Standing::Creator(_)),
        left: !seen.min && !standing.is_in(),
        min: seen.min,
        broadcast: row.broadcast,
        megagroup: !row.broadcast,
        signatures: row.signatures,
        signature_profiles: row.signature_profiles,
        has_link: row.linked.is_some(),
        slowmode_enabled: row.slow_mode > 0,
        gigagroup: row.gigagroup,
        noforwards: row.noforwards,
        join_to_send: row.join_to_send,
        join_request: row.join_request,
        forum: row.forum,
        forum_tabs: row.forum_tabs,
        id: channel_id(seen.id),
        access_hash: (!seen.min).then_some(seen.access_hash),
        title: seen.card.title.clone(),
        username,
        usernames,
        photo: render::photo::of_group(seen.card.photo.as_ref()),
        date: date(seen.date),
        admin_rights: (!admin.is_none()).then(|| admin_rights(admin)),
        banned_rights: restricted,
        default_banned_rights: (!row.broadcast).then(|| banned_rights(row.default_banned, 0)),
        participants_count: (!seen.min).then(|| date(seen.members)),
        ..blank_channel()
    }
    .into()
}

/// A name of its own stands alone, several in a list; a name that is switched off only its owner sees.
fn names(seen: &SeenChannel) -> (Option<String>, Option<Vec<enums::Username>>) {
    let owner = matches!(seen.standing, Standing::Creator(_)) && !seen.min;
    let shown: Vec<_> = seen.card.usernames.iter().filter(|it| it.active || owner).collect();
    render::user::names(&shown)
}

/// Rights of an admin as TL.
pub fn admin_rights(it: AdminRights) -> enums::ChatAdminRights {
    types::ChatAdminRights {
        change_info: it.has(AdminRights::CHANGE_INFO),
        post_messages: it.has(AdminRights::POST_MESSAGES),
        edit_messages: it.has(AdminRights::EDIT_MESSAGES),
        delete_messages: it.has(AdminRights::DELETE_MESSAGES),
        ban_users: it.has(AdminRights::BAN_USERS),
        invite_users: it.has(AdminRights::INVITE_USERS),
        pin_messages: it.has(AdminRights::PIN_MESSAGES),
        add_admins: it.has(AdminRights::ADD_ADMINS),
        anonymous: it.has(AdminRights::ANONYMOUS),
        manage_call: it.has(AdminRights::MANAGE_CALL),
        other: it.has(AdminRights::OTHER),
        manage_topics: it.has(AdminRights::MANAGE_TOPICS),
        post_stories: it.has(AdminRights::POST_STORIES),
        edit_stories: it.has(AdminRights::EDIT_STORIES),
        delete_stories: it.has(AdminRights::DELETE_STORIES),
        manage_direct_messages: it.has(AdminRights::MANAGE_DIRECT_MESSAGES),
        manage_ranks: it.has(AdminRights::MANAGE_RANKS),
        manage_linked_peers: it.has(AdminRights::MANAGE_LINKED_PEERS),
        manage_welcome_messages: it.has(AdminRights::MANAGE_WELCOME_MESSAGES),
    }
    .into()
}

/// What somebody may not do, until then (0: for ever), as TL.
pub fn banned_rights(it: BannedRights, until: u32) -> enums::ChatBannedRights {
    let it = it.by_kinds();
    types::ChatBannedRights {
        view_messages: it.has(BannedRights::VIEW_MESSAGES),
        send_messages: it.has(BannedRights::SEND_MESSAGES),
        send_media: it.has(BannedRights::SEND_MEDIA),
        send_stickers: it.has(BannedRights::SEND_STICKERS),
        send_gifs: it.has(BannedRights::SEND_GIFS),
        send_games: it.has(BannedRights::SEND_GAMES),
        send_inline: it.has(BannedRights::SEND_INLINE),
        embed_links: it.has(BannedRights::EMBED_LINKS),
        send_polls: it.has(BannedRights::SEND_POLLS),
        change_info: it.has(BannedRights::CHANGE_INFO),
        invite_users: it.has(BannedRights::INVITE_USERS),
        pin_messages: it.has(BannedRights::PIN_MESSAGES),
        manage_topics: it.has(BannedRights::MANAGE_TOPICS),
        send_photos: it.has(BannedRights::SEND_PHOTOS),
        send_videos: it.has(BannedRights::SEND_VIDEOS),
        send_roundvideos: it.has(BannedRights::SEND_ROUNDVIDEOS),
        send_audios: it.has(BannedRights::SEND_AUDIOS),
        send_voices: it.has(BannedRights::SEND_VOICES),
        send_docs: it.has(BannedRights::SEND_DOCS),
        send_plain: it.has(BannedRights::SEND_PLAIN),
        edit_rank: it.has(BannedRights::EDIT_RANK),
        send_reactions: it.has(BannedRights::SEND_REACTIONS),
        manage_linked_peers: it.has(BannedRights::MANAGE_LINKED_PEERS),
        // Clients take the largest moment for "for ever".
        until_date: if until == 0 { i32::MAX } else { date(until) },
    }
    .into()
}

/// A basic group's id as TL carries it.
pub fn chat_id(id: ChatId) -> i64 {
    i64::try_from(id.0).unwrap_or(0)
}

/// A channel's id as TL carries it.
pub fn channel_id(id: ChannelId) -> i64 {
    i64::try_from(id.0).unwrap_or(0)
}

fn count(it: usize) -> i32 {
    i32::try_from(it).unwrap_or(i32::MAX)
}

/// A channel without anything: two flag words, a number, a title, no photo, a date.
fn blank_channel() -> types::Channel {
    use tl::{Deserializable, Identifiable, Serializable};
    let mut bytes = vec![0_u8; 8 + 8 + 4];
    types::ChatPhotoEmpty::CONSTRUCTOR_ID.serialize(&mut bytes);
    bytes.extend([0; 4]);
    Deserializable::from_bytes(&bytes).expect("flags, a number, a title, a photo, a date")
}
