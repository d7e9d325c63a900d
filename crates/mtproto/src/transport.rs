//! Transports: from a stream of bytes to packets and back. What is in a packet is none of its
//! business. Source: core.telegram.org/mtproto/mtproto-transports.

mod detect;
mod frame;
mod obfuscation;
#[cfg(test)]
mod tests;

use bytes::{Bytes, BytesMut};
use rand::RngCore;

use crate::Error;
pub use detect::{Detection, detect};
use obfuscation::Obfuscation;
pub use obfuscation::{MAX_SECRETS, Secret};

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
#[derive(Clone, Debug, PartialEq, Eq)]
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

/// Which end of the connection a [`Framing`] serves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Role {
    Server,
    Client,
}

/// The transport of one connection. Holds no buffer while no packet is half received.
pub struct Framing {
    kind: Kind,
    role: Role,
    obfuscation: Option<Box<Obfuscation>>,
    inbox: BytesMut,
    /// Packets of the full transport received and sent.
    received: u32,
    sent: u32,
}

impl Framing {
    fn new(kind: Kind, role: Role, obfuscation: Option<Box<Obfuscation>>) -> Self {
        Self { kind, role, obfuscation, inbox: BytesMut::new(), received: 0, sent: 0 }
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
        let framing = Self::new(kind, Role::Client, Some(Box::new(obfuscation)));
        Some((framing, Bytes::copy_from_slice(&header)))
    }

    /// How packets are told apart.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// The data centre named in the obfuscation header: `N`, `-N` for media, `10000 + N` for
    /// test, and random junk from clients that leave the field random.
    pub fn dc(&self) -> Option<i16> {
        self.obfuscation.as_ref().map(|it| it.dc)
    }

    /// Which of the secrets given to [`detect`] opened the connection.
    pub fn secret(&self) -> Option<usize> {
        self.obfuscation.as_ref().and_then(|it| it.secret)
    }

    /// Takes bytes as they were read.
    pub fn push(&mut self, read: &[u8]) {
        let from = self.inbox.len();
        self.inbox.extend_from_slice(read);
        if let Some(it) = &mut self.obfuscation {
            it.incoming.apply(&mut self.inbox[from..]);
        }
    }

    /// Bytes received of a packet that is not yet whole.
    pub fn buffered(&self) -> usize {
        self.inbox.len()
    }

    /// The next whole packet; `None` until more bytes are pushed. After an error the connection
    /// is of no more use.
    pub fn poll_packet(&mut self) -> Result<Option<Packet>, Error> {
        match self.poll_received()? {
            Some(Received::Packet(packet)) => Ok(Some(packet)),
            // A server is sent no quick acks; `poll_received` yields them to clients only.
            Some(Received::QuickAck(_)) => Err(Error::PacketLength { got: 0 }),
            None => Ok(None),
        }
    }

    /// As [`poll_packet`](Self::poll_packet), with the quick acks that a client asked for.
    pub fn poll_received(&mut self) -> Result<Option<Received>, Error> {
        let got = frame::take(self.kind, self.role, &mut self.inbox, &mut self.received)?;
        if self.inbox.is_empty() {
            self.inbox = BytesMut::new();
        }
        Ok(got)
    }

    /// Appends a packet to `out`. `payload` is a multiple of four bytes; `rng` draws the padding
    /// of [`Kind::Padded`].
    pub fn frame(&mut self, payload: &[u8], rng: &mut impl RngCore, out: &mut Vec<u8>) {
        let from = out.len();
        frame::put(self.kind, payload, false, &mut self.sent, rng, out);
        self.obfuscate(&mut out[from..]);
    }

    /// As [`frame`](Self::frame), asking for a quick ack (client role). [`Kind::Full`] knows none.
    pub fn frame_with_quick_ack(&mut self, payload: &[u8], rng: &mut impl RngCore, out: &mut Vec<u8>) {
        let from = out.len();
        frame::put(self.kind, payload, true, &mut self.sent, rng, out);
        self.obfuscate(&mut out[from..]);
    }

    /// Appends a transport error such as [`UNKNOWN_KEY`] to `out`.
    pub fn error(&mut self, code: i32, rng: &mut impl RngCore, out: &mut Vec<u8>) {
        // Padding would hide that the packet is four bytes long.
        let kind = match self.kind {
            Kind::Padded => Kind::Intermediate,
            other => other,
        };
        let from = out.len();
        frame::put(kind, &code.to_le_bytes(), false, &mut self.sent, rng, out);
        self.obfuscate(&mut out[from..]);
    }

    /// Appends the answer to a packet that asked for a quick ack to `out`.
    pub fn quick_ack(&mut self, token: u32, out: &mut Vec<u8>) {
        let token = token | 1 << 31;
        let from = out.len();
        match self.kind {
            // Its first byte must show the bit.
            Kind::Abridged => out.extend_from_slice(&token.to_be_bytes()),
            Kind::Intermediate | Kind::Padded => out.extend_from_slice(&token.to_le_bytes()),
            Kind::Full => {}
        }
        self.obfuscate(&mut out[from..]);
    }

    fn obfuscate(&mut self, bytes: &mut [u8]) {
        if let Some(it) = &mut self.obfuscation {
            it.outgoing.apply(bytes);
        }
    }
}
