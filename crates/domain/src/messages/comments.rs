//! Comments on a channel's posts: what answers the copy of a post in the discussion group. Their numbers are those
//! of the copy's thread, so a comment costs the channel nothing and its posts never disagree with the group.
//! Source: core.telegram.org/api/discussion, core.telegram.org/api/threads.

use super::{
    rows::{MailboxRow, copy, local_id},
    threads,
};
use crate::{
    groups::{access, discussion},
    ids::{ChannelId, LogId, MessageId, Peer, Pts, UserId},
    refusal::Refusal,
    updates,
    view::{Decided, View},
};

/// What a post's comments have come to, for one reader.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Comments {
    /// Where they are.
    pub group: ChannelId,
    /// Where the group's log stands: who was told of more forgets this.
    pub pts: Pts,
    /// How many.
    pub replies: u32,
    /// The last who commented, the latest first.
    pub recent: Vec<Peer>,
    /// The last comment; 0: none yet.
    pub last: MessageId,
    /// How far the reader has read them; 0: not at all.
    pub read: MessageId,
}

/// The comments on a message of a channel's log; `None` where there can be none. A post whose copy is still on its
/// way has none yet.
pub fn of(
    view: &(impl View + ?Sized),
    viewer: UserId,
    channel: ChannelId,
    row: &MailboxRow,
) -> Decided<Option<Comments>> {
    let Some(group) = row.copied_to else { return Ok(None) };
    if discussion::linked(view, channel)? != Some(group) {
        return Ok(None);
    }
    let pts = updates::counters(view, group)?.pts;
    let mut comments = Comments { group, pts, replies: 0, recent: Vec::new(), last: MessageId(0), read: MessageId(0) };
    if let Some(top) = local_id(view, group, row.uid)? {
        let thread = threads::state(view, group, top)?;
        comments.read = threads::mark(view, viewer, group, top)?.read_inbox;
        (comments.replies, comments.recent, comments.last) = (thread.replies, thread.recent, thread.last);
    }
    Ok(Some(comments))
}

/// The message of a group with which a thread begins that is named by it, or by the post of a channel that it is a
/// copy of. Everybody who reads the channel is let in.
pub fn place(
    view: &(impl View + ?Sized),
    me: UserId,
    channel: ChannelId,
    id: MessageId,
) -> Decided<(ChannelId, MessageId)> {
    let access = access::reader(view, channel, me)?;
    if !access.row.broadcast {
        return Ok((channel, id));
    }
    let row = copy(view, access.log(), id)?.filter(|_| access.shows(id)).ok_or(Refusal::MsgIdInvalid)?;
    let group = row.copied_to.filter(|it| access.row.linked == Some(*it)).ok_or(Refusal::MsgIdInvalid)?;
    let top = local_id(view, LogId::from(group), row.uid)?.ok_or(Refusal::MsgIdInvalid)?;
    Ok((group, top))
}
