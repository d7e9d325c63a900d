//! All sockets that listen, in one loop.

use std::{
    net::SocketAddr,
    sync::Arc,
    time::{Duration, Instant},
};

use mio::{Events, Poll, Token};

use super::{
    ear::{Ear, Tally},
    pieces::Tongue,
    session::{Known, Session},
};
use crate::{Failure, process::moment};

/// Sockets that connect at the same time where nothing is measured: fewer than wait to be accepted at most.
const CONNECTING: usize = 100;

/// How long anything may take that has no limit of its own.
const PATIENCE: Duration = Duration::from_secs(60);

/// Events taken at once.
const EVENTS: usize = 1024;

/// Sockets that are read before others may use the core, as many as the server writes to.
const AT_A_STRETCH: usize = 32;

/// Bytes read at once.
const BUFFER: usize = 64 << 10;

/// How the intermediate transport begins.
const OPENING: [u8; 4] = [0xee; 4];

/// Sockets of one kind have numbers that begin with it.
const KIND: usize = 1 << 24;

pub(super) struct Room {
    poll: Poll,
    events: Events,
    buffer: Vec<u8>,
    /// By kind.
    ears: [Vec<Ear>; 4],
    /// Sessions without a connection.
    pub(super) away: Vec<Session>,
    /// Connections that ended before their session was answered: clients try again.
    lost: Vec<usize>,
    /// Whether they may.
    coming_back: bool,
}

/// What a socket did.
struct Stir {
    tongue: Tongue,
    at: usize,
    bytes: usize,
}

impl Room {
    pub(super) fn new() -> Result<Self, Failure> {
        let ears = std::array::from_fn(|_| Vec::new());
        let (poll, events) = (Poll::new()?, Events::with_capacity(EVENTS));
        Ok(Self { poll, events, buffer: vec![0; BUFFER], ears, away: Vec::new(), lost: Vec::new(), coming_back: false })
    }

    pub(super) fn ears(&mut self, tongue: Tongue) -> &mut Vec<Ear> {
        &mut self.ears[tongue as usize]
    }

    /// Opens so many sockets more of a protocol that is no MTProto.
    pub(super) fn open(
        &mut self,
        tongue: Tongue,
        address: SocketAddr,
        count: usize,
        small: usize,
    ) -> Result<(), Failure> {
        for from in (0..count).step_by(CONNECTING) {
            for at in from..count.min(from + CONNECTING) {
                self.connect(tongue, address, tongue.greeting(at, small), None)?;
            }
            self.until_ready(tongue)?;
        }
        Ok(())
    }

    /// Brings sessions in, each of a person, at these layers in turn.
    pub(super) fn join(&mut self, address: SocketAddr, known: &[Arc<Known>], layers: &[i32]) -> Result<(), Failure> {
        let mut layers = layers.iter().copied().cycle();
        for some in known.chunks(CONNECTING) {
            for known in some {
                let layer = layers.next().ok_or("no layer")?;
                self.enter(address, Session::new(Arc::clone(known), layer))?;
            }
            self.until_ready(Tongue::Mtproto)?;
        }
        Ok(())
    }

    /// Brings all sessions that are away back, at once; how long it took until all were answered, and how many
    /// connections were lost meanwhile and made again.
    pub(super) fn come_back(&mut self, address: SocketAddr) -> Result<(Duration, usize), Failure> {
        let (start, mut again) = (Instant::now(), 0);
        self.coming_back = true;
        for session in std::mem::take(&mut self.away) {
            self.enter(address, session)?;
        }
        loop {
            self.until_ready(Tongue::Mtproto)?;
            let lost = std::mem::take(&mut self.lost);
            if lost.is_empty() {
                self.coming_back = false;
                return Ok((start.elapsed(), again));
            }
            again += lost.len();
            for at in lost {
                self.reconnect(address, at)?;
            }
        }
    }

    /// A new connection for a session that has lost its own.
    fn reconnect(&mut self, address: SocketAddr, at: usize) -> Result<(), Failure> {
        let ear = &mut self.ears[Tongue::Mtproto as usize][at];
        let mut session = ear.session.take().ok_or("nobody is there")?;
        session.connected();
        let mut greeting = OPENING.to_vec();
        session.transmit(&mut greeting);
        let token = Token(Tongue::Mtproto as usize * KIND + at);
        let place = (self.poll.registry(), token);
        *ear = Ear::connect(address, place, Tongue::Mtproto, greeting, Some(*session))?;
        Ok(())
    }

    /// The intermediate transport, then what the session has to say.
    fn enter(&mut self, address: SocketAddr, mut session: Session) -> Result<(), Failure> {
        let mut greeting = OPENING.to_vec();
        session.transmit(&mut greeting);
        self.connect(Tongue::Mtproto, address, greeting, Some(session))
    }

    fn connect(
        &mut self,
        tongue: Tongue,
        address: SocketAddr,
        greeting: Vec<u8>,
        session: Option<Session>,
    ) -> Result<(), Failure> {
        let all = &mut self.ears[tongue as usize];
        let token = Token(tongue as usize * KIND + all.len());
        all.push(Ear::connect(address, (self.poll.registry(), token), tongue, greeting, session)?);
        Ok(())
    }

    /// Waits until all of a kind are there and answered.
    fn until_ready(&mut self, tongue: Tongue) -> Result<(), Failure> {
        let start = Instant::now();
        loop {
            // What was lost is made again by who waits for it, and is not ready before that.
            if !self.lost.is_empty() || self.ears[tongue as usize].iter().all(|it| it.ready) {
                return Ok(());
            }
            if start.elapsed() > PATIENCE {
                return Err("the server does not let everybody in".into());
            }
            // Who is ready is looked for now and then only: there are many.
            let until = Instant::now() + Duration::from_millis(5);
            while let Some(left) = until.checked_duration_since(Instant::now()) {
                for stir in self.turn(left)? {
                    let ear = &mut self.ears[stir.tongue as usize][stir.at];
                    if stir.bytes > 0 {
                        ear.open_all()?;
                        ear.speak()?;
                    }
                }
            }
        }
    }

    /// Counts what comes until each of the first `count` has heard `enough` pieces more, and then nothing has come
    /// for a while; or until the time is up.
    pub(super) fn listen(
        &mut self,
        tongue: Tongue,
        (count, enough): (usize, u64),
        quiet: Duration,
        limit: Duration,
    ) -> Result<Tally, Failure> {
        let ears = self.ears(tongue);
        ears.iter_mut().for_each(|it| it.before = it.heard);
        let missing = if enough == 0 { 0 } else { count.min(ears.len()) };
        let (mut tally, start) = (Tally { missing, ..Tally::default() }, moment());
        let (mut last, mut counts) = (start, vec![0_u64; ears.len()]);
        loop {
            let now = moment();
            if now > start + limit || tally.missing == 0 && now >= last + quiet && tally.bytes > 0 {
                return Ok(tally);
            }
            for stir in self.turn(Duration::from_millis(2))? {
                let ear = &self.ears[stir.tongue as usize][stir.at];
                if stir.tongue != tongue || stir.bytes == 0 {
                    continue;
                }
                last = moment();
                (tally.first, tally.last) = (if tally.bytes == 0 { last } else { tally.first }, last);
                tally.bytes += stir.bytes as u64;
                let (was, is) = (counts[stir.at], ear.heard - ear.before);
                counts[stir.at] = is;
                tally.pieces += is - was;
                tally.missing -= usize::from(stir.at < count && was < enough && is >= enough);
            }
        }
    }

    /// Waits for sockets, and lets them read and write.
    fn turn(&mut self, wait: Duration) -> Result<Vec<Stir>, Failure> {
        if let Err(error) = self.poll.poll(&mut self.events, Some(wait))
            && error.kind() != std::io::ErrorKind::Interrupted
        {
            return Err(error.into());
        }
        let mut stirs = Vec::with_capacity(EVENTS);
        for (nth, event) in self.events.iter().enumerate() {
            if nth % AT_A_STRETCH == AT_A_STRETCH - 1 {
                gateway::give_way();
            }
            let (kind, at) = (event.token().0 / KIND, event.token().0 % KIND);
            let Some(ear) = self.ears[kind].get_mut(at) else { continue };
            let bytes = match ear.stir(event.is_readable(), event.is_writable(), &mut self.buffer) {
                Err(_) if self.coming_back && !ear.ready => {
                    self.lost.push(at);
                    continue;
                }
                done => done?,
            };
            stirs.push(Stir { tongue: Tongue::ALL[kind], at, bytes });
        }
        Ok(stirs)
    }

    /// Ends all connections of a kind; sessions are away then.
    pub(super) fn close(&mut self, tongue: Tongue) {
        let all = std::mem::take(&mut self.ears[tongue as usize]);
        self.away.extend(all.into_iter().filter_map(Ear::close));
    }
}
