//! What happens in a broadcast channel, by the hour: one row an hour in which something did, kept for some months.
//! Source: core.telegram.org/api/stats.

use store::{Direction, Key, Range};

use crate::{
    groups::members::Coming,
    ids::{ChannelId, UserId},
    messages::{Reaction, counts::Source},
    record,
    spaces::CHANNEL_HOUR,
    turn::Turn,
    view::{Decided, Rows, View, list, load},
};

/// Seconds of an hour.
pub const HOUR: u32 = 3600;

/// Hours that are kept: ninety days.
pub const HOURS_KEPT: u32 = 90 * 24;

/// Old hours that go with each new one: more than come, so that what is kept shrinks to its bound.
const TRIMMED: usize = 4;

record! {
    /// An hour of a channel.
    pub struct HourRow {
        /// Came by the channel's public name.
        1 => by_name: u32,
        /// By an invite link.
        2 => by_link: u32,
        /// Were brought in.
        3 => invited: u32,
        /// Asked, and were let in.
        4 => by_request: u32,
        /// Left, or were removed.
        5 => left: u32,
        /// Views, by how people came to see a post.
        6 => by_followers: u32,
        7 => by_passers: u32,
        8 => in_groups: u32,
        9 => in_private: u32,
        /// Forwards.
        10 => shares: u32,
        /// Reactions, by what they say.
        11 => positive: u32,
        12 => negative: u32,
        13 => other: u32,
        /// Subscribers who muted the channel, or listen again.
        14 => muted: u32,
        15 => unmuted: u32,
    }
}

impl HourRow {
    /// Who came.
    pub fn came(&self) -> u32 {
        self.by_name + self.by_link + self.invited + self.by_request
    }

    /// Views, wherever.
    pub fn views(&self) -> u32 {
        self.by_followers + self.by_passers + self.in_groups + self.in_private
    }

    /// Reactions, whatever they say.
    pub fn reactions(&self) -> u32 {
        self.positive + self.negative + self.other
    }

    /// The number of views that came this way.
    pub(crate) fn source(&mut self, source: Source) -> &mut u32 {
        match source {
            Source::Followers => &mut self.by_followers,
            Source::Passers => &mut self.by_passers,
            Source::Groups => &mut self.in_groups,
            Source::Private => &mut self.in_private,
        }
    }

    /// The number of reactions that say as much.
    pub(crate) fn emotion(&mut self, emotion: Emotion) -> &mut u32 {
        match emotion {
            Emotion::Positive => &mut self.positive,
            Emotion::Negative => &mut self.negative,
            Emotion::Other => &mut self.other,
        }
    }

    /// Adds another hour to this one.
    pub fn add(&mut self, it: &Self) {
        for (sum, more) in [
            (&mut self.by_name, it.by_name),
            (&mut self.by_link, it.by_link),
            (&mut self.invited, it.invited),
            (&mut self.by_request, it.by_request),
            (&mut self.left, it.left),
            (&mut self.by_followers, it.by_followers),
            (&mut self.by_passers, it.by_passers),
            (&mut self.in_groups, it.in_groups),
            (&mut self.in_private, it.in_private),
            (&mut self.shares, it.shares),
            (&mut self.positive, it.positive),
            (&mut self.negative, it.negative),
            (&mut self.other, it.other),
            (&mut self.muted, it.muted),
            (&mut self.unmuted, it.unmuted),
        ] {
            *sum = sum.saturating_add(more);
        }
    }
}

/// What a reaction says, roughly.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Emotion {
    /// Likes it.
    Positive,
    /// Does not.
    Negative,
    /// Says something else.
    Other,
}

impl Emotion {
    /// That of a reaction.
    pub fn of(reaction: &Reaction) -> Self {
        const POSITIVE: [&str; 17] =
            ["👍", "❤", "❤️", "🔥", "🥰", "👏", "😁", "🎉", "🤩", "🙏", "👌", "💯", "🏆", "😍", "🤣", "⚡", "🤗"];
        const NEGATIVE: [&str; 14] =
            ["👎", "🤬", "😱", "😢", "🤮", "💩", "💔", "😭", "🖕", "😡", "🤡", "😨", "🥱", "😐"];
        let Reaction::Emoji { emoticon } = reaction;
        match emoticon.as_str() {
            it if POSITIVE.contains(&it) => Emotion::Positive,
            it if NEGATIVE.contains(&it) => Emotion::Negative,
            _ => Emotion::Other,
        }
    }
}

/// Counts something in the present hour.
pub(crate) fn count(turn: &mut Turn<'_>, channel: ChannelId, change: impl FnOnce(&mut HourRow)) -> Decided<()> {
    let hour = turn.now().secs() / HOUR;
    let key = hour_key(channel, hour);
    let old: Option<HourRow> = load(turn, &key)?;
    if old.is_none() {
        let past = Range { start: hour_key(channel, 0), end: hour_key(channel, hour.saturating_sub(HOURS_KEPT)) };
        let rows = turn.scan(&past, Direction::Forward, TRIMMED)?;
        rows.into_iter().for_each(|(key, _)| turn.delete(key));
    }
    let mut row = old.unwrap_or_default();
    change(&mut row);
    turn.put(key, &row);
    Ok(())
}

/// Counts somebody who came.
pub(in crate::groups) fn came(
    turn: &mut Turn<'_>,
    channel: ChannelId,
    by: UserId,
    user: UserId,
    how: Coming,
) -> Decided<()> {
    count(turn, channel, |hour| {
        let way = match () {
            () if how.via_request => &mut hour.by_request,
            () if by != user => &mut hour.invited,
            () if how.inviter == user => &mut hour.by_name,
            () => &mut hour.by_link,
        };
        *way += 1;
    })
}

/// The hours from one to another, the first included, in which something happened.
pub fn hours(view: &(impl View + ?Sized), channel: ChannelId, from: u32, to: u32) -> Decided<Vec<(u32, HourRow)>> {
    let range = Range { start: hour_key(channel, from), end: hour_key(channel, to) };
    let rows = list::<HourRow>(view, &range, Direction::Forward, HOURS_KEPT as usize + 1)?;
    Ok(rows.into_iter().map(|(key, row)| (number(&key), row)).collect())
}

fn number(key: &Key) -> u32 {
    key.suffix().last_chunk().map_or(0, |it| u32::from_be_bytes(*it))
}

fn hour_key(channel: ChannelId, hour: u32) -> Key {
    Key::of(CHANNEL_HOUR, channel.vshard().0).u64(channel.0).u32(hour).key()
}
