//! A forum under every way a hall can be driven: its topics, what is said in them, who may do what.

use std::sync::atomic::{AtomicI64, Ordering};

use super::{
    PINNED_MAX, TITLE_MAX,
    change::{CreateTopic, EditTopic},
    list::{self, SeenTopic, Wanted},
    pins::{PinTopic, ReorderTopics},
    removal::DeleteTopic,
    settings::{ToggleForum, ViewAsMessages},
};
use crate::{
    Caller, ChannelId, Command, Decided, MessageId, Peer, Refusal, Turn, UserId,
    groups::{AdminRights, BannedRights, ChannelRow, MemberRow, log, service},
    messages::{
        self, Action,
        history::{self, Part, Place as Where},
        posts,
        read::ReadHistory,
        search::{self, Query},
        send::{ReplyTo, SendMessage, Sent},
        threads::{self, GENERAL, read::ReadThread},
    },
    testing::{
        Hall,
        groups::{Count, Make, Place},
    },
    updates::{Change, Event},
};

mod calls;

struct Forum {
    hall: Hall,
    id: ChannelId,
    /// Owns it, two members, and one of them who may nothing.
    people: [Caller; 4],
    random: AtomicI64,
}

const OWNER: usize = 0;
const ALICE: usize = 1;
const BOB: usize = 2;
const MUTE: usize = 3;

fn forums() -> [Forum; 3] {
    [Hall::new(), Hall::distant(), Hall::with_outbox()].map(|hall| forum(hall, true))
}

fn forum(hall: Hall, forum: bool) -> Forum {
    let names = [("Olga", 0), ("Alice", 1), ("Bob", 2), ("Mute", 3)];
    let people = names.map(|(name, at)| hall.person(name, &format!("999662100{at}")));
    let row = ChannelRow { creator: people[0].user, forum, created: 1, ..ChannelRow::default() };
    let id = hall.run(Make { row, title: "Optics".into() }).expect("made");
    let admin = |at| if at == OWNER { AdminRights::CREATOR } else { AdminRights::NONE };
    for (at, it) in people.iter().enumerate() {
        let banned = if at == MUTE { BannedRights::MANAGE_TOPICS } else { BannedRights::NONE };
        let row = MemberRow { joined: 1, admin: admin(at), banned, ..MemberRow::default() };
        hall.run(Place { channel: id, user: it.user, row }).expect("placed");
    }
    hall.run(Count { channel: id, members: 4 }).expect("counted");
    hall.run(Begin(people[OWNER].user, id)).expect("begun");
    for by in people {
        hall.run(ReadHistory { by, peer: Peer::Channel(id), max_id: MessageId(0) }).expect("read");
    }
    Forum { hall, id, people, random: AtomicI64::new(0) }
}

/// The first message of every channel, which has the number of the general topic.
struct Begin(UserId, ChannelId);

impl Command for Begin {
    type Reply = ();

    fn decide(&self, turn: &mut Turn<'_>) -> Decided<()> {
        let action = Action::ChannelCreated { title: "Optics".into() };
        service::post(turn, self.0, Peer::Channel(self.1), action, None).map(drop)
    }
}

impl Forum {
    fn next(&self) -> i64 {
        self.random.fetch_add(1, Ordering::Relaxed) + 1
    }

    fn create(&self, who: usize, title: &str) -> Result<MessageId, Refusal> {
        let command = CreateTopic {
            by: self.people[who],
            channel: self.id,
            title: title.into(),
            color: Some(0xff_d67e),
            emoji: None,
            random_id: self.next(),
            send_as: None,
        };
        self.hall.run(command).map(|it| it.message)
    }

    fn edit(&self, who: usize, topic: MessageId) -> EditTopic {
        let (by, channel) = (self.people[who], self.id);
        EditTopic { by, channel, topic, title: None, emoji: None, closed: None, hidden: None }
    }

    fn say(&self, who: usize, top: i32, text: &str) -> Result<MessageId, Refusal> {
        let reply = (top > 0).then_some(ReplyTo { message: MessageId(top), quote: None, top: None });
        self.reply(who, reply, text)
    }

    fn reply(&self, who: usize, reply: Option<ReplyTo>, text: &str) -> Result<MessageId, Refusal> {
        let command = SendMessage {
            by: self.people[who],
            peer: Peer::Channel(self.id),
            text: text.into(),
            entities: Vec::new(),
            reply,
            random_id: self.next(),
            silent: false,
            noforwards: false,
            no_webpage: false,
            clear_draft: false,
            send_as: None,
            album: 0,
        };
        self.hall.run(command).map(|it: Sent| it.message)
    }

    fn topics(&self, who: usize, wanted: &Wanted) -> Result<Vec<SeenTopic>, Refusal> {
        let me = self.people[who].user;
        let page = self.hall.ask(|view| list::page(view, me, self.id, wanted))?;
        Ok(page.topics.into_iter().flatten().collect())
    }

    /// Titles in their order, `^` before pinned ones, with unread messages.
    fn list(&self, who: usize) -> String {
        let all = self.topics(who, &Wanted { limit: 10, ..Wanted::default() }).expect("a list");
        let line = |it: &SeenTopic| {
            let unread = if it.marks.unread > 0 { format!(" {}", it.marks.unread) } else { String::new() };
            format!("{}{}{unread}", if it.pinned { "^" } else { "" }, it.card.title)
        };
        all.iter().map(line).collect::<Vec<_>>().join(", ")
    }

    /// What is said in a topic, newest first, and how much.
    fn read(&self, who: usize, top: MessageId) -> Result<String, Refusal> {
        let part = Part { limit: 20, ..Part::default() };
        let page = self.hall.ask(|view| threads::page::page(view, self.people[who].user, self.id, top, part))?;
        let line = |it: &messages::SeenMessage| match &it.body.action {
            Some(Action::TopicEdited { .. }) => "[edit]".to_owned(),
            Some(_) => "[it]".to_owned(),
            None => it.body.text.clone(),
        };
        let said: Vec<_> = page.messages.iter().map(line).collect();
        Ok(format!("{} of {}", said.join(", "), page.count))
    }

    fn pin(&self, who: usize, topic: MessageId, pinned: bool) -> Result<(), Refusal> {
        self.hall.run(PinTopic { by: self.people[who], channel: self.id, topic, pinned }).map(drop)
    }

    fn delete(&self, who: usize, topic: MessageId) -> Result<bool, Refusal> {
        Ok(self.hall.run(DeleteTopic { by: self.people[who], channel: self.id, topic })?.more)
    }
}

#[test]
fn messages_stand_in_their_topics_and_the_last_used_topic_comes_first() {
    for forum in forums() {
        let lenses = forum.create(ALICE, " Lenses ").unwrap();
        let mirrors = forum.create(OWNER, "Mirrors").unwrap();
        assert_eq!(forum.list(ALICE), "Mirrors, Lenses, General");
        forum.say(BOB, lenses.0, "convex").unwrap();
        let first = forum.say(ALICE, lenses.0, "concave").unwrap();
        forum.say(BOB, first.0, "both").unwrap();
        forum.say(BOB, 0, "hello").unwrap();
        assert_eq!(forum.read(ALICE, lenses).unwrap(), "both, concave, convex of 3");
        assert_eq!(forum.read(ALICE, mirrors).unwrap(), " of 0");
        assert_eq!(forum.read(ALICE, GENERAL).unwrap(), "hello, [it] of 2");
        assert_eq!(forum.list(ALICE), "General 1, Lenses 2, Mirrors");
        let whole = Part { limit: 20, ..Part::default() };
        let place = Where::Chat(Peer::Channel(forum.id));
        let all = forum.hall.ask(|view| history::page(view, forum.people[ALICE].user, place, whole)).unwrap();
        assert_eq!(all.messages.len(), 7, "the chat has all of them");
        assert_eq!(forum.read(ALICE, MessageId(99)), Err(Refusal::MsgIdInvalid));
    }
}

#[test]
fn the_same_random_id_opens_one_topic() {
    for forum in forums() {
        let command = |title: &str| CreateTopic {
            by: forum.people[ALICE],
            channel: forum.id,
            title: title.into(),
            color: None,
            emoji: None,
            random_id: 77,
            send_as: None,
        };
        let first = forum.hall.run(command("One")).unwrap();
        let again = forum.hall.run(command("Two")).unwrap();
        assert_eq!((again.message, again.entry), (first.message, None));
    }
}

#[test]
fn every_role_may_what_it_may_with_topics() {
    let [forum, ..] = forums();
    assert_eq!(forum.create(MUTE, "Mine").map(drop), Err(Refusal::ChatWriteForbidden));
    assert_eq!(forum.create(ALICE, "  ").map(drop), Err(Refusal::TopicTitleEmpty));
    let own = forum.create(ALICE, &"x".repeat(TITLE_MAX + 1)).unwrap();
    let page = forum.topics(ALICE, &Wanted { limit: 10, ..Wanted::default() }).unwrap();
    assert_eq!(page[0].card.title.len(), TITLE_MAX);
    assert!(page[0].my);
    let rename = |who: usize, topic: MessageId, title: &str| {
        forum.hall.run(EditTopic { title: Some(title.into()), ..forum.edit(who, topic) }).map(drop)
    };
    assert_eq!(rename(BOB, own, "Theirs"), Err(Refusal::ChatAdminRequired));
    assert_eq!(rename(ALICE, own, "Lenses"), Ok(()));
    assert_eq!(rename(ALICE, own, "Lenses"), Err(Refusal::TopicNotModified));
    assert_eq!(rename(OWNER, own, " "), Err(Refusal::TopicTitleEmpty));
    assert_eq!(rename(OWNER, MessageId(99), "x"), Err(Refusal::TopicIdInvalid));
    assert_eq!(rename(ALICE, GENERAL, "All"), Err(Refusal::ChatAdminRequired));
    assert_eq!(rename(OWNER, GENERAL, "All"), Ok(()));
    let run = |it: EditTopic| forum.hall.run(it).map(drop);
    let edit = |topic| forum.edit(OWNER, topic);
    let title = Some("x".to_owned());
    assert_eq!(run(EditTopic { closed: Some(true), title, ..edit(own) }), Err(Refusal::TopicCloseSeparately));
    let emoji = Some(5);
    assert_eq!(run(EditTopic { hidden: Some(true), emoji, ..edit(GENERAL) }), Err(Refusal::TopicHideSeparately));
    assert_eq!(run(EditTopic { emoji, ..edit(GENERAL) }), Err(Refusal::GeneralModifyIconForbidden));
    assert_eq!(run(EditTopic { hidden: Some(true), ..edit(own) }), Err(Refusal::TopicIdInvalid));
    assert_eq!(run(edit(own)), Err(Refusal::TopicNotModified));
    assert_eq!(forum.pin(ALICE, own, true), Err(Refusal::ChatAdminRequired));
    assert_eq!(forum.delete(BOB, own), Err(Refusal::ChatAdminRequired));
    assert_eq!(forum.delete(OWNER, GENERAL), Err(Refusal::TopicIdInvalid));
}

#[test]
fn in_a_closed_topic_only_those_write_who_manage_it() {
    for forum in forums() {
        let topic = forum.create(ALICE, "Lenses").unwrap();
        forum.hall.run(EditTopic { closed: Some(true), ..forum.edit(ALICE, topic) }).unwrap();
        assert_eq!(forum.say(BOB, topic.0, "late").map(drop), Err(Refusal::TopicClosed));
        forum.say(ALICE, topic.0, "who opened it").unwrap();
        forum.say(OWNER, topic.0, "who manages topics").unwrap();
        forum.hall.run(EditTopic { closed: Some(false), ..forum.edit(OWNER, topic) }).unwrap();
        forum.say(BOB, topic.0, "again").unwrap();
        let wanted = "again, [edit], who manages topics, who opened it, [edit] of 5";
        assert_eq!(forum.read(BOB, topic).unwrap(), wanted);
        let reply = ReplyTo { message: topic, quote: None, top: Some(MessageId(99)) };
        assert_eq!(forum.reply(BOB, Some(reply), "nowhere").map(drop), Err(Refusal::TopicDeleted));
        forum.hall.run(EditTopic { hidden: Some(true), ..forum.edit(OWNER, GENERAL) }).unwrap();
        assert_eq!(forum.say(BOB, 0, "in general").map(drop), Err(Refusal::TopicClosed));
    }
}

#[test]
fn pinned_topics_stand_above_the_others_in_their_order() {
    let [forum, ..] = forums();
    let all: Vec<_> = (0..=PINNED_MAX).map(|at| forum.create(OWNER, &format!("T{at}")).unwrap()).collect();
    forum.hall.events();
    for topic in &all[..2] {
        forum.pin(OWNER, *topic, true).unwrap();
    }
    let told = forum.hall.events().into_iter().filter(|it| {
        matches!(it, Event::Logged { entry, .. } if matches!(entry.change, Change::TopicPinned { pinned: true, .. }))
    });
    assert_eq!(told.count(), 2);
    assert!(forum.list(BOB).starts_with("^T1, ^T0, T5, "), "{}", forum.list(BOB));
    let reorder = |order: &[MessageId], force| {
        let (by, channel, order) = (forum.people[OWNER], forum.id, order.to_vec());
        forum.hall.run(ReorderTopics { by, channel, order, force }).map(drop)
    };
    reorder(&all[..2], false).unwrap();
    assert!(forum.list(BOB).starts_with("^T0, ^T1, T5, "));
    reorder(&all[1..2], true).unwrap();
    assert!(forum.list(BOB).starts_with("^T1, T5, "));
    assert_eq!(forum.pin(OWNER, all[1], true), Err(Refusal::TopicNotModified));
    reorder(&all[..PINNED_MAX], true).unwrap();
    assert_eq!(forum.pin(OWNER, all[PINNED_MAX], true), Err(Refusal::PinnedTooMuch));
    assert_eq!(reorder(&all, true), Err(Refusal::PinnedTooMuch));
    forum.pin(OWNER, all[0], false).unwrap();
    assert!(forum.list(BOB).starts_with("^T1, ^T2, ^T3, ^T4, T5, T0, General"));
}

#[test]
fn the_list_is_paged_and_searched() {
    let [forum, ..] = forums();
    for at in 0..7 {
        forum.create(OWNER, &format!("Topic number{at}")).unwrap();
    }
    let (mut wanted, mut titles) = (Wanted { limit: 3, ..Wanted::default() }, Vec::new());
    loop {
        let page = forum.topics(ALICE, &wanted).unwrap();
        let Some(last) = page.last() else { break };
        (wanted.offset_id, wanted.offset_topic) = (last.top, last.id);
        titles.extend(page.iter().map(|it| it.card.title.clone()));
        if page.len() < 3 {
            break;
        }
    }
    let mut expected: Vec<_> = (0..7).rev().map(|at| format!("Topic number{at}")).collect();
    expected.push("General".into());
    assert_eq!(titles, expected);
    let found = forum.topics(ALICE, &Wanted { words: "NUMBER3".into(), limit: 10, ..Wanted::default() }).unwrap();
    assert_eq!(found.len(), 1);
    let me = forum.people[ALICE].user;
    let by_id = |ids: &[MessageId]| forum.hall.ask(|view| list::by_id(view, me, forum.id, ids));
    assert_eq!(by_id(&[]).map(drop), Err(Refusal::TopicsEmpty));
    let page = by_id(&[MessageId(99), GENERAL]).unwrap();
    assert_eq!(page.topics[0], Err(MessageId(99)));
    assert_eq!(page.topics[1].as_ref().map(|it| it.id), Ok(GENERAL));
}

#[test]
fn a_topic_is_deleted_in_steps_and_gone_from_the_first_one_on() {
    // A step reads more rows one by one than a distant engine's commands have rounds.
    for forum in [Hall::new(), Hall::with_outbox()].map(|hall| forum(hall, true)) {
        let topic = forum.create(ALICE, "Lenses").unwrap();
        forum.pin(OWNER, topic, true).unwrap();
        for at in 0..150 {
            forum.say(BOB, topic.0, &format!("{at}")).unwrap();
        }
        forum.say(BOB, 0, "stays").unwrap();
        assert_eq!(forum.delete(ALICE, topic), Err(Refusal::ChatAdminRequired), "others have written there");
        assert_eq!(forum.delete(OWNER, topic), Ok(true));
        assert_eq!(forum.list(BOB), "General");
        assert_eq!(forum.say(BOB, topic.0, "late").map(drop), Err(Refusal::ReplyMessageIdInvalid));
        assert_eq!(forum.delete(OWNER, topic), Ok(false));
        assert_eq!(forum.delete(OWNER, topic), Err(Refusal::TopicIdInvalid));
        assert_eq!(forum.read(BOB, GENERAL).unwrap(), "stays, [it] of 2");
        let own = forum.create(ALICE, "Mine").unwrap();
        forum.say(ALICE, own.0, "alone").unwrap();
        assert_eq!(forum.delete(ALICE, own), Ok(false));
    }
}

#[test]
fn topics_are_read_one_by_one_and_authors_learn_of_it() {
    for forum in forums() {
        let (one, two) = (forum.create(OWNER, "One").unwrap(), forum.create(OWNER, "Two").unwrap());
        let first = forum.say(ALICE, one.0, "a").unwrap();
        forum.say(ALICE, two.0, "b").unwrap();
        assert_eq!(forum.list(BOB), "Two 1, One 1, General");
        forum.hall.events();
        let read = |by: usize, top: MessageId, max_id: MessageId| {
            forum.hall.run(ReadThread { by: forum.people[by], channel: forum.id, top, max_id })
        };
        read(BOB, one, first).unwrap();
        assert_eq!(forum.list(BOB), "Two 1, One, General");
        let alice = forum.people[ALICE].user;
        let told = forum.hall.events().into_iter().any(|it| {
            let wanted = Change::ThreadReadOutbox { channel: forum.id, top: one, up_to: first };
            matches!(it, Event::Logged { log, entry, .. } if log == alice.into() && entry.change == wanted)
        });
        assert!(told);
        let marks = forum.topics(ALICE, &Wanted { limit: 10, ..Wanted::default() }).unwrap();
        let outbox: Vec<_> = marks.iter().map(|it| (it.id, it.marks.outbox)).collect();
        assert!(outbox.contains(&(one, first)) && outbox.contains(&(two, MessageId(0))), "{outbox:?}");
        assert_eq!(read(BOB, MessageId(99), first), Err(Refusal::MsgIdInvalid));
        let dialog = || {
            let bob = forum.people[BOB].user;
            forum.hall.ask(|view| posts::list::shown(view, bob, Peer::Channel(forum.id))).unwrap().unread
        };
        assert_eq!(dialog(), 2, "the chat has what is unread in its topics, and that the second was opened");
    }
}

#[test]
fn answers_in_an_ordinary_group_make_a_thread() {
    for hall in [Hall::new(), Hall::distant(), Hall::with_outbox()] {
        let group = forum(hall, false);
        let top = group.say(ALICE, 0, "who has a lens?").unwrap();
        let answer = group.say(BOB, top.0, "I have").unwrap();
        let last = group.say(ALICE, answer.0, "thanks").unwrap();
        group.say(BOB, 0, "something else").unwrap();
        assert_eq!(group.read(BOB, top).unwrap(), "thanks, I have of 2");
        let me = group.people[BOB].user;
        let seen = group.hall.ask(|view| messages::seen_in(view, me, group.id.into(), [top])).unwrap().remove(0);
        let thread = seen.thread.expect("it has answers");
        assert_eq!((thread.replies, thread.last), (2, last));
        let (found, marks, _) = group.hall.ask(|view| threads::read::discussion(view, me, group.id, last)).unwrap();
        assert_eq!((found, marks.unread), (top, 1));
        let owner = group.people[OWNER];
        let create = CreateTopic {
            by: owner,
            channel: group.id,
            title: "T".into(),
            color: None,
            emoji: None,
            random_id: 99,
            send_as: None,
        };
        assert_eq!(group.hall.run(create).map(drop), Err(Refusal::ChannelForumMissing));
    }
}

#[test]
fn a_search_may_be_in_one_topic() {
    let [forum, ..] = forums();
    let topic = forum.create(OWNER, "Lenses").unwrap();
    let inside = forum.say(ALICE, topic.0, "glass in here").unwrap();
    let outside = forum.say(ALICE, 0, "glass out there").unwrap();
    let found = |thread: Option<MessageId>| {
        let query = Query { words: "glass".into(), peer: Some(Peer::Channel(forum.id)), ..Query::default() };
        let part = Part { limit: 10, ..Part::default() };
        let wanted = search::Wanted { query, thread, part, ..search::Wanted::default() };
        let page = forum.hall.ask(|view| search::search(view, forum.people[BOB].user, &wanted)).unwrap();
        page.messages.iter().map(|it| it.id).collect::<Vec<_>>()
    };
    assert_eq!((found(Some(topic)), found(Some(GENERAL))), (vec![inside], vec![outside]));
    assert_eq!(found(None), [outside, inside]);
}

#[test]
fn a_group_becomes_a_forum_and_all_that_was_said_is_in_general() {
    let [hall, ..] = [Hall::new()];
    let group = forum(hall, false);
    group.say(ALICE, 0, "before").unwrap();
    let toggle = |who: usize, enabled, tabs| {
        group.hall.run(ToggleForum { by: group.people[who], channel: group.id, enabled, tabs }).map(drop)
    };
    assert_eq!(toggle(ALICE, true, false), Err(Refusal::ChatAdminRequired));
    toggle(OWNER, true, true).unwrap();
    assert_eq!(toggle(OWNER, true, true), Err(Refusal::ChatNotModified));
    let wanted =
        log::Wanted { channel: group.id, limit: 10, kinds: Some(log::Kinds::FORUMS), ..log::Wanted::default() };
    let noted = group.hall.ask(|view| log::page(view, group.people[OWNER].user, &wanted)).unwrap();
    assert_eq!(noted.len(), 1, "the admin log has it");
    assert_eq!(group.list(BOB), "General 1");
    assert!(group.read(BOB, GENERAL).unwrap().starts_with("before"));
    let view = |who: usize, enabled| {
        group.hall.run(ViewAsMessages { by: group.people[who], channel: group.id, enabled }).map(drop)
    };
    view(BOB, true).unwrap();
    let bob = group.people[BOB].user;
    let dialog = group.hall.ask(|it| messages::dialog(it, bob, Peer::Channel(group.id))).unwrap();
    assert!(dialog.view_as_messages);
    toggle(OWNER, false, false).unwrap();
    assert_eq!(view(BOB, false), Err(Refusal::ChannelForumMissing));
    assert_eq!(group.topics(BOB, &Wanted::default()).map(drop), Err(Refusal::ChannelForumMissing));
}
