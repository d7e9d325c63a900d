//! Service messages and what they are answered with.

use super::*;

fn find(messages: &[(MsgId, i32, Bytes)], constructor: u32) -> Bytes {
    let found = messages.iter().find(|it| word(&it.2, 0) == constructor);
    found.unwrap_or_else(|| panic!("no {constructor:#x}")).2.clone()
}

fn with_long(constructor: u32, long: i64) -> Vec<u8> {
    [&constructor.to_le_bytes()[..], &long.to_le_bytes()].concat()
}

#[test]
fn a_new_session_is_announced_once_with_its_first_message() {
    let mut pair = Pair::new();
    pair.client.request(body(1));
    pair.client.request(body(2));
    let all = pair.client_sends();
    let first = flatten(all[0].clone())[0].0;
    for envelope in all {
        pair.server.handle_message(pair.now, envelope).unwrap();
    }
    let got: Vec<_> = pair.server_sends().into_iter().flat_map(flatten).collect();
    let (_, seqno, created) = &got[0];
    assert_eq!(word(created, 0), wire::NEW_SESSION_CREATED);
    assert_eq!(seqno & 1, 1, "it must be acknowledged");
    assert_eq!(long(created, 4), first.0);
    assert_eq!(long(created, 12), 0x1111);
    assert_eq!(long(created, 20), pair.client.salt());
    let got = pair.say(&body(3), true);
    assert!(got.iter().all(|it| word(&it.2, 0) != wire::NEW_SESSION_CREATED));
}

#[test]
fn pings_are_answered_and_may_put_off_the_end() {
    let mut pair = Pair::settled();
    let header = pair.client.header(START, false);
    let got = pair.raw(header, &with_long(wire::PING, 77));
    let pong = find(&got, wire::PONG);
    assert_eq!((long(&pong, 4), long(&pong, 12)), (header.msg_id.0, 77));
    assert_eq!(pair.server.disconnect_at(), None);
    let mut delayed = with_long(0xf342_7b8c, 78);
    delayed.extend(75_u32.to_le_bytes());
    let got = pair.say(&delayed, false);
    assert_eq!(long(&find(&got, wire::PONG), 12), 78);
    let at = START + Duration::from_secs(75);
    assert_eq!(pair.server.disconnect_at(), Some(at));
    pair.server.connected(START);
    assert_eq!(pair.server.disconnect_at(), None, "it was about the connection");
}

#[test]
fn future_salts_are_as_many_as_asked_and_never_one() {
    let mut pair = Pair::settled();
    for (asked, expected) in [(64, 64), (1, 2), (-1, 2), (1000, 64), (5, 5)] {
        let mut ask = 0xb921_bd04_u32.to_le_bytes().to_vec();
        ask.extend(i32::to_le_bytes(asked));
        let got = find(&pair.say(&ask, true), wire::FUTURE_SALTS);
        assert_eq!(word(&got, 12), START.secs());
        assert_eq!(word(&got, 16), expected);
        assert_eq!(got.len(), 20 + 16 * expected as usize);
        assert_eq!(long(&got, 28), pair.client.salt());
    }
}

#[test]
fn states_tell_what_became_of_messages() {
    let mut pair = Pair::settled();
    let (gap, running, done) =
        (pair.client.header(START, true), pair.client.header(START, true), pair.client.header(START, true));
    pair.raw(running, &body(1));
    pair.raw(done, &body(2));
    pair.server.answer(done.msg_id, body(3));
    let ask = longs(0xda69_fb52, &[gap.msg_id.0, running.msg_id.0, done.msg_id.0, i64::MAX]);
    let got = find(&pair.say(&ask, true), wire::MSGS_STATE_INFO);
    assert_eq!(got[12..17], [4, 2, 4 | 32, 4 | 64, 3]);
}

#[test]
fn messages_are_sent_again_when_asked_for() {
    let mut pair = Pair::settled();
    pair.server.push(body(9));
    let sent = pair.server_sends().remove(0);
    assert_eq!(sent.header.msg_id.0 & 3, 3);
    let ask = longs(0x7d86_1a08, &[sent.header.msg_id.0]);
    let again = pair.say(&ask, true);
    assert!(again.contains(&(sent.header.msg_id, sent.header.seqno, sent.body.clone())));
    pair.say(&longs(wire::MSGS_ACK, &[sent.header.msg_id.0]), false);
    let got = pair.say(&ask, true);
    assert!(!got.iter().any(|it| it.2 == sent.body));
    find(&got, wire::MSGS_STATE_INFO);
}

#[test]
fn a_client_may_tell_what_it_has_instead_of_acknowledging() {
    let mut pair = Pair::settled();
    pair.server.push(body(9));
    let id = pair.server_sends().remove(0).header.msg_id.0;
    let mut info = longs(0x8cc0_d131, &[id]);
    info.extend([1, 4, 0, 0]);
    pair.say(&info, false);
    assert!(pair.server.outbox.is_idle());
}

#[test]
fn answers_are_sent_again_when_asked_for_by_their_request() {
    let mut pair = Pair::settled();
    let header = pair.client.header(START, true);
    pair.raw(header, &body(1));
    pair.server.answer(header.msg_id, body(2));
    let sent: Vec<_> = pair.server_sends().into_iter().flat_map(flatten).collect();
    let again = pair.say(&longs(0x8610_baeb, &[header.msg_id.0, 4]), true);
    assert!(sent.iter().all(|it| again.contains(it)), "{again:?}");
}

#[test]
fn notices_about_answers_are_taken_note_of_in_silence() {
    for notice in [
        [0x276d_3ec6, 1, 0, 2, 0, 4, 0].map(u32::to_le_bytes).concat(),
        [0x809d_b6df, 2, 0, 4, 0].map(u32::to_le_bytes).concat(),
    ] {
        let mut pair = Pair::settled();
        let got = pair.say(&notice, false);
        assert!(got.is_empty(), "{got:?}");
        assert!(pair.requests().is_empty());
    }
}

#[test]
fn lists_of_ids_are_bounded() {
    for constructor in [wire::MSGS_ACK, 0xda69_fb52, 0x7d86_1a08, 0x8610_baeb] {
        let mut pair = Pair::settled();
        let got = pair.say(&longs(constructor, &vec![4; 8193]), true);
        let refused = find(&got, wire::RPC_RESULT);
        assert_eq!((word(&refused, 12), word(&refused, 16)), (RPC_ERROR, 400), "{constructor:#x}");
        let mut claimed = longs(constructor, &[4, 8]);
        claimed[8..12].copy_from_slice(&u32::MAX.to_le_bytes());
        find(&pair.say(&claimed, true), wire::RPC_RESULT);
    }
}

#[test]
fn sessions_and_keys_are_destroyed_by_the_owner() {
    let mut pair = Pair::settled();
    let got = pair.say(&with_long(0xe751_2126, ID.0), true);
    assert_eq!(long(&find(&got, wire::DESTROY_SESSION_NONE), 4), ID.0);
    pair.say(&with_long(0xe751_2126, 5), true);
    let session = SessionId(5);
    assert_eq!(pair.server.poll_event(), Some(Event::DestroySession { session }));
    pair.server.session_destroyed(session, true);
    let header = pair.client.header(START, true);
    let got = pair.raw(header, &0xd143_5160_u32.to_le_bytes());
    assert_eq!(long(&find(&got, wire::DESTROY_SESSION_OK), 4), 5);
    let msg_id = header.msg_id;
    assert_eq!(pair.server.poll_event(), Some(Event::DestroyAuthKey { msg_id }));
    pair.server.key_destroyed(KeyDestroyed::Ok);
    let got: Vec<_> = pair.server_sends().into_iter().flat_map(flatten).collect();
    find(&got, wire::DESTROY_AUTH_KEY_OK);
}

#[test]
fn long_polls_are_refused() {
    let mut pair = Pair::settled();
    let wait = [0x9299_359f_u32, 0, 0, 25_000].map(u32::to_le_bytes).concat();
    let got = find(&pair.say(&wait, false), wire::RPC_RESULT);
    assert_eq!((word(&got, 12), word(&got, 16)), (RPC_ERROR, 400));
    assert_eq!(refusal(&pair.say(&wait, true)), Some(34));
}

#[test]
fn an_answer_may_be_dropped_at_every_stage() {
    let drop_answer = |pair: &mut Pair, id: MsgId| {
        let header = pair.client.header(START, true);
        let got = pair.raw(header, &with_long(0x58e4_a740, id.0));
        let is_it = |it: &&(MsgId, i32, Bytes)| word(&it.2, 0) == wire::RPC_RESULT && long(&it.2, 4) == header.msg_id.0;
        (word(&got.iter().find(is_it).unwrap().2, 12), got)
    };
    let mut pair = Pair::settled();
    assert_eq!(drop_answer(&mut pair, MsgId(4)).0, 0x5e2a_d36e);

    let header = pair.client.header(START, true);
    pair.raw(header, &body(1));
    assert_eq!(pair.requests().len(), 1);
    let (state, got) = drop_answer(&mut pair, header.msg_id);
    assert_eq!(state, 0xcd78_e586);
    let results = got.iter().filter(|it| word(&it.2, 0) == wire::RPC_RESULT);
    assert_eq!(results.count(), 2, "the request gets the same answer");
    let msg_id = header.msg_id;
    assert_eq!(pair.server.poll_event(), Some(Event::Cancelled { msg_id }));
    pair.server.answer(msg_id, body(2));
    assert!(pair.server_sends().is_empty(), "what it came to is ignored");

    let header = pair.client.header(START, true);
    pair.raw(header, &body(1));
    pair.server.answer(header.msg_id, body(2));
    assert_eq!(drop_answer(&mut pair, header.msg_id).0, 0xa43a_d8b7);
}

#[test]
fn acknowledgements_wait_a_little_for_company() {
    let mut pair = Pair::settled();
    let header = pair.client.header(START, true);
    assert!(pair.raw(header, &body(1)).is_empty());
    let at = pair.server.poll_timeout().unwrap();
    assert_eq!(at, START + ACK_DELAY);
    pair.now = at;
    pair.server.handle_timeout(at);
    let got: Vec<_> = pair.server_sends().into_iter().flat_map(flatten).collect();
    assert_eq!(got[0].2[..], longs(wire::MSGS_ACK, &[header.msg_id.0]));
    assert_eq!(got[0].1 & 1, 0);
    let header = pair.client.header(pair.now, true);
    pair.raw(header, &body(1));
    pair.server.answer(header.msg_id, body(2));
    let got: Vec<_> = pair.server_sends().into_iter().flat_map(flatten).collect();
    assert_eq!(got.len(), 1, "an answer acknowledges by itself");
}

#[test]
fn what_is_answered_is_not_acknowledged_besides() {
    let mut pair = Pair::settled();
    let destroy = with_long(0xe751_2126, 4711);
    let header = pair.client.header(START, true);
    pair.raw(header, &destroy);
    pair.server.session_destroyed(crate::SessionId(4711), false);
    let later = START + Duration::from_secs(60);
    pair.server.handle_timeout(later);
    let got: Vec<_> = pair.server_sends().into_iter().flat_map(flatten).collect();
    assert!(got.iter().any(|it| word(&it.2, 0) == wire::DESTROY_SESSION_NONE), "{got:?}");
    assert!(got.iter().all(|it| word(&it.2, 0) != wire::MSGS_ACK), "{got:?}");
}
