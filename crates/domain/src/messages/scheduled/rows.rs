//! The rows of a queue and what is sealed in them.

use bytes::Bytes;
use store::{Direction, Key, Range};
use vault::Kind;

use super::super::{
    media,
    posts::voice::{self, Voice},
    rows::{Body, ForwardRow, MailboxRow, local_id},
    saved,
    seen::{Origin, SeenMessage},
};
use crate::{
    files::Carrier,
    groups::access,
    ids::{MessageId, MessageUid, Peer, UserId},
    record,
    record::Record,
    sealing,
    spaces::SCHEDULED,
    turn::Turn,
    view::{Decided, Rows, Stop, View, load},
};

/// Messages in the queue of one chat. Source: `SCHEDULE_TOO_MUCH` of messages.sendMessage.
pub const QUEUE_MAX: usize = 100;

/// Numbers of a queue end here and begin again. Source: TDLib 1.8.66 takes no larger one.
pub(super) const ID_MAX: i32 = (1 << 18) - 1;

record! {
    /// A message to be sent later.
    pub struct ScheduledRow {
        1 => uid: MessageUid,
        /// Unix seconds; [`super::WHEN_ONLINE`]: once the other side is there.
        2 => due: u32,
        /// A [`Body`], sealed under the chat's key; AAD is the uid and the version.
        3 => body: Bytes,
        4 => version: u32,
        5 => reply_to: Option<MessageUid>,
        6 => forward: Option<ForwardRow>,
        7 => silent: bool,
        8 => noforwards: bool,
        /// Seconds after which it is sent again; 0: once.
        9 => repeat: u32,
        /// Unix seconds of the last change of the text; 0: none.
        10 => edit_date: u32,
        /// The identity that speaks, where one was named.
        11 => send_as: Option<Peer>,
        /// The topic of a forum that it is for.
        30 => top: Option<MessageId>,
        /// The album that it belongs to; 0: none.
        31 => album: u64,
        /// The files that its body holds the keys of.
        32 => files: Vec<u64>,
    }
}

record! {
    /// The last number given out in a queue.
    pub struct QueueRow { 1 => last: MessageId }
}

/// A queued message, opened.
#[derive(Clone, Debug, PartialEq)]
pub struct SeenScheduled {
    /// As a message whose number is the queue's and whose date is when it is due.
    pub message: SeenMessage,
    /// Seconds after which it is sent again; 0: once.
    pub repeat: u32,
}

/// A queued message; `None` where there is none.
pub fn scheduled(
    view: &(impl View + ?Sized),
    user: UserId,
    peer: Peer,
    id: MessageId,
) -> Decided<Option<SeenScheduled>> {
    let Some(row) = load::<ScheduledRow>(view, &queue_key(user, peer, id))? else { return Ok(None) };
    seen(view, user, peer, id, row).map(Some)
}

/// A whole queue, the latest due first.
pub fn history(view: &(impl View + ?Sized), user: UserId, peer: Peer) -> Decided<Vec<SeenScheduled>> {
    let rows = crate::view::list::<ScheduledRow>(view, &queue(user, peer), Direction::Forward, QUEUE_MAX)?;
    let mut all = Vec::with_capacity(rows.len());
    for (key, row) in rows {
        all.push(seen(view, user, peer, id_of(&key), row)?);
    }
    all.sort_by_key(|it| std::cmp::Reverse((it.message.row.date, it.message.id)));
    Ok(all)
}

/// Whether a chat has anything queued.
pub fn any(view: &(impl Rows + ?Sized), user: UserId, peer: Peer) -> Decided<bool> {
    Ok(!view.scan(&queue(user, peer), Direction::Forward, 1)?.is_empty())
}

/// How many are queued in a chat.
pub(super) fn length(view: &(impl Rows + ?Sized), user: UserId, peer: Peer) -> Decided<usize> {
    Ok(view.scan(&queue(user, peer), Direction::Forward, QUEUE_MAX)?.len())
}

/// The next free number of a queue.
pub(super) fn next_id(turn: &mut Turn<'_>, user: UserId, peer: Peer) -> Decided<MessageId> {
    let key = last_key(user, peer);
    let mut id = load::<QueueRow>(turn, &key)?.unwrap_or_default().last;
    loop {
        id = MessageId(if id.0 >= ID_MAX { 1 } else { id.0 + 1 });
        if turn.get(&queue_key(user, peer, id))?.is_none() {
            break;
        }
    }
    turn.put(key, &QueueRow { last: id, ..QueueRow::default() });
    Ok(id)
}

pub(super) fn seal(turn: &mut Turn<'_>, user: UserId, peer: Peer, uid: MessageUid, body: &Body) -> Decided<Bytes> {
    seal_version(turn, user, peer, (uid, 0), body)
}

pub(super) fn seal_version(
    turn: &mut Turn<'_>,
    user: UserId,
    peer: Peer,
    (uid, version): (MessageUid, u32),
    body: &Body,
) -> Decided<Bytes> {
    let scope = sealing::chat_scope(user, peer);
    sealing::seal(turn, scope, Kind::ScheduledBody, &uid.0, version, &body.encode())
}

/// A message that waits, as it is stored.
pub(in crate::messages) fn waiting(
    view: &(impl Rows + ?Sized),
    user: UserId,
    peer: Peer,
    id: MessageId,
) -> Decided<Option<ScheduledRow>> {
    load(view, &queue_key(user, peer, id))
}

pub(in crate::messages) fn open(
    view: &(impl View + ?Sized),
    user: UserId,
    peer: Peer,
    row: &ScheduledRow,
) -> Decided<Body> {
    let scope = sealing::chat_scope(user, peer);
    Ok(Body::decode(&sealing::open(view, scope, Kind::ScheduledBody, &row.uid.0, row.version, &row.body)?)?)
}

fn seen(
    view: &(impl View + ?Sized),
    user: UserId,
    peer: Peer,
    id: MessageId,
    it: ScheduledRow,
) -> Decided<SeenScheduled> {
    let mut body = open(view, user, peer, &it)?;
    let (post, voice) = voice_in(view, user, peer, &it)?;
    body.signature = voice.signature;
    let reply_to = it.reply_to.map_or(Ok(None), |uid| local_id(view, peer.log(user), uid))?;
    let origin = it.forward.clone().map(|row| Origin::of(row, &body));
    let row = MailboxRow {
        peer,
        from: user,
        date: it.due,
        edit_date: it.edit_date,
        uid: it.uid,
        // In Saved Messages, too. Source: TDLib 1.8.66 calls anything else in a queue an error.
        out: true,
        silent: it.silent,
        noforwards: it.noforwards,
        reply_to: it.reply_to,
        forward: it.forward,
        from_scheduled: true,
        sent_as: voice.sent_as,
        post,
        album: it.album,
        ..MailboxRow::default()
    };
    let (saved, reactions) = (saved::origin(user, &row), Vec::new());
    let media = media::seen(view, user, Carrier::Scheduled { user, peer, id }, &body)?;
    let message = SeenMessage {
        id,
        row,
        body,
        rank: String::new(),
        reply_to,
        origin,
        saved,
        reactions,
        crowd: None,
        media,
        thread: None,
        comments: None,
        counts: None,
        mentioned: false,
        unread_mention: false,
        media_unread: false,
    };
    Ok(SeenScheduled { message, repeat: it.repeat })
}

/// As whom it will speak, as far as that is known now, and whether it will be a post of a broadcast channel.
fn voice_in(view: &(impl View + ?Sized), user: UserId, peer: Peer, it: &ScheduledRow) -> Decided<(bool, Voice)> {
    let Some(channel) = peer.channel() else { return Ok((false, Voice::default())) };
    let spoken = access::reader(view, channel, user)
        .and_then(|access| Ok((access.row.broadcast, voice::of(view, &access, user, it.send_as)?)));
    match spoken {
        // Who may no longer speak there still finds what it has written.
        Err(Stop::Refuse(_)) => Ok((false, Voice::default())),
        other => other,
    }
}

/// The place of a message in its queue.
pub(super) fn queue_key(user: UserId, peer: Peer, id: MessageId) -> Key {
    builder(user, peer).u8(1).u32(id.0.unsigned_abs()).key()
}

fn queue(user: UserId, peer: Peer) -> Range {
    Range::prefix(builder(user, peer).u8(1).key())
}

/// Empties a queue whose chat is gone, at most so many rows at a time. `true`: more may be left.
pub(crate) fn forget(turn: &mut Turn<'_>, user: UserId, peer: Peer, limit: usize) -> Decided<bool> {
    let rows = turn.scan(&Range::prefix(builder(user, peer).key()), Direction::Forward, limit)?;
    let more = rows.len() == limit;
    rows.into_iter().for_each(|(key, _)| turn.delete(key));
    Ok(more)
}

fn last_key(user: UserId, peer: Peer) -> Key {
    builder(user, peer).u8(0).key()
}

fn builder(user: UserId, peer: Peer) -> store::KeyBuilder {
    let (kind, id) = peer.key_parts();
    Key::of(SCHEDULED, user.vshard().0).u64(user.0).u8(kind).u64(id)
}

fn id_of(key: &Key) -> MessageId {
    MessageId(key.suffix().last_chunk().map_or(0, |it| i32::from_be_bytes(*it)))
}
