//! A session in the server's role: what lives between a key and its connections, and outlives
//! the latter. It checks message ids, sequence numbers and salts, unpacks containers, answers
//! service messages, keeps answers until they are acknowledged and sends again what was not.
//! Decrypting, sockets and the meaning of requests are left to others.
//!
//! The owner calls `handle_*` with what happened; after any call it takes [`Session::poll_event`]
//! until `None`, then [`Session::poll_transmit`] and [`Session::poll_long`] until both give `None`, then asks
//! [`Session::poll_timeout`] when to call [`Session::handle_timeout`].
//!
//! Source: core.telegram.org/mtproto/description, core.telegram.org/mtproto/service_messages.

mod hold;
mod inbox;
mod outbox;
mod receive;
mod salts;
mod services;
#[cfg(test)]
mod tests;
mod transmit;
pub(crate) mod wire;

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;

use crate::{MsgId, SessionId, Time};
use hold::Held;
use inbox::{Fate, Inbox};
use outbox::{Kind, Outbox};
pub use salts::{FIRST_SALT_LIFE, FutureSalt, MAX_FUTURE_SALTS, SaltSecret, Salts};
pub use transmit::Long;

/// Bytes that the packed parts of one packet may unpack to, together: a request fits 1 MiB as it
/// is, and 1020 packed bombs in one packet must not add up.
pub const MAX_UNPACKED: usize = 16 << 20;

/// A body of more bytes is that of a long message: encrypting it takes longer than anybody who has a
/// short one should wait, so it leaves by [`Session::poll_long`], alone. A part of a file is one, a
/// page of a chat is none.
pub const LONG: usize = 48 << 10;

/// Constructor id of `rpc_error`.
pub const RPC_ERROR: u32 = 0x2144_ca19;

/// How long an acknowledgement waits for something to travel with. Clients repeat what nobody
/// acknowledges for seconds.
pub(crate) const ACK_DELAY: Duration = Duration::from_millis(500);

/// Acknowledgements that do not wait.
pub(crate) const ACKS_AT_ONCE: usize = 64;

/// Bytes queued for a client from which on [`Session::is_congested`] tells the owner to read no
/// more from it.
const CONGESTED: usize = 4 << 20;

/// How often what has grown old is looked for, while there is anything.
const TICK: Duration = Duration::from_secs(60);

/// Bounds of one session's memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Updates queued before `too_long` stands in for them.
    pub pushes: usize,
    /// Their bytes.
    pub push_bytes: usize,
    /// Messages kept until the client acknowledges them.
    pub unacked: usize,
    /// Their bytes: four parts of files, which a client may ask for again without harm.
    pub unacked_bytes: usize,
    /// How long they are kept: a client that lost its network asks again within minutes.
    pub unacked_life: Duration,
}

impl Limits {
    /// What a server uses where nothing else is configured.
    pub const DEFAULT: Self = Self {
        pushes: 256,
        push_bytes: 512 << 10,
        unacked: 512,
        unacked_bytes: 2 << 20,
        unacked_life: Duration::from_secs(600),
    };
}

/// What all sessions of a server share.
#[derive(Clone, Debug)]
pub struct Config {
    /// Bounds of memory.
    pub limits: Limits,
    /// The serialized `updatesTooLong`.
    pub too_long: Bytes,
}

/// What the owner has to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// Run this request and give the outcome to [`Session::answer`].
    Request {
        /// The message it came in; unique in the session.
        msg_id: MsgId,
        /// The request, wrappers included, gzip removed where it was outermost.
        body: Bytes,
    },
    /// The client wants no answer to that request any more; stopping it is welcome, not needed.
    Cancelled {
        /// The message it came in.
        msg_id: MsgId,
    },
    /// End that session of the same key, then call [`Session::session_destroyed`].
    DestroySession {
        /// The session to end; never this one.
        session: SessionId,
    },
    /// Forget the key, then call [`Session::key_destroyed`].
    DestroyAuthKey {
        /// The message that asked.
        msg_id: MsgId,
    },
}

/// What became of `destroy_auth_key`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyDestroyed {
    /// It is gone.
    Ok,
    /// There was none.
    None,
    /// It could not be removed now.
    Fail,
}

/// A session. 352 bytes while idle, and no buffer.
pub struct Session {
    config: Arc<Config>,
    id: SessionId,
    /// The server's random number for `new_session_created`.
    unique_id: i64,
    salts: Salts,
    inbox: Inbox,
    outbox: Outbox,
    events: VecDeque<Event>,
    held: Vec<Held>,
    acks: Vec<MsgId>,
    ack_at: Option<Time>,
    tick_at: Option<Time>,
    disconnect_at: Option<Time>,
    last_msg_id: i64,
    /// Content-related messages sent.
    sent_content: i32,
    online: bool,
    /// `new_session_created` has been queued.
    announced: bool,
    /// Whether updates are wanted, once the client has shown it.
    updates: Option<bool>,
}

impl Session {
    /// A session that no message has come for. `unique_id` is random.
    pub fn new(config: Arc<Config>, id: SessionId, salts: Salts, unique_id: i64) -> Self {
        Self {
            config,
            id,
            unique_id,
            salts,
            inbox: Inbox::default(),
            outbox: Outbox::default(),
            events: VecDeque::new(),
            held: Vec::new(),
            acks: Vec::new(),
            ack_at: None,
            tick_at: None,
            disconnect_at: None,
            last_msg_id: 0,
            sent_content: 0,
            online: false,
            announced: false,
            updates: None,
        }
    }

    /// The session's id.
    pub fn id(&self) -> SessionId {
        self.id
    }

    /// The client is there on a new connection: what it did not acknowledge goes out again.
    pub fn connected(&mut self, now: Time) {
        self.online = true;
        self.disconnect_at = None;
        self.outbox.reconnect(now, &self.config.too_long);
        self.wake(now);
    }

    /// The client speaks on a connection that it had before: nothing is sent again.
    pub fn resumed(&mut self) {
        self.online = true;
    }

    /// The last connection has gone. Requests under way may still be answered.
    pub fn disconnected(&mut self) {
        self.online = false;
        self.disconnect_at = None;
        self.acks = Vec::new();
        self.ack_at = None;
    }

    /// Whether a connection is there.
    pub fn is_online(&self) -> bool {
        self.online
    }

    /// The next thing to do.
    pub fn poll_event(&mut self) -> Option<Event> {
        let event = self.events.pop_front();
        if event.is_none() {
            self.events = VecDeque::new();
        }
        event
    }

    /// The request that [`poll_event`](Self::poll_event) gives next, if it is one: an owner that has enough to do
    /// leaves it there, and reads nothing more from the client.
    pub fn next_request(&self) -> Option<&Bytes> {
        match self.events.front()? {
            Event::Request { body, .. } => Some(body),
            _ => None,
        }
    }

    /// The outcome of a request: the result object or `rpc_error`, without `rpc_result` around
    /// it, a multiple of four bytes. Ignored if the client dropped the answer or has one.
    pub fn answer(&mut self, msg_id: MsgId, body: Bytes) {
        debug_assert_eq!(body.len() % 4, 0, "TL objects are whole words");
        match self.inbox.fate(msg_id) {
            // Long under way: its id has left the memory, the client still waits.
            Some(Fate::Running) | None => {}
            Some(_) => return,
        }
        let failed = body.starts_with(&RPC_ERROR.to_le_bytes());
        self.inbox.set_fate(msg_id, Fate::Answered);
        self.outbox.add(Kind::Answer(msg_id), body);
        self.release(msg_id, failed);
    }

    /// Queues an update: a serialized `Updates`. If too much is queued, `too_long` stands in for
    /// all of it. The owner asks [`wants_updates`](Self::wants_updates) first.
    pub fn push(&mut self, body: Bytes) {
        debug_assert_eq!(body.len() % 4, 0, "TL objects are whole words");
        let Config { limits, too_long } = &*self.config;
        self.outbox.add_push(body, too_long, limits);
    }

    /// Whether the client is to be sent updates: it is unless it began with
    /// `invokeWithoutUpdates`.
    pub fn wants_updates(&self) -> bool {
        self.updates.unwrap_or(true)
    }

    /// Whether a request is over, so that what waits for it (`invokeAfterMsg`) may run. Requests
    /// that were never heard of count as over. Sessions hold such requests back by themselves.
    pub fn finished(&self, msg_id: MsgId) -> bool {
        self.inbox.finished(msg_id)
    }

    /// Whether so much is queued that nothing more should be read from the client.
    pub fn is_congested(&self) -> bool {
        self.outbox.queued_bytes() > CONGESTED
    }

    /// Bytes queued for the client.
    pub fn queued_bytes(&self) -> usize {
        self.outbox.queued_bytes()
    }

    /// When the client wants to be disconnected (`ping_delay_disconnect`): close the connection
    /// then, unless the moment has moved.
    pub fn disconnect_at(&self) -> Option<Time> {
        self.disconnect_at
    }

    /// When [`handle_timeout`](Self::handle_timeout) is due; ask again after any other call.
    pub fn poll_timeout(&self) -> Option<Time> {
        match (self.ack_at, self.tick_at) {
            (Some(ack), Some(tick)) => Some(ack.min(tick)),
            (ack, tick) => ack.or(tick),
        }
    }

    /// Does what is due; afterwards there may be something to transmit.
    pub fn handle_timeout(&mut self, now: Time) {
        if self.tick_at.is_some_and(|at| at <= now) {
            self.tick_at = None;
            let lost = self.outbox.tick(now, self.online, &self.config.limits);
            self.evicted(&lost);
            self.expire_held(now);
            self.inbox.prune(now);
            self.held.shrink_to_fit();
            if !(self.inbox.is_empty() && self.outbox.is_idle()) {
                self.wake(now);
            }
        }
    }

    fn evicted(&mut self, lost: &outbox::Lost) {
        for request in &lost.answers {
            self.inbox.set_fate(*request, Fate::Evicted);
        }
    }

    fn wake(&mut self, now: Time) {
        self.tick_at.get_or_insert(now + TICK);
    }
}
