//! Messages of many sessions on their way into packets, in one buffer that is used again and again.

use crypto::{
    AuthKey,
    message::{HEAD, Side},
};
use rand::RngCore;

use super::{Header, INNER, head, padded, seal_packets};

/// Messages that are encrypted together, each under its own key. What is added is plain until
/// [`Batch::seal`]; then each is the packet that [`seal`](super::seal) makes.
#[derive(Default)]
pub struct Batch {
    /// Packets one after the other: room for key id and message key, then the inner data.
    bytes: Vec<u8>,
    /// Where each packet ends.
    ends: Vec<usize>,
}

impl Batch {
    /// Adds a message. `write` appends its body, a multiple of four bytes, and gives its header;
    /// with `None` nothing is added. `rng` draws the padding. Whether one was added.
    pub fn add(&mut self, rng: &mut impl RngCore, write: impl FnOnce(&mut Vec<u8>) -> Option<Header>) -> bool {
        let from = self.bytes.len();
        let body = from + HEAD + INNER;
        self.bytes.resize(body, 0);
        let Some(header) = write(&mut self.bytes) else {
            self.bytes.truncate(from);
            return false;
        };
        let length = self.bytes.len() - body;
        debug_assert_eq!(length % 4, 0);
        self.bytes[from + HEAD..body].copy_from_slice(&head(&header, length));
        let padding = self.bytes.len();
        self.bytes.resize(from + HEAD + padded(length), 0);
        rng.fill_bytes(&mut self.bytes[padding..]);
        self.ends.push(self.bytes.len());
        true
    }

    /// Encrypts all of them; `key` gives that of a message by its number. Called once.
    pub fn seal<'k>(&mut self, sender: Side, key: impl Fn(usize) -> &'k AuthKey) {
        let (mut rest, mut from) = (&mut self.bytes[..], 0);
        let packets = self.ends.iter().enumerate().map(|(at, end)| {
            let (packet, behind) = std::mem::take(&mut rest).split_at_mut(end - from);
            (rest, from) = (behind, *end);
            (key(at), packet)
        });
        seal_packets(sender, packets, &|| {});
    }

    /// The packet of a message by its number, once it is sealed.
    pub fn packet(&self, at: usize) -> &[u8] {
        let from = if at == 0 { 0 } else { self.ends[at - 1] };
        &self.bytes[from..self.ends[at]]
    }

    /// Messages added.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// Bytes of all packets.
    pub fn bytes(&self) -> usize {
        self.bytes.len()
    }

    /// Bytes of memory held.
    pub fn capacity(&self) -> usize {
        self.bytes.capacity()
    }

    /// Takes everything out; at most `keep` bytes of memory are held on to.
    pub fn clear(&mut self, keep: usize) {
        self.bytes.clear();
        self.bytes.shrink_to(keep);
        self.ends.clear();
    }
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;
    use rand_chacha::ChaCha8Rng;

    use super::*;
    use crate::{
        MsgId, SessionId,
        envelope::{Envelope, open},
    };

    fn header(of: u8) -> Header {
        Header { salt: 5, session: SessionId(of.into()), msg_id: MsgId(i64::from(of) << 32 | 1), seqno: of.into() }
    }

    #[test]
    fn each_of_a_batch_opens_with_its_own_key_whatever_its_length() {
        let lengths = [40_usize, 4, 0, 40, 400, 40, 12, 400, 40];
        let keys: Vec<AuthKey> = (0..9).map(|at| AuthKey::new([at + 1; 256])).collect();
        let mut batch = Batch::default();
        let mut rng = ChaCha8Rng::seed_from_u64(3);
        // Twice: the buffer is used again.
        for _ in 0..2 {
            for (at, length) in lengths.iter().enumerate() {
                assert!(!batch.add(&mut rng, |_| None));
                assert!(batch.add(&mut rng, |body| {
                    body.resize(body.len() + length, at as u8);
                    Some(header(at as u8))
                }));
            }
            assert_eq!(batch.len(), lengths.len());
            batch.seal(Side::Server, |at| &keys[at]);
            for (at, length) in lengths.iter().enumerate() {
                let opened = open(&keys[at], Side::Server, batch.packet(at)).unwrap();
                let body = vec![at as u8; *length].into();
                assert_eq!(opened.envelope, Envelope { header: header(at as u8), body });
            }
            batch.clear(64);
            assert!(batch.is_empty() && batch.bytes() == 0 && batch.capacity() <= 64);
        }
    }
}
