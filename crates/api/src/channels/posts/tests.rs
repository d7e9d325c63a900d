//! What callers see of messages in supergroups: each is changed through one and read through another.

use domain::{
    Caller, ChannelId,
    groups::{AdminRights, BannedRights, ChannelRow, MemberRow},
    testing::{
        Hall,
        groups::{Count, Make, Place},
    },
};
use tl::{enums, functions::channels as c, functions::messages as m, types};

use crate::{
    channels::tests::{input, updates},
    testing::{answering, call, channel_peer, forward, refused, text},
};

struct Group {
    hall: Hall,
    id: i64,
    owner: Caller,
    alice: Caller,
    bob: Caller,
}

fn group(row: ChannelRow) -> Group {
    let hall = Hall::new();
    let owner = hall.person("Olga", "9996621000");
    let (alice, bob) = (hall.person("Alice", "9996621001"), hall.person("Bob", "9996621002"));
    let id = hall.run(Make { row: ChannelRow { creator: owner.user, ..row }, title: "Optics".into() }).unwrap();
    let group = Group { hall, id: i64::try_from(id.0).unwrap(), owner, alice, bob };
    group.place(owner, MemberRow { joined: 1, admin: AdminRights::CREATOR, ..MemberRow::default() });
    group.place(alice, MemberRow { joined: 1, ..MemberRow::default() });
    group.place(bob, MemberRow { joined: 1, ..MemberRow::default() });
    group.hall.run(Count { channel: id, members: 3 }).unwrap();
    group
}

impl Group {
    fn place(&self, who: Caller, row: MemberRow) {
        let channel = ChannelId(u64::try_from(self.id).unwrap());
        self.hall.run(Place { channel, user: who.user, row }).unwrap();
    }

    fn channel(&self, by: Caller) -> enums::InputChannel {
        input(&self.hall, by, self.id)
    }

    fn peer(&self, by: Caller) -> enums::InputPeer {
        channel_peer(&self.hall, by, self.id)
    }

    /// Sends a text and gives its number.
    fn say(&self, by: Caller, said: &str, random: i64) -> i32 {
        let answer = updates(call(&self.hall, by, &text(&self.peer(by), said, random)).unwrap());
        let number = answer.updates.iter().find_map(|it| match it {
            enums::Update::NewChannelMessage(it) => Some(message(&it.message).id),
            _ => None,
        });
        number.expect("the answer has the message")
    }

    fn history(&self, by: Caller) -> types::messages::ChannelMessages {
        let request = m::GetHistory {
            peer: self.peer(by),
            offset_id: 0,
            offset_date: 0,
            add_offset: 0,
            limit: 100,
            max_id: 0,
            min_id: 0,
            hash: 0,
        };
        channel_messages(call(&self.hall, by, &request).unwrap())
    }
}

fn channel_messages(it: enums::messages::Messages) -> types::messages::ChannelMessages {
    match it {
        enums::messages::Messages::ChannelMessages(it) => it,
        other => panic!("messages of a channel: {other:?}"),
    }
}

fn message(it: &enums::Message) -> &types::Message {
    match it {
        enums::Message::Message(it) => it,
        other => panic!("a message: {other:?}"),
    }
}

fn fire() -> enums::Reaction {
    types::ReactionEmoji { emoticon: "🔥".into() }.into()
}

fn react(group: &Group, by: Caller, msg_id: i32) -> m::SendReaction {
    let reaction = Some(vec![fire()]);
    m::SendReaction { big: false, add_to_recent: false, peer: group.peer(by), msg_id, reaction }
}

fn pin(group: &Group, by: Caller, id: i32) -> m::UpdatePinnedMessage {
    m::UpdatePinnedMessage { silent: false, unpin: false, pm_oneside: false, peer: group.peer(by), id }
}

#[test]
fn what_one_sends_another_reads_with_its_author_and_the_channels_number() {
    let group = group(ChannelRow::default());
    let id = group.say(group.alice, "hello", 1);
    let again = updates(call(&group.hall, group.alice, &text(&group.peer(group.alice), "hello", 1)).unwrap());
    assert!(matches!(&again.updates[..], [enums::Update::MessageId(it)] if it.id == id));
    let read = group.history(group.bob);
    let it = message(&read.messages[0]);
    let alice = enums::Peer::User(types::PeerUser { user_id: crate::render::user::id(group.alice.user) });
    assert_eq!((it.message.as_str(), it.out, &it.from_id), ("hello", false, &Some(alice)));
    assert_eq!((read.pts, read.count, read.users.len(), read.chats.len()), (2, 1, 1, 1));
    assert!(message(&group.history(group.alice).messages[0]).out);
    let ids = vec![types::InputMessageId { id }.into(), types::InputMessageId { id: 99 }.into()];
    let request = c::GetMessages { channel: group.channel(group.bob), id: ids };
    let found = channel_messages(call(&group.hall, group.bob, &request).unwrap());
    assert!(matches!(&found.messages[..], [enums::Message::Message(_), enums::Message::Empty(it)] if it.id == 99));
}

#[test]
fn a_hash_of_somebody_else_opens_nothing() {
    let group = group(ChannelRow { public: true, ..ChannelRow::default() });
    let (mine, other) = (group.peer(group.alice), group.bob);
    assert_eq!(refused(&group.hall, other, &text(&mine, "x", 1)), "400 CHANNEL_INVALID");
    let channel = group.channel(group.alice);
    let request = c::GetMessages { channel, id: vec![types::InputMessageId { id: 1 }.into()] };
    assert_eq!(refused(&group.hall, other, &request), "400 CHANNEL_INVALID");
}

#[test]
fn deletions_pins_and_reactions_of_one_are_seen_by_another() {
    let group = group(ChannelRow::default());
    let (first, second) = (group.say(group.alice, "one", 1), group.say(group.alice, "two", 2));
    let answer = updates(call(&group.hall, group.bob, &react(&group, group.bob, first)).unwrap());
    assert!(matches!(&answer.updates[..], [enums::Update::MessageReactions(_)]), "{answer:?}");
    let seen = group.history(group.alice);
    let Some(enums::MessageReactions::Reactions(sum)) = &message(&seen.messages[1]).reactions else {
        panic!("{seen:?}")
    };
    let enums::ReactionCount::Count(count) = &sum.results[0];
    assert_eq!((count.count, count.chosen_order, sum.can_see_list), (1, None, true));
    let list = m::GetMessageReactionsList {
        peer: group.peer(group.alice),
        id: first,
        reaction: None,
        offset: None,
        limit: 10,
    };
    let enums::messages::MessageReactionsList::List(list) = call(&group.hall, group.alice, &list).unwrap();
    assert_eq!((list.count, list.reactions.len(), list.users.len()), (1, 1, 1));

    let answer = updates(call(&group.hall, group.owner, &pin(&group, group.owner, first)).unwrap());
    assert!(
        matches!(&answer.updates[0], enums::Update::PinnedChannelMessages(it) if it.pinned && it.messages == [first])
    );
    let pinned = c::GetMessages { channel: group.channel(group.bob), id: vec![enums::InputMessage::Pinned] };
    let pinned = channel_messages(call(&group.hall, group.bob, &pinned).unwrap());
    assert!(message(&pinned.messages[0]).pinned);

    let delete = c::DeleteMessages { channel: group.channel(group.alice), id: vec![second] };
    let enums::messages::AffectedMessages::Messages(it) = call(&group.hall, group.alice, &delete).unwrap();
    assert_eq!(it.pts_count, 1);
    assert_eq!(group.history(group.bob).messages.len(), 2, "what is left, and the notice of the pin");
}

#[test]
fn what_is_read_shows_in_the_readers_list_and_to_the_author() {
    let group = group(ChannelRow::default());
    let id = group.say(group.alice, "hello", 1);
    let dialog = |by: Caller| {
        let peers = vec![types::InputDialogPeer { peer: group.peer(by) }.into()];
        let enums::messages::PeerDialogs::Dialogs(it) = call(&group.hall, by, &m::GetPeerDialogs { peers }).unwrap();
        match &it.dialogs[0] {
            enums::Dialog::Dialog(it) => it.clone(),
            other => panic!("{other:?}"),
        }
    };
    let before = dialog(group.bob);
    assert_eq!((before.unread_count, before.top_message, before.pts), (1, id, Some(2)));
    assert_eq!(dialog(group.alice).read_outbox_max_id, 0);
    let read = c::ReadHistory { channel: group.channel(group.bob), max_id: id };
    assert!(call(&group.hall, group.bob, &read).unwrap());
    let after = dialog(group.bob);
    assert_eq!((after.unread_count, after.read_inbox_max_id), (0, id));
    assert_eq!(dialog(group.alice).read_outbox_max_id, id);
    let all = m::GetDialogs {
        exclude_pinned: false,
        folder_id: None,
        offset_date: 0,
        offset_id: 0,
        offset_peer: enums::InputPeer::Empty,
        limit: 10,
        hash: 0,
    };
    let enums::messages::Dialogs::Dialogs(all) = call(&group.hall, group.bob, &all).unwrap() else { panic!() };
    assert_eq!((all.dialogs.len(), all.messages.len(), all.chats.len()), (1, 1, 1));
}

/// A row of the table: a method, and what each role is told.
fn row<F>(group: &Group, roles: &[Caller], request: impl Fn(Caller) -> F) -> String
where
    F: tl::RemoteCall + tl::Identifiable + tl::Serializable,
    F::Return: tl::Deserializable,
{
    let told = |by: &Caller| match call(&group.hall, *by, &request(*by)) {
        Ok(_) => "yes".to_owned(),
        Err(error) => format!("{} {}", error.code, error.name),
    };
    roles.iter().map(told).collect::<Vec<_>>().join(", ")
}

#[test]
fn each_method_tells_each_role_yes_or_telegrams_error() {
    let group = group(ChannelRow::default());
    let theirs = group.say(group.alice, "Alice's", 1);
    let (muted, out, kicked) = (
        group.hall.person("Mute", "9996621003"),
        group.hall.person("Out", "9996621004"),
        group.hall.person("Kicked", "9996621005"),
    );
    group.place(muted, MemberRow { joined: 1, banned: BannedRights::SEND_MESSAGES, ..MemberRow::default() });
    group.place(kicked, MemberRow { banned: BannedRights::VIEW_MESSAGES, ..MemberRow::default() });
    // Owner, member, one who may not write, one who never was there, one who was put out.
    let roles = [group.owner, group.bob, muted, out, kicked];
    let random = std::sync::atomic::AtomicI64::new(100);
    let next = || random.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
    let closed = "406 CHANNEL_PRIVATE, 406 CHANNEL_PRIVATE";
    let check =
        |method: &str, told: String, expected: &str| assert_eq!(told, format!("{expected}, {closed}"), "{method}");
    check(
        "sendMessage",
        row(&group, &roles, |by| text(&group.peer(by), "hello", next())),
        "yes, yes, 400 USER_BANNED_IN_CHANNEL",
    );
    check(
        "getHistory",
        row(&group, &roles, |by| m::GetHistory {
            peer: group.peer(by),
            offset_id: 0,
            offset_date: 0,
            add_offset: 0,
            limit: 1,
            max_id: 0,
            min_id: 0,
            hash: 0,
        }),
        "yes, yes, yes",
    );
    check(
        "channels.getMessages",
        row(&group, &roles, |by| c::GetMessages {
            channel: group.channel(by),
            id: vec![types::InputMessageId { id: theirs }.into()],
        }),
        "yes, yes, yes",
    );
    let admins = "yes, 400 CHAT_ADMIN_REQUIRED, 400 CHAT_ADMIN_REQUIRED";
    check("sendReaction", row(&group, &roles, |by| react(&group, by, theirs)), "yes, yes, yes");
    check(
        "updatePinnedMessage",
        row(&group, &roles[..1], |by| pin(&group, by, theirs))
            + ", "
            + &row(&group, &roles[1..], |by| pin(&group, by, theirs)),
        "yes, 400 CHAT_NOT_MODIFIED, 400 CHAT_NOT_MODIFIED",
    );
    check(
        "channels.deleteMessages",
        row(&group, &roles[1..3], |by| c::DeleteMessages { channel: group.channel(by), id: vec![theirs] })
            + ", "
            + &row(&group, &roles[..1], |by| c::DeleteMessages { channel: group.channel(by), id: vec![theirs] })
            + ", "
            + &row(&group, &roles[3..], |by| c::DeleteMessages { channel: group.channel(by), id: vec![theirs] }),
        "403 MESSAGE_DELETE_FORBIDDEN, 403 MESSAGE_DELETE_FORBIDDEN, yes",
    );
    check(
        "channels.readHistory",
        row(&group, &roles, |by| c::ReadHistory { channel: group.channel(by), max_id: 0 }),
        "yes, yes, yes",
    );
    check(
        "getSendAs",
        row(&group, &roles, |by| c::GetSendAs {
            for_paid_reactions: false,
            for_live_stories: false,
            peer: group.peer(by),
        }),
        "yes, yes, yes",
    );
    check("getOnlines", row(&group, &roles, |by| m::GetOnlines { peer: group.peer(by) }), "yes, yes, yes");
    check(
        "setChatAvailableReactions",
        row(&group, &roles, |by| m::SetChatAvailableReactions {
            peer: group.peer(by),
            available_reactions: enums::ChatReactions::None,
            reactions_limit: None,
            paid_enabled: None,
        }),
        admins,
    );
    check(
        "channels.deleteParticipantHistory",
        row(&group, &roles, |by| c::DeleteParticipantHistory {
            channel: group.channel(by),
            participant: crate::testing::peer(&group.hall, by, group.alice),
        }),
        admins,
    );
    check(
        "channels.deleteHistory for all",
        row(&group, &roles, |by| c::DeleteHistory { for_everyone: true, channel: group.channel(by), max_id: 0 }),
        admins,
    );
    let saved = |by: Caller| forward(&group.peer(by), &enums::InputPeer::PeerSelf, theirs, next());
    check(
        "forwardMessages of what is gone",
        row(&group, &roles, saved),
        "400 MESSAGE_ID_INVALID, 400 MESSAGE_ID_INVALID, 400 MESSAGE_ID_INVALID",
    );
}

#[test]
fn methods_for_private_chats_refuse_a_channel() {
    let group = group(ChannelRow::default());
    let (me, peer) = (group.alice, group.peer(group.alice));
    let shot = m::SendScreenshotNotification { peer: peer.clone(), reply_to: answering(0, None), random_id: 7 };
    assert_eq!(refused(&group.hall, me, &shot), "400 PEER_ID_INVALID");
    let clear = m::DeleteHistory {
        just_clear: false,
        revoke: false,
        peer: peer.clone(),
        max_id: 0,
        min_date: None,
        max_date: None,
    };
    assert_eq!(refused(&group.hall, me, &clear), "400 PEER_ID_INVALID");
    let date = m::GetOutboxReadDate { peer, msg_id: 1 };
    assert_eq!(refused(&group.hall, me, &date), "400 MESSAGE_ID_INVALID");
}
