//! The statistics of a channel as its owner's client asks for them.

use domain::{
    Caller,
    messages::counts::flush::flush,
    testing::{Hall, ready},
};
use tl::functions::{channels::GetFullChannel, messages::GetMessagesViews};

use super::*;
use crate::{
    channels::tests::{bring, chat, input, new, people, updates},
    stats::graph::tests::columns,
    testing::{call, channel_peer, forward, refused, text},
};

struct Scene {
    hall: Hall,
    id: i64,
    olga: Caller,
    bob: Caller,
}

impl Scene {
    fn new() -> Self {
        let hall = Hall::new();
        let [olga, bob] = people(&hall);
        let id = chat(&updates(call(&hall, olga, &new("News", true)).unwrap()).chats).id;
        bring(&hall, olga, id, &[bob]);
        Self { hall, id, olga, bob }
    }

    fn peer(&self, by: Caller) -> enums::InputPeer {
        channel_peer(&self.hall, by, self.id)
    }

    /// Posts; the subscriber looks at it and saves it.
    fn post(&self) -> i32 {
        call(&self.hall, self.olga, &text(&self.peer(self.olga), "news", 1)).unwrap();
        let (peer, id) = (self.peer(self.bob), 2);
        let seen = GetMessagesViews { peer: peer.clone(), id: vec![id], increment: true };
        call(&self.hall, self.bob, &seen).unwrap();
        call(&self.hall, self.bob, &forward(&peer, &enums::InputPeer::PeerSelf, id, 2)).unwrap();
        ready(flush(&self.hall.domain)).unwrap();
        id
    }

    fn stats(&self) -> types::stats::BroadcastStats {
        let ask = GetBroadcastStats { dark: false, channel: input(&self.hall, self.olga, self.id) };
        let enums::stats::BroadcastStats::Stats(it) = call(&self.hall, self.olga, &ask).unwrap();
        it
    }
}

fn load(token: &str, x: Option<i64>) -> LoadAsyncGraph {
    LoadAsyncGraph { token: token.to_owned(), x }
}

fn token(it: &enums::StatsGraph) -> String {
    match it {
        enums::StatsGraph::Async(it) => it.token.clone(),
        enums::StatsGraph::Graph(it) => it.zoom_token.clone().expect("a graph that zooms"),
        enums::StatsGraph::Error(it) => panic!("{}", it.error),
    }
}

#[test]
fn an_owner_reads_what_came_of_its_posts() {
    let it = Scene::new();
    let id = it.post();
    let stats = it.stats();
    let enums::StatsAbsValueAndPrev::Prev(followers) = stats.followers;
    assert_eq!((followers.current, followers.previous), (2.0, 1.0));
    let enums::PostInteractionCounters::Message(post) = &stats.recent_posts_interactions[0] else { panic!("a post") };
    assert_eq!((post.msg_id, post.views, post.forwards, post.reactions), (id, 2, 1, 0));
    let growth = columns(&stats.growth_graph);
    assert_eq!((growth[0].1.len(), growth[1].1.last()), (1, Some(&2)), "a channel of today has one day");
    let interactions = call(&it.hall, it.olga, &load(&token(&stats.interactions_graph), None)).unwrap();
    let sums = |graph: &enums::StatsGraph| -> Vec<i64> {
        columns(graph)[1..].iter().map(|(_, line)| line.iter().sum()).collect()
    };
    assert_eq!(sums(&interactions), [1, 1]);
    let day = columns(&interactions)[0].1[0];
    let zoomed = call(&it.hall, it.olga, &load(&token(&interactions), Some(day))).unwrap();
    assert_eq!(sums(&zoomed), [1, 1], "the same by the hour");
    for graph in [&stats.views_by_source_graph, &stats.new_followers_by_source_graph, &stats.top_hours_graph] {
        let graph = call(&it.hall, it.olga, &load(&token(graph), None)).unwrap();
        assert_eq!(sums(&graph).iter().sum::<i64>(), 1);
    }
}

#[test]
fn graphs_of_a_post_add_up_and_public_copies_are_listed() {
    let it = Scene::new();
    let msg_id = it.post();
    let channel = input(&it.hall, it.olga, it.id);
    let ask = GetMessageStats { dark: false, channel: channel.clone(), msg_id };
    let enums::stats::MessageStats::Stats(stats) = call(&it.hall, it.olga, &ask).unwrap();
    let views = columns(&stats.views_graph);
    assert_eq!(views[1..].iter().map(|(_, line)| line.iter().sum::<i64>()).collect::<Vec<_>>(), [1, 1]);
    let ask = GetMessagePublicForwards { channel, msg_id, offset: String::new(), limit: 10 };
    let enums::stats::PublicForwards::Forwards(page) = call(&it.hall, it.olga, &ask).unwrap();
    assert_eq!((page.count, page.forwards.len(), page.next_offset), (0, 0, None), "a saved copy is nobody's to see");
    let other = chat(&updates(call(&it.hall, it.bob, &new("Echo", true)).unwrap()).chats);
    let to = types::InputPeerChannel { channel_id: other.id, access_hash: other.access_hash.unwrap() }.into();
    call(&it.hall, it.bob, &forward(&it.peer(it.bob), &to, msg_id, 5)).unwrap();
    let enums::stats::PublicForwards::Forwards(page) = call(&it.hall, it.olga, &ask).unwrap();
    assert_eq!(page.count, 0, "a private channel is not told of");
    let name = tl::functions::channels::UpdateUsername {
        channel: types::InputChannel { channel_id: other.id, access_hash: other.access_hash.unwrap() }.into(),
        username: "echo_of_news".into(),
    };
    call(&it.hall, it.bob, &name).unwrap();
    call(&it.hall, it.bob, &forward(&it.peer(it.bob), &to, msg_id, 6)).unwrap();
    let first = GetMessagePublicForwards { limit: 1, ..ask };
    let enums::stats::PublicForwards::Forwards(page) = call(&it.hall, it.olga, &first).unwrap();
    assert_eq!((page.count, page.forwards.len()), (2, 1));
    assert!(page.chats.iter().any(|it| matches!(it, enums::Chat::Channel(it) if it.id == other.id)));
    let next = GetMessagePublicForwards { offset: page.next_offset.clone().expect("more"), ..first.clone() };
    let enums::stats::PublicForwards::Forwards(rest) = call(&it.hall, it.olga, &next).unwrap();
    assert_eq!((rest.count, rest.forwards.len(), &rest.next_offset), (2, 1, &None));
    assert_ne!(page.forwards, rest.forwards);
    let wrong = GetMessagePublicForwards { offset: "tomorrow".into(), ..first };
    assert_eq!(refused(&it.hall, it.olga, &wrong), "400 OFFSET_INVALID");
}

#[test]
fn who_may_not_see_statistics_is_told_why() {
    let it = Scene::new();
    let msg_id = it.post();
    let of = |by| GetBroadcastStats { dark: false, channel: input(&it.hall, by, it.id) };
    assert_eq!(refused(&it.hall, it.bob, &of(it.bob)), "400 CHAT_ADMIN_REQUIRED");
    let group = crate::channels::tests::group(&it.hall, it.olga);
    let ask = GetBroadcastStats { dark: false, channel: input(&it.hall, it.olga, group) };
    assert_eq!(refused(&it.hall, it.olga, &ask), "400 BROADCAST_REQUIRED");
    let post = |by, msg_id| GetMessageStats { dark: false, channel: input(&it.hall, by, it.id), msg_id };
    assert_eq!(refused(&it.hall, it.bob, &post(it.bob, msg_id)), "400 CHAT_ADMIN_REQUIRED");
    assert_eq!(refused(&it.hall, it.olga, &post(it.olga, 99)), "400 MESSAGE_ID_INVALID");
    let token = token(&it.stats().interactions_graph);
    assert_eq!(refused(&it.hall, it.bob, &load(&token, None)), "400 GRAPH_INVALID_RELOAD");
    assert_eq!(refused(&it.hall, it.olga, &load("graph", None)), "400 GRAPH_INVALID_RELOAD");
    assert_eq!(refused(&it.hall, it.olga, &load(&token, Some(0))), "400 GRAPH_OUTDATED_RELOAD");
    it.hall.pass(2 * 24 * 3600);
    assert_eq!(refused(&it.hall, it.olga, &load(&token, None)), "400 GRAPH_EXPIRED_RELOAD");
}

#[test]
fn a_channels_whole_says_to_its_admins_that_there_are_statistics() {
    let it = Scene::new();
    let may = |by| {
        let ask = GetFullChannel { channel: input(&it.hall, by, it.id) };
        let enums::messages::ChatFull::Full(full) = call(&it.hall, by, &ask).unwrap();
        let enums::ChatFull::ChannelFull(full) = full.full_chat else { panic!("a channel") };
        (full.can_view_stats, full.stats_dc.is_some())
    };
    assert_eq!((may(it.olga), may(it.bob)), ((true, true), (false, false)));
}
