//! All that is told of a channel.

use domain::{
    ChannelId, MessageId, Peer,
    groups::{
        AdminRights, Standing,
        full::{self, FullChannel},
        guard::Before,
        invites::{self, Overview},
        settings::STICKERS_MEMBERS_MIN,
        stats::broadcast::MEMBERS_MIN,
    },
};
use tl::{enums, functions::channels::GetFullChannel, types};

use crate::{
    Cx, RpcError, input,
    messages::groups::info::reactions,
    render,
    render::{group, message::date, named::Named},
    table::Row,
};

pub(crate) const ROWS: &[Row] = crate::methods! {
    GetFullChannel, UserOrBot, Light => get_full_channel;
};

async fn get_full_channel(cx: Cx, request: GetFullChannel) -> Result<enums::messages::ChatFull, RpcError> {
    let me = cx.user()?;
    let id = input::channel(&cx.domain, me, &request.channel)?;
    let (it, full, invites, shown) = cx
        .domain
        .query(|view| {
            let (it, full) = full::full(view, id, me)?;
            let mut named = Named::default();
            named.peer(Peer::Channel(id));
            it.row.migrated_from.into_iter().for_each(|it| named.peer(Peer::Chat(it)));
            it.row.linked.into_iter().for_each(|it| named.peer(Peer::Channel(it)));
            it.member.send_as.into_iter().for_each(|it| named.peer(it));
            let invites = invites::overview(view, me, Peer::Channel(id))?.unwrap_or_default();
            named.users(invites.pending.recent.iter().copied());
            Ok((it, full, invites, named.read(view, me)?))
        })
        .await?;
    let mut told = channel_full(id, &it, &full);
    told.chat_photo = render::photo::whole(full.photo.as_ref());
    told.stats_dc = told.can_view_stats.then(|| cx.dc());
    tell_of_invites(&mut told, &invites, &cx.config.link_prefix);
    let full_chat = told.into();
    Ok(types::messages::ChatFull { full_chat, chats: shown.chats(), users: shown.users() }.into())
}

fn channel_full(id: ChannelId, it: &Before, full: &FullChannel) -> types::ChannelFull {
    let (row, counts, dialog) = (&it.row, &full.counts, &full.dialog);
    let owner = matches!(it.standing, Standing::Creator(_));
    let manages = !it.standing.admin().is_none();
    let shown = full.can_view_participants || !row.broadcast;
    let flags = types::ChannelFull {
        can_view_participants: full.can_view_participants,
        can_set_username: owner,
        hidden_prehistory: row.history_hidden,
        has_scheduled: full.has_scheduled,
        can_delete_channel: owner,
        can_set_stickers: it.standing.admin().has(AdminRights::CHANGE_INFO)
            && !row.broadcast
            && counts.members >= STICKERS_MEMBERS_MIN,
        can_view_stats: manages && counts.members >= MEMBERS_MIN,
        participants_hidden: row.participants_hidden,
        ..blank()
    };
    types::ChannelFull {
        id: group::channel_id(id),
        about: full.card.about.clone(),
        participants_count: (shown || row.broadcast).then(|| date(counts.members)),
        admins_count: manages.then(|| date(counts.admins)),
        kicked_count: manages.then(|| date(counts.kicked)),
        banned_count: manages.then(|| date(counts.restricted)),
        read_inbox_max_id: dialog.read_inbox.0,
        read_outbox_max_id: dialog.read_outbox.0,
        unread_count: date(dialog.unread),
        notify_settings: render::notify::settings(&full.notify),
        online_count: full.online.map(date),
        pinned_msg_id: full.pinned.map(|it| it.0),
        migrated_from_chat_id: full.before.map(|(chat, _)| group::chat_id(chat)),
        migrated_from_max_id: full.before.map(|(_, last)| last),
        available_min_id: (full.first_shown > MessageId(1)).then(|| full.first_shown.0 - 1),
        folder_id: (dialog.folder > 0).then_some(i32::from(dialog.folder)),
        linked_chat_id: row.linked.map(group::channel_id),
        slowmode_seconds: (row.slow_mode > 0).then(|| date(row.slow_mode)),
        slowmode_next_send_date: (full.slow_until > 0).then(|| date(full.slow_until)),
        pts: full.pts.0,
        ttl_period: (row.ttl_period > 0).then(|| date(row.ttl_period)),
        default_send_as: full.voice.map(render::user::peer),
        stickerset: full.stickers.as_ref().map(render::sticker::set),
        emojiset: full.emoji.as_ref().map(render::sticker::set),
        available_reactions: Some(reactions(&row.reactions.choice)),
        reactions_limit: (row.reactions.limit > 0).then(|| date(row.reactions.limit)),
        ..flags
    }
}

/// The viewer's own link and who asks to join, where the viewer may let people in.
fn tell_of_invites(told: &mut types::ChannelFull, invites: &Overview, prefix: &str) {
    told.exported_invite = invites.main.as_ref().map(|it| render::invite::invite(prefix, it));
    (told.requests_pending, told.recent_requesters) = render::invite::waiting(&invites.pending).unzip();
}

/// A channel without anything: its boxed fields are the empty ones.
fn blank() -> types::ChannelFull {
    let mut bytes = vec![0_u8; 4 + 4 + 8 + 4 + 12];
    let photo: enums::Photo = types::PhotoEmpty { id: 0 }.into();
    tl::Serializable::serialize(&photo, &mut bytes);
    tl::Serializable::serialize(&render::notify::settings(&Default::default()), &mut bytes);
    tl::Serializable::serialize(&Vec::<enums::BotInfo>::new(), &mut bytes);
    bytes.extend([0; 4]);
    tl::Deserializable::from_bytes(&bytes).expect("flags, an id, a text, numbers, a photo, settings, a list, a number")
}
