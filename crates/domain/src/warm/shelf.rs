//! Things of one kind that are kept, bounded by their bytes. When it is full the half that was asked for least
//! lately goes.

use std::{
    collections::HashMap,
    hash::Hash,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use super::Changes;

/// What a thing costs besides itself: its key, its place in the map and the rows that it names.
const ITEM_BYTES: usize = 192;

/// A shelf.
pub struct Shelf<K, T> {
    bytes_max: usize,
    state: Mutex<State<K, T>>,
}

struct State<K, T> {
    items: HashMap<K, Item<T>>,
    bytes: usize,
    /// Counts what is asked for.
    asked: u64,
}

struct Item<T> {
    kept: Arc<Kept<T>>,
    bytes: usize,
    asked: u64,
}

struct Kept<T> {
    what: Arc<T>,
    stamp: u64,
    read: Box<[u32]>,
}

impl<T> Kept<T> {
    fn holds(&self, changes: &Changes) -> bool {
        changes.holds(self.stamp, &self.read)
    }
}

impl<K: Copy + Eq + Hash, T> Shelf<K, T> {
    /// An empty one.
    pub fn new(bytes_max: usize) -> Self {
        Self { bytes_max, state: Mutex::new(State { items: HashMap::new(), bytes: 0, asked: 0 }) }
    }

    fn lock(&self) -> MutexGuard<'_, State<K, T>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What is kept, if it holds.
    pub fn get(&self, key: &K, changes: &Changes) -> Option<Arc<T>> {
        let mut state = self.lock();
        state.asked += 1;
        let asked = state.asked;
        let item = state.items.get_mut(key)?;
        item.asked = asked;
        let kept = Arc::clone(&item.kept);
        drop(state);
        kept.holds(changes).then(|| Arc::clone(&kept.what))
    }

    /// Keeps what was made of these rows after a stamp.
    pub fn put(&self, key: K, what: Arc<T>, stamp: u64, read: Box<[u32]>, bytes: usize) {
        let bytes = bytes + ITEM_BYTES;
        let mut state = self.lock();
        state.asked += 1;
        let item = Item { kept: Arc::new(Kept { what, stamp, read }), bytes, asked: state.asked };
        state.bytes += bytes;
        if let Some(old) = state.items.insert(key, item) {
            state.bytes -= old.bytes;
        }
        if state.bytes > self.bytes_max {
            state.halve();
        }
    }

    /// Drops what no longer holds.
    pub fn sweep(&self, changes: &Changes) {
        let mut state = self.lock();
        state.items.retain(|_, it| it.kept.holds(changes));
        state.bytes = state.items.values().map(|it| it.bytes).sum();
    }

    /// How many there are.
    #[cfg(test)]
    pub(crate) fn len(&self) -> usize {
        self.lock().items.len()
    }
}

impl<K, T> State<K, T> {
    fn halve(&mut self) {
        let mut asked: Vec<_> = self.items.values().map(|it| it.asked).collect();
        let middle = asked.len() / 2;
        let edge = *asked.select_nth_unstable(middle).1;
        self.items.retain(|_, it| it.asked > edge);
        self.bytes = self.items.values().map(|it| it.bytes).sum();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn its_memory_is_bounded_and_what_is_asked_for_stays() {
        let (shelf, changes) = (Shelf::new(100 * (ITEM_BYTES + 8)), Changes::default());
        for n in 0..1000_u32 {
            shelf.put(n, Arc::new(n), 0, Box::default(), 8);
            assert!(shelf.len() <= 100);
            assert_eq!(shelf.get(&0, &changes).as_deref(), Some(&0), "asked for at every step");
        }
        assert!(shelf.get(&1, &changes).is_none());
        assert!(shelf.lock().bytes <= 100 * (ITEM_BYTES + 8));
    }

    #[test]
    fn what_changed_goes_when_it_is_swept() {
        let (shelf, changes) = (Shelf::new(1 << 20), Changes::default());
        shelf.put(1, Arc::new(()), changes.stamp(), Box::new([5]), 0);
        shelf.put(2, Arc::new(()), changes.stamp(), Box::new([6]), 0);
        changes.handle_committed(&[5]);
        assert!(shelf.get(&1, &changes).is_none() && shelf.get(&2, &changes).is_some());
        shelf.sweep(&changes);
        assert_eq!(shelf.len(), 1);
    }
}
