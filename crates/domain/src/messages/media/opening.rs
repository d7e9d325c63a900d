//! What is listened to or shown once: voice and round notes until they are opened, timed photos and videos until their
//! time is over. In mailboxes both copies of a message know; in a channel each reader has opened it for itself.
//! Source: core.telegram.org/method/messages.readMessageContents, core.telegram.org/constructor/message,
//! `media_unread`.

use store::{Direction, Key, KeyBuilder, Range};

use super::body::MediaBody;
use crate::{
    caller::Caller,
    files::{Attribute, Document, descriptor::Shape},
    ids::{ChannelId, LogId, MessageId, MessageUid, UserId},
    messages::{
        receive::Delivered,
        recipients::tell_one,
        rows::{Body, MailboxRow, carry, copy, local_id, mailbox_key, open_body, seal_body},
        search, timers,
    },
    spaces::{OPENED_MEDIA, TIMER},
    turn::Turn,
    updates::{self, Change},
    variants,
    view::{Decided, Rows, View},
};

/// The kind of timer that ends what was opened.
pub(in crate::messages) const ENDING: u8 = 80;

/// The number that means "once". Source: core.telegram.org/constructor/inputMediaPhoto, `ttl_seconds`.
pub const ONCE: u32 = i32::MAX.unsigned_abs();

/// Seconds in which what is shown once can still be fetched: clients say that it is opened as they begin to show it,
/// and no timed photo is shown for longer.
const ONCE_SECONDS: u32 = 60;

const DAY: u32 = 24 * 3600;

/// Days after which what a channel's message carries counts as opened, so that what is kept of it ends.
/// Source: `channels_read_media_period` of help.getConfig, seven days.
pub const CHANNEL_DAYS: u32 = 7;

/// Rows looked at for those of past days whenever one is put: more than come, so none stay.
const TRIMMED: usize = 8;

variants! {
    /// What something was that is over.
    pub enum Was {
        1 => Photo {},
        2 => Video {},
        3 => Voice {},
        4 => Round {},
    }
}

impl MediaBody {
    /// Whether it waits to be opened.
    pub(in crate::messages) fn opens(&self) -> bool {
        match self {
            MediaBody::Photo { ttl, .. } => *ttl > 0,
            MediaBody::Document { document, ttl, .. } => {
                *ttl > 0 || matches!(document.shape(), Shape::Voice | Shape::Round)
            }
            MediaBody::Place { .. }
            | MediaBody::Venue { .. }
            | MediaBody::Contact { .. }
            | MediaBody::Dice { .. }
            | MediaBody::WebPage { .. }
            | MediaBody::Ended { .. }
            | MediaBody::Live { .. } => false,
        }
    }

    /// Seconds for which it is shown once opened; 0: for ever.
    pub fn ttl(&self) -> u32 {
        match self {
            MediaBody::Photo { ttl, .. } | MediaBody::Document { ttl, .. } | MediaBody::Ended { ttl, .. } => *ttl,
            MediaBody::Place { .. }
            | MediaBody::Venue { .. }
            | MediaBody::Contact { .. }
            | MediaBody::Dice { .. }
            | MediaBody::WebPage { .. }
            | MediaBody::Live { .. } => 0,
        }
    }

    /// What is left of it when it is over; `None` for what has no end.
    pub(super) fn ended(&self) -> Option<MediaBody> {
        let was = match self {
            MediaBody::Photo { ttl: 1.., .. } => Was::Photo {},
            MediaBody::Document { document, ttl: 1.., .. } => match document.shape() {
                Shape::Voice => Was::Voice {},
                Shape::Round => Was::Round {},
                Shape::Plain | Shape::Video | Shape::Animation | Shape::Music | Shape::Sticker => Was::Video {},
            },
            _ => return None,
        };
        Some(MediaBody::Ended { was, ttl: self.ttl() })
    }

    /// Whether it may have an end: photos, videos, voice and round notes.
    pub(super) fn may_end(&self) -> bool {
        match self {
            MediaBody::Photo { .. } => true,
            MediaBody::Document { document, .. } => {
                matches!(document.shape(), Shape::Video | Shape::Voice | Shape::Round)
            }
            _ => false,
        }
    }
}

/// Whether what a message of a mailbox carries is to be opened: only what has files is looked into.
pub(in crate::messages) fn waits(view: &(impl View + ?Sized), user: UserId, row: &MailboxRow) -> Decided<bool> {
    if row.files.is_empty() {
        return Ok(false);
    }
    Ok(open_body(view, user, row)?.media.as_ref().is_some_and(MediaBody::opens))
}

/// When what is opened now is over, unix seconds; 0: never.
fn ends(now: u32, media: &MediaBody) -> u32 {
    let playing = match media {
        MediaBody::Document { document, .. } => duration(document),
        _ => 0,
    };
    match media.ttl() {
        0 => 0,
        ONCE => now.saturating_add(ONCE_SECONDS).saturating_add(playing),
        seconds => now.saturating_add(seconds.max(playing)),
    }
}

/// Seconds that it plays.
fn duration(it: &Document) -> u32 {
    let of = |it: &Attribute| match it {
        Attribute::Audio { duration, .. } => *duration,
        Attribute::Video { duration, .. } => *duration as u32,
        _ => 0,
    };
    // A day is more than any note; what claims more plays no longer.
    it.attributes.iter().map(of).max().unwrap_or(0).min(DAY)
}

/// The reader opens what a message of its mailbox carries, and its author is told; whether that is news.
pub(in crate::messages) fn open(turn: &mut Turn<'_>, by: &Caller, id: MessageId, row: &MailboxRow) -> Decided<bool> {
    let me = by.user;
    if !row.media_unread || row.from == me {
        return Ok(false);
    }
    let now = turn.now().secs();
    let ends = open_body(turn, me, row)?.media.map_or(0, |it| ends(now, &it));
    opened(turn, me, id, row, ends);
    if !row.from.is_server() {
        let what = Delivered::Opened { uid: row.uid, date: now, ends };
        tell_one(turn, me, row.from, row.peer, what)?;
    }
    Ok(true)
}

/// Somebody has opened what this side sent; in a basic group the first who does.
pub(in crate::messages) fn receive(
    turn: &mut Turn<'_>,
    to: UserId,
    uid: MessageUid,
    date: u32,
    ends: u32,
) -> Decided<()> {
    let Some(id) = local_id(turn, to, uid)? else { return Ok(()) };
    let Some(row) = copy(turn, to, id)?.filter(|it| it.media_unread) else { return Ok(()) };
    opened(turn, to, id, &row, ends);
    let change = Change::ReadContents { messages: vec![id], date };
    updates::append(turn, to, change, 1, None).map(drop)
}

fn opened(turn: &mut Turn<'_>, user: UserId, id: MessageId, row: &MailboxRow, ends: u32) {
    turn.put(mailbox_key(user, id), &MailboxRow { media_unread: false, ..row.clone() });
    if ends > 0 {
        turn.put_empty(
            Key::of(TIMER, 0).u32(ends).u8(ENDING).u64(LogId::from(user).number()).u32(id.0.unsigned_abs()).key(),
        );
    }
}

/// Its time is over: this side's copy has no file any more.
pub(in crate::messages) fn run(turn: &mut Turn<'_>, key: &Key) -> Decided<()> {
    let Some((log, id)) = timers::parts(key) else { return Ok(()) };
    let Some(row) = copy(turn, log, id)? else { return Ok(()) };
    let body = open_body(turn, log, &row)?;
    let Some(ended) = body.media.as_ref().and_then(MediaBody::ended) else { return Ok(()) };
    let body = Body { media: Some(ended), ..body };
    let version = row.version + 1;
    let sealed = seal_body(turn, (log, row.peer), row.uid, version, &body)?;
    carry(turn, log, row.uid, &row.files, &[]);
    let row = MailboxRow { body: sealed, version, files: Vec::new(), ..row };
    turn.put(mailbox_key(log, id), &row);
    search::index::replace(turn, log, id, &row, &body)?;
    updates::append(turn, log, Change::EditMessage { message: id }, 1, None).map(drop)
}

/// Whether a reader of a channel's message has not opened what it carries. Posts of a broadcast channel do not wait.
pub(in crate::messages) fn is_unread(
    view: &(impl View + ?Sized),
    reader: UserId,
    channel: ChannelId,
    id: MessageId,
    (row, body): (&MailboxRow, &Body),
) -> Decided<bool> {
    let waits = body.media.as_ref().is_some_and(MediaBody::opens) && !row.post && !row.out;
    if !waits || reader == UserId::NOBODY || is_past(row.date, view.now().secs()) {
        return Ok(false);
    }
    Ok(view.get(&key(reader, row.date, channel, id))?.is_none())
}

/// A reader opens what a channel's message carries; whether that is news.
pub(in crate::messages) fn open_in_channel(
    turn: &mut Turn<'_>,
    reader: UserId,
    channel: ChannelId,
    id: MessageId,
) -> Decided<bool> {
    let Some(row) = copy(turn, channel, id)?.filter(|it| !it.files.is_empty() && it.from != reader) else {
        return Ok(false);
    };
    let body = open_body(turn, channel, &row)?;
    if !is_unread(turn, reader, channel, id, (&row, &body))? {
        return Ok(false);
    }
    trim(turn, reader)?;
    turn.put_empty(key(reader, row.date, channel, id));
    Ok(true)
}

/// Forgets some of what counts as opened anyway.
fn trim(turn: &mut Turn<'_>, reader: UserId) -> Decided<()> {
    let last = (turn.now().secs() / DAY).saturating_sub(CHANNEL_DAYS);
    let range = Range { start: builder(reader).key(), end: builder(reader).u32(last).key() };
    for (key, _) in turn.scan(&range, Direction::Forward, TRIMMED)? {
        turn.delete(key);
    }
    Ok(())
}

fn is_past(date: u32, now: u32) -> bool {
    date / DAY + CHANNEL_DAYS < now / DAY
}

/// By the message's day first, so that past ones go together.
fn key(reader: UserId, date: u32, channel: ChannelId, id: MessageId) -> Key {
    builder(reader).u32(date / DAY).u64(channel.0).u32(id.0.unsigned_abs()).key()
}

fn builder(reader: UserId) -> KeyBuilder {
    LogId::from(reader).rows(OPENED_MEDIA)
}
