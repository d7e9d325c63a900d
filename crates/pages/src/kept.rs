//! Pages that were made, for as long as their channel stands where it stood then.

use std::sync::Arc;

use domain::{Now, groups::face::Stand};
use quick_cache::{Equivalent, Weighter, sync::Cache};

use crate::{FRESH_SECONDS, Page, route::Route};

/// Bytes of all pages kept: some four hundred of the usual size. Those that are asked for most stay.
const BYTES_MAX: u64 = 16 << 20;

/// Pages of that size, for the cache to make room beforehand.
const PAGES_EXPECTED: usize = 512;

/// What a page costs beside its body: the key, the stand, the cache's own.
const ENTRY_BYTES: u64 = 1024;

/// The pages themselves.
pub(crate) struct Kept(Cache<Key, Arc<Entry>, ByBytes>);

/// Which page is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Wanted<'a> {
    /// What its links begin with.
    pub(crate) base: &'a str,
    /// Its address.
    pub(crate) route: &'a Route,
}

// Hashes as `Wanted` does, field by field.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Key {
    base: String,
    route: Route,
}

impl Equivalent<Key> for Wanted<'_> {
    fn equivalent(&self, key: &Key) -> bool {
        self.base == key.base && *self.route == key.route
    }
}

struct Entry {
    stand: Stand,
    /// When it was made, unix milliseconds.
    made: u64,
    page: Page,
}

#[derive(Clone)]
struct ByBytes;

impl Weighter<Key, Arc<Entry>> for ByBytes {
    fn weight(&self, key: &Key, entry: &Arc<Entry>) -> u64 {
        ENTRY_BYTES + key.base.len() as u64 + entry.page.body.len() as u64
    }
}

impl Default for Kept {
    fn default() -> Self {
        Self(Cache::with_weighter(PAGES_EXPECTED, BYTES_MAX, ByBytes))
    }
}

impl Kept {
    /// A page, if its channel has not moved since it was made.
    pub(crate) fn find(&self, wanted: &Wanted<'_>, stand: &Stand, now: Now) -> Option<Page> {
        let entry = self.0.get(wanted)?;
        let fresh = now.ms.abs_diff(entry.made) < FRESH_SECONDS * 1000;
        (fresh && entry.stand == *stand).then(|| entry.page.clone())
    }

    pub(crate) fn keep(&self, wanted: &Wanted<'_>, stand: Stand, now: Now, page: &Page) {
        let key = Key { base: wanted.base.to_owned(), route: wanted.route.clone() };
        self.0.insert(key, Arc::new(Entry { stand, made: now.ms, page: page.clone() }));
    }

    #[cfg(test)]
    pub(crate) fn bytes(&self) -> u64 {
        self.0.weight()
    }
}
