//! Mentions in groups: who is named in a text or answered by it, and what happens when its reader has seen that.
//! What it has not seen yet stands in `marks`.
//! Source: core.telegram.org/api/mentions.

use super::{
    marks::{self, Mark},
    posts::{self, contents::Contents},
    rows::{Body, Entity, EntityKind, copy, local_id},
};
use crate::{
    caller::Caller,
    ids::{LogId, MessageId, MessageUid, Peer, UserId},
    people::{NameKind, holder},
    service::Command,
    turn::Turn,
    updates::{self, Change, LogEntry},
    view::{Decided, View},
};

/// People that one message mentions: beyond it nobody is told.
const MENTIONED_MAX: usize = 50;

/// Those whom a message names or answers, without its author; who of them is a member is for the caller to find.
pub(crate) fn of(
    view: &(impl View + ?Sized),
    log: LogId,
    author: UserId,
    body: &Body,
    reply_to: Option<MessageUid>,
) -> Decided<Vec<UserId>> {
    let mut all = Vec::new();
    let mut add = |user: UserId| {
        if user != author && !all.contains(&user) && all.len() < MENTIONED_MAX {
            all.push(user);
        }
    };
    if let Some(uid) = reply_to
        && let Some(id) = local_id(view, log, uid)?
        && let Some(answered) = copy(view, log, id)?
        // Who answers an anonymous admin or a channel answers no person.
        && answered.sent_as.is_none()
    {
        add(answered.from);
    }
    for entity in &body.entities {
        match &entity.kind {
            EntityKind::MentionName { user } => add(*user),
            EntityKind::Mention {} => {
                if let Some(user) = holder(view, NameKind::Username, name(&body.text, entity).trim_start_matches('@'))?
                {
                    add(user);
                }
            }
            EntityKind::Unknown {}
            | EntityKind::Hashtag {}
            | EntityKind::BotCommand {}
            | EntityKind::Url {}
            | EntityKind::Email {}
            | EntityKind::Bold {}
            | EntityKind::Italic {}
            | EntityKind::Code {}
            | EntityKind::Pre { .. }
            | EntityKind::TextUrl { .. }
            | EntityKind::Phone {}
            | EntityKind::Cashtag {}
            | EntityKind::Underline {}
            | EntityKind::Strike {}
            | EntityKind::BankCard {}
            | EntityKind::Spoiler {}
            | EntityKind::CustomEmoji { .. }
            | EntityKind::Blockquote { .. } => {}
        }
    }
    Ok(all)
}

/// The part of a text that an entity marks; offsets are UTF-16 units.
fn name(text: &str, entity: &Entity) -> String {
    let units = text.encode_utf16().skip(entity.offset as usize).take(entity.length as usize);
    char::decode_utf16(units).map(|it| it.unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
}

/// Has the mentions of a chat read, a step at a time.
pub struct ReadMentions {
    /// Who.
    pub by: Caller,
    /// In which chat.
    pub peer: Peer,
    /// Only those of this topic.
    pub top: Option<MessageId>,
}

/// What a step came to.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// The entry of the reader's log, if anything was unread.
    pub entry: Option<LogEntry>,
    /// Whether more is left.
    pub more: bool,
}

impl Command for ReadMentions {
    type Reply = Step;

    fn decide(&self, turn: &mut Turn<'_>) -> Decided<Step> {
        let me = self.by.user;
        let (ids, more) = marks::step(turn, me, self.peer, Mark::Mention, self.top)?;
        if let Some(channel) = self.peer.channel() {
            let entry = posts::contents::opened(turn, &self.by, channel, &ids, Contents::Mentions)?;
            return Ok(Step { entry, more });
        }
        for id in &ids {
            marks::settle(turn, me, self.peer, *id, (Mark::Mention, false))?;
        }
        let count = i32::try_from(ids.len()).unwrap_or(0);
        if count == 0 {
            return Ok(Step { entry: None, more });
        }
        let change = Change::ReadContents { messages: ids, date: 0 };
        let entry = updates::append(turn, me, change, count, Some(self.by.origin))?;
        Ok(Step { entry: Some(entry), more })
    }
}
