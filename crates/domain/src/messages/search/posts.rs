//! Posts of public channels that one need not be in: by a hashtag, from an index of its own, and by words, from the
//! channels' sealed indexes. Source: core.telegram.org/method/channels.searchPosts.

use super::{Query, find::Depth, find::hits_within, words};
use crate::{
    groups::{Standing, channel, public},
    ids::{ChannelId, LogId, MessageId, UserId},
    messages::{
        posts::tags::{self, Tagged},
        seen::{SeenMessage, seen_in},
    },
    refusal::Refusal,
    view::{Decided, View},
};

/// Posts on one page.
const PAGE_MAX: usize = 100;

/// Posts with a tag that are passed for one page: those of channels that have just become private, or that keep the
/// caller out, stand among them.
const PASSED_MAX: usize = 512;

/// Posts with a tag that are counted; beyond it the number is said to be inexact.
const COUNTED_MAX: usize = 1000;

/// Channels whose posts are searched by words: the largest of all.
pub const CHANNELS_MAX: usize = 100;

/// How far back in each of them: some 400 posts that are in its index, and what is newer than that. Together no more
/// than what one search of a mailbox may read.
const DEPTH: Depth = Depth { blocks: 8, newest: 128 };

/// What to look for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sought {
    /// This tag, with or without its sign.
    Tag(String),
    /// Each word begins a word of the post.
    Words(String),
}

/// After which post a page begins; a date of 0: from the newest on.
#[derive(Clone, Copy, Debug, Default)]
pub struct After {
    /// When it was posted, unix seconds.
    pub date: u32,
    /// Where.
    pub channel: ChannelId,
    /// Its number there.
    pub message: MessageId,
}

/// What was found.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FoundPosts {
    /// Newest first.
    pub messages: Vec<SeenMessage>,
    /// In all, as far as they are counted.
    pub count: usize,
    /// There are more than these.
    pub inexact: bool,
    /// Whether there are results after the last of these.
    pub more: bool,
}

/// A page of what matches.
pub fn posts(
    view: &(impl View + ?Sized),
    me: UserId,
    sought: &Sought,
    after: After,
    limit: usize,
) -> Decided<FoundPosts> {
    let limit = limit.clamp(1, PAGE_MAX);
    let after = (after.date > 0).then_some(Tagged {
        date: std::cmp::Reverse(after.date),
        channel: after.channel,
        message: after.message,
    });
    match sought {
        Sought::Tag(tag) => by_tag(view, me, &signed(tag)?, after, limit),
        Sought::Words(query) => by_words(view, me, query, after, limit),
    }
}

/// A tag with its sign: that of a hashtag where it has none.
fn signed(tag: &str) -> Decided<String> {
    let tag = tag.trim();
    let word = tag.strip_prefix(['#', '$']).unwrap_or(tag);
    if word.is_empty() || !word.chars().all(|it| it.is_alphanumeric() || it == '_') {
        return Err(Refusal::HashtagInvalid.into());
    }
    Ok(if tag.starts_with('$') { tag.to_owned() } else { format!("#{word}") })
}

fn by_tag(
    view: &(impl View + ?Sized),
    me: UserId,
    tag: &str,
    after: Option<Tagged>,
    limit: usize,
) -> Decided<FoundPosts> {
    let passed = tags::tagged(view, tag, after, PASSED_MAX)?;
    let mut doors = Doors::default();
    let (mut messages, mut more) = (Vec::new(), passed.len() == PASSED_MAX);
    for it in passed {
        if messages.len() == limit {
            more = true;
            break;
        }
        if doors.open(view, me, it.channel)? {
            messages.extend(seen_in(view, me, it.channel.into(), [it.message])?);
        }
    }
    let count = tags::tagged(view, tag, None, COUNTED_MAX)?.len();
    Ok(FoundPosts { messages, count, inexact: count == COUNTED_MAX, more })
}

fn by_words(
    view: &(impl View + ?Sized),
    me: UserId,
    query: &str,
    after: Option<Tagged>,
    limit: usize,
) -> Decided<FoundPosts> {
    if words::of_query(query).is_empty() {
        return Err(Refusal::SearchQueryEmpty.into());
    }
    let query = Query { words: query.to_owned(), ..Query::default() };
    let mut doors = Doors::default();
    let mut all = Vec::new();
    for channel in public::broadcasts(view, CHANNELS_MAX)? {
        if doors.open(view, me, channel)? {
            let found = hits_within(view, LogId::Channel(channel), &query, DEPTH)?;
            let place = |date, message| Tagged { date: std::cmp::Reverse(date), channel, message };
            all.extend(found.into_iter().map(|it| place(it.date, it.id)));
        }
    }
    all.sort_unstable();
    let start = after.map_or(0, |after| all.partition_point(|it| *it <= after));
    let end = start.saturating_add(limit).min(all.len());
    let mut messages = Vec::with_capacity(end - start);
    for it in &all[start..end] {
        messages.extend(seen_in(view, me, it.channel.into(), [it.message])?);
    }
    Ok(FoundPosts { messages, count: all.len(), inexact: false, more: end < all.len() })
}

/// Which channels are for all and let somebody in.
#[derive(Default)]
struct Doors(Vec<(ChannelId, bool)>);

impl Doors {
    fn open(&mut self, view: &(impl View + ?Sized), me: UserId, id: ChannelId) -> Decided<bool> {
        if let Some((_, open)) = self.0.iter().find(|(it, _)| *it == id) {
            return Ok(*open);
        }
        let row = channel::channel(view, id)?.filter(|it| it.public && it.broadcast && !it.deleted);
        let open = match row {
            Some(row) => channel::standing(view, id, &row, me)? != Standing::Kicked,
            None => false,
        };
        self.0.push((id, open));
        Ok(open)
    }
}
