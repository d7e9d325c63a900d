//! The index against a plain look at every text, however messages come and go.

mod public;

use store::Kv;

use super::{index::IndexMailbox, *};
use crate::{
    Caller, MessageId, Peer,
    messages::{
        delete::{DeleteHistory, DeleteMessages},
        edit::EditMessage,
        history::{Part, Place},
        send::SendMessage,
    },
    testing::{Hall, ready},
};

struct Shelf {
    hall: Hall,
    alice: Caller,
    bob: Caller,
    sent: std::cell::Cell<i64>,
}

impl Shelf {
    fn new(hall: Hall) -> Self {
        let (alice, bob) = (hall.person("Alice", "9996621001"), hall.person("Bob", "9996621002"));
        Self { hall, alice, bob, sent: std::cell::Cell::new(0) }
    }

    fn send(&self, by: Caller, to: Caller, text: &str) -> MessageId {
        self.sent.set(self.sent.get() + 1);
        let send = SendMessage {
            by,
            peer: Peer::User(to.user),
            text: text.into(),
            entities: Vec::new(),
            reply: None,
            random_id: self.sent.get(),
            silent: false,
            noforwards: false,
            no_webpage: false,
            clear_draft: false,
            send_as: None,
            album: 0,
        };
        self.hall.run(send).expect("sends").message
    }

    /// Runs the job; whether it found enough to do.
    fn index(&self, of: Caller) -> bool {
        let mut any = false;
        while self.hall.run(IndexMailbox { log: of.user.into() }).expect("indexes") {
            any = true;
        }
        any
    }

    fn find(&self, of: Caller, peer: Option<Caller>, words: &str) -> Vec<i32> {
        let peer = peer.map(|it| Peer::User(it.user));
        let query = Query { words: words.into(), peer, ..Query::default() };
        self.hall
            .ask(|view| hits(view, of.user.into(), &query))
            .expect("searches")
            .into_iter()
            .map(|it| it.id.0)
            .collect()
    }

    /// Every stored byte.
    fn disk(&self) -> Vec<u8> {
        let snapshot = ready(self.hall.kv().snapshot()).expect("memory");
        let rows = snapshot.page(None, usize::MAX).expect("memory");
        rows.iter().flat_map(|(key, value)| [key.as_bytes(), value].concat()).collect()
    }
}

fn shelves() -> [Shelf; 3] {
    [Hall::new(), Hall::distant(), Hall::with_outbox()].map(Shelf::new)
}

const NAMES: [&str; 6] = ["Zephyr", "Quartz", "Obelisk", "Straße", "élan", "東京都"];

#[test]
fn old_and_new_messages_are_found_alike() {
    for it in shelves() {
        let (alice, bob) = (it.alice, it.bob);
        for n in 0..150 {
            it.send(alice, bob, &format!("{} number {n}", NAMES[n % 6]));
        }
        let before = it.find(bob, Some(alice), "zeph");
        assert_eq!(before.len(), 25);
        assert!(it.index(bob));
        assert!(!it.index(bob), "a rest too small for a step stays as it is");
        assert_eq!(it.find(bob, Some(alice), "zeph"), before);
        assert_eq!(it.find(bob, None, "ZEPHYR num"), before);
        assert_eq!(it.find(bob, None, "京都").len(), 25);
        assert_eq!(it.find(bob, None, "number 149 strasse"), Vec::<i32>::new());
        assert_eq!(it.find(bob, None, "number 147 strasse"), [148]);
        assert_eq!(it.find(bob, Some(bob), "zeph"), Vec::<i32>::new());
        let just = it.send(bob, alice, "a zephyr of a moment ago");
        assert_eq!(it.find(bob, None, "zeph")[0], just.0);
        assert_eq!(it.find(alice, None, "moment").len(), 1);
    }
}

#[test]
fn what_is_edited_or_deleted_leaves_the_index() {
    // Counting so many unread messages takes more rounds than a distant engine's commands have.
    for it in [Hall::new(), Hall::with_outbox()].map(Shelf::new) {
        let (alice, bob) = (it.alice, it.bob);
        let ids: Vec<_> = (0..130).map(|n| it.send(alice, bob, &format!("Quartz {n}"))).collect();
        it.index(alice);
        it.index(bob);
        let edit = EditMessage {
            by: alice,
            peer: Peer::User(bob.user),
            message: ids[10],
            text: "Obelisk https://example.org".into(),
            entities: Vec::new(),
            no_webpage: false,
        };
        it.hall.run(edit).unwrap();
        it.hall.run(DeleteMessages { by: alice, messages: vec![ids[3], ids[70], ids[129]], revoke: true }).unwrap();
        for (me, other) in [(alice, bob), (bob, alice)] {
            assert_eq!(it.find(me, Some(other), "quartz").len(), 126);
            assert_eq!(it.find(me, None, "obelisk").len(), 1);
            let links = [Filter::Links, Filter::All, Filter::Nothing];
            let counted =
                it.hall.ask(|view| counts(view, me.user, Place::Chat(Peer::User(other.user)), &links)).unwrap();
            assert_eq!(counted, [1, 127, 0]);
        }
        let clear = || DeleteHistory {
            by: bob,
            place: Place::Chat(Peer::User(alice.user)),
            max_id: MessageId(0),
            just_clear: false,
            revoke: false,
            min_date: 0,
            max_date: 0,
        };
        while it.hall.run(clear()).unwrap().more {}
        assert_eq!(it.find(bob, None, "quartz"), Vec::<i32>::new());
        assert_eq!(it.find(alice, None, "quartz").len(), 126);
        let left =
            ready(it.hall.kv().scan(&index::blocks(bob.user.into(), None), store::Direction::Forward, 10)).unwrap();
        assert_eq!(left.len(), 0, "no block outlives its messages");
    }
}

#[test]
fn messages_of_many_chats_are_indexed_in_steps() {
    let it = Shelf::new(Hall::new());
    let others: Vec<_> = (0..20).map(|n| it.hall.person("X", &format!("99966230{n:02}"))).collect();
    for round in 0..8 {
        for other in &others {
            it.send(it.alice, *other, &format!("round {round}"));
        }
    }
    assert!(it.index(it.alice));
    assert_eq!(it.find(it.alice, None, "round").len(), 160);
    for other in &others {
        assert_eq!(it.find(it.alice, Some(*other), "round 7").len(), 1);
    }
}

#[test]
fn words_are_nowhere_on_the_disk() {
    for it in shelves() {
        let (alice, bob) = (it.alice, it.bob);
        for n in 0..100 {
            it.send(alice, bob, &format!("{} {n}", NAMES[n % 6]));
        }
        it.index(alice);
        it.index(bob);
        assert_eq!(it.find(bob, None, "zephyr").len(), 17);
        let disk = it.disk();
        let folded = ["zephyr", "quartz", "obelisk", "strasse", "elan", "京都", "ephyr", "uartz"];
        for word in NAMES.into_iter().chain(folded) {
            assert!(!disk.windows(word.len()).any(|it| it == word.as_bytes()), "{word} is readable");
        }
    }
}

#[test]
fn pages_follow_offsets_as_histories_do() {
    let it = Shelf::new(Hall::new());
    let (alice, bob) = (it.alice, it.bob);
    for n in 0..100 {
        it.hall.pass(3600);
        it.send(alice, bob, if n % 2 == 0 { "even" } else { "odd" });
    }
    it.index(alice);
    let page = |part: Part| {
        let query = Query { words: "even".into(), peer: Some(Peer::User(bob.user)), ..Query::default() };
        let found =
            it.hall.ask(|view| search(view, alice.user, &Wanted { query: query.clone(), part, ..Wanted::default() }));
        let found = found.unwrap();
        (found.count, found.before, found.more, found.messages.iter().map(|it| it.id.0).collect::<Vec<_>>())
    };
    let part = |offset, add_offset, limit| Part { offset_id: MessageId(offset), add_offset, limit, ..Part::default() };
    assert_eq!(page(part(0, 0, 3)), (50, 0, true, vec![99, 97, 95]));
    assert_eq!(page(part(95, 0, 3)), (50, 3, true, vec![93, 91, 89]));
    assert_eq!(page(part(95, -2, 3)), (50, 1, true, vec![97, 95, 93]));
    assert_eq!(page(part(99, -2, 3)), (50, 0, true, vec![99, 97]));
    assert_eq!(page(part(0, 48, 3)), (50, 48, false, vec![3, 1]));
    let between = Part { max_id: MessageId(9), min_id: MessageId(3), limit: 100, ..Part::default() };
    assert_eq!(page(between).3, [7, 5]);
}

#[test]
fn a_calendar_and_a_scroll_bar_know_every_result() {
    let it = Shelf::new(Hall::new());
    let (alice, bob) = (it.alice, it.bob);
    for _ in 0..80 {
        it.send(alice, bob, "see https://example.org");
        it.hall.pass(6 * 3600);
    }
    it.index(alice);
    let peer = Peer::User(bob.user);
    let ask =
        |offset| it.hall.ask(|view| calendar(view, alice.user, Place::Chat(peer), Filter::Links, offset)).unwrap();
    let (days, count, before, oldest) = ask((MessageId(0), 0));
    assert_eq!((days.len(), count, before, oldest.map(|it| it.id)), (20, 80, 0, Some(MessageId(1))));
    assert_eq!((days[0].first, days[0].last, days[0].count), (MessageId(77), MessageId(80), 4));
    let (days, _, before, _) = ask((MessageId(77), 0));
    assert_eq!((days.len(), before, days[0].last), (19, 4, MessageId(76)));
    let (places, count) =
        it.hall.ask(|view| positions(view, alice.user, Place::Chat(peer), Filter::Links, MessageId(0), 8)).unwrap();
    assert_eq!((places.len(), count), (8, 80));
    assert_eq!(places.iter().map(|(hit, at)| (hit.id.0, *at)).take(2).collect::<Vec<_>>(), [(80, 0), (70, 10)]);
}

#[test]
fn an_index_costs_few_bytes_and_fewer_rows() {
    let it = Shelf::new(Hall::new());
    const TEXT: &str = "The stations stand on hills and towers two or three leagues apart and each repeats what \
        the one before it shows so that a sentence crosses the country in a quarter of an hour while a rider \
        needs the better part of a day provided that no fog lies on the valleys of the river between them";
    let words: Vec<_> = TEXT.split(' ').collect();
    const SENT: usize = 512;
    for n in 0..SENT {
        let from = n * 7 % 40;
        it.send(it.alice, it.bob, &format!("{} {n}", words[from..from + 9].join(" ")));
    }
    it.index(it.alice);
    let range = index::blocks(it.alice.user.into(), None);
    let rows = ready(it.hall.kv().scan(&range, store::Direction::Forward, SENT)).unwrap();
    let bytes: usize = rows.iter().map(|(key, value)| key.as_bytes().len() + value.len()).sum();
    assert_eq!(rows.len(), SENT / index::STEP);
    assert!(bytes / SENT < 32, "{} bytes a message of ten words", bytes / SENT);
}
