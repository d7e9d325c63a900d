//! Views and forwards of a channel's posts, under every way a hall can be driven.

use std::sync::atomic::{AtomicI64, Ordering};

use store::{Direction, Key, Range};

use super::{
    Post, counts,
    flush::{CountViews, flush},
    forwards,
    look::{Look, MESSAGES_MAX, look},
    viewers::{EXACT_MAX, REMEMBERED_SECONDS},
};
use crate::{
    Caller, ChannelId, Domain, MessageId, Peer, Refusal, UserId, VShard,
    deliveries::{ApplyParcel, pending},
    groups::{AdminRights, ChannelRow, MemberRow},
    messages::{forward::ForwardMessages, posts::DeletePosts, seen_in, send::SendMessage, timers},
    spaces::{POST_COUNTS, POST_VIEWERS, PUBLIC_FORWARD},
    testing::{
        Crash, Hall,
        groups::{Count, Make, Place},
        ready,
    },
    updates::{Event, Passing},
};

/// A public broadcast channel with an owner, two subscribers, and one post.
struct Scene {
    hall: Hall,
    id: ChannelId,
    olga: Caller,
    bob: Caller,
    carol: Caller,
    post: MessageId,
    random: AtomicI64,
}

fn scenes() -> [Scene; 3] {
    [Hall::new(), Hall::distant(), Hall::with_outbox()].map(Scene::new)
}

impl Scene {
    fn new(hall: Hall) -> Self {
        let [olga, bob, carol] = [1, 2, 3].map(|n| hall.person(&format!("P{n}"), &format!("999662700{n}")));
        let row = ChannelRow { creator: olga.user, broadcast: true, public: true, ..ChannelRow::default() };
        let id = hall.run(Make { row, title: "News".into() }).expect("made");
        let mut scene = Self { hall, id, olga, bob, carol, post: MessageId(0), random: AtomicI64::new(1) };
        for (who, admin) in [(olga, AdminRights::CREATOR), (bob, AdminRights::NONE), (carol, AdminRights::NONE)] {
            let row = MemberRow { joined: 1, admin, ..MemberRow::default() };
            scene.hall.run(Place { channel: id, user: who.user, row }).expect("placed");
        }
        scene.hall.run(Count { channel: id, members: 3 }).expect("counted");
        scene.post = scene.send(olga, Peer::Channel(id));
        scene.hall.events();
        scene
    }

    fn next(&self) -> i64 {
        self.random.fetch_add(1, Ordering::Relaxed)
    }

    fn send(&self, by: Caller, peer: Peer) -> MessageId {
        let message = SendMessage {
            by,
            peer,
            text: "news".into(),
            entities: Vec::new(),
            reply: None,
            random_id: self.next(),
            silent: false,
            noforwards: false,
            no_webpage: false,
            clear_draft: false,
            send_as: None,
            album: 0,
        };
        self.hall.run(message).expect("sent").message
    }

    fn forward(&self, by: Caller, to: Peer) -> ForwardMessages {
        ForwardMessages {
            by,
            from: Peer::Channel(self.id),
            to,
            messages: vec![self.post],
            random_ids: vec![self.next()],
            drop_author: false,
            silent: false,
            noforwards: false,
            send_as: None,
            top: None,
        }
    }

    fn see(&self, domain: &Domain, by: Caller) -> u32 {
        self.look(domain, by, Peer::Channel(self.id), self.post).expect("a post").counts.views
    }

    fn look(&self, domain: &Domain, by: Caller, peer: Peer, id: MessageId) -> Option<Look> {
        ready(look(domain, by.user, peer, &[id], true)).expect("may look").remove(0)
    }

    fn flush(&self, domain: &Domain) {
        ready(flush(domain)).expect("the owner takes it");
    }

    /// What rows say.
    fn counts(&self) -> (u32, u32) {
        let post = Post { channel: self.id, message: self.post };
        let it = self.hall.ask(|view| counts(view, post)).expect("reads");
        (it.views, it.forwards)
    }

    fn told(&self) -> Vec<(Option<u32>, Option<u32>)> {
        let told = |event| match event {
            Event::Passing { what: Passing::Counts { views, forwards, .. }, .. } => Some((views, forwards)),
            _ => None,
        };
        self.hall.events().into_iter().filter_map(told).collect()
    }

    fn rows(&self) -> usize {
        let of = |id: u8| Range { start: Key::from_bytes(&[id]), end: Key::from_bytes(&[id + 1]) };
        let count = |id| self.hall.ask(|view| view.scan(&of(id), Direction::Forward, 10_000)).expect("reads").len();
        [POST_COUNTS, POST_VIEWERS, PUBLIC_FORWARD].map(|it| count(it.id)).iter().sum()
    }
}

#[test]
fn a_viewer_counts_once_however_often_it_comes_back() {
    for it in scenes() {
        let domain = &it.hall.domain;
        assert_eq!(it.see(domain, it.bob), 2, "the author and one more");
        assert_eq!(it.see(domain, it.bob), 2);
        it.flush(domain);
        assert_eq!((it.see(domain, it.bob), it.counts()), (2, (2, 0)));
        let restarted = it.hall.another();
        assert_eq!(it.see(&restarted, it.bob), 2);
        assert_eq!(it.see(&restarted, it.carol), 3);
        it.flush(&restarted);
        assert_eq!(it.counts(), (3, 0));
    }
}

#[test]
fn the_author_has_seen_its_post_and_is_not_counted_again() {
    for it in scenes() {
        assert_eq!(it.counts(), (1, 0));
        let another_device = Caller { origin: crate::updates::Origin { session: 2, ..it.olga.origin }, ..it.olga };
        for device in [it.olga, another_device] {
            assert_eq!(it.see(&it.hall.domain, device), 1);
        }
        it.flush(&it.hall.domain);
        assert_eq!((it.counts(), it.rows()), ((1, 0), 0), "nothing is written for it");
    }
}

#[test]
fn two_processes_that_saw_the_same_viewer_count_it_once() {
    for it in scenes() {
        let (one, two) = (it.hall.another(), it.hall.another());
        assert_eq!((it.see(&one, it.bob), it.see(&two, it.bob), it.see(&two, it.carol)), (2, 2, 3));
        it.flush(&two);
        it.flush(&one);
        assert_eq!(it.counts(), (3, 0));
        it.hall.pass(5);
        assert_eq!(it.see(&one, it.bob), 3, "each soon shows what the other counted");
    }
}

#[test]
fn views_handed_in_twice_and_in_another_order_count_once() {
    for it in scenes() {
        it.see(&it.hall.domain, it.bob);
        let first = it.hall.domain.tally().poll_due(it.hall.domain.now());
        it.see(&it.hall.domain, it.carol);
        let second = it.hall.domain.tally().poll_due(it.hall.domain.now());
        let run = |all: &[CountViews]| all.iter().for_each(|one| drop(it.hall.run(one.clone()).expect("counted")));
        [&second, &first, &second, &first].into_iter().for_each(|all| run(all));
        assert_eq!(it.counts(), (3, 0));
    }
}

#[test]
fn a_crash_loses_the_views_of_the_last_seconds_and_no_forward() {
    for it in scenes() {
        let first = it.hall.another();
        it.see(&first, it.bob);
        it.flush(&first);
        it.see(&first, it.carol);
        it.hall.crash_next(Some(Crash::After));
        assert!(it.hall.run(it.forward(it.bob, Peer::User(it.bob.user))).is_err(), "nobody was answered");
        it.hall.apply_parcels();
        drop(first);
        assert_eq!(it.counts(), (2, 1));
        let second = it.hall.another();
        assert_eq!(it.see(&second, it.carol), 3, "who was lost counts when it looks again");
    }
}

#[test]
fn views_that_the_owner_refuses_now_are_handed_in_again() {
    for it in scenes() {
        it.see(&it.hall.domain, it.bob);
        it.hall.crash_next(Some(Crash::Before));
        assert_eq!(ready(flush(&it.hall.domain)), Err(Refusal::Unavailable));
        assert_eq!(it.counts(), (1, 0));
        it.flush(&it.hall.domain);
        assert_eq!(it.counts(), (2, 0));
    }
}

#[test]
fn ten_thousand_views_write_a_bounded_number_of_rows() {
    const VIEWS: u32 = 10_000;
    let it = Scene::new(Hall::new());
    let domain = &it.hall.domain;
    let before = it.hall.written();
    for n in 0..VIEWS {
        let user = UserId::new(u64::from(n) + 50_000, VShard((n % 4000) as u16));
        let one = ready(look(domain, user, Peer::Channel(it.id), &[it.post], true)).expect("anybody may look");
        assert_eq!(one[0].as_ref().map(|it| it.counts.views), Some(n + 2));
        assert_eq!(it.hall.written(), before, "no view writes");
    }
    it.flush(domain);
    // The counter, ten times 1,024 viewers, the post's life, and the channel's hour.
    assert_eq!((it.hall.written() - before, it.rows()), (13, 11));
    assert_eq!(it.counts(), (VIEWS + 1, 0));
    let more = UserId::new(99_999, VShard(1));
    ready(look(domain, more, Peer::Channel(it.id), &[it.post], true)).expect("anybody may look");
    it.hall.pass(60);
    it.flush(domain);
    assert_eq!(it.hall.written() - before, 17, "a later view writes no more than its own row of viewers");
}

#[test]
fn beyond_a_bound_viewers_become_a_sketch_in_one_row() {
    let it = Scene::new(Hall::new());
    let views = EXACT_MAX as u32 + 4000;
    let hash = |n| it.hall.domain.world().viewer_hash(it.id, it.post, UserId(n));
    let viewers: Vec<_> = (0..u64::from(views)).map(|n| (hash(n), super::Source::Followers)).collect();
    for part in viewers.chunks(5000) {
        let posts = vec![(it.post, part.to_vec())];
        it.hall.run(CountViews { channel: it.id, posts }).expect("counted");
    }
    let (counted, _) = it.counts();
    assert!(counted.abs_diff(views) < views / 50, "{counted} of {views}");
    assert_eq!(it.rows(), 2, "the counter and the sketch");
    let again = CountViews { channel: it.id, posts: vec![(it.post, viewers)] };
    let before = it.hall.written();
    it.hall.run(again).expect("counted");
    assert_eq!((it.counts().0, it.hall.written()), (counted, before));
}

#[test]
fn a_copy_shows_and_moves_the_counters_of_its_origin() {
    for it in scenes() {
        let sent = it.hall.run(it.forward(it.bob, Peer::User(it.carol.user))).expect("forwarded");
        assert_eq!(it.counts(), (1, 1));
        let copy = it.look(&it.hall.domain, it.bob, Peer::User(it.carol.user), sent[0].message).expect("a copy");
        assert_eq!((copy.post.message, copy.counts.views, copy.counts.forwards), (it.post, 2, 1));
        assert_eq!(it.see(&it.hall.domain, it.bob), 2, "the same person in the channel itself");
        it.flush(&it.hall.domain);
        let shown = |log: crate::LogId, id| {
            it.hall.ask(|view| seen_in(view, it.bob.user, log, [id])).expect("reads")[0].counts.expect("counters")
        };
        let (here, there) = (shown(it.bob.user.into(), sent[0].message), shown(it.id.into(), it.post));
        assert_eq!((here, there.views, there.forwards), (there, 2, 1));
    }
}

#[test]
fn a_message_that_is_no_post_has_no_counters() {
    let it = Scene::new(Hall::new());
    let note = it.send(it.bob, Peer::User(it.bob.user));
    assert_eq!(it.look(&it.hall.domain, it.bob, Peer::User(it.bob.user), note), None);
    assert_eq!(it.look(&it.hall.domain, it.bob, Peer::Channel(it.id), MessageId(99)), None);
}

#[test]
fn forwards_count_once_though_parcels_come_twice_and_out_of_order() {
    let it = Scene::new(Hall::with_outbox());
    for _ in 0..3 {
        it.hall.run_alone(it.forward(it.bob, Peer::User(it.bob.user))).expect("forwarded");
    }
    assert_eq!(it.counts(), (1, 0));
    let mut keys = it.hall.ask(|view| pending(view)).expect("reads");
    assert_eq!(keys.len(), 3);
    keys.reverse();
    for key in keys.iter().chain(&keys).chain(&keys) {
        it.hall.run_alone(ApplyParcel { key: key.clone() }).expect("applies or not");
    }
    assert_eq!(it.counts(), (1, 3));
}

#[test]
fn a_forward_that_is_sent_again_counts_once() {
    for it in scenes() {
        let forward = it.forward(it.bob, Peer::User(it.carol.user));
        for _ in 0..2 {
            it.hall.run(forward.clone()).expect("forwarded");
        }
        assert_eq!(it.counts(), (1, 1));
    }
}

#[test]
fn copies_in_channels_are_listed_and_those_in_private_chats_are_not() {
    for it in scenes() {
        let row = ChannelRow { creator: it.bob.user, broadcast: true, public: true, ..ChannelRow::default() };
        let other = it.hall.run(Make { row, title: "Echo".into() }).expect("made");
        let row = MemberRow { joined: 1, admin: AdminRights::CREATOR, ..MemberRow::default() };
        it.hall.run(Place { channel: other, user: it.bob.user, row }).expect("placed");
        it.hall.run(it.forward(it.bob, Peer::User(it.carol.user))).expect("forwarded");
        let first = it.hall.run(it.forward(it.bob, Peer::Channel(other))).expect("forwarded")[0].message;
        it.hall.pass(5);
        let second = it.hall.run(it.forward(it.bob, Peer::Channel(other))).expect("forwarded")[0].message;
        assert_eq!(it.counts(), (1, 3));
        let post = Post { channel: it.id, message: it.post };
        let page =
            |after, limit| it.hall.ask(move |view| forwards::copies_of(view, post, after, limit)).expect("reads");
        let all = page(None, 10);
        assert_eq!(
            all.iter().map(|it| (it.channel, it.message)).collect::<Vec<_>>(),
            [(other, second), (other, first)]
        );
        assert_eq!((page(None, 1), page(Some(all[0]), 1)), (vec![all[0]], vec![all[1]]));
        assert_eq!(it.look(&it.hall.domain, it.carol, Peer::Channel(other), first).expect("a copy").counts.views, 2);
    }
}

#[test]
fn who_is_online_hears_of_a_post_at_most_once_in_some_seconds() {
    for it in scenes() {
        it.hall.run(it.forward(it.bob, Peer::User(it.bob.user))).expect("forwarded");
        assert_eq!(it.told(), [(Some(1), Some(1))], "the first move at once");
        it.see(&it.hall.domain, it.bob);
        it.flush(&it.hall.domain);
        for _ in 0..5 {
            it.hall.run(it.forward(it.carol, Peer::User(it.carol.user))).expect("forwarded");
        }
        ready(timers::run_due(&it.hall.domain)).expect("runs");
        assert_eq!(it.told(), [], "not again so soon");
        it.hall.pass(3);
        ready(timers::run_due(&it.hall.domain)).expect("runs");
        assert_eq!(it.told(), [(Some(2), Some(6))], "what has moved since, at once");
        it.hall.pass(60);
        ready(timers::run_due(&it.hall.domain)).expect("runs");
        assert_eq!(it.told(), []);
    }
}

#[test]
fn a_deleted_post_leaves_no_counters_and_takes_no_views() {
    for it in scenes() {
        it.see(&it.hall.domain, it.bob);
        it.flush(&it.hall.domain);
        it.see(&it.hall.domain, it.carol);
        let (channel, messages) = (it.id, vec![it.post]);
        it.hall.run(DeletePosts { by: it.olga, channel, messages }).expect("the owner may");
        it.flush(&it.hall.domain);
        assert_eq!(it.rows(), 0);
        assert_eq!(it.look(&it.hall.domain, it.bob, Peer::Channel(it.id), it.post), None);
    }
}

#[test]
fn who_saw_a_post_is_forgotten_after_a_month_and_how_many_is_not() {
    let it = Scene::new(Hall::new());
    it.see(&it.hall.domain, it.bob);
    it.flush(&it.hall.domain);
    let tend = || ready(crate::upkeep::tend(&it.hall.domain, it.id.into())).expect("tends");
    tend();
    assert_eq!(it.rows(), 2, "not yet");
    it.hall.pass(u64::from(REMEMBERED_SECONDS));
    tend();
    assert_eq!((it.rows(), it.counts()), (1, (2, 0)));
    let later = it.hall.another();
    assert_eq!(it.see(&later, it.olga), 2, "its author is always known");
    assert_eq!(it.see(&later, it.bob), 3, "others count once more");
    it.flush(&later);
    assert_eq!((it.rows(), it.counts()), (2, (3, 0)));
    let again = it.hall.another();
    assert_eq!(it.see(&again, it.bob), 3);
}

#[test]
fn a_call_names_up_to_a_hundred_messages_of_a_chat_that_is_open() {
    let it = Scene::new(Hall::new());
    let row = ChannelRow { creator: it.olga.user, broadcast: true, ..ChannelRow::default() };
    let closed = it.hall.run(Make { row, title: "Closed".into() }).expect("made");
    let ask = |peer, ids: &[i32]| {
        let ids: Vec<_> = ids.iter().copied().map(MessageId).collect();
        ready(look(&it.hall.domain, it.bob.user, peer, &ids, true))
    };
    let here = Peer::Channel(it.id);
    assert!(ask(here, &[it.post.0; MESSAGES_MAX]).is_ok());
    for wrong in [&[][..], &[0], &[-1], &[1; MESSAGES_MAX + 1]] {
        assert_eq!(ask(here, wrong), Err(Refusal::MsgIdInvalid));
    }
    assert_eq!(ask(Peer::Channel(closed), &[1]), Err(Refusal::ChannelPrivate));
}
