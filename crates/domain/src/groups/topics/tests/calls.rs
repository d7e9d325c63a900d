//! What is each topic's own for one reader: its draft, what calls the reader there; and what admins read of topics.

use super::*;
use crate::{
    groups::log::AdminEvent,
    messages::{
        DialogRow,
        drafts::{self, ClearAllDrafts, SaveDraft},
        marks::{self, Mark},
        mentions::ReadMentions,
        posts::purge::DeleteParticipantHistory,
        reactions::{react::React, standard, unread::ReadReactions},
        typing::SetTyping,
    },
    updates::Passing,
};

impl Forum {
    fn draft(&self, who: usize, top: Option<MessageId>, text: &str) -> Result<(), Refusal> {
        let (by, peer, entities) = (self.people[who], Peer::Channel(self.id), Vec::new());
        self.hall.run(SaveDraft { by, peer, top, text: text.into(), entities, reply_to: None, no_webpage: false })
    }

    fn drafted(&self, who: usize, top: MessageId) -> Option<String> {
        let me = self.people[who].user;
        self.hall.ask(|view| drafts::topics::draft(view, me, self.id, top)).unwrap().map(|it| it.text)
    }

    fn topic(&self, who: usize, id: MessageId) -> SeenTopic {
        let all = self.topics(who, &Wanted { limit: 10, ..Wanted::default() }).unwrap();
        all.into_iter().find(|it| it.id == id).expect("it is there")
    }

    fn dialog(&self, who: usize) -> DialogRow {
        let me = self.people[who].user;
        self.hall.ask(|view| messages::dialog(view, me, Peer::Channel(self.id))).unwrap()
    }
}

#[test]
fn each_topic_has_a_draft_of_its_own_until_something_is_sent_there() {
    for forum in forums() {
        let topics = [forum.create(OWNER, "Lenses").unwrap(), forum.create(OWNER, "Mirrors").unwrap()];
        forum.hall.events();
        forum.draft(ALICE, Some(topics[0]), "convex").unwrap();
        forum.draft(ALICE, Some(topics[1]), "flat").unwrap();
        forum.draft(ALICE, None, "all").unwrap();
        assert_eq!(forum.draft(ALICE, Some(MessageId(99)), "nowhere"), Err(Refusal::MsgIdInvalid));
        let told = |top| Change::TopicDraft { channel: forum.id, top };
        let events = forum.hall.events();
        let heard =
            |top| events.iter().any(|it| matches!(it, Event::Logged { entry, .. } if entry.change == told(top)));
        assert!(heard(topics[0]) && heard(topics[1]), "the other devices learn of it");
        assert_eq!(forum.topic(ALICE, topics[0]).draft.unwrap().0.text, "convex");
        assert_eq!(forum.topic(BOB, topics[0]).draft, None, "it is nobody else's");
        let all = forum.hall.ask(|view| drafts::topics::all(view, forum.people[ALICE].user)).unwrap();
        assert_eq!(all, topics.map(|it| (forum.id, it)));
        let reply = Some(ReplyTo { message: topics[0], quote: None, top: Some(topics[0]) });
        let send = SendMessage {
            by: forum.people[ALICE],
            peer: Peer::Channel(forum.id),
            text: "convex!".into(),
            entities: Vec::new(),
            reply,
            random_id: forum.next(),
            silent: false,
            noforwards: false,
            no_webpage: false,
            clear_draft: true,
            send_as: None,
            album: 0,
        };
        forum.hall.run(send).unwrap();
        assert_eq!((forum.drafted(ALICE, topics[0]), forum.drafted(ALICE, topics[1])), (None, Some("flat".into())));
        assert!(!forum.dialog(ALICE).draft.is_empty(), "the chat's own stays");
        forum.draft(ALICE, Some(topics[1]), "").unwrap();
        assert_eq!(forum.drafted(ALICE, topics[1]), None);
        forum.draft(ALICE, Some(topics[1]), "again").unwrap();
        forum.hall.run(ClearAllDrafts { by: forum.people[ALICE] }).unwrap();
        assert_eq!(forum.drafted(ALICE, topics[1]), None);
        assert!(forum.dialog(ALICE).draft.is_empty());
    }
}

#[test]
fn mentions_and_reactions_are_counted_and_read_topic_by_topic() {
    for forum in forums() {
        let topic = forum.create(OWNER, "Lenses").unwrap();
        let said = [forum.say(ALICE, topic.0, "convex").unwrap(), forum.say(ALICE, 0, "hello").unwrap()];
        for (message, top) in said.iter().zip([topic, GENERAL]) {
            let reply = Some(ReplyTo { message: *message, quote: None, top: Some(top) });
            forum.reply(BOB, reply, "yes").unwrap();
            let (by, peer, reactions) =
                (forum.people[BOB], Peer::Channel(forum.id), vec![standard::reaction("👍").unwrap()]);
            forum.hall.run(React { by, peer, message: *message, reactions, big: false, add_to_recent: false }).unwrap();
        }
        let counts = |id| {
            let it = forum.topic(ALICE, id);
            (it.unread_mentions, it.unread_reactions)
        };
        assert_eq!((counts(topic), counts(GENERAL)), ((1, 1), (1, 1)));
        let (by, peer) = (forum.people[ALICE], Peer::Channel(forum.id));
        let part = |top| marks::Part { limit: 9, top: Some(top), ..marks::Part::default() };
        let of = |top| forum.hall.ask(|view| marks::page(view, by.user, peer, Mark::Reaction, part(top))).unwrap();
        assert_eq!((of(topic), of(GENERAL)), ((vec![said[0]], 1), (vec![said[1]], 1)));
        forum.hall.run(ReadMentions { by, peer, top: Some(topic) }).unwrap();
        assert_eq!((counts(topic), counts(GENERAL)), ((0, 1), (1, 1)));
        forum.hall.run(ReadReactions { by, peer, top: Some(GENERAL) }).unwrap();
        assert_eq!((counts(topic), counts(GENERAL)), ((0, 1), (1, 0)));
        forum.hall.run(ReadReactions { by, peer, top: None }).unwrap();
        assert_eq!((forum.dialog(ALICE).unread_reactions, forum.dialog(ALICE).unread_mentions), (0, 1));
    }
}

#[test]
fn who_types_says_in_which_topic() {
    let [forum, ..] = forums();
    let topic = forum.create(OWNER, "Lenses").unwrap();
    forum.hall.events();
    let (by, peer, action) = (forum.people[ALICE], Peer::Channel(forum.id), bytes::Bytes::from_static(b"x"));
    forum.hall.run(SetTyping { by, peer, action, top: Some(topic) }).unwrap();
    let events = forum.hall.events();
    let told =
        |it: &Event| matches!(it, Event::Passing { what: Passing::Typing { top, .. }, .. } if *top == Some(topic));
    assert!(events.iter().any(told));
}

#[test]
fn admins_read_what_became_of_topics_and_of_a_members_messages() {
    for forum in forums() {
        let topic = forum.create(ALICE, "Lenses").unwrap();
        forum.hall.run(EditTopic { title: Some("Glass".into()), ..forum.edit(OWNER, topic) }).unwrap();
        forum.pin(OWNER, topic, true).unwrap();
        forum.pin(OWNER, topic, false).unwrap();
        forum.delete(OWNER, topic).unwrap();
        let (one, two) = (forum.say(BOB, 0, "one").unwrap(), forum.say(BOB, 0, "two").unwrap());
        let (by, channel, participant) = (forum.people[OWNER], forum.id, Peer::User(forum.people[BOB].user));
        forum.hall.run(DeleteParticipantHistory { by, channel, participant }).unwrap();
        let wanted = log::Wanted { channel, limit: 20, ..log::Wanted::default() };
        let noted = forum.hall.ask(|view| log::page(view, by.user, &wanted)).unwrap();
        let line = |it: &log::Logged| match &it.event {
            AdminEvent::TopicCreated { topic } => format!("+{}", topic.card.title),
            AdminEvent::TopicEdited { before, after } => format!("{}>{}", before.card.title, after.card.title),
            AdminEvent::TopicDeleted { topic } => format!("-{}", topic.card.title),
            AdminEvent::TopicPinned { before, after } => format!("^{}{}", before.is_some(), after.is_some()),
            AdminEvent::Deleted { message } => format!("x{}", message.id.0),
            other => format!("{other:?}"),
        };
        let mut lines: Vec<_> = noted.iter().rev().map(line).collect();
        let mut deleted = lines.split_off(5);
        deleted.sort_unstable();
        assert_eq!(lines, ["+Lenses", "Lenses>Glass", "^falsetrue", "^truefalse", "-Glass"]);
        assert_eq!(deleted, [format!("x{}", one.0), format!("x{}", two.0)]);
        let about = log::Wanted { query: "glas".into(), ..wanted };
        let found = forum.hall.ask(|view| log::page(view, by.user, &about)).unwrap();
        assert_eq!(found.len(), 4, "by the title");
    }
}
