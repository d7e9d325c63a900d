//! Service messages: what the session answers by itself.
//! Source: core.telegram.org/mtproto/service_messages,
//! core.telegram.org/mtproto/service_messages_about_messages.

use std::time::Duration;

use bytes::Bytes;

use super::inbox::Fate;
use super::outbox::Kind;
use super::receive::Message;
use super::wire::{
    DESTROY_AUTH_KEY_FAIL, DESTROY_AUTH_KEY_NONE, DESTROY_AUTH_KEY_OK, DESTROY_SESSION_NONE, DESTROY_SESSION_OK,
    FUTURE_SALTS, MSGS_ACK, MSGS_STATE_INFO, PING, PONG,
};
use super::{Event, KeyDestroyed, RPC_ERROR, Session};
use crate::wire::{Malformed, Reader, put_bytes};
use crate::{MsgId, SessionId, Time};

/// Ids in one message about messages.
pub(crate) const MAX_IDS: usize = 8192;

/// Longest time that a client may put its disconnection off.
const MAX_DISCONNECT_DELAY: u32 = 24 * 3600;

const RPC_ANSWER_UNKNOWN: u32 = 0x5e2a_d36e;
const RPC_ANSWER_DROPPED_RUNNING: u32 = 0xcd78_e586;
const RPC_ANSWER_DROPPED: u32 = 0xa43a_d8b7;

/// The service messages that a client may send.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Service {
    MsgsAck,
    Ping,
    PingDelayDisconnect,
    GetFutureSalts,
    MsgsStateReq,
    /// Answers questions that we never ask; what it says of our messages is still heard.
    MsgsStateInfo,
    MsgsAllInfo,
    MsgResendReq,
    MsgResendAnsReq,
    /// `msg_detailed_info`, `msg_new_detailed_info`: about answers, which clients do not send.
    DetailedInfo,
    RpcDropAnswer,
    DestroySession,
    DestroyAuthKey,
    HttpWait,
}

impl Service {
    /// Whether only an acknowledgement tells the client that it arrived. Where there is an answer, that says
    /// so already; an acknowledgement besides is what mtcute 0.30.3 calls unexpected.
    pub(super) fn is_unanswered(self) -> bool {
        matches!(self, Service::MsgsStateInfo | Service::MsgsAllInfo | Service::DetailedInfo)
    }
}

/// The service message with this constructor id.
pub(super) fn of(constructor: u32) -> Option<Service> {
    Some(match constructor {
        MSGS_ACK => Service::MsgsAck,
        PING => Service::Ping,
        0xf342_7b8c => Service::PingDelayDisconnect,
        0xb921_bd04 => Service::GetFutureSalts,
        0xda69_fb52 => Service::MsgsStateReq,
        MSGS_STATE_INFO => Service::MsgsStateInfo,
        0x8cc0_d131 => Service::MsgsAllInfo,
        0x7d86_1a08 => Service::MsgResendReq,
        0x8610_baeb => Service::MsgResendAnsReq,
        0x276d_3ec6 | 0x809d_b6df => Service::DetailedInfo,
        0x58e4_a740 => Service::RpcDropAnswer,
        0xe751_2126 => Service::DestroySession,
        0xd143_5160 => Service::DestroyAuthKey,
        0x9299_359f => Service::HttpWait,
        _ => return None,
    })
}

/// A serialized `rpc_error`.
pub(crate) fn rpc_error(code: i32, name: &str) -> Bytes {
    let mut out = Vec::with_capacity(12 + name.len() + 4);
    out.extend_from_slice(&RPC_ERROR.to_le_bytes());
    out.extend_from_slice(&code.to_le_bytes());
    put_bytes(&mut out, name.as_bytes());
    out.into()
}

/// A message about another: constructor, id, one word of eight bytes.
fn pair(constructor: u32, id: i64, word: i64) -> Bytes {
    let mut out = Vec::with_capacity(20);
    out.extend_from_slice(&constructor.to_le_bytes());
    out.extend_from_slice(&id.to_le_bytes());
    out.extend_from_slice(&word.to_le_bytes());
    out.into()
}

impl Session {
    pub(super) fn serve(&mut self, now: Time, service: Service, message: &Message) {
        if self.try_serve(now, service, message).is_err() {
            self.reject(message, "INPUT_FETCH_ERROR");
        }
    }

    fn try_serve(&mut self, now: Time, service: Service, message: &Message) -> Result<(), Malformed> {
        let mut r = Reader::new(&message.body);
        r.u32()?;
        match service {
            Service::MsgsAck => self.acked(&r.longs(MAX_IDS)?),
            Service::Ping => self.tell(pair(PONG, message.id.0, r.i64()?)),
            Service::PingDelayDisconnect => {
                let ping = r.i64()?;
                let delay = r.u32()?.min(MAX_DISCONNECT_DELAY);
                self.disconnect_at = Some(now + Duration::from_secs(delay.into()));
                self.tell(pair(PONG, message.id.0, ping));
            }
            Service::GetFutureSalts => self.future_salts(now, message.id, r.i32()?),
            Service::MsgsStateReq => {
                let states: Vec<u8> = self.states(&r.longs(MAX_IDS)?);
                self.state_info(message.id, &states);
            }
            Service::MsgsStateInfo | Service::DetailedInfo => {}
            Service::MsgsAllInfo => self.all_info(&r.longs(MAX_IDS)?, &r.bytes()?),
            Service::MsgResendReq => self.resend(now, message.id, &r.longs(MAX_IDS)?),
            Service::MsgResendAnsReq => {
                for request in r.longs(MAX_IDS)? {
                    self.outbox.resend_answer(MsgId(request), now);
                }
            }
            Service::RpcDropAnswer => self.drop_answer(message.id, MsgId(r.i64()?)),
            Service::DestroySession => match SessionId(r.i64()?) {
                session if session == self.id => self.session_destroyed(session, false),
                session => self.events.push_back(Event::DestroySession { session }),
            },
            Service::DestroyAuthKey => {
                let msg_id = message.id;
                self.events.push_back(Event::DestroyAuthKey { msg_id });
            }
            // Long polls belong to HTTP; here the server writes whenever it likes.
            Service::HttpWait => self.reject(message, "HTTP_WAIT_UNSUPPORTED"),
        }
        Ok(())
    }

    fn tell(&mut self, body: Bytes) {
        self.outbox.add(Kind::Service, body);
    }

    fn acked(&mut self, ids: &[i64]) {
        for id in ids {
            if let Some(request) = self.outbox.ack(MsgId(*id)) {
                self.inbox.set_fate(request, Fate::Acked);
            }
        }
    }

    fn future_salts(&mut self, now: Time, id: MsgId, count: i32) {
        let salts = self.salts.future(now, usize::try_from(count).unwrap_or(0));
        let mut out = Vec::with_capacity(20 + 16 * salts.len());
        out.extend_from_slice(&FUTURE_SALTS.to_le_bytes());
        out.extend_from_slice(&id.0.to_le_bytes());
        out.extend_from_slice(&now.secs().to_le_bytes());
        // A bare vector of bare elements.
        out.extend_from_slice(&(salts.len() as u32).to_le_bytes());
        for it in salts {
            out.extend_from_slice(&it.valid_since.to_le_bytes());
            out.extend_from_slice(&it.valid_until.to_le_bytes());
            out.extend_from_slice(&it.salt.to_le_bytes());
        }
        self.tell(out.into());
    }

    fn states(&self, ids: &[i64]) -> Vec<u8> {
        ids.iter().map(|id| self.inbox.state(MsgId(*id))).collect()
    }

    fn state_info(&mut self, id: MsgId, states: &[u8]) {
        let mut out = Vec::with_capacity(20 + states.len());
        out.extend_from_slice(&MSGS_STATE_INFO.to_le_bytes());
        out.extend_from_slice(&id.0.to_le_bytes());
        put_bytes(&mut out, states);
        self.tell(out.into());
    }

    /// The client tells, unasked, what it has of our messages.
    fn all_info(&mut self, ids: &[i64], info: &[u8]) {
        const RECEIVED: u8 = 4;
        let pairs = ids.iter().zip(info);
        let received: Vec<i64> = pairs.filter(|(_, state)| **state & 7 == RECEIVED).map(|(id, _)| *id).collect();
        self.acked(&received);
    }

    /// Our messages again; for those that we do not have, their state.
    fn resend(&mut self, now: Time, asked: MsgId, ids: &[i64]) {
        let mut all = true;
        for id in ids {
            all &= self.outbox.resend(MsgId(*id), now);
        }
        if !all {
            let states = self.states(ids);
            self.state_info(asked, &states);
        }
    }

    fn drop_answer(&mut self, asked: MsgId, request: MsgId) {
        let mut out = Vec::with_capacity(20);
        match self.inbox.fate(request) {
            Some(Fate::Running) => {
                self.events.retain(|it| !matches!(it, Event::Request { msg_id, .. } if *msg_id == request));
                let running = Bytes::copy_from_slice(&RPC_ANSWER_DROPPED_RUNNING.to_le_bytes());
                self.unhold(request);
                // The request itself gets the same answer, so whatever it comes to is ignored.
                self.answer(request, running.clone());
                self.events.push_back(Event::Cancelled { msg_id: request });
                out.extend_from_slice(&running);
            }
            Some(Fate::Answered) => {
                let (len, place) = self.outbox.drop_answer(request).unwrap_or((0, None));
                self.inbox.set_fate(request, Fate::Dropped);
                out.extend_from_slice(&RPC_ANSWER_DROPPED.to_le_bytes());
                out.extend_from_slice(&place.map_or(0, |it| it.msg_id.0).to_le_bytes());
                out.extend_from_slice(&place.map_or(0, |it| it.seqno).to_le_bytes());
                out.extend_from_slice(&(len as u32).to_le_bytes());
            }
            _ => out.extend_from_slice(&RPC_ANSWER_UNKNOWN.to_le_bytes()),
        }
        self.outbox.add(Kind::Answer(asked), out.into());
    }

    /// The outcome of [`Event::DestroySession`].
    pub fn session_destroyed(&mut self, session: SessionId, existed: bool) {
        let constructor = if existed { DESTROY_SESSION_OK } else { DESTROY_SESSION_NONE };
        let mut out = constructor.to_le_bytes().to_vec();
        out.extend_from_slice(&session.0.to_le_bytes());
        self.tell(out.into());
    }

    /// The outcome of [`Event::DestroyAuthKey`].
    pub fn key_destroyed(&mut self, outcome: KeyDestroyed) {
        let constructor = match outcome {
            KeyDestroyed::Ok => DESTROY_AUTH_KEY_OK,
            KeyDestroyed::None => DESTROY_AUTH_KEY_NONE,
            KeyDestroyed::Fail => DESTROY_AUTH_KEY_FAIL,
        };
        self.tell(Bytes::copy_from_slice(&constructor.to_le_bytes()));
    }
}
