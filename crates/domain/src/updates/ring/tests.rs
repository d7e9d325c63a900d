//! A ring tells what the log says, whoever asks from where, and costs the next one nothing.

use rand::{Rng, SeedableRng};

use super::*;
use crate::{
    MessageId, Peer, UserId,
    groups::{ChannelRow, MemberRow, access},
    testing::{
        Hall,
        counting::{Cost, Counting},
        groups::{Happening, Happens, Make, Place},
    },
    updates::{
        Change,
        channels::{Missed, Wanted, missed},
        difference::Difference,
    },
};

struct Log {
    hall: Hall,
    reader: UserId,
    channel: ChannelId,
}

impl Log {
    fn new() -> Self {
        let hall = Hall::new();
        let reader = hall.person("Alice", "9996621001").user;
        let row = ChannelRow { creator: reader, ..ChannelRow::default() };
        let channel = hall.run(Make { row, title: "Moths".into() }).expect("made");
        let row = MemberRow { joined: 1, ..MemberRow::default() };
        hall.run(Place { channel, user: reader, row }).expect("placed");
        Self { hall, reader, channel }
    }

    /// Something with so many places in the count.
    fn note(&self, count: i32) {
        let change = match count {
            0 => Change::Channel { channel: self.channel },
            _ => Change::DeleteMessages { messages: (0..count).map(MessageId).collect() },
        };
        self.hall.run(Happening { channel: self.channel, what: Happens::Note(change, count) }).expect("noted");
    }

    fn ask(&self, hall: &Hall, from: i32, limit: usize) -> (Missed, Cost) {
        let asked = hall.ask(|view| {
            let view = Counting::over(view);
            let access = access::reader(&view, self.channel, self.reader)?;
            let missed = missed(&view, &access, Pts(from), limit, &Wanted::default())?;
            Ok((missed, view.cost()))
        });
        asked.expect("readable")
    }

    /// What is told from the ring, which is what the log says.
    fn told(&self, from: i32, limit: usize) -> Missed {
        let (warm, cold) = (self.ask(&self.hall, from, limit).0, self.ask(&self.hall.cold(), from, limit).0);
        assert_eq!(warm, cold, "from {from}, at most {limit}");
        warm
    }
}

#[test]
fn whoever_asks_from_anywhere_is_told_what_the_log_says() {
    let log = Log::new();
    let mut rng = rand_chacha::ChaCha12Rng::seed_from_u64(7);
    let mut now = 1;
    for _ in 0..400 {
        let count = rng.random_range(0..3);
        log.note(count);
        now += count;
        for _ in 0..3 {
            log.told(rng.random_range(1..=now + 1), rng.random_range(1..=120));
        }
    }
}

#[test]
fn a_long_log_is_told_in_slices_from_its_beginning_to_its_end() {
    let log = Log::new();
    let entries = ENTRIES_MAX + 150;
    (0..entries).for_each(|_| log.note(1));
    let (mut pts, mut told) = (1, 0);
    loop {
        let Difference::Entries { entries, pts: next, more } = log.told(pts, 100).difference else { panic!("entries") };
        told += entries.len();
        pts = next.0;
        if !more {
            break;
        }
    }
    assert_eq!((told, pts), (entries, log.told(pts, 100).now.0));
    let kept = log.hall.domain.world().warm.logs.get(&log.channel, &log.hall.domain.world().warm.changes);
    assert!(kept.is_some_and(|it| it.entries.len() <= ENTRIES_MAX));
}

#[test]
fn a_second_reader_of_a_log_reads_nothing_but_its_own_place_in_the_channel() {
    let log = Log::new();
    (0..90).for_each(|_| log.note(1));
    log.told(1, 100);
    let (missed, cost) = log.ask(&log.hall, 5, 100);
    let Difference::Entries { entries, .. } = missed.difference else { panic!("entries") };
    assert_eq!((entries.len(), cost), (86, Cost { gets: 1, scans: 0, opened: 0 }));
    log.note(1);
    let (_, grown) = log.ask(&log.hall, 5, 100);
    assert_eq!((grown.gets, grown.scans, grown.opened), (2, 1, 0), "what is new, and where the log stands");
    assert_eq!(log.ask(&log.hall, 5, 100).1, cost);
}

#[test]
fn a_storm_of_state_hides_no_message() {
    let log = Log::new();
    log.note(1);
    (0..300).for_each(|_| log.note(0));
    log.note(1);
    for (from, told) in [(1, 2), (2, 1)] {
        let Difference::Entries { entries, pts, more } = log.told(from, 100).difference else { panic!("entries") };
        assert_eq!((entries.len(), pts, more), (told, Pts(3), false));
    }
}

#[test]
fn reactions_are_told_and_leave_nothing_in_the_log() {
    let log = Log::new();
    log.note(1);
    let rows = || log.hall.ask(|view| view.scan(&log_range(log.channel, Pts(1)), Direction::Forward, 9)).expect("read");
    let before = (rows(), log.hall.written());
    log.hall.events();
    let what = Happens::Note(Change::Reactions { peer: Peer::Channel(log.channel), message: MessageId(1) }, 0);
    log.hall.run(Happening { channel: log.channel, what }).expect("noted");
    assert_eq!((rows(), log.hall.written()), before);
    assert_eq!(log.hall.events().len(), 1);
}

#[test]
fn what_upkeep_may_have_removed_is_not_told_from_memory() {
    let log = Log::new();
    log.note(1);
    log.told(1, 100);
    log.hall.pass(u64::from(ENTRY_SECONDS) + 1);
    log.note(1);
    crate::testing::ready(crate::upkeep::tend(&log.hall.domain, log.channel.into())).expect("tended");
    assert_eq!(log.told(1, 100).difference, Difference::TooLong(Pts(3)));
    assert!(matches!(log.told(2, 100).difference, Difference::Entries { .. }));
}
