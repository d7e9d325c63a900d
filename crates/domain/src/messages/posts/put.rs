//! Posting: the row, the entry, and what follows for who is mentioned.

use super::{copies, tags, voice};
use crate::{
    deliveries::{Delivery, deliver},
    folders::archive,
    groups::{
        access::{self, Access},
        channel::member,
    },
    ids::{ChannelId, LogId, MessageId, MessageUid, Peer, UserId},
    messages::{
        mentions,
        receive::Delivered,
        replies,
        rows::{Action, Body, MailboxRow, SentRow, mailbox_key, put_copy, seal_body, sent_key},
        send::{Outgoing, Sent},
        settings,
        threads::place,
        timers,
    },
    turn::Turn,
    updates::{self, Change, Origin},
    view::{Decided, View},
};

/// Writes a message that has passed every check.
pub(in crate::messages) fn put(
    turn: &mut Turn<'_>,
    me: UserId,
    channel: ChannelId,
    it: Outgoing,
    skip: Option<Origin>,
) -> Decided<Sent> {
    let access = access::of(turn, channel, me)?;
    let log = access.log();
    let voice = voice::of(turn, &access, me, it.send_as)?;
    let mut body = it.body;
    body.signature = voice.signature;
    let mentions = mentioned(turn, &access, me, &body, it.reply_to, it.forward.is_some())?;
    let (uid, date) = (turn.draw_uid(), turn.now().secs());
    let sealed = seal_body(turn, (log, access.peer()), uid, 0, &body)?;
    let thread = place::of(turn, &access, me, it.top, it.reply_to, body.action.as_ref())?;
    let mut row = MailboxRow {
        peer: access.peer(),
        from: me,
        date,
        uid,
        silent: it.silent,
        noforwards: it.noforwards,
        body: sealed,
        reply_to: it.reply_to,
        forward: it.forward,
        ttl_period: access.row.ttl_period,
        from_scheduled: it.from_scheduled,
        mentions,
        sent_as: voice.sent_as,
        post: access.row.broadcast,
        thread: thread.top,
        in_topic: thread.topic,
        copied_to: copied_to(turn, &access, &body)?,
        asked: body.asked_in(access.peer()),
        album: it.album,
        files: body.files(),
        page: body.page(),
        tags: tags::of(turn.world(), &access.row, &body),
        ..MailboxRow::default()
    };
    let message = append(turn, log, &row)?;
    tags::settle(turn, channel, message, (&MailboxRow::default(), &row));
    if let Some(Action::TopicCreated { .. }) = body.action {
        // A topic's number is that of the message that opens it.
        row.thread = message;
        turn.put(mailbox_key(log, message), &row);
    }
    place::posted(turn, &access, message, &row)?;
    if it.random_id != 0 {
        turn.put(sent_key(log, me, it.random_id), &SentRow { message, date, ..SentRow::default() });
    }
    for called in &row.mentions {
        let what = Delivered::Mentions { messages: vec![message], unread: true };
        deliver(turn, me, *called, Delivery::Group { peer: row.peer, what })?;
    }
    if body.action.is_none() {
        access::wrote(turn, &access, me);
    }
    let change = Change::NewMessage { message, random_id: Some(it.random_id).filter(|it| *it != 0), by: me };
    let entry = updates::append(turn, log, change, 1, skip)?;
    archive::posted(turn, channel, me)?;
    copies::posted(turn, me, message, &row, body.clone())?;
    replies::posted(turn, &access, message, row, body)?;
    Ok(Sent { message, entry: Some(entry) })
}

/// The group in which a post can be commented on.
fn copied_to(turn: &Turn<'_>, access: &Access, body: &Body) -> Decided<Option<ChannelId>> {
    let group = access.row.linked.filter(|_| access.row.broadcast && body.action.is_none());
    let Some(group) = group else { return Ok(None) };
    // A deleted group's keys are gone for ever, though word of its end may still be on its way.
    let there = crate::groups::channel(turn, group)?.is_some_and(|it| !it.deleted);
    Ok(Some(group).filter(|_| there))
}

/// The members whom a message calls; posts of a broadcast channel, forwards and service messages call nobody.
fn mentioned(
    turn: &Turn<'_>,
    access: &Access,
    me: UserId,
    body: &Body,
    reply_to: Option<MessageUid>,
    forward: bool,
) -> Decided<Vec<UserId>> {
    if access.row.broadcast || forward || body.action.is_some() {
        return Ok(Vec::new());
    }
    let mut members = Vec::new();
    for user in mentions::of(turn, access.log(), me, body, reply_to)? {
        if member(turn, access.channel, user)?.is_some_and(|it| it.joined > 0) {
            members.push(user);
        }
    }
    Ok(members)
}

/// Writes that something happened in a channel; whoever did it may have left by it.
pub(crate) fn service(
    turn: &mut Turn<'_>,
    me: UserId,
    channel: ChannelId,
    action: Action,
    skip: Option<Origin>,
) -> Decided<Sent> {
    let peer = Peer::Channel(channel);
    put(turn, me, channel, settings::service(peer, action), skip)
}

/// Writes that something happened in a topic, or that one was opened.
pub(crate) fn in_topic(
    turn: &mut Turn<'_>,
    me: UserId,
    channel: ChannelId,
    action: Action,
    (top, random_id, send_as): (Option<MessageId>, i64, Option<Peer>),
    skip: Option<Origin>,
) -> Decided<Sent> {
    let outgoing = settings::service(Peer::Channel(channel), action);
    put(turn, me, channel, Outgoing { top, random_id, send_as, ..outgoing }, skip)
}

/// Gives a message the channel's next number and writes it.
pub(super) fn append(turn: &mut Turn<'_>, log: LogId, row: &MailboxRow) -> Decided<MessageId> {
    let mut counters = updates::counters(turn, log)?;
    counters.last_message_id += 1;
    let id = MessageId(counters.last_message_id);
    updates::put_counters(turn, log, &counters);
    put_copy(turn, log, id, row)?;
    timers::plan(turn, log, id, row);
    Ok(id)
}
