//! Every bound of what a stranger could make grow, each met on purpose.

use std::time::Duration;

use mtproto::{
    session::LONG,
    transport::{FLOOD, Kind},
};
use testkit::{Client, Error, Transport};
use tokio::io::AsyncWriteExt;

use crate::hall::*;
use crate::websocket::{self, Frames};

/// Short, for limits that are times.
const SOON: Duration = Duration::from_millis(150);

#[tokio::test]
async fn connections_are_bounded_in_all_and_a_place_is_given_back() {
    let hall = limited(|limits| limits.connections = 2).await;
    let one = hall.client().await;
    // A WebSocket counts as long as it is open.
    let (two, _) = websocket::open(hall.socket().await, "/apiws", Frames::Whole, "").await;
    assert!(ends(&mut hall.socket().await).await);
    assert_eq!((hall.stats().connections_now, hall.stats().connections_refused), (2, 1));
    drop((one, two));
    until("both have gone", || hall.stats().connections_now == 0).await;
    hall.client().await.invoke_raw(REQUEST).await.unwrap();
    hall.running.shutdown().await;
}

#[tokio::test]
async fn connections_of_one_address_are_bounded() {
    let hall = limited(|limits| limits.connections_per_address = 1).await;
    let _one = hall.client().await;
    assert!(ends(&mut hall.socket().await).await);
    assert_eq!(hall.stats().connections_refused, 1);
    hall.running.shutdown().await;
}

#[tokio::test]
async fn behind_a_trusted_proxy_the_clients_are_counted_and_not_the_proxy() {
    let hall = hall_with(|config| config.limits.connections_per_address = 1).await;
    let from = async |client: &str| {
        let mut stream = hall.socket().await;
        stream.write_all(format!("PROXY TCP4 {client} 127.0.0.1 4000 443\r\n").as_bytes()).await.unwrap();
        Client::start(Box::new(stream), hall.options.clone()).await
    };
    let _one = from("192.0.2.1").await.unwrap();
    let two = from("192.0.2.2").await.unwrap();
    assert!(from("192.0.2.2").await.is_err());
    let header = "X-Forwarded-For: 192.0.2.3\r\n";
    let (_three, answer) = websocket::open(hall.socket().await, "/apiws", Frames::Whole, header).await;
    assert_eq!(answer.status(), 101);
    let again = format!("{}X-Forwarded-For: 192.0.2.3\r\n\r\n", upgrade("/apiws"));
    assert!(http_over(hall.socket().await, &again).await.starts_with("HTTP/1.1 503"));
    drop(two);
    until("the second has gone", || hall.stats().connections_now == 2).await;
    assert!(from("192.0.2.2").await.is_ok());
    hall.running.shutdown().await;
}

/// The head of an upgrade, to be ended.
fn upgrade(path: &str) -> String {
    format!(
        "GET {path} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade, close\r\nUpgrade: websocket\r\n\
         Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
    )
}

#[tokio::test]
async fn key_exchanges_beyond_the_limits_are_told_to_come_later() {
    for per_address in [true, false] {
        let hall = limited(|limits| match per_address {
            true => limits.handshakes_per_address = 0,
            false => limits.handshakes = 0,
        })
        .await;
        let refused = Client::connect(hall.address, hall.options.clone()).await.err().unwrap();
        assert_eq!(refused.transport_code(), Some(FLOOD), "{refused:?}");
        assert_eq!(hall.stats().handshakes_now, 0);
        hall.running.shutdown().await;
    }
}

#[tokio::test]
async fn plain_messages_of_one_connection_are_counted() {
    let hall = hall().await;
    let mut client = hall.client().await;
    let asked = [&0xbe7e_8ef1_u32.to_le_bytes()[..], &[7; 16]].concat();
    let mut answered = 0;
    let over = loop {
        client.link().send_plain(&asked).await.unwrap();
        match client.link().receive(None).await {
            Ok(_) => answered += 1,
            Err(error) => break error,
        }
    };
    // Three made the key; the rest asked for the same exchange again.
    assert_eq!(answered, 64 - 3, "{over:?}");
    hall.running.shutdown().await;
}

#[tokio::test]
async fn who_does_not_say_what_it_speaks_is_closed() {
    let hall = limited(|limits| limits.greeting = SOON).await;
    for first in [&b""[..], b"\x16\x03\x01\x02\x00", &[0x33; 20]] {
        let mut stream = hall.socket().await;
        stream.write_all(first).await.unwrap();
        assert!(ends(&mut stream).await, "{first:?}");
    }
    let (stream, _) = websocket::open(hall.socket().await, "/apiws", Frames::Whole, "").await;
    let mut stream = tokio::io::BufReader::new(stream);
    let rest = tokio::io::AsyncReadExt::read_to_end(&mut stream, &mut Vec::new()).await;
    assert_eq!(rest.unwrap(), 0);
    hall.running.shutdown().await;
}

#[tokio::test]
async fn who_makes_no_session_is_closed_in_time() {
    // Long enough for a key exchange on a busy machine.
    let hall = limited(|limits| limits.unauthenticated = 10 * SOON).await;
    let mut client = hall.client().await;
    client.link().closed().await.unwrap();
    hall.running.shutdown().await;
}

#[tokio::test]
async fn who_says_nothing_for_long_is_closed_and_finds_its_session_again() {
    let hall = limited(|limits| limits.silent = SOON).await;
    let mut client = hall.client().await;
    client.invoke_raw(REQUEST).await.unwrap();
    client.link().closed().await.unwrap();
    hall.publish(TRUE, None);
    client.reconnect(hall.address).await.unwrap();
    client.ping().await.unwrap();
    assert!(client.updates_so_far().iter().any(|it| it == TRUE));
    hall.running.shutdown().await;
}

#[tokio::test]
async fn a_client_may_ask_to_be_closed_if_it_falls_silent() {
    let hall = hall().await;
    let mut client = hall.client().await;
    client.ping().await.unwrap();
    let ping = [0xf342_7b8c_u32, 1, 2, 0].map(u32::to_le_bytes).concat();
    let (key, now) = (client.auth_key(), client.link().now());
    let header = client.session().header(now, false);
    client.link().send(&key, &header, &ping).await.unwrap();
    client.link().closed().await.unwrap();
    hall.running.shutdown().await;
}

#[tokio::test]
async fn requests_of_one_session_under_way_are_bounded_and_further_ones_wait() {
    let hall = limited(|limits| limits.in_flight = 2).await;
    let mut client = hall.client().await;
    client.invoke_raw(REQUEST).await.unwrap();
    let asked: Vec<_> = [SLOW, SLOW, REQUEST, SLOW, REQUEST].iter().map(|it| client.send_raw(it)).collect();
    client.flush().await.unwrap();
    until("two are under way", || hall.calls() == 3).await;
    let mut other = hall.another(&client).await;
    assert_eq!(other.invoke_raw(REQUEST).await.unwrap(), TRUE, "another session has its own");
    hall.publish(TRUE, None);
    assert_eq!(client.update_raw().await.unwrap(), TRUE, "what others tell it comes");
    assert_eq!(hall.calls(), 4, "and no more has begun");
    // One that is over lets the quick one through, and the third slow one in.
    hall.echo.slow.add_permits(1);
    assert_eq!(client.wait(asked[0]).await.unwrap(), TRUE);
    assert_eq!(client.wait(asked[2]).await.unwrap(), TRUE);
    until("two are under way again", || hall.calls() == 6).await;
    hall.echo.slow.add_permits(2);
    for request in [asked[1], asked[3], asked[4]] {
        assert_eq!(client.wait(request).await.unwrap(), TRUE);
    }
    assert_eq!(client.invoke_raw(REQUEST).await.unwrap(), TRUE);
    hall.running.shutdown().await;
}

#[tokio::test]
async fn of_long_answers_and_long_requests_fewer_are_under_way() {
    let hall = limited(|limits| limits.long_in_flight = 2).await;
    let mut client = hall.client().await;
    client.invoke_raw(REQUEST).await.unwrap();
    let long = [&[0; LONG], SLOW].concat();
    let asked = [SLOW, FILE, SLOW, &long, SLOW, FILE, REQUEST].map(|it| client.send_raw(it));
    client.flush().await.unwrap();
    // The second of the files waits, and what was asked behind it.
    until("all before it are under way", || hall.calls() == 6).await;
    let mut other = hall.another(&client).await;
    assert_eq!(other.invoke_raw(REQUEST).await.unwrap(), TRUE, "another session has its own");
    assert_eq!(hall.calls(), 7);
    hall.echo.slow.add_permits(6);
    for request in asked {
        assert_eq!(client.wait(request).await.unwrap(), TRUE);
    }
    hall.running.shutdown().await;
}

#[tokio::test]
async fn requests_that_wait_begin_on_the_connection_that_comes_next() {
    let hall = limited(|limits| limits.in_flight = 1).await;
    let mut client = hall.client().await;
    let asked = [SLOW, REQUEST].map(|it| client.send_raw(it));
    client.flush().await.unwrap();
    until("one is under way", || hall.calls() == 1).await;
    client.reconnect(hall.address).await.unwrap();
    let third = client.send_raw(REQUEST);
    client.flush().await.unwrap();
    hall.echo.slow.add_permits(1);
    for request in [asked[0], asked[1], third] {
        assert_eq!(client.wait(request).await.unwrap(), TRUE);
    }
    assert_eq!(hall.calls(), 3, "each once");
    hall.running.shutdown().await;
}

#[tokio::test]
async fn sessions_of_one_connection_are_bounded() {
    let hall = hall().await;
    let mut client = hall.client().await;
    client.ping().await.unwrap();
    let ping = [0x7abe_77ec_u32, 1, 2].map(u32::to_le_bytes).concat();
    let (key, now) = (client.auth_key(), client.link().now());
    for other in 1..=16 {
        let mut header = client.session().header(now, false);
        header.session = mtproto::SessionId(other);
        client.link().send(&key, &header, &ping).await.unwrap();
    }
    client.link().closed().await.unwrap();
    assert_eq!(hall.stats().sessions_now, 16);
    hall.running.shutdown().await;
}

#[tokio::test]
async fn sessions_that_nobody_came_back_to_are_forgotten() {
    let hall = limited(|limits| (limits.idle_sessions, limits.sweep) = (3, SOON)).await;
    let mut client = hall.client().await;
    client.ping().await.unwrap();
    for _ in 0..6 {
        hall.another(&client).await.ping().await.unwrap();
    }
    // Three without a connection, and the one in use.
    until("the others are gone", || hall.stats().connections_now == 1 && hall.stats().sessions_now == 4).await;
    client.ping().await.unwrap();
    hall.running.shutdown().await;
}

#[tokio::test]
async fn half_packets_of_strangers_share_one_bound() {
    let hall = limited(|limits| limits.unproven_bytes = 150_000).await;
    let mut strangers = Vec::new();
    for _ in 0..2 {
        let mut stream = hall.socket().await;
        // An intermediate packet of a megabyte, of which a tenth comes.
        stream.write_all(&[0xee; 4]).await.unwrap();
        stream.write_all(&(1_u32 << 20).to_le_bytes()).await.unwrap();
        let _ = stream.write_all(&vec![1; 100_000]).await;
        strangers.push(stream);
    }
    until("one was too much", || hall.stats().connections_now == 1).await;
    assert!(hall.stats().unproven_bytes_now <= 150_000);
    // Who has shown a key sends what it likes.
    let mut client = hall.client().await;
    client.ping().await.unwrap();
    let long = [&vec![9; 500_000][..], REQUEST].concat();
    assert_eq!(client.invoke_raw(&long).await.unwrap(), TRUE);
    drop(strangers);
    until("they have gone", || hall.stats().connections_now == 1).await;
    assert_eq!(hall.stats().unproven_bytes_now, 0);
    hall.running.shutdown().await;
}

#[tokio::test]
async fn lengths_no_packet_has_end_the_connection_before_their_bytes_come() {
    let hall = hall().await;
    let openings: [(&[u8], &[u8]); 4] = [
        (&[0xee; 4], &0x7fff_ffff_u32.to_le_bytes()),
        (&[0xdd; 4], &0x0020_0000_u32.to_le_bytes()),
        (&[0xef], &[0x7f, 0xff, 0xff, 0xff]),
        (&[], &[0xff, 0xff, 0xff, 0x7f, 0, 0, 0, 0]),
    ];
    for (opening, length) in openings {
        let mut stream = hall.socket().await;
        stream.write_all(&[opening, length].concat()).await.unwrap();
        assert!(ends(&mut stream).await, "{opening:?}");
    }
    assert_eq!(hall.stats().broken, 4);
    hall.running.shutdown().await;
}

#[tokio::test]
async fn websocket_messages_and_http_heads_are_bounded() {
    let hall = hall().await;
    let (mut stream, _) = websocket::open(hall.socket().await, "/apiws", Frames::Whole, "").await;
    stream.write_all(&[0xee; 4]).await.unwrap();
    let head = format!("GET / HTTP/1.1\r\nHost: x\r\nX-Long: {}\r\n\r\n", "x".repeat(64 << 10));
    let answer = http_over(hall.socket().await, &head).await;
    assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 431"), "{answer}");
    let mut raw = hall.socket().await;
    raw.write_all(format!("{}\r\n", upgrade("/apiws")).as_bytes()).await.unwrap();
    // A masked binary frame that claims eight gigabytes.
    raw.write_all(&[0x82, 0xff, 0, 0, 0, 2, 0, 0, 0, 0, 1, 2, 3, 4]).await.unwrap();
    assert!(ends(&mut raw).await);
    hall.running.shutdown().await;
}

#[tokio::test]
async fn a_slow_reader_is_cut_to_too_long_and_loses_no_answer() {
    let hall = hall().await;
    let mut reader = hall.client().await;
    reader.invoke_raw(REQUEST).await.unwrap();
    let slow = reader.send_raw(SLOW);
    reader.flush().await.unwrap();
    until("the request runs", || hall.calls() == 2).await;
    // Forty megabytes, of which the kernel takes a few.
    let body = |number: u32| [TOO_LONG, &number.to_le_bytes(), &[7; 2000]].concat();
    const ALL: u32 = 20_000;
    for number in 0..ALL {
        hall.publish(&body(number), None);
    }
    until("all are published", || hall.stats().deliveries == u64::from(ALL)).await;
    hall.echo.slow.add_permits(1);
    let (mut next, mut cut) = (0, false);
    while !cut {
        let update = reader.update_raw().await.unwrap();
        cut = update == TOO_LONG;
        if !cut {
            assert_eq!(update, body(next), "what comes, comes in order");
            next += 1;
        }
    }
    assert!(next < ALL / 2, "{next} were kept");
    assert_eq!(reader.wait(slow).await.unwrap(), TRUE);
    hall.publish(TRUE, None);
    while reader.update_raw().await.unwrap() != TRUE {}
    hall.running.shutdown().await;
}

#[tokio::test]
async fn who_asks_much_and_reads_nothing_is_not_served_ahead() {
    let hall = hall().await;
    let mut client = hall.client().await;
    client.invoke_raw(REQUEST).await.unwrap();
    const ALL: usize = 400;
    let asked: Vec<_> = (0..ALL).map(|_| client.send_raw(LARGE_REQUEST)).collect();
    client.flush().await.unwrap();
    let mut calls = 0;
    // Until nothing moves: the kernel's buffers and a megabyte are full.
    loop {
        tokio::time::sleep(SOON).await;
        match hall.calls() {
            now if now == calls => break,
            now => calls = now,
        }
    }
    assert!(calls > 1 && calls < ALL / 2, "{calls} answers of {LARGE} bytes were made");
    for request in asked {
        assert_eq!(client.wait(request).await.unwrap().len(), LARGE);
    }
    hall.running.shutdown().await;
}

#[tokio::test]
async fn who_takes_nothing_for_long_is_closed() {
    let hall = limited(|limits| limits.stalled = SOON).await;
    let mut client = hall.client().await;
    client.invoke_raw(REQUEST).await.unwrap();
    let mut other = hall.another(&client).await;
    for _ in 0..400 {
        client.send_raw(LARGE_REQUEST);
    }
    client.flush().await.unwrap();
    until("it is closed", || hall.stats().connections_now == 1).await;
    assert_eq!(other.invoke_raw(REQUEST).await.unwrap(), TRUE);
    hall.running.shutdown().await;
}

#[tokio::test]
async fn a_fast_sender_is_answered_and_others_beside_it() {
    let hall = hall().await;
    let options = hall.options.clone().over(Transport::plain(Kind::Abridged));
    let mut fast = Client::connect(hall.address, options).await.unwrap();
    let mut other = hall.client().await;
    let long = [&vec![9; 60_000][..], REQUEST].concat();
    let asked: Vec<_> = (0..200).map(|_| fast.send_raw(&long)).collect();
    let both = async {
        for request in asked {
            fast.wait(request).await?;
        }
        Ok::<_, Error>(())
    };
    let (fast, other) = tokio::join!(both, other.invoke_raw(REQUEST));
    assert_eq!(other.unwrap(), TRUE);
    fast.unwrap();
    hall.running.shutdown().await;
}
