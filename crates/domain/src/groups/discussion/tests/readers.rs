//! Comments: who may read and write them, what is counted, and how far they were read.

use super::*;
use crate::{
    groups::{
        BannedRights,
        bans::EditBanned,
        enter::is_in,
        joining::{JoinChannel, Joined},
        settings::{ChangeChannel, Setting},
    },
    messages::{
        posts::{DeletePosts, voice},
        search::{self, Query},
        threads::read::{self, ReadThread},
    },
    updates::{Change, Event},
};

#[test]
fn members_and_passers_by_comment_and_both_views_agree() {
    for talk in talks() {
        let post = talk.post("one");
        talk.comment(talk.alice, post, "first").unwrap();
        talk.comment(talk.bob, post, "second").unwrap();
        for by in [talk.owner, talk.alice, talk.bob] {
            assert_eq!(talk.read(by, post).unwrap(), ["second", "first"]);
            assert_eq!(talk.group_texts(by).unwrap(), "second | first | ^one");
            let it = talk.comments(by, post).unwrap();
            assert_eq!((it.group, it.replies, it.last), (talk.group, 2, MessageId(talk.copy_of(post).unwrap().0 + 2)));
            assert_eq!(it.recent, [talk.bob, talk.alice].map(|it| Peer::User(it.user)));
        }
        let inside = talk.hall.ask(|view| is_in(view, Peer::Channel(talk.group), talk.bob.user)).unwrap();
        assert!(!inside, "who comments does not join");
        assert_eq!(talk.read(talk.carol, post), Err(Refusal::ChannelPrivate));
        assert_eq!(talk.group_texts(talk.carol), Err(Refusal::ChannelPrivate));
        let text = talk.text(talk.carol, talk.group, "me", None);
        assert_eq!(talk.hall.run(text), Err(Refusal::ChannelPrivate));
    }
}

#[test]
fn answers_to_comments_are_comments_and_what_goes_is_not_counted() {
    for talk in talks() {
        let (post, other) = (talk.post("one"), talk.post("two"));
        let first = talk.comment(talk.alice, post, "first").unwrap().message;
        let second = talk.hall.run(talk.text(talk.bob, talk.group, "second", Some(first))).unwrap().message;
        talk.hall.run(talk.text(talk.alice, talk.group, "beside", None)).unwrap();
        assert_eq!((talk.count(post), talk.count(other)), (Some(2), Some(0)));
        talk.hall.run(DeletePosts { by: talk.bob, channel: talk.group, messages: vec![second] }).unwrap();
        let it = talk.comments(talk.alice, post).unwrap();
        assert_eq!((it.replies, it.last), (1, first));
        talk.hall.run(DeletePosts { by: talk.owner, channel: talk.group, messages: vec![first] }).unwrap();
        let it = talk.comments(talk.alice, post).unwrap();
        assert_eq!((it.replies, it.last, it.recent.len()), (0, MessageId(0), 0));
    }
}

#[test]
fn a_group_may_ask_its_guests_to_join_first() {
    let talk = &talks()[0];
    let post = talk.post("one");
    let setting = Setting::JoinToSend(true);
    talk.hall.run(ChangeChannel { by: talk.owner, channel: talk.group, setting }).unwrap();
    assert_eq!(talk.comment(talk.bob, post, "no").map(drop), Err(Refusal::ChatGuestSendForbidden));
    talk.comment(talk.alice, post, "yes").unwrap();
    let joined = talk.hall.run(JoinChannel { by: talk.bob, channel: talk.group }).unwrap();
    assert!(matches!(joined, Joined::In(_)), "who reads the channel may join its group");
    talk.comment(talk.bob, post, "now").unwrap();
    assert_eq!(talk.hall.run(JoinChannel { by: talk.carol, channel: talk.group }), Err(Refusal::ChannelPrivate));
}

#[test]
fn who_is_banned_from_either_side_comments_no_more() {
    let talk = &talks()[0];
    let post = talk.post("one");
    talk.comment(talk.bob, post, "once").unwrap();
    let ban = |channel, who: Caller, rights| {
        talk.hall.run(EditBanned { by: talk.owner, channel, user: who.user, rights, until: 0 }).expect("banned");
    };
    ban(talk.group, talk.bob, BannedRights::SEND_MESSAGES);
    assert_eq!(talk.comment(talk.bob, post, "no").map(drop), Err(Refusal::UserBannedInChannel));
    assert_eq!(talk.read(talk.bob, post).unwrap(), ["once"]);
    ban(talk.group, talk.bob, BannedRights::VIEW_MESSAGES);
    assert_eq!(talk.read(talk.bob, post), Err(Refusal::ChannelPrivate));
    assert_eq!(talk.count(post), Some(1));
    // Who is put out of the channel looks no longer into the group that it was never in.
    let talk = &talks()[0];
    let post = talk.post("one");
    talk.hall
        .run(EditBanned {
            by: talk.owner,
            channel: talk.channel,
            user: talk.bob.user,
            rights: BannedRights::VIEW_MESSAGES,
            until: 0,
        })
        .unwrap();
    assert_eq!(talk.comment(talk.bob, post, "no").map(drop), Err(Refusal::ChannelPrivate));
    assert_eq!(talk.group_texts(talk.bob), Err(Refusal::ChannelPrivate));
}

#[test]
fn comments_are_read_by_guests_and_members_and_their_authors_learn_of_it() {
    for talk in talks() {
        let post = talk.post("one");
        let (top, said) = (talk.copy_of(post).unwrap(), talk.comment(talk.bob, post, "hello").unwrap().message);
        let marks = |by: Caller| talk.hall.ask(|view| read::discussion(view, by.user, talk.group, top)).unwrap().1;
        assert_eq!((marks(talk.alice).unread, marks(talk.bob).unread), (1, 0));
        talk.hall.events();
        talk.hall.run(ReadThread { by: talk.alice, channel: talk.group, top, max_id: said }).unwrap();
        assert_eq!((marks(talk.alice).unread, marks(talk.bob).outbox), (0, said));
        let told: Vec<_> = talk.hall.events();
        let logged = |user: UserId, wanted: Change| {
            told.iter().any(
                |it| matches!(it, Event::Logged { log, entry, .. } if *log == user.into() && entry.change == wanted),
            )
        };
        assert!(logged(talk.alice.user, Change::ThreadReadInbox { channel: talk.group, top, up_to: said }));
        assert!(logged(talk.bob.user, Change::ThreadReadOutbox { channel: talk.group, top, up_to: said }));
        let answer = talk.comment(talk.alice, post, "hi").unwrap().message;
        assert_eq!(marks(talk.bob).unread, 1, "one's own is never unread");
        talk.hall.run(ReadThread { by: talk.bob, channel: talk.group, top, max_id: answer }).unwrap();
        assert_eq!(marks(talk.bob).unread, 0);
        assert_eq!(talk.comments(talk.bob, post).unwrap().read, answer);
        assert_eq!(talk.comments(talk.owner, post).unwrap().read, MessageId(0));
    }
}

#[test]
fn comments_are_found_among_those_of_their_post() {
    let talk = &talks()[0];
    let (one, two) = (talk.post("one"), talk.post("two"));
    talk.comment(talk.alice, one, "moths by night").unwrap();
    talk.comment(talk.bob, two, "moths by day").unwrap();
    let found = |post| {
        let part = Part { limit: 10, ..Part::default() };
        let found = talk.hall.ask(|view| {
            let (group, top) = comments::place(view, talk.bob.user, talk.channel, post)?;
            let query = Query { words: "moths".into(), peer: Some(Peer::Channel(group)), ..Query::default() };
            let wanted = search::Wanted { query, thread: Some(top), part, ..search::Wanted::default() };
            search::search(view, talk.bob.user, &wanted)
        });
        found.unwrap().messages.into_iter().map(|it| it.body.text).collect::<Vec<_>>()
    };
    assert_eq!(found(one), ["moths by night"]);
    assert_eq!(found(two), ["moths by day"]);
}

#[test]
fn a_guest_may_comment_as_a_public_channel_of_its_own() {
    let talk = &talks()[0];
    let post = talk.post("one");
    let own = make(&talk.hall, talk.bob, "Own", true);
    let naming = crate::groups::usernames::Naming::Main("bobs_channel".into());
    talk.hall.run(crate::groups::usernames::NameChannel { by: talk.bob, channel: own, naming }).unwrap();
    let all = talk.hall.ask(|view| voice::identities(view, talk.bob.user, talk.group)).unwrap();
    assert_eq!(all, [Peer::User(talk.bob.user), Peer::Channel(own)]);
    let send_as = Some(Peer::Channel(own));
    let text = talk.text(talk.bob, talk.group, "as news", talk.copy_of(post));
    talk.hall.run(SendMessage { send_as, ..text }).unwrap();
    assert_eq!(talk.comments(talk.alice, post).unwrap().recent, [Peer::Channel(own)]);
}

/// The chat with answers of somebody, the newest first: the text, and the message that it answers.
fn answers(talk: &Talk, by: Caller) -> Vec<(String, i32)> {
    let place = history::Place::Chat(Peer::User(UserId::REPLIES));
    let part = Part { limit: 50, ..Part::default() };
    let page = talk.hall.ask(|view| history::page(view, by.user, place, part)).unwrap();
    page.messages
        .into_iter()
        .map(|it| {
            let elsewhere = it.body.elsewhere.expect("it answers something elsewhere");
            assert_eq!(elsewhere.peer, Peer::Channel(talk.group));
            assert_eq!(it.row.forward.unwrap().saved_peer, Some(elsewhere.peer));
            (it.body.text, elsewhere.message.0)
        })
        .collect()
}

#[test]
fn a_guest_finds_answers_to_its_comments_in_a_chat_of_their_own() {
    for talk in talks() {
        crate::testing::ready(crate::accounts::bootstrap(&talk.hall.domain, "Chappe")).unwrap();
        let post = talk.post("one");
        let said = talk.comment(talk.bob, post, "which?").unwrap().message;
        let answer =
            |by: Caller, to, text: &str| talk.hall.run(talk.text(by, talk.group, text, Some(to))).unwrap().message;
        let first = answer(talk.alice, said, "this");
        answer(talk.bob, said, "I mean that");
        answer(talk.bob, first, "thanks");
        assert_eq!(answers(&talk, talk.bob), [("this".to_owned(), said.0)]);
        assert_eq!(answers(&talk, talk.alice), [], "who is in the group hears it there");
        let edit = crate::messages::edit::EditMessage {
            by: talk.alice,
            peer: Peer::Channel(talk.group),
            message: first,
            text: "not this".into(),
            entities: Vec::new(),
            no_webpage: false,
        };
        talk.hall.run(edit).unwrap();
        assert_eq!(answers(&talk, talk.bob), [("not this".to_owned(), said.0)]);
        talk.hall.run(DeletePosts { by: talk.alice, channel: talk.group, messages: vec![first] }).unwrap();
        assert_eq!(answers(&talk, talk.bob), []);
        // Whom it has blocked it does not hear, nor anybody once it is in the group.
        answer(talk.alice, said, "again");
        let message = talk
            .hall
            .ask(|view| crate::messages::dialog(view, talk.bob.user, Peer::User(UserId::REPLIES)))
            .unwrap()
            .top;
        let block = |message| crate::messages::replies::BlockFromReplies { by: talk.bob, message, delete: true };
        assert_eq!(talk.hall.run(block(MessageId(999))), Err(Refusal::MsgIdInvalid));
        let blocked = talk.hall.run(block(message)).unwrap();
        assert_eq!((blocked.author, blocked.told.len()), (Peer::User(talk.alice.user), 2));
        answer(talk.alice, said, "and again");
        assert_eq!(answers(&talk, talk.bob), []);
        answer(talk.owner, said, "hello");
        assert_eq!(answers(&talk, talk.bob), [("hello".to_owned(), said.0)]);
        let text =
            SendMessage { peer: Peer::User(UserId::REPLIES), ..talk.text(talk.bob, talk.group, "to whom", None) };
        assert_eq!(talk.hall.run(text), Err(Refusal::PeerIdInvalid), "nobody reads there");
        talk.hall.run(JoinChannel { by: talk.bob, channel: talk.group }).unwrap();
        answer(talk.owner, said, "welcome");
        assert_eq!(answers(&talk, talk.bob).len(), 1);
    }
}

#[test]
fn all_answers_of_somebody_go_a_step_at_a_time() {
    let talk = &talks()[0];
    let post = talk.post("one");
    let said = talk.comment(talk.bob, post, "which?").unwrap().message;
    for at in 0..102 {
        let by = if at % 2 == 0 { talk.alice } else { talk.owner };
        talk.hall.run(talk.text(by, talk.group, "this", Some(said))).unwrap();
    }
    let author = Peer::User(talk.alice.user);
    let step = |below| talk.hall.run(crate::messages::replies::DeleteReplies { by: talk.bob, author, below }).unwrap();
    let (entry, next) = step(MessageId(i32::MAX));
    assert_eq!(entry.map(|it| it.count), Some(50));
    let (entry, next) = step(next.expect("two are left"));
    assert_eq!((entry.map(|it| it.count), next), (Some(1), None));
    let left = talk.hall.ask(|view| crate::messages::dialog(view, talk.bob.user, Peer::User(UserId::REPLIES))).unwrap();
    assert_eq!(left.unread, 51);
}
