//! A session in the client's role, for tests, tools and load: sends requests, acknowledges,
//! repeats what the server asks for, and hands out results and updates. Not for users' clients:
//! it keeps everything until it is answered, and trusts the server's clock.

use std::collections::{BTreeMap, VecDeque};

use bytes::Bytes;

use crate::envelope::{Envelope, Header};
use crate::session::wire as ids;
use crate::wire::{Malformed, Reader, put_longs};
use crate::{Error, MsgId, SessionId, Time};

/// Server messages remembered to tell repetitions.
const MAX_SEEN: usize = 512;

/// Messages packed into one container.
const MAX_PACKED: usize = 100;

/// Bytes after which a container is full.
const PACK_BYTES: usize = 512 << 10;

/// Unpacked size of a packed result that is still believed.
const MAX_UNPACKED: usize = 32 << 20;

/// A request of this client, whatever message ids it is sent under.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RequestId(pub u64);

/// What came from the server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ClientEvent {
    /// The result of a request: an object or `rpc_error`, gzip removed.
    Result {
        /// The request.
        request: RequestId,
        /// The result.
        body: Bytes,
    },
    /// Anything that is neither a result nor a service message: an `Updates`.
    Update(Bytes),
    /// `new_session_created`.
    NewSession {
        /// Messages below this one did not reach the session.
        first: MsgId,
    },
    /// `bad_msg_notification` or `bad_server_salt`; with code 48 (and 16, 17, 20) the request
    /// goes out again by itself.
    BadMessage {
        /// The message refused.
        msg_id: MsgId,
        /// Why, e.g. 16 for an id too low.
        code: i32,
    },
    /// `pong`.
    Pong {
        /// The number of the ping.
        ping: i64,
    },
    /// Any other service message, whole.
    Service(Bytes),
}

struct Pending {
    body: Bytes,
    /// How it was last sent, and in which container.
    sent: Option<(MsgId, i32, MsgId)>,
}

/// A session of a client.
pub struct Client {
    id: SessionId,
    salt: i64,
    last_msg_id: i64,
    sent_content: i32,
    /// Seconds to add to our clock to get the server's.
    clock: i64,
    next_request: u64,
    pending: BTreeMap<RequestId, Pending>,
    /// Requests to be sent, again or for the first time.
    queue: VecDeque<RequestId>,
    services: VecDeque<(Bytes, bool)>,
    /// Those that went with the last packet, and its id: sent again if that is refused.
    sent_services: (MsgId, Vec<(Bytes, bool)>),
    acks: Vec<i64>,
    acks_held: bool,
    seen: VecDeque<MsgId>,
    events: VecDeque<ClientEvent>,
}

impl Client {
    /// A session that has sent nothing. `salt` is that of the key exchange or any later one.
    pub fn new(id: SessionId, salt: i64) -> Self {
        Self {
            id,
            salt,
            last_msg_id: 0,
            sent_content: 0,
            clock: 0,
            next_request: 0,
            pending: BTreeMap::new(),
            queue: VecDeque::new(),
            services: VecDeque::new(),
            sent_services: (MsgId(0), Vec::new()),
            acks: Vec::new(),
            acks_held: false,
            seen: VecDeque::new(),
            events: VecDeque::new(),
        }
    }

    /// The session's id.
    pub fn id(&self) -> SessionId {
        self.id
    }

    /// The salt in use.
    pub fn salt(&self) -> i64 {
        self.salt
    }

    /// Uses another salt from now on.
    pub fn set_salt(&mut self, salt: i64) {
        self.salt = salt;
    }

    /// Sends no acknowledgements while `held`, so that the server keeps what it sent.
    pub fn hold_acks(&mut self, held: bool) {
        self.acks_held = held;
    }

    /// Queues a request.
    pub fn request(&mut self, body: Bytes) -> RequestId {
        let id = RequestId(self.next_request);
        self.next_request += 1;
        self.pending.insert(id, Pending { body, sent: None });
        self.queue.push_back(id);
        id
    }

    /// Queues a request whose body names its own message id, as `auth.bindTempAuthKey` does.
    pub fn request_with(&mut self, now: Time, make: impl FnOnce(MsgId) -> Bytes) -> RequestId {
        let msg_id = self.next_id(now);
        let seqno = self.next_seqno(true);
        let id = self.request(make(msg_id));
        if let Some(it) = self.pending.get_mut(&id) {
            it.sent = Some((msg_id, seqno, msg_id));
        }
        id
    }

    /// Queues a service message; `content` makes it one that must be acknowledged.
    pub fn service(&mut self, body: Bytes, content: bool) {
        self.services.push_back((body, content));
    }

    /// Queues a `ping`.
    pub fn ping(&mut self, ping: i64) {
        let mut body = ids::PING.to_le_bytes().to_vec();
        body.extend_from_slice(&ping.to_le_bytes());
        self.service(body.into(), false);
    }

    /// The message id that a request was last sent under.
    pub fn msg_id(&self, request: RequestId) -> Option<MsgId> {
        self.pending.get(&request).and_then(|it| it.sent).map(|it| it.0)
    }

    /// The body of a request without a result.
    pub fn body(&self, request: RequestId) -> Option<Bytes> {
        self.pending.get(&request).map(|it| it.body.clone())
    }

    /// Requests without a result.
    pub fn pending(&self) -> usize {
        self.pending.len()
    }

    /// A new connection: what has no result goes out again, under the ids it had.
    pub fn connected(&mut self) {
        self.queue = self.pending.keys().copied().collect();
    }

    /// A header for a message that the caller makes, with the next id and number.
    pub fn header(&mut self, now: Time, content: bool) -> Header {
        let msg_id = self.next_id(now);
        Header { salt: self.salt, session: self.id, msg_id, seqno: self.next_seqno(content) }
    }

    fn next_id(&mut self, now: Time) -> MsgId {
        let micros = now.0.cast_signed() + self.clock * 1_000_000;
        let at = MsgId::at(Time(u64::try_from(micros).unwrap_or(0)));
        self.last_msg_id = at.0.max(self.last_msg_id + 4);
        MsgId(self.last_msg_id)
    }

    fn next_seqno(&mut self, content: bool) -> i32 {
        let seqno = self.sent_content * 2 + i32::from(content);
        self.sent_content += i32::from(content);
        seqno
    }

    /// Packs what is queued into one message; `None` if nothing is.
    pub fn poll_transmit(&mut self, now: Time, body: &mut Vec<u8>) -> Option<Header> {
        let mut messages = Vec::new();
        let mut requests = Vec::new();
        let mut bytes = 0;
        while messages.len() < MAX_PACKED && bytes < PACK_BYTES {
            let Some(id) = self.queue.pop_front() else {
                break;
            };
            let Some(sent) = self.pending.get(&id).map(|it| it.sent) else {
                continue;
            };
            let (msg_id, seqno) = match sent {
                Some((msg_id, seqno, _)) => (msg_id, seqno),
                None => (self.next_id(now), self.next_seqno(true)),
            };
            if let Some(it) = self.pending.get_mut(&id) {
                it.sent = Some((msg_id, seqno, msg_id));
                bytes += it.body.len();
                messages.push((msg_id, seqno, it.body.clone()));
                requests.push(id);
            }
        }
        let services: Vec<_> = std::mem::take(&mut self.services).into();
        for (body, content) in services.iter().cloned() {
            messages.push((self.next_id(now), self.next_seqno(content), body));
        }
        if !self.acks.is_empty() && !self.acks_held {
            let mut ack = ids::MSGS_ACK.to_le_bytes().to_vec();
            put_longs(&mut ack, &std::mem::take(&mut self.acks));
            messages.push((self.next_id(now), self.next_seqno(false), ack.into()));
        }
        let (msg_id, seqno) = match &messages[..] {
            [] => return None,
            [(msg_id, seqno, only)] => {
                body.extend_from_slice(only);
                (*msg_id, *seqno)
            }
            all => {
                write_container(all, body);
                (self.next_id(now), self.next_seqno(false))
            }
        };
        if !services.is_empty() {
            self.sent_services = (msg_id, services);
        }
        for id in requests {
            if let Some(sent) = self.pending.get_mut(&id).and_then(|it| it.sent.as_mut()) {
                sent.2 = msg_id;
            }
        }
        Some(Header { salt: self.salt, session: self.id, msg_id, seqno })
    }

    /// The next thing that came.
    pub fn poll_event(&mut self) -> Option<ClientEvent> {
        self.events.pop_front()
    }

    /// Takes a message of the server.
    pub fn handle_message(&mut self, now: Time, envelope: Envelope) -> Result<(), Error> {
        if envelope.header.session != self.id {
            return Err(Error::Session);
        }
        let Header { msg_id, seqno, .. } = envelope.header;
        self.message(now, (msg_id, seqno, envelope.body), false).map_err(|Malformed| Error::ShortMessage { got: 0 })
    }

    fn message(&mut self, now: Time, (msg_id, seqno, body): (MsgId, i32, Bytes), inner: bool) -> Result<(), Malformed> {
        let mut r = Reader::new(&body);
        let constructor = r.u32()?;
        if constructor == ids::MSG_CONTAINER && !inner {
            for message in ids::split_container(&body)? {
                self.message(now, message, true)?;
            }
            return Ok(());
        }
        if seqno & 1 == 1 {
            self.acks.push(msg_id.0);
            if self.seen.contains(&msg_id) {
                return Ok(());
            }
            if self.seen.len() == MAX_SEEN {
                self.seen.pop_front();
            }
            self.seen.push_back(msg_id);
        }
        match constructor {
            ids::RPC_RESULT => {
                let request = MsgId(r.i64()?);
                self.result(request, r.rest())?;
            }
            ids::NEW_SESSION_CREATED => {
                let first = MsgId(r.i64()?);
                r.i64()?;
                self.salt = r.i64()?;
                self.events.push_back(ClientEvent::NewSession { first });
            }
            ids::BAD_MSG_NOTIFICATION | ids::BAD_SERVER_SALT => {
                let refused = MsgId(r.i64()?);
                r.i32()?;
                let code = r.i32()?;
                if constructor == ids::BAD_SERVER_SALT {
                    self.salt = r.i64()?;
                }
                self.refused(now, msg_id, refused, code);
            }
            ids::PONG => {
                r.i64()?;
                let ping = r.i64()?;
                self.events.push_back(ClientEvent::Pong { ping });
            }
            _ if ids::is_service(constructor) => {
                self.events.push_back(ClientEvent::Service(body));
            }
            _ => self.events.push_back(ClientEvent::Update(unpacked(body)?)),
        }
        Ok(())
    }

    fn result(&mut self, request: MsgId, body: Bytes) -> Result<(), Malformed> {
        let sent_as = |it: &Pending| it.sent.is_some_and(|sent| sent.0 == request);
        let found = self.pending.iter().find(|(_, it)| sent_as(it));
        if let Some(request) = found.map(|(id, _)| *id) {
            self.pending.remove(&request);
            let body = unpacked(body)?;
            self.events.push_back(ClientEvent::Result { request, body });
        }
        Ok(())
    }

    /// What the server refused goes out again under new ids where that can help.
    fn refused(&mut self, now: Time, notice: MsgId, msg_id: MsgId, code: i32) {
        if matches!(code, 16 | 17) {
            let server = i64::from(notice.time().secs());
            self.clock = server - i64::from(now.secs());
            // Ids made by the wrong clock must not hold the new ones up.
            self.last_msg_id = 0;
        }
        if matches!(code, 16 | 17 | 20 | 48) {
            for (id, it) in &mut self.pending {
                if it.sent.is_some_and(|(own, _, outer)| own == msg_id || outer == msg_id) {
                    it.sent = None;
                    self.queue.push_back(*id);
                }
            }
            if self.sent_services.0 == msg_id {
                self.services.extend(self.sent_services.1.drain(..));
            }
        }
        self.events.push_back(ClientEvent::BadMessage { msg_id, code });
    }
}

fn unpacked(body: Bytes) -> Result<Bytes, Malformed> {
    if !body.starts_with(&ids::GZIP_PACKED.to_le_bytes()) {
        return Ok(body);
    }
    let mut r = Reader::new(&body);
    r.u32()?;
    let packed = r.bytes()?;
    let out = tl::gunzip::unpack(&packed, MAX_UNPACKED).map_err(|_| Malformed)?;
    Ok(out.into())
}

/// Appends a `msg_container`.
fn write_container(messages: &[(MsgId, i32, Bytes)], out: &mut Vec<u8>) {
    out.extend_from_slice(&ids::MSG_CONTAINER.to_le_bytes());
    out.extend_from_slice(&(messages.len() as u32).to_le_bytes());
    for (msg_id, seqno, body) in messages {
        out.extend_from_slice(&msg_id.0.to_le_bytes());
        out.extend_from_slice(&seqno.to_le_bytes());
        out.extend_from_slice(&(body.len() as u32).to_le_bytes());
        out.extend_from_slice(body);
    }
}
