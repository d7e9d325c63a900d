//! Titles of members of a channel: what they are shown as beside their names; sealed under the channel's key.

use bytes::Bytes;
use vault::Kind;

use super::{RANK_MAX, channel::MemberRow};
use crate::{
    ids::{ChannelId, Peer, UserId},
    refusal::Refusal,
    sealing,
    turn::Turn,
    view::{Decided, Stop, View},
};

/// A title as it is kept; empty: none.
pub fn clean(rank: &str) -> Decided<String> {
    let rank = rank.trim();
    if rank.chars().count() > RANK_MAX || rank.chars().any(char::is_control) {
        return Err(Refusal::AdminRankInvalid.into());
    }
    if rank.chars().any(is_picture) {
        return Err(Refusal::AdminRankEmojiNotAllowed.into());
    }
    Ok(rank.to_owned())
}

/// Emoji, and what makes emoji of letters.
fn is_picture(it: char) -> bool {
    matches!(u32::from(it), 0x1f000..=0x1faff | 0x2600..=0x27bf | 0xfe0f | 0x20e3 | 0x200d)
}

/// Gives a member a title, or takes it.
pub fn set(turn: &mut Turn<'_>, id: ChannelId, user: UserId, row: &mut MemberRow, rank: &str) -> Decided<()> {
    row.rank_version += 1;
    row.rank = match rank {
        "" => Bytes::new(),
        _ => {
            let scope = sealing::group_scope(Peer::Channel(id));
            sealing::seal(turn, scope, Kind::Rank, &name(id, user), row.rank_version, rank.as_bytes())?
        }
    };
    Ok(())
}

/// Reads a member's title; empty: none.
pub fn of(view: &(impl View + ?Sized), id: ChannelId, user: UserId, row: &MemberRow) -> Decided<String> {
    if row.rank.is_empty() {
        return Ok(String::new());
    }
    let scope = sealing::group_scope(Peer::Channel(id));
    let plain = sealing::open(view, scope, Kind::Rank, &name(id, user), row.rank_version, &row.rank)?;
    String::from_utf8(plain).map_err(|_| Stop::Sealed)
}

fn name(id: ChannelId, user: UserId) -> [u8; 16] {
    let mut bytes = [0; 16];
    bytes[..8].copy_from_slice(&id.0.to_be_bytes());
    bytes[8..].copy_from_slice(&user.0.to_be_bytes());
    bytes
}
