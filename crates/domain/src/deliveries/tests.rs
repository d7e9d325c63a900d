//! The outbox under a scheduler that is not kind: parcels come late, twice, out of order, their hints are
//! lost, and owners die at every step. In the end it is as if each had come at once and once.

use std::collections::BTreeSet;

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha12Rng;
use store::Key;

use super::{ApplyParcel, pending};
use crate::{
    Caller, MessageId, Peer, Pts, Refusal,
    messages::{
        SeenMessage, delete::DeleteMessages, dialogs, edit::EditMessage, history, read::ReadHistory, send::SendMessage,
    },
    testing::{Crash, Hall},
    updates::{
        Change, counters,
        difference::{Difference, difference},
    },
};

/// Schedules that are tried, each from its own seed.
const SCHEDULES: u64 = 40;

/// Steps of a schedule: somebody does something, or a parcel moves.
const STEPS: usize = 120;

struct Post {
    seed: u64,
    rng: ChaCha12Rng,
    hall: Hall,
    people: [Caller; 3],
    /// Parcels seen so far, also those that were applied: any may come again.
    seen: Vec<Key>,
    random_id: i64,
    sent: BTreeSet<String>,
}

#[test]
fn parcels_that_come_late_twice_and_out_of_order_change_nothing() {
    (0..SCHEDULES).for_each(|seed| Post::new(seed).play(0));
}

#[test]
fn owners_that_die_at_any_step_lose_no_parcel_and_apply_none_twice() {
    (0..SCHEDULES).for_each(|seed| Post::new(seed).play(4));
}

#[test]
fn a_parcel_ahead_of_its_turn_waits_and_one_applied_is_not_applied_again() {
    let mut post = Post::new(0);
    let [alice, bob, _] = post.people;
    for text in ["one", "two"] {
        post.write(alice, bob, text.to_owned());
    }
    let keys = post.hall.ask(|view| pending(view)).expect("reads");
    let apply = |key: &Key| post.hall.run_alone(ApplyParcel { key: key.clone() }).expect("reads");
    assert!(!apply(&keys[1]), "its turn is after the first");
    assert!(post.texts(bob, alice).is_empty());
    assert!(apply(&keys[0]));
    assert!(!apply(&keys[0]), "once");
    assert!(apply(&keys[1]));
    assert_eq!(post.texts(bob, alice), ["one", "two"]);
    assert!(post.hall.ask(|view| pending(view)).expect("reads").is_empty());
}

impl Post {
    fn new(seed: u64) -> Self {
        let hall = Hall::with_outbox();
        let people = [("Alice", "9996621001"), ("Bob", "9996621002"), ("Carol", "9996621003")];
        let people = people.map(|(name, phone)| hall.person(name, phone));
        let rng = ChaCha12Rng::seed_from_u64(seed);
        Self { seed, rng, hall, people, seen: Vec::new(), random_id: 0, sent: BTreeSet::new() }
    }

    /// `crashes`: in how many of ten steps an owner dies.
    fn play(&mut self, crashes: u32) {
        for step in 0..STEPS {
            if self.rng.random_ratio(crashes, 10) {
                let when = if self.rng.random() { Crash::Before } else { Crash::After };
                self.hall.crash_next(Some(when));
            }
            // Half of the time nobody carries anything: the hint was lost.
            match self.rng.random_range(0..8) {
                0..4 => self.act(step),
                4..6 => self.carry(),
                _ => {}
            }
        }
        self.carry_all();
        self.compare();
    }

    /// Somebody does something to somebody's chat. Who gets no answer asks again, as clients do.
    fn act(&mut self, step: usize) {
        let from = self.rng.random_range(0..3);
        let (by, other) = (self.people[from], self.people[(from + self.rng.random_range(1..3)) % 3]);
        let chat = self.chat(by, other);
        let mine: Vec<_> = chat.iter().filter(|it| it.row.out).map(|it| it.id).collect();
        let any = |rng: &mut ChaCha12Rng, of: &[MessageId]| of.get(rng.random_range(0..of.len().max(1))).copied();
        match self.rng.random_range(0..10) {
            0..6 => self.write(by, other, format!("{step} by {from}")),
            6 => {
                let Some(message) = any(&mut self.rng, &mine) else { return };
                self.edit(by, other, message, format!("{step} edited by {from}"));
            }
            7 => {
                let all: Vec<_> = chat.iter().map(|it| it.id).collect();
                let Some(message) = any(&mut self.rng, &all) else { return };
                self.insist(|| DeleteMessages { by, messages: vec![message], revoke: true }).expect("allowed");
            }
            _ => {
                let peer = Peer::User(other.user);
                self.insist(|| ReadHistory { by, peer, max_id: MessageId(0) }).expect("allowed");
            }
        }
    }

    fn write(&mut self, by: Caller, other: Caller, text: String) {
        self.random_id += 1;
        let random_id = self.random_id;
        self.sent.insert(text.clone());
        let done = self.insist(|| SendMessage {
            by,
            peer: Peer::User(other.user),
            text: text.clone(),
            entities: Vec::new(),
            reply: None,
            random_id,
            silent: false,
            noforwards: false,
            no_webpage: false,
            clear_draft: false,
            send_as: None,
            album: 0,
        });
        done.expect("a friend is written to");
    }

    fn edit(&mut self, by: Caller, other: Caller, message: MessageId, text: String) {
        self.sent.insert(text.clone());
        let done = self.insist(|| EditMessage {
            by,
            peer: Peer::User(other.user),
            message,
            text: text.clone(),
            entities: Vec::new(),
            no_webpage: false,
        });
        // An edit that was stored by an owner who could not say so.
        assert!(matches!(done, Ok(_) | Err(Refusal::MessageNotModified)), "{:?}", done.err());
    }

    fn insist<C: crate::Command>(&mut self, command: impl Fn() -> C) -> Result<C::Reply, Refusal> {
        loop {
            match self.hall.run_alone(command()) {
                Err(Refusal::Unavailable) => {}
                answer => return answer,
            }
        }
    }

    /// Any parcel that was ever seen comes, whether it is its turn or not.
    fn carry(&mut self) {
        let fresh = self.hall.ask(|view| pending(view)).expect("reads");
        self.seen.extend(fresh.into_iter().filter(|it| !self.seen.contains(it)).collect::<Vec<_>>());
        for _ in 0..self.rng.random_range(0..6) {
            if self.seen.is_empty() {
                return;
            }
            let key = self.seen[self.rng.random_range(0..self.seen.len())].clone();
            // Whether the carrier learns of it or dies with the owner makes no difference.
            let _ = self.hall.run_alone(ApplyParcel { key });
        }
    }

    fn carry_all(&mut self) {
        self.hall.crash_next(None);
        self.hall.apply_parcels();
        for key in std::mem::take(&mut self.seen) {
            assert!(!self.hall.run_alone(ApplyParcel { key }).expect("reads"), "nothing is left to apply");
        }
    }

    fn chat(&self, me: Caller, other: Caller) -> Vec<SeenMessage> {
        let part = history::Part { limit: 100, ..history::Part::default() };
        self.hall
            .ask(|view| history::page(view, me.user, history::Place::Chat(Peer::User(other.user)), part))
            .expect("reads")
            .messages
    }

    /// Oldest first.
    fn texts(&self, me: Caller, other: Caller) -> Vec<String> {
        self.chat(me, other).into_iter().rev().map(|it| it.body.text).collect()
    }

    /// Both copies of every chat say the same, and every log tells each thing once.
    fn compare(&self) {
        for (at, me) in self.people.into_iter().enumerate() {
            for other in self.people.into_iter().skip(at + 1) {
                self.compare_chat(me, other);
            }
            self.compare_log(me);
        }
    }

    fn compare_chat(&self, me: Caller, other: Caller) {
        let seed = self.seed;
        let sides = [(me, other), (other, me)].map(|(me, other)| self.texts(me, other));
        let [mine, theirs] = sides.each_ref().map(|it| it.iter().collect::<BTreeSet<_>>());
        assert_eq!(mine, theirs, "seed {seed}");
        assert_eq!(mine.len(), sides[0].len(), "seed {seed}: a message is there once");
        assert!(mine.iter().all(|it| self.sent.contains(*it)), "seed {seed}");
        for (me, other) in [(me, other), (other, me)] {
            let written = |chat: Vec<SeenMessage>, out| {
                chat.into_iter().filter(|it| it.row.out == out).map(|it| it.body.text).collect::<Vec<_>>()
            };
            let (sent, received) = (written(self.chat(me, other), true), written(self.chat(other, me), false));
            assert_eq!(sent, received, "seed {seed}: what one writes comes in its order");
            let row = self.hall.ask(|view| dialogs::dialog(view, me.user, Peer::User(other.user))).expect("reads");
            let fresh = |it: &&SeenMessage| !it.row.out && it.id > row.read_inbox;
            let unread = self.chat(me, other).iter().filter(fresh).count();
            assert_eq!(row.unread as usize, unread, "seed {seed}");
        }
    }

    fn compare_log(&self, me: Caller) {
        let seed = self.seed;
        let (mut at, mut told) = (Pts(1), BTreeSet::new());
        let end = self.hall.ask(|view| counters(view, me.user)).expect("reads").pts;
        while at < end {
            let found = self.hall.ask(|view| difference(view, me.user, at, u32::MAX, None, None)).expect("reads");
            let Difference::Entries { entries, pts, .. } = found else { panic!("seed {seed}: {found:?}") };
            for entry in entries {
                at = Pts(at.0 + entry.count);
                assert_eq!(entry.pts, at, "seed {seed}: no number is left out");
                if let Change::NewMessage { message, .. } = entry.change {
                    assert!(told.insert(message), "seed {seed}: {message:?} was told twice");
                }
            }
            assert_eq!(pts, at, "seed {seed}");
        }
    }
}
