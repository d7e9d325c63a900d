//! Hashes over parts, so that callers need not join them first.

pub(crate) mod lanes;

use hmac::{Hmac, Mac};
use sha1::Digest;

/// SHA-1 of the parts, one after another.
pub fn sha1(parts: &[&[u8]]) -> [u8; 20] {
    let mut hasher = sha1::Sha1::new();
    parts.iter().for_each(|part| hasher.update(part));
    hasher.finalize().into()
}

/// SHA-256 of the parts, one after another.
pub fn sha256(parts: &[&[u8]]) -> [u8; 32] {
    let mut hasher = sha2::Sha256::new();
    parts.iter().for_each(|part| hasher.update(part));
    hasher.finalize().into()
}

/// MD5, which guards nothing here: clients compute it over texts in lists.
pub fn md5(bytes: &[u8]) -> [u8; 16] {
    md5::Md5::digest(bytes).into()
}

/// MD5 of what comes piece by piece: clients tell that of small files which they upload.
#[derive(Clone, Default)]
pub struct Md5(md5::Md5);

impl Md5 {
    /// Goes on with these bytes.
    pub fn update(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    /// The hash of all that came.
    pub fn finish(self) -> [u8; 16] {
        self.0.finalize().into()
    }
}

/// SHA-256 of what comes piece by piece: a file that somebody looks for.
#[derive(Clone, Default)]
pub struct Sha256(sha2::Sha256);

impl Sha256 {
    /// Goes on with these bytes.
    pub fn update(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    /// The hash of all that came.
    pub fn finish(self) -> [u8; 32] {
        self.0.finalize().into()
    }
}

/// HMAC-SHA-256 of the parts, one after another.
pub fn hmac_sha256(key: &[u8], parts: &[&[u8]]) -> [u8; 32] {
    let mut mac = Hmac::<sha2::Sha256>::new_from_slice(key).expect("HMAC takes keys of any length");
    parts.iter().for_each(|part| mac.update(part));
    mac.finalize().into_bytes().into()
}

/// PBKDF2 with HMAC-SHA-512.
pub fn pbkdf2_sha512(password: &[u8], salt: &[u8], rounds: u32) -> [u8; 64] {
    pbkdf2::pbkdf2_hmac_array::<sha2::Sha512, 64>(password, salt, rounds)
}

/// Whether two secrets are equal; the time taken tells nothing but their lengths.
pub fn equal(one: &[u8], other: &[u8]) -> bool {
    subtle::ConstantTimeEq::ct_eq(one, other).into()
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// Lower-case hexadecimal, as the vectors of this crate are written.
    pub(crate) fn hex(bytes: &[u8]) -> String {
        bytes.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// Source: RFC 4231, test case 2.
    #[test]
    fn hmac_is_that_of_the_rfc() {
        let mac = hmac_sha256(b"Jefe", &[b"what do ya want ", b"for nothing?"]);
        assert_eq!(hex(&mac), "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    }

    /// Source: RFC 1321, "Test suite".
    #[test]
    fn md5_is_that_of_the_rfc_also_piece_by_piece() {
        let mut pieces = Md5::default();
        [&b"ab"[..], b"", b"c"].into_iter().for_each(|it| pieces.update(it));
        assert_eq!(hex(&pieces.finish()), "900150983cd24fb0d6963f7d28e17f72");
        assert_eq!(hex(&md5(b"message digest")), "f96b697d7cb7938d525a2f31aaf161d0");
    }

    /// Computed with Python's hashlib.
    #[test]
    fn pbkdf2_is_that_of_another_implementation() {
        let out = pbkdf2_sha512(b"password", b"salt", 2);
        assert_eq!(
            hex(&out),
            "e1d9c16aa681708a45f5c7c4e215ceb66e011a2e9f0040713f18aefdb866d53c\
             f76cab2868a39b9f7840edce4fef5a82be67335c77a6068e04112754f27ccf4e"
        );
    }

    #[test]
    fn hashes_join_their_parts() {
        assert_eq!(sha1(&[b"a", b"bc"])[..4], [0xa9, 0x99, 0x3e, 0x36]);
        assert_eq!(sha256(&[b"ab", b"c"])[..4], [0xba, 0x78, 0x16, 0xbf]);
    }
}
