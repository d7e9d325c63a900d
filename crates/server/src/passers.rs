//! Who passes by a public channel and hears it for a while after each question about its log. It is kept in memory
//! alone: after a restart, or when a client's last session has gone, the next question begins anew.
//! Source: core.telegram.org/api/updates, "Subscribing to updates of channels/supergroups".

use std::collections::{BTreeMap, BTreeSet};

use api::updates::channel::HEARD_SECONDS;
use domain::{ChannelId, Now, UserId};

/// Channels that one person hears in passing; with one more, that which would end first ends. Clients have one
/// open, and some windows more.
const CHANNELS_MAX: usize = 10;

/// Who hears what, and until when.
#[derive(Default)]
pub struct Passers {
    until: BTreeMap<(UserId, ChannelId), u64>,
    /// The same by the moment at which it ends, in milliseconds.
    ends: BTreeSet<(u64, UserId, ChannelId)>,
}

impl Passers {
    /// Somebody has asked about a channel; which other one it hears no longer, for want of room.
    pub fn pass(&mut self, now: Now, user: UserId, channel: ChannelId) -> Option<ChannelId> {
        self.forget(user, channel);
        let heard = || self.until.range((user, ChannelId(0))..=(user, ChannelId(u64::MAX)));
        let first = heard().min_by_key(|(_, until)| **until).map(|((_, it), _)| *it);
        let instead_of = first.filter(|_| heard().count() >= CHANNELS_MAX);
        if let Some(other) = instead_of {
            self.forget(user, other);
        }
        let until = now.ms.saturating_add(u64::from(HEARD_SECONDS) * 1000);
        self.until.insert((user, channel), until);
        self.ends.insert((until, user, channel));
        instead_of
    }

    /// Somebody joined, left or was put out; whether it heard the channel in passing.
    pub fn forget(&mut self, user: UserId, channel: ChannelId) -> bool {
        let until = self.until.remove(&(user, channel));
        until.is_some_and(|until| self.ends.remove(&(until, user, channel)))
    }

    /// The next whose time is over; to be asked again until there is none.
    pub fn poll_ended(&mut self, now: Now) -> Option<(UserId, ChannelId)> {
        let (_, user, channel) = *self.ends.first().filter(|(until, ..)| *until <= now.ms)?;
        self.forget(user, channel);
        Some((user, channel))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ME: UserId = UserId(1);

    fn at(second: u32) -> Now {
        Now { ms: u64::from(second) * 1000 }
    }

    #[test]
    fn who_goes_on_asking_goes_on_hearing() {
        let mut passers = Passers::default();
        let channel = ChannelId(5);
        passers.pass(at(0), ME, channel);
        passers.pass(at(6), ME, channel);
        assert_eq!(passers.poll_ended(at(HEARD_SECONDS)), None, "the second question counts");
        assert_eq!(passers.poll_ended(at(6 + HEARD_SECONDS)), Some((ME, channel)));
        assert_eq!(passers.poll_ended(at(600)), None);
        passers.pass(at(600), ME, channel);
        assert!(passers.forget(ME, channel) && !passers.forget(ME, channel));
        assert_eq!(passers.poll_ended(at(6000)), None);
    }

    #[test]
    fn one_person_hears_only_so_many_in_passing() {
        let mut passers = Passers::default();
        let others: Vec<_> = (1..=CHANNELS_MAX as u64).map(ChannelId).collect();
        for (second, it) in (0..).zip(&others) {
            assert_eq!(passers.pass(at(second), ME, *it), None);
            passers.pass(at(second), UserId(2), *it);
        }
        passers.pass(at(9), ME, others[0]);
        assert_eq!(passers.pass(at(9), ME, ChannelId(99)), Some(others[1]), "that which would end first");
        assert_eq!(passers.until.len(), 2 * CHANNELS_MAX);
        assert_eq!(passers.ends.len(), passers.until.len());
    }
}
