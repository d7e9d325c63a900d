//! One MTProto connection: packets in, what sessions have queued out, one write a turn.

use std::{io, net::SocketAddr, sync::Arc};

use bytes::Bytes;
use crypto::message::Side;
use mtproto::{
    Time, envelope,
    session::Event,
    transport::{Framing, UNKNOWN_KEY},
};

use crate::{
    clock,
    gateway::Hall,
    handshake::Handshakes,
    packets,
    pipe::Pipe,
    requests,
    session::{Cell, Key, Wake},
    stats::add,
};

/// Sessions that one connection may carry: a client has one, or two while it changes keys.
const SESSIONS_MAX: usize = 16;

/// Where a connection comes from and went to.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Peer {
    pub(crate) address: SocketAddr,
    pub(crate) local: SocketAddr,
}

pub(crate) struct Connection {
    pub(crate) hall: Arc<Hall>,
    pub(crate) framing: Box<Framing>,
    pub(crate) peer: Peer,
    pub(crate) wake: Arc<Wake>,
    pub(crate) sessions: Vec<Arc<Cell>>,
    pub(crate) handshakes: Option<Box<Handshakes>>,
    /// What goes out next; freed when written.
    pub(crate) out: Vec<u8>,
    opened: Time,
}

/// Why a connection ends.
pub(crate) enum End {
    /// Its bytes are of no use.
    Broken,
    /// After what is in `out`.
    Told,
}

/// Serves a connection until its client goes or breaks the protocol.
pub(crate) async fn serve(hall: Arc<Hall>, mut pipe: Pipe, framing: Box<Framing>, peer: Peer) -> io::Result<()> {
    let wake = Arc::new(Wake::default());
    let (sessions, handshakes, out) = (Vec::new(), None, Vec::new());
    let opened = clock::now();
    let mut it = Connection { hall, framing, peer, wake, sessions, handshakes, out, opened };
    let result = it.run(&mut pipe).await;
    it.leave();
    pipe.close().await;
    result
}

impl Connection {
    async fn run(&mut self, pipe: &mut Pipe) -> io::Result<()> {
        // Bytes may have come with the greeting.
        let mut readable = true;
        loop {
            let mut end = if readable { self.take_packets().await.err() } else { None };
            self.run_released().await;
            self.collect(clock::now());
            if !self.out.is_empty() {
                add(&self.hall.counters.packets_out, 1);
                add(&self.hall.counters.bytes_out, self.out.len() as u64);
                pipe.write(std::mem::take(&mut self.out)).await?;
            }
            if self.wake.is_closing() {
                end = end.or(Some(End::Told));
            }
            if let Some(end) = end {
                if matches!(end, End::Broken) {
                    add(&self.hall.counters.broken, 1);
                }
                return Ok(());
            }
            readable = self.wait(pipe).await?;
        }
    }

    /// Waits for bytes, for something to send, or for a moment. Whether there are bytes.
    async fn wait(&mut self, pipe: &mut Pipe) -> io::Result<bool> {
        let due = self.due();
        let (framing, wake, hall) = (&mut self.framing, &self.wake, &self.hall);
        let mut take = |bytes: &[u8]| framing.push(bytes);
        tokio::select! {
            read = pipe.read(&mut take) => match read? {
                true => Ok(true),
                false => Err(io::ErrorKind::UnexpectedEof.into()),
            },
            () = wake.rung() => Ok(false),
            () = sleep_until(due) => {
                self.handle_due(clock::now());
                Ok(false)
            }
            () = hall.stopped() => {
                self.wake.close();
                Ok(false)
            }
        }
    }

    /// The next moment at which something must be done without being woken.
    fn due(&self) -> Option<Time> {
        let of_sessions = self.sessions.iter().flat_map(|cell| {
            let state = cell.lock();
            [state.session.poll_timeout(), state.session.disconnect_at()]
        });
        let first = self.sessions.is_empty().then(|| self.opened + self.hall.limits.unauthenticated);
        of_sessions.flatten().chain(first).min()
    }

    fn handle_due(&mut self, now: Time) {
        if self.sessions.is_empty() && now.since(self.opened) >= self.hall.limits.unauthenticated {
            self.wake.close();
        }
        for cell in &self.sessions {
            let mut state = cell.lock();
            state.session.handle_timeout(now);
            if state.session.disconnect_at().is_some_and(|at| at <= now) {
                self.wake.close();
            }
        }
    }

    async fn take_packets(&mut self) -> Result<(), End> {
        loop {
            let packet = self.framing.poll_packet().map_err(|error| {
                tracing::debug!(%error, "broken transport");
                End::Broken
            })?;
            let Some(packet) = packet else { return Ok(()) };
            add(&self.hall.counters.packets_in, 1);
            packets::handle(self, packet).await?;
        }
    }

    /// The session of a message, joined to this connection.
    pub(crate) fn join(&mut self, key: &Arc<Key>, id: mtproto::SessionId, now: Time) -> Result<Arc<Cell>, End> {
        if let Some(cell) = self.sessions.iter().find(|cell| cell.id == id && cell.key.id == key.id) {
            return Ok(Arc::clone(cell));
        }
        if self.sessions.len() >= SESSIONS_MAX {
            return Err(End::Broken);
        }
        let cell = self.hall.registry.session(key, id);
        let mut state = cell.lock();
        state.wake = Some(Arc::clone(&self.wake));
        state.left = None;
        state.session.connected(now);
        drop(state);
        self.sessions.push(Arc::clone(&cell));
        self.handshakes = None;
        Ok(cell)
    }

    /// Runs requests that waited for another (`invokeAfterMsg`), which a task answered meanwhile.
    async fn run_released(&mut self) {
        for at in 0..self.sessions.len() {
            let cell = Arc::clone(&self.sessions[at]);
            self.run_events(&cell).await;
        }
    }

    /// Runs what a session wants done.
    pub(crate) async fn run_events(&mut self, cell: &Arc<Cell>) {
        loop {
            let event = cell.lock().session.poll_event();
            match event {
                None => return,
                Some(Event::Request { msg_id, body }) => requests::start(self, cell, msg_id, body).await,
                Some(Event::Cancelled { .. }) => {}
                Some(Event::DestroySession { session }) => {
                    let existed = self.hall.registry.destroy(cell.key.id, session);
                    cell.lock().session.session_destroyed(session, existed);
                }
                Some(Event::DestroyAuthKey { .. }) => self.destroy_key(cell).await,
            }
        }
    }

    async fn destroy_key(&mut self, cell: &Arc<Cell>) {
        use mtproto::session::KeyDestroyed;
        let existed = self.hall.service.destroy_auth_key(cell.key.id).await;
        let outcome = if existed { KeyDestroyed::Ok } else { KeyDestroyed::None };
        cell.lock().session.key_destroyed(outcome);
        self.collect(clock::now());
        self.hall.registry.close_key(cell.key.id);
    }

    /// Packs and encrypts everything that sessions have queued.
    pub(crate) fn collect(&mut self, now: Time) {
        for at in 0..self.sessions.len() {
            let cell = Arc::clone(&self.sessions[at]);
            loop {
                let mut body = Vec::new();
                let header = cell.lock().session.poll_transmit(now, &mut body);
                let Some(header) = header else { break };
                let mut packet = Vec::with_capacity(body.len() + 128);
                let mut rng = rand::rng();
                envelope::seal(&cell.key.record.key, Side::Server, &header, &body, &mut rng, &mut packet);
                self.framing.frame(&packet, &mut rng, &mut self.out);
            }
        }
    }

    /// Tells the client that its key is unknown, and ends.
    pub(crate) fn unknown_key(&mut self) -> End {
        self.framing.error(UNKNOWN_KEY, &mut rand::rng(), &mut self.out);
        End::Told
    }

    /// Queues a plain message.
    pub(crate) fn send_plain(&mut self, body: &Bytes) {
        let mut packet = Vec::with_capacity(body.len() + 32);
        // A server's id: one more than a client's would be.
        let id = mtproto::MsgId(mtproto::MsgId::at(clock::now()).0 | 1);
        envelope::put_plain(id, body, &mut packet);
        self.framing.frame(&packet, &mut rand::rng(), &mut self.out);
    }

    /// Leaves its sessions to whoever comes back for them.
    fn leave(&mut self) {
        let now = clock::now();
        for cell in &self.sessions {
            let mut state = cell.lock();
            if state.wake.as_ref().is_some_and(|it| Arc::ptr_eq(it, &self.wake)) {
                state.wake = None;
                state.left = Some(now);
                state.session.disconnected();
            }
        }
    }
}

async fn sleep_until(at: Option<Time>) {
    match at {
        Some(at) => tokio::time::sleep_until(clock::instant(at)).await,
        None => std::future::pending().await,
    }
}
