//! Folders of chats as TL.

use domain::{
    Decided, Peer, UserId, View,
    folders::{Folder, Kinds, change::is_known},
};
use tl::{enums, types};

use crate::render::{group, named::Named, poll::styled, user};

/// A folder, for its owner; whom it names is added to `named`.
pub fn folder(view: &dyn View, me: UserId, it: &Folder, named: &mut Named) -> Decided<enums::DialogFilter> {
    let row = &it.row;
    let [pinned_peers, include_peers, exclude_peers] =
        [&row.pinned, &row.included, &row.excluded].map(|it| peers(view, me, it, named));
    let (pinned_peers, include_peers, exclude_peers) = (pinned_peers?, include_peers?, exclude_peers?);
    let emoticon = Some(it.card.emoticon.clone()).filter(|it| !it.is_empty());
    let (id, title) = (i32::from(it.id), styled(&it.card.title));
    if row.shareable {
        return Ok(types::DialogFilterChatlist {
            has_my_invites: row.links > 0,
            title_noanimate: row.still,
            id,
            title,
            emoticon,
            color: row.color,
            pinned_peers,
            include_peers,
        }
        .into());
    }
    let kinds = Kinds(row.kinds);
    Ok(types::DialogFilter {
        contacts: kinds.has(Kinds::CONTACTS),
        non_contacts: kinds.has(Kinds::NON_CONTACTS),
        groups: kinds.has(Kinds::GROUPS),
        broadcasts: kinds.has(Kinds::BROADCASTS),
        bots: kinds.has(Kinds::BOTS),
        exclude_muted: kinds.has(Kinds::NOT_MUTED),
        exclude_read: kinds.has(Kinds::NOT_READ),
        exclude_archived: kinds.has(Kinds::NOT_ARCHIVED),
        title_noanimate: row.still,
        id,
        title,
        emoticon,
        color: row.color,
        pinned_peers,
        include_peers,
        exclude_peers,
    }
    .into())
}

/// Chats as their owner names them; those that are closed to it meanwhile are left out.
fn peers(view: &dyn View, me: UserId, all: &[Peer], named: &mut Named) -> Decided<Vec<enums::InputPeer>> {
    let mut shown = Vec::with_capacity(all.len());
    for peer in all {
        if is_known(view, me, *peer)? {
            named.peer(*peer);
            shown.push(input(view, me, *peer));
        }
    }
    Ok(shown)
}

fn input(view: &dyn View, me: UserId, peer: Peer) -> enums::InputPeer {
    let access_hash = view.world().access_hash(me, peer);
    match peer {
        Peer::User(id) => types::InputPeerUser { user_id: user::id(id), access_hash }.into(),
        Peer::Chat(id) => types::InputPeerChat { chat_id: group::chat_id(id) }.into(),
        Peer::Channel(id) => types::InputPeerChannel { channel_id: group::channel_id(id), access_hash }.into(),
    }
}
