//! Long messages, each in a buffer of its own: encrypted, framed and written where they stand, or opened there.

use bytes::{Bytes, BytesMut};
use crypto::{
    AuthKey,
    message::{HEAD, Sealed, Side, open_batch_and_pause},
};
use rand::RngCore;

use super::{Envelope, Header, head, padded, parse, quick_ack_token, seal_packets, whole_blocks};
use crate::{
    Error,
    transport::{FRAME_ROOM, Outgoing, Packet},
};

/// A message that is plain until [`seal`], and then the packet that [`seal`](super::seal) makes.
pub struct Alone {
    /// Room for the front of a frame, room for key id and message key, then the inner data.
    bytes: Vec<u8>,
}

impl Alone {
    /// Copies a body, given in parts that are a multiple of four bytes together. `rng` draws the padding.
    pub fn new(header: &Header, parts: &[&[u8]], rng: &mut impl RngCore) -> Self {
        let length = parts.iter().map(|it| it.len()).sum();
        debug_assert_eq!(length % 4, 0);
        let packet = HEAD + padded(length);
        let mut bytes = Vec::with_capacity(FRAME_ROOM + packet + FRAME_ROOM);
        bytes.resize(FRAME_ROOM + HEAD, 0);
        bytes.extend_from_slice(&head(header, length));
        parts.iter().for_each(|it| bytes.extend_from_slice(it));
        let padding = bytes.len();
        bytes.resize(FRAME_ROOM + packet, 0);
        rng.fill_bytes(&mut bytes[padding..]);
        Self { bytes }
    }

    /// The packet, once it is sealed, in the frame of that connection: all that is to be written. What a connection
    /// frames first it must be sent first.
    pub fn framed(mut self, framing: &mut Outgoing, rng: &mut impl RngCore) -> Bytes {
        let start = framing.frame_in_place(&mut self.bytes, rng);
        Bytes::from(self.bytes).slice(start..)
    }
}

/// Encrypts messages together, each under its own key. Every few dozen microseconds it calls `pause`.
pub fn seal<'k>(sender: Side, messages: impl Iterator<Item = (&'k AuthKey, &'k mut Alone)>, pause: &dyn Fn()) {
    seal_packets(sender, messages.map(|(key, it)| (key, &mut it.bytes[FRAME_ROOM..])), pause);
}

/// A message, and the token of the quick ack where its packet asks for one.
pub type Opened = Result<(Envelope, Option<u32>), Error>;

/// Opens packets together, each as [`open`](super::open) does; the answers stand in their order. A packet whose bytes
/// nobody else has is opened in its place. Every few dozen microseconds it calls `pause`.
pub fn open<'k>(sender: Side, packets: impl Iterator<Item = (&'k AuthKey, Packet)>, pause: &dyn Fn()) -> Vec<Opened> {
    let mut all: Vec<(&AuthKey, BytesMut, bool, Result<(), Error>)> = packets
        .map(|(key, Packet { mut payload, quick_ack })| {
            let end = whole_blocks(&payload);
            payload.truncate(end.as_ref().copied().unwrap_or_default());
            let bytes = payload.try_into_mut().unwrap_or_else(|shared| BytesMut::from(&shared[..]));
            (key, bytes, quick_ack, end.map(drop))
        })
        .collect();
    let mut batch: Vec<_> = all
        .iter_mut()
        .filter(|(.., whole)| whole.is_ok())
        .map(|(key, bytes, _, opened)| (Sealed::new(key, &mut bytes[..]), opened))
        .collect();
    batch.sort_by_key(|(it, _)| it.packet.len());
    let (mut sealed, opened): (Vec<_>, Vec<_>) = batch.into_iter().unzip();
    open_batch_and_pause(sender, &mut sealed, pause);
    for (it, opened) in sealed.into_iter().zip(opened) {
        *opened = it.opened.map_err(|_| Error::Decrypt);
    }
    all.into_iter()
        .map(|(key, bytes, quick_ack, opened)| {
            opened?;
            let plain = bytes.freeze().slice(HEAD..);
            let token = quick_ack.then(|| quick_ack_token(key, sender, &plain));
            Ok((parse(plain)?, token))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;
    use rand_chacha::ChaCha8Rng;

    use super::*;
    use crate::{
        MsgId, SessionId,
        envelope::{Envelope, open as open_one, seal as seal_one},
        transport::{Framing, Kind},
    };

    fn header(of: u8) -> Header {
        Header { salt: 5, session: SessionId(of.into()), msg_id: MsgId(i64::from(of) << 32 | 1), seqno: of.into() }
    }

    #[test]
    fn long_messages_of_many_lengths_open_with_their_own_keys() {
        let lengths = [65_536_usize, 65_536, 49_160, 524_288, 65_536, 4];
        let mut rng = ChaCha8Rng::seed_from_u64(3);
        let keys: Vec<AuthKey> = (1..=6).map(|at| AuthKey::new([at; 256])).collect();
        let bodies: Vec<Vec<u8>> = (0..).zip(lengths).map(|(at, length)| vec![at; length]).collect();
        let parts = |at: u8| bodies[usize::from(at)].split_at(3);
        let mut all: Vec<Alone> =
            (0..6).map(|at| Alone::new(&header(at), &[parts(at).0, parts(at).1], &mut rng)).collect();
        seal(Side::Server, keys.iter().zip(&mut all), &|| {});
        for (at, it) in (0..).zip(all) {
            let mut framing = Framing::client(Kind::Full).0.split().1;
            let framed = it.framed(&mut framing, &mut rng);
            let packet = &framed[8..framed.len() - 4];
            let opened = open_one(&keys[usize::from(at)], Side::Server, packet).unwrap().envelope;
            assert_eq!(opened, Envelope { header: header(at), body: bodies[usize::from(at)].clone().into() });
        }
    }

    #[test]
    fn packets_open_in_their_order_as_each_alone() {
        let mut rng = ChaCha8Rng::seed_from_u64(4);
        let keys: Vec<AuthKey> = (1..=8).map(|at| AuthKey::new([at; 256])).collect();
        let lengths = [65_536_usize, 40, 65_536, 524_288, 65_536, 40];
        let mut packets: Vec<Packet> = (0..)
            .zip(lengths)
            .map(|(at, length)| {
                let mut payload = Vec::new();
                let key = &keys[usize::from(at)];
                seal_one(key, Side::Client, &header(at), &vec![at; length], &mut rng, &mut payload);
                payload.extend(vec![0x55; usize::from(at)]);
                Packet { payload: payload.into(), quick_ack: at % 2 == 1 }
            })
            .collect();
        // One that others hold, one that was changed, and two that are none.
        let _held = packets[3].payload.clone();
        let mut changed = packets[4].payload.to_vec();
        changed[60] ^= 1;
        packets[4].payload = changed.into();
        packets.push(Packet { payload: vec![1; 60].into(), quick_ack: false });
        packets.push(Packet { payload: vec![1; 7].into(), quick_ack: true });
        let opened = open(Side::Client, keys.iter().zip(packets.iter().cloned()), &|| {});
        for (at, (opened, packet)) in opened.into_iter().zip(&packets).enumerate() {
            let expected = open_one(&keys[at], Side::Client, &packet.payload);
            let expected = expected.map(|it| (it.envelope, packet.quick_ack.then_some(it.quick_ack)));
            assert!(opened == expected, "packet {at}");
            assert_eq!(opened.is_ok(), ![4, 6, 7].contains(&at), "packet {at}");
        }
    }
}
