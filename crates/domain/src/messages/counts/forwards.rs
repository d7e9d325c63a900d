//! Posts are passed on: whoever forwards one counts at its channel, by a delivery; and what went into channels
//! and groups is listed there, for who asks where a post was shown.
//! Source: core.telegram.org/method/stats.getMessagePublicForwards.

use store::{Direction, Key, Range};

use super::{Post, put, row, series, telling};
use crate::{
    deliveries::{Delivery, deliver},
    groups::{
        Standing, channel,
        stats::{hours, mutes},
    },
    ids::{ChannelId, MessageId, Peer, UserId},
    messages::{SeenMessage, rows::copy, seen_in},
    record,
    spaces::{PUBLIC_FORWARD, TIMER},
    turn::Turn,
    variants,
    view::{Decided, Rows, View},
};

/// Copies of a post that are listed; beyond it the oldest go.
pub const LISTED_MAX: u32 = 1000;

/// Those that go with a deleted post at once; the rest goes by itself.
const STEP: usize = 32;

/// The kind of timer that goes on.
pub(in crate::messages) const FORGET: u8 = 111;

variants! {
    /// What happens elsewhere that a channel counts.
    pub enum Delivered {
        /// Somebody forwarded it; into which channel, and under which number, if it was one.
        1 => Forwarded { 1 => message: MessageId, 2 => into: Option<ChannelId>, 3 => copy: MessageId, 4 => date: u32 },
        /// A subscriber has muted the channel for good, or listens again; who comes or goes muted counts as well.
        2 => Muted { 1 => muted: bool },
    }
}

record! {
    /// How many copies of a post are listed.
    pub struct ListedRow { 1 => listed: u32 }
}

/// Lets the channel of a post know that it was passed on.
pub(in crate::messages) fn tell(
    turn: &mut Turn<'_>,
    me: UserId,
    post: Post,
    into: Peer,
    copy: MessageId,
) -> Decided<()> {
    let (message, into, date) = (post.message, into.channel(), turn.now().secs());
    let what = Delivered::Forwarded { message, into, copy, date };
    deliver(turn, me, UserId::NOBODY, Delivery::Posts { channel: post.channel, what })
}

/// Counts it.
pub(crate) fn receive(turn: &mut Turn<'_>, channel: ChannelId, what: &Delivered) -> Decided<()> {
    match what {
        Delivered::Forwarded { message, into, copy, date } => {
            forwarded(turn, Post { channel, message: *message }, into.map(|into| (*date, into, *copy)))
        }
        Delivered::Muted { muted } => mutes::receive(turn, channel, *muted),
    }
}

/// A post was passed on; into which channel, if it was one.
fn forwarded(turn: &mut Turn<'_>, post: Post, into: Option<(u32, ChannelId, MessageId)>) -> Decided<()> {
    let channel = post.channel;
    if copy(turn, channel, post.message)?.is_none_or(|it| !it.post) {
        return Ok(());
    }
    let mut it = row(turn, post)?;
    it.forwards = it.forwards.saturating_add(1);
    // The author's view is not written before there is something else to write.
    it.views = it.views.max(1);
    telling::moved(turn, post, &mut it)?;
    put(turn, post, &it);
    series::count(turn, post, |point| point.forwards += 1)?;
    hours::count(turn, channel, |hour| hour.shares += 1)?;
    match into {
        Some(into) => list(turn, post, into),
        None => Ok(()),
    }
}

fn list(turn: &mut Turn<'_>, post: Post, (date, into, id): (u32, ChannelId, MessageId)) -> Decided<()> {
    let mut listed: ListedRow = crate::view::load_or_default(turn, &listed_key(post))?;
    if listed.listed >= LISTED_MAX
        && let Some((oldest, _)) = turn.scan(&all(post), Direction::Backward, 1)?.into_iter().next()
    {
        turn.delete(oldest);
        listed.listed -= 1;
    }
    listed.listed += 1;
    turn.put(listed_key(post), &listed);
    turn.put_empty(copies(post).u32(!date).u64(into.0).u32(id.0.unsigned_abs()).key());
    Ok(())
}

/// A copy of a post in a channel or group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Copy {
    /// When, unix seconds.
    pub date: u32,
    /// Where.
    pub channel: ChannelId,
    /// Under which number.
    pub message: MessageId,
}

/// The copies of a post in channels and groups, the latest first, after this one.
pub fn copies_of(view: &(impl View + ?Sized), post: Post, after: Option<Copy>, limit: usize) -> Decided<Vec<Copy>> {
    let whole = all(post);
    let key = |it: Copy| copies(post).u32(!it.date).u64(it.channel.0).u32(it.message.0.unsigned_abs()).key();
    let start = after.map_or(whole.start, |it| key(it).prefix_end());
    let rows = view.scan(&Range { start, end: whole.end }, Direction::Forward, limit)?;
    Ok(rows.iter().filter_map(|(key, _)| parts(key.suffix())).collect())
}

/// A page of a post's copies that anybody may read.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Page {
    /// All of them.
    pub count: u32,
    /// Those of this page, the latest first.
    pub messages: Vec<SeenMessage>,
    /// The last of them, where more follow.
    pub next: Option<Copy>,
}

/// The copies of a post that stand in public channels and groups now.
pub fn public(view: &(impl View + ?Sized), me: UserId, post: Post, after: Option<Copy>, limit: usize) -> Decided<Page> {
    let mut page = Page::default();
    let mut passed = after.is_none();
    let mut last = None;
    for it in copies_of(view, post, None, LISTED_MAX as usize)? {
        if is_public(view, me, post, it)? {
            page.count += 1;
            if passed && page.messages.len() < limit {
                page.messages.extend(seen_in(view, me, it.channel.into(), [it.message])?);
                last = Some(it);
            } else if passed {
                page.next = last;
            }
        }
        passed |= after == Some(it);
    }
    Ok(page)
}

fn is_public(view: &(impl View + ?Sized), me: UserId, post: Post, it: Copy) -> Decided<bool> {
    let Some(group) = channel::channel(view, it.channel)?.filter(|row| row.public && !row.deleted) else {
        return Ok(false);
    };
    if channel::standing(view, it.channel, &group, me)? == Standing::Kicked {
        return Ok(false);
    }
    let row = copy(view, it.channel, it.message)?;
    Ok(row.is_some_and(|row| row.forward.as_ref().and_then(Post::origin) == Some(post)))
}

/// Forgets the copies of a post that is being deleted.
pub(super) fn forget(turn: &mut Turn<'_>, post: Post) -> Decided<()> {
    turn.delete(listed_key(post));
    step(turn, post)
}

/// Goes on where a timer says.
pub(in crate::messages) fn run(turn: &mut Turn<'_>, key: &Key) -> Decided<()> {
    let suffix = key.suffix();
    let channel = suffix.get(5..).and_then(|it| it.first_chunk()).map(|it| ChannelId(u64::from_be_bytes(*it)));
    let message = suffix.get(13..).and_then(|it| it.first_chunk()).map(|it| MessageId(i32::from_be_bytes(*it)));
    let (Some(channel), Some(message)) = (channel, message) else { return Ok(()) };
    step(turn, Post { channel, message })
}

fn step(turn: &mut Turn<'_>, post: Post) -> Decided<()> {
    let rows = turn.scan(&all(post), Direction::Forward, STEP)?;
    if rows.len() == STEP {
        let due = turn.now().secs();
        let key = Key::of(TIMER, 0).u32(due).u8(FORGET).u64(post.channel.0).u32(post.message.0.unsigned_abs());
        turn.put_empty(key.key());
    }
    rows.into_iter().for_each(|(key, _)| turn.delete(key));
    Ok(())
}

fn copies(post: Post) -> store::KeyBuilder {
    post.rows(PUBLIC_FORWARD).u8(1)
}

fn all(post: Post) -> Range {
    Range::prefix(copies(post).key())
}

fn listed_key(post: Post) -> Key {
    post.rows(PUBLIC_FORWARD).u8(0).key()
}

/// Channel, message, list, date, channel, message.
fn parts(suffix: &[u8]) -> Option<Copy> {
    let date = !u32::from_be_bytes(*suffix.get(13..)?.first_chunk()?);
    let channel = ChannelId(u64::from_be_bytes(*suffix.get(17..)?.first_chunk()?));
    let message = MessageId(i32::from_be_bytes(*suffix.get(25..)?.first_chunk()?));
    Some(Copy { date, channel, message })
}
