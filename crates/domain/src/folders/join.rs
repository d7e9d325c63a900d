//! Following a link to a folder: what it shows, joining chats by it, what is offered later, and leaving.
//! Source: core.telegram.org/api/links#chat-folder-links, core.telegram.org/method/chatlists.joinChatlistInvite.

use super::{
    CHATS_MAX, FOLDERS_MAX, Folder, FolderRow, IDS, change,
    links::{self, FolderInviteRow, LinkId, SHARED_MAX, by_slug, offered, shareable},
    order, put, put_row, rows,
};
use crate::{
    caller::Caller,
    groups::{
        basic::{self, members::RemoveMember},
        channel,
        enter::is_in,
        invites::join::enter_by_main,
        joining::{JoinChannel, Joined, LeaveChannel},
    },
    ids::{LogId, Peer, UserId},
    refusal::Refusal,
    service::Command,
    turn::Turn,
    updates::{Change, LogEntry},
    view::{Decided, View},
};

/// What a link shows to who holds it.
#[derive(Clone, Debug, PartialEq)]
pub enum Shown {
    /// A folder that the caller does not have, with the chats in it.
    New(Box<Folder>, Vec<Peer>),
    /// One that it has.
    Had {
        /// Its number at the caller.
        id: u8,
        /// Chats that are not in it.
        missing: Vec<Peer>,
        /// Chats that are.
        there: Vec<Peer>,
    },
}

/// The same.
pub fn check(view: &(impl View + ?Sized), me: UserId, slug: &str) -> Decided<Shown> {
    let (id, row) = by_slug(view, slug)?;
    let offered = offered(view, id, &row, me)?;
    if let Some((number, row)) = had(view, me, id)? {
        let (there, missing) = offered.into_iter().partition(|it| row.names(*it));
        return Ok(Shown::Had { id: number, missing, there });
    }
    if offered.is_empty() {
        return Err(Refusal::InviteSlugExpired.into());
    }
    let folder = super::folder(view, id.owner, id.folder)?.ok_or(Refusal::InviteSlugExpired)?;
    Ok(Shown::New(Box::new(folder), offered))
}

/// The caller's folder that a link leads to: its own, or one that came by a link to the same.
fn had(view: &(impl View + ?Sized), me: UserId, id: LinkId) -> Decided<Option<(u8, FolderRow)>> {
    let same = |number: u8, row: &FolderRow| match id.owner == me {
        true => number == id.folder,
        false => (row.from, row.from_folder) == (id.owner, id.folder),
    };
    Ok(rows(view, me)?.into_iter().find(|(number, row)| same(*number, row)))
}

/// What the caller's clients learn: entries of its own log and of those of channels, in order.
pub type Told = Vec<(LogId, LogEntry)>;

/// Takes a folder over by a link, and joins chosen chats; where the caller has it, those that it lacks.
pub struct JoinFolder {
    /// Who.
    pub by: Caller,
    /// The link.
    pub slug: String,
    /// Chats that the link offers.
    pub peers: Vec<Peer>,
}

impl Command for JoinFolder {
    type Reply = Told;

    fn decide(&self, turn: &mut Turn<'_>) -> Decided<Told> {
        let me = self.by.user;
        let (link, invite) = by_slug(turn, &self.slug)?;
        if let Some((id, row)) = had(turn, me, link)? {
            return add(turn, &self.by, id, row, (link, &invite), &self.peers);
        }
        if rows(turn, me)?.len() >= FOLDERS_MAX {
            return Err(Refusal::DialogFiltersTooMuch.into());
        }
        if links::shared(turn, me)? >= SHARED_MAX {
            return Err(Refusal::ChatlistsTooMuch.into());
        }
        let theirs = super::folder(turn, link.owner, link.folder)?.ok_or(Refusal::InviteSlugExpired)?;
        let id = free(turn, me)?;
        let row = FolderRow {
            shareable: true,
            still: theirs.row.still,
            from: link.owner,
            from_folder: link.folder,
            from_link: link.number,
            ..FolderRow::default()
        };
        let row = put(turn, me, id, row, &theirs.card)?;
        order::settle(turn, me)?;
        add(turn, &self.by, id, row, (link, &invite), &self.peers)
    }
}

/// The lowest number that no folder has.
fn free(turn: &Turn<'_>, me: UserId) -> Decided<u8> {
    let taken: Vec<_> = rows(turn, me)?.into_iter().map(|(id, _)| id).collect();
    IDS.into_iter().find(|it| !taken.contains(it)).ok_or_else(|| Refusal::DialogFiltersTooMuch.into())
}

/// Joins what was chosen of a link's chats and puts it into the folder.
fn add(
    turn: &mut Turn<'_>,
    by: &Caller,
    id: u8,
    mut row: FolderRow,
    (link, invite): (LinkId, &FolderInviteRow),
    peers: &[Peer],
) -> Decided<Told> {
    let offered = offered(turn, link, invite, by.user)?;
    let mut chosen = change::once(peers, &[]);
    chosen.retain(|it| offered.contains(it) && !row.names(*it));
    if chosen.is_empty() {
        return Err(Refusal::FilterIncludeEmpty.into());
    }
    if row.pinned.len() + row.included.len() + chosen.len() > CHATS_MAX {
        return Err(Refusal::FilterIncludeTooMuch.into());
    }
    let mut told = Vec::new();
    for peer in chosen {
        if !is_in(turn, peer, by.user)? {
            told.extend(enter(turn, by, link.owner, peer)?);
            row.joined.push(peer);
        }
        row.included.push(peer);
        row.unwanted.retain(|it| *it != peer);
    }
    put_row(turn, by.user, id, &row);
    super::archive::settle_kept(turn, by.user)?;
    told.push((by.user.into(), change::tell(turn, by, id)?));
    Ok(told)
}

/// Comes into a chat: of itself where anybody may, else by the link of who shares it.
fn enter(turn: &mut Turn<'_>, by: &Caller, owner: UserId, peer: Peer) -> Decided<Told> {
    let public = match peer {
        Peer::Channel(id) if channel::existing(turn, id)?.public => Some(id),
        Peer::User(_) | Peer::Chat(_) | Peer::Channel(_) => None,
    };
    let Some(channel) = public else { return Ok(enter_by_main(turn, by, peer, owner)?.told) };
    let joined = JoinChannel { by: *by, channel }.decide(turn)?;
    let own = LogEntry { change: Change::Channel { channel }, ..LogEntry::default() };
    Ok(match joined {
        // Its admins decide.
        Joined::Asked => Vec::new(),
        Joined::In(sent) => {
            let message = sent.and_then(|it| it.entry).map(|it| (channel.into(), it));
            [(by.user.into(), own)].into_iter().chain(message).collect()
        }
    })
}

/// Chats that the link of a folder offers and that are not in it.
pub fn news(view: &(impl View + ?Sized), me: UserId, id: u8) -> Decided<Vec<Peer>> {
    let row = shareable(view, me, id)?;
    let mut missing = missing(view, me, &row)?;
    missing.retain(|it| !row.unwanted.contains(it));
    Ok(missing)
}

/// The same with those that were not wanted.
fn missing(view: &(impl View + ?Sized), me: UserId, row: &FolderRow) -> Decided<Vec<Peer>> {
    let Some((link, invite)) = origin(view, row)? else { return Ok(Vec::new()) };
    let mut all = offered(view, link, &invite, me)?;
    all.retain(|it| !row.names(*it));
    Ok(all)
}

/// The link that a folder came by, while it is there.
fn origin(view: &(impl View + ?Sized), row: &FolderRow) -> Decided<Option<(LinkId, FolderInviteRow)>> {
    let link = LinkId { owner: row.from, folder: row.from_folder, number: row.from_link };
    if row.came() { Ok(links::row(view, link)?.map(|it| (link, it))) } else { Ok(None) }
}

/// Joins chats that a link offers by now.
pub struct JoinNews {
    /// Who.
    pub by: Caller,
    /// The folder's number.
    pub id: u8,
    /// Which of them.
    pub peers: Vec<Peer>,
}

impl Command for JoinNews {
    type Reply = Told;

    fn decide(&self, turn: &mut Turn<'_>) -> Decided<Told> {
        let row = shareable(turn, self.by.user, self.id)?;
        let (link, invite) = origin(turn, &row)?.ok_or(Refusal::FilterIncludeEmpty)?;
        add(turn, &self.by, self.id, row, (link, &invite), &self.peers)
    }
}

/// What is offered now is not wanted.
pub struct HideNews {
    /// Who.
    pub by: Caller,
    /// The folder's number.
    pub id: u8,
}

impl Command for HideNews {
    type Reply = ();

    fn decide(&self, turn: &mut Turn<'_>) -> Decided<()> {
        let me = self.by.user;
        let row = shareable(turn, me, self.id)?;
        let unwanted = missing(turn, me, &row)?;
        put_row(turn, me, self.id, &FolderRow { unwanted, ..row });
        Ok(())
    }
}

/// Chats that were joined through a folder and could be left with it.
pub fn leavable(view: &(impl View + ?Sized), me: UserId, id: u8) -> Decided<Vec<Peer>> {
    let row = shareable(view, me, id)?;
    let mut all = Vec::new();
    for peer in &row.joined {
        if row.names(*peer) && may_leave(view, me, *peer)? {
            all.push(*peer);
        }
    }
    Ok(all)
}

/// Who is in it and does not own it.
fn may_leave(view: &(impl View + ?Sized), me: UserId, peer: Peer) -> Decided<bool> {
    let owner = match peer {
        Peer::User(_) => return Ok(false),
        Peer::Chat(id) => basic::chat(view, id)?.map(|it| it.creator),
        Peer::Channel(id) => channel::channel(view, id)?.map(|it| it.creator),
    };
    Ok(owner != Some(me) && is_in(view, peer, me)?)
}

/// Deletes a folder that can be shared, and leaves chosen chats of it.
pub struct LeaveFolder {
    /// Who.
    pub by: Caller,
    /// The folder's number.
    pub id: u8,
    /// Which chats; those that one owns, or is not in, stay as they are.
    pub peers: Vec<Peer>,
}

impl Command for LeaveFolder {
    type Reply = Told;

    fn decide(&self, turn: &mut Turn<'_>) -> Decided<Told> {
        let (by, me) = (self.by, self.by.user);
        let row = shareable(turn, me, self.id)?;
        let mut told: Told = Vec::new();
        for peer in change::once(&self.peers, &[]) {
            if !row.names(peer) || !may_leave(turn, me, peer)? {
                continue;
            }
            match peer {
                Peer::User(_) => {}
                Peer::Chat(chat) => {
                    let left = RemoveMember { by, chat, user: me, revoke_history: false }.decide(turn)?;
                    told.extend(left.into_iter().map(|it| (me.into(), it)));
                }
                Peer::Channel(channel) => {
                    // Who is out no longer reads what is told of its leaving.
                    LeaveChannel { by, channel }.decide(turn)?;
                    let own = LogEntry { change: Change::Channel { channel }, ..LogEntry::default() };
                    told.push((me.into(), own));
                }
            }
        }
        told.push((me.into(), change::delete(turn, &by, self.id)?));
        Ok(told)
    }
}
