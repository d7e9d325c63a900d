//! Which sessions a batch is made of, and what is held between batches.

use crypto::AuthKey;
use futures_util::FutureExt;
use mtproto::{
    AuthKeyId, SessionId, Time,
    session::{self, Salts, Session},
};
use tokio::{net::TcpListener, net::TcpStream};
use zeroize::Zeroizing;

use super::*;
use crate::{outlet::Outlet, service::KeyRecord, session::Key};

const PUSH: Bytes = Bytes::from_static(&[7; 40]);

fn cell(id: i64) -> Arc<Cell> {
    let config = session::Config { limits: session::Limits::DEFAULT, too_long: Bytes::from_static(&[1; 4]) };
    let salts = Salts::new(Arc::new(Zeroizing::new([1; 32])), AuthKeyId(1));
    let record = KeyRecord { key: Arc::new(AuthKey::new([2; 256])), expires: None, layer: None, dc: None };
    let mut session = Session::new(Arc::new(config), SessionId(id), salts, 5);
    session.connected(Time(0));
    Arc::new(Cell::new(Arc::new(Key { id: AuthKeyId(1), record }), session))
}

fn cells(ids: std::ops::Range<i64>) -> Vec<Arc<Cell>> {
    ids.map(cell).collect()
}

/// A connection to a socket that is read when the test does.
async fn connection() -> (Arc<Outlet>, TcpStream) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let client = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
    let (socket, _) = listener.accept().await.unwrap();
    let mtproto::transport::Detection::Mtproto { framing, .. } = mtproto::transport::detect(&[0xee; 4], &[]) else {
        panic!("that is the intermediate transport");
    };
    (crate::outlet::Outlets::default().open(Some(socket), framing.split().1), client)
}

fn ids(taken: &VecDeque<Listed>) -> Vec<i64> {
    taken.iter().map(|(_, cell)| cell.id.0).collect()
}

#[test]
fn what_few_hear_comes_first_and_leaves_some_places_to_what_many_do() {
    let shard = Shard::default();
    shard.lock().bulk.extend(cells(100..200));
    shard.lock().soon.extend(cells(0..30));
    let (first, mut taken) = (BATCH - BULK_PLACES, VecDeque::new());
    let places = BULK_PLACES as i64;
    shard.take(&mut taken);
    assert_eq!(ids(&taken), (0..first as i64).chain(100..100 + places).collect::<Vec<_>>());
    taken.clear();
    shard.take(&mut taken);
    assert_eq!(taken.len(), BATCH);
    assert_eq!(ids(&taken)[..7], [24, 25, 26, 27, 28, 29, 100 + places], "then many, in their order");
    // What was left of a batch is not topped up beyond one.
    shard.take(&mut taken);
    assert_eq!(taken.len(), BATCH);
    while !shard.lock().bulk.is_empty() {
        taken.clear();
        shard.take(&mut taken);
    }
    let lists = shard.lock();
    assert_eq!((lists.soon.capacity(), lists.bulk.capacity()), (0, 0), "lists hold nothing while empty");
}

#[tokio::test]
async fn a_session_stands_once_in_a_list_until_it_is_flushed() {
    let (outlet, _client) = connection().await;
    let (flusher, cell) = (Flusher::new(1), cell(1));
    let spread = async |urgency| flusher.spread(vec![Arc::clone(&cell)], &PUSH, urgency).await;
    spread(Urgency::Bulk).await;
    assert!(flusher.shards[0].lock().bulk.is_empty(), "nobody carries it");
    cell.lock().outlet = Some(Arc::clone(&outlet));
    for urgency in [Urgency::Bulk, Urgency::Bulk, Urgency::Soon, Urgency::Soon] {
        spread(urgency).await;
    }
    let (mut batch, counters) = (Batch::default(), Counters::default());
    flusher.shards[0].take(&mut batch.taken);
    assert_eq!(batch.taken.len(), 2, "once in each");
    batch.flush(&counters);
    // The first visit took all five, the second found nothing.
    let stats = counters.read();
    assert_eq!((stats.encryptions, stats.writes, stats.batches_of_1), (1, 1, 1));
    assert_eq!(cell.lock().listed, [false; 2]);
    spread(Urgency::Bulk).await;
    assert_eq!(flusher.shards[0].lock().bulk.len(), 1);
}

#[tokio::test]
async fn an_outlet_that_is_held_is_left_to_its_task_which_is_rung_when_it_is_let_go() {
    let (outlet, _client) = connection().await;
    let (flusher, cell) = (Flusher::new(1), cell(1));
    cell.lock().outlet = Some(Arc::clone(&outlet));
    let held = outlet.take().unwrap();
    let (mut batch, counters) = (Batch::default(), Counters::default());
    flusher.spread(vec![Arc::clone(&cell)], &PUSH, Urgency::Soon).await;
    flusher.shards[0].take(&mut batch.taken);
    batch.flush(&counters);
    assert_eq!(counters.read().encryptions, 0);
    assert!(cell.lock().session.has_queued());
    assert!(outlet.rung().now_or_never().is_none(), "not before it is let go");
    drop(held);
    assert!(outlet.rung().now_or_never().is_some());
    drop(outlet.take().unwrap());
    assert!(outlet.rung().now_or_never().is_none(), "nobody asked in between");
}

#[tokio::test]
async fn what_a_socket_does_not_take_is_left_to_the_task_and_nothing_is_packed_meanwhile() {
    let (outlet, client) = connection().await;
    let (flusher, cell) = (Flusher::new(1), cell(1));
    cell.lock().outlet = Some(Arc::clone(&outlet));
    let (mut batch, counters) = (Batch::default(), Counters::default());
    let large = Bytes::from(vec![7; 100_000]);
    let mut pushes = 0;
    while !outlet.take().unwrap().has_rest() {
        flusher.spread(vec![Arc::clone(&cell)], &large, Urgency::Soon).await;
        flusher.shards[0].take(&mut batch.taken);
        batch.flush(&counters);
        pushes += 1;
    }
    assert!(outlet.rung().now_or_never().is_some(), "the task is told");
    for _ in 0..4 {
        flusher.spread(vec![Arc::clone(&cell)], &large, Urgency::Soon).await;
        flusher.shards[0].take(&mut batch.taken);
        batch.flush(&counters);
    }
    assert_eq!(counters.read().encryptions, pushes, "the queue stays where its bounds are");
    assert_eq!(cell.lock().session.queued_bytes(), 400_000);
    drop(client);
}

#[tokio::test]
async fn a_batch_ends_when_enough_is_packed_and_holds_little_afterwards() {
    let (mut batch, counters) = (Batch::default(), Counters::default());
    let mut clients = Vec::new();
    for at in 0..6 {
        let (outlet, client) = connection().await;
        let cell = cell(at);
        cell.lock().outlet = Some(outlet);
        cell.queue(vec![7; 100_000].into(), Urgency::Bulk);
        batch.taken.push_back((Urgency::Bulk, cell));
        clients.push(client);
    }
    batch.flush(&counters);
    assert_eq!((counters.read().encryptions, batch.taken.len()), (3, 3), "three are more than 256 KB");
    assert!(batch.packer.held() <= 2 * crate::packer::KEPT);
    batch.flush(&counters);
    assert_eq!((counters.read().encryptions, batch.taken.len()), (6, 0));
}

#[tokio::test]
async fn a_session_with_more_than_fits_one_message_comes_again() {
    let (outlet, _client) = connection().await;
    let (mut batch, counters, cell) = (Batch::default(), Counters::default(), cell(1));
    cell.lock().outlet = Some(outlet);
    for _ in 0..5 {
        cell.queue(vec![7; 50_000].into(), Urgency::Bulk);
    }
    batch.taken.push_back((Urgency::Bulk, Arc::clone(&cell)));
    for left in [3, 1] {
        batch.flush(&counters);
        assert_eq!(cell.lock().session.queued_bytes(), left * 50_000);
        assert!(cell.lock().listed[Urgency::Bulk as usize]);
        batch.taken.extend(batch.again.drain(..));
    }
    batch.flush(&counters);
    assert!(batch.again.is_empty() && !cell.lock().listed[Urgency::Bulk as usize]);
    assert_eq!(counters.read().encryptions, 3);
}

#[tokio::test]
async fn parts_share_the_sessions_evenly() {
    let (flusher, all) = (Flusher::new(4), cells(0..1000));
    let mut counts = [0; 4];
    all.iter().for_each(|cell| counts[flusher.part_of(cell)] += 1);
    assert!(counts.iter().all(|it| (150..350).contains(it)), "{counts:?}");
}
