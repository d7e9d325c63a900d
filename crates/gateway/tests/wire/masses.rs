//! What many sessions hear, on several threads: its order, what it costs, and what passes it.

use std::time::Duration;

use gateway::service::{Publication, Topic};
use mtproto::transport::Kind;
use testkit::{Client, Keys, Options, Transport};
use tokio::{task::JoinSet, time::timeout};

use crate::hall::*;
use crate::websocket::{self, Frames};

/// More than are told at once.
const MANY: u64 = 80;

/// How long a loaded machine may take for what would hang if somebody were not woken.
const PATIENCE: Duration = Duration::from_secs(120);

fn numbered(kind: u32, number: u32) -> Vec<u8> {
    [TOO_LONG, &kind.to_le_bytes(), &number.to_le_bytes()].concat()
}

fn own(at: u64) -> Topic {
    Topic(1000 + at)
}

/// A session of that key that listens to [`TOPIC`] and its own; every eighth by a WebSocket.
async fn listener(address: std::net::SocketAddr, options: Options, keys: Keys, at: u64) -> Client {
    let transports = Transport::all(&secret());
    let transport = transports[at as usize % transports.len()].clone();
    let options = Options { seed: 10_000 + at, ..options };
    let mut client = if at % 8 == 7 {
        let stream = tokio::net::TcpStream::connect(address).await.unwrap();
        let (stream, _) = websocket::open(stream, "/apiws", Frames::Whole, "").await;
        let options = options.over(Transport::obfuscated(Kind::Padded, None, 2));
        Client::resume_on(Box::new(stream), keys, options).await.unwrap()
    } else {
        Client::resume(address, keys, options.over(transport)).await.unwrap()
    };
    client.invoke_raw(&listen(at)).await.unwrap();
    client
}

fn listen(at: u64) -> Vec<u8> {
    [LISTEN, &own(at).0.to_le_bytes()].concat()
}

async fn listeners(hall: &Hall, count: u64) -> Vec<Client> {
    let keys = hall.client().await.keys().clone();
    let mut all = JoinSet::new();
    for at in 0..count {
        let (options, keys, address) = (hall.options.clone(), keys.clone(), hall.address);
        all.spawn(async move { (at, listener(address, options, keys, at).await) });
    }
    let mut all = all.join_all().await;
    all.sort_by_key(|it| it.0);
    all.into_iter().map(|it| it.1).collect()
}

/// Sessions whose client is gone, which still hear what is said to [`TOPIC`].
async fn absent(hall: &Hall, count: u64) {
    drop(listeners(hall, count).await);
    until("they are gone", || hall.stats().connections_now == 0).await;
}

/// Takes updates until `count` of each kind have come, each kind in its order; asks something now and then.
async fn hear(mut client: Client, at: u64, kinds: u32, count: u32) -> Client {
    let mut next = vec![0; kinds as usize];
    while next.iter().any(|it| *it < count) {
        let update = client.update_raw().await.unwrap();
        let word = |at: usize| u32::from_le_bytes(update[at..at + 4].try_into().unwrap());
        let (kind, number) = (word(4) as usize, word(8));
        assert_eq!(number, next[kind], "kind {kind} comes in its order");
        next[kind] += 1;
        if number % 16 == 5 {
            assert_eq!(client.invoke_raw(&listen(at)).await.unwrap(), TRUE);
        }
    }
    client
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn what_many_hear_and_what_one_does_come_whole_and_in_order_by_every_transport() {
    const COUNT: u32 = 100;
    let hall = hall().await;
    let mut hearing = JoinSet::new();
    for (at, client) in (0..).zip(listeners(&hall, MANY).await) {
        hearing.spawn(hear(client, at, 2, COUNT));
    }
    for number in 0..COUNT {
        hall.publish(&numbered(0, number), None);
        for at in 0..MANY {
            hall.publish_to(own(at), &numbered(1, number), None);
        }
        if number % 10 == 9 {
            tokio::task::yield_now().await;
        }
    }
    // Nothing comes afterwards that could wake who was forgotten.
    timeout(PATIENCE, hearing.join_all()).await.expect("everybody hears everything");
    let stats = hall.stats();
    assert_eq!(stats.deliveries, u64::from(COUNT) * MANY * 2);
    assert_eq!(stats.renders, u64::from(COUNT) * (MANY + 1));
    assert!(stats.encryptions < stats.deliveries && stats.writes <= stats.encryptions + MANY, "{stats:?}");
    hall.running.shutdown().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn sessions_that_change_connections_amid_a_flush_hear_all_of_it_once() {
    const COUNT: u32 = 60;
    let hall = hall().await;
    let mut hearing = JoinSet::new();
    for (at, mut client) in listeners(&hall, MANY).await.into_iter().enumerate() {
        let address = hall.address;
        hearing.spawn(async move {
            let mut heard = Vec::new();
            while heard.len() < COUNT as usize {
                let update = client.update_raw().await.unwrap();
                heard.push(u32::from_le_bytes(update[8..12].try_into().unwrap()));
                if heard.len() % 20 == 7 && at % 8 != 7 {
                    client.reconnect(address).await.unwrap();
                    client.ping().await.unwrap();
                }
            }
            heard.sort_unstable();
            assert_eq!(heard, (0..COUNT).collect::<Vec<_>>());
        });
    }
    for number in 0..COUNT {
        hall.publish(&numbered(0, number), None);
        tokio::task::yield_now().await;
    }
    timeout(PATIENCE, hearing.join_all()).await.expect("everybody hears everything");
    hall.running.shutdown().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn connections_that_go_amid_a_flush_cost_the_others_nothing() {
    const COUNT: u32 = 60;
    let hall = hall().await;
    let mut hearing = JoinSet::new();
    for (at, mut client) in (0..).zip(listeners(&hall, MANY).await) {
        hearing.spawn(async move {
            if at % 2 == 0 {
                client.update_raw().await.unwrap();
            } else {
                hear(client, at, 1, COUNT).await;
            }
        });
    }
    for number in 0..COUNT {
        hall.publish(&numbered(0, number), None);
        tokio::task::yield_now().await;
    }
    timeout(PATIENCE, hearing.join_all()).await.expect("who stays hears everything");
    until("all have gone", || hall.stats().connections_now == 0).await;
    hall.running.shutdown().await;
}

#[tokio::test]
async fn a_burst_leaves_in_few_messages_and_writes() {
    const COUNT: u32 = 64;
    let hall = hall().await;
    let clients = listeners(&hall, MANY).await;
    let before = hall.stats();
    // Nothing else runs on this thread before all are published.
    (0..COUNT).for_each(|number| hall.publish(&numbered(0, number), None));
    for client in clients {
        timeout(PATIENCE, hear_quietly(client, COUNT)).await.expect("it hears everything");
    }
    let after = hall.stats();
    let deliveries = after.deliveries - before.deliveries;
    assert_eq!(deliveries, u64::from(COUNT) * MANY);
    // Acknowledgements are in both figures.
    let (messages, writes) = (after.encryptions - before.encryptions, after.writes - before.writes);
    assert!(messages * 4 < deliveries && writes * 4 < deliveries, "{messages} messages, {writes} writes");
    assert!(after.batches_of_16_and_more > 0);
    hall.running.shutdown().await;
}

async fn hear_quietly(mut client: Client, count: u32) {
    for number in 0..count {
        assert_eq!(client.update_raw().await.unwrap(), numbered(0, number));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_slow_reader_among_many_is_cut_to_too_long_and_the_others_miss_nothing() {
    // Twenty megabytes, of which the kernel takes a few.
    const COUNT: u32 = 200;
    let hall = hall().await;
    absent(&hall, MANY).await;
    let mut readers = listeners(&hall, 4).await;
    let mut slow = readers.remove(1);
    let post = |number: u32| [&numbered(0, number)[..], &[7; 100_000]].concat();
    for number in 0..COUNT {
        hall.publish(&post(number), None);
        for reader in &mut readers {
            let update = timeout(PATIENCE, reader.update_raw()).await.expect("others are told at once").unwrap();
            assert_eq!(update, post(number));
        }
    }
    let (mut next, mut cut) = (0, false);
    while !cut {
        let update = slow.update_raw().await.unwrap();
        cut = update == TOO_LONG;
        if !cut {
            assert_eq!(update, post(next), "what was cut off in the middle goes on where it was");
            next += 1;
        }
    }
    assert!(next > 0 && next < COUNT - 10, "{next} were kept");
    hall.publish(TRUE, None);
    while slow.update_raw().await.unwrap() != TRUE {}
    hall.running.shutdown().await;
}

#[tokio::test]
async fn what_few_hear_passes_what_many_do_and_each_topic_keeps_its_order() {
    let hall = hall().await;
    absent(&hall, MANY).await;
    let mut client = listeners(&hall, 1).await.remove(0);
    let publish = |it: Publication| hall.running.handle().publish(it);
    publish(publication(TOPIC, HELD));
    publish(publication(TOPIC, &numbered(0, 1)));
    publish(Publication { behind: Some(TOPIC), ..publication(own(0), &numbered(0, 2)) });
    publish(publication(own(0), &numbered(1, 0)));
    assert_eq!(client.update_raw().await.unwrap(), numbered(1, 0), "the others wait to be rendered");
    hall.echo.renders.add_permits(1);
    for expected in [HELD.to_vec(), numbered(0, 1), numbered(0, 2)] {
        assert_eq!(client.update_raw().await.unwrap(), expected);
    }
    // Nothing waits any more: what is behind the topic goes at once.
    publish(Publication { behind: Some(TOPIC), ..publication(own(0), &numbered(0, 3)) });
    assert_eq!(client.update_raw().await.unwrap(), numbered(0, 3));
    hall.running.shutdown().await;
}

#[tokio::test]
async fn who_begins_to_follow_after_a_publication_that_waits_does_not_hear_it() {
    const JOINED: Topic = Topic(9);
    let hall = hall().await;
    absent(&hall, MANY).await;
    let mut client = listeners(&hall, 1).await.remove(0);
    let handle = hall.running.handle();
    handle.publish(publication(TOPIC, HELD));
    handle.follow(TOPIC, JOINED);
    handle.publish(publication(JOINED, &numbered(0, 1)));
    handle.publish(Publication { behind: Some(TOPIC), ..publication(own(0), &numbered(0, 2)) });
    handle.unfollow(TOPIC, JOINED);
    handle.publish(publication(JOINED, &numbered(0, 3)));
    hall.publish_to(own(0), TRUE, None);
    // JOINED is heard by many as soon as TOPIC follows it; its own items keep their order.
    let mut heard = Vec::new();
    hall.echo.renders.add_permits(1);
    while heard.len() < 4 {
        heard.push(client.update_raw().await.unwrap().to_vec());
    }
    let at = |it: &[u8]| heard.iter().position(|heard| heard == it);
    assert!(at(HELD) < at(&numbered(0, 2)) && at(TRUE).is_some(), "{heard:?}");
    assert!(at(&numbered(0, 1)).is_some() && at(&numbered(0, 3)).is_none(), "{heard:?}");
    hall.running.shutdown().await;
}
