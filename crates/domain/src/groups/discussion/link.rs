//! Linking a channel and a group, and ending that.
//! Source: core.telegram.org/method/channels.setDiscussionGroup.

use super::{Delivered, tell};
use crate::{
    caller::Caller,
    groups::{
        AdminRights,
        channel::{self, ChannelRow, put_channel},
        guard::{Before, before},
        log::{self, AdminEvent},
        settings::tell_all,
    },
    ids::{ChannelId, UserId},
    refusal::Refusal,
    service::Command,
    turn::Turn,
    view::{Decided, View},
};

/// Gives a channel a discussion group, or takes it away.
#[derive(Clone, Copy, Debug)]
pub struct SetDiscussion {
    /// Who: in the channel it may change what the channel says of itself, in the group it may pin.
    /// Source: TDLib 1.8.66, `set_channel_discussion_group`.
    pub by: Caller,
    /// Which channel; `None`: the one that the group has.
    pub channel: Option<ChannelId>,
    /// Which group; `None`: the channel has none from now on.
    pub group: Option<ChannelId>,
}

impl Command for SetDiscussion {
    type Reply = ();

    fn decide(&self, turn: &mut Turn<'_>) -> Decided<()> {
        let me = self.by.user;
        let channel = self.channel.map(|id| broadcast(turn, id, me)).transpose()?;
        let group = self.group.map(|id| group(turn, id, me)).transpose()?;
        let Some(channel) = channel else {
            let group = group.ok_or(Refusal::BroadcastIdInvalid)?;
            return match group.row.linked {
                Some(_) => relink(turn, me, group.id, group.row, None),
                None => Err(Refusal::LinkNotModified.into()),
            };
        };
        if channel.row.linked == self.group {
            return Err(Refusal::LinkNotModified.into());
        }
        if let Some(group) = &group {
            refuse_unfit(&group.row)?;
        }
        relink(turn, me, channel.id, channel.row, self.group)
    }
}

fn broadcast(view: &(impl View + ?Sized), id: ChannelId, me: UserId) -> Decided<Before> {
    let it = before(view, id, me)?;
    match it.row.broadcast {
        false => Err(Refusal::BroadcastIdInvalid.into()),
        true if !it.standing.may(AdminRights::CHANGE_INFO) => Err(Refusal::ChatAdminRequired.into()),
        true => Ok(it),
    }
}

fn group(view: &(impl View + ?Sized), id: ChannelId, me: UserId) -> Decided<Before> {
    let it = before(view, id, me)?;
    match it.row.broadcast {
        true => Err(Refusal::MegagroupIdInvalid.into()),
        false if !it.standing.may(AdminRights::PIN_MESSAGES) => Err(Refusal::ChatAdminRequired.into()),
        false => Ok(it),
    }
}

/// Comments are read from the beginning, by anybody who reads the channel, and each post's are a thread.
fn refuse_unfit(row: &ChannelRow) -> Decided<()> {
    if row.broadcast || row.gigagroup || row.forum {
        return Err(Refusal::MegagroupIdInvalid.into());
    }
    if row.history_hidden { Err(Refusal::MegagroupPrehistoryHidden.into()) } else { Ok(()) }
}

/// Writes one side's own record and tells who it was linked to and who it is linked to now.
fn relink(turn: &mut Turn<'_>, by: UserId, id: ChannelId, mut row: ChannelRow, to: Option<ChannelId>) -> Decided<()> {
    let link = if to.is_some() { u64::from_be_bytes(turn.draw()).max(1) } else { 0 };
    let (old, ended) = (row.linked, row.link);
    (row.linked, row.link) = (to, link);
    put(turn, by, id, row, old)?;
    if let Some(old) = old {
        tell(turn, by, id, old, Delivered::Unlink { link: ended, by })?;
    }
    to.map_or(Ok(()), |to| tell(turn, by, id, to, Delivered::Link { link, by }))
}

/// A channel or group that is deleted has no other side any more.
pub(in crate::groups) fn sever(turn: &mut Turn<'_>, by: UserId, id: ChannelId, row: &mut ChannelRow) -> Decided<()> {
    let link = std::mem::take(&mut row.link);
    row.linked.take().map_or(Ok(()), |other| tell(turn, by, id, other, Delivered::Unlink { link, by }))
}

/// A channel has chosen this group. One that is unfit by now, or gone, says so; another channel's it is no longer.
pub(super) fn receive_link(turn: &mut Turn<'_>, from: ChannelId, to: ChannelId, link: u64, by: UserId) -> Decided<()> {
    let row = channel::channel(turn, to)?.filter(|it| !it.deleted && refuse_unfit(it).is_ok());
    let Some(mut row) = row else { return tell(turn, by, to, from, Delivered::Unlink { link, by }) };
    if (row.linked, row.link) == (Some(from), link) {
        return Ok(());
    }
    let (old, ended) = (row.linked, row.link);
    (row.linked, row.link) = (Some(from), link);
    put(turn, by, to, row, old)?;
    match old {
        Some(old) => tell(turn, by, to, old, Delivered::Unlink { link: ended, by }),
        None => Ok(()),
    }
}

/// A link is over, if it is still that one.
pub(super) fn receive_unlink(
    turn: &mut Turn<'_>,
    from: ChannelId,
    to: ChannelId,
    link: u64,
    by: UserId,
) -> Decided<()> {
    let row = channel::channel(turn, to)?.filter(|it| !it.deleted && (it.linked, it.link) == (Some(from), link));
    let Some(mut row) = row else { return Ok(()) };
    (row.linked, row.link) = (None, 0);
    put(turn, by, to, row, Some(from))
}

/// A group that nobody can look into any more lets nobody ask, either.
fn put(turn: &mut Turn<'_>, by: UserId, id: ChannelId, mut row: ChannelRow, before: Option<ChannelId>) -> Decided<()> {
    row.join_request &= row.public || row.linked.is_some();
    put_channel(turn, id, &row);
    // Each of the caller's own devices is told, too: the answer says nothing but that it is done.
    tell_all(turn, id, None)?;
    log::note(turn, id, by, AdminEvent::Linked { before, after: row.linked })
}
