//! Queues, under every way a hall can be driven.

use super::*;
use crate::{
    Caller, MessageId, Peer, Refusal,
    messages::{
        history::{self as chat, Part, Place},
        send::{SendMessage, Sent},
        timers,
    },
    people::{blocks, presence::UpdateStatus, privacy},
    testing::{Hall, ready},
    updates::{Change, Event},
};

struct Queues {
    hall: Hall,
    alice: Caller,
    bob: Caller,
}

fn halls() -> [Queues; 3] {
    [Hall::new(), Hall::distant(), Hall::with_outbox()].map(|hall| {
        let (alice, bob) = (hall.person("Alice", "9996621001"), hall.person("Bob", "9996621002"));
        Queues { hall, alice, bob }
    })
}

impl Queues {
    fn now(&self) -> u32 {
        self.hall.domain.now().secs()
    }

    fn later(&self, by: Caller, to: Caller, text: &str, at: Schedule) -> Result<Sent, Refusal> {
        let random_id = i64::from(text.bytes().fold(17_u32, |sum, it| sum.wrapping_mul(31) + u32::from(it)));
        let send = SendMessage {
            by,
            peer: Peer::User(to.user),
            text: text.into(),
            entities: Vec::new(),
            reply: None,
            random_id,
            silent: false,
            noforwards: false,
            no_webpage: false,
            clear_draft: false,
            send_as: None,
            album: 0,
        };
        self.hall.run(SendLater { send, media: super::super::Media::None, at })
    }

    fn at(&self, seconds: u32) -> Schedule {
        Schedule { date: self.now() + seconds, repeat: 0 }
    }

    fn tick(&self, seconds: u32) {
        self.hall.pass(u64::from(seconds));
        ready(timers::run_due(&self.hall.domain)).expect("timers run");
        self.hall.apply_parcels();
    }

    fn queue(&self, by: Caller, to: Caller) -> Vec<(i32, String)> {
        let all = self.hall.ask(|view| history(view, by.user, Peer::User(to.user))).unwrap();
        all.into_iter().map(|it| (it.message.id.0, it.message.body.text)).collect()
    }

    fn read(&self, me: Caller, other: Caller) -> Vec<String> {
        let part = Part { limit: 100, ..Part::default() };
        let page = self.hall.ask(|view| chat::page(view, me.user, Place::Chat(Peer::User(other.user)), part)).unwrap();
        let line = |it: &crate::messages::SeenMessage| {
            format!("{}{}", it.body.text, if it.row.from_scheduled { " (scheduled)" } else { "" })
        };
        page.messages.iter().map(line).collect()
    }

    fn changes(&self, of: Caller) -> Vec<Change> {
        let mine = |event| match event {
            Event::Logged { log, entry, .. } if log == of.user.into() => Some(entry.change),
            _ => None,
        };
        self.hall.events().into_iter().filter_map(mine).collect()
    }
}

#[test]
fn a_message_is_sent_when_it_is_due_and_once() {
    for it in halls() {
        let (alice, bob) = (it.alice, it.bob);
        let sent = it.later(alice, bob, "in a minute", it.at(60)).unwrap();
        assert_eq!((sent.message, sent.entry.is_some()), (MessageId(1), true));
        assert_eq!(it.later(alice, bob, "in a minute", it.at(60)).unwrap(), Sent { entry: None, ..sent });
        assert_eq!(it.queue(alice, bob), [(1, "in a minute".to_owned())]);
        assert_eq!(it.queue(bob, alice), []);
        it.tick(59);
        assert_eq!(it.read(bob, alice), Vec::<String>::new());
        it.hall.events();
        it.tick(1);
        it.tick(0);
        assert_eq!(it.read(bob, alice), ["in a minute (scheduled)"]);
        assert_eq!(it.read(alice, bob), ["in a minute (scheduled)"]);
        assert_eq!(it.queue(alice, bob), []);
        let (peer, messages, sent) = (Peer::User(bob.user), vec![MessageId(1)], vec![MessageId(1)]);
        let told = it.changes(alice);
        assert!(told.contains(&Change::DeleteScheduled { peer, messages, sent }), "{told:?}");
    }
}

#[test]
fn what_is_nearly_due_is_sent_at_once() {
    let [it, ..] = halls();
    it.later(it.alice, it.bob, "soon", it.at(SOON_SECONDS - 1)).unwrap();
    it.later(it.alice, it.bob, "past", Schedule { date: 1, repeat: 0 }).unwrap();
    assert_eq!(it.read(it.bob, it.alice), ["past", "soon"]);
}

#[test]
fn a_queue_ends_at_a_hundred_messages_and_a_year() {
    let [it, ..] = halls();
    for n in 0..QUEUE_MAX {
        it.later(it.alice, it.bob, &format!("text {n}"), it.at(3600)).unwrap();
    }
    let full = it.later(it.alice, it.bob, "one more", it.at(3600));
    assert_eq!(full, Err(Refusal::ScheduleTooMuch));
    it.later(it.alice, it.alice, "another queue", it.at(3600)).unwrap();
    assert_eq!(it.later(it.bob, it.alice, "x", it.at(AHEAD_SECONDS + 1)), Err(Refusal::ScheduleDateTooLate));
    assert_eq!(it.later(it.bob, it.alice, "y", Schedule { date: 0, repeat: 0 }), Err(Refusal::ScheduleDateInvalid));
    let odd = Schedule { repeat: 7, ..it.at(60) };
    assert_eq!(it.later(it.bob, it.alice, "z", odd), Err(Refusal::ScheduleDateInvalid));
}

#[test]
fn a_message_waits_until_the_other_side_is_there() {
    for it in halls() {
        let (alice, bob) = (it.alice, it.bob);
        let online = Schedule { date: WHEN_ONLINE, repeat: 0 };
        it.later(alice, bob, "when you are there", online).unwrap();
        it.tick(10_000);
        assert_eq!(it.read(bob, alice), Vec::<String>::new());
        it.hall.run(UpdateStatus { by: bob, offline: false }).unwrap();
        it.tick(0);
        assert_eq!(it.read(bob, alice), ["when you are there (scheduled)"]);
        it.later(alice, bob, "you are there", online).unwrap();
        assert_eq!(it.read(bob, alice)[0], "you are there");
        it.hall
            .run(privacy::SetPrivacy { by: bob, key: privacy::Key::Status, rules: vec![privacy::Rule::DisallowAll {}] })
            .unwrap();
        assert_eq!(it.later(alice, bob, "hidden", online), Err(Refusal::ScheduleStatusPrivate));
        assert_eq!(it.later(alice, alice, "myself", online), Err(Refusal::ScheduleDateInvalid));
    }
}

#[test]
fn a_queue_is_changed_sent_and_emptied_by_its_writer() {
    for it in halls() {
        let (alice, bob) = (it.alice, it.bob);
        let peer = Peer::User(bob.user);
        for text in ["one", "two", "three"] {
            it.later(alice, bob, text, it.at(60)).unwrap();
        }
        let edit = |text: Option<&str>, seconds| EditScheduled {
            media: None,
            by: alice,
            peer,
            message: MessageId(2),
            text: text.map(|it| (it.to_owned(), Vec::new(), false)),
            at: it.at(seconds),
        };
        assert_eq!(it.hall.run(edit(Some("two"), 60)).map(drop), Err(Refusal::MessageNotModified));
        it.hall.run(edit(Some("second"), 120)).unwrap();
        it.hall.run(edit(None, 180)).unwrap();
        it.hall.run(DeleteScheduled { by: alice, peer, messages: vec![MessageId(1), MessageId(9)] }).unwrap();
        let send = |id| SendScheduled { by: alice, peer, messages: vec![MessageId(id)] };
        assert_eq!(it.hall.run(send(1)).map(drop), Err(Refusal::MessageIdInvalid));
        assert_eq!(it.hall.run(send(3)).unwrap().len(), 2);
        assert_eq!(it.read(bob, alice), ["three (scheduled)"]);
        it.tick(61);
        assert_eq!(it.queue(alice, bob), [(2, "second".to_owned())]);
        it.tick(120);
        assert_eq!(it.read(bob, alice), ["second (scheduled)", "three (scheduled)"]);
    }
}

#[test]
fn what_repeats_is_queued_again() {
    let [it, ..] = halls();
    let daily = Schedule { repeat: REPEAT_PERIODS[0], ..it.at(60) };
    it.later(it.alice, it.alice, "water the plants", daily).unwrap();
    let queued = it.hall.ask(|view| history(view, it.alice.user, Peer::User(it.alice.user))).unwrap();
    assert!(queued[0].message.row.out, "also where sent notes are not");
    it.tick(60);
    it.tick(REPEAT_PERIODS[0]);
    assert_eq!(it.read(it.alice, it.alice).len(), 2);
    assert_eq!(it.queue(it.alice, it.alice), [(3, "water the plants".to_owned())]);
}

#[test]
fn who_was_blocked_meanwhile_reaches_nobody() {
    let [it, ..] = halls();
    it.later(it.alice, it.bob, "later", it.at(60)).unwrap();
    let block = blocks::Block { by: it.bob, peer: Peer::User(it.alice.user), list: blocks::List::Main, blocked: true };
    it.hall.run(block).unwrap();
    it.tick(60);
    assert_eq!((it.read(it.bob, it.alice), it.queue(it.alice, it.bob)), (vec![], vec![]));
}
