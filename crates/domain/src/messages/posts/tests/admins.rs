//! Who takes messages away, pins them, and speaks as somebody else; and acts that meet.

use super::*;
use crate::{
    messages::{
        edit::EditMessage,
        forward::ForwardMessages,
        pinned::PinMessage,
        posts::{
            ClearChannel, DeletePosts,
            purge::DeleteParticipantHistory,
            settings::TakeReactionsBack,
            voice::{self, SaveSendAs, identities},
        },
        reactions::react::React,
        timers,
    },
    testing::ready,
};

fn delete(group: &Group, by: Caller, ids: &[i32]) -> Result<usize, Refusal> {
    let messages = ids.iter().copied().map(MessageId).collect();
    let entry = group.hall.run(DeletePosts { by, channel: group.id, messages })?;
    Ok(entry.map_or(0, |it| usize::try_from(it.count).unwrap()))
}

fn admin(rights: AdminRights) -> MemberRow {
    MemberRow { joined: 1, admin: rights, ..MemberRow::default() }
}

#[test]
fn members_delete_their_own_messages_and_admins_by_right_those_of_all() {
    for group in groups() {
        for who in [group.alice, group.bob, group.alice] {
            group.send(who, "x").unwrap();
        }
        assert_eq!(delete(&group, group.alice, &[1, 2]), Err(Refusal::MessageDeleteForbidden), "all or none");
        assert_eq!(delete(&group, group.alice, &[1, 99]), Ok(1));
        let pinner = group.stranger("Pia");
        group.place(pinner, admin(AdminRights::PIN_MESSAGES));
        assert_eq!(delete(&group, pinner, &[2]), Err(Refusal::MessageDeleteForbidden));
        let deleter = group.stranger("Dora");
        group.place(deleter, admin(AdminRights::DELETE_MESSAGES));
        assert_eq!(delete(&group, deleter, &[2, 3]), Ok(2));
        assert_eq!(group.read(group.bob), "");
        assert_eq!(delete(&group, deleter, &[2]), Ok(0));
    }
}

#[test]
fn one_senders_messages_go_in_steps_that_a_restart_does_not_stop() {
    let group = Group::new(Hall::new(), ChannelRow::default());
    for n in 0..700 {
        group.send(if n % 2 == 0 { group.alice } else { group.bob }, "x").unwrap();
    }
    let purge = |by: Caller| {
        let participant = Peer::User(group.alice.user);
        group.hall.run(DeleteParticipantHistory { by, channel: group.id, participant })
    };
    assert_eq!(purge(group.bob).map(drop), Err(Refusal::ChatAdminRequired));
    let first = purge(group.owner).unwrap().unwrap();
    assert_eq!(first.count, 128, "half of what one step looks at");
    (0..2).for_each(|_| ready(timers::run_due(&group.hall.domain)).unwrap());
    let count = |who: Caller| {
        let query = crate::messages::search::Query {
            peer: Some(group.peer()),
            from: Some(who.user),
            ..crate::messages::search::Query::default()
        };
        group.hall.ask(|view| crate::messages::search::hits(view, group.id.into(), &query)).unwrap().len()
    };
    // The first word stays, whoever said it.
    assert_eq!((count(group.alice), count(group.bob)), (1, 350));
}

#[test]
fn a_member_empties_a_group_for_itself_and_its_owner_for_all() {
    for group in groups() {
        for text in ["one", "two", "three"] {
            group.send(group.alice, text).unwrap();
        }
        let clear = |by, max_id, for_everyone| {
            group.hall.run(ClearChannel { by, channel: group.id, max_id: MessageId(max_id), for_everyone })
        };
        assert_eq!(clear(group.bob, 2, false).unwrap().len(), 1);
        assert_eq!((group.read(group.bob), group.read(group.owner).len()), ("3< three".into(), 26));
        assert_eq!(clear(group.bob, 1, false).unwrap(), [], "what is hidden stays hidden");
        assert_eq!(clear(group.bob, 0, true).map(drop), Err(Refusal::ChatAdminRequired));
        clear(group.owner, 2, true).unwrap();
        assert_eq!(group.read(group.alice), "3> three | 1> one");
        group.hall.run(Count { channel: group.id, members: 1001 }).unwrap();
        assert_eq!(clear(group.owner, 0, true).map(drop), Err(Refusal::ChannelTooBig));
    }
}

#[test]
fn members_pin_where_it_is_not_banned_and_all_are_told_by_a_message() {
    for group in groups() {
        group.send(group.alice, "rules").unwrap();
        let pin = |by, pinned| {
            let (peer, message) = (group.peer(), MessageId(1));
            group.hall.run(PinMessage { by, peer, message, pinned, one_side: false, silent: false })
        };
        assert_eq!(pin(group.bob, true).unwrap().len(), 2);
        assert_eq!(pin(group.bob, true), Err(Refusal::ChatNotModified));
        assert!(group.page(group.owner).unwrap().iter().any(|it| it.row.pinned));
        assert_eq!(group.page(group.owner).unwrap()[0].reply_to, Some(MessageId(1)), "the notice names what is pinned");
        assert_eq!(pin(group.owner, false).unwrap().len(), 1);
        let muted = MemberRow { joined: 1, banned: BannedRights::PIN_MESSAGES, ..MemberRow::default() };
        group.place(group.bob, muted);
        assert_eq!(pin(group.bob, true), Err(Refusal::ChatAdminRequired));
        assert_eq!(pin(group.stranger("Mallory"), true), Err(Refusal::ChannelPrivate));
    }
}

#[test]
fn an_anonymous_admin_is_the_group_to_all_but_itself() {
    for group in groups() {
        group.place(group.owner, admin(AdminRights::CREATOR.with(AdminRights::ANONYMOUS)));
        group.send(group.owner, "order!").unwrap();
        let seen = |who| group.page(who).unwrap().remove(0);
        assert_eq!((seen(group.alice).row.from, seen(group.alice).row.sent_as), (UserId::NOBODY, Some(group.peer())));
        assert!(!seen(group.alice).people().any(|it| it == group.owner.user), "nothing names it");
        assert!(seen(group.owner).row.out);
        let ask = |who: Caller| group.hall.ask(|view| identities(view, who.user, group.id)).unwrap();
        assert_eq!((ask(group.owner), ask(group.alice)), (vec![group.peer()], vec![Peer::User(group.alice.user)]));
        let query = crate::messages::search::Query {
            peer: Some(group.peer()),
            from: Some(group.owner.user),
            ..crate::messages::search::Query::default()
        };
        let hits = group.hall.ask(|view| crate::messages::search::hits(view, group.id.into(), &query)).unwrap();
        assert_eq!(hits, [], "not to be found by its author");
        let reply = Some(ReplyTo { message: MessageId(1), ..ReplyTo::default() });
        group.hall.run(SendMessage { reply, ..group.text(group.alice, "yes") }).unwrap();
        assert_eq!(seen(group.alice).row.mentions, [], "who answers the group calls no person");
    }
}

#[test]
fn ones_own_public_channel_speaks_in_public_groups() {
    let group = Group::new(Hall::new(), ChannelRow { public: true, ..ChannelRow::default() });
    let row = ChannelRow { creator: group.alice.user, broadcast: true, public: true, ..ChannelRow::default() };
    let own = group.hall.run(Make { row, title: "Signals".into() }).unwrap();
    let place = Place { channel: own, user: group.alice.user, row: admin(AdminRights::CREATOR) };
    group.hall.run(place).unwrap();
    let voice = Peer::Channel(own);
    let ask = group.hall.ask(|view| identities(view, group.alice.user, group.id)).unwrap();
    assert_eq!(ask, [Peer::User(group.alice.user), voice]);
    let save = |by, send_as| group.hall.run(SaveSendAs { by, channel: group.id, send_as });
    assert_eq!(save(group.bob, voice), Err(Refusal::SendAsPeerInvalid));
    let say = |by, send_as| group.hall.run(SendMessage { send_as, ..group.text(by, "hear") }).map(drop);
    assert_eq!(say(group.bob, Some(voice)), Err(Refusal::SendAsPeerInvalid));
    say(group.alice, Some(voice)).unwrap();
    let chosen = |by: Caller| group.hall.ask(|view| voice::chosen(view, by.user, group.id)).unwrap();
    assert_eq!(chosen(group.alice), Some(Peer::User(group.alice.user)), "it has a choice");
    save(group.alice, voice).unwrap();
    assert_eq!(chosen(group.alice), Some(voice));
    say(group.alice, None).unwrap();
    say(group.alice, Some(Peer::User(group.alice.user))).unwrap();
    let voices: Vec<_> = group.page(group.bob).unwrap().iter().map(|it| it.row.sent_as).collect();
    assert_eq!(voices, [None, Some(voice), Some(voice)]);
    let closed = Group::new(Hall::new(), ChannelRow::default());
    let asked = closed.hall.ask(|view| voice::chosen(view, closed.alice.user, closed.id));
    assert_eq!(asked, Ok(None), "in a private group there is none");
}

fn forward(group: &Group, by: Caller, to: Peer, id: i32) -> Result<Vec<Sent>, Refusal> {
    group.hall.run(ForwardMessages {
        by,
        from: group.peer(),
        to,
        messages: vec![MessageId(id)],
        random_ids: vec![group.next()],
        drop_author: false,
        silent: false,
        noforwards: false,
        send_as: None,
        top: None,
    })
}

#[test]
fn a_forward_names_the_author_or_the_channel_and_its_post() {
    let group = Group::new(Hall::new(), ChannelRow { broadcast: true, signatures: true, ..ChannelRow::default() });
    group.send(group.owner, "news").unwrap();
    forward(&group, group.alice, Peer::User(group.alice.user), 1).unwrap();
    let seen = group.hall.ask(|view| crate::messages::seen(view, group.alice.user, MessageId(1))).unwrap().unwrap();
    let origin = seen.origin.unwrap();
    assert_eq!((origin.row.channel, origin.row.post), (Some(group.peer()), MessageId(1)));
    assert_eq!((origin.row.from, origin.signature.as_deref()), (None, Some("Olga")));
    assert_eq!(seen.saved, Some(group.peer()), "a part of Saved Messages of its own");
    let closed = Group::new(Hall::new(), ChannelRow { noforwards: true, ..ChannelRow::default() });
    closed.send(closed.alice, "secret").unwrap();
    let refused = forward(&closed, closed.alice, Peer::User(closed.bob.user), 1);
    assert_eq!(refused.map(drop), Err(Refusal::ChatForwardsRestricted));
    let open = Group::new(Hall::new(), ChannelRow::default());
    open.send(open.alice, "hello").unwrap();
    assert_eq!(forward(&open, open.stranger("Mallory"), Peer::User(open.bob.user), 1), Err(Refusal::ChannelPrivate));
    forward(&open, open.bob, open.peer(), 1).unwrap();
    let seen = open.page(open.owner).unwrap().remove(0);
    assert_eq!(seen.origin.unwrap().row.from, Some(open.alice.user));
}

#[test]
fn acts_on_one_message_that_meet_are_decided_one_after_the_other() {
    for hall in [Hall::new(), Hall::distant()] {
        let group = Group::new(hall, ChannelRow::default());
        group.send(group.alice, "first").unwrap();
        let edit = |by, text: &str| EditMessage {
            by,
            peer: group.peer(),
            message: MessageId(1),
            text: text.into(),
            entities: Vec::new(),
            no_webpage: false,
        };
        let react = |by| React {
            by,
            peer: group.peer(),
            message: MessageId(1),
            reactions: vec![crate::messages::Reaction::Emoji { emoticon: "🔥".into() }],
            big: false,
            add_to_recent: false,
        };
        // Both are in line before either is answered.
        let domain = &group.hall.domain;
        let (one, two) = (domain.command(edit(group.alice, "second")), domain.command(react(group.bob)));
        let (three, four) = (domain.command(react(group.owner)), domain.command(edit(group.alice, "third")));
        ready(async { (one.await.unwrap(), two.await.unwrap(), three.await.unwrap(), four.await.unwrap()) });
        let seen = group.page(group.owner).unwrap().remove(0);
        assert_eq!((seen.body.text.as_str(), seen.row.version), ("third", 2));
        assert_eq!(seen.crowd.unwrap().counts[0].1, 2, "no reaction is lost to an edit");
        let gone = DeletePosts { by: group.owner, channel: group.id, messages: vec![MessageId(1)] };
        let (gone, late) = (domain.command(gone), domain.command(react(group.alice)));
        let (gone, late) = ready(async { (gone.await, late.await) });
        assert!(gone.unwrap().is_some());
        assert_eq!(late.map(drop), Err(Refusal::MessageIdInvalid));
    }
}

#[test]
fn an_admin_takes_a_members_reactions_back() {
    let group = Group::new(Hall::new(), ChannelRow::default());
    for _ in 0..3 {
        group.send(group.alice, "x").unwrap();
    }
    for id in 1..=3 {
        let reactions = vec![crate::messages::Reaction::Emoji { emoticon: "🔥".into() }];
        let (peer, message) = (group.peer(), MessageId(id));
        let react = React { by: group.bob, peer, message, reactions, big: false, add_to_recent: false };
        group.hall.run(react).unwrap();
    }
    let take = |by, message: Option<i32>| {
        let (participant, message) = (group.bob.user, message.map(MessageId));
        group.hall.run(TakeReactionsBack { by, channel: group.id, participant, message }).map(drop)
    };
    assert_eq!(take(group.alice, Some(1)), Err(Refusal::ChatAdminRequired));
    take(group.owner, Some(1)).unwrap();
    assert_eq!(take(group.owner, Some(1)), Err(Refusal::MessageIdInvalid));
    let left = || group.page(group.alice).unwrap().iter().filter(|it| it.crowd.is_some()).count();
    assert_eq!(left(), 2);
    take(group.owner, None).unwrap();
    assert_eq!(left(), 0);
}
