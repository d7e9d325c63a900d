//! Mentions and reactions: what they are in the channel, and what a member's mailbox keeps of them.

use super::*;
use crate::{
    groups::reactions::{Allowed, Choice},
    messages::{
        DialogRow, Reaction, dialogs,
        marks::{self, Mark, Part},
        mentions::ReadMentions,
        posts::{DeletePosts, contents::ReadChannelContents, settings::AllowReactions},
        reactions::{crowd, react::React, unread::ReadReactions},
        rows::{Entity, EntityKind},
    },
    updates::{Change, Event},
};

fn own(group: &Group, who: Caller) -> DialogRow {
    group.hall.ask(|view| dialogs::dialog(view, who.user, group.peer())).expect("reads")
}

fn emoji(it: &str) -> Reaction {
    Reaction::Emoji { emoticon: it.into() }
}

fn react(group: &Group, by: Caller, id: i32, all: &[&str]) -> Result<(), Refusal> {
    let reactions = all.iter().map(|it| emoji(it)).collect();
    let (peer, message) = (group.peer(), MessageId(id));
    group.hall.run(React { by, peer, message, reactions, big: false, add_to_recent: false }).map(drop)
}

/// Counts, what the reader chose, and who reacted last.
fn reactions(group: &Group, me: Caller, id: i32) -> String {
    let seen = group.page(me).expect("reads").into_iter().find(|it| it.id == MessageId(id)).expect("is there");
    let Some(crowd) = seen.crowd else { return "none".into() };
    let text = |it: &Reaction| {
        let Reaction::Emoji { emoticon } = it;
        emoticon.clone()
    };
    let counts: Vec<_> = crowd.counts.iter().map(|(it, times)| format!("{}{times}", text(it))).collect();
    let own: Vec<_> = crowd.own.iter().map(text).collect();
    format!("{} own {} last {}", counts.join(" "), own.join(""), seen.reactions.len())
}

#[test]
fn a_mention_marks_the_mailbox_of_its_member_until_it_is_opened() {
    for group in groups() {
        let kind = EntityKind::MentionName { user: group.bob.user };
        let entities = vec![Entity { offset: 0, length: 3, kind, ..Entity::default() }];
        let call = || SendMessage { entities: entities.clone(), ..group.text(group.alice, "Bob, look") };
        for _ in 0..3 {
            group.hall.run(call()).unwrap();
        }
        assert_eq!((own(&group, group.bob).unread_mentions, own(&group, group.owner).unread_mentions), (3, 0));
        let seen = group.page(group.bob).unwrap().remove(0);
        assert!(seen.mentioned && seen.unread_mention);
        assert!(!group.page(group.owner).unwrap()[0].mentioned);
        let part = Part { limit: 10, ..Part::default() };
        let ids =
            |it: &Group| it.hall.ask(|view| marks::page(view, it.bob.user, it.peer(), Mark::Mention, part)).unwrap();
        assert_eq!(ids(&group), (vec![MessageId(3), MessageId(2), MessageId(1)], 3));
        group.hall.events();
        let open = ReadChannelContents { by: group.bob, channel: group.id, messages: vec![MessageId(2), MessageId(9)] };
        group.hall.run(open).unwrap();
        let told = |it: &Event| matches!(it, Event::Logged { entry, .. } if matches!(&entry.change, Change::ChannelContents { messages, .. } if messages == &[MessageId(2)]));
        assert!(group.hall.events().iter().any(told), "the reader's other devices learn of it");
        let delete = DeletePosts { by: group.alice, channel: group.id, messages: vec![MessageId(3)] };
        group.hall.run(delete).unwrap();
        assert_eq!(ids(&group), (vec![MessageId(1)], 1), "what is gone calls nobody");
        group.hall.run(ReadMentions { by: group.bob, peer: group.peer(), top: None }).unwrap();
        assert_eq!(own(&group, group.bob).unread_mentions, 0);
    }
}

#[test]
fn any_number_react_and_the_sum_is_told_with_the_last_three() {
    for hall in [Hall::new(), Hall::with_outbox()] {
        let group = Group::new(hall, ChannelRow::default());
        group.send(group.alice, "look").unwrap();
        let crowd: Vec<_> = (0..12)
            .map(|n| {
                let who = group.stranger(&format!("R{n}"));
                group.place(who, MemberRow { joined: 1, ..MemberRow::default() });
                group.hall.pass(1);
                react(&group, who, 1, if n % 3 == 0 { &["🔥"] } else { &["👍"] }).unwrap();
                who
            })
            .collect();
        assert_eq!(reactions(&group, group.bob, 1), "🔥4 👍8 own  last 3");
        assert_eq!(reactions(&group, crowd[0], 1), "🔥4 👍8 own 🔥 last 3");
        assert_eq!(react(&group, crowd[0], 1, &["🔥"]), Err(Refusal::MessageNotModified));
        react(&group, crowd[0], 1, &["👍", "🔥"]).unwrap();
        react(&group, crowd[1], 1, &[]).unwrap();
        assert_eq!(reactions(&group, crowd[0], 1), "🔥4 👍8 own 👍🔥 last 3");
        let list = |only: Option<&Reaction>, offset, limit| {
            group
                .hall
                .ask(|view| crowd::page(view, group.bob.user, (group.id, MessageId(1)), only, offset, limit))
                .unwrap()
        };
        let (mut offset, mut all) = (None, Vec::new());
        loop {
            let page = list(None, offset, 5);
            assert_eq!(page.count, 12);
            all.extend(page.listed.iter().map(|it| it.who));
            offset = page.next;
            if offset.is_none() {
                break;
            }
        }
        assert_eq!(all.len(), 12, "each once, and one person twice");
        assert_eq!(list(Some(&emoji("🔥")), None, 100).listed.len(), 4);
    }
}

#[test]
fn an_author_has_unread_reactions_until_it_reads_them() {
    for group in groups() {
        group.send(group.alice, "look").unwrap();
        react(&group, group.bob, 1, &["🔥"]).unwrap();
        react(&group, group.alice, 1, &["👍"]).unwrap();
        assert_eq!(own(&group, group.alice).unread_reactions, 1);
        assert!(group.page(group.alice).unwrap()[0].reactions.iter().all(|it| it.unread));
        assert!(!group.page(group.bob).unwrap()[0].reactions.iter().any(|it| it.unread));
        let ids = group.hall.ask(|view| {
            marks::page(view, group.alice.user, group.peer(), Mark::Reaction, Part { limit: 9, ..Part::default() })
        });
        assert_eq!(ids, Ok((vec![MessageId(1)], 1)));
        group.hall.run(ReadReactions { by: group.alice, peer: group.peer(), top: None }).unwrap();
        assert_eq!(own(&group, group.alice).unread_reactions, 0);
        react(&group, group.bob, 1, &["👍"]).unwrap();
        assert_eq!(own(&group, group.alice).unread_reactions, 1);
        let delete = DeletePosts { by: group.alice, channel: group.id, messages: vec![MessageId(1)] };
        group.hall.run(delete).unwrap();
        assert_eq!(own(&group, group.alice).unread_reactions, 0);
    }
}

#[test]
fn a_group_says_which_reactions_it_takes() {
    let group = Group::new(Hall::new(), ChannelRow::default());
    group.send(group.alice, "look").unwrap();
    let allow = |by: Caller, choice, limit| {
        let allowed = Allowed { choice, limit, ..Allowed::default() };
        group.hall.run(AllowReactions { by, channel: group.id, allowed }).map(drop)
    };
    let fire = || Choice::Some { reactions: vec![emoji("🔥"), emoji("👍")] };
    assert_eq!(allow(group.alice, fire(), 0), Err(Refusal::ChatAdminRequired));
    allow(group.owner, fire(), 1).unwrap();
    assert_eq!(allow(group.owner, fire(), 1), Err(Refusal::ChatNotModified));
    assert_eq!(react(&group, group.bob, 1, &["😁"]), Err(Refusal::ReactionInvalid));
    react(&group, group.bob, 1, &["🔥"]).unwrap();
    assert_eq!(react(&group, group.owner, 1, &["👍"]), Err(Refusal::ReactionsTooMany), "one kind a message");
    allow(group.owner, Choice::None {}, 0).unwrap();
    assert_eq!(react(&group, group.owner, 1, &["🔥"]), Err(Refusal::ReactionInvalid));
    let muted = MemberRow { joined: 1, banned: BannedRights::SEND_REACTIONS, ..MemberRow::default() };
    group.place(group.alice, muted);
    assert_eq!(react(&group, group.alice, 1, &["🔥"]), Err(Refusal::ChatWriteForbidden));
}
