//! Lengths, numbers and checksums around packets, once any obfuscation is taken off.

use bytes::{Buf, BytesMut};
use rand::RngCore;

use super::{Kind, MAX_PACKET, Packet, Received, incoming::Role};
use crate::Error;

/// Length, number and checksum of the full transport.
const FULL_OVERHEAD: usize = 12;

/// Asks for a quick ack in lengths of four bytes, and marks one.
const QUICK_ACK: u32 = 1 << 31;

/// Most random bytes at the end of a padded packet. The protocol allows 15; Telethon 1.45 strips
/// only up to three (`reference/clients.md` 2.1.4).
const MAX_PADDING: u32 = 3;

/// A packet's place in the inbox: bytes before it, and its own.
struct Span {
    head: usize,
    len: usize,
    quick_ack: bool,
}

/// Takes the first packet off `inbox`, if it is whole.
pub(super) fn take(kind: Kind, role: Role, inbox: &mut BytesMut, number: &mut u32) -> Result<Option<Received>, Error> {
    if kind == Kind::Full {
        return take_full(inbox, number);
    }
    let Some(span) = span(kind, inbox) else {
        return Ok(None);
    };
    if span.quick_ack && role == Role::Client {
        let Some(token) = inbox.first_chunk().copied() else {
            return Ok(None);
        };
        inbox.advance(4);
        return Ok(Some(Received::QuickAck(match kind {
            Kind::Abridged => u32::from_be_bytes(token),
            Kind::Intermediate | Kind::Padded | Kind::Full => u32::from_le_bytes(token),
        })));
    }
    check_length(span.len)?;
    // No room is made ahead: a liar holds no more memory than it sends.
    if inbox.len() < span.head + span.len {
        return Ok(None);
    }
    inbox.advance(span.head);
    Ok(Some(Received::Packet(Packet { payload: inbox.split_to(span.len).freeze(), quick_ack: span.quick_ack })))
}

/// Bytes that are missing of the first packet in `inbox`, where its length is there and can be.
pub(super) fn missing(kind: Kind, inbox: &[u8]) -> usize {
    let whole = match kind {
        Kind::Full => inbox.first_chunk().map(|it| u32::from_le_bytes(*it) as usize),
        _ => span(kind, inbox).map(|it| it.head + it.len),
    };
    whole.filter(|it| *it <= MAX_PACKET + FULL_OVERHEAD).map_or(0, |it| it.saturating_sub(inbox.len()))
}

/// Reads the length of a packet; `None` while it is not there.
fn span(kind: Kind, inbox: &[u8]) -> Option<Span> {
    if kind == Kind::Abridged {
        let first = *inbox.first()?;
        let quick_ack = first & 0x80 != 0;
        return match first & 0x7f {
            0x7f => {
                let [_, a, b, c] = *inbox.first_chunk()?;
                let words = u32::from_le_bytes([a, b, c, 0]);
                Some(Span { head: 4, len: words as usize * 4, quick_ack })
            }
            words => Some(Span { head: 1, len: usize::from(words) * 4, quick_ack }),
        };
    }
    let length = u32::from_le_bytes(*inbox.first_chunk()?);
    Some(Span { head: 4, len: (length & !QUICK_ACK) as usize, quick_ack: length & QUICK_ACK != 0 })
}

fn check_length(len: usize) -> Result<(), Error> {
    // Four bytes are a transport error, which only servers send; the envelope refuses it elsewhere.
    if (4..=MAX_PACKET).contains(&len) {
        Ok(())
    } else {
        Err(Error::PacketLength { got: u32::try_from(len).unwrap_or(u32::MAX) })
    }
}

fn take_full(inbox: &mut BytesMut, due: &mut u32) -> Result<Option<Received>, Error> {
    let Some(length) = inbox.first_chunk().map(|it| u32::from_le_bytes(*it)) else {
        return Ok(None);
    };
    let whole = length as usize;
    if whole < FULL_OVERHEAD {
        return Err(Error::PacketLength { got: length });
    }
    check_length(whole - FULL_OVERHEAD)?;
    if inbox.len() < whole {
        return Ok(None);
    }
    let word = |at: usize| u32::from_le_bytes([inbox[at], inbox[at + 1], inbox[at + 2], inbox[at + 3]]);
    let (number, got) = (word(4), word(whole - 4));
    let expected = crc32fast::hash(&inbox[..whole - 4]);
    if got != expected {
        return Err(Error::Checksum { got, expected });
    }
    if number != *due {
        return Err(Error::PacketNumber { got: number, expected: *due });
    }
    *due = due.wrapping_add(1);
    inbox.advance(8);
    let payload = inbox.split_to(whole - FULL_OVERHEAD).freeze();
    inbox.advance(4);
    Ok(Some(Received::Packet(Packet { payload, quick_ack: false })))
}

/// Bytes that a frame's front has at most.
pub const ROOM: usize = 8;

/// What stands in front of a packet.
struct Front {
    bytes: [u8; ROOM],
    len: usize,
    /// Random bytes behind the packet.
    padding: usize,
}

impl Front {
    /// For a packet of `length` bytes; `number` is that of the full transport, `random` says how long the padding is.
    fn new(kind: Kind, length: usize, quick_ack: bool, number: u32, random: u32) -> Self {
        debug_assert!(length.is_multiple_of(4) || kind != Kind::Abridged);
        let length = u32::try_from(length).expect("packets are far below 4 GiB");
        let flag = if quick_ack { QUICK_ACK } else { 0 };
        let padding = if kind == Kind::Padded { random % (MAX_PADDING + 1) } else { 0 };
        let (bytes, len) = match (kind, length / 4) {
            (Kind::Abridged, words @ 0..0x7f) => (u64::from(words | u32::from(quick_ack) << 7), 1),
            (Kind::Abridged, words) => (u64::from(words << 8 | 0x7f | u32::from(quick_ack) << 7), 4),
            (Kind::Intermediate | Kind::Padded, _) => (u64::from((length + padding) | flag), 4),
            (Kind::Full, _) => (u64::from(length + FULL_OVERHEAD as u32) | u64::from(number) << 32, 8),
        };
        Self { bytes: bytes.to_le_bytes(), len, padding: padding as usize }
    }

    fn bytes(&self) -> &[u8] {
        &self.bytes[..self.len]
    }
}

/// Appends a packet to `out`.
pub(super) fn put(
    kind: Kind,
    payload: &[u8],
    quick_ack: bool,
    number: &mut u32,
    rng: &mut impl RngCore,
    out: &mut Vec<u8>,
) {
    let random = if kind == Kind::Padded { rng.next_u32() } else { 0 };
    let front = Front::new(kind, payload.len(), quick_ack, *number, random);
    let from = out.len();
    out.reserve(payload.len() + FULL_OVERHEAD);
    out.extend_from_slice(front.bytes());
    out.extend_from_slice(payload);
    end(kind, &front, from, number, random, out);
}

/// Puts the packet behind the buffer's first [`ROOM`] bytes into a frame; gives where that begins.
pub(super) fn put_around(kind: Kind, buffer: &mut Vec<u8>, number: &mut u32, rng: &mut impl RngCore) -> usize {
    let random = if kind == Kind::Padded { rng.next_u32() } else { 0 };
    let front = Front::new(kind, buffer.len() - ROOM, false, *number, random);
    let from = ROOM - front.len;
    buffer[from..ROOM].copy_from_slice(front.bytes());
    end(kind, &front, from, number, random, buffer);
    from
}

/// What stands behind a packet, whose frame begins at `from`.
fn end(kind: Kind, front: &Front, from: usize, number: &mut u32, random: u32, out: &mut Vec<u8>) {
    out.extend_from_slice(&random.to_be_bytes()[..front.padding]);
    if kind == Kind::Full {
        let checksum = crc32fast::hash(&out[from..]);
        out.extend_from_slice(&checksum.to_le_bytes());
        *number = number.wrapping_add(1);
    }
}
