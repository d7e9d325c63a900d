//! Key and IV derivations. Source: core.telegram.org/mtproto/auth_key, core.telegram.org/mtproto/description.

use crate::{
    AuthKey, LANES,
    hash::{
        lanes::{Hashes, SHORT, SHORT_BLOCK},
        sha1, sha256,
    },
};

/// An AES-256 key with IGE's double IV.
pub(crate) type KeyIv = ([u8; 32], [u8; 32]);

/// The temporary key of the exchange itself: `tmp_aes_key`, `tmp_aes_iv`.
pub fn handshake_kdf(server_nonce: &[u8; 16], new_nonce: &[u8; 32]) -> ([u8; 32], [u8; 32]) {
    let new_server = sha1(&[new_nonce, server_nonce]);
    let server_new = sha1(&[server_nonce, new_nonce]);
    let new_new = sha1(&[new_nonce, new_nonce]);
    (join(&[&new_server, &server_new[..12]]), join(&[&server_new[12..], &new_new, &new_nonce[..4]]))
}

/// MTProto 2.0. `x` is 0 from client to server, 8 back.
pub(crate) fn message_v2(key: &AuthKey, message_key: &[u8; 16], x: usize) -> KeyIv {
    let key = key.as_bytes();
    let a = sha256(&[message_key, &key[x..x + 36]]);
    let b = sha256(&[&key[40 + x..76 + x], message_key]);
    mixed(&a, &b)
}

/// The ends of one with the middle of the other, and what is left.
fn mixed(a: &[u8; 32], b: &[u8; 32]) -> KeyIv {
    let (a, b) = (quarters(a), quarters(b));
    (whole([a[0], b[1], b[2], a[3]]), whole([b[0], a[1], a[2], b[3]]))
}

fn quarters(bytes: &[u8; 32]) -> [u64; 4] {
    std::array::from_fn(|i| u64::from_ne_bytes(bytes.as_chunks().0[i]))
}

fn whole(quarters: [u64; 4]) -> [u8; 32] {
    let mut bytes = [0; 32];
    bytes.as_chunks_mut().0.iter_mut().zip(quarters).for_each(|(to, it)| *to = it.to_ne_bytes());
    bytes
}

/// As [`message_v2`] for up to [`LANES`] messages; what idle lanes get says nothing.
pub(crate) fn message_v2_lanes(
    hashes: Hashes,
    keys: &[&AuthKey],
    message_keys: &[[u8; 16]],
    x: usize,
) -> [KeyIv; LANES] {
    let (mut a, mut b) = ([SHORT_BLOCK; LANES], [SHORT_BLOCK; LANES]);
    for (((a, b), key), message_key) in a.iter_mut().zip(&mut b).zip(keys).zip(message_keys) {
        let key = key.as_bytes();
        a[..16].copy_from_slice(message_key);
        a[16..SHORT].copy_from_slice(&key[x..x + 36]);
        b[..36].copy_from_slice(&key[40 + x..76 + x]);
        b[36..SHORT].copy_from_slice(message_key);
    }
    let (a, b) = (hashes.short(&a[..keys.len()]), hashes.short(&b[..keys.len()]));
    std::array::from_fn(|lane| mixed(&a[lane], &b[lane]))
}

/// MTProto 1.0, which lives on in the proof that binds a temporary key.
pub(crate) fn message_v1(key: &AuthKey, message_key: &[u8; 16], x: usize) -> KeyIv {
    let key = key.as_bytes();
    let a = sha1(&[message_key, &key[x..x + 32]]);
    let b = sha1(&[&key[32 + x..48 + x], message_key, &key[48 + x..64 + x]]);
    let c = sha1(&[&key[64 + x..96 + x], message_key]);
    let d = sha1(&[message_key, &key[96 + x..128 + x]]);
    (join(&[&a[..8], &b[8..], &c[4..16]]), join(&[&a[8..], &b[..8], &c[16..], &d[..8]]))
}

fn join(parts: &[&[u8]]) -> [u8; 32] {
    let mut out = [0; 32];
    let mut at = 0;
    for part in parts {
        out[at..at + part.len()].copy_from_slice(part);
        at += part.len();
    }
    debug_assert_eq!(at, 32);
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hash::tests::hex;

    /// Computed with Python's hashlib from the document's formula.
    #[test]
    fn the_temporary_key_of_a_known_exchange_is_known() {
        let (key, iv) = handshake_kdf(&std::array::from_fn(|i| i as u8), &std::array::from_fn(|i| i as u8 + 16));
        assert_eq!(hex(&key), "0f0dad4726c67f71ad70aab0ea1d4e58e40d482bdf7f23b160e75b9bae5ea1e6");
        assert_eq!(hex(&iv), "2b43a5a34a260127d7aedd76a9c7bd28e204de767d265c92e36547e210111213");
    }
}
