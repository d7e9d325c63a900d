//! One message around its body: plain, and encrypted by MTProto 2.0 in both directions.
//! Source: core.telegram.org/mtproto/description.

use bytes::Bytes;
use crypto::{AuthKey, hash, message};
use rand::RngCore;

pub mod alone;
mod batch;

pub use batch::Batch;
pub use crypto::message::Side;

use crate::{AuthKeyId, Error, MsgId, SessionId};

/// Salt, session, message id, sequence number and length, encrypted in front of the body.
const INNER: usize = 32;

/// Key id (zero), message id and length of a plain message.
const PLAIN: usize = 20;

/// Least and most bytes of padding.
const PADDING: std::ops::RangeInclusive<usize> = 12..=1024;

/// Longest body of a plain message: the longest of the key exchange has about 600 bytes.
const MAX_PLAIN: usize = 4096;

/// What a packet is, by its first bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// A plain message: [`open_plain`].
    Plain,
    /// Encrypted under this key: [`open`].
    Encrypted(AuthKeyId),
    /// A transport error such as -404 (servers send these, nobody else).
    TransportError(i32),
}

/// Looks at the first bytes of a packet.
pub fn classify(packet: &[u8]) -> Result<Class, Error> {
    let Some(id) = packet.first_chunk() else {
        return match packet.first_chunk() {
            // Whatever padding the transport added stands behind it.
            Some(code) => Ok(Class::TransportError(i32::from_le_bytes(*code))),
            None => Err(Error::ShortMessage { got: packet.len() }),
        };
    };
    match u64::from_le_bytes(*id) {
        0 => Ok(Class::Plain),
        id => Ok(Class::Encrypted(AuthKeyId(id))),
    }
}

/// What stands encrypted around a body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Header {
    /// The server salt.
    pub salt: i64,
    /// The session.
    pub session: SessionId,
    /// The message.
    pub msg_id: MsgId,
    /// Twice the number of content-related messages before, plus one if this is one.
    pub seqno: i32,
}

/// A message and its body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Envelope {
    /// What stood around it.
    pub header: Header,
    /// The body: a TL object, a multiple of four bytes.
    pub body: Bytes,
}

/// An encrypted packet, opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opened {
    /// The message.
    pub envelope: Envelope,
    /// What the receiver answers if a quick ack is asked for, the highest bit set.
    pub quick_ack: u32,
}

/// Opens an encrypted packet of `sender`. Bytes behind its last whole block are ignored: they are
/// padding of the transport.
pub fn open(key: &AuthKey, sender: Side, packet: &[u8]) -> Result<Opened, Error> {
    let plain = decrypt(key, sender, packet)?;
    let quick_ack = quick_ack_token(key, sender, &plain);
    let envelope = parse(Bytes::from(plain))?;
    Ok(Opened { envelope, quick_ack })
}

/// As [`open`], for packets that ask for no quick ack: the token costs a hash of the message.
pub fn open_without_token(key: &AuthKey, sender: Side, packet: &[u8]) -> Result<Envelope, Error> {
    parse(Bytes::from(decrypt(key, sender, packet)?))
}

fn decrypt(key: &AuthKey, sender: Side, packet: &[u8]) -> Result<Vec<u8>, Error> {
    let packet = &packet[..whole_blocks(packet)?];
    message::open(key, sender, packet).map_err(|_| Error::Decrypt)
}

/// The length of a packet without what stands behind its last whole block.
fn whole_blocks(packet: &[u8]) -> Result<usize, Error> {
    let short = Error::ShortMessage { got: packet.len() };
    let blocks = packet.len().checked_sub(message::HEAD).ok_or(short)? / 16;
    // One whole block of padding lies within the bounds, so less than this is never a message.
    if blocks * 16 < INNER + *PADDING.start() { Err(short) } else { Ok(message::HEAD + blocks * 16) }
}

fn parse(plain: Bytes) -> Result<Envelope, Error> {
    let word = |at: usize| plain[at..at + 8].try_into().map(i64::from_le_bytes).expect("eight bytes");
    let half = |at: usize| plain[at..at + 4].try_into().map(u32::from_le_bytes).expect("four bytes");
    let header =
        Header { salt: word(0), session: SessionId(word(8)), msg_id: MsgId(word(16)), seqno: half(24).cast_signed() };
    let got = half(28);
    let room = plain.len() - INNER;
    let len = usize::try_from(got).ok().filter(|len| *len <= room && len % 4 == 0);
    let len = len.ok_or(Error::InnerLength { got, room })?;
    if !PADDING.contains(&(room - len)) {
        return Err(Error::Padding { got: room - len });
    }
    Ok(Envelope { header, body: plain.slice(INNER..INNER + len) })
}

/// Appends the encrypted packet to `out`. `body` is a multiple of four bytes; `rng` draws the
/// padding, the least that fills a block.
pub fn seal(key: &AuthKey, sender: Side, header: &Header, body: &[u8], rng: &mut impl RngCore, out: &mut Vec<u8>) {
    let mut plain = inner(header, body, rng);
    message::seal(key, sender, &mut plain, out);
}

/// As [`seal`], giving the token of the quick ack that may come back.
pub fn seal_with_token(
    key: &AuthKey,
    sender: Side,
    header: &Header,
    body: &[u8],
    rng: &mut impl RngCore,
    out: &mut Vec<u8>,
) -> u32 {
    let mut plain = inner(header, body, rng);
    let token = quick_ack_token(key, sender, &plain);
    message::seal(key, sender, &mut plain, out);
    token
}

fn inner(header: &Header, body: &[u8], rng: &mut impl RngCore) -> Vec<u8> {
    debug_assert_eq!(body.len() % 4, 0);
    let padded = padded(body.len());
    let mut plain = Vec::with_capacity(padded);
    plain.extend_from_slice(&head(header, body.len()));
    plain.extend_from_slice(body);
    let from = plain.len();
    plain.resize(padded, 0);
    rng.fill_bytes(&mut plain[from..]);
    plain
}

/// What stands in front of a body of `len` bytes.
fn head(header: &Header, len: usize) -> [u8; INNER] {
    let len = u32::try_from(len).expect("bodies are far below 4 GiB");
    let mut head = [0; INNER];
    head[..8].copy_from_slice(&header.salt.to_le_bytes());
    head[8..16].copy_from_slice(&header.session.0.to_le_bytes());
    head[16..24].copy_from_slice(&header.msg_id.0.to_le_bytes());
    head[24..28].copy_from_slice(&header.seqno.to_le_bytes());
    head[28..].copy_from_slice(&len.to_le_bytes());
    head
}

/// Encrypts packets together, each room for key id and message key and then the inner data, under its own key; `pause`
/// is called between pieces of long ones.
fn seal_packets<'a>(sender: Side, packets: impl Iterator<Item = (&'a AuthKey, &'a mut [u8])>, pause: &dyn Fn()) {
    let count = packets.size_hint().0;
    let (mut heads, mut lanes) = (Vec::with_capacity(count), Vec::with_capacity(count));
    for (key, packet) in packets {
        let (head, plain) = packet.split_at_mut(message::HEAD);
        heads.push((plain.len(), head));
        lanes.push(message::Lane { key, plain, message_key: [0; 16] });
    }
    // Equal lengths side by side go together; both sorts leave equals as they are.
    lanes.sort_by_key(|it| it.plain.len());
    heads.sort_by_key(|it| it.0);
    message::seal_batch_and_pause(sender, &mut lanes, pause);
    for ((_, head), lane) in heads.into_iter().zip(lanes) {
        head[..8].copy_from_slice(&lane.key.id().to_le_bytes());
        head[8..].copy_from_slice(&lane.message_key);
    }
}

/// Length of the inner data around a body of `len` bytes, with the least padding that fills a block.
fn padded(len: usize) -> usize {
    (INNER + len + *PADDING.start()).next_multiple_of(16)
}

/// The first bytes of the large message key. Source: core.telegram.org/mtproto/mtproto-transports,
/// "Quick ack".
fn quick_ack_token(key: &AuthKey, sender: Side, plain: &[u8]) -> u32 {
    let from = match sender {
        Side::Client => 88,
        Side::Server => 96,
    };
    let large = hash::sha256(&[&key.as_bytes()[from..from + 32], plain]);
    u32::from_le_bytes([large[0], large[1], large[2], large[3]]) | 1 << 31
}

/// A plain message, as the key exchange uses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plain {
    /// The message.
    pub msg_id: MsgId,
    /// The body: a TL object.
    pub body: Bytes,
}

/// Opens a plain message. TDLib sends up to 15 random bytes after it, which are ignored.
pub fn open_plain(packet: &Bytes) -> Result<Plain, Error> {
    let short = Error::ShortMessage { got: packet.len() };
    let head: &[u8; PLAIN] = packet.first_chunk().ok_or(short)?;
    let msg_id = head[8..16].try_into().map(i64::from_le_bytes).expect("eight bytes");
    let got = u32::from_le_bytes([head[16], head[17], head[18], head[19]]);
    let room = packet.len() - PLAIN;
    let len = usize::try_from(got).ok().filter(|len| *len <= room.min(MAX_PLAIN));
    let len = len.ok_or(Error::InnerLength { got, room })?;
    Ok(Plain { msg_id: MsgId(msg_id), body: packet.slice(PLAIN..PLAIN + len) })
}

/// Appends a plain message to `out`.
pub fn put_plain(msg_id: MsgId, body: &[u8], out: &mut Vec<u8>) {
    let len = u32::try_from(body.len()).expect("plain messages are short");
    out.extend_from_slice(&0_u64.to_le_bytes());
    out.extend_from_slice(&msg_id.0.to_le_bytes());
    out.extend_from_slice(&len.to_le_bytes());
    out.extend_from_slice(body);
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::SeedableRng;
    use rand_chacha::ChaCha8Rng;

    const HEADER: Header = Header { salt: -5, session: SessionId(77), msg_id: MsgId(0x6500_0000_0000_0004), seqno: 3 };

    fn key() -> AuthKey {
        AuthKey::new(std::array::from_fn(|i| (i * 7 % 251) as u8))
    }

    fn sealed(body: &[u8]) -> Vec<u8> {
        let mut out = Vec::new();
        let mut rng = ChaCha8Rng::seed_from_u64(1);
        seal(&key(), Side::Client, &HEADER, body, &mut rng, &mut out);
        out
    }

    #[test]
    fn a_message_of_any_length_opens_with_any_tail() {
        for words in 0..64 {
            let body: Vec<u8> = (0..words * 4).collect();
            for tail in 0..16 {
                let mut packet = sealed(&body);
                packet.extend(vec![0x55; tail]);
                let opened = open(&key(), Side::Client, &packet).unwrap();
                assert_eq!(opened.envelope.header, HEADER);
                assert_eq!(opened.envelope.body, body);
                let id = AuthKeyId(key().id());
                assert_eq!(classify(&packet), Ok(Class::Encrypted(id)));
            }
        }
    }

    #[test]
    fn both_sides_compute_one_quick_ack() {
        let mut out = Vec::new();
        let mut rng = ChaCha8Rng::seed_from_u64(2);
        let token = seal_with_token(&key(), Side::Client, &HEADER, &[1; 8], &mut rng, &mut out);
        let opened = open(&key(), Side::Client, &out).unwrap();
        assert_eq!(opened.quick_ack, token);
        assert!(token >> 31 == 1);
    }

    #[test]
    fn a_changed_packet_does_not_open() {
        let packet = sealed(&[9; 40]);
        for at in 8..packet.len() {
            let mut changed = packet.clone();
            changed[at] ^= 0x10;
            assert_eq!(open(&key(), Side::Client, &changed), Err(Error::Decrypt));
        }
        for len in 0..packet.len() {
            assert!(open(&key(), Side::Client, &packet[..len]).is_err(), "{len}");
        }
    }

    /// Encrypts what [`seal`] never makes.
    fn with_inner(len: u32, room: usize) -> Result<Opened, Error> {
        let mut plain = vec![0; INNER + room];
        plain[28..32].copy_from_slice(&len.to_le_bytes());
        let mut out = Vec::new();
        message::seal(&key(), Side::Client, &mut plain, &mut out);
        open(&key(), Side::Client, &out)
    }

    #[test]
    fn lengths_and_padding_out_of_bounds_are_refused() {
        assert!(with_inner(4, 16).is_ok());
        assert!(with_inner(16, 1040).is_ok());
        assert_eq!(with_inner(8, 16), Err(Error::Padding { got: 8 }));
        assert_eq!(with_inner(16, 1056), Err(Error::Padding { got: 1040 }));
        for got in [3, 20, 0x8000_0000, u32::MAX] {
            assert_eq!(with_inner(got, 16), Err(Error::InnerLength { got, room: 16 }));
        }
    }

    #[test]
    fn plain_messages_open_with_a_tail_and_within_bounds() {
        let mut packet = Vec::new();
        put_plain(MsgId(12), &[1, 2, 3, 4], &mut packet);
        assert_eq!(classify(&packet), Ok(Class::Plain));
        packet.extend([0xaa; 15]);
        let plain = open_plain(&Bytes::from(packet.clone())).unwrap();
        assert_eq!((plain.msg_id, &plain.body[..]), (MsgId(12), &[1, 2, 3, 4][..]));
        packet[16] = 200;
        assert_eq!(open_plain(&Bytes::from(packet.clone())), Err(Error::InnerLength { got: 200, room: 19 }));
        assert!(open_plain(&Bytes::from(packet).slice(..19)).is_err());
    }

    #[test]
    fn four_bytes_are_a_transport_error() {
        let code = crate::transport::UNKNOWN_KEY;
        assert_eq!(classify(&code.to_le_bytes()), Ok(Class::TransportError(code)));
        assert!(classify(&[1, 2]).is_err());
    }
}
