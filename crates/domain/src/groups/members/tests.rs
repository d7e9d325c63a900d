//! Members of channels: their coming and going, lists and numbers.

use super::*;
use crate::{
    groups::{
        create::CreateChannel,
        invite::InviteToChannel,
        joining::{JoinChannel, LeaveChannel},
        lists::{self, List},
    },
    service::Command,
    testing::Hall,
};

fn people<const N: usize>(hall: &Hall) -> [Caller; N] {
    std::array::from_fn(|n| hall.person(&format!("P{n}"), &format!("99966220{n:02}")))
}

fn group(hall: &Hall, by: Caller) -> ChannelId {
    let command =
        CreateChannel { by, title: "G".into(), about: String::new(), broadcast: false, forum: false, ttl_period: 0 };
    hall.run(command).expect("made").0
}

fn members(hall: &Hall, id: ChannelId) -> Vec<UserId> {
    hall.ask(|view| lists::page(view, id, List::Members, 0, 100)).unwrap()
}

fn invite(hall: &Hall, by: Caller, channel: ChannelId, who: &[Caller]) -> Result<Vec<UserId>, Refusal> {
    let users = who.iter().map(|it| it.user).collect();
    Ok(hall.run(InviteToChannel { by, channel, users })?.missing)
}

/// Many members at once, as an import brings them.
struct Crowd(Caller, ChannelId, Vec<UserId>);

impl Command for Crowd {
    type Reply = ();

    fn decide(&self, turn: &mut Turn<'_>) -> Decided<()> {
        self.2.iter().try_for_each(|user| add(turn, &self.0, self.1, *user, Coming::default()))
    }
}

#[test]
fn members_come_and_go_and_every_row_says_the_same() {
    for hall in [Hall::new(), Hall::with_outbox(), Hall::distant()] {
        let [alice, bob, carol] = people(&hall);
        let id = group(&hall, alice);
        assert_eq!(invite(&hall, alice, id, &[bob, carol]), Ok(Vec::new()));
        assert_eq!(members(&hall, id), [carol.user, bob.user, alice.user], "the last first");
        let counts = || hall.ask(|view| channel::counts(view, id)).unwrap();
        assert_eq!((counts().members, counts().admins), (3, 1));
        let joined = |it: Caller| hall.ask(|view| joined(view, it.user)).unwrap();
        assert_eq!((joined(alice), joined(bob)), (vec![id], vec![id]));
        hall.run(LeaveChannel { by: bob, channel: id }).unwrap();
        assert_eq!((joined(bob), members(&hall, id)), (Vec::new(), vec![carol.user, alice.user]));
        assert!(hall.ask(|view| left(view, bob.user, id)).unwrap().is_some());
        assert_eq!(hall.run(LeaveChannel { by: bob, channel: id }), Err(Refusal::ChannelPrivate));
        assert_eq!(hall.run(LeaveChannel { by: alice, channel: id }), Err(Refusal::UserCreator));
        assert_eq!(hall.run(JoinChannel { by: bob, channel: id }), Err(Refusal::ChannelPrivate), "it is private");
        assert_eq!(invite(&hall, alice, id, &[bob]), Err(Refusal::UserNotMutualContact), "it left by itself");
        assert_eq!(counts().members, 2);
    }
}

#[test]
fn a_page_far_down_is_found_without_passing_what_stands_above() {
    let hall = Hall::new();
    let [alice] = people(&hall);
    let id = group(&hall, alice);
    let crowd: Vec<_> = (1..=1700).map(|it| UserId::new(it + 1000, crate::ids::VShard(3))).collect();
    hall.run_alone(Crowd(alice, id, crowd.clone())).unwrap();
    let mut order: Vec<_> = crowd.iter().rev().copied().collect();
    order.push(alice.user);
    for offset in [0, 100, 511, 512, 1023, 1500, 1690, 1701, 5000] {
        let page = hall.ask(|view| lists::page(view, id, List::Members, offset, 20)).unwrap();
        let wanted: Vec<_> = order.iter().skip(offset).take(20).copied().collect();
        assert_eq!(page, wanted, "from {offset}");
    }
}

#[test]
fn privacy_and_blocks_keep_people_out_of_groups() {
    use crate::people::{blocks, privacy};
    let hall = Hall::new();
    let [alice, bob, carol, dave] = people(&hall);
    let id = group(&hall, alice);
    let rules = vec![privacy::Rule::DisallowAll {}];
    hall.run(privacy::SetPrivacy { by: bob, key: privacy::Key::ChatInvite, rules }).unwrap();
    assert_eq!(invite(&hall, alice, id, &[bob, carol]), Ok(vec![bob.user]));
    let block = |by: Caller, of: Caller| {
        hall.run(blocks::Block { by, peer: Peer::User(of.user), list: blocks::List::Main, blocked: true }).unwrap();
    };
    block(alice, dave);
    assert_eq!(invite(&hall, alice, id, &[dave]), Err(Refusal::UserBlocked));
    assert_eq!(invite(&hall, dave, id, &[bob]), Err(Refusal::ChannelPrivate));
    assert_eq!(invite(&hall, carol, id, &[dave]), Ok(Vec::new()), "members bring others in");
    let nobody = Caller { user: UserId(1 << 30), ..alice };
    assert_eq!(invite(&hall, alice, id, &[nobody]), Err(Refusal::UserIdInvalid));
    assert_eq!(invite(&hall, alice, id, &[]), Err(Refusal::InputUsersEmpty));
}

#[test]
fn nobody_is_in_more_channels_than_one_may_be() {
    let hall = Hall::new();
    let [alice, bob] = people(&hall);
    let full = |who: Caller| {
        for n in 0..CHANNELS_MAX as u64 {
            let row = JoinedRow { joined: 1, ..JoinedRow::default() };
            let key = joined_key(who.user, ChannelId(1 << 30 | n << 16));
            hall.run_alone(Put(key, row)).unwrap();
        }
    };
    let id = group(&hall, alice);
    full(bob);
    assert_eq!(invite(&hall, alice, id, &[bob]), Err(Refusal::UserChannelsTooMuch));
    let command = CreateChannel {
        by: bob,
        title: "G".into(),
        about: String::new(),
        broadcast: true,
        forum: false,
        ttl_period: 0,
    };
    assert_eq!(hall.run(command).map(|it| it.0), Err(Refusal::ChannelsTooMuch));
}

struct Put(store::Key, JoinedRow);

impl Command for Put {
    type Reply = ();

    fn decide(&self, turn: &mut Turn<'_>) -> Decided<()> {
        turn.put(self.0.clone(), &self.1);
        Ok(())
    }
}

#[test]
fn who_is_let_in_by_the_outbox_is_told_what_the_channel_gained_before_its_sessions_followed() {
    use crate::{
        messages::send::SendMessage,
        updates::{Event, hearing::CAUGHT_UP_MAX},
    };
    for (posts, hall) in [(1, Hall::new()), (1, Hall::with_outbox()), (CAUGHT_UP_MAX + 3, Hall::with_outbox())] {
        let [alice, bob] = people(&hall);
        let id = group(&hall, alice);
        hall.events();
        hall.run_alone(InviteToChannel { by: alice, channel: id, users: vec![bob.user] }).unwrap();
        for random_id in 1..=i64::try_from(posts).unwrap() {
            let text = format!("post {random_id}");
            let (entities, peer) = (Vec::new(), Peer::Channel(id));
            let (reply, send_as, silent, noforwards) = (None, None, false, false);
            let (no_webpage, clear_draft) = (false, false);
            let post = SendMessage {
                by: alice,
                peer,
                text,
                entities,
                reply,
                random_id,
                silent,
                noforwards,
                no_webpage,
                clear_draft,
                send_as,
                album: 0,
            };
            hall.run_alone(post).unwrap();
        }
        hall.apply_parcels();
        let events = hall.events();
        let follows = events.iter().position(|it| *it == Event::Joined { user: bob.user, channel: id }).unwrap();
        // What the channel's followers were told after that, and what bob was told besides.
        let (mut told, mut behind) = (Vec::new(), None);
        for event in &events[follows..] {
            match event {
                Event::Logged { log: LogId::Channel(_), entry, .. } => told.push(entry.pts.0),
                Event::Missed { user, channel, entry } if (*user, *channel) == (bob.user, id) => told.push(entry.pts.0),
                Event::Behind { user, channel, pts } if (*user, *channel) == (bob.user, id) => behind = Some(*pts),
                _ => {}
            }
        }
        let now = hall.ask(|view| updates::counters(view, id)).unwrap().pts;
        // The channel's making is the first entry, at 2; that bob came is the next.
        let told_max = CAUGHT_UP_MAX.min(posts + 1);
        assert_eq!(told, (3..).take(told_max).collect::<Vec<_>>(), "each once, in order");
        assert_eq!(behind, (posts > CAUGHT_UP_MAX).then_some(now));
    }
}

#[test]
fn two_admins_at_once_leave_one_state_and_numbers_that_fit_it() {
    use crate::groups::{BannedRights, admins::EditAdmin, bans::EditBanned};
    for hall in [Hall::new(), Hall::with_outbox(), Hall::distant()] {
        let [alice, bob, carol, dave] = people(&hall);
        let id = group(&hall, alice);
        invite(&hall, alice, id, &[bob, carol, dave]).unwrap();
        let appoint =
            |by: Caller, who: Caller, rights| EditAdmin { by, channel: id, user: who.user, rights, rank: None };
        hall.run(appoint(alice, bob, AdminRights::BAN_USERS)).unwrap();
        let both = AdminRights::ADD_ADMINS.with(AdminRights::PIN_MESSAGES);
        hall.run(appoint(alice, carol, both)).unwrap();
        let (rights, until) = (BannedRights::VIEW_MESSAGES, 0);
        let ban = EditBanned { by: bob, channel: id, user: dave.user, rights, until };
        let (banned, appointed) = hall.run_in_line(ban, appoint(carol, dave, AdminRights::PIN_MESSAGES));
        assert!(banned.is_ok() || appointed.is_ok(), "{banned:?} {appointed:?}");
        let row = hall.ask(|view| member(view, id, dave.user)).unwrap().unwrap();
        let (out, admin) = (row.banned.has(BannedRights::VIEW_MESSAGES), !row.admin.is_none());
        assert!(out != admin, "it is one or the other");
        let listed = |list| hall.ask(|view| lists::page(view, id, list, 0, 100)).unwrap().len();
        let counts = hall.ask(|view| channel::counts(view, id)).unwrap();
        let numbers = [counts.members, counts.admins, counts.kicked].map(|it| it as usize);
        assert_eq!(numbers, [List::Members, List::Admins, List::Kicked].map(listed));
        assert_eq!(members(&hall, id).contains(&dave.user), admin);
        let own = hall.ask(|view| joined(view, dave.user)).unwrap();
        assert_eq!(own.contains(&id), admin, "its own side says the same");
    }
}

#[test]
fn who_is_banned_while_passing_by_hears_the_channel_no_longer() {
    use crate::{
        groups::{BannedRights, bans::EditBanned},
        updates::Event,
    };
    let hall = Hall::new();
    let [alice, bob, _, _] = people(&hall);
    let id = group(&hall, alice);
    hall.events();
    let (rights, until) = (BannedRights::VIEW_MESSAGES, 0);
    hall.run(EditBanned { by: alice, channel: id, user: bob.user, rights, until }).unwrap();
    assert!(hall.events().contains(&Event::Left { user: bob.user, channel: id }));
}
