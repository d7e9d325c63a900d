//! Transports: from a stream of bytes to packets and back. What is in a packet is none of its
//! business. Source: core.telegram.org/mtproto/mtproto-transports.

mod detect;
mod frame;
mod incoming;
mod obfuscation;
mod outgoing;
#[cfg(test)]
mod tests;

use bytes::Bytes;
use rand::RngCore;

use crate::Error;
pub use detect::{Detection, detect};
pub use frame::ROOM as FRAME_ROOM;
pub use incoming::Incoming;
use incoming::Role;
use obfuscation::Obfuscation;
pub use obfuscation::{MAX_SECRETS, Secret};
pub use outgoing::Outgoing;

/// Longest packet in bytes. A client packs up to 1 MiB of messages into one container; envelope,
/// padding and the padding of the transport come on top.
pub const MAX_PACKET: usize = (1 << 20) + (64 << 10);

/// Transport error: the key is not known; the client makes a new one.
pub const UNKNOWN_KEY: i32 = -404;

/// Transport error: too many connections or handshakes; the client backs off.
pub const FLOOD: i32 = -429;

/// How packets are told apart in the stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// One or four bytes of length, counted in words of four bytes.
    Abridged,
    /// Four bytes of length.
    Intermediate,
    /// Intermediate, and random bytes at the end of every packet.
    Padded,
    /// Length, number and checksum around every packet.
    Full,
}

impl Kind {
    /// Every kind, for tests and tools.
    pub const ALL: [Self; 4] = [Self::Abridged, Self::Intermediate, Self::Padded, Self::Full];
}

/// One packet from the stream.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Packet {
    /// The bytes, with whatever padding the sender added.
    pub payload: Bytes,
    /// The sender asks for a quick ack: answer with [`Framing::quick_ack`] once the message has
    /// been decrypted.
    pub quick_ack: bool,
}

/// Something from the server that is no packet (client role).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Received {
    /// A packet.
    Packet(Packet),
    /// A quick ack with its token, as in [`crate::envelope::Opened::quick_ack`].
    QuickAck(u32),
}

/// The transport of one connection. Holds no buffer while no packet is half received.
pub struct Framing {
    incoming: Incoming,
    outgoing: Outgoing,
}

impl Framing {
    fn new(kind: Kind, role: Role, obfuscation: Option<Obfuscation>) -> Self {
        let told = obfuscation.as_ref().map(|it| (it.dc, it.secret));
        let (incoming, outgoing) = obfuscation.map(|it| (Box::new(it.incoming), Box::new(it.outgoing))).unzip();
        let (dc, secret) = (told.map(|it| it.0), told.and_then(|it| it.1));
        Self { incoming: Incoming::new(kind, role, incoming, dc, secret), outgoing: Outgoing::new(kind, outgoing) }
    }

    /// The client's end of a plain transport; the bytes open the connection.
    pub fn client(kind: Kind) -> (Self, Bytes) {
        let opening: &'static [u8] = match kind {
            Kind::Abridged => &[0xef],
            Kind::Intermediate => &[0xee; 4],
            Kind::Padded => &[0xdd; 4],
            Kind::Full => &[],
        };
        (Self::new(kind, Role::Client, None), Bytes::from_static(opening))
    }

    /// The client's end of an obfuscated transport; the bytes open the connection.
    /// `None` for [`Kind::Full`], which has no obfuscated form.
    pub fn client_obfuscated(
        kind: Kind,
        secret: Option<&Secret>,
        dc: i16,
        rng: &mut impl RngCore,
    ) -> Option<(Self, Bytes)> {
        let (obfuscation, header) = Obfuscation::open(kind, secret, dc, rng)?;
        let framing = Self::new(kind, Role::Client, Some(obfuscation));
        Some((framing, Bytes::copy_from_slice(&header)))
    }

    /// The two ways, which know nothing of each other.
    pub fn split(self) -> (Incoming, Outgoing) {
        (self.incoming, self.outgoing)
    }

    /// As [`Incoming::kind`].
    pub fn kind(&self) -> Kind {
        self.incoming.kind()
    }

    /// As [`Incoming::dc`].
    pub fn dc(&self) -> Option<i16> {
        self.incoming.dc()
    }

    /// As [`Incoming::secret`].
    pub fn secret(&self) -> Option<u8> {
        self.incoming.secret()
    }

    /// As [`Incoming::push`].
    pub fn push(&mut self, read: &[u8]) {
        self.incoming.push(read);
    }

    /// As [`Incoming::buffered`].
    pub fn buffered(&self) -> usize {
        self.incoming.buffered()
    }

    /// As [`Incoming::poll_packet`].
    pub fn poll_packet(&mut self) -> Result<Option<Packet>, Error> {
        self.incoming.poll_packet()
    }

    /// As [`Incoming::poll_received`].
    pub fn poll_received(&mut self) -> Result<Option<Received>, Error> {
        self.incoming.poll_received()
    }

    /// As [`Outgoing::frame`].
    pub fn frame(&mut self, payload: &[u8], rng: &mut impl RngCore, out: &mut Vec<u8>) {
        self.outgoing.frame(payload, rng, out);
    }

    /// As [`frame`](Self::frame), asking for a quick ack (client role). [`Kind::Full`] knows none.
    pub fn frame_with_quick_ack(&mut self, payload: &[u8], rng: &mut impl RngCore, out: &mut Vec<u8>) {
        self.outgoing.put(payload, true, rng, out);
    }

    /// As [`Outgoing::error`].
    pub fn error(&mut self, code: i32, rng: &mut impl RngCore, out: &mut Vec<u8>) {
        self.outgoing.error(code, rng, out);
    }

    /// As [`Outgoing::quick_ack`].
    pub fn quick_ack(&mut self, token: u32, out: &mut Vec<u8>) {
        self.outgoing.quick_ack(token, out);
    }
}
