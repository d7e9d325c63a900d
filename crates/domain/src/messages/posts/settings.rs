//! Which reactions a channel's readers may choose, and what its admins take back of them.
//! Source: core.telegram.org/method/messages.setChatAvailableReactions.

use super::purge;
use crate::{
    caller::Caller,
    groups::{
        AdminRights,
        access::{self, Access},
        channel::put_channel,
        log::{self, AdminEvent},
        reactions::Allowed,
    },
    ids::{ChannelId, MessageId, Peer, UserId},
    messages::reactions::crowd,
    refusal::Refusal,
    service::Command,
    turn::Turn,
    updates::{self, Change, LogEntry},
    view::Decided,
};

/// Sets which reactions may be chosen.
pub struct AllowReactions {
    /// Who.
    pub by: Caller,
    /// Where.
    pub channel: ChannelId,
    /// These.
    pub allowed: Allowed,
}

impl Command for AllowReactions {
    /// The entry of the channel's log.
    type Reply = LogEntry;

    fn decide(&self, turn: &mut Turn<'_>) -> Decided<LogEntry> {
        let access = access::admin(turn, self.channel, self.by.user, AdminRights::CHANGE_INFO)?;
        self.allowed.refuse_itself()?;
        let mut row = access.row;
        if row.reactions == self.allowed {
            return Err(Refusal::ChatNotModified.into());
        }
        let before = std::mem::replace(&mut row.reactions, self.allowed.clone());
        let event = AdminEvent::Reactions { before, after: self.allowed.clone() };
        log::note(turn, self.channel, self.by.user, event)?;
        put_channel(turn, self.channel, &row);
        let change = Change::Channel { channel: self.channel };
        updates::append(turn, self.channel, change, 0, Some(self.by.origin))
    }
}

/// Takes back what somebody chose for a message, or for all messages.
pub struct TakeReactionsBack {
    /// Who asks.
    pub by: Caller,
    /// Where.
    pub channel: ChannelId,
    /// Whose.
    pub participant: UserId,
    /// For this one; `None`: for all, which goes on by itself.
    pub message: Option<MessageId>,
}

impl Command for TakeReactionsBack {
    /// The entry of the channel's log, where one message is named.
    type Reply = Option<LogEntry>;

    fn decide(&self, turn: &mut Turn<'_>) -> Decided<Option<LogEntry>> {
        let access = access::inside(turn, self.channel, self.by.user)?;
        if access.row.broadcast {
            return Err(Refusal::PeerIdInvalid.into());
        }
        access.demand(AdminRights::DELETE_MESSAGES)?;
        let Some(message) = self.message else {
            purge::reactions(turn, &access, Peer::User(self.participant))?;
            return Ok(None);
        };
        if !crowd::take_back(turn, &access, message, self.participant)? {
            return Err(Refusal::MessageIdInvalid.into());
        }
        told(turn, &access, message).map(Some)
    }
}

pub(super) fn told(turn: &mut Turn<'_>, access: &Access, message: MessageId) -> Decided<LogEntry> {
    updates::append(turn, access.channel, Change::Reactions { peer: access.peer(), message }, 0, None)
}
