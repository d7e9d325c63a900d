//! The obfuscated transport: 64 random-looking bytes that seed a keystream for each direction.
//! Source: core.telegram.org/mtproto/mtproto-transports, "Transport obfuscation".

use crypto::{ctr::Ctr, hash};
use rand::RngCore;
use zeroize::Zeroizing;

use super::{Kind, detect};

/// Length of the header.
pub(super) const HEADER: usize = 64;

/// Most secrets of one listener: each costs a hash and a block of keystream per new connection.
pub const MAX_SECRETS: usize = 16;

/// A secret of the built-in MTProto proxy. Clients are given it as 32 hex digits, or with `dd` in
/// front to make them pad their packets; the server accepts both forms alike.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret([u8; 16]);

impl Secret {
    /// A secret of 16 bytes.
    pub fn new(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// Reads 32 hex digits, or `dd` and 32 hex digits.
    pub fn parse(text: &str) -> Option<Self> {
        let digits = match text.len() {
            32 => text.as_bytes(),
            34 if text.as_bytes()[..2].eq_ignore_ascii_case(b"dd") => &text.as_bytes()[2..],
            _ => return None,
        };
        let digit = |it: u8| char::from(it).to_digit(16).and_then(|it| u8::try_from(it).ok());
        let mut bytes = [0; 16];
        for (byte, pair) in bytes.iter_mut().zip(digits.chunks(2)) {
            *byte = digit(pair[0])? << 4 | digit(pair[1])?;
        }
        Some(Self(bytes))
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret")
    }
}

/// Both keystreams of a connection and what its header said.
pub(super) struct Obfuscation {
    pub(super) incoming: Ctr,
    pub(super) outgoing: Ctr,
    pub(super) dc: i16,
    /// The index of the secret used.
    pub(super) secret: Option<u8>,
}

impl Obfuscation {
    /// Opens a client's header with the secrets in turn, then without one.
    pub(super) fn accept(header: &[u8; HEADER], secrets: &[Secret]) -> Option<(Kind, Self)> {
        let candidates = (0..).zip(secrets.iter().take(MAX_SECRETS));
        candidates.map(|(at, secret)| (Some(at), Some(secret))).chain([(None, None)]).find_map(|(at, secret)| {
            let mut incoming = stream(header, secret);
            let mut open = *header;
            incoming.apply(&mut open);
            let kind = kind_of([open[56], open[57], open[58], open[59]])?;
            let it = Self {
                incoming,
                outgoing: stream(&reversed(header), secret),
                dc: i16::from_le_bytes([open[60], open[61]]),
                secret: at,
            };
            Some((kind, it))
        })
    }

    /// Draws a client's header.
    pub(super) fn open(
        kind: Kind,
        secret: Option<&Secret>,
        dc: i16,
        rng: &mut impl RngCore,
    ) -> Option<(Self, [u8; HEADER])> {
        let tag = tag_of(kind)?;
        let mut header = [0; HEADER];
        loop {
            rng.fill_bytes(&mut header);
            if detect::may_be_obfuscated(&header) {
                break;
            }
        }
        header[56..60].copy_from_slice(&tag);
        header[60..62].copy_from_slice(&dc.to_le_bytes());
        let mut outgoing = stream(&header, secret);
        let mut sealed = header;
        outgoing.apply(&mut sealed);
        sealed[..56].copy_from_slice(&header[..56]);
        let it = Self { incoming: stream(&reversed(&header), secret), outgoing, dc, secret: None };
        Some((it, sealed))
    }
}

fn kind_of(tag: [u8; 4]) -> Option<Kind> {
    match tag {
        [0xef, 0xef, 0xef, 0xef] => Some(Kind::Abridged),
        [0xee, 0xee, 0xee, 0xee] => Some(Kind::Intermediate),
        [0xdd, 0xdd, 0xdd, 0xdd] => Some(Kind::Padded),
        _ => None,
    }
}

fn tag_of(kind: Kind) -> Option<[u8; 4]> {
    match kind {
        Kind::Abridged => Some([0xef; 4]),
        Kind::Intermediate => Some([0xee; 4]),
        Kind::Padded => Some([0xdd; 4]),
        Kind::Full => None,
    }
}

/// The header read backwards; only the bytes that seed a keystream matter.
fn reversed(header: &[u8; HEADER]) -> [u8; HEADER] {
    let mut reversed = *header;
    reversed[8..56].reverse();
    reversed
}

fn stream(header: &[u8; HEADER], secret: Option<&Secret>) -> Ctr {
    let mut key = Zeroizing::new([0; 32]);
    key.copy_from_slice(&header[8..40]);
    if let Some(Secret(secret)) = secret {
        *key = hash::sha256(&[&key[..], secret]);
    }
    let mut iv = [0; 16];
    iv.copy_from_slice(&header[40..56]);
    Ctr::new(&key, &iv)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_read_with_and_without_dd() {
        let plain = Secret::parse("000102030405060708090a0b0c0d0e0F");
        assert_eq!(plain, Some(Secret::new(std::array::from_fn(|i| i as u8))));
        assert_eq!(Secret::parse("DD000102030405060708090a0b0c0d0e0f"), plain);
        for wrong in ["", "dd", "ee000102030405060708090a0b0c0d0e0f", "zz0102030405060708090a0b0c0d0e0f"] {
            assert_eq!(Secret::parse(wrong), None, "{wrong}");
        }
    }
}
