//! Votes of a poll over time: a counter an answer and hour.
//! Source: core.telegram.org/method/stats.getPollStats.

use store::{Direction, Key, Range};

use super::{SeenPoll, polled, rows, seen};
use crate::{
    ids::{MessageId, Peer, UserId},
    record,
    refusal::Refusal,
    spaces::POLL,
    turn::Turn,
    view::{Decided, View, list, load_or_default},
};

/// Seconds of one step of the graph.
pub const STEP_SECONDS: u32 = 3600;

/// Steps of one graph: a poll is voted on for six weeks at most, in general for a day.
pub const STEPS_MAX: usize = 1000;

record! {
    /// Votes of an hour, by the place of the answer.
    pub struct HourRow { 1 => votes: Vec<u32> }
}

/// The beginning of an hour in unix seconds, and its votes by the place of the answer.
pub type Hour = (u32, Vec<u32>);

/// Counts votes that were cast now; what is taken back was cast all the same.
pub(super) fn count(turn: &mut Turn<'_>, poll: u64, chosen: &[u32], date: u32) -> Decided<()> {
    let key = hour_key(poll, date / STEP_SECONDS);
    let mut row: HourRow = load_or_default(turn, &key)?;
    for &place in chosen {
        let place = place as usize;
        row.votes.resize(row.votes.len().max(place + 1), 0);
        row.votes[place] += 1;
    }
    turn.put(key, &row);
    Ok(())
}

/// Votes of each hour that had any, the earliest first.
pub fn hours(
    view: &(impl View + ?Sized),
    me: UserId,
    peer: Peer,
    message: MessageId,
) -> Decided<(SeenPoll, Vec<Hour>)> {
    let (_, poll) = polled(view, me, peer, message)?;
    if poll.creator != me {
        return Err(Refusal::ChatAdminRequired.into());
    }
    let range = Range::prefix(rows(poll.id, POLL).u8(1).key());
    let found = list::<HourRow>(view, &range, Direction::Forward, STEPS_MAX)?;
    let hour = |key: &Key| key.suffix().last_chunk().map_or(0, |it| u32::from_be_bytes(*it));
    let hours = found.into_iter().map(|(key, row)| (hour(&key).saturating_mul(STEP_SECONDS), row.votes)).collect();
    Ok((seen(view, me, &poll)?, hours))
}

fn hour_key(poll: u64, hour: u32) -> Key {
    rows(poll, POLL).u8(1).u32(hour).key()
}
