//! Saved Messages by where they came from.

use super::{Talk, talks};
use crate::{
    Caller, MessageId, Peer, Refusal, UserId,
    messages::{
        self,
        delete::{DeleteHistory, DeleteMessages},
        forward::ForwardMessages,
        history::{self, Part, Place},
        saved::{self, Offset, PINNED_MAX, ReorderSavedPins, ToggleSavedPin},
    },
    people::privacy::{self, Rule, SetPrivacy},
};

impl Talk {
    fn save(&self, by: Caller, from: Caller, message: i32) -> MessageId {
        self.random.set(self.random.get() + 1);
        let forward = ForwardMessages {
            by,
            from: Peer::User(from.user),
            to: Peer::User(by.user),
            messages: vec![MessageId(message)],
            random_ids: vec![self.random.get()],
            drop_author: false,
            silent: false,
            noforwards: false,
            send_as: None,
            top: None,
        };
        self.hall.run(forward).unwrap().remove(0).message
    }

    fn part(&self, me: Caller, origin: UserId) -> Vec<i32> {
        let (place, part) = (Place::Saved(Peer::User(origin)), Part { limit: 100, ..Part::default() });
        let page = self.hall.ask(|view| history::page(view, me.user, place, part)).unwrap();
        assert_eq!(page.count, page.messages.len());
        page.messages.iter().map(|it| it.id.0).collect()
    }

    fn parts(&self, me: Caller, exclude_pinned: bool) -> Vec<(UserId, i32, bool)> {
        let page = self.hall.ask(|view| saved::page(view, me.user, exclude_pinned, Offset::default(), 100)).unwrap();
        page.dialogs.iter().map(|it| (it.origin.user().unwrap(), it.top.0, it.pinned)).collect()
    }
}

#[test]
fn notes_forwards_and_hidden_authors_stand_apart() {
    for talk in talks() {
        let (alice, bob) = (talk.alice, talk.bob);
        let carol = talk.hall.person("Carol", "9996621003");
        let nobody = SetPrivacy { by: carol, key: privacy::Key::Forwards, rules: vec![Rule::DisallowAll {}] };
        talk.hall.run(nobody).unwrap();
        talk.send(bob, alice, "of Bob's").unwrap();
        talk.send(carol, alice, "of Carol's").unwrap();
        talk.send(alice, bob, "of mine to Bob").unwrap();
        let note = talk.send(alice, alice, "note").unwrap().message;
        talk.hall.pass(1);
        let (from_bob, from_carol) = (talk.save(alice, bob, 1), talk.save(alice, carol, 2));
        talk.hall.pass(1);
        let mine = talk.save(alice, bob, 3);
        assert_eq!(talk.part(alice, alice.user), [note.0]);
        assert_eq!(talk.part(alice, bob.user), [mine.0, from_bob.0], "what I wrote to Bob was saved from Bob's chat");
        assert_eq!(talk.part(alice, UserId::HIDDEN), [from_carol.0]);
        assert_eq!(talk.part(alice, carol.user), [0; 0], "nothing tells where it came from");
        let hidden = talk.hall.ask(|view| messages::seen(view, alice.user, from_carol)).unwrap().unwrap();
        assert_eq!(hidden.saved, Some(Peer::User(UserId::HIDDEN)));
        let origin = hidden.origin.unwrap();
        assert_eq!(
            (origin.row.from, origin.row.saved_peer, origin.hidden_name.as_deref()),
            (None, None, Some("Carol"))
        );
        let expected = [(bob.user, mine.0, false), (UserId::HIDDEN, from_carol.0, false), (alice.user, note.0, false)];
        assert_eq!(talk.parts(alice, false), expected);
        let elsewhere = talk.hall.ask(|view| messages::seen(view, alice.user, MessageId(1))).unwrap().unwrap();
        assert_eq!(elsewhere.saved, None);
    }
}

#[test]
fn a_deleted_message_leaves_its_part_and_the_last_one_ends_it() {
    for talk in talks() {
        let (alice, bob) = (talk.alice, talk.bob);
        talk.send(bob, alice, "one").unwrap();
        talk.send(bob, alice, "two").unwrap();
        let (one, two) = (talk.save(alice, bob, 1), talk.save(alice, bob, 2));
        let delete = |id| {
            talk.hall.run(DeleteMessages { by: alice, messages: vec![id], revoke: false }).unwrap();
        };
        delete(two);
        assert_eq!(
            (talk.part(alice, bob.user), talk.parts(alice, false)),
            (vec![one.0], vec![(bob.user, one.0, false)])
        );
        delete(one);
        assert_eq!((talk.part(alice, bob.user), talk.parts(alice, false)), (vec![], vec![]));
    }
}

#[test]
fn a_part_is_deleted_in_steps_and_the_others_stay() {
    let [talk, ..] = talks();
    let (alice, bob) = (talk.alice, talk.bob);
    let note = talk.send(alice, alice, "stays").unwrap().message;
    talk.send(bob, alice, "x").unwrap();
    for _ in 0..120 {
        talk.save(alice, bob, 2);
    }
    let clear = |max_id| DeleteHistory {
        by: alice,
        place: Place::Saved(Peer::User(bob.user)),
        max_id: MessageId(max_id),
        just_clear: true,
        revoke: false,
        min_date: 0,
        max_date: 0,
    };
    let step = |max_id| {
        let step = talk.hall.run(clear(max_id)).unwrap();
        (step.entry.map_or(0, |it| it.count), step.more)
    };
    assert_eq!(step(12), (10, false), "messages 3 to 12");
    // The largest number that there is, as TDLib sends it.
    assert_eq!((step(i32::MAX), step(i32::MAX), step(0)), ((100, true), (10, false), (0, false)));
    assert_eq!(talk.parts(alice, false), [(alice.user, note.0, false)]);
}

#[test]
fn pins_stand_first_in_their_order_and_are_few() {
    for talk in talks() {
        let alice = talk.alice;
        let mut people = Vec::new();
        for at in 0..=PINNED_MAX {
            let person = talk.hall.person("P", &format!("99966220{at:02}"));
            let sent = talk.send(person, alice, "x").unwrap();
            assert_eq!(sent.message, MessageId(1));
            let received = talk.dialog(alice, person).top;
            talk.hall.pass(1);
            talk.save(alice, person, received.0);
            people.push(person.user);
        }
        let pin =
            |origin: UserId, pinned| talk.hall.run(ToggleSavedPin { by: alice, origin: Peer::User(origin), pinned });
        assert_eq!(pin(UserId(5), true), Err(Refusal::PeerIdInvalid));
        people[..PINNED_MAX].iter().for_each(|it| pin(*it, true).unwrap());
        assert_eq!(pin(people[PINNED_MAX], true), Err(Refusal::PinnedDialogsTooMuch));
        let order = || talk.parts(alice, false).into_iter().map(|it| it.0).collect::<Vec<_>>();
        assert_eq!(order(), [4, 3, 2, 1, 0, 5].map(|at: usize| people[at]));
        assert_eq!(talk.parts(alice, true).len(), 1);
        let reorder = |all: &[usize], force| {
            let order = all.iter().map(|at| Peer::User(people[*at])).collect();
            talk.hall.run(ReorderSavedPins { by: alice, order, force })
        };
        reorder(&[1, 4], false).unwrap();
        assert_eq!(order(), [1, 4, 3, 2, 0, 5].map(|at: usize| people[at]));
        reorder(&[0], true).unwrap();
        assert_eq!(order(), [0, 5, 4, 3, 2, 1].map(|at: usize| people[at]));
        assert_eq!(reorder(&[0, 1, 2, 3, 4, 5], true), Err(Refusal::PinnedDialogsTooMuch));
        pin(people[0], false).unwrap();
        assert_eq!(order(), [5, 4, 3, 2, 1, 0].map(|at: usize| people[at]));
    }
}

#[test]
fn pages_of_parts_follow_each_other() {
    let [talk, ..] = talks();
    let alice = talk.alice;
    for at in 0..5 {
        let person = talk.hall.person("P", &format!("99966220{at:02}"));
        talk.send(person, alice, "x").unwrap();
        let received = talk.dialog(alice, person).top;
        talk.hall.pass(u64::from(at % 2 == 0));
        talk.save(alice, person, received.0);
    }
    let mut offset = Offset::default();
    let mut tops = Vec::new();
    loop {
        let page = talk.hall.ask(|view| saved::page(view, alice.user, true, offset, 2)).unwrap();
        assert_eq!(page.count, 5);
        tops.extend(page.dialogs.iter().map(|it| it.top.0));
        let Some(last) = page.dialogs.last().filter(|_| !page.last) else { break };
        offset = Offset { date: last.date, id: last.top };
    }
    assert_eq!(tops, [10, 8, 6, 4, 2]);
}
