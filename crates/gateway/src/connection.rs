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
    place::Place,
    requests,
    session::{Cell, Key, Wake},
    stats::{add, sub},
};

/// Sessions that one connection may carry: a client has one, or two while it changes keys.
pub(crate) const SESSIONS_MAX: usize = 16;

/// Bytes ready to be sent from which on they are sent before anything else is done for the client.
const OUT_FULL: usize = 1 << 20;

/// Where a connection comes from and went to.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Peer {
    pub(crate) address: SocketAddr,
    pub(crate) local: SocketAddr,
    /// It speaks through TLS, which ends here.
    pub(crate) secure: bool,
}

pub(crate) struct Connection {
    pub(crate) hall: Arc<Hall>,
    pub(crate) framing: Box<Framing>,
    pub(crate) peer: Peer,
    pub(crate) wake: Arc<Wake>,
    pub(crate) sessions: Vec<Arc<Cell>>,
    pub(crate) handshakes: Option<Box<Handshakes>>,
    /// Plain messages so far.
    pub(crate) plain: u32,
    /// What goes out next; freed when written.
    pub(crate) out: Vec<u8>,
    /// When the client was last heard; of one without a session, when it came.
    heard: Time,
    /// Bytes counted in the hall's `unproven`.
    unproven: usize,
}

/// Why a connection ends.
pub(crate) enum End {
    /// Its bytes are of no use.
    Broken,
    /// After what is in `out`.
    Told,
}

/// What a session wants done next.
enum Next {
    Nothing,
    /// What is queued must leave first.
    Congested,
    Event(Event),
}

/// Serves a connection until its client goes or breaks the protocol.
pub(crate) async fn serve(
    hall: Arc<Hall>,
    mut pipe: Pipe,
    framing: Box<Framing>,
    peer: Peer,
    _place: Place,
) -> io::Result<()> {
    let mut it = Connection {
        wake: hall.wakes.open(),
        hall,
        framing,
        peer,
        sessions: Vec::new(),
        handshakes: None,
        plain: 0,
        out: Vec::new(),
        heard: clock::now(),
        unproven: 0,
    };
    let result = it.run(&mut pipe).await;
    it.leave();
    pipe.close().await;
    result
}

impl Connection {
    async fn run(&mut self, pipe: &mut Pipe) -> io::Result<()> {
        loop {
            // Bytes may have come with the greeting.
            let (more, mut end) = match self.work().await {
                Ok(more) => (more, None),
                Err(end) => (false, Some(end)),
            };
            self.collect(clock::now());
            if !self.out.is_empty() {
                add(&self.hall.counters.packets_out, 1);
                add(&self.hall.counters.bytes_out, self.out.len() as u64);
                pipe.write(std::mem::take(&mut self.out), self.hall.limits.stalled).await?;
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
            if !more {
                self.wait(pipe).await?;
            }
        }
    }

    /// Does what has come, until nothing is left or what it led to must leave first. Whether something is left.
    async fn work(&mut self) -> Result<bool, End> {
        loop {
            for at in 0..self.sessions.len() {
                let cell = Arc::clone(&self.sessions[at]);
                if self.run_events(&cell).await {
                    return Ok(true);
                }
            }
            if self.out.len() > OUT_FULL {
                return Ok(true);
            }
            let packet = self.framing.poll_packet().map_err(|error| {
                tracing::debug!(%error, "broken transport");
                End::Broken
            })?;
            let Some(packet) = packet else {
                self.count_unproven()?;
                return Ok(false);
            };
            add(&self.hall.counters.packets_in, 1);
            packets::handle(self, packet).await?;
        }
    }

    /// Waits for bytes, for something to send, or for a moment.
    async fn wait(&mut self, pipe: &mut Pipe) -> io::Result<()> {
        let due = clock::instant(self.due());
        let (framing, wake) = (&mut self.framing, &self.wake);
        let mut take = |bytes: &[u8]| framing.push(bytes);
        tokio::select! {
            read = pipe.read(&mut take) => {
                if !read? {
                    return Err(io::ErrorKind::UnexpectedEof.into());
                }
                if !self.sessions.is_empty() {
                    self.heard = clock::now();
                }
            }
            () = wake.rung() => {}
            () = tokio::time::sleep_until(due) => self.handle_due(clock::now()),
        }
        Ok(())
    }

    /// How long the client may be silent, and since when.
    fn silence_ends(&self) -> Time {
        let limits = &self.hall.limits;
        self.heard + if self.sessions.is_empty() { limits.unauthenticated } else { limits.silent }
    }

    /// The next moment at which something must be done without being woken.
    fn due(&self) -> Time {
        let of_sessions = self.sessions.iter().filter_map(|cell| {
            let state = cell.lock();
            let carried = state.is_carried_by(&self.wake);
            let times = [state.session.poll_timeout().filter(|_| carried), state.session.disconnect_at()];
            times.into_iter().flatten().min()
        });
        of_sessions.chain([self.silence_ends()]).min().unwrap_or(self.heard)
    }

    fn handle_due(&mut self, now: Time) {
        if self.silence_ends() <= now {
            self.wake.close();
        }
        for cell in &self.sessions {
            let mut state = cell.lock();
            if state.is_carried_by(&self.wake) {
                state.session.handle_timeout(now);
            }
            if state.session.disconnect_at().is_some_and(|at| at <= now) {
                self.wake.close();
            }
        }
    }

    /// What a stranger sends of a packet that is not yet whole is bounded over all strangers together: the
    /// longest packet of each would be too much.
    fn count_unproven(&mut self) -> Result<(), End> {
        let held = if self.sessions.is_empty() { self.framing.buffered() } else { 0 };
        let total = &self.hall.counters.unproven_bytes_now;
        add(total, held.saturating_sub(self.unproven) as u64);
        sub(total, self.unproven.saturating_sub(held) as u64);
        self.unproven = held;
        let all = total.load(std::sync::atomic::Ordering::Relaxed);
        if held > 0 && all > self.hall.limits.unproven_bytes as u64 { Err(End::Broken) } else { Ok(()) }
    }

    /// The session of a message, carried by this connection from now on.
    pub(crate) fn join(&mut self, key: &Arc<Key>, id: mtproto::SessionId, now: Time) -> Result<Arc<Cell>, End> {
        if let Some(cell) = self.sessions.iter().find(|cell| cell.id == id && cell.key.id == key.id) {
            let mut state = cell.lock();
            // Of a session's connections the one that spoke last carries it.
            if !state.is_carried_by(&self.wake) {
                state.wake = Some(Arc::clone(&self.wake));
                state.left = None;
                state.session.resumed();
            }
            drop(state);
            return Ok(Arc::clone(cell));
        }
        if self.sessions.len() >= SESSIONS_MAX {
            return Err(End::Broken);
        }
        let cell = self.hall.registry.session(key, id);
        let mut state = cell.lock();
        state.wake = Some(Arc::clone(&self.wake));
        state.session.connected(now);
        drop(state);
        self.sessions.push(Arc::clone(&cell));
        self.handshakes = None;
        self.heard = now;
        Ok(cell)
    }

    /// Runs what a session wants done, until so much is queued for the client that it must leave first:
    /// then `true`.
    async fn run_events(&mut self, cell: &Arc<Cell>) -> bool {
        loop {
            match self.next_event(cell) {
                Next::Nothing => return false,
                Next::Congested => return true,
                Next::Event(Event::Request { msg_id, body }) => requests::start(self, cell, msg_id, body),
                Next::Event(Event::Cancelled { .. }) => {}
                Next::Event(Event::DestroySession { session }) => {
                    let existed = self.hall.registry.destroy(cell.key.id, session);
                    cell.lock().session.session_destroyed(session, existed);
                }
                Next::Event(Event::DestroyAuthKey { .. }) => Box::pin(self.destroy_key(cell)).await,
            }
        }
    }

    fn next_event(&self, cell: &Cell) -> Next {
        let mut state = cell.lock();
        if !state.is_carried_by(&self.wake) {
            return Next::Nothing;
        }
        if state.session.is_congested() {
            return Next::Congested;
        }
        state.session.poll_event().map_or(Next::Nothing, Next::Event)
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
        let mut rng = rand::rng();
        for cell in &self.sessions {
            loop {
                let mut body = Vec::new();
                let mut state = cell.lock();
                if !state.is_carried_by(&self.wake) {
                    break;
                }
                let header = state.session.poll_transmit(now, &mut body);
                drop(state);
                let Some(header) = header else { break };
                let mut packet = Vec::with_capacity(body.len() + 128);
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
            if state.is_carried_by(&self.wake) {
                state.wake = None;
                state.left = Some(now);
                state.session.disconnected();
            }
        }
        sub(&self.hall.counters.unproven_bytes_now, self.unproven as u64);
        self.hall.wakes.forget(&self.wake);
    }
}
