//! Who holds the keys' keys. The first provider is a master key of this machine; holders in several
//! places are another implementation of the same trait.

use aes_gcm_siv::{
    Aes256GcmSiv, KeyInit,
    aead::{Aead, Payload},
};
use zeroize::Zeroizing;

use crate::{ContentKey, Error, Scope};

/// Bytes of the nonce before a wrapped key.
const NONCE: usize = 12;

/// Wraps content keys so that they can be stored.
pub trait KeyProvider: Send + Sync {
    /// Wraps a key for its scope and epoch.
    fn wrap(&self, scope: &Scope, epoch: u32, key: &ContentKey, nonce: [u8; NONCE]) -> Vec<u8>;
    /// Opens what [`KeyProvider::wrap`] made, for the same scope and epoch only.
    fn unwrap(&self, scope: &Scope, epoch: u32, wrapped: &[u8]) -> Result<ContentKey, Error>;
}

/// A master key in this process.
pub struct LocalMaster(Zeroizing<[u8; 32]>);

impl LocalMaster {
    /// Takes the key that the keys directory holds.
    pub fn new(master: [u8; 32]) -> Self {
        Self(Zeroizing::new(master))
    }

    fn cipher(&self) -> Aes256GcmSiv {
        Aes256GcmSiv::new((&*self.0).into())
    }
}

impl KeyProvider for LocalMaster {
    fn wrap(&self, scope: &Scope, epoch: u32, key: &ContentKey, nonce: [u8; NONCE]) -> Vec<u8> {
        let payload = Payload { msg: key.bytes(), aad: &place(scope, epoch) };
        let wrapped = self.cipher().encrypt(&nonce.into(), payload).expect("a key is short");
        [&nonce[..], &wrapped].concat()
    }

    fn unwrap(&self, scope: &Scope, epoch: u32, wrapped: &[u8]) -> Result<ContentKey, Error> {
        let (nonce, body) = wrapped.split_first_chunk::<NONCE>().ok_or(Error::Short { got: wrapped.len() })?;
        let payload = Payload { msg: body, aad: &place(scope, epoch) };
        let plain = Zeroizing::new(self.cipher().decrypt(nonce.into(), payload).map_err(|_| Error::Broken)?);
        let bytes = <[u8; 32]>::try_from(plain.as_slice()).map_err(|_| Error::Broken)?;
        Ok(ContentKey::new(bytes))
    }
}

fn place(scope: &Scope, epoch: u32) -> Vec<u8> {
    [&scope.to_bytes()[..], &epoch.to_be_bytes()].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrapped_key_opens_for_its_scope_and_epoch_only() {
        let (master, key) = (LocalMaster::new([1; 32]), ContentKey::new([2; 32]));
        let scope = Scope::Chat { low: 1, high: 2 };
        let wrapped = master.wrap(&scope, 1, &key, [3; 12]);
        assert_eq!(master.unwrap(&scope, 1, &wrapped), Ok(key));
        assert_eq!(master.unwrap(&scope, 2, &wrapped), Err(Error::Broken));
        assert_eq!(master.unwrap(&Scope::Account(1), 1, &wrapped), Err(Error::Broken));
        assert_eq!(LocalMaster::new([9; 32]).unwrap(&scope, 1, &wrapped), Err(Error::Broken));
        for end in 0..wrapped.len() {
            assert!(master.unwrap(&scope, 1, &wrapped[..end]).is_err(), "{end} bytes");
        }
        for at in 0..wrapped.len() {
            let mut changed = wrapped.clone();
            changed[at] ^= 1;
            assert_eq!(master.unwrap(&scope, 1, &changed), Err(Error::Broken), "byte {at}");
        }
    }
}
