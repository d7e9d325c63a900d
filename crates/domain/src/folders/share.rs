//! Links that somebody makes to a folder of its own.
//! Source: core.telegram.org/method/chatlists.exportChatlistInvite and its neighbours.

use super::{
    CHATS_MAX, Folder, FolderRow, Kinds, change,
    links::{self, LINKS_MAX, Link, LinkId, SHARED_MAX, TITLE_MAX, refuse_sharing, shareable},
    put_row,
};
use crate::{
    caller::Caller,
    groups::basic::{self, migrate::MigrateChat},
    ids::{AuthKeyId, Peer},
    refusal::Refusal,
    service::Command,
    turn::Turn,
    updates::Origin,
    view::Decided,
};

/// Makes a link to a folder, which becomes one that can be shared.
pub struct ExportFolder {
    /// Who.
    pub by: Caller,
    /// The folder's number.
    pub id: u8,
    /// The link's name; may be empty.
    pub title: String,
    /// The chats that it offers, of those in the folder.
    pub peers: Vec<Peer>,
}

impl Command for ExportFolder {
    /// The folder as it is now, and the link.
    type Reply = (Folder, Link);

    fn decide(&self, turn: &mut Turn<'_>) -> Decided<(Folder, Link)> {
        let (me, id) = (self.by.user, self.id);
        let mut row = super::row(turn, me, id)?.ok_or(Refusal::FilterIdInvalid)?;
        if row.kinds != Kinds::NONE.0 || !row.excluded.is_empty() {
            return Err(Refusal::FilterNotSupported.into());
        }
        if row.links as usize >= LINKS_MAX {
            return Err(Refusal::InvitesTooMuch.into());
        }
        if row.links == 0 && !row.came() && links::shared(turn, me)? >= SHARED_MAX {
            return Err(Refusal::ChatlistsTooMuch.into());
        }
        let mut peers = chosen(&self.peers, |peer| row.names(peer))?;
        for peer in &mut peers {
            *peer = admit(turn, &self.by, &mut row, *peer)?;
        }
        (row.shareable, row.links, row.last_link) = (true, row.links + 1, row.last_link + 1);
        let link = LinkId { owner: me, folder: id, number: row.last_link };
        put_row(turn, me, id, &row);
        let link = links::make(turn, link, titled(&self.title), peers)?;
        change::tell(turn, &self.by, id)?;
        let folder = super::folder(turn, me, id)?.ok_or(Refusal::FilterIdInvalid)?;
        Ok((folder, link))
    }
}

/// Each chat once, if it is in the folder.
fn chosen(peers: &[Peer], named: impl Fn(Peer) -> bool) -> Decided<Vec<Peer>> {
    let peers = change::once(peers, &[]);
    if peers.is_empty() {
        return Err(Refusal::PeersListEmpty.into());
    }
    if peers.len() > CHATS_MAX {
        return Err(Refusal::InvitePeersTooMuch.into());
    }
    if !peers.iter().all(|it| named(*it)) {
        return Err(Refusal::PeerIdInvalid.into());
    }
    Ok(peers)
}

/// A chat as a link offers it, if the caller may share it; the folder names it so, too.
fn admit(turn: &mut Turn<'_>, by: &Caller, folder: &mut FolderRow, peer: Peer) -> Decided<Peer> {
    let shared = raised(turn, by, peer)?;
    refuse_sharing(turn, by.user, shared)?;
    for named in folder.pinned.iter_mut().chain(&mut folder.included).filter(|it| **it == peer) {
        *named = shared;
    }
    Ok(shared)
}

/// A basic group that is shared becomes a supergroup. Its owner's answer tells of a link and nothing else, so that
/// its session is told of the group as others are. Source: core.telegram.org/method/chatlists.exportChatlistInvite.
fn raised(turn: &mut Turn<'_>, by: &Caller, peer: Peer) -> Decided<Peer> {
    let Peer::Chat(chat) = peer else { return Ok(peer) };
    if let Some(channel) = basic::chat(turn, chat)?.and_then(|it| it.migrated_to) {
        return Ok(Peer::Channel(channel));
    }
    let nobody = Origin { key: AuthKeyId(0), session: 0 };
    let migrated = MigrateChat { by: Caller { origin: nobody, ..*by }, chat }.decide(turn)?;
    Ok(Peer::Channel(migrated.channel))
}

/// Telegram cuts names of links.
fn titled(title: &str) -> String {
    title.trim().chars().take(TITLE_MAX).collect()
}

/// Changes a link.
pub struct EditFolderLink {
    /// Who.
    pub by: Caller,
    /// The folder's number.
    pub id: u8,
    /// Which link.
    pub slug: String,
    /// A new name.
    pub title: Option<String>,
    /// What it offers from now on.
    pub peers: Option<Vec<Peer>>,
}

impl Command for EditFolderLink {
    type Reply = Link;

    fn decide(&self, turn: &mut Turn<'_>) -> Decided<Link> {
        let me = self.by.user;
        let mut folder = shareable(turn, me, self.id)?;
        let (id, mut row) = own(turn, &self.by, self.id, &self.slug)?;
        if let Some(peers) = &self.peers {
            // What it offers already may have left the folder.
            let mut peers = chosen(peers, |peer| folder.names(peer) || row.peers.contains(&peer))?;
            let before = folder.clone();
            for peer in peers.iter_mut().filter(|it| !row.peers.contains(it)) {
                *peer = admit(turn, &self.by, &mut folder, *peer)?;
            }
            if folder != before {
                put_row(turn, me, self.id, &folder);
                change::tell(turn, &self.by, self.id)?;
            }
            row.peers = peers;
        }
        let mut card = links::open(turn, id, row.clone())?.card;
        if let Some(title) = &self.title {
            card.title = titled(title);
        }
        links::put(turn, id, row, card)
    }
}

/// Deletes a link; who came by it keeps its folder.
pub struct DeleteFolderLink {
    /// Who.
    pub by: Caller,
    /// The folder's number.
    pub id: u8,
    /// Which link.
    pub slug: String,
}

impl Command for DeleteFolderLink {
    type Reply = ();

    fn decide(&self, turn: &mut Turn<'_>) -> Decided<()> {
        let me = self.by.user;
        let mut folder = shareable(turn, me, self.id)?;
        let (id, row) = own(turn, &self.by, self.id, &self.slug)?;
        links::delete(turn, id, &row);
        folder.links = folder.links.saturating_sub(1);
        put_row(turn, me, self.id, &folder);
        change::tell(turn, &self.by, self.id).map(drop)
    }
}

/// A link to this folder of the caller's.
fn own(turn: &Turn<'_>, by: &Caller, folder: u8, slug: &str) -> Decided<(LinkId, links::FolderInviteRow)> {
    let (id, row) = links::by_slug(turn, slug)?;
    if (id.owner, id.folder) == (by.user, folder) { Ok((id, row)) } else { Err(Refusal::InviteSlugExpired.into()) }
}
