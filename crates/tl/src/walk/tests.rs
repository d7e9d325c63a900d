//! Hostile bytes against the walk.

mod plain;

use super::*;
use grammers_tl_types::{Identifiable, Serializable, enums, functions, types};

fn check(bytes: &[u8]) -> Result<Walked, WalkError> {
    request(Layer::NEWEST, bytes, &Limits::REQUEST)
}

fn get_messages(count: u32) -> Vec<u8> {
    let mut bytes = functions::messages::GetMessages { id: Vec::new() }.to_bytes();
    bytes.truncate(8);
    bytes.extend(count.to_le_bytes());
    bytes
}

fn json_array(levels: usize) -> Vec<u8> {
    let mut bytes = functions::help::SaveAppLog {
        events: vec![enums::InputAppEvent::Event(types::InputAppEvent {
            time: 0.0,
            r#type: String::new(),
            peer: 0,
            data: enums::Jsonvalue::JsonNull,
        })],
    }
    .to_bytes();
    bytes.truncate(bytes.len() - 4);
    for _ in 0..levels {
        bytes.extend(types::JsonArray::CONSTRUCTOR_ID.to_le_bytes());
        bytes.extend(VECTOR.to_le_bytes());
        bytes.extend(1u32.to_le_bytes());
    }
    bytes.extend(types::JsonNull::CONSTRUCTOR_ID.to_le_bytes());
    bytes
}

#[test]
fn a_request_is_walked_to_its_end() {
    let mut bytes = functions::messages::GetMessages {
        id: vec![types::InputMessageId { id: 7 }.into(), enums::InputMessage::Pinned],
    }
    .to_bytes();
    let end = bytes.len();
    bytes.extend([9; 12]);
    let walked = check(&bytes).unwrap();
    assert_eq!(walked.end, end);
    assert_eq!(crate::method_name(walked.id), Some("messages.getMessages"));
}

#[test]
fn a_vector_that_claims_more_than_there_is_ends_at_once() {
    for count in [u32::MAX, 1 << 31, 2] {
        assert_eq!(check(&get_messages(count)), Err(WalkError::End { at: 12 }));
    }
}

#[test]
fn nesting_stops_at_the_limit() {
    assert!(check(&json_array(29)).is_ok());
    let deep = Err(WalkError::Depth { limit: 64 });
    assert_eq!(check(&json_array(40)), deep);
    assert_eq!(check(&json_array(80_000)), deep);
}

#[test]
fn many_small_elements_spend_the_budget() {
    let n = 200_000;
    let mut bytes = get_messages(n);
    for _ in 0..n {
        bytes.extend(types::InputMessagePinned::CONSTRUCTOR_ID.to_le_bytes());
    }
    let limit = Limits::REQUEST.elements;
    assert_eq!(check(&bytes), Err(WalkError::Elements { limit }));
}

#[test]
fn sizes_have_limits() {
    let text =
        |n| functions::contacts::Search { q: "x".repeat(n), limit: 1, broadcasts: false, bots: false }.to_bytes();
    let limit = Limits::REQUEST.string;
    assert!(check(&text(limit)).is_ok());
    assert_eq!(check(&text(limit + 1)), Err(WalkError::String { got: limit + 1, limit }));
    let limit = Limits::REQUEST.bytes;
    assert_eq!(check(&vec![0; limit + 4]), Err(WalkError::Bytes { got: limit + 4, limit }));
}

#[test]
fn what_is_not_of_the_schema_is_named() {
    assert_eq!(check(&[1, 0, 0, 0]), Err(WalkError::UnknownMethod { id: 1 }));
    let peer = enums::InputPeer::PeerSelf.to_bytes();
    assert!(matches!(check(&peer), Err(WalkError::UnknownMethod { .. })));
    assert!(object(Layer::NEWEST, &peer, &Limits::REQUEST).is_ok());
    let mut bytes = get_messages(1);
    bytes.extend(&peer);
    assert!(matches!(check(&bytes), Err(WalkError::WrongType { at: 12, .. })));
    bytes[12] ^= 1;
    assert!(matches!(check(&bytes), Err(WalkError::UnknownConstructor { at: 12, .. })));
    let mut bad = functions::contacts::Search { q: "abc".into(), limit: 1, broadcasts: false, bots: false }.to_bytes();
    let at = bad.windows(3).position(|w| w == b"abc").unwrap();
    bad[at] = 0xff;
    assert_eq!(check(&bad), Err(WalkError::Utf8 { at: at - 1 }));
    bad[at - 1] = 0xff;
    assert_eq!(check(&bad), Err(WalkError::StringHeader { at: at - 1 }));
}

#[test]
fn a_layer_knows_only_its_own_ids() {
    // keyboardButtonCallback of 222 to 228.
    let button = 0xe62b_c960u32;
    let mut bytes = button.to_le_bytes().to_vec();
    bytes.extend([0; 4]);
    bytes.extend([0; 8]);
    for layer in Layer::all() {
        let got = object(layer, &bytes, &Limits::REQUEST);
        assert_eq!(got.is_ok(), (222..229).contains(&layer.get()), "{layer:?} {got:?}");
    }
}

#[test]
fn service_messages_are_objects() {
    let ack = types::MsgsAck { msg_ids: vec![1, 2, 3] };
    let ping = functions::PingDelayDisconnect { ping_id: 1, disconnect_delay: 75 }.to_bytes();
    for mut bytes in [enums::MsgsAck::Ack(ack).to_bytes(), ping] {
        let walked = object(Layer::NEWEST, &bytes, &Limits::REQUEST).unwrap();
        assert_eq!(walked.end, bytes.len());
        bytes.pop();
        assert!(object(Layer::NEWEST, &bytes, &Limits::REQUEST).is_err());
    }
}

/// What the guard says of a request in each layer served; the layers must agree.
fn at_every_layer(bytes: &[u8]) -> crate::TranscodeError {
    let said = Layer::all().map(|layer| crate::upgrade(layer, bytes, &Limits::REQUEST).expect_err("refused"));
    said.reduce(|one, other| {
        assert_eq!(one, other);
        one
    })
    .expect("layers are served")
}

#[test]
fn the_guard_holds_its_limits_at_every_layer() {
    let limits = Limits::REQUEST;
    let walk = |e: WalkError| crate::TranscodeError::Walk(e);
    for levels in [64, 5_000, 80_000] {
        assert_eq!(at_every_layer(&json_array(levels)), walk(WalkError::Depth { limit: limits.depth }));
    }
    let search = |n: usize| {
        functions::contacts::Search { q: "x".repeat(n), limit: 1, broadcasts: false, bots: false }.to_bytes()
    };
    // The method had no flags before 226, a layer without a known text.
    let older = |n| [&0x11f8_12d8_u32.to_le_bytes()[..], &search(n)[8..]].concat();
    let got = limits.string + 1;
    for layer in Layer::all().filter(|l| l.get() != 226) {
        let bytes = if layer.get() < 226 { older(got) } else { search(got) };
        let said = crate::upgrade(layer, &bytes, &limits);
        assert_eq!(said, Err(walk(WalkError::String { got, limit: limits.string })), "{layer:?}");
    }
    let mut many = get_messages(limits.elements);
    (0..limits.elements).for_each(|_| many.extend(types::InputMessagePinned::CONSTRUCTOR_ID.to_le_bytes()));
    assert_eq!(at_every_layer(&many), walk(WalkError::Elements { limit: limits.elements }));
    let long = vec![0; limits.bytes + 4];
    assert_eq!(at_every_layer(&long), walk(WalkError::Bytes { got: limits.bytes + 4, limit: limits.bytes }));
}
