//! Telling transports apart by the first bytes of a connection.

use super::obfuscation::{HEADER, Obfuscation, Secret};
use super::{Framing, Kind, Role};

/// What the first bytes of a connection are.
pub enum Detection {
    /// Not yet to be told: read more, and give all of it from the start.
    NeedMore,
    /// An HTTP request.
    Http,
    /// A TLS ClientHello.
    Tls,
    /// MTProto.
    Mtproto {
        /// The transport; push everything after `consumed` into it.
        framing: Box<Framing>,
        /// Bytes at the start that said which transport it is.
        consumed: usize,
    },
    /// Nothing of ours: close.
    Unknown,
}

/// The first bytes of HTTP requests, which no obfuscated header may begin with.
const HTTP: [[u8; 4]; 4] = [*b"GET ", *b"POST", *b"HEAD", *b"OPTI"];

/// Bytes of a TLS ClientHello that are looked at: record type, version, length, message type and
/// the high byte of its length. A random obfuscated header looks like that once in 2^38.
const TLS_HEAD: usize = 7;

/// Looks at the first bytes of a connection (at most 64 are needed). `secrets` are tried in turn,
/// the first [`MAX_SECRETS`](super::MAX_SECRETS) of them; a client without one is let in too.
pub fn detect(first: &[u8], secrets: &[Secret]) -> Detection {
    match first {
        [] => return Detection::NeedMore,
        [0xef, ..] => return plain(Kind::Abridged, 1),
        _ => {}
    }
    let Some(head) = first.first_chunk::<4>() else {
        return Detection::NeedMore;
    };
    match *head {
        [0xee, 0xee, 0xee, 0xee] => return plain(Kind::Intermediate, 4),
        [0xdd, 0xdd, 0xdd, 0xdd] => return plain(Kind::Padded, 4),
        word if HTTP.contains(&word) => return Detection::Http,
        [0x16, 3, 1..=4, _] => match is_tls(first) {
            None => return Detection::NeedMore,
            Some(true) => return Detection::Tls,
            Some(false) => {}
        },
        _ => {}
    }
    match first.get(4..8) {
        None => return Detection::NeedMore,
        // The number of the first packet of the full transport.
        Some([0, 0, 0, 0]) => return plain(Kind::Full, 0),
        Some(_) => {}
    }
    let Some(header) = first.first_chunk::<HEADER>() else {
        return Detection::NeedMore;
    };
    match Obfuscation::accept(header, secrets) {
        None => Detection::Unknown,
        Some((kind, obfuscation)) => Detection::Mtproto {
            framing: Box::new(Framing::new(kind, Role::Server, Some(obfuscation))),
            consumed: HEADER,
        },
    }
}

fn plain(kind: Kind, consumed: usize) -> Detection {
    Detection::Mtproto { framing: Box::new(Framing::new(kind, Role::Server, None)), consumed }
}

fn is_tls(first: &[u8]) -> Option<bool> {
    let head = first.first_chunk::<TLS_HEAD>()?;
    let record = u16::from_be_bytes([head[3], head[4]]);
    Some((4..=0x4000).contains(&record) && head[5] == 1 && head[6] == 0)
}

/// Whether 64 random bytes would be taken for an obfuscated header.
pub(super) fn may_be_obfuscated(header: &[u8; HEADER]) -> bool {
    let [a, b, c, d, ..] = *header;
    header[0] != 0xef
        && header[4..8] != [0; 4]
        && !HTTP.contains(&[a, b, c, d])
        && ![[0xee; 4], [0xdd; 4], [0x16, 3, 1, 2]].contains(&[a, b, c, d])
        && !(header[0] == 0x16 && is_tls(header) == Some(true))
}
