//! Topics of forums: a supergroup's log split by what its messages are about. A topic begins with a service
//! message, whose number is its own. Source: core.telegram.org/api/forum.

pub mod change;
pub mod list;
pub mod pins;
pub mod removal;
pub mod settings;

use bytes::Bytes;
use store::{Key, Range};
use vault::Kind;

use super::{
    access::{self, Access},
    log::TopicCopy,
};
use crate::{
    ids::{ChannelId, LogId, MessageId, Peer, UserId},
    messages::threads::GENERAL,
    record,
    record::Record,
    refusal::Refusal,
    sealing,
    spaces::{THREAD, TOPIC},
    turn::Turn,
    view::{Decided, Rows, View, load, load_or_default},
};

/// Characters of a title. Source: core.telegram.org/method/messages.createForumTopic.
pub const TITLE_MAX: usize = 128;

/// Topics that may be pinned. Source: `topics_pinned_limit` of help.getAppConfig.
pub const PINNED_MAX: usize = 5;

/// Colours of icons. Source: core.telegram.org/method/messages.createForumTopic.
pub const COLORS: [u32; 6] = [0x6f_b9f0, 0xff_d67e, 0xcb_86db, 0x8e_ee98, 0xff_93b2, 0xfb_6f5f];

record! {
    /// A topic.
    pub struct TopicRow {
        1 => creator: UserId,
        /// Who it is shown to be of, where that is not its creator.
        2 => sent_as: Option<Peer>,
        /// Unix seconds.
        3 => date: u32,
        /// A [`TopicCard`], sealed under the group's key; AAD is the channel with the topic, and the version.
        4 => card: Bytes,
        5 => card_version: u32,
        /// RGB.
        6 => color: u32,
        7 => closed: bool,
        /// Only of the general topic.
        8 => hidden: bool,
        /// Being deleted: its messages go in steps.
        9 => going: bool,
    }
}

record! {
    /// What a topic says of itself; stored only sealed.
    pub struct TopicCard {
        1 => title: String,
        /// A custom emoji; 0: none.
        2 => emoji: i64,
        /// The title was not chosen by its creator.
        3 => title_missing: bool,
    }
}

record! {
    /// What a forum has beside its topics.
    pub struct ForumRow { 1 => pinned: Vec<MessageId> }
}

/// A topic as it is at this moment, for the admin log.
fn kept(view: &(impl View + ?Sized), access: &Access, id: MessageId) -> Decided<TopicCopy> {
    let row = existing(view, access, id)?;
    let card = card(view, access.channel, id, &row)?;
    Ok(TopicCopy { id, row, card, ..TopicCopy::default() })
}

/// A topic that is there; the general one only where something of it was changed.
pub fn topic(view: &(impl Rows + ?Sized), channel: ChannelId, id: MessageId) -> Decided<Option<TopicRow>> {
    if id.0 <= 0 {
        return Ok(None);
    }
    Ok(load::<TopicRow>(view, &key(channel, id))?.filter(|it| !it.going))
}

/// A topic of a forum, the general one always; `TOPIC_ID_INVALID`.
pub fn existing(view: &(impl View + ?Sized), access: &Access, id: MessageId) -> Decided<TopicRow> {
    match topic(view, access.channel, id)? {
        Some(row) => Ok(row),
        None if id == GENERAL => Ok(general(access)),
        None => Err(Refusal::TopicIdInvalid.into()),
    }
}

/// The general topic before anything of it was changed.
fn general(access: &Access) -> TopicRow {
    let (creator, date) = (access.row.creator, access.row.created);
    TopicRow { creator, date, color: COLORS[0], ..TopicRow::default() }
}

/// Lets somebody look into a forum; `CHANNEL_FORUM_MISSING`.
pub fn forum(view: &(impl View + ?Sized), channel: ChannelId, me: UserId) -> Decided<Access> {
    let access = access::reader(view, channel, me)?;
    if access.row.forum { Ok(access) } else { Err(Refusal::ChannelForumMissing.into()) }
}

/// What a topic says of itself.
pub fn card(view: &(impl View + ?Sized), channel: ChannelId, id: MessageId, row: &TopicRow) -> Decided<TopicCard> {
    if row.card.is_empty() {
        let title = if id == GENERAL { "General".to_owned() } else { String::new() };
        return Ok(TopicCard { title, ..TopicCard::default() });
    }
    let scope = sealing::group_scope(Peer::Channel(channel));
    let plain = sealing::open(view, scope, Kind::GroupCard, &name(channel, id), row.card_version, &row.card)?;
    Ok(TopicCard::decode(&plain)?)
}

/// Writes a topic with what it says of itself.
fn put_with(
    turn: &mut Turn<'_>,
    channel: ChannelId,
    id: MessageId,
    mut row: TopicRow,
    card: &TopicCard,
) -> Decided<()> {
    row.card_version += 1;
    let (scope, name) = (sealing::group_scope(Peer::Channel(channel)), name(channel, id));
    row.card = sealing::seal(turn, scope, Kind::GroupCard, &name, row.card_version, &card.encode())?;
    turn.put(key(channel, id), &row);
    Ok(())
}

/// A title as it is kept.
fn clean_title(title: &str) -> Decided<String> {
    let title = title.trim();
    match title.chars().count() {
        0 => Err(Refusal::TopicTitleEmpty.into()),
        // Cut, as titles of groups are: no client shows an error for it.
        _ => Ok(title.chars().take(TITLE_MAX).collect()),
    }
}

/// A topic's place in the list moves with its last message.
pub(crate) fn moved(turn: &mut Turn<'_>, channel: ChannelId, id: MessageId, before: MessageId, last: MessageId) {
    turn.delete(order_key(channel, before, id));
    turn.put_empty(order_key(channel, last, id));
}

/// What a forum has beside its topics.
fn forum_row(view: &(impl Rows + ?Sized), channel: ChannelId) -> Decided<ForumRow> {
    load_or_default(view, &key(channel, MessageId(0)))
}

fn key(channel: ChannelId, id: MessageId) -> Key {
    LogId::from(channel).rows(TOPIC).u32(id.0.unsigned_abs()).key()
}

/// The order of topics stands where no thread begins: at number 0 of the index of threads.
fn order_key(channel: ChannelId, last: MessageId, id: MessageId) -> Key {
    let rows = LogId::from(channel).rows(THREAD).u32(0);
    rows.u32(!last.0.unsigned_abs()).u32(id.0.unsigned_abs()).key()
}

fn order(channel: ChannelId) -> Range {
    Range::prefix(LogId::from(channel).rows(THREAD).u32(0).key())
}

fn name(channel: ChannelId, id: MessageId) -> Vec<u8> {
    [&channel.0.to_be_bytes()[..], &id.0.to_be_bytes()].concat()
}

#[cfg(test)]
mod tests;
