//! The statistics of a broadcast channel add up, and only its admins see them.

use super::{
    super::{
        graph::{self, Graph, Name, Shown, TOKEN_SECONDS, graph, post},
        hours::HOURS_KEPT,
    },
    *,
};
use crate::{
    Caller, Peer,
    accounts::{deletion::DeleteAccount, erasing},
    groups::{create::CreateChannel, invite::InviteToChannel, joining::LeaveChannel},
    messages::{
        Reaction,
        counts::{flush::flush, look::look},
        forward::ForwardMessages,
        reactions::react::React,
        send::SendMessage,
    },
    people::notify::{NotifyRow, ResetNotify, Target, UpdateNotify},
    testing::{Hall, ready},
};

struct Scene {
    hall: Hall,
    id: ChannelId,
    olga: Caller,
    bob: Caller,
    carol: Caller,
}

impl Scene {
    fn new(hall: Hall) -> Self {
        let [olga, bob, carol] = [1, 2, 3].map(|n| hall.person(&format!("P{n}"), &format!("999662600{n}")));
        let (title, about) = ("News".to_owned(), String::new());
        let make = CreateChannel { by: olga, title, about, broadcast: true, forum: false, ttl_period: 0 };
        let id = hall.run(make).expect("made").0;
        Self { hall, id, olga, bob, carol }
    }

    fn peer(&self) -> Peer {
        Peer::Channel(self.id)
    }

    fn post(&self, random_id: i64) -> MessageId {
        let message = SendMessage {
            by: self.olga,
            peer: self.peer(),
            text: "news".into(),
            entities: Vec::new(),
            reply: None,
            random_id,
            silent: false,
            noforwards: false,
            no_webpage: false,
            clear_draft: false,
            send_as: None,
            album: 0,
        };
        self.hall.run(message).expect("sent").message
    }

    /// Two come, each sees the post; one likes it, passes it on, and leaves an hour later.
    fn live(&self) -> MessageId {
        let users = vec![self.bob.user, self.carol.user];
        self.hall.run(InviteToChannel { by: self.olga, channel: self.id, users }).expect("the owner may");
        let id = self.post(1);
        for who in [self.bob, self.carol] {
            ready(look(&self.hall.domain, who.user, self.peer(), &[id], true)).expect("a subscriber may");
        }
        ready(flush(&self.hall.domain)).expect("the owner takes it");
        let reactions = vec![Reaction::Emoji { emoticon: "👍".into() }];
        let (by, peer, message) = (self.bob, self.peer(), id);
        self.hall.run(React { by, peer, message, reactions, big: false, add_to_recent: false }).expect("may react");
        let forward = ForwardMessages {
            by,
            from: peer,
            to: Peer::User(self.bob.user),
            messages: vec![id],
            random_ids: vec![2],
            drop_author: false,
            silent: false,
            noforwards: false,
            send_as: None,
            top: None,
        };
        self.hall.run(forward).expect("forwarded");
        self.hall.pass(u64::from(HOUR));
        self.hall.run(LeaveChannel { by, channel: self.id }).expect("a subscriber may");
        id
    }

    fn numbers(&self) -> Broadcast {
        self.hall.ask(|view| broadcast(view, self.olga.user, self.id)).expect("the owner may")
    }

    fn graph(&self, shown: Shown, zoom: Option<i64>) -> Result<Graph, Refusal> {
        let made = self.hall.domain.now().secs();
        let name = Name { channel: self.id, shown, made, ..Name::default() };
        self.hall.ask(|view| graph(view, self.olga.user, &name, zoom))
    }

    fn sums(&self, shown: Shown, zoom: Option<i64>) -> Vec<u32> {
        let it = self.graph(shown, zoom).expect("the owner may");
        assert!(it.lines.iter().all(|line| line.len() == it.at.len()), "a number for each moment");
        assert!(it.at.windows(2).all(|it| it[0] < it[1]), "moments in order");
        it.lines.iter().map(|line| line.iter().sum()).collect()
    }
}

#[test]
fn the_numbers_of_a_channel_and_its_graphs_add_up() {
    for it in [Hall::new(), Hall::distant(), Hall::with_outbox()].map(Scene::new) {
        let message = it.live();
        let all = it.numbers();
        assert_eq!(all.followers, Pair { now: 2.0, before: 1.0 });
        assert_eq!(all.recent, [Numbers { message, views: 3, forwards: 1, reactions: 1 }]);
        assert_eq!((all.views_per_post.now, all.shares_per_post.now, all.reactions_per_post.now), (3.0, 1.0, 1.0));
        assert_eq!(it.sums(Shown::Followers {}, None), [2, 1]);
        assert_eq!(it.sums(Shown::NewBySource {}, None), [0, 0, 2, 0]);
        assert_eq!(it.sums(Shown::Interactions {}, None), [2, 1], "the author's own view is no interaction");
        assert_eq!(it.sums(Shown::ViewsBySource {}, None), [2, 0, 0, 0]);
        assert_eq!(it.sums(Shown::Reactions {}, None), [1, 0, 0]);
        assert_eq!(it.sums(Shown::TopHours {}, None), [2, 0]);
        assert_eq!(it.sums(Shown::PostViews { message }, None), [2, 1]);
        assert_eq!(it.sums(Shown::PostReactions { message }, None), [1, 0, 0]);
        let growth = it.graph(Shown::Growth {}, None).expect("the owner may");
        assert_eq!(growth.lines[0].last(), Some(&2));
    }
}

#[test]
fn who_mutes_for_good_is_counted_while_it_is_a_subscriber() {
    for it in [Hall::new(), Hall::distant(), Hall::with_outbox()].map(Scene::new) {
        let users = vec![it.bob.user, it.carol.user];
        it.hall.run(InviteToChannel { by: it.olga, channel: it.id, users }).expect("the owner may");
        let mute = |by: Caller, until: u32| {
            let settings = NotifyRow { mute_until: Some(until), ..NotifyRow::default() };
            it.hall.run(UpdateNotify { by, target: Target::Peer(it.peer()), settings }).expect("anybody may");
        };
        let listening = || it.numbers().listening;
        mute(it.bob, u32::MAX / 2);
        mute(it.bob, u32::MAX / 2);
        mute(it.carol, it.hall.domain.now().secs() + 3600);
        assert_eq!(listening(), 2, "an hour is not for good");
        it.hall.run(ResetNotify { by: it.bob }).expect("anybody may");
        assert_eq!(listening(), 3);
        mute(it.bob, u32::MAX / 2);
        it.hall.run(LeaveChannel { by: it.bob, channel: it.id }).expect("a subscriber may");
        assert_eq!(listening(), 2, "two are left, and both listen");
        assert_eq!(it.sums(Shown::Mutes {}, None), [2, 2]);
    }
}

#[test]
fn a_deleted_account_is_no_longer_among_those_who_muted() {
    let it = Scene::new(Hall::new());
    let users = vec![it.bob.user, it.carol.user];
    it.hall.run(InviteToChannel { by: it.olga, channel: it.id, users }).expect("the owner may");
    let settings = NotifyRow { mute_until: Some(u32::MAX / 2), ..NotifyRow::default() };
    it.hall.run(UpdateNotify { by: it.bob, target: Target::Peer(it.peer()), settings }).expect("anybody may");
    assert_eq!((it.numbers().followers.now, it.numbers().listening), (3.0, 2));
    let (user, key, link_prefix) = (it.bob.user, it.bob.origin.key, String::new());
    it.hall.run(DeleteAccount { user, key, proved: None, link: [7; 16], link_prefix }).expect("anybody may");
    while ready(erasing::run(&it.hall.domain)).expect("erases") {}
    assert_eq!((it.numbers().followers.now, it.numbers().listening), (2.0, 2));
}

#[test]
fn a_day_is_seen_by_the_hour_and_sums_to_the_same() {
    let it = Scene::new(Hall::new());
    it.live();
    let days = it.graph(Shown::Followers {}, None).expect("the owner may");
    let day = *days.at.last().expect("a day");
    let zoom = Some(i64::from(day) * 1000);
    assert_eq!(it.sums(Shown::Followers {}, zoom), [2, 1]);
    let growth = it.graph(Shown::Growth {}, zoom).expect("the owner may");
    assert_eq!(growth.lines[0], [3, 2], "who came in the first hour, and who went in the second");
    for outside in [0, i64::from(day) * 1000 + 2 * 86_400_000, -1, i64::MAX] {
        assert_eq!(it.graph(Shown::Followers {}, Some(outside)), Err(Refusal::GraphOutdatedReload));
    }
}

#[test]
fn graphs_reach_back_a_month_and_hours_are_kept_for_three() {
    let it = Scene::new(Hall::new());
    it.live();
    for day in 0..100 {
        it.hall.pass(24 * u64::from(HOUR));
        let guest = it.hall.person("Guest", &format!("99966261{day:02}"));
        let users = vec![guest.user];
        it.hall.run(InviteToChannel { by: it.olga, channel: it.id, users }).expect("the owner may");
        it.hall.run(LeaveChannel { by: guest, channel: it.id }).expect("a subscriber may");
        assert!(day < 31 || it.graph(Shown::Followers {}, None).expect("may").at.len() == graph::DAYS as usize);
    }
    let hour = it.hall.domain.now().secs() / HOUR;
    let kept = it.hall.ask(|view| hours(view, it.id, 0, hour + 1)).expect("reads");
    assert!(kept.len() <= 91, "{}", kept.len());
    assert!(kept.iter().all(|(at, _)| *at >= hour - HOURS_KEPT));
    assert_eq!(it.sums(Shown::Followers {}, None), [30, 30], "a month of coming and going");
}

#[test]
fn a_token_names_one_graph_to_one_viewer_for_a_day() {
    let it = Scene::new(Hall::new());
    let made = it.hall.domain.now().secs();
    let name = Name { channel: it.id, shown: Shown::PostViews { message: MessageId(7) }, made, ..Name::default() };
    let token = name.token(it.hall.domain.world(), it.olga.user);
    let read = |me: Caller, token: &str| it.hall.ask(|view| Name::of(view, me.user, token));
    assert_eq!(read(it.olga, &token), Ok(name));
    assert_eq!(read(it.bob, &token), Err(Refusal::GraphInvalidReload));
    for wrong in ["", "0", "zz", "00ff", "ümlaut", &token[2..], &format!("{token}00")] {
        assert_eq!(read(it.olga, wrong), Err(Refusal::GraphInvalidReload), "{wrong}");
    }
    it.hall.pass(u64::from(TOKEN_SECONDS) + 1);
    assert_eq!(read(it.olga, &token), Err(Refusal::GraphExpiredReload));
}

#[test]
fn only_admins_of_a_broadcast_channel_see_its_numbers() {
    let it = Scene::new(Hall::new());
    let message = it.live();
    let ask = |by: Caller, id| it.hall.ask(|view| broadcast(view, by.user, id)).map(drop);
    assert_eq!(ask(it.carol, it.id), Err(Refusal::ChatAdminRequired));
    assert_eq!(ask(it.bob, it.id), Err(Refusal::ChannelPrivate));
    let (title, about) = ("Group".to_owned(), String::new());
    let make = CreateChannel { by: it.olga, title, about, broadcast: false, forum: false, ttl_period: 0 };
    let group = it.hall.run(make).expect("made").0;
    assert_eq!(ask(it.olga, group), Err(Refusal::BroadcastRequired));
    let of = |by: Caller, message| it.hall.ask(|view| post(view, by.user, it.id, message)).map(drop);
    assert_eq!(of(it.olga, message), Ok(()));
    assert_eq!(of(it.olga, MessageId(99)), Err(Refusal::MessageIdInvalid));
    assert_eq!(of(it.carol, message), Err(Refusal::ChatAdminRequired));
}
