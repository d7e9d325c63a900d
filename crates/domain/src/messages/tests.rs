//! Two people talk, under every way a hall can be driven.

mod reactions;
mod saved;

use super::{
    delete::DeleteMessages,
    dialogs::{self, Offset},
    drafts::SaveDraft,
    edit::{EDIT_SECONDS, EditMessage},
    forward::ForwardMessages,
    history::{self, Part, Place},
    pins::TogglePin,
    read::ReadHistory,
    search::{Filter, Query, Wanted, search},
    send::{ReplyTo, SendMessage, Sent},
    settings::SetDefaultTtl,
};
use crate::{
    Caller, MessageId, Peer, Pts, Refusal,
    people::blocks::{Block, List},
    testing::Hall,
    updates::{
        Change, counters,
        difference::{Difference, difference},
    },
};

struct Talk {
    hall: Hall,
    alice: Caller,
    bob: Caller,
    random: std::cell::Cell<i64>,
}

fn talks() -> [Talk; 3] {
    [Hall::new(), Hall::distant(), Hall::with_outbox()].map(|hall| {
        let (alice, bob) = (hall.person("Alice", "9996621001"), hall.person("Bob", "9996621002"));
        Talk { hall, alice, bob, random: std::cell::Cell::new(0) }
    })
}

impl Talk {
    fn text(&self, by: Caller, to: Caller, text: &str) -> SendMessage {
        self.random.set(self.random.get() + 1);
        SendMessage {
            by,
            peer: Peer::User(to.user),
            text: text.into(),
            entities: Vec::new(),
            reply: None,
            random_id: self.random.get(),
            silent: false,
            noforwards: false,
            no_webpage: false,
            clear_draft: false,
            send_as: None,
            album: 0,
        }
    }

    fn send(&self, by: Caller, to: Caller, text: &str) -> Result<Sent, Refusal> {
        self.hall.run(self.text(by, to, text))
    }

    /// A chat as one side reads it, newest first.
    fn read(&self, me: Caller, other: Caller) -> String {
        let part = Part { limit: 100, ..Part::default() };
        let page = self
            .hall
            .ask(|view| history::page(view, me.user, Place::Chat(Peer::User(other.user)), part))
            .expect("reads");
        let line = |it: &super::SeenMessage| {
            let arrow = if it.row.out { ">" } else { "<" };
            let reply = it.reply_to.map(|id| format!(" re {}", id.0)).unwrap_or_default();
            let edited = if it.row.edit_date > 0 { " edited" } else { "" };
            format!("{}{arrow} {}{reply}{edited}", it.id.0, it.body.text)
        };
        page.messages.iter().map(line).collect::<Vec<_>>().join(" | ")
    }

    fn pts(&self, me: Caller) -> i32 {
        self.hall.ask(|view| counters(view, me.user)).expect("reads").pts.0
    }

    fn dialog(&self, me: Caller, other: Caller) -> super::DialogRow {
        self.hall.ask(|view| dialogs::dialog(view, me.user, Peer::User(other.user))).expect("reads")
    }
}

#[test]
fn both_sides_keep_a_copy_with_numbers_of_their_own() {
    for talk in talks() {
        let (alice, bob) = (talk.alice, talk.bob);
        assert_eq!((talk.pts(alice), talk.pts(bob)), (1, 1), "a new log stands at 1");
        talk.send(alice, alice, "note").unwrap();
        talk.send(alice, bob, "hello").unwrap();
        talk.send(bob, alice, "hi").unwrap();
        assert_eq!(talk.read(alice, bob), "3< hi | 2> hello");
        assert_eq!(talk.read(bob, alice), "2> hi | 1< hello");
        assert_eq!(talk.read(alice, alice), "1< note");
        assert_eq!(talk.pts(alice), 4);
        assert_eq!(talk.dialog(bob, alice).unread, 1, "who answers has not read by that alone");
        assert_eq!(talk.dialog(alice, bob).unread, 1);
    }
}

#[test]
fn the_same_random_id_sends_once() {
    for talk in talks() {
        let message = talk.text(talk.alice, talk.bob, "once");
        let first = talk.hall.run(message.clone()).unwrap();
        let again = talk.hall.run(message).unwrap();
        assert_eq!((again.message, again.entry), (first.message, None));
        assert_eq!(talk.read(talk.bob, talk.alice), "1< once");
        let unnamed = SendMessage { random_id: 0, ..talk.text(talk.alice, talk.bob, "x") };
        assert_eq!(talk.hall.run(unnamed).map(drop), Err(Refusal::RandomIdEmpty));
    }
}

#[test]
fn replies_edits_and_deletions_reach_the_other_copy() {
    for talk in talks() {
        let (alice, bob) = (talk.alice, talk.bob);
        talk.send(alice, alice, "shifts the numbers").unwrap();
        let sent = talk.send(alice, bob, "hello").unwrap();
        let reply = ReplyTo { message: MessageId(1), quote: Some(("hell".into(), Vec::new(), 0)), top: None };
        talk.hall.run(SendMessage { reply: Some(reply), ..talk.text(bob, alice, "hi") }).unwrap();
        assert_eq!(talk.read(alice, bob), "3< hi re 2 | 2> hello");
        let edit = |text: &str| EditMessage {
            by: alice,
            peer: Peer::User(bob.user),
            message: sent.message,
            text: text.into(),
            entities: Vec::new(),
            no_webpage: false,
        };
        assert_eq!(talk.hall.run(edit("hello")).map(drop), Err(Refusal::MessageNotModified));
        talk.hall.run(edit("hello, Bob")).unwrap();
        assert_eq!(talk.read(bob, alice), "2> hi re 1 | 1< hello, Bob edited");
        talk.hall.run(DeleteMessages { by: bob, messages: vec![MessageId(1)], revoke: true }).unwrap();
        assert_eq!(talk.read(alice, bob), "3< hi");
        assert_eq!(talk.hall.run(edit("too late")).map(drop), Err(Refusal::MessageIdInvalid));
    }
}

#[test]
fn only_the_author_edits_and_only_for_two_days() {
    let [talk, ..] = talks();
    talk.send(talk.alice, talk.bob, "hello").unwrap();
    let edit = |by: Caller, other: Caller| EditMessage {
        by,
        peer: Peer::User(other.user),
        message: MessageId(1),
        text: "changed".into(),
        entities: Vec::new(),
        no_webpage: false,
    };
    assert_eq!(talk.hall.run(edit(talk.bob, talk.alice)).map(drop), Err(Refusal::MessageAuthorRequired));
    talk.hall.pass(u64::from(EDIT_SECONDS) + 1);
    assert_eq!(talk.hall.run(edit(talk.alice, talk.bob)).map(drop), Err(Refusal::MessageEditTimeExpired));
}

#[test]
fn read_marks_travel_to_the_sender() {
    for talk in talks() {
        let (alice, bob) = (talk.alice, talk.bob);
        for text in ["one", "two", "three"] {
            talk.send(alice, bob, text).unwrap();
        }
        let read = |max| ReadHistory { by: bob, peer: Peer::User(alice.user), max_id: MessageId(max) };
        talk.hall.run(read(2)).unwrap();
        assert_eq!((talk.dialog(bob, alice).unread, talk.dialog(alice, bob).read_outbox), (1, MessageId(2)));
        assert_eq!(talk.hall.run(read(1)).unwrap(), None, "a mark never goes back");
        talk.hall.run(read(0)).unwrap();
        assert_eq!((talk.dialog(bob, alice).unread, talk.dialog(alice, bob).read_outbox), (0, MessageId(3)));
    }
}

#[test]
fn a_difference_is_what_was_missed_and_numbers_have_no_gap() {
    for talk in talks() {
        let (alice, bob) = (talk.alice, talk.bob);
        talk.send(alice, bob, "before").unwrap();
        let from = Pts(talk.pts(bob));
        for text in ["one", "two", "three"] {
            talk.send(alice, bob, text).unwrap();
        }
        talk.hall.run(DeleteMessages { by: alice, messages: vec![MessageId(2), MessageId(3)], revoke: true }).unwrap();
        let ask = |limit| talk.hall.ask(|view| difference(view, bob.user, from, u32::MAX, limit, None)).unwrap();
        let Difference::Entries { entries, pts, more: false } = ask(None) else { panic!("entries") };
        let mut at = from.0;
        for entry in &entries {
            at += entry.count;
            assert_eq!(entry.pts.0, at);
        }
        assert_eq!((at, pts), (talk.pts(bob), Pts(talk.pts(bob))));
        assert!(
            matches!(entries.last().map(|it| &it.change), Some(Change::DeleteMessages { messages }) if messages.len() == 2)
        );
        let Difference::Entries { entries, pts, more: true } = ask(Some(2)) else { panic!("a slice") };
        assert_eq!((entries.len(), pts), (2, Pts(from.0 + 2)));
        let now = |at| talk.hall.ask(|view| difference(view, bob.user, Pts(at), u32::MAX, None, None)).unwrap();
        assert_eq!(now(talk.pts(bob)), Difference::Empty);
        assert_eq!(now(talk.pts(bob) + 5), Difference::TooLong(Pts(talk.pts(bob))));
    }
}

#[test]
fn blocked_people_are_not_written_to_nor_write() {
    let [talk, ..] = talks();
    let (alice, bob) = (talk.alice, talk.bob);
    talk.hall.run(Block { by: bob, peer: Peer::User(alice.user), list: List::Main, blocked: true }).unwrap();
    assert_eq!(talk.send(alice, bob, "x").map(drop), Err(Refusal::UserIsBlocked));
    assert_eq!(talk.send(bob, alice, "x").map(drop), Err(Refusal::YouBlockedUser));
}

#[test]
fn protected_messages_are_not_forwarded_and_others_say_where_from() {
    for talk in talks() {
        let (alice, bob) = (talk.alice, talk.bob);
        talk.send(alice, bob, "open").unwrap();
        talk.hall.run(SendMessage { noforwards: true, ..talk.text(alice, bob, "closed") }).unwrap();
        let forward = |id, random| ForwardMessages {
            by: bob,
            from: Peer::User(alice.user),
            to: Peer::User(bob.user),
            messages: vec![MessageId(id)],
            random_ids: vec![random],
            drop_author: false,
            silent: false,
            noforwards: false,
            send_as: None,
            top: None,
        };
        assert_eq!(talk.hall.run(forward(2, 90)).map(drop), Err(Refusal::ChatForwardsRestricted));
        let sent = talk.hall.run(forward(1, 91)).unwrap();
        let seen = talk.hall.ask(|view| super::seen(view, bob.user, sent[0].message)).unwrap().unwrap();
        let origin = seen.origin.unwrap();
        assert_eq!((origin.row.from, origin.row.saved_peer), (Some(alice.user), Some(Peer::User(alice.user))));
    }
}

#[test]
fn dialogs_come_pinned_first_then_by_date() {
    let [talk, ..] = talks();
    let (alice, bob) = (talk.alice, talk.bob);
    let others: Vec<_> = (0..7).map(|n| talk.hall.person("X", &format!("99966220{n:02}"))).collect();
    for other in &others {
        talk.hall.pass(1);
        talk.send(alice, *other, "x").unwrap();
    }
    talk.hall.pass(1);
    talk.send(bob, alice, "newest").unwrap();
    let pin = |other: Caller| talk.hall.run(TogglePin { by: alice, peer: Peer::User(other.user), pinned: true });
    (0..5).for_each(|n| pin(others[n]).unwrap());
    assert_eq!(pin(others[5]), Err(Refusal::PinnedDialogsTooMuch));
    let page = |offset| talk.hall.ask(|view| dialogs::page(view, alice.user, Some(0), offset, false, 6)).unwrap();
    let first = page(Offset::default());
    let peers: Vec<_> = first.dialogs.iter().map(|(peer, _)| peer.user().unwrap()).collect();
    let expected: Vec<_> = [4, 3, 2, 1, 0].map(|n: usize| others[n].user).into_iter().chain([bob.user]).collect();
    assert_eq!((peers, first.count), (expected, 8));
    let (peer, row) = first.dialogs.last().unwrap();
    let rest = page(Offset { date: row.date, id: row.top, peer: Some(*peer) });
    let peers: Vec<_> = rest.dialogs.iter().map(|(peer, _)| peer.user().unwrap()).collect();
    assert_eq!(peers, [others[6].user, others[5].user]);
}

#[test]
fn a_draft_is_sealed_and_goes_when_the_message_is_sent() {
    for talk in talks() {
        let (alice, bob) = (talk.alice, talk.bob);
        let save = SaveDraft {
            top: None,
            by: alice,
            peer: Peer::User(bob.user),
            text: "attack at dawn".into(),
            entities: Vec::new(),
            reply_to: None,
            no_webpage: false,
        };
        talk.hall.run(save).unwrap();
        let row = talk.dialog(alice, bob);
        assert!(!row.draft.windows(6).any(|it| it == b"attack"));
        let draft = talk.hall.ask(|view| super::drafts::draft(view, alice.user, Peer::User(bob.user), &row)).unwrap();
        assert_eq!(draft.map(|it| it.text).as_deref(), Some("attack at dawn"));
        talk.hall.run(SendMessage { clear_draft: true, ..talk.text(alice, bob, "attack at dawn") }).unwrap();
        assert!(talk.dialog(alice, bob).draft.is_empty());
    }
}

#[test]
fn a_search_finds_words_by_their_beginning_and_nothing_else() {
    for talk in talks() {
        let (alice, bob) = (talk.alice, talk.bob);
        for text in ["Attack at dawn", "retreat at dusk, see https://example.org", "attack cancelled"] {
            talk.send(alice, bob, text).unwrap();
        }
        talk.send(alice, alice, "attack of my own").unwrap();
        let find = |wanted: Wanted| {
            let found = talk.hall.ask(|view| search(view, bob.user, &wanted)).unwrap();
            (found.count, found.messages.iter().map(|it| it.id.0).collect::<Vec<_>>())
        };
        let part = Part { limit: 10, ..Part::default() };
        let words = |it: &str| Query { words: it.into(), ..Query::default() };
        let query = |it: &str| Wanted { query: words(it), part, ..Wanted::default() };
        assert_eq!(find(query("ATTA")), (2, vec![3, 1]));
        assert_eq!(find(query("dawn attack")), (1, vec![1]));
        assert_eq!(find(query("tack")), (0, vec![]));
        assert_eq!(find(Wanted { part: Part { limit: 1, add_offset: 1, ..part }, ..query("at") }), (3, vec![2]));
        assert_eq!(find(Wanted { part: Part { offset_id: MessageId(3), ..part }, ..query("attack") }), (2, vec![1]));
        assert_eq!(find(Wanted { query: Query { from: Some(bob.user), ..words("attack") }, ..query("") }), (0, vec![]));
        let links = Query { filter: Filter::Links, peer: Some(Peer::User(alice.user)), ..Query::default() };
        assert_eq!(find(Wanted { query: links, ..query("") }), (1, vec![2]));
        let nothing = talk.hall.ask(|view| search(view, bob.user, &Wanted::default()));
        assert_eq!(nothing.map(drop), Err(Refusal::SearchQueryEmpty));
    }
}

#[test]
fn a_period_for_new_chats_is_set_before_the_first_message() {
    for talk in talks() {
        let (alice, bob) = (talk.alice, talk.bob);
        talk.send(bob, alice, "hello").unwrap();
        talk.hall.run(SetDefaultTtl { by: alice, period: 600 }).unwrap();
        talk.send(alice, bob, "hi").unwrap();
        talk.send(alice, bob, "again").unwrap();
        for (me, other) in [(alice, bob), (bob, alice)] {
            assert_eq!(talk.dialog(me, other).ttl_period, 600);
            let seen = |id| talk.hall.ask(|view| super::seen(view, me.user, MessageId(id))).unwrap().unwrap();
            let set = super::Action::TtlSet { period: 600, by_default_of: Some(alice.user) };
            assert_eq!(seen(2).body.action, Some(set));
            assert_eq!((seen(1).row.ttl_period, seen(3).row.ttl_period, seen(4).body.text.as_str()), (0, 600, "again"));
        }
        talk.hall.pass(601);
        crate::testing::ready(super::timers::run_due(&talk.hall.domain)).unwrap();
        assert_eq!((talk.read(alice, bob), talk.read(bob, alice)), ("1< hello".into(), "1> hello".into()));
    }
}

#[test]
fn each_message_keeps_the_moment_it_was_read() {
    let [talk, ..] = talks();
    let (alice, bob) = (talk.alice, talk.bob);
    let mut read = Vec::new();
    for id in 1..=3 {
        talk.send(alice, bob, "x").unwrap();
        talk.hall.pass(60);
        read.push(talk.hall.domain.now().secs());
        talk.hall.run(ReadHistory { by: bob, peer: Peer::User(alice.user), max_id: MessageId(id) }).unwrap();
    }
    let date = |id| talk.hall.ask(|view| super::read::read_date(view, alice.user, Peer::User(bob.user), MessageId(id)));
    assert_eq!([1, 2, 3].map(|id| date(id).unwrap()).to_vec(), read);
}
