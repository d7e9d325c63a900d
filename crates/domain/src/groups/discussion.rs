//! The group behind a channel's comments. Channel and group each name the other in their own record; a link is
//! made in the channel's turn, reaches the group as a delivery, and has a number of its own, so that an ending
//! which was under way ends no link that came after. Of several channels that choose one group the last has it.
//! Source: core.telegram.org/api/discussion.

mod link;
mod suitable;
#[cfg(test)]
mod tests;

pub use link::SetDiscussion;
pub use suitable::suitable;

pub(super) use link::sever;

use bytes::Bytes;

use super::channel;
use crate::{
    deliveries::{Delivery, deliver},
    ids::{ChannelId, MessageId, MessageUid, UserId},
    messages::{MessageCopy, posts::copies},
    turn::Turn,
    variants,
    view::{Decided, Rows, View},
};

variants! {
    /// What a channel and its discussion group cause in each other.
    pub enum Delivered {
        /// The channel has chosen the group.
        1 => Link { 1 => link: u64, 2 => by: UserId },
        /// That is over; either side may say so.
        2 => Unlink { 1 => link: u64, 2 => by: UserId },
        /// A post, sealed for the group.
        3 => Posted { 1 => post: MessageId, 2 => message: Box<MessageCopy> },
        /// A post's text changed.
        4 => Edited { 1 => uid: MessageUid, 2 => body: Bytes, 3 => version: u32, 4 => date: u32 },
        /// Posts are gone.
        5 => Deleted { 1 => uids: Vec<MessageUid> },
        /// The group has deleted copies: nobody can comment on these posts any more.
        6 => CopiesGone { 1 => uids: Vec<MessageUid> },
    }
}

/// Tells the other side.
pub(crate) fn tell(turn: &mut Turn<'_>, by: UserId, from: ChannelId, to: ChannelId, what: Delivered) -> Decided<()> {
    deliver(turn, by, UserId::NOBODY, Delivery::Linked { from, to, what })
}

/// Applies what the other side caused. Nothing here refuses: what no longer applies changes nothing.
pub fn receive(turn: &mut Turn<'_>, from: ChannelId, to: ChannelId, what: &Delivered) -> Decided<()> {
    match what {
        Delivered::Link { link, by } => link::receive_link(turn, from, to, *link, *by),
        Delivered::Unlink { link, by } => link::receive_unlink(turn, from, to, *link, *by),
        Delivered::Posted { post, message } => match linked(turn, to)? == Some(from) {
            true => copies::receive_post(turn, from, to, *post, message),
            false => Ok(()),
        },
        Delivered::Edited { uid, body, version, date } => copies::receive_edit(turn, to, *uid, body, (*version, *date)),
        Delivered::Deleted { uids } => copies::receive_deletion(turn, to, uids),
        Delivered::CopiesGone { uids } => copies::receive_loss(turn, to, uids),
    }
}

/// The other side of a channel or group that is there.
pub fn linked(view: &(impl Rows + ?Sized), id: ChannelId) -> Decided<Option<ChannelId>> {
    Ok(channel::channel(view, id)?.filter(|it| !it.deleted).and_then(|it| it.linked))
}

/// Whether somebody who reads a channel may look into the group behind its comments, of which it is no member.
pub(crate) fn opens(
    view: &(impl View + ?Sized),
    id: ChannelId,
    row: &channel::ChannelRow,
    user: UserId,
) -> Decided<bool> {
    let Some(other) = row.linked.filter(|_| !row.broadcast) else { return Ok(false) };
    let Some(there) = channel::channel(view, other)? else { return Ok(false) };
    if there.deleted || there.linked != Some(id) {
        return Ok(false);
    }
    let standing = channel::standing(view, other, &there, user)?;
    Ok(standing.is_in() || there.public && standing != channel::Standing::Kicked)
}
