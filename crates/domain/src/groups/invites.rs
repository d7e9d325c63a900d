//! Invite links of groups and channels: their rows, who may manage them, how a hash leads to one. What is
//! done with them is in the files below; requests to join are in `requests`.
//! Source: core.telegram.org/api/invites.

pub mod export;
pub mod importers;
pub(crate) mod inherit;
pub mod join;
pub mod list;
#[cfg(test)]
pub(in crate::groups) mod tests;

use bytes::Bytes;
use store::{Direction, Key, KeyBuilder, Range};
use vault::Kind;

use super::{AdminRights, basic, channel, requests};
use crate::{
    ids::{Peer, UserId, VSHARDS_IN_USE},
    record,
    record::Record,
    refusal::Refusal,
    sealing,
    spaces::{INVITE, INVITE_LINK, INVITER},
    turn::Turn,
    view::{Decided, Rows, Stop, View, load, load_or_default},
    world::World,
};

/// Characters of a link's name. Source: core.telegram.org/bots/api, "createChatInviteLink".
pub const TITLE_MAX: usize = 32;

/// The most joins that a link may be limited to. Source: as above.
pub const USES_MAX: u32 = 99_999;

/// Live links of one admin in one group; it bounds what one admin can store.
pub const LINKS_MAX: u32 = 1000;

/// Characters of a hash: 96 random bits, as Telegram's.
const HASH_LEN: usize = 16;

/// What hashes are written with: base64 for addresses.
const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// The kind of name, in the keyed hash, that links are found by; people's names have 1 and 2.
const NAME: u8 = 10;

record! {
    /// Where a hash leads.
    pub struct LinkRow { 1 => peer: Peer, 2 => admin: UserId, 3 => number: u32 }
}

record! {
    /// A link.
    pub struct InviteRow {
        /// An [`InviteCard`], sealed under the group's key; AAD is the link's place and the version.
        1 => card: Bytes,
        2 => version: u32,
        /// Unix seconds.
        3 => date: u32,
        /// When it was last changed; 0: never.
        4 => changed: u32,
        /// Unix seconds; 0: never.
        5 => expires: u32,
        /// How many may be in by it; 0: any number.
        6 => limit: u32,
        /// How many are in by it.
        7 => usage: u32,
        /// How many asked by it and wait.
        8 => requested: u32,
        /// The admin's main link.
        9 => permanent: bool,
        /// Who follows it asks to join.
        10 => request_needed: bool,
        11 => revoked: bool,
        /// The keyed hash that it is found by: its row goes even where what is sealed can no longer be read.
        12 => found_by: Bytes,
    }
}

record! {
    /// What must be shown of a link again.
    pub struct InviteCard { 1 => hash: String, 2 => title: String }
}

record! {
    /// An admin's links in a group; for nobody's id: what concerns the whole group.
    pub struct InviterRow {
        /// The last number given out.
        1 => last: u32,
        /// The main link; 0: none yet.
        2 => main: u32,
        3 => live: u32,
        4 => revoked: u32,
        /// Of the group: requests to join that wait.
        5 => requests: u32,
        /// Of the group: who is in by a link, or was let in.
        6 => came: u32,
    }
}

/// A link's place: the group, the admin, a number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct InviteId {
    /// The group.
    pub peer: Peer,
    /// Whose link it is.
    pub admin: UserId,
    /// From 1, in order of making.
    pub number: u32,
}

/// A link, opened.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Invite {
    /// Where it is.
    pub id: InviteId,
    /// As stored.
    pub row: InviteRow,
    /// Its hash and name.
    pub card: InviteCard,
}

impl InviteRow {
    /// Whether somebody may follow it at this moment.
    pub fn is_open(&self, now: u32) -> bool {
        let (expired, full) = (self.expires > 0 && self.expires <= now, self.limit > 0 && self.usage >= self.limit);
        !self.revoked && !expired && !full
    }
}

impl From<&LinkRow> for InviteId {
    fn from(it: &LinkRow) -> Self {
        Self { peer: it.peer, admin: it.admin, number: it.number }
    }
}

/// Somebody who may manage links of a group.
#[derive(Clone, Copy, Debug)]
pub struct Manager {
    /// The group.
    pub peer: Peer,
    /// Who.
    pub me: UserId,
    /// Owns the group, and so sees the links of all.
    pub owner: bool,
}

impl Manager {
    /// Refuses the links of others to who does not own the group.
    fn may_touch(&self, admin: UserId) -> Decided<()> {
        if self.owner || admin == self.me { Ok(()) } else { Err(Refusal::ChatAdminRequired.into()) }
    }
}

/// The caller as a manager of links, if its rights at this moment let it be one.
pub fn manager(view: &(impl View + ?Sized), me: UserId, peer: Peer) -> Decided<Manager> {
    let (rights, owner) = match peer {
        Peer::User(_) => return Err(Refusal::PeerIdInvalid.into()),
        Peer::Chat(id) => {
            let row = basic::chat(view, id)?.filter(|it| !it.deactivated && it.member(me).is_some());
            let row = row.ok_or(Refusal::ChatIdInvalid)?;
            (row.admin_rights(me), row.creator == me)
        }
        Peer::Channel(id) => {
            let row = channel::existing(view, id)?;
            let standing = channel::standing(view, id, &row, me)?;
            if !standing.is_in() {
                return Err(if row.public { Refusal::ChatAdminRequired } else { Refusal::ChannelPrivate }.into());
            }
            (standing.admin(), row.creator == me)
        }
    };
    match rights.has(AdminRights::INVITE_USERS) {
        true => Ok(Manager { peer, me, owner }),
        false => Err(Refusal::ChatAdminRequired.into()),
    }
}

/// What is told of links together with the group, to who may manage them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Overview {
    /// The viewer's main link.
    pub main: Option<Invite>,
    /// Who asks to join.
    pub pending: requests::Pending,
}

/// The same; `None` for others.
pub fn overview(view: &(impl View + ?Sized), me: UserId, peer: Peer) -> Decided<Option<Overview>> {
    match manager(view, me, peer) {
        Ok(_) => Ok(Some(Overview { main: main_of(view, peer, me)?, pending: requests::pending(view, peer)? })),
        Err(Stop::Refuse(_)) => Ok(None),
        Err(stop) => Err(stop),
    }
}

/// The hash in a link as a client names it: the address, or the hash alone.
pub fn hash_in(link: &str) -> &str {
    link.trim().rsplit(['/', '+', '=']).next().unwrap_or_default()
}

/// The link that a hash leads to, whatever has become of it.
pub fn by_hash(view: &(impl View + ?Sized), hash: &str) -> Decided<Option<(InviteId, InviteRow)>> {
    if hash.is_empty() {
        return Err(Refusal::InviteHashEmpty.into());
    }
    if !hash.bytes().all(|it| ALPHABET.contains(&it)) {
        return Err(Refusal::InviteHashInvalid.into());
    }
    let Some(link) = load::<LinkRow>(view, &link_key(view.world(), hash))? else { return Ok(None) };
    let id = InviteId::from(&link);
    Ok(row(view, id)?.map(|row| (id, row)))
}

/// A link of a manager's group, of its own or, for the owner, of anybody.
fn managed(view: &(impl View + ?Sized), by: &Manager, hash: &str) -> Decided<(InviteId, InviteRow)> {
    let found = by_hash(view, hash)?.filter(|(id, _)| id.peer == by.peer);
    let (id, row) = found.ok_or(Refusal::InviteHashExpired)?;
    by.may_touch(id.admin)?;
    Ok((id, row))
}

/// A link's row: live ones and revoked ones are kept apart, so that each list is a range.
pub fn row(view: &(impl Rows + ?Sized), id: InviteId) -> Decided<Option<InviteRow>> {
    match load(view, &invite_key(id, false))? {
        Some(row) => Ok(Some(row)),
        None => load(view, &invite_key(id, true)),
    }
}

/// A link, opened; `None` where it is gone.
pub fn invite(view: &(impl View + ?Sized), id: InviteId) -> Decided<Option<Invite>> {
    row(view, id)?.map(|it| open(view, id, it)).transpose()
}

/// The main link of an admin, if there is one yet.
pub fn main_of(view: &(impl View + ?Sized), peer: Peer, admin: UserId) -> Decided<Option<Invite>> {
    let number = inviter(view, peer, admin)?.main;
    if number == 0 { Ok(None) } else { invite(view, InviteId { peer, admin, number }) }
}

fn open(view: &(impl View + ?Sized), id: InviteId, row: InviteRow) -> Decided<Invite> {
    let plain = sealing::open(view, sealing::group_scope(id.peer), Kind::Invite, &place(id), row.version, &row.card)?;
    Ok(Invite { id, row, card: InviteCard::decode(&plain)? })
}

fn seal(turn: &mut Turn<'_>, id: InviteId, version: u32, card: &InviteCard) -> Decided<Bytes> {
    sealing::seal(turn, sealing::group_scope(id.peer), Kind::Invite, &place(id), version, &card.encode())
}

/// Writes a link in the list where it belongs.
fn put(turn: &mut Turn<'_>, id: InviteId, row: &InviteRow) {
    turn.put(invite_key(id, row.revoked), row);
}

/// A hash that nobody can guess.
pub(crate) fn draw_hash(turn: &mut Turn<'_>) -> String {
    let bytes: [u8; HASH_LEN] = turn.draw();
    bytes.iter().map(|it| char::from(ALPHABET[usize::from(it % 64)])).collect()
}

/// What is kept of an admin's links.
pub fn inviter(view: &(impl Rows + ?Sized), peer: Peer, admin: UserId) -> Decided<InviterRow> {
    load_or_default(view, &inviter_key(peer, admin))
}

fn change_inviter(
    turn: &mut Turn<'_>,
    peer: Peer,
    admin: UserId,
    change: impl FnOnce(&mut InviterRow),
) -> Decided<InviterRow> {
    let mut row = inviter(turn, peer, admin)?;
    change(&mut row);
    turn.put(inviter_key(peer, admin), &row);
    Ok(row)
}

/// Requests to join a group that wait.
pub(super) fn requests_waiting(view: &(impl Rows + ?Sized), peer: Peer) -> Decided<u32> {
    Ok(inviter(view, peer, UserId::NOBODY)?.requests)
}

/// Counts requests up or down.
pub(super) fn count_requests(turn: &mut Turn<'_>, peer: Peer, by: i64) -> Decided<()> {
    change_inviter(turn, peer, UserId::NOBODY, |it| it.requests = moved(it.requests, by)).map(drop)
}

/// Counts those who came up or down.
fn count_came(turn: &mut Turn<'_>, peer: Peer, by: i64) -> Decided<()> {
    change_inviter(turn, peer, UserId::NOBODY, |it| it.came = moved(it.came, by)).map(drop)
}

/// A counter moved, not below nothing.
pub(super) fn moved(it: u32, by: i64) -> u32 {
    u32::try_from((i64::from(it) + by).max(0)).unwrap_or(u32::MAX)
}

fn place(id: InviteId) -> Vec<u8> {
    let (kind, peer) = id.peer.key_parts();
    [&[kind][..], &peer.to_be_bytes(), &id.admin.0.to_be_bytes(), &id.number.to_be_bytes()].concat()
}

/// The beginning of the keys of a group's rows of one kind.
pub(super) fn rows_of(space: store::Subspace, peer: Peer) -> KeyBuilder {
    let (kind, id) = peer.key_parts();
    Key::of(space, peer.vshard().0).u8(kind).u64(id)
}

fn invite_key(id: InviteId, revoked: bool) -> Key {
    rows_of(INVITE, id.peer).u64(id.admin.0).u8(u8::from(revoked)).u32(id.number).key()
}

fn invite_range(peer: Peer, admin: UserId, revoked: bool) -> Range {
    Range::prefix(rows_of(INVITE, peer).u64(admin.0).u8(u8::from(revoked)).key())
}

fn inviter_key(peer: Peer, admin: UserId) -> Key {
    rows_of(INVITER, peer).u64(admin.0).key()
}

fn link_key(world: &World, hash: &str) -> Key {
    found_at(&world.name_hash(NAME, hash))
}

fn found_at(hash: &[u8]) -> Key {
    let vshard = hash.first_chunk().map_or(0, |it| u16::from_be_bytes(*it) % VSHARDS_IN_USE);
    Key::of(INVITE_LINK, vshard).bytes(hash).key()
}

/// Nothing leads to a link any more whose group is deleted.
pub(super) fn close(turn: &mut Turn<'_>, row: &InviteRow) {
    if !row.found_by.is_empty() {
        turn.delete(found_at(&row.found_by));
    }
}

/// The admins of a group that ever made a link, with what is kept of them.
fn inviters(view: &(impl View + ?Sized), peer: Peer) -> Decided<Vec<(UserId, InviterRow)>> {
    /// More admins than a group may have.
    const MAX: usize = 512;
    let range = Range::prefix(rows_of(INVITER, peer).key());
    let rows = crate::view::list::<InviterRow>(view, &range, Direction::Forward, MAX)?;
    let admin = |key: &Key| UserId(key.suffix().last_chunk().map_or(0, |it| u64::from_be_bytes(*it)));
    Ok(rows.into_iter().map(|(key, row)| (admin(&key), row)).filter(|(id, _)| *id != UserId::NOBODY).collect())
}
