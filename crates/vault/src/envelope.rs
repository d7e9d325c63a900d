//! The envelope: format byte, key epoch, nonce, ciphertext with its tag.

use aes_gcm_siv::{
    Aes256GcmSiv, KeyInit,
    aead::{Aead, Payload},
};
use zeroize::Zeroizing;

use crate::{Error, Kind};

/// The one format so far.
const FORMAT: u8 = 1;

/// Format byte, epoch, nonce.
const HEAD: usize = 1 + 4 + 12;

/// A key that seals content.
#[derive(Clone, PartialEq, Eq)]
pub struct ContentKey(Zeroizing<[u8; 32]>);

impl ContentKey {
    /// Takes 32 random bytes.
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(Zeroizing::new(bytes))
    }

    pub(crate) fn bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl std::fmt::Debug for ContentKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ContentKey")
    }
}

/// Where a value stands: sealed into it, so it opens nowhere else.
#[derive(Clone, Copy, Debug)]
pub struct Aad<'a> {
    /// A message's uid, or a row's id.
    pub id: &'a [u8],
    /// The edit version.
    pub version: u32,
}

impl Aad<'_> {
    fn bytes(&self, kind: Kind) -> Vec<u8> {
        [&[kind as u8][..], &self.version.to_be_bytes(), self.id].concat()
    }
}

/// Seals a value under a key of an epoch.
pub fn seal(kind: Kind, key: &ContentKey, epoch: u32, aad: Aad<'_>, nonce: [u8; 12], plain: &[u8]) -> Vec<u8> {
    let cipher = Aes256GcmSiv::new(key.bytes().into());
    let payload = Payload { msg: plain, aad: &aad.bytes(kind) };
    let sealed = cipher.encrypt(&nonce.into(), payload).expect("values are far below the cipher's limit of 64 GB");
    [&[FORMAT][..], &epoch.to_be_bytes(), &nonce, &sealed].concat()
}

/// Opens a value; the kind and the place must be those it was sealed for.
pub fn open(kind: Kind, key: &ContentKey, aad: Aad<'_>, envelope: &[u8]) -> Result<Vec<u8>, Error> {
    epoch_of(envelope)?;
    let nonce: [u8; 12] = envelope[5..HEAD].try_into().expect("the head has been checked");
    let payload = Payload { msg: &envelope[HEAD..], aad: &aad.bytes(kind) };
    Aes256GcmSiv::new(key.bytes().into()).decrypt(&nonce.into(), payload).map_err(|_| Error::Broken)
}

/// The epoch of the key that opens an envelope.
pub fn epoch_of(envelope: &[u8]) -> Result<u32, Error> {
    let head = envelope.get(..HEAD).ok_or(Error::Short { got: envelope.len() })?;
    match head {
        [FORMAT, a, b, c, d, ..] => Ok(u32::from_be_bytes([*a, *b, *c, *d])),
        _ => Err(Error::Format(head[0])),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const AAD: Aad<'_> = Aad { id: b"uid", version: 3 };

    fn sealed() -> (ContentKey, Vec<u8>) {
        let key = ContentKey::new([7; 32]);
        let envelope = seal(Kind::MessageBody, &key, 9, AAD, [1; 12], b"attack at dawn");
        (key, envelope)
    }

    #[test]
    fn a_value_opens_only_in_its_place() {
        let (key, envelope) = sealed();
        assert_eq!(open(Kind::MessageBody, &key, AAD, &envelope).as_deref(), Ok(&b"attack at dawn"[..]));
        assert_eq!(open(Kind::Draft, &key, AAD, &envelope), Err(Error::Broken));
        assert_eq!(open(Kind::MessageBody, &key, Aad { version: 4, ..AAD }, &envelope), Err(Error::Broken));
        assert_eq!(open(Kind::MessageBody, &key, Aad { id: b"other", ..AAD }, &envelope), Err(Error::Broken));
        assert_eq!(open(Kind::MessageBody, &ContentKey::new([8; 32]), AAD, &envelope), Err(Error::Broken));
        assert_eq!(epoch_of(&envelope), Ok(9));
    }

    #[test]
    fn every_changed_or_missing_byte_is_noticed() {
        let (key, envelope) = sealed();
        for at in (0..1).chain(5..envelope.len()) {
            let mut changed = envelope.clone();
            changed[at] ^= 0x40;
            assert!(open(Kind::MessageBody, &key, AAD, &changed).is_err(), "byte {at}");
        }
        for end in 0..envelope.len() {
            assert!(open(Kind::MessageBody, &key, AAD, &envelope[..end]).is_err(), "{end} bytes");
        }
    }
}
