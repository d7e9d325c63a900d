//! From what sessions have queued to bytes on a connection: packed, encrypted together, framed, written.
//! Its buffers are used again by whoever packs next; a session and a connection hold none.

use std::{io, sync::Arc};

use bytes::Bytes;
use crypto::message::Side;
use mtproto::{MsgId, Time, envelope, session::Session};
use rand::rngs::ThreadRng;

use crate::{
    clock,
    outlet::{Held, Written},
    session::Cell,
    stats::{Counters, add},
};

/// Bytes packed before they are encrypted and written: what waits behind them waits a millisecond at most.
pub(crate) const ROUND_BYTES: usize = 256 << 10;

/// Memory that a packer holds on to between two rounds: a batch of common pushes.
pub(crate) const KEPT: usize = 64 << 10;

/// Packs, encrypts and writes.
#[derive(Default)]
pub(crate) struct Packer {
    packets: envelope::Batch,
    wire: Vec<u8>,
    pub(crate) tally: Tally,
}

/// What was done since the counters were last told.
#[derive(Default)]
pub(crate) struct Tally {
    encryptions: u64,
    packets: u64,
    writes: u64,
    bytes: u64,
}

/// What a connection says outside any session.
pub(crate) enum Told {
    /// The body of a plain message.
    Plain(Bytes),
    /// The answer to a packet that asked for a quick ack.
    QuickAck(u32),
    /// A transport error.
    Error(i32),
}

/// How far a connection has come with what it had to send.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Round {
    /// Nothing is left.
    Done,
    /// There may be more.
    More,
    /// A long message is next in that session of the connection's.
    Long(usize),
    /// The socket takes nothing now.
    Full,
}

impl Packer {
    /// Adds the next message of a session; whether there was one.
    pub(crate) fn add(&mut self, session: &mut Session, now: Time, rng: &mut ThreadRng) -> bool {
        self.packets.add(rng, |body| session.poll_transmit(now, body))
    }

    /// Begins a batch or a round.
    pub(crate) fn start(&mut self) {
        self.packets.clear(KEPT);
        self.wire.clear();
    }

    /// Messages added.
    pub(crate) fn len(&self) -> usize {
        self.packets.len()
    }

    /// Memory of its buffers.
    #[cfg(test)]
    pub(crate) fn held(&self) -> usize {
        self.packets.capacity() + self.wire.capacity()
    }

    pub(crate) fn is_full(&self) -> bool {
        self.packets.bytes() >= ROUND_BYTES
    }

    /// Encrypts what was added, in the order of `cells`.
    pub(crate) fn seal<'a>(&mut self, cells: impl Fn(usize) -> &'a Cell) {
        self.packets.seal(Side::Server, |at| &cells(at).key.key);
        self.tally.encryptions += self.packets.len() as u64;
    }

    /// Writes one message, once all are sealed.
    pub(crate) fn write(&mut self, at: usize, held: &mut Held, rng: &mut ThreadRng) -> io::Result<()> {
        self.wire.clear();
        held.framing().frame(self.packets.packet(at), rng, &mut self.wire);
        self.tally.packets += 1;
        held.write(&self.wire, &mut self.tally)
    }

    /// Packs and writes what a connection has to say, then what its sessions have queued, until so much is
    /// packed that it must leave first.
    pub(crate) fn round(&mut self, held: &mut Held, told: &mut Vec<Told>, cells: &[Arc<Cell>]) -> io::Result<Round> {
        match held.write_rest(&mut self.tally)? {
            Written::All => {}
            Written::Some => return Ok(Round::More),
            Written::Full => return Ok(Round::Full),
        }
        // Whoever had it before may have panicked.
        self.start();
        let (now, mut rng) = (clock::now(), rand::rng());
        for it in std::mem::take(told) {
            self.tell(it, now, held, &mut rng);
        }
        let (mut whose, mut long) = (Vec::new(), None);
        for (at, cell) in cells.iter().enumerate() {
            let mut state = cell.lock();
            if !state.is_carried_by(held.outlet()) {
                continue;
            }
            while !self.is_full() && self.add(&mut state.session, now, &mut rng) {
                whose.push(at);
            }
            long = long.or(state.session.is_long_next().then_some(at));
        }
        self.seal(|at| &cells[whose[at]]);
        for at in 0..whose.len() {
            held.framing().frame(self.packets.packet(at), &mut rng, &mut self.wire);
        }
        self.tally.packets += whose.len() as u64;
        if !self.wire.is_empty() {
            held.write(&self.wire, &mut self.tally)?;
        }
        Ok(match (held.has_rest(), self.is_full(), long) {
            (true, ..) => Round::Full,
            (false, true, _) => Round::More,
            (false, false, Some(at)) => Round::Long(at),
            (false, false, None) => Round::Done,
        })
    }

    fn tell(&mut self, told: Told, now: Time, held: &mut Held, rng: &mut ThreadRng) {
        self.tally.packets += 1;
        match told {
            Told::Plain(body) => {
                let mut packet = Vec::with_capacity(body.len() + 32);
                // A server's id: one more than a client's would be.
                envelope::put_plain(MsgId(MsgId::at(now).0 | 1), &body, &mut packet);
                held.framing().frame(&packet, rng, &mut self.wire);
            }
            Told::QuickAck(token) => held.framing().quick_ack(token, &mut self.wire),
            Told::Error(code) => held.framing().error(code, rng, &mut self.wire),
        }
    }

    /// Ends a batch or a round; holds on to little.
    pub(crate) fn clear(&mut self, counters: &Counters) {
        self.packets.clear(KEPT);
        self.wire.clear();
        self.wire.shrink_to(KEPT);
        self.tally.count(counters);
    }
}

impl Tally {
    /// So many messages were encrypted, each a packet.
    pub(crate) fn encrypted(&mut self, messages: usize) {
        self.encryptions += messages as u64;
        self.packets += messages as u64;
    }

    /// One write took so many bytes.
    pub(crate) fn wrote(&mut self, bytes: usize) {
        self.writes += 1;
        self.bytes += bytes as u64;
    }

    /// Tells the counters.
    pub(crate) fn count(&mut self, counters: &Counters) {
        let Self { encryptions, packets, writes, bytes } = std::mem::take(self);
        add(&counters.encryptions, encryptions);
        add(&counters.packets_out, packets);
        add(&counters.writes, writes);
        add(&counters.bytes_out, bytes);
    }
}
