//! RSA keys over AWS-LC, and their PEM.

#![allow(unsafe_code, reason = "AWS-LC's raw RSA operation has no safe interface; every pointer is owned here")]

use std::ptr;

use aws_lc_sys as lc;
use base64::{Engine, engine::general_purpose::STANDARD};
use rand::CryptoRng;
use zeroize::Zeroizing;

use super::{InnerData, SIZE, padding};
use crate::{
    Error,
    bignum::{Modulus, Number},
    hash::sha1,
};

const PUBLIC: &str = "RSA PUBLIC KEY";
const PRIVATE: &str = "RSA PRIVATE KEY";
const PKCS8: &str = "PRIVATE KEY";

/// Letters of a PEM line.
const LINE: usize = 64;

/// Bits of every key's modulus.
const BITS: std::ffi::c_int = 2048;

/// The public exponent of every key here.
const EXPONENT: u32 = 65_537;

/// A private key of 2048 bits.
pub struct ServerKey(*mut lc::RSA);

// SAFETY: AWS-LC's RSA objects may be used from several threads at once as long as none changes them.
unsafe impl Send for ServerKey {}
// SAFETY: as above.
unsafe impl Sync for ServerKey {}

impl Drop for ServerKey {
    fn drop(&mut self) {
        // SAFETY: owned and freed once.
        unsafe { lc::RSA_free(self.0) }
    }
}

impl ServerKey {
    /// Makes a key; takes a good part of a second.
    pub fn generate() -> Result<Self, Error> {
        let exponent = Number::from_bytes(&EXPONENT.to_be_bytes());
        // SAFETY: no arguments; null only without memory.
        let raw = unsafe { lc::RSA_new() };
        if raw.is_null() {
            return Err(Error::Generate);
        }
        let key = Self(raw);
        // SAFETY: a fresh object and a live number.
        let done = unsafe { lc::RSA_generate_key_ex(key.0, BITS, exponent.raw(), ptr::null_mut()) };
        if done == 1 { Ok(key) } else { Err(Error::Generate) }
    }

    /// Reads a PKCS#1 or PKCS#8 private key.
    pub fn from_pem(pem: &str) -> Result<Self, Error> {
        Self::from_der(&decode(pem, PRIVATE).or_else(|| decode(pem, PKCS8)).ok_or(Error::Key)?)
    }

    /// Reads the DER of a PKCS#1 or PKCS#8 private key; any size or public exponent but ours is refused.
    pub fn from_der(der: &[u8]) -> Result<Self, Error> {
        let key = parse_pkcs1(der).or_else(|| parse_pkcs8(der)).ok_or(Error::Key)?;
        PublicKey::from_der(&key.der(lc::RSA_public_key_to_bytes))?;
        Ok(key)
    }

    /// The private key as PKCS#1 DER.
    pub fn to_der(&self) -> Zeroizing<Vec<u8>> {
        self.der(lc::RSA_private_key_to_bytes)
    }

    /// The private key as PKCS#1 PEM.
    pub fn to_pem(&self) -> Zeroizing<String> {
        Zeroizing::new(encode(&self.to_der(), PRIVATE))
    }

    /// The public key as PKCS#1 PEM: what clients need to trust this server.
    pub fn public_pem(&self) -> String {
        encode(&self.der(lc::RSA_public_key_to_bytes), PUBLIC)
    }

    /// The key's name on the wire.
    pub fn fingerprint(&self) -> i64 {
        self.public().fingerprint()
    }

    /// The public half.
    pub fn public(&self) -> PublicKey {
        PublicKey::from_der(&self.der(lc::RSA_public_key_to_bytes))
            .expect("made with this size and exponent, or checked when read")
    }

    /// Opens what a client encrypted: the data of RSA_PAD with its padding, or of the older padding
    /// without. About a fifth of a millisecond: not for a thread that serves sockets.
    pub fn decrypt_inner(&self, encrypted: &[u8; SIZE]) -> Result<Vec<u8>, Error> {
        self.open_inner(encrypted).map(|mut inner| std::mem::take(&mut *inner.data))
    }

    /// As [`ServerKey::decrypt_inner`], and says which padding it was; the data is cleared when dropped.
    pub fn open_inner(&self, encrypted: &[u8; SIZE]) -> Result<InnerData, Error> {
        let plain = self.private(encrypted).ok_or(Error::Padding)?;
        padding::open(&plain).ok_or(Error::Padding)
    }

    /// The bare private operation; `None` for a number that is not below the modulus.
    pub fn private(&self, input: &[u8; SIZE]) -> Option<Zeroizing<[u8; SIZE]>> {
        let (mut out, mut len) = (Zeroizing::new([0; SIZE]), 0);
        // SAFETY: a live key, and buffers of the stated lengths.
        let done = unsafe {
            lc::RSA_decrypt(self.0, &mut len, out.as_mut_ptr(), SIZE, input.as_ptr(), SIZE, lc::RSA_NO_PADDING)
        };
        (done == 1 && len == SIZE).then_some(out)
    }

    fn der(&self, write: unsafe extern "C" fn(*mut *mut u8, *mut usize, *const lc::RSA) -> i32) -> Zeroizing<Vec<u8>> {
        let (mut bytes, mut len) = (ptr::null_mut(), 0);
        // SAFETY: a live key; AWS-LC allocates the buffer, which is copied and given back.
        unsafe {
            assert_eq!(write(&mut bytes, &mut len, self.0), 1, "a whole key");
            let copy = Zeroizing::new(std::slice::from_raw_parts(bytes, len).to_vec());
            // AWS-LC clears what it frees.
            lc::OPENSSL_free(bytes.cast());
            copy
        }
    }
}

fn parse_pkcs1(der: &[u8]) -> Option<ServerKey> {
    // SAFETY: pointer and length of a live slice.
    let raw = unsafe { lc::RSA_private_key_from_bytes(der.as_ptr(), der.len()) };
    (!raw.is_null()).then(|| ServerKey(raw))
}

fn parse_pkcs8(der: &[u8]) -> Option<ServerKey> {
    let mut reader = lc::CBS { data: ptr::null(), len: 0 };
    // SAFETY: the reader borrows a live slice; the parsed object is freed here, the key in it counted up.
    unsafe {
        lc::CBS_init(&mut reader, der.as_ptr(), der.len());
        let parsed = lc::EVP_parse_private_key(&mut reader);
        if parsed.is_null() {
            return None;
        }
        let raw = lc::EVP_PKEY_get1_RSA(parsed);
        lc::EVP_PKEY_free(parsed);
        (!raw.is_null()).then(|| ServerKey(raw)).filter(|_| reader.len == 0)
    }
}

/// A public key of 2048 bits, as clients hold it.
pub struct PublicKey {
    modulus_bytes: [u8; SIZE],
    modulus: Modulus,
}

impl PublicKey {
    /// Reads a PKCS#1 public key.
    pub fn from_pem(pem: &str) -> Result<Self, Error> {
        Self::from_der(&decode(pem, PUBLIC).ok_or(Error::Key)?)
    }

    /// SEQUENCE { INTEGER n, INTEGER e }, always of these lengths: 2048 bits and 65537.
    fn from_der(der: &[u8]) -> Result<Self, Error> {
        const HEAD: [u8; 9] = [0x30, 0x82, 0x01, 0x0a, 0x02, 0x82, 0x01, 0x01, 0x00];
        const TAIL: [u8; 5] = [0x02, 0x03, 0x01, 0x00, 0x01];
        let inner = der.strip_prefix(&HEAD).and_then(|it| it.strip_suffix(&TAIL)).ok_or(Error::Key)?;
        let modulus_bytes: [u8; SIZE] = inner.try_into().map_err(|_| Error::Key)?;
        if modulus_bytes[0] & 0x80 == 0 || modulus_bytes[SIZE - 1] & 1 == 0 {
            return Err(Error::Key);
        }
        Ok(Self { modulus_bytes, modulus: Modulus::new(&modulus_bytes) })
    }

    /// The low 64 bits of the SHA-1 of both numbers as TL bytes.
    pub fn fingerprint(&self) -> i64 {
        // TL bytes of 256: a long length, no padding; of 3: a short one, no padding.
        let hash = sha1(&[&[0xfe, 0x00, 0x01, 0x00], &self.modulus_bytes, &[0x03, 0x01, 0x00, 0x01]]);
        i64::from_le_bytes(hash[12..].try_into().expect("eight of twenty bytes"))
    }

    /// Encrypts up to 144 bytes with RSA_PAD. Panics on more: a bug of the caller.
    pub fn encrypt_rsa_pad(&self, data: &[u8], rng: &mut impl CryptoRng) -> [u8; SIZE] {
        loop {
            let padded = padding::seal_rsa_pad(data, rng);
            if padded < self.modulus_bytes {
                return self.raw(&padded);
            }
        }
    }

    /// Encrypts up to 235 bytes with the older padding. Panics on more: a bug of the caller.
    pub fn encrypt_sha1(&self, data: &[u8], rng: &mut impl CryptoRng) -> [u8; SIZE] {
        self.raw(&padding::seal_sha1(data, rng))
    }

    fn raw(&self, input: &[u8; SIZE]) -> [u8; SIZE] {
        let exponent = Number::from_bytes(&EXPONENT.to_be_bytes());
        self.modulus.power(&Number::from_bytes(input), &exponent).to_bytes()
    }
}

fn encode(der: &[u8], label: &str) -> String {
    let text = Zeroizing::new(STANDARD.encode(der));
    let lines: Vec<_> =
        text.as_bytes().chunks(LINE).map(|line| std::str::from_utf8(line).expect("base64 is ASCII")).collect();
    format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", lines.join("\n"))
}

fn decode(pem: &str, label: &str) -> Option<Zeroizing<Vec<u8>>> {
    let (begin, end) = (format!("-----BEGIN {label}-----"), format!("-----END {label}-----"));
    let (_, rest) = pem.split_once(&begin)?;
    let (body, _) = rest.split_once(&end)?;
    let text: Zeroizing<String> = Zeroizing::new(body.split_whitespace().collect());
    STANDARD.decode(&*text).ok().map(Zeroizing::new)
}
