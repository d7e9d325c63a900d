//! Answers and updates: kept until acknowledged, replayed, sent again, held back, cut.

use super::*;

fn result_of(messages: &[(MsgId, i32, Bytes)], request: MsgId) -> Vec<Bytes> {
    let is_it = |it: &&(MsgId, i32, Bytes)| word(&it.2, 0) == wire::RPC_RESULT && long(&it.2, 4) == request.0;
    messages.iter().filter(is_it).map(|it| it.2.slice(12..)).collect()
}

#[test]
fn a_request_repeated_after_a_reconnect_gets_the_stored_answer() {
    let mut pair = Pair::settled();
    let request = pair.client.request(body(1));
    pair.client_speaks();
    let msg_id = pair.requests()[0].0;
    pair.server.answer(msg_id, body(2));
    // The connection is cut between request and answer, once before and once after it was sent.
    drop(pair.server_sends());
    pair.server.disconnected();
    pair.pass(Duration::from_secs(120));
    pair.server.connected(pair.now);
    pair.client.connected();
    pair.client_speaks();
    assert!(pair.requests().is_empty(), "it must not run twice");
    pair.server_speaks();
    let result = ClientEvent::Result { request, body: body(2) };
    assert_eq!(pair.events(), [result]);
}

#[test]
fn an_answer_that_comes_while_nobody_is_there_waits() {
    let mut pair = Pair::settled();
    let request = pair.client.request(body(1));
    pair.client_speaks();
    pair.server.disconnected();
    let msg_id = pair.requests()[0].0;
    pair.server.answer(msg_id, body(2));
    assert!(pair.server_sends().is_empty());
    pair.server.connected(pair.now);
    pair.server_speaks();
    let result = ClientEvent::Result { request, body: body(2) };
    assert_eq!(pair.events(), [result]);
}

#[test]
fn an_update_lost_with_its_connection_arrives_once() {
    let mut pair = Pair::settled();
    pair.server.push(body(9));
    let lost = pair.server_sends();
    pair.server.disconnected();
    pair.server.push(body(10));
    pair.server.connected(pair.now);
    pair.server_speaks();
    // The lost packet shows up after all.
    for envelope in lost {
        pair.client.handle_message(pair.now, envelope).unwrap();
    }
    let expected = [body(9), body(10)].map(ClientEvent::Update);
    assert_eq!(pair.events(), expected);
    pair.client_speaks();
    assert!(pair.server.outbox.is_idle());
}

#[test]
fn what_was_acknowledged_is_not_sent_again() {
    let mut pair = Pair::settled();
    pair.server.push(body(9));
    pair.server_speaks();
    pair.client_speaks();
    pair.server.connected(pair.now);
    assert!(pair.server_sends().is_empty());
}

#[test]
fn an_answer_too_old_for_its_id_comes_under_a_new_one() {
    let mut pair = Pair::settled();
    let request = pair.client.request(body(1));
    pair.client_speaks();
    let msg_id = pair.requests()[0].0;
    pair.server.answer(msg_id, body(2));
    let first = pair.server_sends().remove(0).header.msg_id;
    pair.server.push(body(9));
    drop(pair.server_sends());
    pair.server.disconnected();
    pair.pass(Duration::from_secs(400));
    pair.server.connected(pair.now);
    let again = pair.server_sends();
    let all: Vec<_> = again.iter().cloned().flat_map(flatten).collect();
    assert!(all.iter().all(|it| it.0 > first && pair.now.since(it.0.time()).as_secs() < 2));
    assert_eq!(result_of(&all, msg_id), [body(2)]);
    // Updates so old are gone; the client is told to ask.
    assert!(all.iter().any(|it| it.2[..] == TOO_LONG));
    for envelope in again {
        pair.client.handle_message(pair.now, envelope).unwrap();
    }
    let result = ClientEvent::Result { request, body: body(2) };
    assert!(pair.events().contains(&result));
}

#[test]
fn a_sent_message_is_repeated_a_few_times_and_then_given_up() {
    let mut pair = Pair::settled();
    pair.server.push(body(9));
    drop(pair.server_sends());
    let mut sent = 0;
    for _ in 0..30 {
        pair.pass(Duration::from_secs(60));
        sent += pair.server_sends().len();
    }
    assert!((1..=3).contains(&sent), "{sent}");
    assert!(pair.server.outbox.is_idle());
    pair.server.connected(pair.now);
    let got = pair.server_sends();
    assert_eq!(got[0].body[..], TOO_LONG, "the client may have missed it");
}

#[test]
fn a_slow_reader_is_cut_to_too_long() {
    let mut pair = Pair::settled();
    let header = pair.client.header(START, true);
    pair.raw(header, &body(1));
    pair.server.answer(header.msg_id, body(2));
    for n in 0..100_000 {
        pair.server.push(body(n));
    }
    assert!(pair.server.queued_bytes() < 100);
    let got: Vec<_> = pair.server_sends().into_iter().flat_map(flatten).collect();
    assert_eq!(result_of(&got, header.msg_id), [body(2)], "answers stay");
    assert_eq!(got.iter().filter(|it| it.2[..] == TOO_LONG).count(), 1);
    assert_eq!(got.len(), 2);
    pair.server.push(body(5));
    assert_eq!(pair.server_sends()[0].body, body(5));
}

#[test]
fn stored_answers_are_bounded_and_a_forgotten_one_is_told() {
    let limits = Limits { unacked: 4, unacked_bytes: 100_000, ..Limits::DEFAULT };
    let mut pair = Pair::with(limits);
    let mut headers = Vec::new();
    for n in 0..6 {
        let header = pair.client.header(START, true);
        pair.raw(header, &body(n));
        let answer = if n == 3 { 60_000 } else { 16 };
        pair.server.answer(header.msg_id, vec![1; answer].into());
        pair.server_sends();
        headers.push((header, body(n)));
    }
    pair.requests();
    let codes: Vec<_> = headers
        .into_iter()
        .map(|(header, body)| {
            let got = pair.raw(header, &body);
            let found = !result_of(&got, header.msg_id).is_empty();
            (refusal(&got), found)
        })
        .collect();
    let (gone, there) = ((Some(20), false), (None, true));
    // `new_session_created` takes a place; what is large goes first.
    assert_eq!(codes.iter().filter(|it| **it == gone).count(), 2);
    assert_eq!(codes[3], gone);
    assert_eq!(codes[5], there);
    assert!(pair.requests().is_empty());
}

#[test]
fn ids_rise_even_if_the_clock_goes_back() {
    let mut pair = Pair::settled();
    let mut last = MsgId(0);
    for n in 0..50 {
        pair.now = Time(START.0 - u64::from(n) * 1000);
        pair.server.push(body(n));
        let id = pair.server_sends()[0].header.msg_id;
        assert!(id > last && id.0 & 3 == 3);
        last = id;
    }
}

#[test]
fn what_is_queued_goes_into_one_packet_and_large_answers_alone() {
    let mut pair = Pair::settled();
    for n in 0..50 {
        pair.server.push(body(n));
    }
    assert_eq!(pair.server_sends().len(), 1);
    let headers: Vec<_> = (0..9).map(|_| pair.client.header(START, true)).collect();
    for header in &headers {
        pair.raw(*header, &body(1));
    }
    for header in headers {
        pair.server.answer(header.msg_id, vec![0; 512 << 10].into());
    }
    assert!(pair.server.is_congested());
    assert!(!pair.server.has_queued() && pair.server.is_long_next());
    assert_eq!(pair.server.poll_transmit(pair.now, &mut Vec::new()), None, "long ones go another way");
    assert_eq!(pair.server_sends().len(), 9);
    assert!(!pair.server.is_congested());
}

#[test]
fn a_long_answer_keeps_its_place_and_acknowledges_its_request() {
    let mut pair = Pair::settled();
    let [first, second] = [(); 2].map(|()| {
        let header = pair.client.header(START, true);
        pair.raw(header, &body(1));
        header.msg_id
    });
    pair.server.answer(first, vec![9; LONG + 4].into());
    pair.server.answer(second, body(2));
    let sent = pair.server_sends();
    assert_eq!(sent.iter().map(|it| word(&it.body, 4) as i32).collect::<Vec<_>>(), [first.0 as i32, second.0 as i32]);
    assert!(sent.is_sorted_by_key(|it| it.header.msg_id));
    pair.pass(ACK_DELAY);
    assert_eq!(pair.server_sends(), [], "the answers acknowledged their requests");
    // Nobody has acknowledged it, so it comes again, the same way.
    pair.server.disconnected();
    assert!(!pair.server.is_long_next(), "nobody is there");
    pair.server.connected(pair.now);
    assert_eq!(pair.server_sends().len(), 2);
}

fn after(ids: &[MsgId], query: &[u8]) -> Vec<u8> {
    let ids: Vec<i64> = ids.iter().map(|it| it.0).collect();
    [&longs(0x3dc4_b4f0, &ids)[..], query].concat()
}

#[test]
fn a_request_waits_for_those_it_names() {
    let mut pair = Pair::settled();
    let headers: Vec<_> = (0..4).map(|_| pair.client.header(START, true)).collect();
    let [one, two, both, last] = &headers[..] else { panic!() };
    pair.raw(*one, &body(1));
    pair.raw(*two, &body(2));
    pair.raw(*both, &after(&[one.msg_id, two.msg_id], &body(3)));
    pair.raw(*last, &after(&[both.msg_id, MsgId(4)], &body(4)));
    assert_eq!(pair.requests().len(), 2);
    pair.server.answer(two.msg_id, body(0));
    assert!(pair.requests().is_empty());
    assert!(!pair.server.finished(one.msg_id) && pair.server.finished(two.msg_id));
    pair.server.answer(one.msg_id, body(0));
    assert_eq!(pair.requests()[0].0, both.msg_id);
    pair.server.answer(both.msg_id, crate::session::services::rpc_error(400, "NO"));
    assert!(pair.requests().is_empty());
    let got: Vec<_> = pair.server_sends().into_iter().flat_map(flatten).collect();
    let failed = result_of(&got, last.msg_id).remove(0);
    assert_eq!(failed, crate::session::services::rpc_error(400, "MSG_WAIT_FAILED"));
}

#[test]
fn requests_that_wait_for_unknown_or_later_ones_run_at_once() {
    let mut pair = Pair::settled();
    let header = pair.client.header(START, true);
    let later = pair.client.header(START, true);
    pair.raw(header, &after(&[MsgId(400), later.msg_id], &body(3)));
    assert_eq!(pair.requests().len(), 1);
}

#[test]
fn a_request_that_waits_too_long_is_given_up() {
    let mut pair = Pair::settled();
    let (first, second, third) =
        (pair.client.header(START, true), pair.client.header(START, true), pair.client.header(START, true));
    pair.raw(first, &body(1));
    pair.raw(second, &after(&[first.msg_id], &body(2)));
    pair.raw(third, &after(&[second.msg_id], &body(3)));
    pair.pass(Duration::from_secs(59));
    assert!(pair.server_sends().into_iter().flat_map(flatten).all(|it| word(&it.2, 0) != wire::RPC_RESULT));
    pair.pass(Duration::from_secs(120));
    let got: Vec<_> = pair.server_sends().into_iter().flat_map(flatten).collect();
    let late = crate::session::services::rpc_error(400, "MSG_WAIT_TIMEOUT");
    assert_eq!(result_of(&got, second.msg_id), [late]);
    assert_eq!(pair.requests().len(), 1, "the first still runs");
    pair.server.answer(first.msg_id, body(4));
    assert!(pair.requests().is_empty(), "and nothing waits for it any more");
}

#[test]
fn a_repeated_request_gets_its_answer_itself_and_no_notice_of_it() {
    // `msg_detailed_info` would do by the protocol; a client that only acknowledges it loses the answer.
    let mut pair = Pair::settled();
    let header = pair.client.header(START, true);
    pair.raw(header, &body(1));
    pair.server.answer(header.msg_id, vec![7; 512 << 10].into());
    let first: Vec<_> = pair.server_sends().into_iter().flat_map(flatten).collect();
    let again = pair.raw(header, &body(1));
    assert_eq!(result_of(&again, header.msg_id), result_of(&first, header.msg_id));
    assert_eq!(again[0].0, first[0].0, "under the id that it had");
}

#[test]
fn too_many_waiting_requests_fail() {
    let mut pair = Pair::settled();
    let first = pair.client.header(START, true);
    pair.raw(first, &body(1));
    for _ in 0..300 {
        let header = pair.client.header(START, true);
        pair.raw(header, &after(&[first.msg_id], &body(2)));
    }
    assert_eq!(pair.requests().len(), 1);
    pair.server.answer(first.msg_id, body(0));
    assert_eq!(pair.requests().len(), 256);
}

#[test]
fn a_session_that_began_without_updates_wants_none() {
    let without = |query: &[u8]| [&0xbf94_59b7_u32.to_le_bytes()[..], query].concat();
    let mut pair = Pair::settled();
    assert!(pair.server.wants_updates());
    pair.say(&without(&body(1)), true);
    assert!(pair.server.wants_updates(), "one call says nothing of the session");
    let mut pair = Pair::new();
    pair.say(&without(&body(1)), true);
    assert!(!pair.server.wants_updates());
    pair.say(&body(1), true);
    assert!(!pair.server.wants_updates());
}
