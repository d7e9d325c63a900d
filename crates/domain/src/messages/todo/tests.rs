//! Two people keep a checklist in their chat.

use super::{AppendTodo, NewTodo, SeenTodo, TASK_LENGTH_MAX, TASKS_MAX, TITLE_MAX, ToggleTodo};
use crate::{
    Caller, MessageId, Peer, Refusal,
    messages::{
        self, Media, SeenMedia, forward::ForwardMessages, media::SendMedia, polls::Styled, rows::Action,
        send::SendMessage,
    },
    testing::Hall,
    updates::Change,
};

struct Pair {
    hall: Hall,
    ann: Caller,
    ben: Caller,
}

fn pairs() -> [Pair; 3] {
    [Hall::new(), Hall::distant(), Hall::with_outbox()].map(|hall| {
        let (ann, ben) = (hall.person("Ann", "9996621001"), hall.person("Ben", "9996621002"));
        Pair { hall, ann, ben }
    })
}

fn text(it: &str) -> Styled {
    Styled { text: it.into(), ..Styled::default() }
}

fn list(tasks: &[(i32, &str)]) -> NewTodo {
    let tasks = tasks.iter().map(|(id, it)| (*id, text(it))).collect();
    NewTodo { title: text("Shopping"), tasks, ..NewTodo::default() }
}

impl Pair {
    fn send(&self, todo: NewTodo) -> Result<MessageId, Refusal> {
        let random_id = self.hall.domain.now().ms as i64;
        self.hall.pass(1);
        let send = SendMessage {
            by: self.ann,
            peer: Peer::User(self.ben.user),
            text: String::new(),
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
        self.hall.run(SendMedia { send, media: Media::Todo(todo) }).map(|it| it.message)
    }

    fn other(&self, me: Caller) -> Peer {
        Peer::User(if me.user == self.ann.user { self.ben.user } else { self.ann.user })
    }

    fn toggle(&self, by: Caller, message: i32, done: &[i32], undone: &[i32]) -> Result<(), Refusal> {
        let (done, undone, peer) = (done.to_vec(), undone.to_vec(), self.other(by));
        self.hall.run(ToggleTodo { by, peer, message: MessageId(message), done, undone }).map(drop)
    }

    fn append(&self, by: Caller, message: i32, tasks: &[(i32, &str)]) -> Result<(), Refusal> {
        let tasks = tasks.iter().map(|(id, it)| (*id, text(it))).collect();
        self.hall.run(AppendTodo { by, peer: self.other(by), message: MessageId(message), tasks }).map(drop)
    }

    fn list(&self, me: Caller, message: i32) -> SeenTodo {
        let seen = self.hall.ask(|view| messages::seen(view, me.user, MessageId(message))).unwrap();
        match seen.and_then(|it| it.media) {
            Some(SeenMedia::Todo(it)) => it,
            other => panic!("a list, not {other:?}"),
        }
    }

    /// The tasks as one side sees them, `+` for what is done.
    fn shown(&self, me: Caller, message: i32) -> String {
        let it = self.list(me, message);
        let mark = |id: u32| if it.done.iter().any(|it| it.task == id) { "+" } else { "" };
        let task = |one: &super::TodoTask| format!("{}{}", mark(one.id), one.title.text);
        it.body.tasks.iter().map(task).collect::<Vec<_>>().join(", ")
    }
}

#[test]
fn both_sides_see_what_is_done_and_what_happened() {
    for pair in pairs() {
        let (ann, ben) = (pair.ann, pair.ben);
        pair.send(NewTodo { others_complete: true, ..list(&[(1, "milk"), (2, "bread")]) }).unwrap();
        pair.toggle(ben, 1, &[2], &[]).unwrap();
        assert_eq!((pair.shown(ann, 1), pair.shown(ben, 1)), ("milk, +bread".into(), "milk, +bread".into()));
        assert_eq!(pair.list(ann, 1).done[0].by, ben.user);
        let told = pair.hall.ask(|view| messages::seen(view, ann.user, MessageId(2))).unwrap().unwrap();
        assert_eq!(told.body.action, Some(Action::TodoCompletions { done: vec![2], undone: Vec::new() }));
        assert_eq!(told.reply_to, Some(MessageId(1)));
        pair.toggle(ann, 1, &[1], &[2]).unwrap();
        assert_eq!(pair.shown(ben, 1), "+milk, bread");
        assert_eq!(pair.toggle(ann, 1, &[1], &[2]), Err(Refusal::TodoNotModified));
        assert_eq!(pair.toggle(ann, 1, &[9], &[]), Err(Refusal::MediaInvalid));
    }
}

#[test]
fn the_other_side_changes_only_what_it_may() {
    for pair in pairs() {
        let (ann, ben) = (pair.ann, pair.ben);
        pair.send(list(&[(1, "milk")])).unwrap();
        assert_eq!(pair.toggle(ben, 1, &[1], &[]), Err(Refusal::MessageAuthorRequired));
        assert_eq!(pair.append(ben, 1, &[(2, "bread")]), Err(Refusal::MessageAuthorRequired));
        pair.append(ann, 1, &[(2, "bread")]).unwrap();
        assert_eq!(pair.shown(ben, 1), "milk, bread");
        let edited = pair.hall.events().iter().any(|it| {
            let wanted = Change::EditMessage { message: MessageId(1) };
            matches!(it, crate::updates::Event::Logged { log, entry, .. } if *log == ben.user.into() && entry.change == wanted)
        });
        assert!(edited, "an edit, so that who was away learns of it");
    }
}

#[test]
fn lists_are_bounded_and_numbers_are_used_once() {
    let [pair, ..] = pairs();
    let many: Vec<_> = (1..=TASKS_MAX as i32 + 1).map(|it| (it, "x")).collect();
    let long = |len: usize| "x".repeat(len);
    let (fits, beyond) = (long(TASK_LENGTH_MAX), long(TASK_LENGTH_MAX + 1));
    let titled = |it: usize| NewTodo { title: text(&long(it)), ..list(&[(1, "a")]) };
    let table: [(NewTodo, Result<(), Refusal>); 9] = [
        (list(&[]), Err(Refusal::TodoItemsEmpty)),
        (list(&many), Err(Refusal::TodoItemsTooMuch)),
        (list(&many[1..]), Ok(())),
        (list(&[(1, "a"), (1, "b")]), Err(Refusal::TodoItemDuplicate)),
        (list(&[(0, "a")]), Err(Refusal::MediaInvalid)),
        (list(&[(1, &fits)]), Ok(())),
        (list(&[(1, &beyond)]), Err(Refusal::MediaInvalid)),
        (titled(TITLE_MAX), Ok(())),
        (titled(TITLE_MAX + 1), Err(Refusal::MediaInvalid)),
    ];
    for (at, (todo, wanted)) in table.into_iter().enumerate() {
        assert_eq!(pair.send(todo).map(drop), wanted, "row {at}");
    }
    let id = pair.send(list(&[(1, "a")])).unwrap().0;
    assert_eq!(pair.append(pair.ann, id, &[(1, "b")]), Err(Refusal::TodoItemDuplicate));
    assert_eq!(pair.append(pair.ann, id, &[]), Err(Refusal::TodoItemsEmpty));
    assert_eq!(pair.append(pair.ann, id, &many[1..]), Err(Refusal::TodoItemsTooMuch));
}

#[test]
fn a_forward_is_frozen() {
    let [pair, ..] = pairs();
    let (ann, notes) = (pair.ann, Peer::User(pair.ann.user));
    pair.send(list(&[(1, "milk"), (2, "bread")])).unwrap();
    pair.toggle(ann, 1, &[1], &[]).unwrap();
    let forward = ForwardMessages {
        by: ann,
        from: Peer::User(pair.ben.user),
        to: notes,
        messages: vec![MessageId(1)],
        random_ids: vec![5],
        drop_author: false,
        silent: false,
        noforwards: false,
        send_as: None,
        top: None,
    };
    let copy = pair.hall.run(forward).unwrap()[0].message;
    pair.toggle(ann, 1, &[2], &[]).unwrap();
    assert_eq!(pair.shown(ann, copy.0), "+milk, bread");
    let toggle = ToggleTodo { by: ann, peer: notes, message: copy, done: vec![2], undone: Vec::new() };
    assert_eq!(pair.hall.run(toggle).map(drop), Err(Refusal::MessageIdInvalid));
}
