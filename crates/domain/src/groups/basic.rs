//! The record of a basic group: members, rights, title. Its messages are copies in the members' mailboxes.
//! Source: core.telegram.org/api/channel, "Basic groups".

pub mod access;
pub mod admins;
pub mod create;
pub mod facts;
pub mod info;
pub mod members;
pub mod migrate;
pub mod people;
pub mod succession;

use bytes::Bytes;
use store::Key;

use super::{
    AdminRights, BannedRights, GroupCard,
    card::{self},
    reactions::Allowed,
};
use crate::{
    ids::{ChannelId, ChatId, Peer, UserId, VSHARDS_IN_USE, VShard},
    record,
    spaces::{ALLOCATOR, CHAT},
    turn::Turn,
    view::{Decided, Rows, View, load, load_or_default},
};

record! {
    /// A basic group.
    pub struct ChatRow {
        1 => creator: UserId,
        /// Unix seconds.
        2 => created: u32,
        /// A [`GroupCard`], sealed under the group's key; AAD is the group's number and the version.
        3 => card: Bytes,
        4 => card_version: u32,
        /// In order of joining, the creator among them while it is in.
        5 => members: Vec<ChatMember>,
        6 => default_banned: BannedRights,
        /// Grows with each change of members or rights; clients order by it (`chat.version`).
        7 => version: u32,
        /// The supergroup that it has become.
        8 => migrated_to: Option<ChannelId>,
        /// Deleted by its creator, or migrated.
        9 => deactivated: bool,
        10 => noforwards: bool,
        /// Seconds after which messages destroy themselves; 0: never.
        11 => ttl_period: u32,
        12 => reactions: Allowed,
        /// Who left by itself, and may come back the same way; the latest last.
        13 => left: Vec<UserId>,
        /// Who owns the group from a moment on, since its creator left it; unix seconds.
        14 => successor: Option<UserId>,
        15 => succeeds_at: u32,
    }
}

record! {
    /// A member of a basic group.
    pub struct ChatMember {
        1 => user: UserId,
        2 => inviter: UserId,
        /// Unix seconds.
        3 => joined: u32,
        4 => admin: bool,
    }
}

impl ChatRow {
    /// A member's place in the group.
    pub fn member(&self, user: UserId) -> Option<&ChatMember> {
        self.members.iter().find(|it| it.user == user)
    }

    /// The rights of a member as an admin; none for others.
    pub fn admin_rights(&self, user: UserId) -> AdminRights {
        match self.member(user) {
            Some(it) if it.user == self.creator => AdminRights::CREATOR,
            Some(it) if it.admin => AdminRights::BASIC,
            _ => AdminRights::NONE,
        }
    }

    /// What a member may not do.
    pub fn banned_rights(&self, user: UserId) -> BannedRights {
        if self.admin_rights(user).is_none() { self.default_banned } else { BannedRights::NONE }
    }
}

/// A basic group's record.
pub fn chat(view: &(impl Rows + ?Sized), id: ChatId) -> Decided<Option<ChatRow>> {
    load(view, &chat_key(id))
}

/// Opens what the group says of itself.
pub fn card(view: &(impl View + ?Sized), id: ChatId, row: &ChatRow) -> Decided<GroupCard> {
    card::open(view, Peer::Chat(id), row.card_version, &row.card)
}

/// Writes a record; its version grows.
pub fn put_chat(turn: &mut Turn<'_>, id: ChatId, mut row: ChatRow) -> ChatRow {
    row.version += 1;
    turn.put(chat_key(id), &row);
    row
}

/// Writes a record with a changed card.
pub fn put_chat_with(turn: &mut Turn<'_>, id: ChatId, mut row: ChatRow, card: &GroupCard) -> Decided<ChatRow> {
    row.card_version += 1;
    row.card = card::seal(turn, Peer::Chat(id), row.card_version, card)?;
    Ok(put_chat(turn, id, row))
}

/// A fresh id on a vshard drawn at random.
pub fn allocate(turn: &mut Turn<'_>) -> Decided<ChatId> {
    let (seq, vshard) = next_number(turn, 2)?;
    Ok(ChatId::new(seq, vshard))
}

/// The next number of a kind on a vshard drawn at random; kinds as peers have them.
pub(super) fn next_number(turn: &mut Turn<'_>, kind: u8) -> Decided<(u64, VShard)> {
    let vshard = VShard(u16::from_be_bytes(turn.draw()) % VSHARDS_IN_USE);
    let key = Key::of(ALLOCATOR, vshard.0).u8(kind).key();
    let mut row: crate::accounts::sign_up::Allocator = load_or_default(turn, &key)?;
    row.last += 1;
    turn.put(key, &row);
    Ok((row.last, vshard))
}

fn chat_key(id: ChatId) -> Key {
    Key::of(CHAT, id.vshard().0).u64(id.0).key()
}

#[cfg(test)]
mod tests;
