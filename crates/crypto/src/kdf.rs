//! Key and IV derivations. Source: core.telegram.org/mtproto/auth_key, core.telegram.org/mtproto/description.

use crate::{
    AuthKey,
    hash::{sha1, sha256},
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
    (join(&[&a[..8], &b[8..24], &a[24..]]), join(&[&b[..8], &a[8..24], &b[24..]]))
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
