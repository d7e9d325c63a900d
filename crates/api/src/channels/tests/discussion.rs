//! A channel's comments as callers see them.

use domain::{Caller, Peer, groups::AdminRights, testing::Hall};
use tl::{
    enums,
    functions::{channels as f, messages as m},
    types,
};

use super::{appoint, ban, bring, chat, group, input, new, outcome, people, updates};
use crate::testing::{answering, call, channel_peer as at, refused, text};

fn channel(hall: &Hall, by: Caller) -> i64 {
    chat(&updates(call(hall, by, &new("News", true)).unwrap()).chats).id
}

fn link(hall: &Hall, by: Caller, channel: i64, group: i64) -> f::SetDiscussionGroup {
    f::SetDiscussionGroup { broadcast: input(hall, by, channel), group: input(hall, by, group) }
}

fn full(hall: &Hall, by: Caller, id: i64) -> (types::ChannelFull, Vec<enums::Chat>) {
    let enums::messages::ChatFull::Full(it) =
        call(hall, by, &f::GetFullChannel { channel: input(hall, by, id) }).unwrap();
    let enums::ChatFull::ChannelFull(full) = it.full_chat else { panic!("{:?}", it.full_chat) };
    (full, it.chats)
}

/// The message that an answer tells of.
fn told(it: enums::Updates) -> types::Message {
    let found = updates(it).updates.into_iter().find_map(|it| match it {
        enums::Update::NewChannelMessage(types::UpdateNewChannelMessage {
            message: enums::Message::Message(it),
            ..
        }) => Some(it),
        _ => None,
    });
    found.expect("a message")
}

fn replies(it: &types::Message) -> &types::MessageReplies {
    let Some(enums::MessageReplies::Replies(it)) = &it.replies else { panic!("{it:?}") };
    it
}

fn history(hall: &Hall, by: Caller, id: i64) -> Vec<types::Message> {
    let peer = at(hall, by, id);
    let request =
        m::GetHistory { peer, offset_id: 0, offset_date: 0, add_offset: 0, limit: 50, max_id: 0, min_id: 0, hash: 0 };
    let enums::messages::Messages::ChannelMessages(it) = call(hall, by, &request).unwrap() else { panic!("a page") };
    let texts = it.messages.into_iter().filter_map(|it| match it {
        enums::Message::Message(it) => Some(it),
        _ => None,
    });
    texts.collect()
}

fn comments(by_post: enums::InputPeer, msg_id: i32) -> m::GetReplies {
    m::GetReplies {
        peer: by_post,
        msg_id,
        offset_id: 0,
        offset_date: 0,
        add_offset: 0,
        limit: 20,
        max_id: 0,
        min_id: 0,
        hash: 0,
    }
}

fn comment(hall: &Hall, by: Caller, group: i64, answers: i32, said: &str) -> m::SendMessage {
    let random_id = said.bytes().fold(7, |sum: i64, it| sum.wrapping_mul(31).wrapping_add(i64::from(it)));
    m::SendMessage { reply_to: Some(answering(answers, None)), ..text(&at(hall, by, group), said, random_id) }
}

#[test]
fn a_post_its_copy_and_the_comments_are_told_alike_to_all() {
    for hall in [Hall::new(), Hall::with_outbox()] {
        let [owner, member, passer] = people(&hall);
        let (news, talk) = (channel(&hall, owner), group(&hall, owner));
        bring(&hall, owner, news, &[member, passer]);
        bring(&hall, owner, talk, &[member]);
        assert!(call(&hall, owner, &link(&hall, owner, news, talk)).unwrap());
        for (id, other) in [(news, talk), (talk, news)] {
            let (full, chats) = full(&hall, owner, id);
            assert_eq!(full.linked_chat_id, Some(other));
            let linked = |it: &enums::Chat| matches!(it, enums::Chat::Channel(it) if it.has_link);
            assert_eq!(chats.iter().filter(|it| linked(it)).count(), 2, "{chats:?}");
        }
        let post = told(call(&hall, owner, &text(&at(&hall, owner, news), "one", 1)).unwrap());
        let none = replies(&post);
        assert_eq!((none.comments, none.replies, none.channel_id), (true, 0, Some(talk)));
        let copied = history(&hall, member, talk).remove(0);
        let Some(enums::MessageFwdHeader::Header(from)) = &copied.fwd_from else { panic!("{copied:?}") };
        let news_peer: enums::Peer = types::PeerChannel { channel_id: news }.into();
        assert_eq!((&from.from_id, from.channel_post), (&Some(news_peer.clone()), Some(post.id)));
        assert_eq!((&from.saved_from_peer, from.saved_from_msg_id), (&Some(news_peer.clone()), Some(post.id)));
        assert!(copied.pinned && !copied.out && !copied.post);
        assert_eq!(copied.from_id, Some(news_peer));

        // Who is no member of the group finds the thread by the post.
        let request = m::GetDiscussionMessage { peer: at(&hall, passer, news), msg_id: post.id };
        let enums::messages::DiscussionMessage::Message(it) = call(&hall, passer, &request).unwrap();
        assert_eq!((it.messages[0].id(), it.unread_count), (copied.id, 0));
        let seen = |id: i64| {
            it.chats.iter().any(|it| matches!(it, enums::Chat::Channel(it) if it.id == id && it.access_hash.is_some()))
        };
        assert!(seen(news) && seen(talk), "{:?}", it.chats);
        let first = told(call(&hall, member, &comment(&hall, member, talk, copied.id, "first")).unwrap());
        let second = told(call(&hall, passer, &comment(&hall, passer, talk, copied.id, "second")).unwrap());
        assert!(second.out && second.id > first.id);
        for by in [owner, member, passer] {
            for (peer, id) in [(news, post.id), (talk, copied.id)] {
                let answer = call(&hall, by, &comments(at(&hall, by, peer), id)).unwrap();
                let enums::messages::Messages::ChannelMessages(it) = answer else { panic!("{answer:?}") };
                assert_eq!(it.messages.iter().map(enums::Message::id).collect::<Vec<_>>(), [second.id, first.id]);
                assert_eq!(it.count, 2);
            }
            let shown = history(&hall, by, news).remove(0);
            let it = replies(&shown);
            assert_eq!((it.replies, it.max_id, it.read_max_id), (2, Some(second.id), None));
            let who = [passer, member].map(|it| crate::render::user::peer(Peer::User(it.user)));
            assert_eq!(it.recent_repliers.as_deref(), Some(&who[..]));
        }
        let looks = m::GetMessagesViews { peer: at(&hall, passer, news), id: vec![post.id], increment: false };
        let enums::messages::MessageViews::Views(it) = call(&hall, passer, &looks).unwrap();
        let enums::MessageViews::Views(views) = &it.views[0];
        let Some(enums::MessageReplies::Replies(now)) = &views.replies else { panic!("{views:?}") };
        assert_eq!((now.comments, now.replies, now.max_id), (true, 2, Some(second.id)));
        assert_eq!(it.users.len(), 2, "the last who commented are named");
        let read = m::ReadDiscussion { peer: at(&hall, passer, news), msg_id: post.id, read_max_id: second.id };
        assert!(call(&hall, passer, &read).unwrap());
        assert_eq!(replies(&history(&hall, passer, news)[0]).read_max_id, Some(second.id));
        let enums::messages::DiscussionMessage::Message(it) = call(&hall, passer, &request).unwrap();
        assert_eq!((it.read_inbox_max_id, it.max_id), (Some(second.id), Some(second.id)));
        let missing = m::GetDiscussionMessage { peer: at(&hall, passer, news), msg_id: 99 };
        assert_eq!(refused(&hall, passer, &missing), "400 MSG_ID_INVALID");
    }
}

#[test]
fn a_thread_read_elsewhere_names_its_post() {
    let hall = Hall::new();
    let [owner, member] = people(&hall);
    let (news, talk) = (channel(&hall, owner), group(&hall, owner));
    bring(&hall, owner, news, &[member]);
    bring(&hall, owner, talk, &[member]);
    call(&hall, owner, &link(&hall, owner, news, talk)).unwrap();
    let post = told(call(&hall, owner, &text(&at(&hall, owner, news), "one", 1)).unwrap());
    let copied = history(&hall, member, talk).remove(0);
    let said = told(call(&hall, owner, &comment(&hall, owner, talk, copied.id, "first")).unwrap());
    hall.events();
    let read = m::ReadDiscussion { peer: at(&hall, member, talk), msg_id: copied.id, read_max_id: said.id };
    call(&hall, member, &read).unwrap();
    let found = hall.events().into_iter().find_map(|event| {
        let topic = crate::push::mailbox_topic(member.user);
        let told = domain::testing::ready(crate::push::render(&hall.domain, &event, topic))?;
        updates(told).updates.into_iter().find_map(|it| match it {
            enums::Update::ReadChannelDiscussionInbox(it) => Some(it),
            _ => None,
        })
    });
    let it = found.expect("told");
    assert_eq!((it.channel_id, it.top_msg_id, it.read_max_id), (talk, copied.id, said.id));
    assert_eq!((it.broadcast_id, it.broadcast_post), (Some(news), Some(post.id)));
}

#[test]
fn groups_for_a_channel_are_those_one_leads() {
    let hall = Hall::new();
    let [owner, member] = people(&hall);
    let (news, talk) = (channel(&hall, owner), group(&hall, owner));
    bring(&hall, owner, talk, &[member]);
    let all = |by: Caller| {
        let enums::messages::Chats::Chats(it) = call(&hall, by, &f::GetGroupsForDiscussion {}).unwrap() else {
            panic!("all of them")
        };
        it.chats.iter().map(enums::Chat::id).collect::<Vec<_>>()
    };
    assert_eq!((all(owner), all(member)), (vec![talk], Vec::new()));
    call(&hall, owner, &link(&hall, owner, news, talk)).unwrap();
    assert_eq!(all(owner), [0; 0]);
    let nothing = f::SetDiscussionGroup { broadcast: enums::InputChannel::Empty, group: enums::InputChannel::Empty };
    assert_eq!(refused(&hall, owner, &nothing), "400 BROADCAST_ID_INVALID");
    let unlink = f::SetDiscussionGroup { broadcast: enums::InputChannel::Empty, group: input(&hall, owner, talk) };
    assert!(call(&hall, owner, &unlink).unwrap());
    assert_eq!(refused(&hall, owner, &unlink), "400 LINK_NOT_MODIFIED");
    assert_eq!(full(&hall, owner, news).0.linked_chat_id, None);
}

/// What each may do with a channel's comments: who has which role in the channel and in the group.
#[test]
fn what_each_may_do_with_comments() {
    const PRIVATE: &str = "CHANNEL_PRIVATE";
    const ADMIN: &str = "CHAT_ADMIN_REQUIRED";
    const BANNED: &str = "USER_BANNED_IN_CHANNEL";
    // Role, setDiscussionGroup, getDiscussionMessage, getReplies, readDiscussion, a comment, getSendAs.
    let table = [
        ("owner", ["LINK_NOT_MODIFIED", "ok", "ok", "ok", "ok", "ok"]),
        ("editor", [ADMIN, "ok", "ok", "ok", "ok", "ok"]),
        ("both", [ADMIN, "ok", "ok", "ok", "ok", "ok"]),
        ("subscriber", [ADMIN, "ok", "ok", "ok", "ok", "ok"]),
        ("muted", [ADMIN, "ok", "ok", "ok", BANNED, "ok"]),
        ("kicked", [ADMIN, PRIVATE, PRIVATE, PRIVATE, PRIVATE, PRIVATE]),
        ("member", [PRIVATE, PRIVATE, PRIVATE, PRIVATE, "ok", "ok"]),
        ("stranger", [PRIVATE; 6]),
    ];
    let hall = Hall::new();
    let by: [Caller; 8] = people(&hall);
    let [owner, editor, both, subscriber, muted, kicked, member, _] = by;
    let (news, talk) = (channel(&hall, owner), group(&hall, owner));
    bring(&hall, owner, news, &[editor, both, subscriber, muted, kicked]);
    bring(&hall, owner, talk, &[both, muted, kicked, member]);
    call(&hall, owner, &appoint(&hall, owner, news, editor, AdminRights::EDIT_MESSAGES)).unwrap();
    let silent = domain::groups::BannedRights::SEND_MESSAGES;
    call(&hall, owner, &ban(&hall, owner, talk, muted, silent, 0)).unwrap();
    call(&hall, owner, &ban(&hall, owner, talk, kicked, domain::groups::BannedRights::VIEW_MESSAGES, 0)).unwrap();
    call(&hall, owner, &link(&hall, owner, news, talk)).unwrap();
    let post = told(call(&hall, owner, &text(&at(&hall, owner, news), "one", 1)).unwrap()).id;
    let top = history(&hall, both, talk).remove(0).id;
    for ((role, wanted), by) in table.into_iter().zip(by) {
        let peer = || at(&hall, by, news);
        let got = [
            outcome(&hall, by, &link(&hall, by, news, talk)),
            outcome(&hall, by, &m::GetDiscussionMessage { peer: peer(), msg_id: post }),
            outcome(&hall, by, &comments(peer(), post)),
            outcome(&hall, by, &m::ReadDiscussion { peer: peer(), msg_id: post, read_max_id: top }),
            outcome(&hall, by, &comment(&hall, by, talk, top, role)),
            outcome(
                &hall,
                by,
                &f::GetSendAs { for_paid_reactions: false, for_live_stories: false, peer: at(&hall, by, talk) },
            ),
        ];
        assert_eq!(got, wanted, "{role}");
    }
}

#[test]
fn answers_to_a_guest_name_where_they_were_written_and_who_wrote_them_can_be_blocked() {
    let hall = Hall::new();
    domain::testing::ready(domain::accounts::bootstrap(&hall.domain, "Chappe")).unwrap();
    let [owner, guest] = people(&hall);
    let (news, talk) = (channel(&hall, owner), group(&hall, owner));
    bring(&hall, owner, news, &[guest]);
    call(&hall, owner, &link(&hall, owner, news, talk)).unwrap();
    call(&hall, owner, &text(&at(&hall, owner, news), "one", 1)).unwrap();
    let top = history(&hall, owner, talk).remove(0).id;
    let said = told(call(&hall, guest, &comment(&hall, guest, talk, top, "which?")).unwrap());
    let answer = told(call(&hall, owner, &comment(&hall, owner, talk, said.id, "this")).unwrap());
    let replies = domain::UserId::REPLIES;
    let access_hash = hall.domain.world().access_hash(guest.user, Peer::User(replies));
    let chat: enums::InputPeer = types::InputPeerUser { user_id: crate::render::user::id(replies), access_hash }.into();
    let request = m::GetHistory {
        peer: chat,
        offset_id: 0,
        offset_date: 0,
        add_offset: 0,
        limit: 10,
        max_id: 0,
        min_id: 0,
        hash: 0,
    };
    let all = || match call(&hall, guest, &request).unwrap() {
        enums::messages::Messages::Messages(it) => (it.messages, it.users, it.chats),
        enums::messages::Messages::Slice(it) => (it.messages, it.users, it.chats),
        other => panic!("{other:?}"),
    };
    let (messages, users, chats) = all();
    let [enums::Message::Message(it)] = &messages[..] else { panic!("{messages:?}") };
    let Some(enums::MessageReplyHeader::Header(header)) = &it.reply_to else { panic!("{it:?}") };
    let group_peer: enums::Peer = types::PeerChannel { channel_id: talk }.into();
    assert_eq!((header.reply_to_msg_id, header.reply_to_top_id), (Some(said.id), Some(top)));
    assert_eq!(header.reply_to_peer_id, Some(group_peer.clone()));
    let Some(enums::MessageFwdHeader::Header(from)) = &it.fwd_from else { panic!("{it:?}") };
    assert_eq!(from.from_id, Some(crate::render::user::peer(Peer::User(owner.user))));
    assert_eq!((&from.saved_from_peer, from.saved_from_msg_id), (&Some(group_peer), Some(answer.id)));
    let ids: Vec<_> = users.iter().map(enums::User::id).collect();
    assert!([replies, owner.user].iter().all(|it| ids.contains(&crate::render::user::id(*it))), "{users:?}");
    assert!(chats.iter().any(|it| matches!(it, enums::Chat::Channel(it) if it.id == talk && it.access_hash.is_some())));
    let block = |msg_id| tl::functions::contacts::BlockFromReplies {
        delete_message: true,
        delete_history: true,
        report_spam: false,
        msg_id,
    };
    assert_eq!(refused(&hall, guest, &block(999)), "400 MSG_ID_INVALID");
    let done = updates(call(&hall, guest, &block(it.id)).unwrap());
    assert!(
        matches!(&done.updates[..], [enums::Update::PeerBlocked(_), enums::Update::DeleteMessages(gone)] if gone.messages == [it.id]),
        "{done:?}"
    );
    assert!(all().0.is_empty());
}

#[test]
fn comments_are_searched_by_their_post() {
    let hall = Hall::new();
    let [owner, reader] = people(&hall);
    let (news, talk) = (channel(&hall, owner), group(&hall, owner));
    bring(&hall, owner, news, &[reader]);
    call(&hall, owner, &link(&hall, owner, news, talk)).unwrap();
    let post = told(call(&hall, owner, &text(&at(&hall, owner, news), "one", 1)).unwrap()).id;
    let top = history(&hall, owner, talk).remove(0).id;
    call(&hall, owner, &comment(&hall, owner, talk, top, "moths by night")).unwrap();
    call(&hall, owner, &text(&at(&hall, owner, talk), "moths by day", 2)).unwrap();
    let request = m::Search {
        peer: at(&hall, reader, news),
        q: "moths".into(),
        from_id: None,
        saved_peer_id: None,
        saved_reaction: None,
        top_msg_id: Some(post),
        filter: enums::MessagesFilter::InputMessagesFilterEmpty,
        min_date: 0,
        max_date: 0,
        offset_id: 0,
        add_offset: 0,
        limit: 10,
        max_id: 0,
        min_id: 0,
        hash: 0,
    };
    let enums::messages::Messages::ChannelMessages(it) = call(&hall, reader, &request).unwrap() else {
        panic!("a channel's")
    };
    let found: Vec<_> = it.messages.iter().map(enums::Message::id).collect();
    assert_eq!(found, [top + 1]);
}
