//! Reactions in channels, where any number of people react: a row a person, as everywhere, an order by date in
//! which they are listed, and a sealed sum of the message from which readers are told, so that neither reacting
//! nor reading depends on how many have.

use bytes::Bytes;
use store::{Direction, Key, Range};
use vault::Kind;

use super::{
    REACTIONS_MAX, Reacted, Reaction, ReactionRow, habits, name, open,
    react::{Listed, React},
    row, row_key, rows, seal, who,
};
use crate::{
    deliveries::{Delivery, deliver},
    groups::{
        BannedRights,
        access::{self, Access},
        stats::hours::Emotion,
    },
    ids::{ChannelId, LogId, MessageId, UserId},
    messages::{
        counts::{Post, series},
        marks::{self, Mark},
        receive::Delivered,
        rows::{MailboxRow, copy, mailbox_key, open_body},
    },
    record,
    record::Record,
    refusal::Refusal,
    sealing,
    spaces::{REACTED, REACTION_SUM, TIMER},
    turn::Turn,
    updates::{self, Change, LogEntry},
    view::{Decided, View, list, load_or_default},
};

/// People who are named with a message. Source: clients show as many.
const RECENT_MAX: usize = 3;

/// People looked at for one page of a list, so that a rare reaction costs no more than a common one.
const LOOKED_AT: usize = 1000;

/// Reactions of a deleted message that go at once; more go by themselves.
const FORGOTTEN_AT_ONCE: usize = 16;

/// Those of one step of that.
const STEP: usize = 1000;

/// The kind of timer that goes on.
pub(in crate::messages) const FORGET: u8 = 76;

record! {
    /// The sum of a message's reactions.
    pub struct SumRow {
        /// A [`Sum`], sealed under the group's key; AAD is the message's uid, and the version.
        1 => sealed: Bytes,
        2 => version: u32,
    }
}

record! {
    /// How often each reaction was chosen, and who did last; stored only sealed.
    pub struct Sum {
        1 => counts: Vec<Count>,
        /// The latest first.
        2 => recent: Vec<Recent>,
    }
}

record! {
    /// How often a reaction was chosen.
    pub struct Count { 1 => reaction: Reaction, 2 => times: u32 }
}

record! {
    /// What somebody chose.
    pub struct Recent { 1 => who: UserId, 2 => reactions: Vec<Reaction>, 3 => date: u32, 4 => big: bool }
}

impl Sum {
    /// Adds what somebody chose, in place of what it chose before.
    fn change(&mut self, who: UserId, before: &[Reaction], now: Option<Recent>) {
        for reaction in before {
            if let Some(it) = self.counts.iter_mut().find(|it| it.reaction == *reaction) {
                it.times = it.times.saturating_sub(1);
            }
        }
        self.recent.retain(|it| it.who != who);
        for reaction in now.iter().flat_map(|it| &it.reactions) {
            match self.counts.iter_mut().find(|it| it.reaction == *reaction) {
                Some(it) => it.times += 1,
                None => self.counts.push(Count { reaction: reaction.clone(), times: 1, ..Count::default() }),
            }
        }
        self.counts.retain(|it| it.times > 0);
        if let Some(now) = now {
            self.recent.insert(0, now);
            self.recent.truncate(RECENT_MAX);
        }
    }
}

/// The reactions to a channel's message as somebody sees them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Crowd {
    /// How often each was chosen.
    pub counts: Vec<(Reaction, u32)>,
    /// What the viewer chose.
    pub own: Vec<Reaction>,
    /// It is told who chose.
    pub listed: bool,
}

/// The reactions to a message: how many, and who reacted last.
pub(in crate::messages) fn of(
    view: &(impl View + ?Sized),
    viewer: UserId,
    log: LogId,
    id: MessageId,
    message: &MailboxRow,
) -> Decided<(Option<Crowd>, Vec<Reacted>)> {
    if !message.reacted {
        return Ok((None, Vec::new()));
    }
    let sum = sum(view, log, id, message)?;
    let own = own(view, viewer, log, id, message)?;
    // In a broadcast channel nobody learns who reacted.
    let listed = !message.post;
    let new = message.from == viewer && marks::is_set(view, viewer, message.peer, Mark::Reaction, id)?;
    let reacted =
        |it: Recent| Reacted { who: it.who, reactions: it.reactions, date: it.date, big: it.big, unread: new };
    let recent = if listed { sum.recent.into_iter().map(reacted).collect() } else { Vec::new() };
    let counts = sum.counts.into_iter().map(|it| (it.reaction, it.times)).collect();
    Ok((Some(Crowd { counts, own, listed }), recent))
}

/// What somebody chose.
pub(in crate::messages) fn own(
    view: &(impl View + ?Sized),
    viewer: UserId,
    log: LogId,
    id: MessageId,
    message: &MailboxRow,
) -> Decided<Vec<Reaction>> {
    match row(view, log, id, viewer)? {
        Some(row) => open(view, (log, message.peer), message.uid, viewer, &row),
        None => Ok(Vec::new()),
    }
}

/// Chooses reactions to a message of a channel. The entry is of the channel's log.
pub(super) fn react(turn: &mut Turn<'_>, it: &React, channel: ChannelId) -> Decided<LogEntry> {
    let me = it.by.user;
    let access = access::reader(turn, channel, me)?;
    let message = reactable(turn, &access, it.message)?;
    if it.reactions.len() > REACTIONS_MAX {
        return Err(Refusal::ReactionsTooMany.into());
    }
    refuse(&access)?;
    access.row.reactions.refuse(&it.reactions)?;
    let log = access.log();
    let old = row(turn, log, it.message, me)?;
    let before = match &old {
        Some(old) => open(turn, (log, access.peer()), message.uid, me, old)?,
        None => Vec::new(),
    };
    if before == it.reactions && old.as_ref().is_none_or(|old| old.big == it.big) {
        return Err(Refusal::MessageNotModified.into());
    }
    let date = turn.now().secs();
    let chosen = Recent { who: me, reactions: it.reactions.clone(), date, big: it.big, ..Recent::default() };
    let now = Some(chosen).filter(|it| !it.reactions.is_empty());
    let unique_max = access.row.reactions.unique_max();
    let left = put(turn, &access, it.message, &message, (me, old, before.clone()), now, unique_max)?;
    tell_author(turn, &access, me, it.message, &message, (left, !it.reactions.is_empty()))?;
    let fresh: Vec<_> = it.reactions.iter().filter(|it| !before.contains(it)).cloned().collect();
    habits::note(turn, &it.by, &fresh, it.add_to_recent)?;
    if message.post {
        let said: Vec<_> = fresh.iter().map(Emotion::of).collect();
        series::reacted(turn, Post { channel, message: it.message }, &said)?;
    }
    let change = Change::Reactions { peer: access.peer(), message: it.message };
    updates::append(turn, log, change, 0, Some(it.by.origin))
}

/// Writes what somebody chose, and the sum; whether any reaction is left.
fn put(
    turn: &mut Turn<'_>,
    access: &Access,
    id: MessageId,
    message: &MailboxRow,
    (who, old, before): (UserId, Option<ReactionRow>, Vec<Reaction>),
    now: Option<Recent>,
    unique_max: usize,
) -> Decided<bool> {
    let log = access.log();
    let mut all = sum(turn, log, id, message)?;
    all.change(who, &before, now.clone());
    if now.is_some() && all.counts.len() > unique_max {
        return Err(Refusal::ReactionsTooMany.into());
    }
    let version = old.as_ref().map_or(1, |it| it.version + 1);
    if let Some(old) = old {
        turn.delete(order_key(log, id, old.date, who));
    }
    match now {
        Some(it) => {
            let chosen = seal(turn, (who, access.peer()), message.uid, version, &it.reactions)?;
            let row = ReactionRow { chosen, version, date: it.date, big: it.big, ..ReactionRow::default() };
            turn.put(row_key(log, id, who), &row);
            turn.put_empty(order_key(log, id, it.date, who));
        }
        None => turn.delete(row_key(log, id, who)),
    }
    let left = !all.counts.is_empty();
    put_sum(turn, access, id, message, &all)?;
    if message.reacted != left {
        turn.put(mailbox_key(log, id), &MailboxRow { reacted: left, ..message.clone() });
    }
    Ok(left)
}

/// The author's own mailbox marks what it has not seen.
fn tell_author(
    turn: &mut Turn<'_>,
    access: &Access,
    me: UserId,
    id: MessageId,
    message: &MailboxRow,
    (left, added): (bool, bool),
) -> Decided<()> {
    let known = message.sent_as.is_none() && !message.post;
    if message.from == me || !known || (left && !added) {
        return Ok(());
    }
    let what = Delivered::Reactions { messages: vec![id], unread: added };
    deliver(turn, me, message.from, Delivery::Group { peer: access.peer(), what })
}

fn reactable(view: &(impl View + ?Sized), access: &Access, id: MessageId) -> Decided<MailboxRow> {
    let row = copy(view, access.log(), id)?.filter(|_| access.shows(id)).ok_or(Refusal::MessageIdInvalid)?;
    let written = open_body(view, access.log(), &row)?.action.is_none();
    if written { Ok(row) } else { Err(Refusal::MessageIdInvalid.into()) }
}

/// Refuses who may not react there now.
fn refuse(access: &Access) -> Decided<()> {
    if !access.standing.is_in() {
        access::refuse_guest(access)?;
    }
    if access.banned().any(BannedRights::SEND_REACTIONS) {
        return Err(Refusal::ChatWriteForbidden.into());
    }
    Ok(())
}

/// Takes back what somebody chose for a message; whether there was anything.
pub(in crate::messages) fn take_back(
    turn: &mut Turn<'_>,
    access: &Access,
    id: MessageId,
    who: UserId,
) -> Decided<bool> {
    let log = access.log();
    let Some(message) = copy(turn, log, id)? else { return Ok(false) };
    let Some(old) = row(turn, log, id, who)? else { return Ok(false) };
    let before = open(turn, (log, access.peer()), message.uid, who, &old)?;
    put(turn, access, id, &message, (who, Some(old), before), None, usize::MAX)?;
    Ok(true)
}

/// A page of who chose what.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Page {
    /// The latest first.
    pub listed: Vec<Listed>,
    /// In all.
    pub count: u32,
    /// Where the next page begins, if there is one: a date, and who reacted then.
    pub next: Option<(u32, UserId)>,
}

/// Who chose what for a message of a channel, from an offset on; only this reaction, if one is named.
pub fn page(
    view: &(impl View + ?Sized),
    me: UserId,
    (channel, id): (ChannelId, MessageId),
    only: Option<&Reaction>,
    offset: Option<(u32, UserId)>,
    limit: usize,
) -> Decided<Page> {
    let access = access::reader(view, channel, me)?;
    let message = copy(view, access.log(), id)?.filter(|_| access.shows(id)).ok_or(Refusal::MsgIdInvalid)?;
    if message.post {
        return Err(Refusal::BroadcastForbidden.into());
    }
    let log = access.log();
    let counts = sum(view, log, id, &message)?.counts;
    let count = counts.iter().filter(|it| only.is_none_or(|only| *only == it.reaction)).map(|it| it.times).sum();
    let whole = Range::prefix(order(log, id).key());
    let start = offset.map_or(whole.start, |(date, who)| order_key(log, id, date, who).prefix_end());
    let new = message.from == me && marks::is_set(view, me, message.peer, Mark::Reaction, id)?;
    let mut page = Page { count, ..Page::default() };
    let people = view.scan(&Range { start, end: whole.end }, Direction::Forward, LOOKED_AT)?;
    let more = people.len() == LOOKED_AT;
    for (at, (key, _)) in people.iter().enumerate() {
        let who = who(key);
        let Some(row) = row(view, log, id, who)? else { continue };
        let chosen = open(view, (log, access.peer()), message.uid, who, &row)?;
        let wanted = chosen.into_iter().filter(|it| only.is_none_or(|only| only == it));
        let one = |reaction| Listed { who, reaction, date: row.date, big: row.big, unread: new };
        page.listed.extend(wanted.map(one));
        if at + 1 < people.len() && page.listed.len() >= limit || at + 1 == people.len() && more {
            page.next = Some((row.date, who));
            break;
        }
    }
    Ok(page)
}

/// Forgets the reactions to a message that is being deleted.
pub(in crate::messages) fn forget(turn: &mut Turn<'_>, log: LogId, id: MessageId, message: &MailboxRow) -> Decided<()> {
    if !message.reacted {
        return Ok(());
    }
    turn.delete(sum_key(log, id));
    step(turn, log, id, FORGOTTEN_AT_ONCE)
}

/// Goes on where a timer says.
pub(in crate::messages) fn run(turn: &mut Turn<'_>, key: &Key) -> Decided<()> {
    let suffix = key.suffix();
    let (Some(log), Some(id)) = (
        suffix.get(5..).and_then(|it| it.first_chunk()).map(|it| LogId::from_number(u64::from_be_bytes(*it))),
        suffix.get(13..).and_then(|it| it.first_chunk()).map(|it| MessageId(i32::from_be_bytes(*it))),
    ) else {
        return Ok(());
    };
    step(turn, log, id, STEP)
}

fn step(turn: &mut Turn<'_>, log: LogId, id: MessageId, limit: usize) -> Decided<()> {
    let found = list::<ReactionRow>(turn, &rows(log, id), Direction::Forward, limit + 1)?;
    for (key, row) in found.iter().take(limit) {
        turn.delete(order_key(log, id, row.date, who(key)));
        turn.delete(key.clone());
    }
    if found.len() > limit {
        let next = Key::of(TIMER, 0).u32(turn.now().secs()).u8(FORGET).u64(log.number()).u32(id.0.unsigned_abs());
        turn.put_empty(next.key());
    }
    Ok(())
}

/// How many reactions a message has.
pub(crate) fn total(view: &(impl View + ?Sized), log: LogId, id: MessageId, message: &MailboxRow) -> Decided<u32> {
    let counts = if message.reacted { sum(view, log, id, message)?.counts } else { Vec::new() };
    Ok(counts.iter().map(|it| it.times).fold(0, u32::saturating_add))
}

fn sum(view: &(impl View + ?Sized), log: LogId, id: MessageId, message: &MailboxRow) -> Decided<Sum> {
    let row: SumRow = load_or_default(view, &sum_key(log, id))?;
    if row.sealed.is_empty() {
        return Ok(Sum::default());
    }
    let (scope, aad) = (sealing::chat_scope(log, message.peer), name(message.uid, UserId::NOBODY));
    Ok(Sum::decode(&sealing::open(view, scope, Kind::Reaction, &aad, row.version, &row.sealed)?)?)
}

/// The row stays when nothing is left, so that a version is not used twice.
fn put_sum(turn: &mut Turn<'_>, access: &Access, id: MessageId, message: &MailboxRow, it: &Sum) -> Decided<()> {
    let key = sum_key(access.log(), id);
    let version = load_or_default::<SumRow>(turn, &key)?.version + 1;
    let (scope, aad) = (sealing::group_scope(access.peer()), name(message.uid, UserId::NOBODY));
    let sealed = sealing::seal(turn, scope, Kind::Reaction, &aad, version, &it.encode())?;
    turn.put(key, &SumRow { sealed, version, ..SumRow::default() });
    Ok(())
}

fn sum_key(log: LogId, id: MessageId) -> Key {
    log.rows(REACTION_SUM).u32(id.0.unsigned_abs()).key()
}

fn order(log: LogId, id: MessageId) -> store::KeyBuilder {
    log.rows(REACTED).u32(id.0.unsigned_abs())
}

fn order_key(log: LogId, id: MessageId, date: u32, who: UserId) -> Key {
    order(log, id).u32_newest_first(date).u64(who.0).key()
}
