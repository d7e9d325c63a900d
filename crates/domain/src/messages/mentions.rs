//! Mentions in groups: who is named in a text or answered by it, and what of that its reader has not opened: a
//! mark a message and a counter a chat, in the mailbox of who is mentioned. Marks of a channel's messages stand
//! there, too, under the channel and its numbers.
//! Source: core.telegram.org/api/mentions.

use store::{Direction, Key, Range};

use super::{
    dialogs,
    posts::{self, contents::Contents},
    rows::{Body, Entity, EntityKind, copy, id_of, local_id},
};
use crate::{
    caller::Caller,
    ids::{LogId, MessageId, MessageUid, Peer, UserId},
    people::{NameKind, holder},
    service::Command,
    spaces::UNREAD_MARK,
    turn::Turn,
    updates::{self, Change, LogEntry},
    view::{Decided, Rows, View},
};

/// The kind of these marks; others belong to other rooms.
const MENTIONS: u8 = 2;

/// People that one message mentions: beyond it nobody is told.
const MENTIONED_MAX: usize = 50;

/// Messages of one step; the client asks again until none is left.
const STEP: usize = 100;

/// Messages with unread mentions on one page.
pub const PAGE_MAX: usize = 100;

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

/// Makes the mark of a message what it should be, and counter with it; whether that changed anything.
pub(crate) fn settle(turn: &mut Turn<'_>, user: UserId, peer: Peer, id: MessageId, unread: bool) -> Decided<bool> {
    let key = mark_key(user, peer, id);
    if turn.get(&key)?.is_some() == unread {
        return Ok(false);
    }
    if unread {
        turn.put_empty(key);
        dialogs::change(turn, user, peer, |it| it.unread_mentions += 1)?;
    } else {
        turn.delete(key);
        dialogs::change(turn, user, peer, |it| it.unread_mentions = it.unread_mentions.saturating_sub(1))?;
    }
    Ok(true)
}

/// Whether a message mentions `user`, who has not opened it.
pub(crate) fn is_unread(view: &(impl Rows + ?Sized), user: UserId, peer: Peer, id: MessageId) -> Decided<bool> {
    Ok(view.get(&mark_key(user, peer, id))?.is_some())
}

/// Which messages of a chat with unread mentions are asked for; newest first.
#[derive(Clone, Copy, Debug, Default)]
pub struct Part {
    /// Below this one; 0: from the newest.
    pub offset_id: MessageId,
    /// Moves the page: negative toward newer messages.
    pub add_offset: i32,
    /// Messages wanted.
    pub limit: i32,
    /// Only below this one; 0: any.
    pub max_id: MessageId,
    /// Only above this one; 0: any.
    pub min_id: MessageId,
}

/// Messages of a chat with unread mentions, newest first, and how many there are.
pub fn unread(view: &(impl Rows + ?Sized), user: UserId, peer: Peer, part: Part) -> Decided<(Vec<MessageId>, usize)> {
    let count = dialogs::dialog(view, user, peer)?.unread_mentions as usize;
    let whole = marks(user, peer);
    let at = if part.offset_id.0 > 0 { mark_key(user, peer, part.offset_id) } else { whole.end.clone() };
    let limit = usize::try_from(part.limit).unwrap_or(0).min(PAGE_MAX);
    let newer = usize::try_from(part.add_offset.saturating_neg()).unwrap_or(0).min(limit);
    let skip = usize::try_from(part.add_offset).unwrap_or(0).min(PAGE_MAX);
    let mut ids = Vec::with_capacity(limit);
    if newer > 0 {
        let rows = view.scan(&Range { start: at.clone(), end: whole.end }, Direction::Forward, newer)?;
        ids.extend(rows.iter().rev().map(|(key, _)| id_of(key)));
    }
    let below = Range { start: whole.start, end: at };
    let rows = view.scan(&below, Direction::Backward, skip + limit - newer)?;
    ids.extend(rows.iter().skip(skip).map(|(key, _)| id_of(key)));
    ids.retain(|id| (part.max_id.0 == 0 || *id < part.max_id) && *id > part.min_id);
    Ok((ids, count))
}

/// Has the mentions of a chat read, a step at a time.
pub struct ReadMentions {
    /// Who.
    pub by: Caller,
    /// In which chat.
    pub peer: Peer,
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
        let found = turn.scan(&marks(me, self.peer), Direction::Forward, STEP + 1)?;
        let ids: Vec<_> = found.iter().take(STEP).map(|(key, _)| id_of(key)).collect();
        if let Some(channel) = self.peer.channel() {
            let entry = posts::contents::opened(turn, &self.by, channel, &ids, Contents::Mentions)?;
            return Ok(Step { entry, more: found.len() > STEP });
        }
        for id in &ids {
            settle(turn, me, self.peer, *id, false)?;
        }
        let more = found.len() > STEP;
        let count = i32::try_from(ids.len()).unwrap_or(0);
        if count == 0 {
            return Ok(Step { entry: None, more });
        }
        let change = Change::ReadContents { messages: ids, date: 0 };
        let entry = updates::append(turn, me, change, count, Some(self.by.origin))?;
        Ok(Step { entry: Some(entry), more })
    }
}

fn marks(user: UserId, peer: Peer) -> Range {
    let (kind, id) = peer.key_parts();
    Range::prefix(Key::of(UNREAD_MARK, user.vshard().0).u64(user.0).u8(MENTIONS).u8(kind).u64(id).key())
}

fn mark_key(user: UserId, peer: Peer, message: MessageId) -> Key {
    let (kind, id) = peer.key_parts();
    let chat = Key::of(UNREAD_MARK, user.vshard().0).u64(user.0).u8(MENTIONS).u8(kind).u64(id);
    chat.u32(message.0.unsigned_abs()).key()
}
