//! Posts and their copies.

use super::*;
use crate::{
    messages::{
        delete::DeleteMessages,
        edit::EditMessage,
        forward::ForwardMessages,
        media::Media,
        pinned,
        posts::{DeletePosts, copies},
        scheduled::{Schedule, SendLater},
        timers,
    },
    updates::{Change, Event, counters},
};

#[test]
fn a_post_is_copied_into_the_group_and_pinned_there() {
    for talk in talks() {
        let pts = || talk.hall.ask(|view| counters(view, talk.group)).unwrap().pts.0;
        let before = pts();
        let post = talk.post("one");
        assert_eq!(talk.group_texts(talk.alice).unwrap(), "^one");
        let id = talk.copy_of(post).expect("a copy");
        assert_eq!(pts(), before + 2, "a new message, and its pin");
        let last = talk.hall.ask(|view| pinned::last(view, talk.group.into(), Peer::Channel(talk.group))).unwrap();
        assert_eq!(last, Some(id));
        let it = talk.seen(talk.owner.user, talk.group, id).unwrap();
        assert_eq!(
            (it.row.out, it.row.from, it.row.sent_as),
            (false, UserId::NOBODY, Some(Peer::Channel(talk.channel)))
        );
        let origin = it.origin.unwrap().row;
        assert_eq!((origin.channel, origin.post), (Some(Peer::Channel(talk.channel)), post));
        assert_eq!((origin.saved_peer, origin.saved_id), (Some(Peer::Channel(talk.channel)), post));
        assert_eq!(copies::source(&it.row), Some((talk.channel, post)));
        assert_eq!(talk.count(post), Some(0), "it can be commented on");
    }
}

#[test]
fn posts_from_before_the_link_and_after_it_have_no_comments() {
    for hall in halls() {
        let talk = Talk::unlinked(hall);
        let before = talk.post("before");
        talk.link(talk.owner, Some(talk.channel), Some(talk.group)).unwrap();
        assert_eq!((talk.copy_of(before), talk.count(before)), (None, None));
        assert_eq!(talk.read(talk.alice, before), Err(Refusal::MsgIdInvalid));
        let post = talk.post("between");
        talk.comment(talk.alice, post, "yes").unwrap();
        assert_eq!(talk.count(post), Some(1));
        talk.link(talk.owner, Some(talk.channel), None).unwrap();
        assert_eq!(talk.count(post), None);
        let after = talk.post("after");
        assert_eq!((talk.copy_of(after), talk.count(after)), (None, None));
        talk.link(talk.owner, Some(talk.channel), Some(talk.group)).unwrap();
        assert_eq!((talk.count(post), talk.count(after)), (Some(1), None), "the comments are still there");
    }
}

#[test]
fn what_happens_in_the_channel_is_no_post_and_is_not_copied() {
    let talk = Talk::unlinked(Hall::new());
    talk.link(talk.owner, Some(talk.channel), Some(talk.group)).unwrap();
    let setting = crate::groups::settings::Setting::Title("Other".into());
    let command = crate::groups::settings::ChangeChannel { by: talk.owner, channel: talk.channel, setting };
    talk.hall.run(command).unwrap();
    assert_eq!(talk.group_texts(talk.alice).unwrap(), "");
}

#[test]
fn an_edited_post_changes_its_copy_and_a_deleted_one_takes_it_along() {
    for talk in talks() {
        let (post, other) = (talk.post("one"), talk.post("two"));
        let edit = EditMessage {
            by: talk.owner,
            peer: Peer::Channel(talk.channel),
            message: post,
            text: "changed".into(),
            entities: Vec::new(),
            no_webpage: false,
        };
        talk.hall.run(edit).unwrap();
        assert_eq!(talk.group_texts(talk.alice).unwrap(), "^two | ^changed");
        let it = talk.seen(talk.alice.user, talk.group, talk.copy_of(post).unwrap()).unwrap();
        assert!(it.row.edit_date > 0);
        talk.comment(talk.alice, post, "why").unwrap();
        let command = DeletePosts { by: talk.owner, channel: talk.channel, messages: vec![post] };
        talk.hall.run(command).unwrap();
        assert_eq!(talk.group_texts(talk.alice).unwrap(), "why | ^two", "what people wrote stays");
        assert_eq!(talk.count(other), Some(0));
    }
}

#[test]
fn a_deleted_copy_ends_the_comments_and_leaves_the_post() {
    for talk in talks() {
        let post = talk.post("one");
        let messages = vec![talk.copy_of(post).unwrap()];
        let command = DeletePosts { by: talk.alice, channel: talk.group, messages: messages.clone() };
        assert_eq!(talk.hall.run(command), Err(Refusal::MessageDeleteForbidden), "it is nobody's own");
        talk.hall.run(DeletePosts { by: talk.owner, channel: talk.group, messages }).unwrap();
        assert_eq!(talk.group_texts(talk.alice).unwrap(), "");
        assert_eq!(talk.count(post), None);
        assert_eq!(talk.read(talk.alice, post), Err(Refusal::MsgIdInvalid));
        assert!(talk.seen(talk.alice.user, talk.channel, post).is_some());
    }
}

#[test]
fn a_copy_is_edited_by_nobody_in_the_group() {
    let talk = &talks()[0];
    let message = talk.copy_of(talk.post("one")).unwrap();
    let edit = EditMessage {
        by: talk.owner,
        peer: Peer::Channel(talk.group),
        message,
        text: "mine".into(),
        entities: Vec::new(),
        no_webpage: false,
    };
    assert_eq!(talk.hall.run(edit), Err(Refusal::MessageAuthorRequired));
}

#[test]
fn scheduled_posts_and_forwards_are_copied_too() {
    for talk in talks() {
        let at = Schedule { date: talk.hall.ask(|view| Ok(view.now().secs())).unwrap() + 3600, repeat: 0 };
        let send = talk.text(talk.owner, talk.channel, "later", None);
        talk.hall.run(SendLater { send, media: Media::None, at }).unwrap();
        assert_eq!(talk.group_texts(talk.alice).unwrap(), "");
        talk.hall.pass(3601);
        crate::testing::ready(timers::run_due(&talk.hall.domain)).unwrap();
        talk.hall.apply_parcels();
        assert_eq!(talk.group_texts(talk.alice).unwrap(), "^later");
        let note = talk.hall.run(SendMessage {
            peer: Peer::User(talk.owner.user),
            ..talk.text(talk.owner, talk.channel, "noted", None)
        });
        let forward = ForwardMessages {
            by: talk.owner,
            from: Peer::User(talk.owner.user),
            to: Peer::Channel(talk.channel),
            messages: vec![note.unwrap().message],
            random_ids: vec![77],
            drop_author: false,
            silent: false,
            noforwards: false,
            send_as: None,
            top: None,
        };
        let post = talk.hall.run(forward).unwrap()[0].message;
        assert_eq!(talk.group_texts(talk.alice).unwrap(), "^noted | ^later");
        let it = talk.seen(talk.alice.user, talk.group, talk.copy_of(post).unwrap()).unwrap();
        let origin = it.origin.unwrap().row;
        assert_eq!((origin.from, origin.channel), (Some(talk.owner.user), None), "whose it was is still told");
        assert_eq!((origin.saved_peer, origin.saved_id), (Some(Peer::Channel(talk.channel)), post));
    }
}

#[test]
fn parcels_between_the_two_apply_once_and_in_their_order() {
    let talk = Talk::unlinked(Hall::with_outbox());
    talk.link(talk.owner, Some(talk.channel), Some(talk.group)).unwrap();
    let run = |text: &str| talk.hall.run_alone(talk.text(talk.owner, talk.channel, text, None)).unwrap().message;
    let (one, two) = (run("one"), run("two"));
    talk.hall.run_alone(DeletePosts { by: talk.owner, channel: talk.channel, messages: vec![one] }).unwrap();
    assert_eq!((talk.copy_of(two), talk.count(two)), (None, Some(0)), "its copy is on its way");
    let keys = talk.hall.ask(|view| crate::deliveries::pending(view)).unwrap();
    assert_eq!(keys.len(), 3);
    let apply = |at: usize| talk.hall.run_alone(crate::deliveries::ApplyParcel { key: keys[at].clone() }).unwrap();
    assert!(!apply(2) && !apply(1), "each waits for those before it");
    assert!(apply(0) && !apply(0), "once");
    assert_eq!(talk.group_texts(talk.alice).unwrap(), "^one");
    assert!(apply(1) && !apply(1));
    assert_eq!(talk.group_texts(talk.alice).unwrap(), "^two | ^one");
    assert!(apply(2) && !apply(2) && !apply(0));
    assert_eq!(talk.group_texts(talk.alice).unwrap(), "^two");
    assert!(talk.hall.ask(|view| crate::deliveries::pending(view)).unwrap().is_empty(), "nothing is sent back for it");
}

#[test]
fn only_who_is_in_the_group_hears_of_a_copy() {
    let talk = &talks()[0];
    talk.hall.events();
    talk.post("one");
    let logs: Vec<_> = talk
        .hall
        .events()
        .into_iter()
        .filter_map(|it| match it {
            Event::Logged { log, entry, .. } => matches!(entry.change, Change::NewMessage { .. }).then_some(log),
            _ => None,
        })
        .collect();
    assert_eq!(logs, [talk.channel.into(), talk.group.into()]);
    // What somebody keeps for itself looks like a copy in nothing but its origin.
    let command = DeleteMessages { by: talk.owner, messages: vec![MessageId(1)], revoke: true };
    assert_eq!(talk.hall.run(command).map(drop), Ok(()));
}
