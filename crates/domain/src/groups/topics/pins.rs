//! Topics that stand above the others, for all readers of a forum.
//! Source: core.telegram.org/method/messages.updatePinnedForumTopic.

use super::{ForumRow, PINNED_MAX, existing, forum, forum_row, kept, key};
use crate::{
    caller::Caller,
    groups::{
        AdminRights,
        log::{self, AdminEvent},
    },
    ids::{ChannelId, MessageId},
    refusal::Refusal,
    service::Command,
    turn::Turn,
    updates::{self, Change, LogEntry},
    view::Decided,
};

/// Pins a topic, or lets it go.
pub struct PinTopic {
    /// Who.
    pub by: Caller,
    /// In which forum.
    pub channel: ChannelId,
    /// Which.
    pub topic: MessageId,
    /// Pinned, or not.
    pub pinned: bool,
}

/// Puts pinned topics in an order.
pub struct ReorderTopics {
    /// Who.
    pub by: Caller,
    /// In which forum.
    pub channel: ChannelId,
    /// The first at the top.
    pub order: Vec<MessageId>,
    /// Those that are not named are no longer pinned.
    pub force: bool,
}

impl Command for PinTopic {
    /// The entry of the channel's log.
    type Reply = LogEntry;

    fn decide(&self, turn: &mut Turn<'_>) -> Decided<LogEntry> {
        let access = forum(turn, self.channel, self.by.user)?;
        access.demand(AdminRights::MANAGE_TOPICS)?;
        let mut row = forum_row(turn, self.channel)?;
        if row.pinned.contains(&self.topic) == self.pinned {
            return Err(Refusal::TopicNotModified.into());
        }
        let topic = kept(turn, &access, self.topic)?;
        let event = match self.pinned {
            true => AdminEvent::TopicPinned { before: None, after: Some(topic) },
            false => AdminEvent::TopicPinned { before: Some(topic), after: None },
        };
        log::note(turn, self.channel, self.by.user, event)?;
        row.pinned.retain(|it| *it != self.topic);
        if self.pinned {
            if row.pinned.len() >= PINNED_MAX {
                return Err(Refusal::PinnedTooMuch.into());
            }
            row.pinned.insert(0, self.topic);
        }
        turn.put(key(self.channel, MessageId(0)), &row);
        let change = Change::TopicPinned { channel: self.channel, topic: self.topic, pinned: self.pinned };
        updates::append(turn, self.channel, change, 0, Some(self.by.origin))
    }
}

impl Command for ReorderTopics {
    /// The entry of the channel's log.
    type Reply = LogEntry;

    fn decide(&self, turn: &mut Turn<'_>) -> Decided<LogEntry> {
        let access = forum(turn, self.channel, self.by.user)?;
        access.demand(AdminRights::MANAGE_TOPICS)?;
        let old = forum_row(turn, self.channel)?.pinned;
        let mut pinned: Vec<MessageId> = Vec::with_capacity(PINNED_MAX);
        for &id in &self.order {
            existing(turn, &access, id)?;
            if !pinned.contains(&id) && (self.force || old.contains(&id)) {
                pinned.push(id);
            }
        }
        if !self.force {
            pinned.extend(old.iter().copied().filter(|it| !self.order.contains(it)));
        }
        if pinned.len() > PINNED_MAX {
            return Err(Refusal::PinnedTooMuch.into());
        }
        turn.put(key(self.channel, MessageId(0)), &ForumRow { pinned, ..ForumRow::default() });
        let change = Change::TopicsReordered { channel: self.channel };
        updates::append(turn, self.channel, change, 0, Some(self.by.origin))
    }
}

/// The pinned topics, the first at the top.
pub fn pinned(view: &(impl crate::view::Rows + ?Sized), channel: ChannelId) -> Decided<Vec<MessageId>> {
    Ok(forum_row(view, channel)?.pinned)
}
