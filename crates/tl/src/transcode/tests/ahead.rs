//! Layers newer than the newest: clients get the ids they know, and what nobody knows is refused.

use super::*;
use grammers_tl_types::{Serializable, enums, functions, types};

const REPLY_AHEAD: u32 = 0x75c1_ad70;

fn ahead() -> Layer {
    Layer::serving(232).unwrap()
}

fn answer_to(reply_to_msg_id: i32) -> types::InputReplyToMessage {
    types::InputReplyToMessage {
        reply_to_msg_id,
        top_msg_id: None,
        reply_to_peer_id: None,
        quote_text: None,
        quote_entities: None,
        quote_offset: None,
        monoforum_peer_id: None,
        todo_item_id: None,
        poll_option: None,
    }
}

/// A request of the newest layer, which holds one such object, and where its id stands.
fn typing_in_a_draft() -> (Vec<u8>, usize) {
    let request = functions::messages::SaveDraft {
        no_webpage: false,
        invert_media: false,
        reply_to: Some(answer_to(7).into()),
        peer: enums::InputPeer::PeerSelf,
        message: "typing".into(),
        entities: None,
        media: None,
        effect: None,
        suggested_post: None,
        rich_message: None,
    };
    let bytes = request.to_bytes();
    let id = types::InputReplyToMessage::CONSTRUCTOR_ID.to_le_bytes();
    let at = bytes.windows(4).position(|it| it == id).expect("the request holds it");
    (bytes, at)
}

#[test]
fn a_reply_from_a_newer_client_is_read() {
    let (newest, at) = typing_in_a_draft();
    let mut bytes = newest.clone();
    bytes[at..at + 4].copy_from_slice(&REPLY_AHEAD.to_le_bytes());
    assert_eq!(upgrade(ahead(), &bytes, &Limits::REQUEST).unwrap().bytes, newest);
    assert!(upgrade(Layer::NEWEST, &bytes, &Limits::REQUEST).is_err(), "nobody else speaks so");
}

#[test]
fn a_field_of_an_unknown_type_is_refused() {
    let (mut bytes, at) = typing_in_a_draft();
    bytes[at..at + 4].copy_from_slice(&REPLY_AHEAD.to_le_bytes());
    bytes[at + 5] |= 1;
    let vector = [&0x1cb5_c415_u32.to_le_bytes()[..], &1_u32.to_le_bytes(), &[9; 4]].concat();
    bytes.splice(at + 12..at + 12, vector);
    assert!(upgrade(ahead(), &bytes, &Limits::REQUEST).is_err());
}

#[test]
fn what_differs_has_the_id_that_the_newer_client_knows() {
    let header = types::MessageReplyHeader {
        reply_to_scheduled: false,
        forum_topic: false,
        quote: false,
        reply_to_ephemeral: false,
        reply_to_msg_id: Some(7),
        reply_to_peer_id: None,
        reply_from: None,
        reply_media: None,
        reply_to_top_id: None,
        quote_text: None,
        quote_entities: None,
        quote_offset: None,
        todo_item_id: None,
        poll_option: None,
    };
    let newest = enums::MessageReplyHeader::from(header).to_bytes();
    let mut out = Vec::new();
    downgrade(ahead(), &newest, &mut out).unwrap();
    assert_eq!(out[..4], 0xddb5_ab75_u32.to_le_bytes());
    assert_eq!(out[4..], newest[4..]);
}
