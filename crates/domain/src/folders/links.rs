//! Links to folders: their rows, and how a slug leads to one. Links are found by a keyed hash, as those to groups are
//! (`groups::invites`); the slug itself lies sealed in the link's row, for its owner to see again. Making them is in
//! `share`, following one in `join`. Source: core.telegram.org/api/links#chat-folder-links.

use bytes::Bytes;
use store::{Direction, Key, Range};
use vault::Kind;

use super::FolderRow;
use crate::{
    groups::{Standing, access, basic, channel},
    ids::{Peer, UserId, VSHARDS_IN_USE},
    record,
    record::Record,
    refusal::Refusal,
    sealing,
    spaces::{FOLDER_INVITE, FOLDER_LINK},
    turn::Turn,
    view::{Decided, Rows, Stop, View, list, load},
};

/// Links to one folder. Source: `chatlist_invites_limit_default`.
pub const LINKS_MAX: usize = 3;

/// Folders of one person that came by a link, or that others may have by one. Source: `chatlists_joined_limit_default`.
pub const SHARED_MAX: usize = 2;

/// Seconds after which clients ask for news of a shared folder. Source: `chatlist_update_period`.
pub const UPDATE_SECONDS: u32 = 300;

/// Characters of a link's name, as of a link to a group.
pub const TITLE_MAX: usize = crate::groups::invites::TITLE_MAX;

/// The kind of name, in the keyed hash, that links are found by; links to groups have 10.
const NAME: u8 = 11;

record! {
    /// Where a slug leads.
    pub struct FolderLinkRow { 1 => owner: UserId, 2 => folder: u8, 3 => number: u32 }
}

record! {
    /// A link to a folder.
    pub struct FolderInviteRow {
        /// A [`FolderInviteCard`], sealed under the account's key; AAD is the link's place and the version.
        1 => card: Bytes,
        2 => version: u32,
        /// The chats that it offers.
        3 => peers: Vec<Peer>,
        /// Unix seconds.
        4 => date: u32,
        /// The keyed hash that it is found by.
        5 => hash: Bytes,
    }
}

record! {
    /// What must be shown of a link again.
    pub struct FolderInviteCard { 1 => slug: String, 2 => title: String }
}

/// A link's place: whose folder, and a number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LinkId {
    /// Whose.
    pub owner: UserId,
    /// The folder's number.
    pub folder: u8,
    /// From 1, in order of making.
    pub number: u32,
}

/// A link, opened.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Link {
    /// Where it is.
    pub id: LinkId,
    /// As stored.
    pub row: FolderInviteRow,
    /// Its slug and name.
    pub card: FolderInviteCard,
}

/// A folder of somebody's that can be shared.
pub(super) fn shareable(view: &(impl Rows + ?Sized), user: UserId, id: u8) -> Decided<FolderRow> {
    let row = super::row(view, user, id)?.ok_or(Refusal::FilterIdInvalid)?;
    if row.shareable { Ok(row) } else { Err(Refusal::FilterNotSupported.into()) }
}

/// The link that a slug leads to.
pub(super) fn by_slug(view: &(impl View + ?Sized), slug: &str) -> Decided<(LinkId, FolderInviteRow)> {
    if slug.is_empty() {
        return Err(Refusal::InviteSlugEmpty.into());
    }
    let hash = view.world().name_hash(NAME, slug);
    let found = load::<FolderLinkRow>(view, &link_key(&hash))?.ok_or(Refusal::InviteSlugExpired)?;
    let id = LinkId { owner: found.owner, folder: found.folder, number: found.number };
    Ok((id, row(view, id)?.ok_or(Refusal::InviteSlugExpired)?))
}

/// Links to a folder of one's own, in order of making.
pub fn links(view: &(impl View + ?Sized), me: UserId, folder: u8) -> Decided<Vec<Link>> {
    shareable(view, me, folder)?;
    let number = |key: &Key| key.suffix().last_chunk().map_or(0, |it| u32::from_be_bytes(*it));
    let rows = list::<FolderInviteRow>(view, &range(me, folder), Direction::Forward, LINKS_MAX)?;
    rows.into_iter().map(|(key, row)| open(view, LinkId { owner: me, folder, number: number(&key) }, row)).collect()
}

pub(super) fn row(view: &(impl Rows + ?Sized), id: LinkId) -> Decided<Option<FolderInviteRow>> {
    load(view, &invite_key(id))
}

pub(super) fn open(view: &(impl View + ?Sized), id: LinkId, row: FolderInviteRow) -> Decided<Link> {
    let scope = sealing::account_scope(id.owner);
    let plain = sealing::open(view, scope, Kind::Settings, &place(id), row.version, &row.card)?;
    Ok(Link { id, row, card: FolderInviteCard::decode(&plain)? })
}

/// Writes a link with another card or other chats.
pub(super) fn put(turn: &mut Turn<'_>, id: LinkId, row: FolderInviteRow, card: FolderInviteCard) -> Decided<Link> {
    let (scope, version) = (sealing::account_scope(id.owner), row.version + 1);
    let sealed = sealing::seal(turn, scope, Kind::Settings, &place(id), version, &card.encode())?;
    let row = FolderInviteRow { card: sealed, version, ..row };
    turn.put(invite_key(id), &row);
    Ok(Link { id, row, card })
}

/// Makes a link; its slug is as hard to guess as that of a link to a group.
pub(super) fn make(turn: &mut Turn<'_>, id: LinkId, title: String, peers: Vec<Peer>) -> Decided<Link> {
    let slug = crate::groups::invites::draw_hash(turn);
    let hash = turn.world().name_hash(NAME, &slug);
    let LinkId { owner, folder, number } = id;
    turn.put(link_key(&hash), &FolderLinkRow { owner, folder, number, ..FolderLinkRow::default() });
    let hash = Bytes::copy_from_slice(&hash);
    let row = FolderInviteRow { peers, date: turn.now().secs(), hash, ..FolderInviteRow::default() };
    put(turn, id, row, FolderInviteCard { slug, title, ..FolderInviteCard::default() })
}

pub(super) fn delete(turn: &mut Turn<'_>, id: LinkId, row: &FolderInviteRow) {
    turn.delete(link_key(&row.hash));
    turn.delete(invite_key(id));
}

/// All links to a folder go with it.
pub(super) fn delete_all(turn: &mut Turn<'_>, user: UserId, folder: u8) -> Decided<()> {
    for (key, bytes) in turn.scan(&range(user, folder), Direction::Forward, LINKS_MAX)? {
        forget(turn, &bytes)?;
        turn.delete(key);
    }
    Ok(())
}

/// A link's row goes: nothing finds it any more.
pub(crate) fn forget(turn: &mut Turn<'_>, row: &[u8]) -> Decided<()> {
    let row = FolderInviteRow::decode(row)?;
    turn.delete(link_key(&row.hash));
    Ok(())
}

/// Refuses a chat that somebody may not share: what has a public name may be, else who shares it lets others in.
pub(super) fn refuse_sharing(view: &(impl View + ?Sized), owner: UserId, peer: Peer) -> Decided<()> {
    let public = match peer {
        Peer::User(_) => return Err(Refusal::PeerIdInvalid.into()),
        Peer::Chat(_) => false,
        Peer::Channel(id) => access::reader(view, id, owner)?.row.public,
    };
    if public { Ok(()) } else { crate::groups::invites::manager(view, owner, peer).map(drop) }
}

/// The chats of a link that somebody may come to by it now: those that its owner may still share, and that are not
/// closed to who follows it. A basic group that has become a supergroup is that one.
pub(super) fn offered(
    view: &(impl View + ?Sized),
    id: LinkId,
    row: &FolderInviteRow,
    me: UserId,
) -> Decided<Vec<Peer>> {
    let mut all = Vec::with_capacity(row.peers.len());
    for peer in &row.peers {
        match refuse_sharing(view, id.owner, *peer) {
            Ok(()) => {}
            Err(Stop::Refuse(_)) => continue,
            Err(stop) => return Err(stop),
        }
        let closed = match peer {
            Peer::User(_) => true,
            Peer::Chat(chat) => basic::chat(view, *chat)?.is_none_or(|it| it.deactivated),
            Peer::Channel(it) => {
                let row = channel::existing(view, *it)?;
                channel::standing(view, *it, &row, me)? == Standing::Kicked
            }
        };
        if !closed {
            all.push(*peer);
        }
    }
    Ok(all)
}

/// Folders of somebody's that others have, or that came from others.
pub(super) fn shared(view: &(impl Rows + ?Sized), user: UserId) -> Decided<usize> {
    Ok(super::rows(view, user)?.iter().filter(|(_, row)| row.came() || row.links > 0).count())
}

fn place(id: LinkId) -> Vec<u8> {
    [b"folder link", &[id.folder][..], &id.number.to_be_bytes()].concat()
}

fn range(user: UserId, folder: u8) -> Range {
    Range::prefix(Key::of(FOLDER_INVITE, user.vshard().0).u64(user.0).u8(folder).key())
}

fn invite_key(id: LinkId) -> Key {
    Key::of(FOLDER_INVITE, id.owner.vshard().0).u64(id.owner.0).u8(id.folder).u32(id.number).key()
}

fn link_key(hash: &[u8]) -> Key {
    let vshard = hash.first_chunk().map_or(0, |it| u16::from_be_bytes(*it)) % VSHARDS_IN_USE;
    Key::of(FOLDER_LINK, vshard).bytes(hash).key()
}
