//! Deleting a topic with its messages, in steps; from the first one on it is gone for everybody.
//! Source: core.telegram.org/method/messages.deleteTopicHistory.

use store::Direction;

use super::{ForumRow, TopicRow, existing, forum, forum_row, kept, key, order_key};
use crate::{
    caller::Caller,
    groups::{
        AdminRights,
        access::Access,
        log::{self, AdminEvent},
    },
    ids::{ChannelId, MessageId, UserId},
    messages::{
        posts,
        rows::{copy, id_of},
        threads::{self, GENERAL, state_key},
    },
    refusal::Refusal,
    service::Command,
    turn::Turn,
    updates::LogEntry,
    view::{Decided, Rows, load},
};

/// Messages of one step; the client asks again until none is left.
const STEP: usize = 100;

/// Messages of a topic up to which who opened it may delete it, where they are all its own.
const OWN_MAX: usize = 100;

/// Deletes a topic.
pub struct DeleteTopic {
    /// Who.
    pub by: Caller,
    /// In which forum.
    pub channel: ChannelId,
    /// Which.
    pub topic: MessageId,
}

/// What a step came to.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// The entry of the channel's log, if anything was deleted.
    pub entry: Option<LogEntry>,
    /// Whether more is left.
    pub more: bool,
}

impl Command for DeleteTopic {
    type Reply = Step;

    fn decide(&self, turn: &mut Turn<'_>) -> Decided<Step> {
        let (me, channel, topic) = (self.by.user, self.channel, self.topic);
        let access = forum(turn, channel, me)?;
        if topic == GENERAL {
            return Err(Refusal::TopicIdInvalid.into());
        }
        let row: TopicRow = match load::<TopicRow>(turn, &key(channel, topic))? {
            Some(row) if row.going => row,
            _ => existing(turn, &access, topic)?,
        };
        if !access.standing.may(AdminRights::DELETE_MESSAGES) && !is_own(turn, &access, me, topic, &row)? {
            return Err(Refusal::ChatAdminRequired.into());
        }
        if !row.going {
            let topic = kept(turn, &access, topic)?;
            log::note(turn, channel, me, AdminEvent::TopicDeleted { topic })?;
        }
        let found = turn.scan(&threads::range(channel, topic), Direction::Forward, STEP + 1)?;
        let ids: Vec<_> = found.iter().take(STEP).map(|(key, _)| id_of(key)).collect();
        let more = found.len() > STEP;
        let entry = posts::remove(turn, channel, &ids, Some(self.by.origin))?;
        for id in ids {
            turn.delete(threads::key(channel, topic, id));
        }
        let pinned = forum_row(turn, channel)?.pinned;
        if pinned.contains(&topic) {
            let pinned = pinned.into_iter().filter(|it| *it != topic).collect();
            turn.put(key(channel, MessageId(0)), &ForumRow { pinned, ..ForumRow::default() });
        }
        turn.delete(order_key(channel, threads::state(turn, channel, topic)?.last, topic));
        if more {
            turn.put(key(channel, topic), &TopicRow { going: true, ..row });
        } else {
            turn.delete(key(channel, topic));
            turn.delete(state_key(channel, topic));
        }
        Ok(Step { entry, more })
    }
}

/// Whether a topic is somebody's own and nobody else has written in it.
fn is_own(turn: &Turn<'_>, access: &Access, me: UserId, topic: MessageId, row: &TopicRow) -> Decided<bool> {
    if row.creator != me {
        return Ok(false);
    }
    let found = turn.scan(&threads::range(access.channel, topic), Direction::Forward, OWN_MAX + 1)?;
    for (key, _) in &found {
        if copy(turn, access.log(), id_of(key))?.is_some_and(|it| it.from != me) {
            return Ok(false);
        }
    }
    Ok(found.len() <= OWN_MAX)
}
