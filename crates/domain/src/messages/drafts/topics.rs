//! Drafts of topics and threads: each has its own, beside that of the chat.
//! Source: core.telegram.org/api/drafts, "Topics".

use store::{Direction, Key, Range};
use vault::Kind;

use super::Draft;
use crate::{
    caller::Caller,
    ids::{ChannelId, LogId, MessageId, Peer, UserId},
    record,
    record::Record,
    refusal::Refusal,
    sealing,
    spaces::TOPIC_DRAFT,
    turn::Turn,
    updates::{self, Change},
    view::{Decided, Rows, View, load},
};

/// Drafts that one person has in topics; beyond, none is kept.
pub const DRAFTS_MAX: usize = 1000;

record! {
    /// A draft of a topic.
    pub struct TopicDraftRow {
        /// A [`Draft`], sealed under the chat's key; AAD is the user, the topic and the version.
        1 => draft: bytes::Bytes,
        2 => version: u32,
    }
}

/// The draft of a topic.
pub fn draft(view: &(impl View + ?Sized), user: UserId, channel: ChannelId, top: MessageId) -> Decided<Option<Draft>> {
    let Some(row) = load::<TopicDraftRow>(view, &key(user, channel, top))? else { return Ok(None) };
    if row.draft.is_empty() {
        return Ok(None);
    }
    let scope = sealing::chat_scope(user, Peer::Channel(channel));
    let plain = sealing::open(view, scope, Kind::Draft, &name(user, top), row.version, &row.draft)?;
    Ok(Some(Draft::decode(&plain)?))
}

/// Every topic with a draft.
pub fn all(view: &(impl Rows + ?Sized), user: UserId) -> Decided<Vec<(ChannelId, MessageId)>> {
    let range = Range::prefix(LogId::Mailbox(user).rows(TOPIC_DRAFT).key());
    let rows = crate::view::list::<TopicDraftRow>(view, &range, Direction::Forward, DRAFTS_MAX)?;
    let place = |key: &Key| {
        let (channel, top) = key.suffix().get(8..)?.split_first_chunk()?;
        Some((ChannelId(u64::from_be_bytes(*channel)), MessageId(i32::from_be_bytes(*top.first_chunk()?))))
    };
    Ok(rows.iter().filter(|(_, row)| !row.draft.is_empty()).filter_map(|(key, _)| place(key)).collect())
}

/// Keeps a draft.
pub(super) fn save(turn: &mut Turn<'_>, by: &Caller, channel: ChannelId, top: MessageId, draft: &Draft) -> Decided<()> {
    let (me, key) = (by.user, key(by.user, channel, top));
    let old = load::<TopicDraftRow>(turn, &key)?;
    if old.is_none() && all(turn, me)?.len() >= DRAFTS_MAX {
        return Err(Refusal::LimitInvalid.into());
    }
    let version = old.unwrap_or_default().version + 1;
    let scope = sealing::chat_scope(me, Peer::Channel(channel));
    let draft = sealing::seal(turn, scope, Kind::Draft, &name(me, top), version, &draft.encode())?;
    turn.put(key, &TopicDraftRow { draft, version, ..TopicDraftRow::default() });
    told(turn, by, channel, top)
}

/// Clears the draft of a topic, if there is one. Its row stays, so that no version is used twice.
pub(in crate::messages) fn clear(turn: &mut Turn<'_>, by: &Caller, channel: ChannelId, top: MessageId) -> Decided<()> {
    let key = key(by.user, channel, top);
    let Some(row) = load::<TopicDraftRow>(turn, &key)?.filter(|it| !it.draft.is_empty()) else { return Ok(()) };
    turn.put(key, &TopicDraftRow { draft: bytes::Bytes::new(), ..row });
    told(turn, by, channel, top)
}

fn told(turn: &mut Turn<'_>, by: &Caller, channel: ChannelId, top: MessageId) -> Decided<()> {
    updates::append(turn, by.user, Change::TopicDraft { channel, top }, 0, Some(by.origin)).map(drop)
}

/// Removes the drafts of a channel that somebody is no longer in, at most so many. `true`: more may be left.
pub(crate) fn forget(turn: &mut Turn<'_>, user: UserId, channel: ChannelId, limit: usize) -> Decided<bool> {
    let range = Range::prefix(LogId::Mailbox(user).rows(TOPIC_DRAFT).u64(channel.0).key());
    let rows = turn.scan(&range, Direction::Forward, limit)?;
    let more = rows.len() == limit;
    rows.into_iter().for_each(|(key, _)| turn.delete(key));
    Ok(more)
}

fn key(user: UserId, channel: ChannelId, top: MessageId) -> Key {
    LogId::Mailbox(user).rows(TOPIC_DRAFT).u64(channel.0).u32(top.0.unsigned_abs()).key()
}

/// What a draft's seal is bound to, besides its version.
fn name(user: UserId, top: MessageId) -> [u8; 12] {
    let mut bytes = [0; 12];
    bytes[..8].copy_from_slice(&user.0.to_be_bytes());
    bytes[8..].copy_from_slice(&top.0.to_be_bytes());
    bytes
}
