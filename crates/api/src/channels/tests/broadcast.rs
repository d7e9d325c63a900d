//! Broadcast channels as their owner, admins, subscribers and passers-by see them.

use domain::{
    Caller, ChannelId,
    groups::{AdminRights, settings::GIGAGROUP_MIN},
    testing::{Hall, groups::Count, ready},
};
use tl::{enums, functions::account, functions::channels as f, functions::messages as m, functions::users, types};

use super::{appoint, bring, chat, group, input, new, people, updates, user};
use crate::testing::{call, channel_peer as peer, forward, refused, text};

mod public;

/// A channel with its owner, an admin who posts, a subscriber, and somebody who only passes by.
struct Channel {
    hall: Hall,
    id: i64,
    owner: Caller,
    writer: Caller,
    reader: Caller,
    passer: Caller,
}

impl Channel {
    fn new() -> Self {
        let hall = Hall::new();
        let [owner, writer, reader, passer] = people(&hall);
        let id = channel(&hall, owner, "News");
        bring(&hall, owner, id, &[writer, reader]);
        call(&hall, owner, &appoint(&hall, owner, id, writer, AdminRights::POST_MESSAGES)).unwrap();
        Self { hall, id, owner, writer, reader, passer }
    }

    fn public() -> Self {
        let it = Self::new();
        it.name(it.owner, it.id, "news_of_all").unwrap();
        it
    }

    fn name(&self, by: Caller, id: i64, username: &str) -> Result<bool, crate::RpcError> {
        let channel = input(&self.hall, by, id);
        call(&self.hall, by, &f::UpdateUsername { channel, username: username.into() })
    }

    fn channel(&self, by: Caller) -> enums::InputChannel {
        input(&self.hall, by, self.id)
    }

    fn peer(&self, by: Caller) -> enums::InputPeer {
        peer(&self.hall, by, self.id)
    }

    fn sign(&self, names: bool, profiles: bool) -> f::ToggleSignatures {
        let channel = self.channel(self.owner);
        f::ToggleSignatures { signatures_enabled: names, profiles_enabled: profiles, channel }
    }

    /// Posts a text and gives its number.
    fn post(&self, by: Caller, said: &str) -> i32 {
        self.send(by, text(&self.peer(by), said, i64::from(said.len() as u32) + 100))
    }

    fn send(&self, by: Caller, request: m::SendMessage) -> i32 {
        let told = updates(call(&self.hall, by, &request).unwrap());
        let number = told.updates.iter().find_map(|it| match it {
            enums::Update::MessageId(it) => Some(it.id),
            _ => None,
        });
        number.expect("a number")
    }

    /// A post as somebody reads it, and how many people and channels the answer names.
    fn read(&self, by: Caller, id: i32) -> (types::Message, usize, usize) {
        let request = f::GetMessages { channel: self.channel(by), id: vec![types::InputMessageId { id }.into()] };
        let enums::messages::Messages::ChannelMessages(it) = call(&self.hall, by, &request).unwrap() else {
            panic!("messages of a channel")
        };
        match &it.messages[..] {
            [enums::Message::Message(found)] => (found.clone(), it.users.len(), it.chats.len()),
            other => panic!("a message: {other:?}"),
        }
    }

    fn seen(&self, by: Caller) -> types::Channel {
        let request = f::GetChannels { id: vec![self.channel(by)] };
        let enums::messages::Chats::Chats(it) = call(&self.hall, by, &request).unwrap() else { panic!("all of them") };
        chat(&it.chats)
    }

    fn full(&self, by: Caller) -> types::ChannelFull {
        let enums::messages::ChatFull::Full(it) =
            call(&self.hall, by, &f::GetFullChannel { channel: self.channel(by) }).unwrap();
        match it.full_chat {
            enums::ChatFull::ChannelFull(it) => it,
            other => panic!("a channel: {other:?}"),
        }
    }
}

fn channel(hall: &Hall, by: Caller, title: &str) -> i64 {
    chat(&updates(call(hall, by, &new(title, true)).unwrap()).chats).id
}

fn of(by: Caller) -> Option<enums::Peer> {
    Some(types::PeerUser { user_id: crate::render::user::id(by.user) }.into())
}

#[test]
fn a_post_is_the_channels_own_and_its_author_is_told_to_nobody() {
    let it = Channel::public();
    let id = it.post(it.writer, "hello");
    for by in [it.owner, it.reader, it.passer] {
        let (post, users, chats) = it.read(by, id);
        assert!(post.post && !post.out, "{post:?}");
        assert_eq!((&post.from_id, &post.post_author, &post.from_rank), (&None, &None, &None));
        assert_eq!((users, chats), (0, 1), "only the channel is named");
    }
    let (own, ..) = it.read(it.writer, id);
    assert!(own.post && own.out && own.from_id.is_none(), "{own:?}");
}

#[test]
fn signed_posts_bear_a_name_and_with_profiles_lead_to_their_author() {
    let it = Channel::public();
    let plain = it.post(it.writer, "plain");
    call(&it.hall, it.owner, &it.sign(true, false)).unwrap();
    let signed = it.post(it.writer, "signed");
    call(&it.hall, it.owner, &it.sign(true, true)).unwrap();
    let led = it.post(it.writer, "led");
    for by in [it.owner, it.reader, it.passer] {
        let read = |id| {
            let (post, users, _) = it.read(by, id);
            (post.from_id, post.post_author, users)
        };
        let name = Some("BBB".to_owned());
        assert_eq!(read(plain), (None, None, 0), "what was posted before stays as it was");
        assert_eq!(read(signed), (None, name.clone(), 0));
        assert_eq!(read(led), (of(it.writer), name, 1), "the author is named");
    }
    let seen = it.seen(it.reader);
    assert!(seen.signatures && seen.signature_profiles, "{seen:?}");
}

#[test]
fn signatures_are_switched_once_and_the_admins_are_told_by_whom() {
    let it = Channel::new();
    assert_eq!(refused(&it.hall, it.owner, &it.sign(false, false)), "400 CHAT_NOT_MODIFIED");
    assert_eq!(refused(&it.hall, it.owner, &it.sign(false, true)), "400 CHAT_NOT_MODIFIED", "a profile needs the name");
    let told = updates(call(&it.hall, it.owner, &it.sign(true, true)).unwrap());
    assert!(matches!(&told.updates[..], [enums::Update::Channel(_)]), "{told:?}");
    assert!(chat(&told.chats).signatures);
    call(&it.hall, it.owner, &it.sign(false, true)).unwrap();
    assert!(!it.seen(it.reader).signature_profiles);
    let log = f::GetAdminLog {
        channel: it.channel(it.owner),
        q: String::new(),
        events_filter: Some(settings_only()),
        admins: None,
        max_id: 0,
        min_id: 0,
        limit: 10,
    };
    let enums::channels::AdminLogResults::Results(log) = call(&it.hall, it.owner, &log).unwrap();
    let kinds = log.events.iter().map(|event| {
        let enums::ChannelAdminLogEvent::Event(event) = event;
        match &event.action {
            enums::ChannelAdminLogEventAction::ToggleSignatures(it) => format!("names {}", it.new_value),
            enums::ChannelAdminLogEventAction::ToggleSignatureProfiles(it) => format!("profiles {}", it.new_value),
            other => format!("{other:?}"),
        }
    });
    let mut kinds: Vec<_> = kinds.collect();
    kinds.sort_unstable();
    assert_eq!(kinds, ["names false", "names true", "profiles false", "profiles true"]);
    let id = group(&it.hall, it.owner);
    let in_group = f::ToggleSignatures { channel: input(&it.hall, it.owner, id), ..it.sign(true, false) };
    assert_eq!(refused(&it.hall, it.owner, &in_group), "400 CHANNEL_INVALID");
}

fn settings_only() -> enums::ChannelAdminLogEventsFilter {
    let flags = 1_u32 << 10;
    tl::Deserializable::from_bytes(
        &[
            tl::Serializable::to_bytes(&<types::ChannelAdminLogEventsFilter as tl::Identifiable>::CONSTRUCTOR_ID),
            tl::Serializable::to_bytes(&flags),
        ]
        .concat(),
    )
    .expect("a filter is its flags")
}

#[test]
fn admins_learn_who_posted_and_a_forward_leads_to_the_channel() {
    let it = Channel::public();
    call(&it.hall, it.owner, &it.sign(true, true)).unwrap();
    let id = it.post(it.writer, "signed");
    let ask = |by, id| f::GetMessageAuthor { channel: it.channel(by), id };
    assert_eq!(call(&it.hall, it.owner, &ask(it.owner, id)).unwrap().id(), crate::render::user::id(it.writer.user));
    assert_eq!(refused(&it.hall, it.reader, &ask(it.reader, id)), "400 CHAT_ADMIN_REQUIRED");
    assert_eq!(refused(&it.hall, it.owner, &ask(it.owner, 99)), "400 MESSAGE_ID_INVALID");

    let saved = forward(&it.peer(it.reader), &enums::InputPeer::PeerSelf, id, 5);
    let told = updates(call(&it.hall, it.reader, &saved).unwrap());
    let found = told.updates.iter().find_map(|it| match it {
        enums::Update::NewMessage(it) => Some(&it.message),
        _ => None,
    });
    let Some(enums::Message::Message(copy)) = found else { panic!("{told:?}") };
    let Some(enums::MessageFwdHeader::Header(head)) = &copy.fwd_from else { panic!("{copy:?}") };
    let from = enums::Peer::Channel(types::PeerChannel { channel_id: it.id });
    assert_eq!((&head.from_id, head.channel_post), (&Some(from.clone()), Some(id)));
    assert_eq!((head.post_author.as_deref(), &head.saved_from_peer), (Some("BBB"), &Some(from)));
}

#[test]
fn a_channel_shows_its_readers_less_than_its_admins() {
    let it = Channel::public();
    let id = it.post(it.owner, "to be pinned");
    let pin = m::UpdatePinnedMessage { silent: true, unpin: false, pm_oneside: false, peer: it.peer(it.owner), id };
    call(&it.hall, it.owner, &pin).unwrap();
    let shown = |by| {
        let full = it.full(by);
        assert_eq!((full.pinned_msg_id, full.online_count), (Some(id), None));
        (full.participants_count, full.admins_count, full.can_view_participants, full.can_set_username)
    };
    assert_eq!(shown(it.owner), (Some(3), Some(2), true, true));
    assert_eq!(shown(it.writer), (Some(3), Some(2), true, false));
    assert_eq!(shown(it.reader), (Some(3), None, false, false));
    assert_eq!(shown(it.passer), (Some(3), None, false, false));
    let seen = |by| {
        let it = it.seen(by);
        assert_eq!((it.default_banned_rights, it.username.as_deref()), (None, Some("news_of_all")));
        (it.creator, it.admin_rights.is_some(), it.left, it.participants_count)
    };
    assert_eq!(seen(it.owner), (true, true, false, Some(3)));
    assert_eq!(seen(it.writer), (false, true, false, Some(3)));
    assert_eq!(seen(it.reader), (false, false, false, Some(3)));
    assert_eq!(seen(it.passer), (false, false, true, Some(3)));
}

#[test]
fn silent_scheduled_and_protected_posts_are_told_as_such() {
    let it = Channel::new();
    let silent = m::SendMessage { silent: true, ..text(&it.peer(it.writer), "hush", 1) };
    let id = it.send(it.writer, silent);
    assert!(it.read(it.reader, id).0.silent);
    let later = i32::try_from(it.hall.domain.now().secs() + 3600).unwrap();
    let queued = m::SendMessage { schedule_date: Some(later), ..text(&it.peer(it.writer), "later", 2) };
    let waiting = it.send(it.writer, queued);
    assert!(it.full(it.writer).has_scheduled && !it.full(it.reader).has_scheduled);
    call(&it.hall, it.owner, &it.sign(true, false)).unwrap();
    let request = m::GetScheduledHistory { peer: it.peer(it.writer), hash: 0 };
    let enums::messages::Messages::Messages(queue) = call(&it.hall, it.writer, &request).unwrap() else { panic!() };
    let [enums::Message::Message(queued)] = &queue.messages[..] else { panic!("{queue:?}") };
    assert!(queued.post && queued.from_id.is_none(), "it will be the channel's: {queued:?}");
    assert_eq!(queued.post_author.as_deref(), Some("BBB"));
    let now = m::SendScheduledMessages { peer: it.peer(it.writer), id: vec![waiting] };
    call(&it.hall, it.writer, &now).unwrap();
    let (sent, ..) = it.read(it.reader, id + 1);
    assert!(sent.post && sent.message == "later", "{sent:?}");

    let timed = m::SendMessage { schedule_date: Some(later), ..text(&it.peer(it.writer), "never", 3) };
    it.send(it.writer, timed);
    call(&it.hall, it.owner, &appoint(&it.hall, it.owner, it.id, it.writer, AdminRights::NONE)).unwrap();
    it.hall.pass(4000);
    let top = it.full(it.reader).pts;
    ready(domain::messages::timers::run_due(&it.hall.domain)).unwrap();
    assert_eq!(it.full(it.reader).pts, top, "who is no admin any more posts nothing");

    let protect = m::ToggleNoForwards { peer: it.peer(it.owner), enabled: true, request_msg_id: None };
    call(&it.hall, it.owner, &protect).unwrap();
    let taken = forward(&it.peer(it.reader), &enums::InputPeer::PeerSelf, id, 9);
    assert_eq!(refused(&it.hall, it.reader, &taken), "400 CHAT_FORWARDS_RESTRICTED");
    assert!(it.seen(it.reader).noforwards);
}

#[test]
fn readers_choose_among_the_reactions_that_a_channel_allows() {
    let it = Channel::new();
    let id = it.post(it.owner, "news");
    let emoji = |it: &str| enums::Reaction::from(types::ReactionEmoji { emoticon: it.into() });
    let allow = |paid: Option<bool>, limit| m::SetChatAvailableReactions {
        peer: it.peer(it.owner),
        available_reactions: types::ChatReactionsSome { reactions: vec![emoji("🔥"), emoji("👍")] }.into(),
        reactions_limit: limit,
        paid_enabled: paid,
    };
    assert_eq!(refused(&it.hall, it.owner, &allow(Some(true), None)), "400 REACTION_INVALID");
    assert_eq!(refused(&it.hall, it.owner, &allow(None, Some(-1))), "400 LIMIT_INVALID");
    call(&it.hall, it.owner, &allow(Some(false), Some(1))).unwrap();
    let full = it.full(it.reader);
    assert_eq!(full.reactions_limit, Some(1));
    assert!(matches!(full.available_reactions, Some(enums::ChatReactions::Some(it)) if it.reactions.len() == 2));
    let react = |by, reaction| {
        let (big, add_to_recent, peer, reaction) = (false, false, it.peer(by), Some(vec![reaction]));
        m::SendReaction { big, add_to_recent, peer, msg_id: id, reaction }
    };
    assert_eq!(refused(&it.hall, it.reader, &react(it.reader, emoji("🎉"))), "400 REACTION_INVALID");
    assert_eq!(refused(&it.hall, it.reader, &react(it.reader, enums::Reaction::Paid)), "400 REACTION_INVALID");
    call(&it.hall, it.reader, &react(it.reader, emoji("🔥"))).unwrap();
    assert_eq!(refused(&it.hall, it.owner, &react(it.owner, emoji("👍"))), "400 REACTIONS_TOO_MANY");
    let Some(enums::MessageReactions::Reactions(sum)) = it.read(it.owner, id).0.reactions else { panic!("a sum") };
    assert!(!sum.can_see_list && sum.recent_reactions.is_none(), "nobody learns who reacted: {sum:?}");
}

#[test]
fn in_a_gigagroup_only_admins_write() {
    let hall = Hall::new();
    let [owner, bob] = people(&hall);
    let id = group(&hall, owner);
    bring(&hall, owner, id, &[bob]);
    let convert = f::ConvertToGigagroup { channel: input(&hall, owner, id) };
    assert_eq!(refused(&hall, owner, &convert), "400 PARTICIPANTS_TOO_FEW");
    let channel = ChannelId(u64::try_from(id).unwrap());
    hall.run(Count { channel, members: GIGAGROUP_MIN }).unwrap();
    let told = updates(call(&hall, owner, &convert).unwrap());
    assert!(chat(&told.chats).gigagroup && chat(&told.chats).megagroup);
    assert_eq!(refused(&hall, owner, &convert), "400 CHAT_NOT_MODIFIED");
    assert_eq!(refused(&hall, bob, &text(&peer(&hall, bob, id), "hi", 1)), "403 CHAT_WRITE_FORBIDDEN");
    call(&hall, owner, &text(&peer(&hall, owner, id), "hi", 1)).unwrap();
}

#[test]
fn titles_stand_beside_their_members_and_under_what_anonymous_admins_say() {
    let hall = Hall::new();
    let [owner, bob] = people(&hall);
    let id = group(&hall, owner);
    bring(&hall, owner, id, &[bob]);
    let titled = |rights| f::EditAdmin { rank: Some("Clerk".into()), ..appoint(&hall, owner, id, bob, rights) };
    let last = |by: Caller| {
        let request = m::GetHistory {
            peer: peer(&hall, by, id),
            offset_id: 0,
            offset_date: 0,
            add_offset: 0,
            limit: 1,
            max_id: 0,
            min_id: 0,
            hash: 0,
        };
        let enums::messages::Messages::ChannelMessages(it) = call(&hall, by, &request).unwrap() else { panic!() };
        match &it.messages[0] {
            enums::Message::Message(it) => (it.from_id.clone(), it.from_rank.clone(), it.post_author.clone()),
            other => panic!("{other:?}"),
        }
    };
    call(&hall, bob, &text(&peer(&hall, bob, id), "plain", 1)).unwrap();
    assert_eq!(last(owner), (of(bob), None, None));
    call(&hall, owner, &titled(AdminRights::PIN_MESSAGES)).unwrap();
    assert_eq!(last(owner), (of(bob), Some("Clerk".into()), None), "as the title is now");
    call(&hall, owner, &titled(AdminRights::ANONYMOUS)).unwrap();
    call(&hall, bob, &text(&peer(&hall, bob, id), "unseen", 2)).unwrap();
    let group = Some(enums::Peer::Channel(types::PeerChannel { channel_id: id }));
    assert_eq!(last(owner), (group, None, Some("Clerk".into())));
}

#[test]
fn titles_stand_beside_members_of_basic_groups_too() {
    let hall = Hall::new();
    let [owner, bob] = people(&hall);
    let users = vec![user(&hall, owner, bob)];
    let made = m::CreateChat { users, title: "Few".into(), ttl_period: None };
    let enums::messages::InvitedUsers::Users(made) = call(&hall, owner, &made).unwrap();
    let chat_id = updates(made.updates).chats[0].id();
    let chat: enums::InputPeer = types::InputPeerChat { chat_id }.into();
    let participant = crate::testing::peer(&hall, owner, bob);
    let rank = m::EditChatParticipantRank { peer: chat.clone(), participant, rank: "Clerk".into() };
    call(&hall, owner, &rank).unwrap();
    call(&hall, bob, &text(&chat, "hello", 1)).unwrap();
    let request = m::GetHistory {
        peer: chat,
        offset_id: 0,
        offset_date: 0,
        add_offset: 0,
        limit: 1,
        max_id: 0,
        min_id: 0,
        hash: 0,
    };
    let enums::messages::Messages::Slice(it) = call(&hall, owner, &request).unwrap() else { panic!("a part") };
    assert!(matches!(&it.messages[0], enums::Message::Message(it) if it.from_rank.as_deref() == Some("Clerk")));
}

#[test]
fn what_is_not_well_made_is_refused_by_its_name() {
    let it = Channel::public();
    let id = it.post(it.owner, "news");
    let foreign = it.channel(it.owner);
    let by_hash = |request: &dyn Fn(enums::InputChannel) -> String| request(foreign.clone());
    let invalid = "400 CHANNEL_INVALID";
    assert_eq!(by_hash(&|channel| refused(&it.hall, it.reader, &f::GetFullChannel { channel })), invalid);
    assert_eq!(by_hash(&|channel| refused(&it.hall, it.reader, &f::GetMessageAuthor { channel, id })), invalid);
    assert_eq!(by_hash(&|channel| refused(&it.hall, it.reader, &account::UpdatePersonalChannel { channel })), invalid);
    let sign = |channel| f::ToggleSignatures { channel, ..it.sign(true, false) };
    assert_eq!(by_hash(&|channel| refused(&it.hall, it.reader, &sign(channel))), invalid);
    assert_eq!(refused(&it.hall, it.owner, &sign(enums::InputChannel::Empty)), invalid);
    assert_eq!(refused(&it.hall, it.reader, &text(&it.peer(it.owner), "x", 1)), invalid);
    let nobody = types::InputChannel { channel_id: -1, access_hash: 0 };
    assert_eq!(refused(&it.hall, it.owner, &f::GetFullChannel { channel: nobody.into() }), invalid);

    let title = |title: String| f::EditTitle { channel: it.channel(it.owner), title };
    assert_eq!(refused(&it.hall, it.owner, &title(" ".into())), "400 CHAT_TITLE_EMPTY");
    call(&it.hall, it.owner, &title("x".repeat(5000))).unwrap();
    assert_eq!(it.seen(it.reader).title.len(), 128, "a long title is cut");
    let about = m::EditChatAbout { peer: it.peer(it.owner), about: "x".repeat(256) };
    assert_eq!(refused(&it.hall, it.owner, &about), "400 CHAT_ABOUT_TOO_LONG");
    let rank = Some("seventeen letters".into());
    let ranked = f::EditAdmin { rank, ..appoint(&it.hall, it.owner, it.id, it.writer, AdminRights::POST_MESSAGES) };
    assert_eq!(refused(&it.hall, it.owner, &ranked), "400 ADMIN_RANK_INVALID");
    let long = text(&it.peer(it.owner), &"x".repeat(4097), 3);
    assert_eq!(refused(&it.hall, it.owner, &long), "400 MESSAGE_TOO_LONG");
    assert_eq!(refused(&it.hall, it.owner, &text(&it.peer(it.owner), "", 4)), "400 MESSAGE_EMPTY");
    let as_person = m::SendMessage {
        send_as: Some(crate::testing::peer(&it.hall, it.owner, it.reader)),
        ..text(&it.peer(it.owner), "x", 5)
    };
    assert_eq!(refused(&it.hall, it.owner, &as_person), "400 SEND_AS_PEER_INVALID");
    let many = f::DeleteMessages { channel: it.channel(it.owner), id: vec![id; 101] };
    assert_eq!(refused(&it.hall, it.owner, &many), "400 LIMIT_INVALID");
    let history = m::GetPersonalChannelHistory {
        user_id: user(&it.hall, it.owner, it.writer),
        limit: 1,
        max_id: 0,
        min_id: 0,
        hash: 0,
    };
    assert_eq!(refused(&it.hall, it.reader, &history), "400 USER_ID_INVALID", "the hash is another's");
}
