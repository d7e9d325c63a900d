//! What a session remembers of the client's messages: their ids, in order, and what became of
//! them. Source: core.telegram.org/mtproto/description, "Message Identifier (msg_id)";
//! core.telegram.org/mtproto/service_messages_about_messages, "Notice of Ignored Error Message".

use std::collections::VecDeque;
use std::time::Duration;

use crate::{MsgId, Time};

/// Ids remembered: at full speed a client fills this in seconds, at rest ids leave after
/// [`WINDOW_BACK`].
pub(super) const MAX_SEEN: usize = 1024;

/// How far a new message's id may lie back.
pub(super) const WINDOW_BACK: Duration = Duration::from_secs(300);

/// How far it may lie ahead.
pub(super) const WINDOW_AHEAD: Duration = Duration::from_secs(30);

/// Codes of `bad_msg_notification`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(i32)]
pub(super) enum Bad {
    IdTooLow = 16,
    IdTooHigh = 17,
    IdBits = 18,
    ContainerId = 19,
    TooOld = 20,
    SeqnoTooLow = 32,
    SeqnoTooHigh = 33,
    SeqnoOdd = 34,
    SeqnoEven = 35,
    /// `bad_server_salt`, which carries a salt besides.
    Salt = 48,
    Container = 64,
}

/// What became of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fate {
    Container,
    /// A service message: done on the spot, and done again when it comes again.
    Service,
    /// A request that has no answer yet.
    Running,
    /// Its answer waits to be sent or acknowledged.
    Answered,
    /// The client has its answer.
    Acked,
    /// The client wants no answer.
    Dropped,
    /// Its answer was forgotten before the client acknowledged it.
    Evicted,
}

#[derive(Clone, Copy)]
struct Seen {
    id: i64,
    seqno: i32,
    fate: Fate,
}

/// The messages seen, by id.
#[derive(Default)]
pub(super) struct Inbox {
    seen: VecDeque<Seen>,
    /// Nothing is known of this id and those below.
    floor: i64,
}

impl Inbox {
    pub(super) fn fate(&self, id: MsgId) -> Option<Fate> {
        self.find(id).ok().map(|at| self.seen[at].fate)
    }

    pub(super) fn set_fate(&mut self, id: MsgId, fate: Fate) {
        if let Ok(at) = self.find(id) {
            self.seen[at].fate = fate;
        }
    }

    fn find(&self, id: MsgId) -> Result<usize, usize> {
        // Most questions are about the newest.
        match self.seen.back() {
            Some(last) if last.id < id.0 => Err(self.seen.len()),
            _ => self.seen.binary_search_by_key(&id.0, |it| it.id),
        }
    }

    /// Whether the id of a message that stands alone or is a container lies in the window.
    pub(super) fn check_time(id: MsgId, now: Time) -> Result<(), Bad> {
        if !id.is_from_client() {
            Err(Bad::IdBits)
        } else if id.time() + WINDOW_BACK < now {
            Err(Bad::IdTooLow)
        } else if id.time() > now + WINDOW_AHEAD {
            Err(Bad::IdTooHigh)
        } else {
            Ok(())
        }
    }

    /// Remembers a message not seen before.
    pub(super) fn insert(&mut self, id: MsgId, seqno: i32, fate: Fate) -> Result<(), Bad> {
        let Err(at) = self.find(id) else {
            return Err(Bad::ContainerId);
        };
        if id.0 <= self.floor {
            return Err(Bad::TooOld);
        }
        let before = at.checked_sub(1).map(|at| self.seen[at].seqno);
        if before.is_some_and(|it| it > seqno || (it == seqno && it & 1 == 1)) {
            return Err(Bad::SeqnoTooLow);
        }
        let after = self.seen.get(at).map(|it| it.seqno);
        if after.is_some_and(|it| it < seqno || (it == seqno && it & 1 == 1)) {
            return Err(Bad::SeqnoTooHigh);
        }
        let seen = Seen { id: id.0, seqno, fate };
        self.seen.insert(at, seen);
        if self.seen.len() > MAX_SEEN
            && let Some(oldest) = self.seen.pop_front()
        {
            self.floor = oldest.id;
        }
        Ok(())
    }

    /// Forgets ids that the time window refuses anyhow, and whose answers nobody waits for.
    pub(super) fn prune(&mut self, now: Time) {
        while let Some(oldest) = self.seen.front() {
            let waits = matches!(oldest.fate, Fate::Running | Fate::Answered);
            if waits || MsgId(oldest.id).time() + WINDOW_BACK + WINDOW_AHEAD > now {
                break;
            }
            self.floor = oldest.id;
            self.seen.pop_front();
        }
        if self.seen.is_empty() {
            self.seen = VecDeque::new();
        } else if self.seen.capacity() > 2 * self.seen.len() + 8 {
            self.seen.shrink_to_fit();
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.seen.is_empty()
    }

    /// The byte of `msgs_state_info`.
    pub(super) fn state(&self, id: MsgId) -> u8 {
        const RECEIVED: u8 = 4;
        match self.fate(id) {
            Some(Fate::Running) => RECEIVED | 32,
            Some(Fate::Answered | Fate::Dropped | Fate::Evicted) => RECEIVED | 64,
            Some(Fate::Acked) => RECEIVED | 64 | 128,
            Some(Fate::Container) => RECEIVED | 16,
            Some(Fate::Service) => RECEIVED,
            None if id.0 <= self.floor => 1,
            None if self.seen.back().is_some_and(|last| id.0 < last.id) => 2,
            None => 3,
        }
    }

    /// Whether a request needs no waiting for: it is over, or nothing is known of it.
    pub(super) fn finished(&self, id: MsgId) -> bool {
        self.fate(id) != Some(Fate::Running)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(n: i64) -> MsgId {
        MsgId(n * 4)
    }

    #[test]
    fn sequence_numbers_follow_the_ids() {
        let mut inbox = Inbox::default();
        inbox.insert(id(10), 1, Fate::Running).unwrap();
        inbox.insert(id(30), 5, Fate::Running).unwrap();
        for (at, seqno, expected) in [
            (20, 1, Err(Bad::SeqnoTooLow)),
            (20, 0, Err(Bad::SeqnoTooLow)),
            (20, 5, Err(Bad::SeqnoTooHigh)),
            (20, 6, Err(Bad::SeqnoTooHigh)),
            (20, 2, Ok(())),
            (21, 2, Ok(())),
            (22, 3, Ok(())),
            (30, 7, Err(Bad::ContainerId)),
        ] {
            assert_eq!(inbox.insert(id(at), seqno, Fate::Service), expected, "{at} {seqno}");
        }
    }

    #[test]
    fn memory_is_bounded_and_what_is_forgotten_is_refused() {
        let mut inbox = Inbox::default();
        for n in 1..=2 * MAX_SEEN as i64 {
            inbox.insert(id(n), 2 * n as i32 + 1, Fate::Acked).unwrap();
        }
        assert_eq!(inbox.seen.len(), MAX_SEEN);
        assert_eq!(inbox.insert(id(5), 11, Fate::Running), Err(Bad::TooOld));
        assert_eq!(inbox.state(id(5)), 1);
    }

    #[test]
    fn old_ids_leave_once_nobody_waits_for_them() {
        let mut inbox = Inbox::default();
        let then = Time::from_secs(1_000_000);
        inbox.insert(MsgId::at(then), 1, Fate::Running).unwrap();
        let later = then + Duration::from_secs(1000);
        inbox.prune(later);
        assert!(!inbox.is_empty());
        inbox.set_fate(MsgId::at(then), Fate::Acked);
        inbox.prune(later);
        assert!(inbox.is_empty());
        assert!(inbox.seen.capacity() == 0);
    }
}
