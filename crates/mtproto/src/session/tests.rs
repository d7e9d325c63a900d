//! A session against the client role and against messages made by hand.

mod answers;
mod rules;
mod services;

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use zeroize::Zeroizing;

use super::*;
use crate::client::{Client, ClientEvent};
use crate::envelope::{Envelope, Header};
use crate::wire::put_longs;
use crate::{AuthKeyId, Error};

const START: Time = Time::from_secs(1_790_000_000);
const TOO_LONG: [u8; 4] = 0xe317_af7e_u32.to_le_bytes();
const ID: SessionId = SessionId(-77);

fn salts() -> Salts {
    Salts::new(Arc::new(Zeroizing::new([3; 32])), AuthKeyId(9))
}

fn session_with(limits: Limits) -> Session {
    let config = Config { limits, too_long: Bytes::from_static(&TOO_LONG) };
    let mut it = Session::new(Arc::new(config), ID, salts(), 0x1111);
    it.connected(START);
    it
}

/// Both roles and the clock.
struct Pair {
    now: Time,
    server: Session,
    client: Client,
}

impl Pair {
    fn new() -> Self {
        Self::with(Limits::DEFAULT)
    }

    fn with(limits: Limits) -> Self {
        Self { now: START, server: session_with(limits), client: Client::new(ID, salts().current(START)) }
    }

    /// After the first request and its answer, all of it acknowledged.
    fn settled() -> Self {
        let mut pair = Self::new();
        pair.client.request(body(1));
        pair.client_speaks();
        let msg_id = pair.requests()[0].0;
        pair.server.answer(msg_id, body(2));
        pair.server_speaks();
        pair.client_speaks();
        pair.events();
        assert!(pair.server.outbox.is_idle());
        pair
    }

    fn pass(&mut self, time: Duration) {
        self.now = self.now + time;
        self.server.handle_timeout(self.now);
    }

    /// Everything that the client has to send.
    fn client_speaks(&mut self) {
        for envelope in self.client_sends() {
            self.server.handle_message(self.now, envelope).unwrap();
        }
    }

    fn client_sends(&mut self) -> Vec<Envelope> {
        let mut out = Vec::new();
        let mut body = Vec::new();
        while let Some(header) = self.client.poll_transmit(self.now, &mut body) {
            let body = std::mem::take(&mut body).into();
            out.push(Envelope { header, body });
        }
        out
    }

    fn server_sends(&mut self) -> Vec<Envelope> {
        let mut out = Vec::new();
        let mut body = Vec::new();
        loop {
            if let Some(header) = self.server.poll_transmit(self.now, &mut body) {
                out.push(Envelope { header, body: std::mem::take(&mut body).into() });
            } else if let Some(Long { header, head, body }) = self.server.poll_long(self.now) {
                out.push(Envelope { header, body: [&head[..], &body].concat().into() });
            } else {
                return out;
            }
        }
    }

    /// Everything that the server has to send; how many packets that was.
    fn server_speaks(&mut self) -> usize {
        let all = self.server_sends();
        let count = all.len();
        for envelope in all {
            self.client.handle_message(self.now, envelope).unwrap();
        }
        count
    }

    fn requests(&mut self) -> Vec<(MsgId, Bytes)> {
        std::iter::from_fn(|| self.server.poll_event())
            .map(|it| match it {
                Event::Request { msg_id, body } => (msg_id, body),
                other => panic!("{other:?}"),
            })
            .collect()
    }

    fn events(&mut self) -> Vec<ClientEvent> {
        std::iter::from_fn(|| self.client.poll_event()).collect()
    }

    /// A message made by hand, and what the server answers at once.
    fn raw(&mut self, header: Header, body: &[u8]) -> Vec<(MsgId, i32, Bytes)> {
        let body = Bytes::copy_from_slice(body);
        self.server.handle_message(self.now, Envelope { header, body }).unwrap();
        let all = self.server_sends();
        all.into_iter().flat_map(flatten).collect()
    }

    /// As [`raw`](Self::raw) with the client's next header.
    fn say(&mut self, body: &[u8], content: bool) -> Vec<(MsgId, i32, Bytes)> {
        let header = self.client.header(self.now, content);
        self.raw(header, body)
    }
}

/// The messages of a packet.
fn flatten(envelope: Envelope) -> Vec<(MsgId, i32, Bytes)> {
    if envelope.body.starts_with(&wire::MSG_CONTAINER.to_le_bytes()) {
        let inner = wire::split_container(&envelope.body).unwrap();
        assert!(inner.iter().all(|it| it.0 < envelope.header.msg_id));
        return inner;
    }
    let Header { msg_id, seqno, .. } = envelope.header;
    vec![(msg_id, seqno, envelope.body)]
}

/// An object that no service message looks like.
fn body(n: u32) -> Bytes {
    let words = [0x0bad_0000 | n, n, n];
    Bytes::from(words.map(u32::to_le_bytes).concat())
}

fn word(body: &[u8], at: usize) -> u32 {
    u32::from_le_bytes(body[at..at + 4].try_into().unwrap())
}

fn long(body: &[u8], at: usize) -> i64 {
    i64::from_le_bytes(body[at..at + 8].try_into().unwrap())
}

fn longs(constructor: u32, ids: &[i64]) -> Vec<u8> {
    let mut out = constructor.to_le_bytes().to_vec();
    put_longs(&mut out, ids);
    out
}

/// The code of the first `bad_msg_notification` or `bad_server_salt` among messages.
fn refusal(messages: &[(MsgId, i32, Bytes)]) -> Option<u32> {
    let bad = [wire::BAD_MSG_NOTIFICATION, wire::BAD_SERVER_SALT];
    let found = messages.iter().find(|it| bad.contains(&word(&it.2, 0)));
    found.map(|it| word(&it.2, 16))
}

#[test]
fn a_message_of_another_session_is_not_taken() {
    let mut pair = Pair::new();
    let mut header = pair.client.header(START, true);
    header.session = SessionId(1);
    let body = body(1);
    let got = pair.server.handle_message(START, Envelope { header, body });
    assert_eq!(got, Err(Error::Session));
}

#[test]
fn an_idle_session_is_small_and_holds_no_buffers() {
    let mut pair = Pair::settled();
    for n in 0..300 {
        pair.client.request(body(n));
        pair.client_speaks();
        for (msg_id, body) in pair.requests() {
            pair.server.answer(msg_id, body);
        }
        pair.server_speaks();
        pair.events();
    }
    pair.client_speaks();
    while let Some(at) = pair.server.poll_timeout() {
        pair.now = at;
        pair.server.handle_timeout(at);
        pair.server_speaks();
    }
    let Session { inbox, outbox, events, held, acks, .. } = &pair.server;
    assert!(inbox.is_empty() && outbox.is_idle());
    assert_eq!((events.capacity(), held.capacity(), acks.capacity()), (0, 0, 0));
    assert_eq!(outbox.room(), (0, 0));
    assert!(size_of::<Session>() <= 352, "{}", size_of::<Session>());
}

#[test]
fn an_update_takes_the_room_of_one_until_it_is_acknowledged() {
    let mut pair = Pair::settled();
    pair.server.push(body(9));
    assert_eq!(pair.server.outbox.room(), (1, 0));
    pair.server_speaks();
    assert_eq!(pair.server.outbox.room(), (0, 1), "what was sent keeps its place");
    pair.client_speaks();
    assert_eq!(pair.server.outbox.room(), (0, 0));
    pair.client.ping(3);
    pair.client_speaks();
    pair.server_speaks();
    assert_eq!(pair.server.outbox.room(), (0, 0), "what needs no acknowledgement leaves nothing behind");
}
