//! A session that listens: its key, its layer, and what it was told.

use std::sync::Arc;

use bytes::Bytes;
use crypto::message::Side;
use mtproto::{
    SessionId,
    client::{Client, ClientEvent},
    envelope,
    handshake::ClientKey,
};
use testkit::Clock;
use tl::{Serializable, enums, functions, types};

use super::marks::Marks;
use crate::{Failure, fanout::marked};

/// Constructor of `updatesTooLong`, the same at every layer.
const TOO_LONG: [u8; 4] = 0xe317_af7e_u32.to_le_bytes();

/// Constructor of `rpc_error`.
const RPC_ERROR: [u8; 4] = 0x2144_ca19_u32.to_le_bytes();

/// `updates.getDifference` as layers up to 158 write it: without two limits, which it has here left out.
const OLD_DIFFERENCE: (i32, u32) = (158, 0x2593_9651);

/// What is known of a person from when it signed in.
pub(super) struct Known {
    pub(super) key: ClientKey,
    /// Where its mailbox stood.
    pub(super) state: types::updates::State,
    /// The channels that it is in, as it names them.
    pub(super) channels: Vec<types::InputChannel>,
}

/// Somebody who listens.
pub(super) struct Session {
    known: Arc<Known>,
    layer: i32,
    client: Client,
    /// The numbers of posts that it was pushed.
    pub(super) marks: Marks,
    /// The same from differences.
    pub(super) asked: Marks,
    /// Updates pushed.
    pub(super) updates: u64,
    /// Packets opened.
    pub(super) packets: u64,
    /// Bytes of updates pushed.
    pub(super) bytes: u64,
    /// Times that it was told to ask for what it missed.
    pub(super) too_long: u64,
}

impl Session {
    /// A new session that announces its layer and asks where its mailbox stands, from when on it is told.
    pub(super) fn new(known: Arc<Known>, layer: i32) -> Self {
        let id = SessionId(rand::random());
        let mut client = Client::new(id, known.key.server_salt);
        client.request(announced(layer).into());
        let (marks, asked) = (Marks::default(), Marks::default());
        Self { known, layer, client, marks, asked, updates: 0, packets: 0, bytes: 0, too_long: 0 }
    }

    /// Back on a new connection, it asks for what it missed: in its mailbox, and in a channel since a `pts`.
    pub(super) fn ask(&mut self, channel: i64, pts: i32) -> Result<(), Failure> {
        self.client.connected();
        let state = &self.known.state;
        let mailbox = functions::updates::GetDifference {
            pts: state.pts,
            pts_limit: None,
            pts_total_limit: None,
            date: state.date,
            qts: state.qts,
            qts_limit: None,
        };
        let named = self.known.channels.iter().find(|it| it.channel_id == channel).ok_or("it is not in the channel")?;
        let posts = functions::updates::GetChannelDifference {
            force: false,
            channel: named.clone().into(),
            filter: enums::ChannelMessagesFilter::Empty,
            pts,
            limit: 100,
        };
        let mut mailbox = mailbox.to_bytes();
        let (last, id) = OLD_DIFFERENCE;
        if self.layer <= last {
            mailbox[..4].copy_from_slice(&id.to_le_bytes());
        }
        self.client.request(mailbox.into());
        self.client.request(posts.to_bytes().into());
        Ok(())
    }

    /// It has a new connection: what has no answer goes out again.
    pub(super) fn connected(&mut self) {
        self.client.connected();
    }

    /// Whether all that it asked is answered.
    pub(super) fn is_answered(&self) -> bool {
        self.client.pending() == 0
    }

    /// Takes a packet.
    pub(super) fn handle(&mut self, packet: &[u8]) -> Result<(), Failure> {
        let envelope = envelope::open_without_token(&self.known.key.auth_key, Side::Server, packet)?;
        self.packets += 1;
        self.client.handle_message(Clock::real().now(), envelope)?;
        while let Some(event) = self.client.poll_event() {
            match event {
                ClientEvent::Update(body) => self.pushed(&body),
                ClientEvent::Result { body, .. } if body.starts_with(&RPC_ERROR) => {
                    return Err(format!("refused: {}", String::from_utf8_lossy(&body)).into());
                }
                ClientEvent::Result { body, .. } => marked::find(&body, |mark| self.asked.add(mark)),
                ClientEvent::NewSession { .. }
                | ClientEvent::BadMessage { .. }
                | ClientEvent::Pong { .. }
                | ClientEvent::Service(_) => {}
            }
        }
        Ok(())
    }

    fn pushed(&mut self, body: &Bytes) {
        self.updates += 1;
        self.bytes += body.len() as u64;
        self.too_long += u64::from(body.starts_with(&TOO_LONG));
        marked::find(body, |mark| self.marks.add(mark));
    }

    /// Appends the packets that are to be sent, as the transport frames them.
    pub(super) fn transmit(&mut self, out: &mut Vec<u8>) {
        let mut body = Vec::new();
        while let Some(header) = self.client.poll_transmit(Clock::real().now(), &mut body) {
            let mut packet = Vec::new();
            envelope::seal(&self.known.key.auth_key, Side::Client, &header, &body, &mut rand::rng(), &mut packet);
            out.extend_from_slice(&u32::try_from(packet.len()).unwrap_or(0).to_le_bytes());
            out.extend_from_slice(&packet);
            body.clear();
        }
    }
}

/// `invokeWithLayer` and `initConnection` around the question where the mailbox stands.
pub(super) fn announced(layer: i32) -> Vec<u8> {
    let init = functions::InitConnection {
        api_id: 1,
        device_model: "bench".to_owned(),
        system_version: "1".to_owned(),
        app_version: "1".to_owned(),
        system_lang_code: "en".to_owned(),
        lang_pack: String::new(),
        lang_code: "en".to_owned(),
        proxy: None,
        params: None,
        query: functions::updates::GetState {},
    };
    functions::InvokeWithLayer { layer, query: init }.to_bytes()
}
