//! Rows read lately, and keys found to have none: most reads of a message are of rows that seldom change
//! (accounts, contacts, privacy), and a look here costs a tenth of one through the engine.
//!
//! A row read while it changes must not stay: each shard counts its changes, and what was read before the
//! last one is not kept.

use std::{
    collections::HashMap,
    hash::{BuildHasher, RandomState},
    sync::{PoisonError, RwLock, RwLockWriteGuard},
};

use bytes::Bytes;

use crate::{Class, Key, Subspace};

/// Parts with a lock each.
const SHARDS: usize = 16;

/// Bytes that one shard holds, so that all of them stay within 4 MiB.
const SHARD_BYTES: usize = (4 << 20) / SHARDS;

/// What an entry costs besides its value: the key, and its place in the map.
const ENTRY_BYTES: usize = 128;

/// A larger row is not kept.
const VALUE_BYTES_MAX: usize = 2 << 10;

/// The rows; `None` where a key has none.
pub(super) struct Cache {
    spaces: [bool; 256],
    hasher: RandomState,
    shards: [RwLock<Shard>; SHARDS],
}

#[derive(Default)]
struct Shard {
    rows: HashMap<Key, Option<Bytes>>,
    bytes: usize,
    changes: u64,
}

/// What a look found.
pub(super) enum Look {
    /// The row, or that there is none.
    Known(Option<Bytes>),
    /// Nothing; a row read after this look may be kept under this number.
    Unknown(u64),
    /// Rows of this kind are not kept.
    Never,
}

impl Cache {
    /// Of rows that are read by key, again and again.
    pub(super) fn new(spaces: &[Subspace]) -> Self {
        let mut kept = [false; 256];
        let again = |it: &&Subspace| matches!(it.class, Class::Records | Class::Hot);
        spaces.iter().filter(again).for_each(|it| kept[usize::from(it.id)] = true);
        Self { spaces: kept, hasher: RandomState::new(), shards: Default::default() }
    }

    /// Looks for a row.
    pub(super) fn look(&self, key: &Key) -> Look {
        if !self.keeps(key) {
            return Look::Never;
        }
        let shard = self.shard(key).read().unwrap_or_else(PoisonError::into_inner);
        shard.rows.get(key).map_or(Look::Unknown(shard.changes), |it| Look::Known(it.clone()))
    }

    /// Keeps what was read after a look, unless something changed since.
    pub(super) fn keep(&self, key: &Key, value: Option<&Bytes>, looked: u64) {
        let mut shard = self.write(key);
        if shard.changes == looked && value.is_none_or(|it| it.len() <= VALUE_BYTES_MAX) {
            shard.put(key.clone(), value.cloned());
        }
    }

    /// A row has changed in its keyspace.
    pub(super) fn forget(&self, key: &Key) {
        if self.keeps(key) {
            let mut shard = self.write(key);
            shard.changes += 1;
            shard.remove(key);
        }
    }

    fn keeps(&self, key: &Key) -> bool {
        key.as_bytes().first().is_some_and(|id| self.spaces[usize::from(*id)])
    }

    fn shard(&self, key: &Key) -> &RwLock<Shard> {
        &self.shards[self.hasher.hash_one(key) as usize % SHARDS]
    }

    fn write(&self, key: &Key) -> RwLockWriteGuard<'_, Shard> {
        self.shard(key).write().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Shard {
    /// When it is full, half of it goes, whichever: what is read often comes back at once.
    fn put(&mut self, key: Key, value: Option<Bytes>) {
        if self.bytes >= SHARD_BYTES {
            let mut keep = false;
            self.rows.retain(|_, _| {
                keep = !keep;
                keep
            });
            self.bytes = self.rows.values().map(cost).sum();
        }
        self.bytes += cost(&value);
        if let Some(old) = self.rows.insert(key, value) {
            self.bytes -= cost(&old);
        }
    }

    fn remove(&mut self, key: &Key) {
        if let Some(old) = self.rows.remove(key) {
            self.bytes -= cost(&old);
        }
    }
}

fn cost(value: &Option<Bytes>) -> usize {
    ENTRY_BYTES + value.as_ref().map_or(0, Bytes::len)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::conformance::{HOT, LOGS, hot, key};

    fn cache() -> Cache {
        Cache::new(&[HOT, LOGS])
    }

    fn read(cache: &Cache, key: &Key) -> Option<u64> {
        match cache.look(key) {
            Look::Unknown(looked) => Some(looked),
            Look::Known(_) | Look::Never => None,
        }
    }

    #[test]
    fn a_row_read_before_a_change_and_brought_after_it_is_not_kept() {
        let (cache, row) = (cache(), hot(1, 1));
        let looked = read(&cache, &row).unwrap();
        cache.forget(&row);
        cache.keep(&row, Some(&Bytes::from_static(b"old")), looked);
        let looked = read(&cache, &row).unwrap();
        cache.keep(&row, None, looked);
        assert!(matches!(cache.look(&row), Look::Known(None)));
        cache.forget(&row);
        assert!(read(&cache, &row).is_some());
    }

    #[test]
    fn appended_rows_and_large_ones_are_not_kept() {
        let cache = cache();
        assert!(matches!(cache.look(&key(1, 1)), Look::Never));
        let looked = read(&cache, &hot(1, 1)).unwrap();
        cache.keep(&hot(1, 1), Some(&Bytes::from(vec![0; VALUE_BYTES_MAX + 1])), looked);
        assert!(read(&cache, &hot(1, 1)).is_some());
    }

    #[test]
    fn its_memory_is_bounded() {
        let cache = cache();
        let value = Bytes::from(vec![0; VALUE_BYTES_MAX]);
        for n in 0..10_000 {
            let looked = read(&cache, &hot(1, n)).unwrap();
            cache.keep(&hot(1, n), Some(&value), looked);
        }
        let all = cache.shards.iter().map(|it| it.read().unwrap().bytes);
        assert!(all.max().unwrap() <= SHARD_BYTES + ENTRY_BYTES + VALUE_BYTES_MAX);
        assert!((0..10_000).any(|n| read(&cache, &hot(1, n)).is_none()));
    }
}
