//! What happened in channels while a client was away: which of them have news, and the part of a channel's
//! log that somebody has not seen. Source: core.telegram.org/api/updates, "Recovering gaps".

use std::cmp::Ordering;

use super::{
    Change, LogEntry,
    difference::{self, Difference},
    known_counters, ring,
};
use crate::{
    groups::{access::Access, channel},
    ids::{ChannelId, MessageId, Pts, UserId},
    refusal::Refusal,
    view::{Decided, View},
};

/// Entries of one answer about a channel. Source: core.telegram.org/method/updates.getChannelDifference,
/// where people are to ask for 10 to 100.
pub const CHANNEL_SLICE: usize = 100;

/// Ranges of one filter.
pub const RANGES_MAX: usize = 100;

/// The channels that a user has joined whose logs moved at this moment or later, and where they stand.
/// It costs a row a channel that has moved since somebody asked for it.
pub fn moved(view: &(impl View + ?Sized), user: UserId, since: u32) -> Decided<Vec<(ChannelId, Pts)>> {
    let mut all = Vec::new();
    for id in channel::joined(view, user)? {
        let counters = known_counters(view, id)?;
        if counters.moved > 0 && counters.moved >= since {
            all.push((id, counters.pts));
        }
    }
    Ok(all)
}

/// Which messages somebody asks about.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wanted {
    /// No new ones.
    pub no_new: bool,
    /// Only those between these numbers, both included; all, if there is none.
    pub ranges: Vec<(MessageId, MessageId)>,
}

impl Wanted {
    /// Refuses ranges that hold nothing, and too many.
    pub fn check(&self) -> Decided<()> {
        let holds = |(low, high): &(MessageId, MessageId)| low.0 >= 0 && low <= high;
        match self.ranges.len() <= RANGES_MAX && self.ranges.iter().all(holds) {
            true => Ok(()),
            false => Err(Refusal::RangesInvalid.into()),
        }
    }

    fn has(&self, id: MessageId) -> bool {
        self.ranges.is_empty() || self.ranges.iter().any(|(low, high)| (*low..=*high).contains(&id))
    }

    fn keeps(&self, entry: &LogEntry) -> bool {
        match &entry.change {
            Change::NewMessage { message, .. } => !self.no_new && self.has(*message),
            Change::EditMessage { message } | Change::Reactions { message, .. } => self.has(*message),
            Change::DeleteMessages { messages } | Change::PinnedMessages { messages, .. } => {
                messages.iter().any(|it| self.has(*it))
            }
            _ => true,
        }
    }
}

/// What somebody missed of a channel.
#[derive(Clone, Debug, PartialEq)]
pub struct Missed {
    /// What happened.
    pub difference: Difference,
    /// Where the log stands.
    pub now: Pts,
    /// Messages below this one are not theirs to see.
    pub visible_from: MessageId,
    /// Whether they are in it, or look in from outside.
    pub member: bool,
}

/// The part of a channel's log that somebody has not seen, who was let in, without what has no number: what
/// that carries is shown with the channel itself.
pub fn missed(
    view: &(impl View + ?Sized),
    access: &Access,
    from: Pts,
    limit: usize,
    wanted: &Wanted,
) -> Decided<Missed> {
    wanted.check()?;
    let id = access.channel;
    let now = known_counters(view, id)?.pts;
    let limit = limit.clamp(1, CHANNEL_SLICE);
    let mut difference = numbered(view, id, (from, now), limit)?;
    if let Difference::Entries { entries, .. } = &mut difference {
        entries.retain(|it| wanted.keeps(it));
    }
    Ok(Missed { difference, now, visible_from: access.visible_from, member: access.standing.is_in() })
}

fn numbered(view: &(impl View + ?Sized), id: ChannelId, (from, now): (Pts, Pts), limit: usize) -> Decided<Difference> {
    match from.cmp(&now) {
        // A state of the future is of another server or a restored backup: it starts anew from here.
        Ordering::Greater => return Ok(Difference::TooLong(now)),
        Ordering::Equal => return Ok(Difference::Empty),
        Ordering::Less => {}
    }
    let mut entries = ring::entries(view, id, (from, now), limit)?;
    if !difference::reaches_back(&entries, from) {
        return Ok(Difference::TooLong(now));
    }
    let more = entries.len() > limit;
    entries.truncate(limit);
    let pts = entries.last().map_or(now, |it| it.pts);
    Ok(Difference::Entries { entries, pts, more })
}
