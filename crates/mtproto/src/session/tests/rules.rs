//! Message ids, sequence numbers, salts and containers: each rule with its code.

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::*;

/// A container of these.
fn container(messages: &[(MsgId, i32, &[u8])]) -> Vec<u8> {
    let mut out = wire::MSG_CONTAINER.to_le_bytes().to_vec();
    out.extend((messages.len() as u32).to_le_bytes());
    for (id, seqno, body) in messages {
        out.extend(id.0.to_le_bytes());
        out.extend(seqno.to_le_bytes());
        out.extend((body.len() as u32).to_le_bytes());
        out.extend(*body);
    }
    out
}

fn later(id: MsgId, by: i64) -> MsgId {
    MsgId(id.0 + by)
}

#[test]
fn ids_outside_the_time_window_are_refused() {
    for (seconds, expected) in [(-301_i64, Some(16)), (-299, None), (0, None), (29, None), (31, Some(17))] {
        let mut pair = Pair::settled();
        let mut header = pair.client.header(START, true);
        header.msg_id = MsgId(MsgId::at(START).0 + (seconds << 32));
        header.seqno = if seconds < 0 { 0 } else { 3 };
        let ping = [wire::PING.to_le_bytes(), [0; 4], [0; 4]].concat();
        let got = pair.raw(header, &ping);
        assert_eq!(refusal(&got), expected, "{seconds}");
        let ids = got.iter().map(|it| it.0);
        assert!(ids.clone().all(|it| START.since(it.time()) < Duration::from_secs(1)));
        assert!(ids.clone().zip(ids.skip(1)).all(|(a, b)| a < b));
    }
}

#[test]
fn ids_of_servers_are_refused() {
    for bits in 1..4 {
        let mut pair = Pair::settled();
        let mut header = pair.client.header(START, true);
        header.msg_id = later(header.msg_id, bits);
        assert_eq!(refusal(&pair.raw(header, &body(1))), Some(18));
        let mut outer = pair.client.header(START, false);
        outer.msg_id = later(outer.msg_id, 400);
        let inner = later(outer.msg_id, -8 + bits);
        let got = pair.raw(outer, &container(&[(inner, 3, &body(1))]));
        assert_eq!(refusal(&got), Some(18));
    }
}

#[test]
fn a_wrong_salt_is_told_and_the_request_comes_again() {
    let mut pair = Pair::settled();
    pair.client.set_salt(12345);
    let request = pair.client.request(body(7));
    pair.client.ping(1);
    pair.client_speaks();
    assert!(pair.requests().is_empty());
    pair.server_speaks();
    assert!(matches!(pair.events()[..], [ClientEvent::BadMessage { code: 48, .. }]));
    pair.client_speaks();
    let (msg_id, got) = pair.requests().remove(0);
    assert_eq!(got, body(7));
    pair.server.answer(msg_id, body(8));
    pair.server_speaks();
    let result = ClientEvent::Result { request, body: body(8) };
    assert!(pair.events().contains(&result));
}

#[test]
fn salts_rotate_under_a_client() {
    let mut pair = Pair::settled();
    let first = pair.client.salt();
    for _ in 0..5 {
        pair.pass(Duration::from_secs(3600));
        let request = pair.client.request(body(7));
        for _ in 0..2 {
            pair.client_speaks();
            for (msg_id, body) in pair.requests() {
                pair.server.answer(msg_id, body);
            }
            pair.server_speaks();
        }
        let result = ClientEvent::Result { request, body: body(7) };
        assert!(pair.events().contains(&result));
    }
    assert_ne!(pair.client.salt(), first);
}

#[test]
fn sequence_numbers_out_of_order_are_refused() {
    let check = |seqno: i32, body: &[u8], expected: Option<u32>| {
        let mut pair = Pair::settled();
        pair.client.request(super::body(5));
        pair.client_speaks();
        let mut header = pair.client.header(START, true);
        header.seqno = seqno;
        assert_eq!(refusal(&pair.raw(header, body)), expected, "seqno {seqno}");
    };
    let ack = longs(wire::MSGS_ACK, &[5]);
    check(5, &body(1), None);
    check(3, &body(1), Some(32));
    check(1, &body(1), Some(32));
    check(4, &body(1), Some(35));
    check(4, &ack, None);
    check(5, &ack, None);
    check(2, &ack, Some(32));
    check(5, &container(&[]), Some(34));
    // Service messages that clients number either way.
    let ping = [wire::PING.to_le_bytes(), [0; 4], [0; 4]].concat();
    check(4, &ping, None);
    check(5, &ping, None);
}

#[test]
fn a_number_too_high_for_its_place_is_refused() {
    let mut pair = Pair::settled();
    let early = pair.client.header(START, true);
    pair.client.request(body(5));
    pair.client_speaks();
    let header = Header { seqno: 9, ..early };
    assert_eq!(refusal(&pair.raw(header, &body(1))), Some(33));
    assert_eq!(refusal(&pair.raw(early, &body(1))), None);
}

#[test]
fn containers_out_of_order_are_refused_whole() {
    let check = |make: &dyn Fn(MsgId) -> Vec<u8>, expected: Option<u32>| {
        let mut pair = Pair::settled();
        let mut outer = pair.client.header(START, false);
        outer.msg_id = later(outer.msg_id, 40_000);
        outer.seqno = 40_000;
        let got = pair.raw(outer, &make(outer.msg_id));
        assert_eq!(refusal(&got), expected);
        if expected == Some(64) {
            assert!(pair.requests().is_empty());
        }
    };
    let one = body(1);
    check(&|id| container(&[(later(id, -4), 3, &one)]), None);
    check(&|id| container(&[(later(id, 4), 3, &one)]), Some(64));
    check(&|id| container(&[(id, 3, &one)]), Some(64));
    check(&|id| container(&[(later(id, -4), 3, &container(&[]))]), Some(64));
    check(&|id| container(&[(later(id, -4), 3, &one)])[..20].to_vec(), Some(64));
    check(&|id| container(&[(later(id, -4), 3, &one[..6])]), Some(64));
    let many = |id: MsgId, count: i64| -> Vec<u8> {
        let seqno = |n: i64| (2 * n + 3) as i32;
        let all: Vec<_> = (0..count).map(|n| (later(id, 4 * (n - count)), seqno(n), &one[..])).collect();
        container(&all)
    };
    check(&|id| many(id, 1020), None);
    check(&|id| many(id, 1021), Some(64));
}

#[test]
fn a_container_may_come_twice_but_not_under_the_id_of_a_message() {
    let mut pair = Pair::settled();
    let inner = pair.client.header(START, true);
    let outer = pair.client.header(START, false);
    let bytes = container(&[(inner.msg_id, inner.seqno, &body(4))]);
    assert_eq!(refusal(&pair.raw(outer, &bytes)), None);
    assert_eq!(pair.requests().len(), 1);
    assert_eq!(refusal(&pair.raw(outer, &bytes)), None);
    assert!(pair.requests().is_empty(), "a request runs once");
    let header = Header { seqno: outer.seqno, ..inner };
    assert_eq!(refusal(&pair.raw(header, &container(&[]))), Some(19));
}

/// Stored blocks of deflate, which any bytes fit in.
fn stored(data: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    for (at, block) in data.chunks(0xffff).enumerate() {
        out.push(u8::from((at + 1) * 0xffff >= data.len()));
        let len = block.len() as u16;
        out.extend(len.to_le_bytes());
        out.extend((!len).to_le_bytes());
        out.extend(block);
    }
    out
}

fn packed(stream: &[u8]) -> Vec<u8> {
    let mut packed = wire::GZIP_PACKED.to_le_bytes().to_vec();
    crate::wire::put_bytes(&mut packed, stream);
    packed
}

/// As TDLib and mtcute pack.
fn zlib(data: &[u8]) -> Vec<u8> {
    let (mut a, mut b) = (1_u32, 0_u32);
    for byte in data {
        a = (a + u32::from(*byte)) % 65_521;
        b = (b + a) % 65_521;
    }
    packed(&[&[0x78, 0x01][..], &stored(data), &(b << 16 | a).to_be_bytes()].concat())
}

/// As Telethon packs.
fn gzip(data: &[u8]) -> Vec<u8> {
    let tail = [crc32fast::hash(data), data.len() as u32].map(u32::to_le_bytes).concat();
    packed(&[&[0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3][..], &stored(data), &tail].concat())
}

#[test]
fn packed_requests_are_unpacked_in_both_framings() {
    for pack in [zlib, gzip] {
        let mut pair = Pair::settled();
        pair.say(&pack(&body(6)), true);
        assert_eq!(pair.requests()[0].1, body(6));
    }
}

#[test]
fn what_one_packet_unpacks_to_is_bounded_together() {
    let mut pair = Pair::settled();
    // Each is within its own bound.
    let part = [&body(6)[..], &vec![0; 1 << 20]].concat();
    let parts = vec![zlib(&part); 20];
    let headers: Vec<_> = parts.iter().map(|_| pair.client.header(START, true)).collect();
    let messages: Vec<_> = headers.iter().zip(&parts).map(|(it, body)| (it.msg_id, it.seqno, &body[..])).collect();
    let outer = pair.client.header(START, false);
    let got = pair.raw(outer, &container(&messages));
    let unpacked: usize = pair.requests().iter().map(|it| it.1.len()).sum();
    assert!((MAX_UNPACKED - part.len()..=MAX_UNPACKED).contains(&unpacked), "{unpacked}");
    let refused = got.iter().filter(|it| it.2.windows(17).any(|it| it == b"INPUT_FETCH_ERROR"));
    assert_eq!(refused.count(), 20 - unpacked / part.len());
}

#[test]
fn packed_requests_are_unpacked_within_bounds() {
    let mut pair = Pair::settled();
    pair.say(&zlib(&body(6)), true);
    assert_eq!(pair.requests()[0].1, body(6));
    let got = pair.say(&zlib(&zlib(&body(6))), true);
    assert!(pair.requests().is_empty());
    assert!(got.iter().any(|it| it.2.windows(17).any(|it| it == b"INPUT_FETCH_ERROR")));
    let got = pair.say(&zlib(&container(&[])), false);
    assert_eq!(refusal(&got), Some(64));
}

#[test]
fn what_a_session_is_sent_never_breaks_it() {
    let mut rng = ChaCha8Rng::seed_from_u64(21);
    let mut pair = Pair::settled();
    let seeds = [
        wire::PING.to_le_bytes().to_vec(),
        longs(wire::MSGS_ACK, &[1, 2, 3]),
        longs(0xda69_fb52, &[1, 2]),
        longs(0x7d86_1a08, &[1, 2]),
        longs(0x8610_baeb, &[1, 2]),
        [longs(0x8cc0_d131, &[1, 2]), vec![2, 4, 4, 0]].concat(),
        0xb921_bd04_u32.to_le_bytes().to_vec(),
        0xf342_7b8c_u32.to_le_bytes().to_vec(),
        0x58e4_a740_u32.to_le_bytes().to_vec(),
        0xe751_2126_u32.to_le_bytes().to_vec(),
        0xd143_5160_u32.to_le_bytes().to_vec(),
        0x9299_359f_u32.to_le_bytes().to_vec(),
        wire::GZIP_PACKED.to_le_bytes().to_vec(),
        0xcb9f_372d_u32.to_le_bytes().to_vec(),
    ];
    for _ in 0..20_000 {
        let mut inner = seeds[rng.random_range(0..seeds.len())].clone();
        inner.extend((0..rng.random_range(0..24)).map(|_| rng.random::<u8>()));
        if rng.random_bool(0.3) {
            let at = rng.random_range(0..inner.len());
            inner[at] = rng.random();
        }
        let content = rng.random();
        let mut header = pair.client.header(pair.now, content);
        if rng.random_bool(0.5) {
            let inner_header = header;
            header = pair.client.header(pair.now, false);
            inner.truncate(inner.len() / 4 * 4);
            inner = container(&[(inner_header.msg_id, inner_header.seqno, &inner)]);
        }
        if rng.random_bool(0.1) {
            let at = rng.random_range(0..inner.len());
            inner[at] = rng.random();
        }
        pair.raw(header, &inner);
        while let Some(event) = pair.server.poll_event() {
            if let Event::Request { msg_id, body } = event {
                pair.server.answer(msg_id, body.slice(..body.len() / 4 * 4));
            }
        }
        pair.pass(Duration::from_millis(rng.random_range(0..2000)));
    }
}
