//! A group or channel as somebody sees it.

use std::collections::BTreeSet;

use super::{AdminRights, BannedRights, ChannelRow, ChatRow, GroupCard, Standing, basic, channel, discussion};
use crate::{
    ids::{ChannelId, ChatId, Peer, UserId},
    view::{Decided, View},
};

/// A group or channel as one viewer sees it.
#[derive(Clone, Debug, PartialEq)]
pub enum SeenGroup {
    /// A basic group that the viewer is in, or has left.
    Chat(Box<SeenChat>),
    /// A channel that the viewer may read.
    Channel(Box<SeenChannel>),
    /// A group or channel that the viewer may not look into.
    Forbidden(Forbidden),
}

/// A basic group, seen by a member.
#[derive(Clone, Debug, PartialEq)]
pub struct SeenChat {
    /// Which.
    pub id: ChatId,
    /// As stored.
    pub row: ChatRow,
    /// What it says of itself.
    pub card: GroupCard,
    /// Whether the viewer made it.
    pub creator: bool,
    /// Whether the viewer has left it, and may come back by itself.
    pub left: bool,
    /// The viewer's rights; none: no admin.
    pub admin: AdminRights,
    /// With which the viewer names the supergroup that it has become.
    pub migrated_hash: i64,
}

/// A supergroup or channel, seen by somebody who may read it.
#[derive(Clone, Debug, PartialEq)]
pub struct SeenChannel {
    /// Which.
    pub id: ChannelId,
    /// As stored.
    pub row: ChannelRow,
    /// What it says of itself.
    pub card: GroupCard,
    /// How the viewer stands in it.
    pub standing: Standing,
    /// Until when the viewer is restricted, unix seconds; 0: for ever.
    pub until: u32,
    /// When the viewer joined; else when it was made. Unix seconds.
    pub date: u32,
    /// Members.
    pub members: u32,
    /// For this viewer only.
    pub access_hash: i64,
    /// Nothing in it depends on who sees it.
    pub min: bool,
}

/// What is told of a group to who may not look into it.
#[derive(Clone, Debug, PartialEq)]
pub struct Forbidden {
    /// Which.
    pub peer: Peer,
    /// Its title.
    pub title: String,
    /// Whether it is a broadcast channel.
    pub broadcast: bool,
    /// For this viewer only.
    pub access_hash: i64,
    /// Until when the viewer is banned, unix seconds; 0: for ever.
    pub until: u32,
}

/// A group or channel as `viewer` sees it; `None` where there is none.
pub fn seen(view: &(impl View + ?Sized), viewer: UserId, peer: Peer) -> Decided<Option<SeenGroup>> {
    match peer {
        Peer::User(_) => Ok(None),
        Peer::Chat(id) => seen_chat(view, viewer, id),
        Peer::Channel(id) => seen_channel(view, viewer, id),
    }
}

/// Several, each once.
pub fn seen_all(
    view: &(impl View + ?Sized),
    viewer: UserId,
    peers: impl IntoIterator<Item = Peer>,
) -> Decided<Vec<SeenGroup>> {
    let peers: BTreeSet<_> = peers.into_iter().collect();
    let mut all = Vec::with_capacity(peers.len());
    for peer in peers {
        all.extend(seen(view, viewer, peer)?);
    }
    Ok(all)
}

/// Groups and channels that a link opens to the viewer: a channel that is closed to others is shown as well.
pub fn seen_opened(
    view: &(impl View + ?Sized),
    viewer: UserId,
    peers: impl IntoIterator<Item = Peer>,
) -> Decided<Vec<SeenGroup>> {
    let mut all = Vec::new();
    for peer in peers {
        let opened = match peer {
            Peer::Channel(id) => channel_of(view, viewer, id, true)?,
            Peer::User(_) | Peer::Chat(_) => seen(view, viewer, peer)?,
        };
        all.extend(opened);
    }
    Ok(all)
}

/// Channels as anybody may see them who reads what names them. Source: core.telegram.org/api/min.
pub fn seen_all_min(view: &(impl View + ?Sized), peers: impl IntoIterator<Item = Peer>) -> Decided<Vec<SeenGroup>> {
    let peers: BTreeSet<_> = peers.into_iter().collect();
    let mut all = Vec::with_capacity(peers.len());
    for id in peers.into_iter().filter_map(Peer::channel) {
        let known = channel::known(view, id)?;
        let Some(row) = known.row.clone() else { continue };
        let (card, date, standing) = (known.card(view, id)?, row.created, Standing::Out);
        let seen = SeenChannel { id, row, card, standing, until: 0, date, members: 0, access_hash: 0, min: true };
        all.push(SeenGroup::Channel(Box::new(seen)));
    }
    Ok(all)
}

fn seen_chat(view: &(impl View + ?Sized), viewer: UserId, id: ChatId) -> Decided<Option<SeenGroup>> {
    let Some(row) = basic::chat(view, id)? else { return Ok(None) };
    let card = basic::card(view, id, &row)?;
    let left = row.member(viewer).is_none();
    if left && !row.left.contains(&viewer) {
        // Who was in it knows its title from the messages it keeps.
        let (peer, title) = (Peer::Chat(id), card.title);
        return Ok(Some(SeenGroup::Forbidden(Forbidden { peer, title, broadcast: false, access_hash: 0, until: 0 })));
    }
    let (creator, admin) = (row.creator == viewer && !left, row.admin_rights(viewer));
    let migrated = row.migrated_to.map(|it| view.world().access_hash(viewer, Peer::Channel(it)));
    let seen = SeenChat { id, row, card, creator, left, admin, migrated_hash: migrated.unwrap_or(0) };
    Ok(Some(SeenGroup::Chat(Box::new(seen))))
}

fn seen_channel(view: &(impl View + ?Sized), viewer: UserId, id: ChannelId) -> Decided<Option<SeenGroup>> {
    channel_of(view, viewer, id, false)
}

/// `opened`: the viewer holds a link to it.
fn channel_of(view: &(impl View + ?Sized), viewer: UserId, id: ChannelId, opened: bool) -> Decided<Option<SeenGroup>> {
    let known = channel::known(view, id)?;
    let Some(row) = known.row.clone() else { return Ok(None) };
    let card = known.card(view, id)?;
    let member = channel::member(view, id, viewer)?.unwrap_or_default();
    let standing = channel::standing_of(&row, viewer, &member, view.now().secs());
    let access_hash = view.world().access_hash(viewer, Peer::Channel(id));
    let open = standing.is_in() || row.public || opened || discussion::opens(view, id, &row, viewer)?;
    let may_look = !row.deleted && standing != Standing::Kicked && open;
    if !may_look {
        let until = if member.banned.has(BannedRights::VIEW_MESSAGES) { member.banned_until } else { 0 };
        let (peer, broadcast) = (Peer::Channel(id), row.broadcast);
        let title = card.title;
        return Ok(Some(SeenGroup::Forbidden(Forbidden { peer, title, broadcast, access_hash, until })));
    }
    let date = if standing.is_in() { member.joined } else { row.created };
    let members = channel::counts(view, id)?.members;
    let until = member.banned_until;
    let seen = SeenChannel { id, row, card, standing, until, date, members, access_hash, min: false };
    Ok(Some(SeenGroup::Channel(Box::new(seen))))
}
