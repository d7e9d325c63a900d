//! One MTProto connection: packets in, and out what sessions have queued, unless the flusher was there first.

use std::{cell::RefCell, future::poll_fn, io, net::SocketAddr, sync::Arc, task::Poll};

use bytes::Bytes;
use mtproto::{
    Time,
    session::Event,
    transport::{Framing, Incoming, UNKNOWN_KEY},
};

use crate::{
    clock,
    freight::Arrivals,
    gateway::Hall,
    handshake::Handshakes,
    outlet::{Held, Outlet},
    packer::{Packer, Round, Told},
    packets,
    pipe::{self, Frames, Pipe},
    place::Place,
    requests::{self, Request},
    service::KeyRecord,
    session::Cell,
    stats::{add, sub},
};

/// Sessions that one connection may carry: a client has one, or two while it changes keys.
pub(crate) const SESSIONS_MAX: usize = 16;

/// What is told outside sessions before it is sent: quick acks, which a client may ask for with each packet.
const TOLD_MAX: usize = 1024;

thread_local! {
    /// Of whichever connection packs on this thread.
    static PACKER: RefCell<Packer> = RefCell::default();
}

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
    pub(crate) incoming: Incoming,
    pub(crate) peer: Peer,
    pub(crate) outlet: Arc<Outlet>,
    /// A WebSocket, where the outlet has no socket.
    frames: Option<Box<Frames>>,
    pub(crate) sessions: Vec<Arc<Cell>>,
    pub(crate) handshakes: Option<Box<Handshakes>>,
    /// Plain messages so far.
    pub(crate) plain: u32,
    /// What goes out next, before what sessions have queued.
    pub(crate) told: Vec<Told>,
    /// Long packets that others open.
    pub(crate) arrivals: Arrivals,
    /// When the client was last heard; of one without a session, when it came.
    heard: Time,
    /// Bytes counted in the hall's `unproven`.
    unproven: usize,
    _place: Place,
}

/// Why a connection ends.
pub(crate) enum End {
    /// Its bytes are of no use.
    Broken,
    /// After what is in `told`.
    Told,
}

/// What a session wants done next.
enum Next {
    Nothing,
    /// What is queued must leave first.
    Congested,
    /// What is under way must be answered first.
    Busy,
    Request(Request),
    Event(Event),
}

/// Why a connection stops working at what has come.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Stop {
    /// Nothing is left, so more may be read.
    Idle,
    /// What is queued must leave first.
    Congested,
    /// Something under way must be done first, which rings.
    Busy,
}

impl Connection {
    pub(crate) fn new(hall: Arc<Hall>, pipe: Pipe, framing: Framing, peer: Peer, place: Place) -> Self {
        let (incoming, outgoing) = framing.split();
        let (socket, frames) = match pipe {
            Pipe::Tcp(socket) => (Some(socket), None),
            Pipe::WebSocket(frames) => (None, Some(frames)),
        };
        Self {
            outlet: hall.outlets.open(socket, outgoing),
            hall,
            incoming,
            peer,
            frames,
            sessions: Vec::new(),
            handshakes: None,
            plain: 0,
            told: Vec::new(),
            arrivals: Arrivals::default(),
            heard: clock::now(),
            unproven: 0,
            _place: place,
        }
    }

    /// Serves it until its client goes or breaks the protocol.
    pub(crate) async fn serve(&mut self) -> io::Result<()> {
        let result = self.run().await;
        self.leave();
        // A socket ends with the last who knows the outlet.
        if let Some(frames) = &mut self.frames {
            Box::pin(frames.close()).await;
        }
        result
    }

    async fn run(&mut self) -> io::Result<()> {
        loop {
            // Bytes may have come with the greeting.
            let (stop, mut end) = match self.work().await {
                Ok(stop) => (stop, None),
                Err(end) => (Stop::Idle, Some(end)),
            };
            let closing = self.outlet.is_closing();
            self.flush(stop == Stop::Congested || closing || end.is_some()).await?;
            if closing {
                end = end.or(Some(End::Told));
            }
            if let Some(end) = end {
                if matches!(end, End::Broken) {
                    add(&self.hall.counters.broken, 1);
                }
                return Ok(());
            }
            if stop != Stop::Congested {
                self.wait(stop == Stop::Idle).await?;
            }
        }
    }

    /// Sends what is queued, and waits for the client to take it. While others have the outlet, they ring when they
    /// have done: only who wants `all` to have left waits for them.
    async fn flush(&mut self, all: bool) -> io::Result<()> {
        loop {
            let held = if all { Some(self.outlet.taken().await) } else { self.outlet.take() };
            let Some(held) = held else { return Ok(()) };
            let (round, rest) = self.round(held)?;
            let stalled = self.hall.limits.stalled;
            match (round, &mut self.frames) {
                (Round::Done, _) => return Ok(()),
                (Round::More, _) => tokio::task::yield_now().await,
                (Round::Long(_), _) => {}
                (Round::Full, Some(frames)) => {
                    add(&self.hall.counters.writes, rest.len() as u64);
                    add(&self.hall.counters.bytes_out, rest.iter().map(|it| it.len() as u64).sum());
                    Box::pin(frames.write(rest, stalled)).await?;
                }
                (Round::Full, None) => {
                    let socket = self.outlet.socket().ok_or(io::ErrorKind::NotConnected)?;
                    pipe::writable(socket, stalled).await?;
                }
            }
        }
    }

    /// Packs and writes until so much is packed that it must leave first; gives what goes out in frames. Where a long
    /// message is next, others go on with it.
    fn round(&mut self, mut held: Held) -> io::Result<(Round, Vec<Bytes>)> {
        let round = PACKER.with_borrow_mut(|packer| {
            let round = packer.round(&mut held, &mut self.told, &self.sessions);
            packer.clear(&self.hall.counters);
            round
        })?;
        let rest = if self.frames.is_some() { held.take_rest() } else { Vec::new() };
        if let Round::Long(at) = round {
            self.hall.freight.send(held, Arc::clone(&self.sessions[at]), &self.hall.counters);
        }
        Ok((round, rest))
    }

    /// Does what has come, until nothing is left or what it led to must leave or be done first.
    async fn work(&mut self) -> Result<Stop, End> {
        loop {
            packets::take_arrived(self)?;
            let mut is_busy = self.arrivals.are_full();
            for at in 0..self.sessions.len() {
                let cell = Arc::clone(&self.sessions[at]);
                match self.run_events(&cell).await {
                    Stop::Idle => {}
                    Stop::Busy => is_busy = true,
                    Stop::Congested => return Ok(Stop::Congested),
                }
            }
            if self.told.len() >= TOLD_MAX {
                return Ok(Stop::Congested);
            }
            if is_busy {
                return Ok(Stop::Busy);
            }
            let packet = self.incoming.poll_packet().map_err(|error| {
                tracing::debug!(%error, "broken transport");
                End::Broken
            })?;
            let Some(packet) = packet else {
                self.count_unproven()?;
                return Ok(Stop::Idle);
            };
            add(&self.hall.counters.packets_in, 1);
            if let Some(rest) = packets::handle(self, packet)? {
                rest.await?;
            }
        }
    }

    /// Waits for something to send, for a moment, or for bytes: those only where it `reads`.
    async fn wait(&mut self, reads: bool) -> io::Result<()> {
        let due = clock::instant(self.due());
        let (incoming, sessions) = (&mut self.incoming, &self.sessions);
        let (outlet, frames) = (&self.outlet, &mut self.frames);
        let read = poll_fn(|context| match (&mut *frames, outlet.socket()) {
            (Some(frames), _) => frames.poll_read(context, &mut |bytes: &[u8]| incoming.push(bytes)),
            // A stranger holds no more memory than it sends.
            (None, Some(socket)) => pipe::poll_into(socket, context, incoming, !sessions.is_empty()),
            (None, None) => Poll::Ready(Ok(false)),
        });
        tokio::select! {
            read = read, if reads => {
                if !read? {
                    return Err(io::ErrorKind::UnexpectedEof.into());
                }
                if !self.sessions.is_empty() {
                    self.heard = clock::now();
                }
            }
            () = outlet.rung() => {}
            () = tokio::time::sleep_until(due) => self.handle_due(clock::now()),
        }
        Ok(())
    }

    /// How long the client may be silent, and since when.
    fn silence_ends(&self) -> Time {
        let limits = &self.hall.limits;
        self.heard + if self.sessions.is_empty() { limits.unauthenticated } else { limits.silent }
    }

    /// The next moment at which something must be done without being woken. What the flusher sends meanwhile
    /// is looked after when the client is next heard: it acknowledges within half a minute, and pings.
    fn due(&self) -> Time {
        let of_sessions = self.sessions.iter().filter_map(|cell| {
            let state = cell.lock();
            let carried = state.is_carried_by(&self.outlet);
            let times = [state.session.poll_timeout().filter(|_| carried), state.session.disconnect_at()];
            times.into_iter().flatten().min()
        });
        of_sessions.chain([self.silence_ends()]).min().unwrap_or(self.heard)
    }

    fn handle_due(&mut self, now: Time) {
        if self.silence_ends() <= now {
            self.outlet.close();
        }
        for cell in &self.sessions {
            let mut state = cell.lock();
            if state.is_carried_by(&self.outlet) {
                state.session.handle_timeout(now);
            }
            if state.session.disconnect_at().is_some_and(|at| at <= now) {
                self.outlet.close();
            }
        }
    }

    /// What a stranger sends of a packet that is not yet whole is bounded over all strangers together: the
    /// longest packet of each would be too much.
    fn count_unproven(&mut self) -> Result<(), End> {
        let held = if self.sessions.is_empty() { self.incoming.buffered() } else { 0 };
        let total = &self.hall.counters.unproven_bytes_now;
        add(total, held.saturating_sub(self.unproven) as u64);
        sub(total, self.unproven.saturating_sub(held) as u64);
        self.unproven = held;
        let all = total.load(std::sync::atomic::Ordering::Relaxed);
        if held > 0 && all > self.hall.limits.unproven_bytes as u64 { Err(End::Broken) } else { Ok(()) }
    }

    /// The session of a message, carried by this connection from now on.
    pub(crate) fn join(&mut self, key: &Arc<KeyRecord>, id: mtproto::SessionId, now: Time) -> Result<Arc<Cell>, End> {
        if let Some(cell) = self.sessions.iter().find(|cell| cell.id == id && cell.key.id == key.id) {
            let mut state = cell.lock();
            // Of a session's connections the one that spoke last carries it.
            if !state.is_carried_by(&self.outlet) {
                state.outlet = Some(Arc::clone(&self.outlet));
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
        state.outlet = Some(Arc::clone(&self.outlet));
        state.session.connected(now);
        drop(state);
        // Mostly it stays the only one.
        self.sessions.reserve_exact(1);
        self.sessions.push(Arc::clone(&cell));
        self.handshakes = None;
        self.heard = now;
        Ok(cell)
    }

    /// Runs what a session wants done, until so much is queued for the client or under way that it must leave or be
    /// done first.
    async fn run_events(&mut self, cell: &Arc<Cell>) -> Stop {
        loop {
            match self.next_event(cell) {
                Next::Nothing => return Stop::Idle,
                Next::Congested => return Stop::Congested,
                Next::Busy => return Stop::Busy,
                Next::Request(request) => requests::start(self, cell, request),
                // Requests came above; one that nobody waits for may end by itself.
                Next::Event(Event::Request { .. } | Event::Cancelled { .. }) => {}
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
        if !state.is_carried_by(&self.outlet) {
            return Next::Nothing;
        }
        if state.session.is_congested() {
            return Next::Congested;
        }
        match requests::next(&self.hall, &mut state) {
            Some(Poll::Ready(request)) => Next::Request(request),
            Some(Poll::Pending) => Next::Busy,
            None => state.session.poll_event().map_or(Next::Nothing, Next::Event),
        }
    }

    async fn destroy_key(&mut self, cell: &Arc<Cell>) {
        use mtproto::session::KeyDestroyed;
        let existed = self.hall.service.destroy_auth_key(cell.key.id).await;
        let outcome = if existed { KeyDestroyed::Ok } else { KeyDestroyed::None };
        cell.lock().session.key_destroyed(outcome);
        // Told before the key ends; who can't be told is gone.
        let _ = self.flush(true).await;
        self.hall.registry.close_key(cell.key.id);
    }

    /// Tells the client that its key is unknown, and ends.
    pub(crate) fn unknown_key(&mut self) -> End {
        self.told.push(Told::Error(UNKNOWN_KEY));
        End::Told
    }

    /// Leaves its sessions to whoever comes back for them.
    fn leave(&mut self) {
        let now = clock::now();
        for cell in &self.sessions {
            let mut state = cell.lock();
            if state.is_carried_by(&self.outlet) {
                state.outlet = None;
                state.left = Some(now);
                state.session.disconnected();
            }
        }
        sub(&self.hall.counters.unproven_bytes_now, self.unproven as u64);
        self.hall.outlets.forget(&self.outlet);
    }
}
