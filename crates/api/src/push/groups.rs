//! What members of supergroups are told: of a small one each in its own words, of a large one all but a few
//! in the same.

use domain::{
    MessageId, Peer,
    groups::{ChannelRow, MemberRow, rights::BannedRights},
    messages::typing::SetTyping,
    testing::{counting::Counting, groups::Happens, ready},
    updates::{Change, Event, Hearers, hearing::EACH_MAX},
};
use tl::{Serializable, enums, types};

use super::{channel_topic, follows, mailbox_topic, passers_topic, render};
use crate::{
    render::updates::{Reader, render_log},
    testing::groups::Group,
};

impl Group {
    /// As one of the people is told, or all who are told the same.
    fn told(&self, event: &Event, to: Option<usize>) -> Option<types::Updates> {
        let topic = to.map_or(channel_topic(self.id), |it| mailbox_topic(self.people[it].user));
        match ready(render(&self.hall.domain, event, topic))? {
            enums::Updates::Updates(it) => Some(it),
            other => panic!("{other:?}"),
        }
    }
}

fn to(event: &Event) -> &Hearers {
    match event {
        Event::Logged { to, .. } | Event::Passing { to, .. } => to,
        other => panic!("{other:?}"),
    }
}

fn new_message(it: &types::Updates) -> &types::Message {
    let found = it.updates.iter().find_map(|it| match it {
        enums::Update::NewChannelMessage(it) => Some(&it.message),
        _ => None,
    });
    match found {
        Some(enums::Message::Message(it)) => it,
        other => panic!("{other:?}"),
    }
}

fn users(it: &types::Updates) -> Vec<&types::User> {
    it.users.iter().map(|it| if let enums::User::User(it) = it { it } else { panic!("{it:?}") }).collect()
}

fn channel(it: &types::Updates) -> &types::Channel {
    if let [enums::Chat::Channel(it)] = &it.chats[..] { it } else { panic!("{:?}", it.chats) }
}

#[test]
fn a_small_group_tells_each_with_hashes_of_its_own() {
    let group = Group::of(EACH_MAX);
    let event = group.post(0, &[2]);
    assert_eq!(*to(&event), Hearers { each: true, ..Hearers::default() });
    let told: Vec<_> = (0..3).map(|it| group.told(&event, Some(it)).expect("a member")).collect();
    assert_eq!(told.iter().map(|it| new_message(it).out).collect::<Vec<_>>(), [true, false, false]);
    assert_eq!(told.iter().map(|it| new_message(it).mentioned).collect::<Vec<_>>(), [false, false, true]);
    let from = Some(types::PeerUser { user_id: group.people[0].user.0 as i64 }.into());
    assert!(told.iter().all(|it| new_message(it).from_id == from));
    let ids: Vec<_> = told.iter().map(|it| matches!(it.updates[0], enums::Update::MessageId(_))).collect();
    assert_eq!(ids, [true, false, false], "only the author's devices learn of its random id");
    for (it, who) in told.iter().zip(&group.people) {
        let world = group.hall.domain.world();
        let hash = world.access_hash(who.user, Peer::User(group.people[0].user));
        assert_eq!(users(it)[0].access_hash, Some(hash));
        assert_eq!(channel(it).access_hash, Some(world.access_hash(who.user, Peer::Channel(group.id))));
        assert!(!channel(it).min && !channel(it).left);
    }
}

#[test]
fn a_large_group_tells_all_the_same_but_authors_and_the_mentioned() {
    let group = Group::of(EACH_MAX + 1);
    let event = group.post(0, &[2]);
    let own = vec![group.people[0].user, group.people[2].user];
    assert_eq!(*to(&event), Hearers { own, ..Hearers::default() });
    let shared = group.told(&event, None).expect("what all are told");
    assert_eq!((new_message(&shared).out, new_message(&shared).mentioned), (false, false));
    let bare = |it: &&types::User| it.access_hash.is_none() && it.phone.is_none() && it.status.is_none();
    assert!(users(&shared).iter().all(|it| it.min && bare(it)));
    assert_eq!(users(&shared)[0].first_name.as_deref(), Some("P1"));
    assert!(channel(&shared).min && channel(&shared).access_hash.is_none() && !channel(&shared).left);
    let bytes = |it: types::Updates| enums::Updates::from(it).to_bytes();
    assert_eq!(bytes(shared), bytes(group.told(&event, None).expect("the same")));
    assert!(new_message(&group.told(&event, Some(0)).expect("the author")).out);
    assert!(new_message(&group.told(&event, Some(2)).expect("whom it mentions")).mentioned);
}

#[test]
fn a_post_is_opened_once_however_many_are_told_in_their_own_words() {
    let group = Group::of(EACH_MAX);
    let Event::Logged { entry, .. } = group.post(0, &[]) else { panic!("a post") };
    let opened = |by: usize| {
        let cost = group.hall.ask(|view| {
            let (view, reader) = (Counting::over(view), Reader::One(group.people[by].user, MessageId(0)));
            render_log(&view, reader, group.id, std::slice::from_ref(&entry))?;
            Ok(view.cost())
        });
        cost.expect("readable").opened
    };
    assert_eq!((opened(1), opened(2), opened(0)), (3, 0, 0), "the message, its author, its group");
}

#[test]
fn who_passes_by_is_told_as_long_as_the_channel_is_public() {
    for members in [EACH_MAX, EACH_MAX + 1] {
        let group = Group::with(members, ChannelRow { public: true, ..ChannelRow::default() });
        let event = group.post(0, &[2]);
        assert!(to(&event).passers);
        let told = ready(render(&group.hall.domain, &event, passers_topic(group.id)));
        let Some(enums::Updates::Updates(told)) = told else { panic!("{told:?}") };
        assert_eq!((new_message(&told).out, new_message(&told).mentioned), (false, false));
        assert!(users(&told).iter().all(|it| it.min) && channel(&told).min, "in no member's words");
    }
    let group = Group::of(3);
    assert!(!to(&group.post(0, &[])).passers);
}

#[test]
fn who_is_no_member_is_told_nothing() {
    let group = Group::of(3);
    group.place(group.people[1].user, MemberRow::default());
    let banned = BannedRights::VIEW_MESSAGES;
    group.place(group.people[2].user, MemberRow { joined: 1, banned, ..MemberRow::default() });
    let (channel, left) = (group.id, group.people[1].user);
    assert_eq!(group.hall.events()[0], Event::Left { user: left, channel });
    let event = group.post(0, &[1, 2]);
    assert!(group.told(&event, Some(0)).is_some());
    assert_eq!((group.told(&event, Some(1)), group.told(&event, Some(2))), (None, None));
}

#[test]
fn what_was_said_before_one_may_look_is_not_told_when_it_changes() {
    for members in [EACH_MAX, EACH_MAX + 1] {
        let group = Group::with(members, ChannelRow { history_hidden: true, ..ChannelRow::default() });
        group.post(0, &[]);
        let late = MemberRow { joined: 2, visible_from: MessageId(2), ..MemberRow::default() };
        group.place(group.people[1].user, late);
        let event = group.happen(Happens::Edit(MessageId(1), "changed".into()));
        assert!(to(&event).each);
        let edited = |it: usize| group.told(&event, Some(it)).expect("a member").updates.remove(0);
        assert!(matches!(edited(0), enums::Update::EditChannelMessage(_)));
        let enums::Update::DeleteChannelMessages(it) = edited(1) else { panic!("{:?}", edited(1)) };
        assert_eq!((it.messages, it.pts, it.pts_count), (Vec::new(), 3, 1), "its place in the count is kept");
    }
}

#[test]
fn every_change_of_a_log_has_its_update() {
    let group = Group::of(3);
    group.post(0, &[]);
    let update = |event: &Event| group.told(event, Some(1)).expect("a member").updates.remove(0);
    let pinned = Change::PinnedMessages { peer: Peer::Channel(group.id), messages: vec![MessageId(1)], pinned: true };
    let enums::Update::PinnedChannelMessages(it) = update(&group.happen(Happens::Note(pinned, 1))) else { panic!() };
    assert_eq!((it.pinned, it.messages, it.pts, it.pts_count), (true, vec![1], 3, 1));
    let reacted = Change::Reactions { peer: Peer::Channel(group.id), message: MessageId(1) };
    let enums::Update::MessageReactions(it) = update(&group.happen(Happens::Note(reacted, 0))) else { panic!() };
    assert_eq!(it.msg_id, 1);
    let gone = group.happen(Happens::Delete(vec![MessageId(1)]));
    let enums::Update::DeleteChannelMessages(it) = update(&gone) else { panic!() };
    assert_eq!((it.messages, it.pts, it.pts_count), (vec![1], 4, 1));
}

#[test]
fn a_mailbox_follows_the_channels_that_its_user_has_joined() {
    let group = Group::of(3);
    let of = |it: usize| ready(follows(&group.hall.domain, mailbox_topic(group.people[it].user))).expect("readable");
    assert_eq!(of(0), [channel_topic(group.id)]);
    group.place(group.people[0].user, MemberRow::default());
    assert_eq!((of(0), of(1)), (Vec::new(), vec![channel_topic(group.id)]));
    assert!(ready(follows(&group.hall.domain, channel_topic(group.id))).expect("readable").is_empty());
}

#[test]
fn what_depends_on_the_reader_is_left_out_of_what_all_are_told() {
    for (members, to, min) in [(EACH_MAX, Some(1), false), (EACH_MAX + 1, None, true)] {
        let group = Group::of(members);
        group.post(0, &[]);
        let reacted = Change::Reactions { peer: Peer::Channel(group.id), message: MessageId(1) };
        let event = group.happen(Happens::Note(reacted, 0));
        let enums::Update::MessageReactions(it) = group.told(&event, to).expect("a member").updates.remove(0) else {
            panic!("reactions")
        };
        let enums::MessageReactions::Reactions(it) = it.reactions;
        assert_eq!(it.min, min);
    }
}

#[test]
fn typing_is_shown_to_the_others() {
    for members in [EACH_MAX, EACH_MAX + 1] {
        let group = Group::of(members);
        let action = enums::SendMessageAction::SendMessageTypingAction.to_bytes().into();
        group
            .hall
            .run(SetTyping {
                by: group.people[0],
                peer: Peer::Channel(group.id),
                action,
                top: Some(domain::MessageId(7)),
            })
            .expect("may write");
        let event = group.hall.events().pop().expect("something passes");
        let other = if to(&event).each { Some(1) } else { None };
        let told = group.told(&event, other).expect("a member");
        let enums::Update::ChannelUserTyping(it) = &told.updates[0] else { panic!("{told:?}") };
        assert_eq!(it.top_msg_id, Some(7));
        assert_eq!(it.from_id, types::PeerUser { user_id: group.people[0].user.0 as i64 }.into());
        assert_eq!(users(&told)[0].min, members > EACH_MAX);
        assert!(group.told(&event, Some(0)).is_none(), "who types knows it");
        assert!(to(&event).each || to(&event).own == [group.people[0].user]);
    }
}

#[test]
fn who_came_in_late_is_told_what_it_missed_in_its_own_words_or_that_there_is_more() {
    let group = Group::of(3);
    let Event::Logged { entry, .. } = group.post(0, &[1]) else { panic!("a post") };
    let (user, channel) = (group.people[1].user, group.id);
    let missed = Event::Missed { user, channel, entry };
    assert_eq!(super::topic(&missed), Some(mailbox_topic(user)));
    assert!(new_message(&group.told(&missed, Some(1)).expect("a member")).mentioned);
    let behind = Event::Behind { user, channel, pts: domain::Pts(7) };
    assert_eq!(super::topic(&behind), Some(mailbox_topic(user)));
    let told = ready(render(&group.hall.domain, &behind, mailbox_topic(user)));
    let Some(enums::Updates::UpdateShort(it)) = told else { panic!("{told:?}") };
    let enums::Update::ChannelTooLong(it) = it.update else { panic!("{:?}", it.update) };
    assert_eq!((it.channel_id, it.pts), (crate::render::group::channel_id(channel), Some(7)));
    group.place(user, MemberRow::default());
    assert_eq!(group.told(&missed, Some(1)), None, "who has left meanwhile hears nothing");
}
