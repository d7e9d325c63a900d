//! The posts of public channels by their hashtags: a row a tag with its keyed hash, the newest first. It is written
//! with the post, an edit or a deletion takes it out, and a post keeps the hashes that stand for it. When a channel
//! becomes public or private, a job goes through what was posted before.

use bytes::Bytes;
use store::{Direction, Key, KeyBuilder, Range};

use crate::{
    groups::{ChannelRow, channel},
    ids::{ChannelId, LogId, MessageId, VSHARDS_IN_USE},
    messages::{
        rows::{Body, EntityKind, MailboxRow, id_of, mailbox_key},
        search::{index, words},
    },
    record,
    refusal::Refusal,
    sealing::Opener,
    service::{Command, Domain},
    spaces::{PUBLIC_TAG, PUBLISHED},
    turn::Turn,
    view::{Decided, View, list, load},
    world::World,
};

/// Tags by which one post is found.
pub const TAGS_MAX: usize = 10;

/// Bytes of a hash.
const EACH: usize = 8;

/// Posts of one step of the job: with their tags no more than half of what a command may write.
const STEP: usize = 128;

/// Channels looked at by one run of the job.
const CHANNELS: usize = 16;

record! {
    /// A channel that became public or private: the posts up to this one are as they should be.
    pub struct PublishedRow { 1 => after: MessageId }
}

/// A post that has a tag, with its place among them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::messages) struct Tagged {
    /// Unix seconds; the largest stands first.
    pub(in crate::messages) date: std::cmp::Reverse<u32>,
    pub(in crate::messages) channel: ChannelId,
    pub(in crate::messages) message: MessageId,
}

/// The hashes by which a post is found; none where a channel's posts are not for all.
pub(in crate::messages) fn of(world: &World, row: &ChannelRow, body: &Body) -> Bytes {
    if !row.public || !row.broadcast || row.deleted || body.action.is_some() {
        return Bytes::new();
    }
    let mut all: Vec<[u8; EACH]> = Vec::new();
    for tag in tags(body) {
        let hash = world.tag_hash(&words::tag(&tag));
        if !all.contains(&hash) {
            all.push(hash);
        }
    }
    all.iter().take(TAGS_MAX).flatten().copied().collect()
}

/// The tags of a text, with their signs.
fn tags(body: &Body) -> impl Iterator<Item = String> {
    let units: Vec<u16> = body.text.encode_utf16().collect();
    let place = |at: u32| usize::try_from(at).unwrap_or(usize::MAX);
    body.entities.iter().filter_map(move |it| {
        let end = place(it.offset.saturating_add(it.length));
        let part = units.get(place(it.offset)..end)?;
        matches!(it.kind, EntityKind::Hashtag {} | EntityKind::Cashtag {}).then(|| String::from_utf16_lossy(part))
    })
}

/// Moves a post from where the old hashes stand to where the new ones do.
pub(in crate::messages) fn settle(
    turn: &mut Turn<'_>,
    channel: ChannelId,
    message: MessageId,
    (before, after): (&MailboxRow, &MailboxRow),
) {
    let keys = |row: &MailboxRow| {
        let key = |hash: &[u8]| tag_key(hash, row.date, channel, message);
        row.tags.chunks_exact(EACH).map(key).collect::<Vec<_>>()
    };
    let (left, kept) = (keys(before), keys(after));
    left.iter().filter(|it| !kept.contains(it)).for_each(|it| turn.delete(it.clone()));
    kept.into_iter().filter(|it| !left.contains(it)).for_each(|it| turn.put_empty(it));
}

/// A post goes.
pub(crate) fn forget(turn: &mut Turn<'_>, channel: ChannelId, message: MessageId, row: &MailboxRow) {
    if !row.tags.is_empty() {
        settle(turn, channel, message, (row, &MailboxRow { date: row.date, ..MailboxRow::default() }));
    }
}

/// Posts with a tag after a place, the newest first.
pub(in crate::messages) fn tagged(
    view: &(impl View + ?Sized),
    tag: &str,
    after: Option<Tagged>,
    limit: usize,
) -> Decided<Vec<Tagged>> {
    let hash = view.world().tag_hash(&words::tag(tag));
    let whole = Range::prefix(builder(&hash).key());
    let start = match after {
        Some(it) => tag_key(&hash, it.date.0, it.channel, it.message).prefix_end(),
        None => whole.start,
    };
    let rows = view.scan(&Range { start, end: whole.end }, Direction::Forward, limit)?;
    Ok(rows.iter().filter_map(|(key, _)| place_of(key)).collect())
}

fn place_of(key: &Key) -> Option<Tagged> {
    let (rest, message) = key.suffix().split_last_chunk::<4>()?;
    let (rest, channel) = rest.split_last_chunk::<8>()?;
    Some(Tagged {
        date: std::cmp::Reverse(!u32::from_be_bytes(*rest.last_chunk()?)),
        channel: ChannelId(u64::from_be_bytes(*channel)),
        message: MessageId(i32::from_be_bytes(*message)),
    })
}

/// A channel is for all from now on, or no longer.
pub(crate) fn published(turn: &mut Turn<'_>, channel: ChannelId) {
    turn.put(published_key(channel), &PublishedRow::default());
}

/// Does some of what waits. `true`: there is more to do now.
pub async fn run(domain: &Domain) -> Result<bool, Refusal> {
    let channels = domain.query(|view| waiting(view)).await?;
    for channel in &channels {
        domain.command(PublishStep { channel: *channel }).await?;
    }
    Ok(!channels.is_empty())
}

fn waiting(view: &(impl View + ?Sized)) -> Decided<Vec<ChannelId>> {
    let all = Range::prefix(Key::of(PUBLISHED, 0).key());
    let rows = list::<PublishedRow>(view, &all, Direction::Forward, CHANNELS)?;
    let channel =
        |(key, _): (Key, PublishedRow)| key.suffix().last_chunk().map(|it| ChannelId(u64::from_be_bytes(*it)));
    Ok(rows.into_iter().filter_map(channel).collect())
}

/// Some posts of one channel.
struct PublishStep {
    channel: ChannelId,
}

impl Command for PublishStep {
    type Reply = ();

    fn decide(&self, turn: &mut Turn<'_>) -> Decided<()> {
        let (id, key) = (self.channel, published_key(self.channel));
        let Some(at) = load::<PublishedRow>(turn, &key)? else { return Ok(()) };
        let Some(channel) = channel::channel(turn, id)?.filter(|it| !it.deleted) else {
            // What removes its posts takes their tags along.
            turn.delete(key);
            return Ok(());
        };
        let log = LogId::Channel(id);
        let mut opener = Opener::default();
        let rows = list::<MailboxRow>(turn, &index::newer_than(log, at.after), Direction::Forward, STEP)?;
        for (at, row) in &rows {
            // Without a public name there is nothing to read in it.
            let tags = match channel.public {
                true => of(turn.world(), &channel, &index::open_body(turn, &mut opener, log, row)?),
                false => Bytes::new(),
            };
            if tags != row.tags {
                let new = MailboxRow { tags, ..row.clone() };
                settle(turn, id, id_of(at), (row, &new));
                turn.put(mailbox_key(log, id_of(at)), &new);
            }
        }
        match rows.last() {
            Some((last, _)) if rows.len() == STEP => turn.put(key, &PublishedRow { after: id_of(last), ..at }),
            _ => turn.delete(key),
        }
        Ok(())
    }
}

fn tag_key(hash: &[u8], date: u32, channel: ChannelId, message: MessageId) -> Key {
    builder(hash).u32_newest_first(date).u64(channel.0).u32(message.0.unsigned_abs()).key()
}

/// Tags are spread by their hashes, as unique names are.
fn builder(hash: &[u8]) -> KeyBuilder {
    let vshard = hash.first_chunk().map_or(0, |it| u16::from_be_bytes(*it)) % VSHARDS_IN_USE;
    Key::of(PUBLIC_TAG, vshard).bytes(hash)
}

fn published_key(channel: ChannelId) -> Key {
    Key::of(PUBLISHED, 0).u64(channel.0).key()
}
