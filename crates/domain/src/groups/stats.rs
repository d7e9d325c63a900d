//! What a supergroup's admins are told of its life in the last days. Nothing is kept for it: messages and the
//! admin log are there, and a look at them costs what it reads.
//! Source: core.telegram.org/api/stats.

pub mod broadcast;
pub mod graph;
pub mod hours;
pub mod mutes;

use std::collections::BTreeMap;

use store::{Direction, Range};

use super::{
    channel,
    guard::before,
    log::{self, EventRow, Kinds},
};
use crate::{
    ids::{ChannelId, LogId, MessageId, UserId},
    messages::{
        MailboxRow,
        rows::{mailbox_key, open_body},
    },
    refusal::Refusal,
    updates,
    view::{Decided, View, list},
};

/// Days that are told of: as long as the admin log is kept.
pub const DAYS: usize = 7;

/// Messages that are looked at: in a group that says more in two weeks, the oldest days show less.
pub const MESSAGES_MAX: usize = 20_000;

/// Events that are looked at.
const EVENTS_MAX: usize = 20_000;

/// Rows of one reading.
const STEP: usize = 1024;

/// People of each list of the most active.
pub const TOP_MAX: usize = 10;

/// Messages of one person that are measured.
const MEASURED_MAX: u32 = 50;

const DAY: u32 = 24 * 3600;

/// The life of a supergroup; days are the last seven, the oldest first.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Stats {
    /// When the first day begins, unix seconds.
    pub since: u32,
    /// Now.
    pub until: u32,
    /// Members now.
    pub members: u32,
    /// And when the first day began.
    pub members_before: u32,
    /// Messages of these days.
    pub messages: u32,
    /// And of as many days before.
    pub messages_before: u32,
    /// People who wrote them.
    pub posters: u32,
    /// And before.
    pub posters_before: u32,
    /// Each day.
    pub days: [Day; DAYS],
    /// Messages by hour of the day, UTC.
    pub hours: [u32; 24],
    /// Messages by day of the week, Monday first.
    pub weekdays: [u32; 7],
    /// Who wrote most.
    pub top_posters: Vec<Poster>,
    /// Which admins did most.
    pub top_admins: Vec<Admin>,
    /// Who brought most people in.
    pub top_inviters: Vec<(UserId, u32)>,
}

/// A day.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Day {
    /// Messages.
    pub messages: u32,
    /// Who came by itself, by a link, or after asking.
    pub came: u32,
    /// Who was brought in.
    pub invited: u32,
    /// Who left or was removed.
    pub gone: u32,
}

/// Somebody who writes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Poster {
    /// Who.
    pub user: UserId,
    /// Messages.
    pub messages: u32,
    /// Characters of one of them, about.
    pub chars: u32,
}

/// An admin at work.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Admin {
    /// Who.
    pub user: UserId,
    /// Messages that it deleted.
    pub deleted: u32,
    /// People whom it put out.
    pub kicked: u32,
    /// People whom it restricted.
    pub banned: u32,
}

/// The last days of a supergroup; for its admins.
pub fn stats(view: &(impl View + ?Sized), me: UserId, id: ChannelId) -> Decided<Stats> {
    let it = before(view, id, me)?;
    if it.standing.admin().is_none() {
        return Err(Refusal::ChatAdminRequired.into());
    }
    if it.row.broadcast {
        return Err(Refusal::MegagroupRequired.into());
    }
    let until = view.now().secs();
    let since = until.saturating_sub(DAYS as u32 * DAY);
    let members = channel::counts(view, id)?.members;
    let mut stats = Stats { since, until, members, ..Stats::default() };
    count_messages(view, id, &mut stats)?;
    count_events(view, id, &mut stats)?;
    let net: i64 = stats.days.iter().map(|it| i64::from(it.came + it.invited) - i64::from(it.gone)).sum();
    stats.members_before = u32::try_from(i64::from(members) - net).unwrap_or(0);
    Ok(stats)
}

impl Stats {
    /// The place of a moment among the days.
    fn day(&mut self, date: u32) -> Option<&mut Day> {
        let at = date.checked_sub(self.since)? / DAY;
        // The present second is part of the last day.
        self.days.get_mut((at as usize).min(DAYS - 1))
    }
}

/// What a person wrote, while it is counted.
#[derive(Default)]
struct Written {
    messages: u32,
    measured: u32,
    chars: u32,
}

fn count_messages(view: &(impl View + ?Sized), id: ChannelId, stats: &mut Stats) -> Decided<()> {
    let log = LogId::Channel(id);
    let last = MessageId(updates::counters(view, log)?.last_message_id.saturating_add(1));
    let (start, mut end) = (mailbox_key(log, MessageId(1)), mailbox_key(log, last));
    let earliest = stats.since.saturating_sub(DAYS as u32 * DAY);
    let (mut now, mut then) = (BTreeMap::<UserId, Written>::new(), BTreeMap::<UserId, ()>::new());
    let mut seen = 0;
    'all: while seen < MESSAGES_MAX {
        let range = Range { start: start.clone(), end };
        let rows = list::<MailboxRow>(view, &range, Direction::Backward, STEP)?;
        let Some((key, _)) = rows.last() else { break };
        (end, seen) = (key.clone(), seen + rows.len());
        for (_, row) in rows {
            if row.date < earliest {
                break 'all;
            }
            if row.date < stats.since {
                stats.messages_before += 1;
                then.insert(row.from, ());
                continue;
            }
            let written = now.entry(row.from).or_default();
            let body = if written.measured < MEASURED_MAX { Some(open_body(view, log, &row)?) } else { None };
            if body.as_ref().is_some_and(|it| it.action.is_some()) {
                continue;
            }
            if let Some(body) = body {
                written.measured += 1;
                written.chars += u32::try_from(body.text.chars().count()).unwrap_or(u32::MAX);
            }
            written.messages += 1;
            stats.messages += 1;
            stats.hours[(row.date % DAY / 3600) as usize] += 1;
            // The first of January 1970 was a Thursday.
            stats.weekdays[((row.date / DAY + 3) % 7) as usize] += 1;
            stats.day(row.date).into_iter().for_each(|it| it.messages += 1);
        }
    }
    now.retain(|_, it| it.messages > 0);
    stats.posters = u32::try_from(now.len()).unwrap_or(u32::MAX);
    stats.posters_before = u32::try_from(then.len()).unwrap_or(u32::MAX);
    let poster =
        |(user, it): (UserId, Written)| Poster { user, messages: it.messages, chars: it.chars / it.measured.max(1) };
    stats.top_posters = top(now.into_iter().map(poster), |it| it.messages);
    Ok(())
}

fn count_events(view: &(impl View + ?Sized), id: ChannelId, stats: &mut Stats) -> Decided<()> {
    let (mut admins, mut inviters) = (BTreeMap::<UserId, Admin>::new(), BTreeMap::<UserId, u32>::new());
    log::each(view, id, EVENTS_MAX, |row: &EventRow| {
        let is = |kind: Kinds| u32::from(row.kinds & kind.0 != 0);
        if let Some(day) = stats.day(row.date) {
            day.came += is(Kinds::JOIN);
            day.invited += is(Kinds::INVITE);
            day.gone += is(Kinds::LEAVE) + is(Kinds::KICK);
        }
        let admin = admins.entry(row.by).or_default();
        admin.deleted += is(Kinds::DELETE);
        admin.kicked += is(Kinds::KICK);
        admin.banned += is(Kinds::BAN);
        *inviters.entry(row.by).or_default() += is(Kinds::INVITE);
    })?;
    let admins = admins.into_iter().map(|(user, it)| Admin { user, ..it });
    stats.top_admins = top(admins, |it| it.deleted + it.kicked + it.banned);
    stats.top_inviters = top(inviters.into_iter(), |it| it.1);
    Ok(())
}

/// The first few by a number that is not 0.
fn top<T>(all: impl Iterator<Item = T>, number: impl Fn(&T) -> u32) -> Vec<T> {
    let mut all: Vec<T> = all.filter(|it| number(it) > 0).collect();
    all.sort_by_key(|it| std::cmp::Reverse(number(it)));
    all.truncate(TOP_MAX);
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        Caller,
        groups::{create::CreateChannel, invite::InviteToChannel, joining::LeaveChannel},
        testing::{
            Hall,
            groups::{Happening, Happens},
        },
    };

    fn make(hall: &Hall, by: Caller, broadcast: bool) -> ChannelId {
        let (title, about) = ("G".to_owned(), String::new());
        hall.run(CreateChannel { by, title, about, broadcast, forum: false, ttl_period: 0 }).expect("made").0
    }

    #[test]
    fn a_weeks_messages_comings_and_goings_are_counted() {
        for hall in [Hall::new(), Hall::distant()] {
            let [alice, bob, carol] = [1, 2, 3].map(|n| hall.person(&format!("P{n}"), &format!("999662400{n}")));
            let id = make(&hall, alice, false);
            let post = |by: Caller, text: &str| {
                let what = Happens::Post { by: by.user, text: text.into(), mentions: Vec::new() };
                hall.run(Happening { channel: id, what }).expect("writes");
            };
            post(alice, "long ago");
            hall.pass(u64::from(DAY) * DAYS as u64 + 60);
            let users = vec![bob.user, carol.user];
            hall.run(InviteToChannel { by: alice, channel: id, users }).expect("the owner may");
            ["abcd", "ab"].iter().for_each(|text| post(bob, text));
            post(alice, "a");
            hall.pass(u64::from(DAY) + 3600);
            hall.run(LeaveChannel { by: carol, channel: id }).expect("a member may");
            let it = hall.ask(|view| stats(view, alice.user, id)).expect("the owner may");
            assert_eq!((it.members, it.members_before), (2, 1));
            assert_eq!((it.messages, it.posters, it.posters_before), (3, 2, 1));
            let poster = |by: Caller, messages, chars| Poster { user: by.user, messages, chars };
            assert_eq!(it.top_posters, [poster(bob, 2, 3), poster(alice, 1, 1)]);
            assert_eq!(it.top_inviters, [(alice.user, 2)]);
            let (day, last) = (it.days[DAYS - 2], it.days[DAYS - 1]);
            assert_eq!((day.messages, day.invited, last.gone), (3, 2, 1));
            assert_eq!((it.hours.iter().sum::<u32>(), it.weekdays.iter().sum::<u32>()), (3, 3));
        }
    }

    #[test]
    fn only_admins_of_a_supergroup_see_its_numbers() {
        let hall = Hall::new();
        let [alice, bob, carol] = [1, 2, 3].map(|n| hall.person(&format!("P{n}"), &format!("999662400{n}")));
        let (group, channel) = (make(&hall, alice, false), make(&hall, alice, true));
        hall.run(InviteToChannel { by: alice, channel: group, users: vec![bob.user] }).expect("the owner may");
        let ask = |by: Caller, id| hall.ask(|view| stats(view, by.user, id));
        assert_eq!(ask(bob, group), Err(Refusal::ChatAdminRequired));
        assert_eq!(ask(carol, group), Err(Refusal::ChannelPrivate));
        assert_eq!(ask(alice, channel), Err(Refusal::MegagroupRequired));
    }
}
