//! What people wrote about a group: its title and description, its photo, and the titles of its members; sealed
//! under the group's key.

use bytes::Bytes;
use vault::Kind;

use super::{ABOUT_MAX, RANK_MAX, TITLE_MAX};
use crate::{
    files::Photo,
    ids::{MessageUid, Peer, UserId},
    people::Username,
    record,
    record::Record,
    refusal::Refusal,
    sealing,
    turn::Turn,
    view::{Decided, View},
};

record! {
    /// What a group says of itself; stored only sealed.
    pub struct GroupCard {
        1 => title: String,
        2 => about: String,
        /// Titles of members of a basic group.
        3 => ranks: Vec<Rank>,
        /// Public names, the editable one first; only of channels.
        4 => usernames: Vec<Username>,
        5 => photo: Option<Photo>,
        /// Of a channel: the message that told of the photo.
        6 => photo_told: MessageUid,
    }
}

record! {
    /// The title of a member.
    pub struct Rank { 1 => user: UserId, 2 => text: String }
}

/// Opens a group's card.
pub fn open(view: &(impl View + ?Sized), group: Peer, version: u32, sealed: &[u8]) -> Decided<GroupCard> {
    if sealed.is_empty() {
        return Ok(GroupCard::default());
    }
    let plain = sealing::open(view, sealing::group_scope(group), Kind::GroupCard, &name(group), version, sealed)?;
    Ok(GroupCard::decode(&plain)?)
}

/// Seals a group's card under a version that it has not had before.
pub fn seal(turn: &mut Turn<'_>, group: Peer, version: u32, card: &GroupCard) -> Decided<Bytes> {
    sealing::seal(turn, sealing::group_scope(group), Kind::GroupCard, &name(group), version, &card.encode())
}

fn name(group: Peer) -> [u8; 9] {
    let (kind, id) = group.key_parts();
    let mut bytes = [kind; 9];
    bytes[1..].copy_from_slice(&id.to_be_bytes());
    bytes
}

/// A title as it is kept: without space around it, not empty.
pub fn clean_title(title: &str) -> Decided<String> {
    let title = title.trim();
    match title.chars().count() {
        0 => Err(Refusal::ChatTitleEmpty.into()),
        // Telegram cuts; so no client shows an error for it.
        _ => Ok(title.chars().take(TITLE_MAX).collect()),
    }
}

/// The title of a member as it is kept; empty: none.
pub fn clean_rank(rank: &str) -> Decided<String> {
    let rank = rank.trim();
    if rank.chars().count() > RANK_MAX {
        return Err(Refusal::AdminRankInvalid.into());
    }
    if rank.chars().any(is_emoji) {
        return Err(Refusal::AdminRankEmojiNotAllowed.into());
    }
    Ok(rank.to_owned())
}

/// Pictures, and what makes pictures of letters.
fn is_emoji(it: char) -> bool {
    matches!(u32::from(it), 0x1f000..=0x1faff | 0x2600..=0x27bf | 0xfe0f | 0x20e3 | 0x200d)
}

/// A description as it is kept.
pub fn clean_about(about: &str) -> Decided<String> {
    let about = about.trim();
    if about.chars().count() > ABOUT_MAX {
        return Err(Refusal::ChatAboutTooLong.into());
    }
    Ok(about.to_owned())
}
