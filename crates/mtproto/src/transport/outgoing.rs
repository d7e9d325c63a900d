//! The way out of a transport: lengths, numbers and the keystream around what is sent, in its order.

use crypto::ctr::Ctr;
use rand::RngCore;

use super::{Kind, frame};

/// Frames what is sent on one connection. Its output is one stream: what was framed first must be
/// written first.
pub struct Outgoing {
    kind: Kind,
    stream: Option<Box<Ctr>>,
    /// Packets of the full transport sent.
    sent: u32,
}

impl Outgoing {
    pub(super) fn new(kind: Kind, stream: Option<Box<Ctr>>) -> Self {
        Self { kind, stream, sent: 0 }
    }

    /// Appends a packet to `out`. `payload` is a multiple of four bytes; `rng` draws the padding
    /// of [`Kind::Padded`].
    pub fn frame(&mut self, payload: &[u8], rng: &mut impl RngCore, out: &mut Vec<u8>) {
        self.put(payload, false, rng, out);
    }

    pub(super) fn put(&mut self, payload: &[u8], quick_ack: bool, rng: &mut impl RngCore, out: &mut Vec<u8>) {
        let from = out.len();
        frame::put(self.kind, payload, quick_ack, &mut self.sent, rng, out);
        self.obfuscate(&mut out[from..]);
    }

    /// As [`frame`](Self::frame), for a packet that stands behind [`FRAME_ROOM`](super::FRAME_ROOM) bytes of room, into
    /// which the front of its frame is written. Gives where the frame begins; it ends with the buffer.
    pub fn frame_in_place(&mut self, buffer: &mut Vec<u8>, rng: &mut impl RngCore) -> usize {
        let start = frame::put_around(self.kind, buffer, &mut self.sent, rng);
        self.obfuscate(&mut buffer[start..]);
        start
    }

    /// Appends a transport error such as [`UNKNOWN_KEY`](super::UNKNOWN_KEY) to `out`.
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
        if let Some(stream) = &mut self.stream {
            stream.apply(bytes);
        }
    }
}
