//! What clients are told of reactions, and which errors they get.

use domain::{Caller, testing::Hall};
use tl::{
    enums,
    functions::messages::{
        DeletePhoneCallHistory, GetAvailableReactions, GetDefaultTagReactions, GetMessageReactionsList, GetMessages,
        GetMessagesReactions, GetPeerDialogs, GetRecentLocations, GetRecentReactions, GetSavedReactionTags,
        GetTopReactions, GetUnreadReactions, ReadMessageContents, ReadReactions, SendReaction, SetDefaultReaction,
        UpdateSavedReactionTag,
    },
    types,
};

use crate::testing::{call, peer, refused, text};

const THUMB: &str = "👍";
const HEART: &str = "❤";

struct Talk {
    hall: Hall,
    alice: Caller,
    bob: Caller,
}

fn talks() -> [Talk; 2] {
    [Hall::new(), Hall::with_outbox()].map(|hall| {
        let (alice, bob) = (hall.person("Alice", "9996621001"), hall.person("Bob", "9996621002"));
        Talk { hall, alice, bob }
    })
}

impl Talk {
    fn send(&self, by: Caller, to: Caller, random_id: i64) {
        call(&self.hall, by, &text(&peer(&self.hall, by, to), "hello", random_id)).unwrap();
    }

    fn reaction(&self, by: Caller, to: Caller, msg_id: i32, all: Vec<enums::Reaction>) -> SendReaction {
        let (big, add_to_recent) = (false, true);
        SendReaction { big, add_to_recent, peer: peer(&self.hall, by, to), msg_id, reaction: Some(all) }
    }

    fn react(&self, by: Caller, to: Caller, msg_id: i32, all: &[&str]) -> types::UpdateMessageReactions {
        let request = self.reaction(by, to, msg_id, all.iter().map(|it| emoji(it)).collect());
        only(call(&self.hall, by, &request).unwrap())
    }

    fn unread(&self, me: Caller, other: Caller) -> i32 {
        let peers = vec![types::InputDialogPeer { peer: peer(&self.hall, me, other) }.into()];
        let enums::messages::PeerDialogs::Dialogs(it) = call(&self.hall, me, &GetPeerDialogs { peers }).unwrap();
        let Some(enums::Dialog::Dialog(it)) = it.dialogs.first() else { panic!("a dialog") };
        it.unread_reactions_count
    }
}

fn emoji(emoticon: &str) -> enums::Reaction {
    types::ReactionEmoji { emoticon: emoticon.into() }.into()
}

fn only(it: enums::Updates) -> types::UpdateMessageReactions {
    let enums::Updates::Updates(it) = it else { panic!("updates") };
    match &it.updates[..] {
        [enums::Update::MessageReactions(it)] => it.clone(),
        other => panic!("one update of reactions, not {other:?}"),
    }
}

/// `count×emoji` each, own ones with their order, and who is shown: `!` unread, `+` own.
fn shown(it: &enums::MessageReactions) -> String {
    let enums::MessageReactions::Reactions(it) = it;
    let results = it.results.iter().map(|enums::ReactionCount::Count(it)| {
        let order = it.chosen_order.map(|it| format!("#{it}")).unwrap_or_default();
        format!("{}×{}{order}", it.count, spelled(&it.reaction))
    });
    let people = it.recent_reactions.iter().flatten().map(|enums::MessagePeerReaction::Reaction(it)| {
        format!("{}{}{}", if it.my { "+" } else { "" }, if it.unread { "!" } else { "" }, spelled(&it.reaction))
    });
    results.chain(people).collect::<Vec<_>>().join(" ")
}

fn spelled(it: &enums::Reaction) -> &str {
    match it {
        enums::Reaction::Emoji(it) => &it.emoticon,
        other => panic!("an emoji, not {other:?}"),
    }
}

#[test]
fn a_reaction_is_answered_counted_listed_and_read() {
    for talk in talks() {
        let (alice, bob, hall) = (talk.alice, talk.bob, &talk.hall);
        talk.send(alice, bob, 1);
        let update = talk.react(bob, alice, 1, &[THUMB, "❤\u{fe0f}"]);
        assert_eq!((update.msg_id, shown(&update.reactions)), (1, "1×👍#1 1×❤#2 +👍 +❤".into()));
        let enums::MessageReactions::Reactions(flags) = &update.reactions;
        assert!(flags.can_see_list && !flags.reactions_as_tags && !flags.min);

        let asked = GetMessages { id: vec![types::InputMessageId { id: 1 }.into()] };
        let enums::messages::Messages::Messages(it) = call(hall, alice, &asked).unwrap() else { panic!("messages") };
        let Some(enums::Message::Message(message)) = it.messages.first() else { panic!("a message") };
        assert_eq!(message.reactions.as_ref().map(shown).as_deref(), Some("1×👍 1×❤ !👍 !❤"));
        assert_eq!((talk.unread(alice, bob), talk.unread(bob, alice)), (1, 0));

        let unread = GetUnreadReactions {
            peer: peer(hall, alice, bob),
            top_msg_id: None,
            saved_peer_id: None,
            offset_id: 0,
            add_offset: 0,
            limit: 10,
            max_id: 0,
            min_id: 0,
        };
        let enums::messages::Messages::Slice(it) = call(hall, alice, &unread).unwrap() else { panic!("a slice") };
        assert_eq!((it.count, it.messages.len()), (1, 1));

        let read = ReadReactions { peer: peer(hall, alice, bob), top_msg_id: None, saved_peer_id: None };
        let enums::messages::AffectedHistory::History(it) = call(hall, alice, &read).unwrap();
        assert_eq!((it.pts_count, it.offset, talk.unread(alice, bob)), (1, 0, 0));
        talk.react(bob, alice, 1, &[HEART]);
        let enums::messages::AffectedMessages::Messages(it) =
            call(hall, alice, &ReadMessageContents { id: vec![1] }).unwrap();
        assert_eq!((it.pts_count, talk.unread(alice, bob)), (1, 0));

        let asked = GetMessagesReactions { peer: peer(hall, alice, bob), id: vec![1, 5] };
        assert_eq!(shown(&only(call(hall, alice, &asked).unwrap()).reactions), "1×❤ ❤");
        let gone = talk.reaction(bob, alice, 1, vec![enums::Reaction::Empty]);
        assert_eq!(shown(&only(call(hall, bob, &gone).unwrap()).reactions), "");
    }
}

#[test]
fn what_both_chose_counts_twice_and_comes_first() {
    let [talk, ..] = talks();
    talk.send(talk.alice, talk.bob, 1);
    talk.react(talk.alice, talk.bob, 1, &[THUMB, HEART]);
    talk.hall.pass(1);
    let update = talk.react(talk.bob, talk.alice, 1, &[HEART]);
    assert_eq!(shown(&update.reactions), "2×❤#1 1×👍 +❤ 👍 ❤");
}

#[test]
fn refusals_have_telegrams_names() {
    let [talk, ..] = talks();
    let (alice, bob, hall) = (talk.alice, talk.bob, &talk.hall);
    talk.send(alice, bob, 1);
    let refuses = |id, all: Vec<enums::Reaction>| refused(hall, bob, &talk.reaction(bob, alice, id, all));
    assert_eq!(refuses(1, vec![emoji("🧀")]), "400 REACTION_INVALID");
    assert_eq!(refuses(1, vec![types::ReactionCustomEmoji { document_id: 7 }.into()]), "400 REACTION_INVALID");
    assert_eq!(refuses(1, vec![enums::Reaction::Paid]), "400 REACTION_INVALID");
    assert_eq!(refuses(1, vec![enums::Reaction::Empty, emoji(THUMB)]), "400 REACTION_EMPTY");
    let four = [THUMB, HEART, "🔥", "🎉"].map(emoji).to_vec();
    assert_eq!(refuses(1, four), "400 REACTIONS_TOO_MANY");
    assert_eq!(refuses(2, vec![emoji(THUMB)]), "400 MESSAGE_ID_INVALID");
    assert_eq!(refuses(1, vec![]), "400 MESSAGE_NOT_MODIFIED");
    talk.react(bob, alice, 1, &[THUMB, THUMB]);
    assert_eq!(refuses(1, vec![emoji(THUMB)]), "400 MESSAGE_NOT_MODIFIED");
    let wrong = types::InputPeerUser { user_id: crate::render::user::id(alice.user), access_hash: 1 }.into();
    let to_nobody = SendReaction { peer: wrong, ..talk.reaction(bob, alice, 1, vec![]) };
    assert_eq!(refused(hall, bob, &to_nobody), "400 PEER_ID_INVALID");
    assert_eq!(refused(hall, bob, &SetDefaultReaction { reaction: emoji("🧀") }), "400 REACTION_INVALID");
    let named = UpdateSavedReactionTag { reaction: emoji("🧀"), title: None };
    assert_eq!(refused(hall, bob, &named), "400 REACTION_INVALID");
    let none = GetMessagesReactions { peer: peer(hall, bob, alice), id: vec![] };
    assert_eq!(refused(hall, bob, &none), "400 MESSAGE_ID_INVALID");
}

#[test]
fn a_list_comes_in_pages_and_tags_have_none() {
    let [talk, ..] = talks();
    let (alice, bob, hall) = (talk.alice, talk.bob, &talk.hall);
    talk.send(alice, bob, 1);
    talk.react(alice, bob, 1, &[THUMB, HEART]);
    talk.hall.pass(1);
    talk.react(bob, alice, 1, &[HEART]);
    let list = |me, other, id, reaction: Option<enums::Reaction>, offset: Option<&str>| GetMessageReactionsList {
        peer: peer(hall, me, other),
        id,
        reaction,
        offset: offset.map(str::to_owned),
        limit: 2,
    };
    let page = |request| {
        let enums::messages::MessageReactionsList::List(it) = call(hall, bob, &request).unwrap();
        let each = it.reactions.iter().map(|enums::MessagePeerReaction::Reaction(it)| spelled(&it.reaction).to_owned());
        (it.count, each.collect::<Vec<_>>().join(" "), it.users.len(), it.next_offset)
    };
    assert_eq!(page(list(bob, alice, 1, None, None)), (3, "❤ 👍".into(), 2, Some("2".into())));
    assert_eq!(page(list(bob, alice, 1, None, Some("2"))), (3, "❤".into(), 2, None));
    assert_eq!(page(list(bob, alice, 1, Some(emoji(THUMB)), None)), (1, "👍".into(), 1, None));
    assert_eq!(refused(hall, bob, &list(bob, alice, 1, None, Some("x"))), "400 OFFSET_INVALID");
    assert_eq!(refused(hall, bob, &list(bob, alice, 9, None, None)), "400 MSG_ID_INVALID");
    talk.send(bob, bob, 2);
    talk.react(bob, bob, 2, &[THUMB]);
    assert_eq!(refused(hall, bob, &list(bob, bob, 2, None, None)), "403 BROADCAST_FORBIDDEN");
}

#[test]
fn lists_are_told_again_only_when_they_changed() {
    let [talk, ..] = talks();
    let (alice, bob, hall) = (talk.alice, talk.bob, &talk.hall);
    talk.send(alice, bob, 1);
    let top = |hash| match call(hall, bob, &GetTopReactions { limit: 3, hash }).unwrap() {
        enums::messages::Reactions::Reactions(it) => Some((it.hash, it.reactions)),
        enums::messages::Reactions::NotModified => None,
    };
    let (hash, before) = top(0).unwrap();
    assert_eq!(before, [emoji(THUMB), emoji("👎"), emoji(HEART)]);
    assert_eq!(top(hash), None);
    talk.react(bob, alice, 1, &[HEART]);
    assert_eq!(top(hash).map(|it| it.1), Some(vec![emoji(HEART), emoji(THUMB), emoji("👎")]));
    let recent = call(hall, bob, &GetRecentReactions { limit: 10, hash: 0 }).unwrap();
    let enums::messages::Reactions::Reactions(recent) = recent else { panic!("reactions") };
    assert_eq!(recent.reactions, [emoji(HEART)]);
    let all = |hash| call(hall, bob, &GetAvailableReactions { hash }).unwrap();
    let enums::messages::AvailableReactions::Reactions(it) = all(0) else { panic!("reactions") };
    assert_eq!(it.reactions.len(), 73);
    assert_eq!(all(it.hash), enums::messages::AvailableReactions::NotModified);
    let offered = call(hall, bob, &GetDefaultTagReactions { hash: 0 }).unwrap();
    let enums::messages::Reactions::Reactions(offered) = offered else { panic!("reactions") };
    assert_eq!(offered.reactions.len(), 8);
}

#[test]
fn tags_come_with_names_and_a_hash() {
    let [talk, ..] = talks();
    let (bob, hall) = (talk.bob, &talk.hall);
    talk.send(bob, bob, 1);
    let update = talk.react(bob, bob, 1, &[THUMB]);
    let enums::MessageReactions::Reactions(it) = &update.reactions;
    assert!(it.reactions_as_tags && !it.can_see_list && it.recent_reactions.is_none());
    assert!(update.saved_peer_id.is_some(), "the part of Saved Messages is named");
    call(hall, bob, &UpdateSavedReactionTag { reaction: emoji(THUMB), title: Some("good".into()) }).unwrap();
    let tags = |hash| call(hall, bob, &GetSavedReactionTags { peer: None, hash }).unwrap();
    let enums::messages::SavedReactionTags::Tags(it) = tags(0) else { panic!("tags") };
    let tag = types::SavedReactionTag { reaction: emoji(THUMB), title: Some("good".into()), count: 1 };
    assert_eq!(it.tags, [tag.into()]);
    assert_eq!(tags(it.hash), enums::messages::SavedReactionTags::NotModified);
}

#[test]
fn there_are_no_calls_and_no_live_locations_to_find() {
    let [talk, ..] = talks();
    let (alice, bob, hall) = (talk.alice, talk.bob, &talk.hall);
    talk.send(alice, bob, 1);
    let enums::messages::AffectedFoundMessages::Messages(it) =
        call(hall, alice, &DeletePhoneCallHistory { revoke: true }).unwrap();
    assert_eq!((it.pts, it.pts_count, it.offset, it.messages), (2, 0, 0, vec![]), "a text is no call");
    let locations = GetRecentLocations { peer: peer(hall, alice, bob), limit: 10, hash: 0 };
    let enums::messages::Messages::Messages(it) = call(hall, alice, &locations).unwrap() else { panic!("messages") };
    assert_eq!(it.messages, []);
    let nowhere = GetRecentLocations { peer: enums::InputPeer::Empty, limit: 10, hash: 0 };
    assert_eq!(refused(hall, alice, &nowhere), "400 PEER_ID_INVALID");
}
