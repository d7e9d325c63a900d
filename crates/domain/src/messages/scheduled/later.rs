//! Putting messages into a queue, or sending them at once where their time has come.

use super::{
    due,
    rows::{QUEUE_MAX, ScheduledRow, length, next_id, queue_key, seal},
};
use crate::messages::{Media, media::MediaBody};
use crate::{
    files::{Carrier, uses},
    ids::{Peer, UserId},
    messages::{
        forward::ForwardMessages,
        rows::{SentRow, sent_key},
        send::{Outgoing, SendMessage, Sent, keep, put, sent_or_queued},
    },
    people::presence,
    refusal::Refusal,
    service::Command,
    turn::Turn,
    updates::{self, Change, Origin},
    view::{Decided, View},
};

/// The date that means "when the other side comes online".
pub const WHEN_ONLINE: u32 = 0x7fff_fffe;

/// What is due sooner is sent at once.
pub const SOON_SECONDS: u32 = 10;

/// How far ahead a message may be scheduled. Source: TDLib's documentation names 367 days.
pub const AHEAD_SECONDS: u32 = 367 * DAY;

/// Periods after which a message may be sent again.
pub const REPEAT_PERIODS: [u32; 7] = [DAY, 7 * DAY, 14 * DAY, 30 * DAY, 91 * DAY, 182 * DAY, 365 * DAY];

/// Further periods, for test accounts' servers only.
const TEST_PERIODS: [u32; 2] = [60, 300];

const DAY: u32 = 24 * 3600;

/// When to send.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Schedule {
    /// Unix seconds, or [`WHEN_ONLINE`].
    pub date: u32,
    /// Seconds after which it is sent again; 0: once.
    pub repeat: u32,
}

/// A text for later.
pub struct SendLater {
    /// As it would be sent now.
    pub send: SendMessage,
    /// What it carries beside its text.
    pub media: Media,
    /// When.
    pub at: Schedule,
}

/// Forwards for later.
pub struct ForwardLater {
    /// As they would be sent now.
    pub forward: ForwardMessages,
    /// When.
    pub at: Schedule,
}

impl Command for SendLater {
    /// The number in the queue, or in the mailbox where it was sent at once.
    type Reply = Sent;

    fn decide(&self, turn: &mut Turn<'_>) -> Decided<Sent> {
        let by = &self.send.by;
        if let Some(message) = sent_or_queued(turn, by.user, self.send.peer, self.send.random_id)? {
            return Ok(Sent { message, entry: None });
        }
        let message = self.send.prepare(turn, &self.media)?;
        let sent = post(turn, by.user, message, self.at, by.origin)?;
        self.send.finish(turn)?;
        Ok(sent)
    }
}

impl Command for ForwardLater {
    type Reply = Vec<Sent>;

    fn decide(&self, turn: &mut Turn<'_>) -> Decided<Vec<Sent>> {
        if self.at.repeat > 0 && self.forward.messages.len() > 1 {
            return Err(Refusal::ScheduleDateInvalid.into());
        }
        self.forward
            .each(turn, |turn, message| post(turn, self.forward.by.user, message, self.at, self.forward.by.origin))
    }
}

/// Queues a message, or sends it where its time has come.
pub(in crate::messages) fn post(
    turn: &mut Turn<'_>,
    me: UserId,
    message: Outgoing,
    at: Schedule,
    skip: Origin,
) -> Decided<Sent> {
    match &message.body.media {
        // What is shown for a time, or where somebody is, is for now. Source: TDLib 1.8.66.
        Some(it) if it.ttl() > 0 => return Err(Refusal::TtlMediaInvalid.into()),
        Some(MediaBody::Live { .. }) => return Err(Refusal::MediaInvalid.into()),
        Some(_) | None => {}
    }
    match later(turn, me, message.peer, at)? {
        Some(due) => queue(turn, me, message, Schedule { date: due, ..at }, Some(skip)),
        // What repeats is sent once more after its period.
        None if at.repeat > 0 => {
            let next = Outgoing { random_id: 0, ..message.clone() };
            let sent = now(turn, me, message, skip)?;
            queue(turn, me, next, due::again(turn, at.repeat), None)?;
            Ok(sent)
        }
        None => now(turn, me, message, skip),
    }
}

fn now(turn: &mut Turn<'_>, me: UserId, message: Outgoing, skip: Origin) -> Decided<Sent> {
    let own = message.forward.is_none().then(|| message.body.clone());
    let sent = put(turn, me, message, Some(skip))?;
    own.map(|it| keep(turn, me, &it, Some(skip))).transpose()?;
    Ok(sent)
}

/// When a message is due; `None`: at once.
pub(super) fn later(turn: &Turn<'_>, me: UserId, peer: Peer, at: Schedule) -> Decided<Option<u32>> {
    let now = turn.now().secs();
    let test = turn.world().settings.test_accounts && TEST_PERIODS.contains(&at.repeat);
    if at.repeat > 0 && (at.date == WHEN_ONLINE || !test && !REPEAT_PERIODS.contains(&at.repeat)) {
        return Err(Refusal::ScheduleDateInvalid.into());
    }
    match at.date {
        0 => Err(Refusal::ScheduleDateInvalid.into()),
        WHEN_ONLINE => {
            let other = peer.user().ok_or(Refusal::ScheduleDateInvalid)?;
            if other == me {
                return Err(Refusal::ScheduleDateInvalid.into());
            }
            if other.is_server() || !presence::shows_exactly(turn, me, other)? {
                return Err(Refusal::ScheduleStatusPrivate.into());
            }
            Ok((!presence::is_online(turn, other)?).then_some(WHEN_ONLINE))
        }
        date if date > now.saturating_add(AHEAD_SECONDS) => Err(Refusal::ScheduleDateTooLate.into()),
        date => Ok((date >= now.saturating_add(SOON_SECONDS)).then_some(date)),
    }
}

/// Adds a message to its queue.
pub(super) fn queue(
    turn: &mut Turn<'_>,
    me: UserId,
    it: Outgoing,
    at: Schedule,
    skip: Option<Origin>,
) -> Decided<Sent> {
    let peer = it.peer;
    if length(turn, me, peer)? >= QUEUE_MAX {
        return Err(Refusal::ScheduleTooMuch.into());
    }
    let message = next_id(turn, me, peer)?;
    let uid = turn.draw_uid();
    let row = ScheduledRow {
        uid,
        due: at.date,
        body: seal(turn, me, peer, uid, &it.body)?,
        reply_to: it.reply_to,
        forward: it.forward,
        silent: it.silent,
        noforwards: it.noforwards,
        send_as: it.send_as,
        repeat: at.repeat,
        top: it.top,
        album: it.album,
        files: it.body.files(),
        ..ScheduledRow::default()
    };
    turn.put(queue_key(me, peer, message), &row);
    row.files.iter().for_each(|it| uses::put(turn, *it, Carrier::Scheduled { user: me, peer, id: message }));
    due::plan(turn, me, peer, message, row.due);
    let random_id = Some(it.random_id).filter(|it| *it != 0);
    if let Some(random_id) = random_id {
        let date = turn.now().secs();
        turn.put(sent_key(me, me, random_id), &SentRow { message, date, ..SentRow::default() });
    }
    let entry = updates::append(turn, me, Change::NewScheduled { peer, message, random_id }, 0, skip)?;
    Ok(Sent { message, entry: Some(entry) })
}
