//! What leaves in which order, and what becomes of packets that come.

use bytes::Bytes;
use futures_util::FutureExt;
use mtproto::{
    MsgId, SessionId,
    client::{Client, ClientEvent},
    envelope::{self, Header},
    transport::Packet,
};
use tokio::{io::AsyncReadExt, net::TcpStream};

use super::*;
use crate::{
    flusher::tests::{cell, connection},
    outlet::Outlet,
    packer::{Packer, Round},
};

/// A push of so many bytes that ends with its number.
fn push(number: u32, length: usize) -> Bytes {
    let mut body = vec![7; length];
    *body.last_chunk_mut().unwrap() = number.to_le_bytes();
    body.into()
}

/// The task of a connection that carries one session, as far as it sends.
async fn carry(outlet: Arc<Outlet>, cell: Arc<Cell>, freight: Arc<Freight>) {
    let (mut packer, counters) = (Packer::default(), Counters::default());
    loop {
        outlet.rung().await;
        while let Some(mut held) = outlet.take() {
            let round = packer.round(&mut held, &mut Vec::new(), std::slice::from_ref(&cell)).unwrap();
            packer.clear(&counters);
            match round {
                Round::Done => break,
                Round::More => drop(held),
                Round::Long(_) => freight.send(held, Arc::clone(&cell), &counters),
                Round::Full => {
                    drop(held);
                    outlet.socket().unwrap().writable().await.unwrap();
                }
            }
        }
    }
}

/// The numbers of the next updates that a client is sent, and in how many packets they came.
async fn numbers(stream: &mut TcpStream, cell: &Cell, count: usize) -> (Vec<u32>, usize) {
    let (mut client, mut got, mut packets) = (Client::new(cell.id, 0), Vec::new(), 0);
    while got.len() < count {
        let mut packet = vec![0; stream.read_u32_le().await.unwrap() as usize];
        stream.read_exact(&mut packet).await.unwrap();
        packets += 1;
        let opened = envelope::open(&cell.key.key, Side::Server, &packet).unwrap();
        client.handle_message(clock::now(), opened.envelope).unwrap();
        while let Some(event) = client.poll_event() {
            if let ClientEvent::Update(body) = event {
                got.push(u32::from_le_bytes(*body.last_chunk().unwrap()));
            }
        }
    }
    (got, packets)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn long_and_short_messages_leave_in_their_order_whatever_the_sockets_take() {
    const CLIENTS: i64 = 5;
    const ROUNDS: u32 = 60;
    let freight = Arc::new(Freight::default());
    let mut tasks = Vec::new();
    let mut clients = Vec::new();
    for at in 0..CLIENTS {
        let ((outlet, client), cell) = (connection().await, cell(at));
        cell.lock().outlet = Some(Arc::clone(&outlet));
        tasks.push(tokio::spawn(carry(outlet, Arc::clone(&cell), Arc::clone(&freight))));
        clients.push((cell, client));
    }
    for at in 0..2 {
        let freight = Arc::clone(&freight);
        let work = async move {
            run(&freight, &Counters::default(), Rests::new(|| {}), std::future::pending()).await;
        };
        drop(background::start(&format!("freight-{at}"), work).unwrap());
    }
    for round in 0..ROUNDS {
        for (cell, client) in &mut clients {
            // Three long ones of two lengths, and short ones before and behind.
            for (at, length) in [40, 50_000, 90_000, 50_000, 80].into_iter().enumerate() {
                cell.push(push(5 * round + at as u32, length));
            }
            if round % 2 == 1 {
                // The client reads slowly: what it was told waits in the socket, or behind it.
                let expected: Vec<_> = (5 * (round - 1)..5 * (round + 1)).collect();
                assert_eq!(numbers(client, cell, 10).await.0, expected);
            }
        }
    }
    tasks.iter().for_each(tokio::task::JoinHandle::abort);
}

#[tokio::test]
async fn what_waits_together_is_encrypted_together_within_bounds() {
    let (freight, counters) = (Freight::default(), Counters::default());
    let mut clients = Vec::new();
    for at in 0..6 {
        let ((outlet, client), cell) = (connection().await, cell(at));
        cell.lock().outlet = Some(Arc::clone(&outlet));
        for number in 0..6 {
            cell.push(push(number, 50_000));
        }
        freight.send(outlet.take().unwrap(), Arc::clone(&cell), &counters);
        clients.push((cell, client, outlet));
    }
    let left = |freight: &Freight| freight.lock().out.len();
    assert!(freight.work(&counters));
    assert_eq!((counters.read().packets_out, left(&freight)), (16, 2), "four of each session, sixteen in all");
    assert!(freight.work(&counters) && !freight.work(&counters));
    assert_eq!((counters.read().packets_out, counters.read().encryptions), (24, 24));
    for (cell, client, outlet) in &mut clients {
        assert_eq!(numbers(client, cell, 4).await.0, [0, 1, 2, 3]);
        assert!(cell.lock().session.is_long_next(), "two are left");
        assert!(outlet.rung().now_or_never().is_some(), "whose task is told");
    }
}

#[tokio::test]
async fn a_session_that_went_to_another_connection_keeps_its_messages() {
    let ((old, _client), (new, _other), cell) = (connection().await, connection().await, cell(1));
    let (freight, counters) = (Freight::default(), Counters::default());
    cell.lock().outlet = Some(new);
    cell.push(push(1, 50_000));
    freight.send(old.take().unwrap(), Arc::clone(&cell), &counters);
    assert!(freight.work(&counters));
    assert_eq!(counters.read().packets_out, 0);
    assert!(cell.lock().session.is_long_next());
    assert!(old.take().is_some(), "it is given back");
}

#[tokio::test]
async fn when_the_threads_have_ended_who_brings_something_does_it() {
    let ((outlet, mut client), cell) = (connection().await, cell(1));
    let (freight, counters) = (Freight::default(), Counters::default());
    cell.lock().outlet = Some(Arc::clone(&outlet));
    run(&freight, &counters, Rests::new(|| {}), std::future::ready(())).await;
    cell.push(push(1, 50_000));
    freight.send(outlet.take().unwrap(), Arc::clone(&cell), &counters);
    assert_eq!(numbers(&mut client, &cell, 1).await, (vec![1], 1));
}

/// A client's packet with a body of so many bytes.
fn packet(cell: &Cell, number: u8, length: usize, quick_ack: bool) -> Packet {
    let header = Header { salt: 1, session: SessionId(2), msg_id: MsgId(i64::from(number) << 32), seqno: 1 };
    let (mut rng, mut out) = (rand::rng(), Vec::new());
    envelope::seal(&cell.key.key, Side::Client, &header, &vec![number; length], &mut rng, &mut out);
    Packet { payload: out.into(), quick_ack }
}

#[tokio::test]
async fn packets_are_taken_in_their_order_and_no_more_than_four_wait() {
    let ((outlet, _client), cell) = (connection().await, cell(1));
    let (freight, counters) = (Freight::default(), Counters::default());
    let mut arrivals = Arrivals::default();
    let packets: Vec<_> = (1..=4)
        .map(|number| {
            assert!(!arrivals.are_full());
            arrivals.add(&cell.key, packet(&cell, number, 50_000 * usize::from(number), number == 2), &outlet)
        })
        .collect();
    assert!(arrivals.are_full() && arrivals.next().is_none());
    // The last one comes open first.
    for it in packets.into_iter().rev() {
        freight.open(it, &counters);
    }
    assert!(freight.work(&counters));
    assert!(outlet.rung().now_or_never().is_some());
    for number in 1..=4_u8 {
        let (_, opened) = arrivals.next().unwrap();
        let (envelope, token) = opened.unwrap().unwrap();
        assert_eq!(envelope.body, vec![number; 50_000 * usize::from(number)]);
        assert_eq!(token.is_some(), number == 2);
    }
    assert!(arrivals.next().is_none() && !arrivals.are_full());
}

#[tokio::test]
async fn a_packet_that_does_not_open_and_one_that_nobody_opens_are_told_apart() {
    let ((outlet, _client), cell) = (connection().await, cell(1));
    let (freight, counters, mut arrivals) = (Freight::default(), Counters::default(), Arrivals::default());
    let mut broken = packet(&cell, 1, 50_000, false);
    broken.payload = [&broken.payload[..100], &[1; 50_000]].concat().into();
    freight.open(arrivals.add(&cell.key, broken, &outlet), &counters);
    drop(arrivals.add(&cell.key, packet(&cell, 2, 50_000, false), &outlet));
    assert!(freight.work(&counters));
    assert!(matches!(arrivals.next(), Some((_, Some(Err(_))))));
    assert!(matches!(arrivals.next(), Some((_, None))));
}
