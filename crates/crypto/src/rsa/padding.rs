//! The two paddings of `encrypted_data` in `req_DH_params`.
//! Source: core.telegram.org/mtproto/auth_key, "RSA_PAD"; the older one as Telethon 1.45 still sends it.

use rand::CryptoRng;
use zeroize::Zeroizing;

use super::SIZE;
use crate::{
    hash::{equal, sha1, sha256},
    ige,
};

/// Which padding a client used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Padding {
    /// RSA_PAD, which leaves random bytes after the data.
    RsaPad,
    /// The older one, which leaves the data alone.
    Sha1,
}

/// What a client encrypted to the server. It holds `new_nonce`, so it is cleared when dropped.
pub struct InnerData {
    /// The data, and after RSA_PAD its padding: 192 bytes then.
    pub data: Zeroizing<Vec<u8>>,
    /// How it came.
    pub padding: Padding,
}

/// RSA_PAD first, as nearly all clients send it.
pub(super) fn open(plain: &[u8; SIZE]) -> Option<InnerData> {
    let made = |padding| move |data| InnerData { data: Zeroizing::new(data), padding };
    open_rsa_pad(plain).map(made(Padding::RsaPad)).or_else(|| open_sha1(plain).map(made(Padding::Sha1)))
}

/// Data with its padding.
const PADDED: usize = 192;

/// Data that RSA_PAD takes.
const DATA_MAX: usize = 144;

/// Bytes before the data in the older padding: a zero and a SHA-1.
const SHA1_HEAD: usize = 21;

fn open_rsa_pad(plain: &[u8; SIZE]) -> Option<Vec<u8>> {
    let (masked, encrypted) = plain.split_first_chunk::<32>()?;
    let mask = sha256(&[encrypted]);
    let temp_key: [u8; 32] = std::array::from_fn(|i| masked[i] ^ mask[i]);
    let mut data = encrypted.to_vec();
    ige::decrypt(&temp_key, &[0; 32], &mut data);
    let hash = data.split_off(PADDED);
    data.reverse();
    equal(&sha256(&[&temp_key, &data]), &hash).then_some(data)
}

pub(super) fn seal_rsa_pad(data: &[u8], rng: &mut impl CryptoRng) -> [u8; SIZE] {
    assert!(data.len() <= DATA_MAX, "{} bytes, RSA_PAD takes {DATA_MAX}", data.len());
    let (mut padded, mut temp_key) = ([0; PADDED], [0; 32]);
    rng.fill_bytes(&mut padded);
    rng.fill_bytes(&mut temp_key);
    padded[..data.len()].copy_from_slice(data);
    let hash = sha256(&[&temp_key, &padded]);
    padded.reverse();
    let mut encrypted = [&padded[..], &hash].concat();
    ige::encrypt(&temp_key, &[0; 32], &mut encrypted);
    let mask = sha256(&[&encrypted]);
    let mut out = [0; SIZE];
    for (i, byte) in out[..32].iter_mut().enumerate() {
        *byte = temp_key[i] ^ mask[i];
    }
    out[32..].copy_from_slice(&encrypted);
    out
}

/// The data's length is not stated, so every length that a TL object may have is tried.
fn open_sha1(plain: &[u8; SIZE]) -> Option<Vec<u8>> {
    let (head, rest) = plain.split_at(SHA1_HEAD);
    if head[0] != 0 {
        return None;
    }
    let length = (4..=rest.len()).step_by(4).find(|length| equal(&sha1(&[&rest[..*length]]), &head[1..]));
    length.map(|length| rest[..length].to_vec())
}

pub(super) fn seal_sha1(data: &[u8], rng: &mut impl CryptoRng) -> [u8; SIZE] {
    assert!(data.len() <= SIZE - SHA1_HEAD, "{} bytes, the padding takes {}", data.len(), SIZE - SHA1_HEAD);
    let mut out = [0; SIZE];
    rng.fill_bytes(&mut out);
    out[0] = 0;
    out[1..SHA1_HEAD].copy_from_slice(&sha1(&[data]));
    out[SHA1_HEAD..SHA1_HEAD + data.len()].copy_from_slice(data);
    out
}
