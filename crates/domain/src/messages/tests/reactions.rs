//! Two people react to each other's messages.

use super::{Talk, talks};
use crate::{
    Caller, MessageId, Peer, Refusal,
    ids::LogId,
    messages::{
        self, Reaction,
        delete::DeleteMessages,
        edit::EditMessage,
        marks::{self, Mark, Part},
        reactions::{
            REACTIONS_MAX,
            habits::{self, ClearRecent, SetDefaultReaction},
            react::{React, listed},
            standard,
            tags::{self, NameTag},
            unread::{self, ReadContents, ReadReactions},
        },
    },
    people::blocks::{Block, List},
    updates::{Change, Event, LogEntry},
};

fn emoji(all: &str) -> Vec<Reaction> {
    all.split_whitespace().map(|it| standard::reaction(it).expect("of the set")).collect()
}

fn spelled(all: &[Reaction]) -> String {
    let each = all.iter().map(|it| match it {
        Reaction::Emoji { emoticon } => emoticon.as_str(),
    });
    each.collect::<Vec<_>>().join(" ")
}

impl Talk {
    fn reaction(&self, by: Caller, to: Caller, message: i32, all: &str) -> React {
        let (peer, message) = (Peer::User(to.user), MessageId(message));
        React { by, peer, message, reactions: emoji(all), big: false, add_to_recent: true }
    }

    fn react(&self, by: Caller, to: Caller, message: i32, all: &str) -> Result<LogEntry, Refusal> {
        self.hall.run(self.reaction(by, to, message, all))
    }

    /// The reactions to a message as its mailbox's owner sees them: own ones begin with `+`, unread ones with `!`.
    fn reactions(&self, me: Caller, message: i32) -> String {
        let seen = self.hall.ask(|view| messages::seen(view, me.user, MessageId(message))).unwrap().unwrap();
        let each = seen.reactions.iter().map(|it| {
            let mark = if it.who == me.user { "+" } else { "" };
            let unread = if it.unread { "!" } else { "" };
            format!("{mark}{unread}{}", spelled(&it.reactions))
        });
        each.collect::<Vec<_>>().join(" | ")
    }

    fn unread(&self, me: Caller, other: Caller) -> u32 {
        self.dialog(me, other).unread_reactions
    }
}

#[test]
fn a_reaction_stands_on_both_sides_and_is_unread_at_the_author() {
    for talk in talks() {
        let (alice, bob) = (talk.alice, talk.bob);
        talk.send(alice, alice, "shifts the numbers").unwrap();
        talk.send(alice, bob, "hello").unwrap();
        talk.hall.events();
        let entry = talk.react(bob, alice, 1, "👍").unwrap();
        assert_eq!(entry.change, Change::Reactions { peer: Peer::User(alice.user), message: MessageId(1) });
        assert_eq!((talk.reactions(bob, 1), talk.reactions(alice, 2)), ("+👍".into(), "!👍".into()));
        assert_eq!((talk.unread(alice, bob), talk.unread(bob, alice)), (1, 0));
        let told = talk.hall.events().into_iter().filter_map(|it| match it {
            Event::Logged {
                log: LogId::Mailbox(user),
                entry: LogEntry { change: Change::Reactions { message, .. }, .. },
                ..
            } => Some((user, message.0)),
            _ => None,
        });
        let mut told: Vec<_> = told.collect();
        told.sort_unstable();
        assert_eq!(told, [(alice.user, 2), (bob.user, 1)], "both sides' sessions are told, each by its own number");
        talk.hall.pass(1);
        talk.react(alice, bob, 2, "❤").unwrap();
        assert_eq!((talk.reactions(bob, 1), talk.reactions(alice, 2)), ("❤ | +👍".into(), "+❤ | !👍".into()));
        talk.react(bob, alice, 1, "").unwrap();
        assert_eq!((talk.reactions(bob, 1), talk.reactions(alice, 2)), ("❤".into(), "+❤".into()));
        assert_eq!(talk.unread(alice, bob), 0, "what was taken back needs no reading");
    }
}

#[test]
fn reactions_keep_their_order_up_to_the_limit_and_replace_the_ones_before() {
    for talk in talks() {
        let (alice, bob) = (talk.alice, talk.bob);
        talk.send(alice, bob, "hello").unwrap();
        assert_eq!(REACTIONS_MAX, 3);
        talk.react(bob, alice, 1, "🔥 👍 ❤").unwrap();
        assert_eq!(talk.reactions(alice, 1), "!🔥 👍 ❤");
        assert_eq!(talk.react(bob, alice, 1, "🔥 👍 ❤ 🎉").map(drop), Err(Refusal::ReactionsTooMany));
        assert_eq!(talk.react(bob, alice, 1, "🔥 👍 ❤").map(drop), Err(Refusal::MessageNotModified));
        talk.hall.run(React { big: true, ..talk.reaction(bob, alice, 1, "🔥 👍 ❤") }).unwrap();
        talk.react(bob, alice, 1, "👍 🔥").unwrap();
        assert_eq!(talk.reactions(alice, 1), "!👍 🔥");
        assert_eq!(talk.unread(alice, bob), 1, "a message counts once");
    }
}

#[test]
fn what_cannot_be_reacted_to_is_refused_by_name() {
    let [talk, ..] = talks();
    let (alice, bob) = (talk.alice, talk.bob);
    talk.send(alice, bob, "hello").unwrap();
    talk.send(alice, alice, "note").unwrap();
    assert_eq!(talk.react(bob, alice, 9, "👍").map(drop), Err(Refusal::MessageIdInvalid));
    assert_eq!(talk.react(bob, alice, -1, "👍").map(drop), Err(Refusal::MessageIdInvalid));
    assert_eq!(talk.react(alice, bob, 2, "👍").map(drop), Err(Refusal::MessageIdInvalid), "of another chat");
    assert_eq!(talk.react(bob, alice, 1, "").map(drop), Err(Refusal::MessageNotModified));
    let period = messages::settings::SetHistoryTtl { by: alice, peer: Peer::User(bob.user), period: 86_400 };
    talk.hall.run(period).unwrap();
    let service = talk.hall.ask(|view| super::dialogs::dialog(view, alice.user, Peer::User(bob.user))).unwrap().top.0;
    assert_eq!(talk.react(alice, bob, service, "👍").map(drop), Err(Refusal::MessageIdInvalid));
    talk.hall.run(Block { by: alice, peer: Peer::User(bob.user), list: List::Main, blocked: true }).unwrap();
    assert_eq!(talk.react(bob, alice, 1, "👍").map(drop), Err(Refusal::UserIsBlocked));
    assert_eq!(talk.react(alice, bob, 1, "👍").map(drop), Err(Refusal::YouBlockedUser));
}

#[test]
fn reading_clears_the_counter_and_tells_the_other_devices() {
    for talk in talks() {
        let (alice, bob) = (talk.alice, talk.bob);
        for text in ["one", "two", "three"] {
            talk.send(alice, bob, text).unwrap();
        }
        (1..=3).for_each(|it| drop(talk.react(bob, alice, it, "👍").unwrap()));
        let marked = |below| {
            let part = Part { offset_id: MessageId(below), limit: 2, ..Part::default() };
            let ask =
                |view: &dyn crate::View| marks::page(view, alice.user, Peer::User(bob.user), Mark::Reaction, part);
            talk.hall.ask(ask).unwrap().0.iter().map(|it| it.0).collect::<Vec<_>>()
        };
        assert_eq!((talk.unread(alice, bob), marked(0), marked(2)), (3, vec![3, 2], vec![1]));
        let before = talk.pts(alice);
        let opened = ReadContents { by: alice, messages: vec![MessageId(2), MessageId(77)] };
        let entry = talk.hall.run(opened).unwrap().expect("something was unread");
        assert_eq!(entry.change, Change::ReadContents { messages: vec![MessageId(2)], date: 0 });
        assert_eq!((entry.count, entry.pts.0, talk.unread(alice, bob)), (1, before + 1, 2));
        let read = || talk.hall.run(ReadReactions { by: alice, peer: Peer::User(bob.user), top: None }).unwrap();
        let step = read();
        assert_eq!((step.entry.map(|it| it.count), step.more, talk.unread(alice, bob)), (Some(2), false, 0));
        assert_eq!(read().entry, None, "nothing is left to read");
        assert_eq!(talk.reactions(alice, 1), "👍");
        talk.react(bob, alice, 1, "❤").unwrap();
        assert_eq!(talk.reactions(alice, 1), "!❤", "another choice is new again");
    }
}

#[test]
fn more_unread_reactions_than_a_step_are_read_in_steps() {
    let [talk, ..] = talks();
    let (alice, bob) = (talk.alice, talk.bob);
    for at in 1..=101 {
        talk.send(alice, bob, "x").unwrap();
        talk.react(bob, alice, at, "👍").unwrap();
    }
    let read = || talk.hall.run(ReadReactions { by: alice, peer: Peer::User(bob.user), top: None }).unwrap();
    let (first, second) = (read(), read());
    assert_eq!((first.entry.map(|it| it.count), first.more), (Some(100), true));
    assert_eq!((second.entry.map(|it| it.count), second.more), (Some(1), false));
}

#[test]
fn an_edit_keeps_reactions_a_forward_leaves_them_and_a_deletion_forgets_them() {
    for talk in talks() {
        let (alice, bob) = (talk.alice, talk.bob);
        talk.send(alice, bob, "hello").unwrap();
        talk.react(bob, alice, 1, "👍").unwrap();
        let edit = EditMessage {
            by: alice,
            peer: Peer::User(bob.user),
            message: MessageId(1),
            text: "hello, Bob".into(),
            entities: Vec::new(),
            no_webpage: false,
        };
        talk.hall.run(edit).unwrap();
        assert_eq!((talk.reactions(alice, 1), talk.reactions(bob, 1)), ("!👍".into(), "+👍".into()));
        let forward = messages::forward::ForwardMessages {
            by: alice,
            from: Peer::User(bob.user),
            to: Peer::User(bob.user),
            messages: vec![MessageId(1)],
            random_ids: vec![77],
            drop_author: false,
            silent: false,
            noforwards: false,
            send_as: None,
            top: None,
        };
        talk.hall.run(forward).unwrap();
        assert_eq!((talk.reactions(alice, 2), talk.reactions(bob, 2)), (String::new(), String::new()));
        talk.hall.run(DeleteMessages { by: bob, messages: vec![MessageId(1)], revoke: true }).unwrap();
        assert_eq!(talk.unread(alice, bob), 0);
        let left = talk.hall.ask(|view| unread::counted(view, alice.user, Peer::User(bob.user)));
        assert_eq!(left, Ok(0));
    }
}

#[test]
fn a_list_names_who_chose_what_and_tags_are_nobodys_affair() {
    let [talk, ..] = talks();
    let (alice, bob) = (talk.alice, talk.bob);
    talk.send(alice, bob, "hello").unwrap();
    talk.react(alice, bob, 1, "👍 ❤").unwrap();
    talk.hall.pass(1);
    talk.react(bob, alice, 1, "❤").unwrap();
    let list = |me: Caller, other: Caller, id, only: Option<Reaction>| {
        let asked = talk.hall.ask(|view| listed(view, me.user, Peer::User(other.user), MessageId(id), only.as_ref()));
        asked.map(|all| all.into_iter().map(|it| (it.who, spelled(&[it.reaction]))).collect::<Vec<_>>())
    };
    let (thumb, heart) = ("👍".to_owned(), "❤".to_owned());
    let all = vec![(bob.user, heart.clone()), (alice.user, thumb), (alice.user, heart.clone())];
    assert_eq!(list(bob, alice, 1, None), Ok(all));
    let hearts = vec![(bob.user, heart.clone()), (alice.user, heart)];
    assert_eq!(list(bob, alice, 1, emoji("❤").pop()), Ok(hearts));
    assert_eq!(list(bob, alice, 2, None), Err(Refusal::MsgIdInvalid));
    talk.send(alice, alice, "note").unwrap();
    assert_eq!(list(alice, alice, 2, None), Err(Refusal::BroadcastForbidden));
}

#[test]
fn habits_are_what_was_chosen_last_and_most() {
    for talk in talks() {
        let (alice, bob) = (talk.alice, talk.bob);
        for text in ["one", "two", "three"] {
            talk.send(alice, bob, text).unwrap();
        }
        talk.react(bob, alice, 1, "🗿").unwrap();
        talk.react(bob, alice, 2, "🗿 ❤").unwrap();
        talk.hall.run(React { add_to_recent: false, ..talk.reaction(bob, alice, 3, "💊") }).unwrap();
        let recent = || spelled(&talk.hall.ask(|view| habits::recent(view, bob.user)).unwrap());
        let top = || talk.hall.ask(|view| habits::top(view, bob.user)).unwrap();
        assert_eq!(recent(), "❤ 🗿");
        assert_eq!((spelled(&top()[..3]), top().len()), ("🗿 ❤ 💊".into(), 73));
        talk.hall.run(ClearRecent { by: bob }).unwrap();
        assert_eq!((recent(), spelled(&top()[..1])), (String::new(), "🗿".into()));
        talk.hall.events();
        talk.hall.run(ClearRecent { by: bob }).unwrap();
        assert_eq!(talk.hall.events(), [], "nothing changed");
        let default = |talk: &Talk| talk.hall.ask(|view| messages::default_reaction(view, bob.user)).unwrap();
        assert_eq!(default(&talk), "❤");
        let set = SetDefaultReaction { by: bob, reaction: emoji("🔥").remove(0) };
        talk.hall.run(set).unwrap();
        assert_eq!(default(&talk), "🔥");
        assert!(
            matches!(&talk.hall.events()[..], [Event::Logged { entry, .. }] if entry.change == Change::Config {}),
            "clients ask for their configuration again"
        );
    }
}

#[test]
fn tags_are_counted_named_and_sealed() {
    for talk in talks() {
        let alice = talk.alice;
        for text in ["one", "two"] {
            talk.send(alice, alice, text).unwrap();
        }
        talk.react(alice, alice, 1, "👍 ❤").unwrap();
        talk.react(alice, alice, 2, "👍").unwrap();
        assert_eq!(talk.unread(alice, alice), 0);
        let read = |part: Option<Peer>| {
            let all = talk.hall.ask(|view| tags::tags(view, alice.user, part)).unwrap();
            let one =
                |it: &tags::Tag| format!("{}{}{}", spelled(std::slice::from_ref(&it.reaction)), it.count, it.title);
            let mut all: Vec<_> = all.iter().map(one).collect();
            all.sort();
            all.join(" ")
        };
        let name = |tag: &str, title: &str| {
            let it = NameTag { by: alice, tag: emoji(tag).remove(0), title: title.into() };
            talk.hall.run(it).unwrap();
        };
        assert_eq!(read(None), "❤1 👍2");
        name("👍", " to be done soon ");
        name("🎉", "party");
        assert_eq!(read(None), "❤1 🎉0party 👍2to be done s");
        assert_eq!(read(Some(Peer::User(alice.user))), "❤1 👍2", "a part has no names");
        talk.hall.run(DeleteMessages { by: alice, messages: vec![MessageId(1)], revoke: false }).unwrap();
        name("🎉", "");
        assert_eq!(read(None), "👍1to be done s");
        assert_eq!(read(Some(Peer::User(alice.user))), "👍1");
    }
}

#[test]
fn no_row_tells_what_was_chosen() {
    let [talk, ..] = talks();
    let (alice, bob) = (talk.alice, talk.bob);
    talk.send(alice, bob, "hello").unwrap();
    talk.send(alice, alice, "note").unwrap();
    talk.react(bob, alice, 1, "👍").unwrap();
    talk.react(alice, alice, 2, "👍").unwrap();
    let thumb = "👍".as_bytes();
    for space in crate::spaces::ALL {
        for vshard in [alice.user.vshard().0, bob.user.vshard().0] {
            let all = store::Range::prefix(store::Key::of(*space, vshard).key());
            let rows = talk.hall.ask(|view| view.scan(&all, store::Direction::Forward, 1000)).unwrap();
            let told = rows.iter().any(|(_, row)| row.windows(thumb.len()).any(|it| it == thumb));
            assert!(!told, "{} tells a reaction", space.name);
        }
    }
}

/// Whatever two people do, in whatever order, counters are what the rows say.
#[test]
fn counters_of_unread_reactions_and_tags_never_drift() {
    for talk in talks() {
        let (alice, bob) = (talk.alice, talk.bob);
        let mut dice = 1_u64;
        let mut roll = |sides: u64| {
            dice = dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (dice >> 33) % sides
        };
        for _ in 0..400 {
            let (one, other) = if roll(2) == 0 { (alice, bob) } else { (bob, alice) };
            let to = if roll(4) == 0 { one } else { other };
            let id = roll(40) as i32 + 1;
            // What is refused changes nothing.
            match roll(8) {
                0 | 1 => drop(talk.send(one, to, "x")),
                2 | 3 => drop(talk.react(one, to, id, ["👍", "❤", "👍 ❤", ""][roll(4) as usize])),
                4 => drop(talk.react(one, to, id, "🎉")),
                5 => drop(talk.hall.run(ReadReactions { by: one, peer: Peer::User(to.user), top: None })),
                6 => drop(talk.hall.run(ReadContents { by: one, messages: vec![MessageId(id)] })),
                _ if roll(3) > 0 => {}
                _ => {
                    let revoke = roll(2) == 0;
                    drop(talk.hall.run(DeleteMessages { by: one, messages: vec![MessageId(id)], revoke }));
                }
            }
            for (me, with) in [(alice, bob), (bob, alice), (alice, alice), (bob, bob)] {
                let counted = talk.hall.ask(|view| unread::counted(view, me.user, Peer::User(with.user))).unwrap();
                assert_eq!(talk.unread(me, with), counted);
            }
        }
        for me in [alice, bob] {
            let sorted = |part| {
                let mut all = talk.hall.ask(|view| tags::tags(view, me.user, part)).unwrap();
                all.sort_by_key(|it| spelled(std::slice::from_ref(&it.reaction)));
                all
            };
            assert_eq!(sorted(None), sorted(Some(Peer::User(me.user))), "tags are what the messages have");
        }
    }
}
