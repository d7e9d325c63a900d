//! What callers see of forum topics.

use domain::{Caller, testing::Hall};
use tl::{enums, functions as f, types};

use crate::{
    channels::tests::{group, input, updates, user},
    testing::{answering, call, channel_peer as peer, refused, text},
};

/// A forum with a member, and its number.
pub(crate) fn forum(hall: &Hall) -> (Caller, Caller, i64) {
    let (alice, bob) = (hall.person("Alice", "9996622401"), hall.person("Bob", "9996622402"));
    let id = group(hall, alice);
    let (channel, users) = (input(hall, alice, id), vec![user(hall, alice, bob)]);
    call(hall, alice, &f::channels::InviteToChannel { channel, users }).expect("brought in");
    let toggle = |by: Caller| f::channels::ToggleForum { channel: input(hall, by, id), enabled: true, tabs: false };
    assert_eq!(refused(hall, bob, &toggle(bob)), "400 CHAT_ADMIN_REQUIRED");
    let told = updates(call(hall, alice, &toggle(alice)).expect("a forum"));
    assert!(matches!(&told.chats[..], [enums::Chat::Channel(it)] if it.forum), "{told:?}");
    assert_eq!(refused(hall, alice, &toggle(alice)), "400 CHAT_NOT_MODIFIED");
    (alice, bob, id)
}

pub(crate) fn create(peer: enums::InputPeer, title: &str, random_id: i64) -> f::messages::CreateForumTopic {
    f::messages::CreateForumTopic {
        title_missing: false,
        peer,
        title: title.into(),
        icon_color: Some(0xff_d67e),
        icon_emoji_id: None,
        random_id,
        send_as: None,
    }
}

pub(crate) fn number(it: enums::Updates) -> i32 {
    updates(it)
        .updates
        .iter()
        .find_map(|it| match it {
            enums::Update::MessageId(it) => Some(it.id),
            _ => None,
        })
        .expect("a number")
}

#[test]
fn a_topic_is_opened_filled_read_and_deleted() {
    let hall = Hall::new();
    let (alice, bob, id) = forum(&hall);
    let at = |by: Caller| peer(&hall, by, id);
    let topic = number(call(&hall, bob, &create(at(bob), "Lenses", 1)).unwrap());
    assert_eq!(refused(&hall, bob, &create(at(bob), " ", 2)), "400 TOPIC_TITLE_EMPTY");
    let reply = answering(topic, None);
    let say = f::messages::SendMessage { reply_to: Some(reply), ..text(&at(alice), "convex", 3) };
    let said = number(call(&hall, alice, &say).unwrap());
    let all = |by: Caller| {
        let request = f::messages::GetForumTopics {
            peer: at(by),
            q: None,
            offset_date: 0,
            offset_id: 0,
            offset_topic: 0,
            limit: 20,
        };
        let enums::messages::ForumTopics::Topics(it) = call(&hall, by, &request).unwrap();
        it
    };
    let listed = all(bob);
    let enums::ForumTopic::Topic(first) = &listed.topics[0] else { panic!("{listed:?}") };
    assert_eq!((first.id, first.top_message, first.unread_count), (topic, said, 1));
    assert_eq!((first.title.as_str(), first.my, first.icon_color), ("Lenses", true, 0xff_d67e));
    assert_eq!((listed.count, listed.topics.len(), listed.messages.len()), (2, 2, 2));
    let replies = |by: Caller| {
        let request = f::messages::GetReplies {
            peer: at(by),
            msg_id: topic,
            offset_id: 0,
            offset_date: 0,
            add_offset: 0,
            limit: 20,
            max_id: 0,
            min_id: 0,
            hash: 0,
        };
        match call(&hall, by, &request).unwrap() {
            enums::messages::Messages::ChannelMessages(it) => it.messages,
            other => panic!("{other:?}"),
        }
    };
    let enums::Message::Message(message) = &replies(bob)[0] else { panic!("a text") };
    let Some(enums::MessageReplyHeader::Header(header)) = &message.reply_to else { panic!("{message:?}") };
    assert_eq!((header.forum_topic, header.reply_to_msg_id, header.reply_to_top_id), (true, Some(topic), None));
    let read = f::messages::ReadDiscussion { peer: at(bob), msg_id: topic, read_max_id: said };
    assert!(call(&hall, bob, &read).unwrap());
    let enums::ForumTopic::Topic(first) = &all(bob).topics[0] else { panic!("a topic") };
    assert_eq!((first.unread_count, first.read_inbox_max_id), (0, said));
    let edit = |by: Caller| f::messages::EditForumTopic {
        peer: at(by),
        topic_id: topic,
        title: None,
        icon_emoji_id: None,
        closed: Some(true),
        hidden: None,
    };
    let told = updates(call(&hall, bob, &edit(bob)).unwrap());
    assert!(matches!(&told.updates[..], [enums::Update::NewChannelMessage(_)]), "{told:?}");
    assert_eq!(refused(&hall, alice, &edit(alice)), "400 TOPIC_NOT_MODIFIED");
    let pin = |by: Caller| f::messages::UpdatePinnedForumTopic { peer: at(by), topic_id: topic, pinned: true };
    assert_eq!(refused(&hall, bob, &pin(bob)), "400 CHAT_ADMIN_REQUIRED");
    let told = updates(call(&hall, alice, &pin(alice)).unwrap());
    assert!(matches!(&told.updates[..], [enums::Update::PinnedForumTopic(it)] if it.pinned && it.topic_id == topic));
    let order = f::messages::ReorderPinnedForumTopics { force: true, peer: at(alice), order: vec![1, topic] };
    let told = updates(call(&hall, alice, &order).unwrap());
    assert!(
        matches!(&told.updates[..], [enums::Update::PinnedForumTopics(it)] if it.order == Some(vec![1, topic])),
        "{told:?}"
    );
    let view = |by: Caller| f::channels::ToggleViewForumAsMessages { channel: input(&hall, by, id), enabled: true };
    let told = updates(call(&hall, bob, &view(bob)).unwrap());
    assert!(matches!(&told.updates[..], [enums::Update::ChannelViewForumAsMessages(it)] if it.enabled));
    let delete = |by: Caller| f::messages::DeleteTopicHistory { peer: at(by), top_msg_id: topic };
    assert_eq!(refused(&hall, bob, &delete(bob)), "400 CHAT_ADMIN_REQUIRED");
    let enums::messages::AffectedHistory::History(step) = call(&hall, alice, &delete(alice)).unwrap();
    assert_eq!((step.pts_count, step.offset), (3, 0));
    let by_id = f::messages::GetForumTopicsById { peer: at(bob), topics: vec![topic, 1] };
    let enums::messages::ForumTopics::Topics(it) = call(&hall, bob, &by_id).unwrap();
    assert!(matches!(&it.topics[..], [enums::ForumTopic::Deleted(_), enums::ForumTopic::Topic(_)]), "{it:?}");
}

#[test]
fn an_ordinary_group_has_threads_and_no_topics() {
    let hall = Hall::new();
    let alice = hall.person("Alice", "9996622501");
    let id = group(&hall, alice);
    let at = || peer(&hall, alice, id);
    assert_eq!(refused(&hall, alice, &create(at(), "T", 1)), "400 CHANNEL_FORUM_MISSING");
    let top = number(call(&hall, alice, &text(&at(), "who?", 2)).unwrap());
    let reply = answering(top, None);
    let say = f::messages::SendMessage { reply_to: Some(reply), ..text(&at(), "I", 3) };
    let said = number(call(&hall, alice, &say).unwrap());
    let request = f::messages::GetDiscussionMessage { peer: at(), msg_id: said };
    let enums::messages::DiscussionMessage::Message(it) = call(&hall, alice, &request).unwrap();
    let enums::Message::Message(first) = &it.messages[0] else { panic!("{it:?}") };
    let Some(enums::MessageReplies::Replies(replies)) = &first.replies else { panic!("{first:?}") };
    assert_eq!((first.id, replies.replies, it.max_id), (top, 1, Some(said)));
}

fn list(hall: &Hall, by: Caller, id: i64) -> Vec<types::ForumTopic> {
    let (peer, limit) = (peer(hall, by, id), 20);
    let request = f::messages::GetForumTopics { peer, q: None, offset_date: 0, offset_id: 0, offset_topic: 0, limit };
    let enums::messages::ForumTopics::Topics(it) = call(hall, by, &request).unwrap();
    let topic = |it| if let enums::ForumTopic::Topic(it) = it { it } else { panic!("a topic") };
    it.topics.into_iter().map(topic).collect()
}

#[test]
fn a_topic_shows_its_draft_and_what_calls_its_reader() {
    let hall = Hall::new();
    let (alice, bob, id) = forum(&hall);
    let at = |by: Caller| peer(&hall, by, id);
    let topic = number(call(&hall, bob, &create(at(bob), "Lenses", 1)).unwrap());
    let reply = |to: i32| answering(to, Some(topic));
    let say =
        |by, to, random_id| f::messages::SendMessage { reply_to: Some(reply(to)), ..text(&at(by), "so", random_id) };
    let said = number(call(&hall, bob, &say(bob, topic, 2)).unwrap());
    call(&hall, alice, &say(alice, said, 3)).unwrap();
    let draft = f::messages::SaveDraft {
        no_webpage: false,
        invert_media: false,
        reply_to: Some(reply(topic)),
        peer: at(bob),
        message: "unfinished".into(),
        entities: None,
        media: None,
        effect: None,
        suggested_post: None,
        rich_message: None,
    };
    assert!(call(&hall, bob, &draft).unwrap());
    let drafts = updates(call(&hall, bob, &f::messages::GetAllDrafts {}).unwrap());
    let [enums::Update::DraftMessage(it)] = &drafts.updates[..] else { panic!("{drafts:?}") };
    assert_eq!(it.top_msg_id, Some(topic));
    let shown = list(&hall, bob, id).remove(0);
    let Some(enums::DraftMessage::Message(draft)) = &shown.draft else { panic!("{shown:?}") };
    assert_eq!(
        (draft.message.as_str(), draft.reply_to.is_none(), shown.unread_mentions_count),
        ("unfinished", true, 1)
    );
    let read = f::messages::ReadMentions { peer: at(bob), top_msg_id: Some(topic) };
    call(&hall, bob, &read).unwrap();
    assert_eq!(list(&hall, bob, id)[0].unread_mentions_count, 0);
    let wanted = f::channels::GetAdminLog {
        channel: input(&hall, alice, id),
        q: String::new(),
        events_filter: None,
        admins: None,
        max_id: 0,
        min_id: 0,
        limit: 10,
    };
    let enums::channels::AdminLogResults::Results(noted) = call(&hall, alice, &wanted).unwrap();
    let made = noted.events.iter().find_map(|enums::ChannelAdminLogEvent::Event(it)| match &it.action {
        enums::ChannelAdminLogEventAction::CreateTopic(it) => Some(it.topic.clone()),
        _ => None,
    });
    let Some(enums::ForumTopic::Topic(made)) = made else { panic!("{noted:?}") };
    assert_eq!((made.id, made.title.as_str(), made.short, noted.users.len()), (topic, "Lenses", true, 2));
}
