//! Which sessions a batch is made of, what is held between batches, and what reaches a client.

use crypto::AuthKey;
use futures_util::FutureExt;
use mtproto::{
    AuthKeyId, SessionId, Time,
    client::{Client, ClientEvent},
    envelope,
    session::{self, Salts, Session},
};
use tokio::{
    io::AsyncReadExt,
    net::{TcpListener, TcpStream},
};
use zeroize::Zeroizing;

use super::*;
use crate::{outlet::Outlet, packer::Round, service::KeyRecord};

const PUSH: Bytes = Bytes::from_static(&[7; 40]);

pub(crate) fn cell(id: i64) -> Arc<Cell> {
    let config = session::Config { limits: session::Limits::DEFAULT, too_long: Bytes::from_static(&[1; 4]) };
    let salts = Salts::new(Arc::new(Zeroizing::new([1; 32])), AuthKeyId(1));
    let key = AuthKey::new([2; 256]);
    let record = KeyRecord { id: AuthKeyId(1), key, expires: None, layer: None, dc: None };
    let mut session = Session::new(Arc::new(config), SessionId(id), salts, 5);
    session.connected(Time(0));
    Arc::new(Cell::new(Arc::new(record), session))
}

fn cells(ids: std::ops::Range<i64>) -> Vec<Arc<Cell>> {
    ids.map(cell).collect()
}

/// A connection to a socket that is read when the test does.
pub(crate) async fn connection() -> (Arc<Outlet>, TcpStream) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let client = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
    let (socket, _) = listener.accept().await.unwrap();
    let mtproto::transport::Detection::Mtproto { framing, .. } = mtproto::transport::detect(&[0xee; 4], &[]) else {
        panic!("that is the intermediate transport");
    };
    (crate::outlet::Outlets::default().open(Some(socket), framing.split().1), client)
}

fn ids(taken: &VecDeque<Arc<Cell>>) -> Vec<i64> {
    taken.iter().map(|cell| cell.id.0).collect()
}

#[test]
fn a_batch_is_filled_in_the_order_of_the_list_and_an_empty_list_holds_nothing() {
    let list = List::default();
    list.lock().extend(cells(0..50));
    let mut taken = VecDeque::new();
    list.take(&mut taken);
    assert_eq!(ids(&taken), (0..BATCH as i64).collect::<Vec<_>>());
    // What was left of a batch is topped up to one.
    taken.drain(..BATCH - 5);
    list.take(&mut taken);
    assert_eq!((taken.len(), taken.back().unwrap().id.0), (5 + 50 - BATCH, 49));
    assert_eq!(list.lock().capacity(), 0);
}

#[tokio::test]
async fn a_session_stands_once_in_a_list_until_it_is_flushed() {
    let (outlet, _client) = connection().await;
    let (flusher, cell) = (Flusher::new(1), cell(1));
    let spread = async |urgency| flusher.spread(vec![Arc::clone(&cell)], &PUSH, urgency).await;
    spread(Urgency::Bulk).await;
    assert!(flusher.parts[0].bulk.lock().is_empty(), "nobody carries it");
    cell.lock().outlet = Some(Arc::clone(&outlet));
    for urgency in [Urgency::Bulk, Urgency::Bulk, Urgency::Soon, Urgency::Soon] {
        spread(urgency).await;
    }
    let counters = Counters::default();
    for urgency in [Urgency::Soon, Urgency::Bulk] {
        let mut batch = Batch::new(urgency);
        flusher.parts[0].of(urgency).take(&mut batch.taken);
        assert_eq!(batch.taken.len(), 1, "once in each");
        batch.flush(&counters);
    }
    // The first visit took all five, the second found nothing.
    let stats = counters.read();
    assert_eq!((stats.encryptions, stats.writes, stats.batches_of_1), (1, 1, 1));
    assert_eq!(cell.lock().listed, [false; 2]);
    spread(Urgency::Bulk).await;
    assert_eq!(flusher.parts[0].bulk.lock().len(), 1);
}

#[tokio::test]
async fn an_outlet_that_is_held_is_left_to_its_task_which_is_rung_when_it_is_let_go() {
    let (outlet, _client) = connection().await;
    let (flusher, cell) = (Flusher::new(1), cell(1));
    cell.lock().outlet = Some(Arc::clone(&outlet));
    let held = outlet.take().unwrap();
    let (mut batch, counters) = (Batch::new(Urgency::Soon), Counters::default());
    flusher.spread(vec![Arc::clone(&cell)], &PUSH, Urgency::Soon).await;
    flusher.parts[0].soon.take(&mut batch.taken);
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
    let (mut batch, counters) = (Batch::new(Urgency::Soon), Counters::default());
    let large = Bytes::from(vec![7; 40_000]);
    let mut pushes = 0;
    while !outlet.take().unwrap().has_rest() {
        flusher.spread(vec![Arc::clone(&cell)], &large, Urgency::Soon).await;
        flusher.parts[0].soon.take(&mut batch.taken);
        batch.flush(&counters);
        pushes += 1;
    }
    assert!(outlet.rung().now_or_never().is_some(), "the task is told");
    for _ in 0..4 {
        flusher.spread(vec![Arc::clone(&cell)], &large, Urgency::Soon).await;
        flusher.parts[0].soon.take(&mut batch.taken);
        batch.flush(&counters);
    }
    assert_eq!(counters.read().encryptions, pushes, "the queue stays where its bounds are");
    assert_eq!(cell.lock().session.queued_bytes(), 160_000);
    drop(client);
}

#[tokio::test]
async fn a_batch_ends_when_enough_is_packed_and_holds_little_afterwards() {
    let (mut batch, counters) = (Batch::new(Urgency::Bulk), Counters::default());
    let mut clients = Vec::new();
    for at in 0..14 {
        let (outlet, client) = connection().await;
        let cell = cell(at);
        cell.lock().outlet = Some(outlet);
        cell.queue(vec![7; 40_000].into(), Urgency::Bulk);
        batch.taken.push_back(cell);
        clients.push(client);
    }
    batch.flush(&counters);
    assert_eq!((counters.read().encryptions, batch.taken.len()), (7, 7), "seven are more than 256 KB");
    assert!(batch.packer.held() <= 2 * crate::packer::KEPT);
    batch.flush(&counters);
    assert_eq!((counters.read().encryptions, batch.taken.len()), (14, 0));
}

#[tokio::test]
async fn a_session_with_more_than_fits_one_message_comes_again() {
    let (outlet, _client) = connection().await;
    let (mut batch, counters, cell) = (Batch::new(Urgency::Bulk), Counters::default(), cell(1));
    cell.lock().outlet = Some(outlet);
    for _ in 0..7 {
        cell.queue(vec![7; 40_000].into(), Urgency::Bulk);
    }
    batch.taken.push_back(Arc::clone(&cell));
    for left in [4, 1] {
        batch.flush(&counters);
        assert_eq!(cell.lock().session.queued_bytes(), left * 40_000);
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

/// The task of a connection that carries one session, as far as it sends.
async fn carry(outlet: Arc<Outlet>, cell: Arc<Cell>, counters: Arc<Counters>) {
    let mut packer = Packer::default();
    loop {
        outlet.rung().await;
        loop {
            let mut held = outlet.taken().await;
            let round = packer.round(&mut held, &mut Vec::new(), std::slice::from_ref(&cell)).unwrap();
            packer.clear(&counters);
            drop(held);
            match round {
                Round::Done => break,
                Round::More => {}
                Round::Long(_) => panic!("an update is short"),
                Round::Full => outlet.socket().unwrap().writable().await.unwrap(),
            }
        }
    }
}

/// The numbers of the next updates that a client is sent.
async fn numbers(mut stream: TcpStream, cell: Arc<Cell>, count: usize) -> Vec<u32> {
    let (mut client, mut got) = (Client::new(cell.id, 0), Vec::new());
    while got.len() < count {
        let length = stream.read_u32_le().await.unwrap();
        let mut packet = vec![0; length as usize];
        stream.read_exact(&mut packet).await.unwrap();
        let envelope = envelope::open_without_token(&cell.key.key, crypto::message::Side::Server, &packet).unwrap();
        client.handle_message(clock::now(), envelope).unwrap();
        while let Some(event) = client.poll_event() {
            if let ClientEvent::Update(body) = event {
                got.push(u32::from_le_bytes(*body.last_chunk().unwrap()));
            }
        }
    }
    got
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn threads_that_step_back_and_tasks_lose_nothing_and_keep_each_sessions_order() {
    const PUSHES: u32 = 200;
    let (flusher, counters) = (Arc::new(Flusher::new(2)), Arc::new(Counters::default()));
    let (stop, stopped) = tokio::sync::watch::channel(false);
    let mut ends = Vec::new();
    for (at, urgency) in [0, 1].into_iter().flat_map(|at| [(at, Urgency::Soon), (at, Urgency::Bulk)]) {
        let (flusher, counters, mut stopped) = (Arc::clone(&flusher), Arc::clone(&counters), stopped.clone());
        let serve = async move {
            let stopped = async { drop(stopped.wait_for(|it| *it).await) };
            run(&flusher, (at, urgency), &counters, Rests::new(|| {}), stopped).await;
        };
        ends.push(match urgency {
            Urgency::Soon => tokio::spawn(serve),
            Urgency::Bulk => background::start("flush", serve).unwrap(),
        });
    }
    let (mut cells, mut readers) = (cells(0..40), Vec::new());
    for cell in &mut cells {
        let (outlet, client) = connection().await;
        cell.lock().outlet = Some(Arc::clone(&outlet));
        tokio::spawn(carry(outlet, Arc::clone(cell), Arc::clone(&counters)));
        readers.push(tokio::spawn(numbers(client, Arc::clone(cell), PUSHES as usize)));
    }
    for number in 0..PUSHES {
        // As a private message comes among posts, at another place of the lists each time.
        let urgency = if number % 3 == 0 { Urgency::Soon } else { Urgency::Bulk };
        let mut body = vec![7; 40];
        body.extend(number.to_le_bytes());
        flusher.spread(cells.clone(), &body.into(), urgency).await;
        cells.rotate_left(7);
    }
    let all = tokio::time::timeout(std::time::Duration::from_secs(60), futures_util::future::join_all(readers));
    for got in all.await.expect("nothing is lost") {
        assert_eq!(got.unwrap(), (0..PUSHES).collect::<Vec<_>>());
    }
    stop.send(true).unwrap();
    for end in ends {
        end.await.unwrap();
    }
}
