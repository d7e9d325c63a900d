//! The messages of the exchange as bytes, and what is sealed inside them.

use bytes::Bytes;
use crypto::{AuthKey, dh, hash, ige};

use super::Nonce;
use crate::error::Handshake as Error;
use crate::wire::{Malformed, Reader, VECTOR, put_bytes};

pub(super) const REQ_PQ: u32 = 0x6046_9778;
pub(super) const REQ_PQ_MULTI: u32 = 0xbe7e_8ef1;
pub(super) const RES_PQ: u32 = 0x0516_2463;
pub(super) const REQ_DH_PARAMS: u32 = 0xd712_e4be;
pub(super) const P_Q_INNER_DATA: u32 = 0x83c9_5aec;
pub(super) const P_Q_INNER_DATA_DC: u32 = 0xa9f5_5f95;
pub(super) const P_Q_INNER_DATA_TEMP: u32 = 0x3c6a_84d4;
pub(super) const P_Q_INNER_DATA_TEMP_DC: u32 = 0x56fd_df88;
pub(super) const SERVER_DH_PARAMS_FAIL: u32 = 0x79cb_045d;
pub(super) const SERVER_DH_PARAMS_OK: u32 = 0xd0e8_075c;
pub(super) const SERVER_DH_INNER_DATA: u32 = 0xb589_0dba;
pub(super) const CLIENT_DH_INNER_DATA: u32 = 0x6643_b654;
pub(super) const SET_CLIENT_DH_PARAMS: u32 = 0xf504_5f1f;
pub(super) const DH_GEN_OK: u32 = 0x3bcb_f734;
pub(super) const DH_GEN_RETRY: u32 = 0x46dc_1fb9;
pub(super) const DH_GEN_FAIL: u32 = 0xa69d_ae02;

/// Whether the body of a plain message begins as one of the client's messages of the exchange.
pub fn is_handshake(body: &[u8]) -> bool {
    body.first_chunk().is_some_and(|id| {
        [REQ_PQ, REQ_PQ_MULTI, REQ_DH_PARAMS, SET_CLIENT_DH_PARAMS].contains(&u32::from_le_bytes(*id))
    })
}

impl From<Malformed> for Error {
    fn from(_: Malformed) -> Self {
        Self::Malformed
    }
}

/// A message that begins with both nonces, up to what follows them.
pub(super) fn begin(id: u32, nonce: &Nonce, server_nonce: &Nonce) -> Vec<u8> {
    let mut out = Vec::with_capacity(700);
    out.extend_from_slice(&id.to_le_bytes());
    out.extend_from_slice(nonce);
    out.extend_from_slice(server_nonce);
    out
}

pub(super) fn res_pq(nonce: &Nonce, server_nonce: &Nonce, pq: u64, fingerprint: i64) -> Bytes {
    let mut out = begin(RES_PQ, nonce, server_nonce);
    put_number(&mut out, pq);
    out.extend_from_slice(&VECTOR.to_le_bytes());
    out.extend_from_slice(&1_u32.to_le_bytes());
    out.extend_from_slice(&fingerprint.to_le_bytes());
    out.into()
}

/// Appends a number as big-endian bytes without leading zeros.
pub(super) fn put_number(out: &mut Vec<u8>, number: u64) {
    let bytes = number.to_be_bytes();
    let zeros = number.leading_zeros() as usize / 8;
    put_bytes(out, &bytes[zeros.min(7)..]);
}

/// Reads big-endian bytes of at most 64 bits.
pub(super) fn number(reader: &mut Reader<'_>) -> Result<u64, Error> {
    let bytes = reader.bytes()?;
    if bytes.len() > 8 {
        return Err(Error::Values);
    }
    Ok(bytes.iter().fold(0, |all, byte| all << 8 | u64::from(*byte)))
}

/// Reads a 2048-bit number; some clients leave out leading zeros.
pub(super) fn big_number(reader: &mut Reader<'_>) -> Result<[u8; 256], Error> {
    let bytes = reader.bytes()?;
    let mut out = [0; 256];
    let from = out.len().checked_sub(bytes.len()).ok_or(Error::Values)?;
    out[from..].copy_from_slice(&bytes);
    Ok(out)
}

/// What a client encrypts to the server's RSA key.
pub(super) struct PqInner {
    pub(super) pq: u64,
    pub(super) p: u64,
    pub(super) q: u64,
    pub(super) nonce: Nonce,
    pub(super) server_nonce: Nonce,
    pub(super) new_nonce: [u8; 32],
    pub(super) dc: Option<i32>,
    pub(super) expires_in: Option<i32>,
}

impl PqInner {
    pub(super) fn to_bytes(&self) -> Vec<u8> {
        let id = match (self.dc, self.expires_in) {
            (None, None) => P_Q_INNER_DATA,
            (Some(_), None) => P_Q_INNER_DATA_DC,
            (None, Some(_)) => P_Q_INNER_DATA_TEMP,
            (Some(_), Some(_)) => P_Q_INNER_DATA_TEMP_DC,
        };
        let mut out = id.to_le_bytes().to_vec();
        put_number(&mut out, self.pq);
        put_number(&mut out, self.p);
        put_number(&mut out, self.q);
        out.extend_from_slice(&self.nonce);
        out.extend_from_slice(&self.server_nonce);
        out.extend_from_slice(&self.new_nonce);
        for field in [self.dc, self.expires_in].into_iter().flatten() {
            out.extend_from_slice(&field.to_le_bytes());
        }
        out
    }

    /// Reads it from what was decrypted; the padding behind it is not looked at.
    pub(super) fn read(data: &Bytes) -> Result<Self, Error> {
        let mut r = Reader::new(data);
        let (dc, expires) = match r.u32()? {
            P_Q_INNER_DATA => (false, false),
            P_Q_INNER_DATA_DC => (true, false),
            P_Q_INNER_DATA_TEMP => (false, true),
            P_Q_INNER_DATA_TEMP_DC => (true, true),
            got => return Err(Error::Constructor { got }),
        };
        Ok(Self {
            pq: number(&mut r)?,
            p: number(&mut r)?,
            q: number(&mut r)?,
            nonce: r.int128()?,
            server_nonce: r.int128()?,
            new_nonce: r.int256()?,
            dc: dc.then(|| r.i32()).transpose()?,
            expires_in: expires.then(|| r.i32()).transpose()?,
        })
    }
}

/// The server's half of Diffie-Hellman.
pub(super) fn server_dh_inner(nonce: &Nonce, server_nonce: &Nonce, g_a: &[u8; 256], server_time: u32) -> Vec<u8> {
    let mut out = begin(SERVER_DH_INNER_DATA, nonce, server_nonce);
    out.extend_from_slice(&dh::G.to_le_bytes());
    put_bytes(&mut out, &dh::PRIME);
    put_bytes(&mut out, g_a);
    out.extend_from_slice(&server_time.to_le_bytes());
    out
}

/// The client's half of Diffie-Hellman.
pub(super) fn client_dh_inner(nonce: &Nonce, server_nonce: &Nonce, retry_id: u64, g_b: &[u8; 256]) -> Vec<u8> {
    let mut out = begin(CLIENT_DH_INNER_DATA, nonce, server_nonce);
    out.extend_from_slice(&retry_id.to_le_bytes());
    put_bytes(&mut out, g_b);
    out
}

/// Encrypts `SHA1(data) | data | padding` with the key that both nonces make.
pub(super) fn seal(server_nonce: &Nonce, new_nonce: &[u8; 32], data: &[u8], padding: [u8; 16]) -> Vec<u8> {
    let (key, iv) = crypto::handshake_kdf(server_nonce, new_nonce);
    let mut out = hash::sha1(&[data]).to_vec();
    out.extend_from_slice(data);
    let missing = out.len().next_multiple_of(16) - out.len();
    out.extend_from_slice(&padding[..missing]);
    ige::encrypt(&key, &iv, &mut out);
    out
}

/// Decrypts what [`seal`] made. `read` finds the end of the data, for the hash
/// covers no padding.
pub(super) fn unseal<T>(
    server_nonce: &Nonce,
    new_nonce: &[u8; 32],
    sealed: &[u8],
    read: impl FnOnce(&mut Reader<'_>) -> Result<T, Error>,
) -> Result<T, Error> {
    if sealed.len() < 32 || !sealed.len().is_multiple_of(16) {
        return Err(Error::Sealed);
    }
    let (key, iv) = crypto::handshake_kdf(server_nonce, new_nonce);
    let mut open = sealed.to_vec();
    ige::decrypt(&key, &iv, &mut open);
    let open = Bytes::from(open);
    let data = open.slice(20..);
    let mut reader = Reader::new(&data);
    // Noise rarely has the right shape: that, too, is a part that does not open.
    let value = read(&mut reader).map_err(|_| Error::Sealed)?;
    let end = data.len() - reader.left();
    if reader.left() < 16 && hash::equal(&hash::sha1(&[&data[..end]]), &open[..20]) {
        Ok(value)
    } else {
        Err(Error::Sealed)
    }
}

/// How an exchange ends; the number goes into the hash that proves it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    Ok,
    Retry,
    Fail,
}

impl End {
    pub(super) fn id(self) -> u32 {
        match self {
            Self::Ok => DH_GEN_OK,
            Self::Retry => DH_GEN_RETRY,
            Self::Fail => DH_GEN_FAIL,
        }
    }

    /// `new_nonce_hash1`, `2` or `3`.
    pub(super) fn proof(self, new_nonce: &[u8; 32], key: &AuthKey) -> [u8; 16] {
        let number = match self {
            Self::Ok => 1,
            Self::Retry => 2,
            Self::Fail => 3,
        };
        let hash = hash::sha1(&[new_nonce, &[number], &key.aux_hash().to_le_bytes()]);
        hash[4..].try_into().expect("sixteen of twenty bytes")
    }

    pub(super) fn message(self, nonce: &Nonce, server_nonce: &Nonce, new_nonce: &[u8; 32], key: &AuthKey) -> Bytes {
        let mut out = begin(self.id(), nonce, server_nonce);
        out.extend_from_slice(&self.proof(new_nonce, key));
        out.into()
    }
}

/// The first salt of a new key.
pub(super) fn first_salt(server_nonce: &Nonce, new_nonce: &[u8; 32]) -> i64 {
    let mut salt = [0; 8];
    for (at, byte) in salt.iter_mut().enumerate() {
        *byte = server_nonce[at] ^ new_nonce[at];
    }
    i64::from_le_bytes(salt)
}
