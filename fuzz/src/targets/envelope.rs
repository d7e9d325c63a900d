//! Packets as they come, and messages as they are once opened, given to a session.

use std::sync::Arc;

use bytes::Bytes;
use crypto::AuthKey;
use mtproto::envelope::{Envelope, Header, Side, alone, classify, open, open_plain};
use mtproto::session::{Config, Event, Limits, Salts, Session};
use mtproto::transport::Packet;
use mtproto::{AuthKeyId, MsgId, SessionId, Time};
use zeroize::Zeroizing;

const NOW: Time = Time::from_secs(1_790_000_000);

/// One input: as a packet from outside, and as the bodies of a session's messages.
pub fn run(data: &[u8]) {
    let key = AuthKey::new([5; 256]);
    let _ = classify(data);
    assert!(open(&key, Side::Client, data).is_err(), "a message key was guessed");
    // As a long one, beside another of the same length and one cut short.
    let packet = |to: usize| Packet { payload: Bytes::copy_from_slice(&data[..to]), quick_ack: to % 2 == 1 };
    let packets = [data.len(), data.len(), data.len() / 2].map(packet);
    let opened = alone::open(Side::Client, packets.into_iter().map(|it| (&key, it)), &|| {});
    assert!(opened.len() == 3 && opened.iter().all(Result::is_err));
    let _ = open_plain(&Bytes::copy_from_slice(data));
    in_a_session(data);
}

/// The first byte of each 64 says how its message is numbered.
fn in_a_session(data: &[u8]) {
    let config = Config { limits: Limits::DEFAULT, too_long: Bytes::from_static(&[0; 4]) };
    let mut salts = Salts::new(Arc::new(Zeroizing::new([1; 32])), AuthKeyId(1));
    let salt = salts.current(NOW);
    let mut session = Session::new(Arc::new(config), SessionId(1), salts, 1);
    session.connected(NOW);
    let mut out = Vec::new();
    for (at, body) in data.chunks(64).enumerate() {
        let at = i32::try_from(at).unwrap_or(i32::MAX);
        let header = Header {
            salt,
            session: SessionId(1),
            msg_id: MsgId(MsgId::at(NOW).0 + 4 * i64::from(at)),
            seqno: 2 * at + i32::from(body[0] & 1),
        };
        let body = Bytes::copy_from_slice(&body[1..]);
        let taken = session.handle_message(NOW, Envelope { header, body });
        assert!(taken.is_ok());
        while let Some(event) = session.poll_event() {
            if let Event::Request { msg_id, .. } = event {
                session.answer(msg_id, Bytes::from_static(&[2; 8]));
            }
        }
        let mut last = MsgId(0);
        while let Some(sent) = session.poll_transmit(NOW, &mut out) {
            assert!(!sent.msg_id.is_from_client() && out.len() % 4 == 0);
            assert!(sent.msg_id > last || out[..4] != [0xdc, 0xf8, 0xf1, 0x73]);
            last = sent.msg_id;
            out.clear();
        }
    }
}

/// Each service message six times over.
pub fn seeds() -> Vec<Vec<u8>> {
    // Constructor ids of all service messages, each with words enough to be one.
    let ids: [u32; 17] = [
        0x62d6_b459,
        0x7abe_77ec,
        0xf342_7b8c,
        0xb921_bd04,
        0xda69_fb52,
        0x04de_b57d,
        0x8cc0_d131,
        0x7d86_1a08,
        0x8610_baeb,
        0x276d_3ec6,
        0x58e4_a740,
        0xe751_2126,
        0xd143_5160,
        0x9299_359f,
        0x73f1_f8dc,
        0x3072_cfa1,
        0xcb9f_372d,
    ];
    let words = ids.map(|id| [id, 0x1cb5_c415, 1, 5, 0, 4, 4, 4].map(u32::to_le_bytes).concat());
    let mut seeds: Vec<Vec<u8>> = Vec::new();
    for (at, words) in words.iter().enumerate() {
        let mut seed = Vec::new();
        for n in 0..6 {
            let mut message = vec![n & 1];
            message.extend(words);
            message.resize(64, at as u8);
            seed.extend(message);
        }
        seeds.push(seed);
    }
    seeds
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mutate::mutations;

    #[test]
    fn mutated_messages_never_break_a_session() {
        mutations(&seeds(), 61, 6000, run);
    }
}
