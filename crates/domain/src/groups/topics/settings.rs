//! Whether a supergroup is a forum, and how one of its members wants to see it.
//! Source: core.telegram.org/method/channels.toggleForum.

use crate::{
    caller::Caller,
    groups::{
        AdminRights, access,
        channel::put_channel,
        log::{self, AdminEvent},
    },
    ids::{ChannelId, Peer},
    messages::dialogs,
    refusal::Refusal,
    service::Command,
    turn::Turn,
    updates::{self, Change, LogEntry},
    view::Decided,
};

/// Makes a supergroup a forum, or an ordinary group again.
pub struct ToggleForum {
    /// Who.
    pub by: Caller,
    /// Which.
    pub channel: ChannelId,
    /// A forum, or not.
    pub enabled: bool,
    /// Topics are shown as tabs.
    pub tabs: bool,
}

/// Shows a forum as one chat, or by topics.
pub struct ViewAsMessages {
    /// Who.
    pub by: Caller,
    /// Which.
    pub channel: ChannelId,
    /// As one chat, or not.
    pub enabled: bool,
}

impl Command for ToggleForum {
    /// The entry of the channel's log.
    type Reply = LogEntry;

    fn decide(&self, turn: &mut Turn<'_>) -> Decided<LogEntry> {
        let access = access::inside(turn, self.channel, self.by.user)?;
        if access.row.broadcast {
            return Err(Refusal::MegagroupRequired.into());
        }
        access.demand(AdminRights::CHANGE_INFO)?;
        if access.row.linked.is_some() {
            return Err(Refusal::ChatDiscussionUnallowed.into());
        }
        let tabs = self.enabled && self.tabs;
        if (access.row.forum, access.row.forum_tabs) == (self.enabled, tabs) {
            return Err(Refusal::ChatNotModified.into());
        }
        let (was, mut row) = (access.row.forum, access.row);
        (row.forum, row.forum_tabs) = (self.enabled, tabs);
        put_channel(turn, self.channel, &row);
        if was != self.enabled {
            log::note(turn, self.channel, self.by.user, AdminEvent::Forum { on: self.enabled })?;
        }
        updates::append(turn, self.channel, Change::Channel { channel: self.channel }, 0, Some(self.by.origin))
    }
}

impl Command for ViewAsMessages {
    /// The entry of the member's log.
    type Reply = LogEntry;

    fn decide(&self, turn: &mut Turn<'_>) -> Decided<LogEntry> {
        let (me, channel) = (self.by.user, self.channel);
        let access = access::inside(turn, channel, me)?;
        if !access.row.forum {
            return Err(Refusal::ChannelForumMissing.into());
        }
        dialogs::change(turn, me, Peer::Channel(channel), |it| it.view_as_messages = self.enabled)?;
        let change = Change::ViewAsMessages { channel, enabled: self.enabled };
        updates::append(turn, me, change, 0, Some(self.by.origin))
    }
}
