//! When a queued message's time has come.

use store::{Direction, Key, Range};

use super::{
    Schedule, WHEN_ONLINE,
    later::queue,
    queue::taken,
    rows::{ScheduledRow, open},
};
use crate::{
    ids::{MessageId, Peer, UserId},
    messages::{
        polls,
        send::{Outgoing, Sent, keep, put, refuse_sending},
    },
    policy::screen,
    refusal::Refusal,
    spaces::TIMER,
    turn::Turn,
    updates::{self, Change, Origin},
    view::{Decided, Rows, Stop, View},
};

/// The kind of timer that sends.
pub(in crate::messages) const SENDING: u8 = 2;

/// The kind of row that waits for somebody to come online; it stands where no timer runs.
const AWAITING: u8 = 3;

/// Messages set going when one person comes online; the rest follow the next time.
const AWAITED_MAX: usize = 256;

/// Sends the message that a timer names, and queues it again if it repeats.
pub(in crate::messages) fn run(turn: &mut Turn<'_>, key: &Key) -> Decided<()> {
    let Some((user, peer, id)) = parts(key.suffix()) else { return Ok(()) };
    let Some(row) = taken(turn, user, peer, id)? else { return Ok(()) };
    let body = open(turn, user, peer, &row)?;
    let may = match refuse_sending(turn, user, peer, body.right()) {
        // What was written in time is not lost to a slow group.
        Err(Stop::Refuse(Refusal::SlowmodeWait(_))) => Ok(()),
        other => other,
    };
    let allowed = match may.and_then(|()| screen(turn, user, peer, &body)) {
        Ok(()) => true,
        Err(Stop::Refuse(_)) => false,
        Err(other) => return Err(other),
    };
    // Who may not write there any more finds its queue empty and nothing sent.
    let sent = if allowed { vec![send(turn, user, peer, &row, None)?.message] } else { Vec::new() };
    updates::append(turn, user, Change::DeleteScheduled { peer, messages: vec![id], sent }, 0, None)?;
    if allowed && row.repeat > 0 {
        let at = again(turn, row.repeat);
        let next = outgoing(turn, user, peer, &row)?;
        queue(turn, user, next, at, None)?;
    }
    Ok(())
}

/// Sends what was taken off a queue.
pub(super) fn send(
    turn: &mut Turn<'_>,
    user: UserId,
    peer: Peer,
    row: &ScheduledRow,
    skip: Option<Origin>,
) -> Decided<Sent> {
    let mut message = outgoing(turn, user, peer, row)?;
    let own = message.forward.is_none();
    if own {
        polls::close::begin(turn, &mut message.body);
    }
    let body = message.body.clone();
    let sent = put(turn, user, message, skip)?;
    if own {
        keep(turn, user, &body, skip)?;
    }
    polls::close::plan(turn, peer.log(user), sent.message, &body);
    Ok(sent)
}

fn outgoing(turn: &Turn<'_>, user: UserId, peer: Peer, row: &ScheduledRow) -> Decided<Outgoing> {
    Ok(Outgoing {
        peer,
        body: open(turn, user, peer, row)?,
        reply_to: row.reply_to,
        forward: row.forward.clone(),
        random_id: 0,
        silent: row.silent,
        noforwards: row.noforwards,
        from_scheduled: true,
        send_as: row.send_as,
        top: row.top,
        album: row.album,
    })
}

/// When something that repeats is due next.
pub(super) fn again(turn: &Turn<'_>, repeat: u32) -> Schedule {
    Schedule { date: turn.now().secs().saturating_add(repeat), repeat }
}

/// What waited for a person who came online is due now.
pub(crate) fn came_online(turn: &mut Turn<'_>, other: UserId) -> Decided<()> {
    let waiting = Range::prefix(Key::of(TIMER, 0).u32(WHEN_ONLINE).u8(AWAITING).u64(other.0).key());
    let now = turn.now().secs();
    for (key, _) in turn.scan(&waiting, Direction::Forward, AWAITED_MAX)? {
        let Some((user, id)) = awaiting_parts(key.suffix()) else { continue };
        turn.put_empty(sending_key(now, user, Peer::User(other), id));
        turn.delete(key);
    }
    Ok(())
}

pub(super) fn plan(turn: &mut Turn<'_>, user: UserId, peer: Peer, id: MessageId, due: u32) {
    turn.put_empty(planned_key(user, peer, id, due));
}

pub(super) fn unplan(turn: &mut Turn<'_>, user: UserId, peer: Peer, id: MessageId, due: u32) {
    turn.delete(planned_key(user, peer, id, due));
}

fn planned_key(user: UserId, peer: Peer, id: MessageId, due: u32) -> Key {
    match due {
        WHEN_ONLINE => {
            let awaited = peer.user().unwrap_or(user).0;
            Key::of(TIMER, 0).u32(due).u8(AWAITING).u64(awaited).u64(user.0).u32(id.0.unsigned_abs()).key()
        }
        due => sending_key(due, user, peer, id),
    }
}

fn sending_key(due: u32, user: UserId, peer: Peer, id: MessageId) -> Key {
    let (kind, other) = peer.key_parts();
    Key::of(TIMER, 0).u32(due).u8(SENDING).u64(user.0).u8(kind).u64(other).u32(id.0.unsigned_abs()).key()
}

/// Due, kind, user, kind and id of the peer, number.
fn parts(suffix: &[u8]) -> Option<(UserId, Peer, MessageId)> {
    let user = u64::from_be_bytes(*suffix.get(5..)?.first_chunk()?);
    let peer = Peer::from_key_parts(*suffix.get(13)?, u64::from_be_bytes(*suffix.get(14..)?.first_chunk()?))?;
    let id = i32::from_be_bytes(*suffix.get(22..)?.first_chunk()?);
    Some((UserId(user), peer, MessageId(id)))
}

/// Due, kind, who is awaited, who waits, number.
fn awaiting_parts(suffix: &[u8]) -> Option<(UserId, MessageId)> {
    let user = u64::from_be_bytes(*suffix.get(13..)?.first_chunk()?);
    let id = i32::from_be_bytes(*suffix.get(21..)?.first_chunk()?);
    Some((UserId(user), MessageId(id)))
}
