//! Objects that keep their id while something in them goes.

use super::*;
use grammers_tl_types::{Serializable, enums};

fn call(reason: enums::PhoneCallDiscardReason) -> Vec<u8> {
    let action = types::MessageActionPhoneCall { video: true, call_id: 7, reason: Some(reason), duration: Some(5) };
    enums::MessageAction::from(action).to_bytes()
}

fn moved() -> enums::PhoneCallDiscardReason {
    types::PhoneCallDiscardReasonMigrateConferenceCall { slug: "a".into() }.into()
}

#[test]
fn a_field_without_form_goes_with_its_bit_and_what_follows_stays() {
    for n in [152, 201] {
        let layer = Layer::serving(n).unwrap();
        let mut out = vec![1, 2, 3];
        downgrade_unchecked(layer, &call(moved()), &mut out).unwrap();
        assert_eq!(text(layer, &out[3..]), "messageActionPhoneCall{video call_id=7 duration=5}");
        assert_eq!(out[..3], [1, 2, 3]);
    }
}

#[test]
fn an_object_in_which_nothing_has_to_go_is_the_same_bytes() {
    let layer = Layer::OLDEST;
    let bytes = call(enums::PhoneCallDiscardReason::Hangup);
    let mut out = Vec::new();
    downgrade(layer, &bytes, &mut out).unwrap();
    assert_eq!(out, bytes);
}

#[test]
fn what_goes_deep_inside_leaves_the_objects_around_whole() {
    let service = |reason| {
        let action =
            types::MessageActionPhoneCall { video: false, call_id: 7, reason: Some(reason), duration: Some(5) };
        types::MessageService {
            out: false,
            mentioned: false,
            media_unread: false,
            reactions_are_possible: false,
            silent: false,
            post: false,
            legacy: false,
            id: 3,
            from_id: None,
            peer_id: types::PeerUser { user_id: 9 }.into(),
            saved_peer_id: None,
            reply_to: None,
            date: 1,
            action: action.into(),
            reactions: None,
            ttl_period: Some(60),
        }
        .into()
    };
    let list: Vec<enums::Message> = vec![service(moved()), service(enums::PhoneCallDiscardReason::Busy)];
    let all = types::messages::Messages { messages: list, topics: vec![], chats: vec![], users: vec![] };
    let layer = Layer::OLDEST;
    let mut out = Vec::new();
    downgrade(layer, &enums::messages::Messages::from(all).to_bytes(), &mut out).unwrap();
    let message = |reason: &str| {
        format!(
            "messageService{{id=3 peer_id=peerUser{{user_id=9}} date=1 \
             action=messageActionPhoneCall{{call_id=7 {reason}duration=5}} ttl_period=60}}"
        )
    };
    let (without, with) = (message(""), message("reason=phoneCallDiscardReasonBusy{} "));
    assert_eq!(text(layer, &out), format!("messages.messages{{messages=[{without} {with}] chats=[] users=[]}}"));
}
