//! The life of a broadcast channel, for its admins: numbers of the last week against the week before, and what
//! came of its last posts. Source: core.telegram.org/constructor/stats.broadcastStats.

use store::{Direction, Range};

use super::hours::{HOUR, HourRow, hours};
use crate::{
    groups::{
        channel,
        guard::{Before, before},
    },
    ids::{ChannelId, LogId, MessageId, UserId},
    messages::{
        MailboxRow,
        counts::{Post, counts},
        reactions::crowd,
        rows::{mailbox_key, open_body},
    },
    refusal::Refusal,
    updates,
    view::{Decided, View, list},
};

/// Members from which on a channel has statistics. Telegram's minimum is some hundreds; a server of one's own
/// may show them from the owner on.
pub const MEMBERS_MIN: u32 = 1;

/// Days that are told of, against as many before.
pub const DAYS: u32 = 7;

/// Posts that are looked at: of a channel that posts more in two weeks, the last ones count.
const LOOKED_AT: usize = 500;

/// The last posts that are told of one by one.
pub const RECENT_MAX: usize = 50;

const DAY: u32 = 24 * HOUR;

/// A number now, and before.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Pair {
    /// Of the last days.
    pub now: f64,
    /// Of as many days before.
    pub before: f64,
}

/// What came of a post.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Numbers {
    /// Which.
    pub message: MessageId,
    /// People who saw it.
    pub views: u32,
    /// Forwards.
    pub forwards: u32,
    /// Reactions.
    pub reactions: u32,
}

/// The life of a channel.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Broadcast {
    /// When it was made, unix seconds.
    pub created: u32,
    /// When the last days begin, unix seconds.
    pub since: u32,
    /// Now.
    pub until: u32,
    /// Members now, and when the last days began.
    pub followers: Pair,
    /// Members who have not muted it for good.
    pub listening: u32,
    /// For each post of these days.
    pub views_per_post: Pair,
    /// Forwards of each.
    pub shares_per_post: Pair,
    /// Reactions to each.
    pub reactions_per_post: Pair,
    /// The last posts, the latest first.
    pub recent: Vec<Numbers>,
}

/// Lets in who may see a broadcast channel's statistics.
pub fn viewer(view: &(impl View + ?Sized), me: UserId, id: ChannelId) -> Decided<Before> {
    let it = before(view, id, me)?;
    if it.standing.admin().is_none() {
        return Err(Refusal::ChatAdminRequired.into());
    }
    if !it.row.broadcast {
        return Err(Refusal::BroadcastRequired.into());
    }
    match channel::counts(view, id)?.members >= MEMBERS_MIN {
        true => Ok(it),
        false => Err(Refusal::ChatAdminRequired.into()),
    }
}

/// The last days of a channel; for its admins.
pub fn broadcast(view: &(impl View + ?Sized), me: UserId, id: ChannelId) -> Decided<Broadcast> {
    let it = viewer(view, me, id)?;
    let until = view.now().secs();
    let since = until.saturating_sub(DAYS * DAY);
    let counts_now = channel::counts(view, id)?;
    let members = counts_now.members;
    let mut hour = HourRow::default();
    let last = hours(view, id, since / HOUR, until / HOUR + 1)?;
    last.iter().for_each(|(_, it)| hour.add(it));
    let followers = Pair {
        now: members.into(),
        before: (f64::from(members) + f64::from(hour.left) - f64::from(hour.came())).max(0.0),
    };
    let mut all = Broadcast {
        created: it.row.created,
        since,
        until,
        followers,
        listening: members.saturating_sub(counts_now.muted),
        ..Broadcast::default()
    };
    let (mut now, mut then) = (Sum::default(), Sum::default());
    for (date, numbers) in posts(view, id, since.saturating_sub(DAYS * DAY))? {
        if date >= since { &mut now } else { &mut then }.add(&numbers);
        if all.recent.len() < RECENT_MAX {
            all.recent.push(numbers);
        }
    }
    all.views_per_post = Pair { now: now.each(now.views), before: then.each(then.views) };
    all.shares_per_post = Pair { now: now.each(now.forwards), before: then.each(then.forwards) };
    all.reactions_per_post = Pair { now: now.each(now.reactions), before: then.each(then.reactions) };
    Ok(all)
}

#[derive(Default)]
struct Sum {
    posts: u32,
    views: u64,
    forwards: u64,
    reactions: u64,
}

impl Sum {
    fn add(&mut self, it: &Numbers) {
        self.posts += 1;
        self.views += u64::from(it.views);
        self.forwards += u64::from(it.forwards);
        self.reactions += u64::from(it.reactions);
    }

    fn each(&self, number: u64) -> f64 {
        if self.posts == 0 { 0.0 } else { number as f64 / f64::from(self.posts) }
    }
}

/// Posts from a moment on, the latest first, with their dates.
fn posts(view: &(impl View + ?Sized), id: ChannelId, earliest: u32) -> Decided<Vec<(u32, Numbers)>> {
    let log = LogId::Channel(id);
    let last = MessageId(updates::counters(view, log)?.last_message_id.saturating_add(1));
    let range = Range { start: mailbox_key(log, MessageId(1)), end: mailbox_key(log, last) };
    let mut all = Vec::new();
    for (key, row) in list::<MailboxRow>(view, &range, Direction::Backward, LOOKED_AT)? {
        let message = MessageId(key.suffix().last_chunk().map_or(0, |it| i32::from_be_bytes(*it)));
        if row.date < earliest {
            break;
        }
        if row.post && open_body(view, log, &row)?.action.is_none() {
            let post = Post::of(log, message, &row).unwrap_or(Post { channel: id, message });
            let counts = counts(view, post)?;
            let reactions = crowd::total(view, log, message, &row)?;
            all.push((row.date, Numbers { message, views: counts.views, forwards: counts.forwards, reactions }));
        }
    }
    Ok(all)
}

#[cfg(test)]
mod tests;
