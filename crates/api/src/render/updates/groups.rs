//! What changed for one user about its groups and channels: told in its own mailbox, without a number.

use domain::{
    ChannelId, Decided, MessageId, Peer, Stop, UserId, View, groups::requests, messages::posts::list, updates::counters,
};
use tl::types;

use super::Rendered;
use crate::render::{self, group::channel_id, message};

/// The channel itself, as the user sees it now, is among those named.
pub(super) fn channel(channel: ChannelId, out: &mut Rendered) {
    out.named.peer(Peer::Channel(channel));
    out.add(types::UpdateChannel { channel_id: channel_id(channel) });
}

/// The user read a channel on another device: up to where, and how many are left. It has no number, so it may
/// be told late; what it tells is the state as it is then. Source: TDLib 1.8.66 complains of an older count.
pub(super) fn read_inbox(view: &dyn View, me: UserId, channel: ChannelId, out: &mut Rendered) -> Decided<()> {
    out.named.peer(Peer::Channel(channel));
    let row = match list::shown(view, me, Peer::Channel(channel)) {
        // Who may no longer look in has nothing to read there.
        Err(Stop::Refuse(_)) => return Ok(()),
        other => other?,
    };
    out.add(types::UpdateReadChannelInbox {
        folder_id: super::state::folder_id(row.folder),
        channel_id: channel_id(channel),
        max_id: row.read_inbox.0,
        still_unread_count: message::date(row.unread),
        pts: counters(view, channel)?.pts.0,
    });
    Ok(())
}

/// Somebody read what the user wrote.
pub(super) fn read_outbox(channel: ChannelId, up_to: MessageId, out: &mut Rendered) {
    out.named.peer(Peer::Channel(channel));
    out.add(types::UpdateReadChannelOutbox { channel_id: channel_id(channel), max_id: up_to.0 });
}

/// How many ask to join a group, and who did last.
pub(super) fn pending(view: &dyn View, peer: Peer, out: &mut Rendered) -> Decided<()> {
    out.named.peer(peer);
    let pending = requests::pending(view, peer)?;
    out.named.users(pending.recent.iter().copied());
    out.add(render::invite::pending(peer, &pending));
    Ok(())
}
