//! Content keys unwrapped lately: a chat's key opens thousands of messages, and a provider may be far away.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use crate::{ContentKey, Error, KeyProvider, Scope};

/// Keys remembered, in each of two generations: a few hundred kB.
const KEYS_MAX: usize = 4096;

/// A provider that asks another one once for each key. It remembers by the wrapped bytes, which a caller
/// must still hold: who deletes those has deleted the key.
pub struct Remembered<P> {
    provider: P,
    keys: Mutex<Generations>,
}

/// When the young generation is full it becomes the old one, and what was the old one is forgotten (and
/// wiped); what is used again moves to the young one.
#[derive(Default)]
struct Generations {
    young: HashMap<Name, ContentKey>,
    old: HashMap<Name, ContentKey>,
}

type Name = (Scope, u32, Vec<u8>);

impl<P: KeyProvider> Remembered<P> {
    /// Around a provider.
    pub fn new(provider: P) -> Self {
        Self { provider, keys: Mutex::default() }
    }

    fn lock(&self) -> MutexGuard<'_, Generations> {
        self.keys.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Generations {
    fn find(&mut self, name: &Name) -> Option<ContentKey> {
        if let Some(key) = self.young.get(name) {
            return Some(key.clone());
        }
        let (name, key) = self.old.remove_entry(name)?;
        self.keep(name, key.clone());
        Some(key)
    }

    fn keep(&mut self, name: Name, key: ContentKey) {
        if self.young.len() >= KEYS_MAX {
            self.old = std::mem::take(&mut self.young);
        }
        self.young.insert(name, key);
    }
}

impl<P: KeyProvider> KeyProvider for Remembered<P> {
    fn wrap(&self, scope: &Scope, epoch: u32, key: &ContentKey, nonce: [u8; 12]) -> Vec<u8> {
        self.provider.wrap(scope, epoch, key, nonce)
    }

    fn unwrap(&self, scope: &Scope, epoch: u32, wrapped: &[u8]) -> Result<ContentKey, Error> {
        let name = (*scope, epoch, wrapped.to_vec());
        if let Some(key) = self.lock().find(&name) {
            return Ok(key);
        }
        // Not under the lock: a provider may be slow.
        let key = self.provider.unwrap(scope, epoch, wrapped)?;
        self.lock().keep(name, key.clone());
        Ok(key)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;
    use crate::LocalMaster;

    struct Counting(LocalMaster, AtomicUsize);

    impl KeyProvider for Counting {
        fn wrap(&self, scope: &Scope, epoch: u32, key: &ContentKey, nonce: [u8; 12]) -> Vec<u8> {
            self.0.wrap(scope, epoch, key, nonce)
        }

        fn unwrap(&self, scope: &Scope, epoch: u32, wrapped: &[u8]) -> Result<ContentKey, Error> {
            self.1.fetch_add(1, Ordering::Relaxed);
            self.0.unwrap(scope, epoch, wrapped)
        }
    }

    fn provider() -> Remembered<Counting> {
        Remembered::new(Counting(LocalMaster::new([1; 32]), AtomicUsize::new(0)))
    }

    fn asked(provider: &Remembered<Counting>) -> usize {
        provider.provider.1.load(Ordering::Relaxed)
    }

    #[test]
    fn a_key_is_asked_for_once_and_opens_in_its_place_only() {
        let (it, key) = (provider(), ContentKey::new([2; 32]));
        let scope = Scope::Account(7);
        let wrapped = it.wrap(&scope, 1, &key, [3; 12]);
        for _ in 0..3 {
            assert_eq!(it.unwrap(&scope, 1, &wrapped), Ok(key.clone()));
        }
        assert_eq!(asked(&it), 1);
        assert_eq!(it.unwrap(&scope, 2, &wrapped), Err(Error::Broken));
        assert_eq!(it.unwrap(&Scope::Account(8), 1, &wrapped), Err(Error::Broken));
        let mut changed = wrapped.clone();
        changed[20] ^= 1;
        assert_eq!(it.unwrap(&scope, 1, &changed), Err(Error::Broken));
    }

    #[test]
    fn what_is_used_stays_and_memory_is_bounded() {
        let (it, key) = (provider(), ContentKey::new([2; 32]));
        let wrap = |n| it.wrap(&Scope::Account(n), 1, &key, [3; 12]);
        let used = wrap(0);
        for n in 1..=3 * KEYS_MAX as u64 {
            it.unwrap(&Scope::Account(n), 1, &wrap(n)).unwrap();
            it.unwrap(&Scope::Account(0), 1, &used).unwrap();
        }
        assert_eq!(asked(&it), 3 * KEYS_MAX + 1);
        let keys = it.lock();
        assert!(keys.young.len() <= KEYS_MAX && keys.old.len() <= KEYS_MAX);
    }
}
