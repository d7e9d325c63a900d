//! Rows of the hot kinds between their change and their writing. A commit makes a change durable as a part
//! of one redo row; here it waits, seen by every read, until the settling writes each row once to its
//! keyspace, however often it changed since.
//!
//! Only the commit thread changes anything here. A row goes to its keyspace before it leaves this map, and
//! the keyspace holds nothing that the map has not held: whoever looks here first and there second misses
//! nothing.

use std::{
    collections::BTreeMap,
    iter::Peekable,
    ops::Bound,
    sync::{PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard},
};

use bytes::Bytes;

use crate::{Class, Direction, Error, Key, Range, Row, Subspace};

/// A row's value, `None` where it is deleted.
pub(super) type Change = (Key, Option<Bytes>);

/// The changes that are not yet in their keyspace.
pub(super) struct Hot {
    spaces: [bool; 256],
    rows: RwLock<BTreeMap<Key, Waiting>>,
}

struct Waiting {
    value: Option<Bytes>,
    /// The redo row of the newest change.
    redo: u64,
}

impl Hot {
    /// Nothing waits yet.
    pub(super) fn new(spaces: &[Subspace]) -> Self {
        let mut hot = [false; 256];
        spaces.iter().filter(|it| it.class == Class::Hot).for_each(|it| hot[usize::from(it.id)] = true);
        Self { spaces: hot, rows: RwLock::default() }
    }

    /// Whether a key is of a hot kind.
    pub(super) fn takes(&self, key: &Key) -> bool {
        key.as_bytes().first().is_some_and(|id| self.spaces[usize::from(*id)])
    }

    /// What a row will be; `None` where its keyspace has the last word.
    pub(super) fn get(&self, key: &Key) -> Option<Option<Bytes>> {
        self.read().get(key).map(|it| it.value.clone())
    }

    /// The changes of a range, and what `view` takes while none of them can move.
    pub(super) fn range<T>(&self, range: &Range, view: impl FnOnce() -> T) -> (Vec<Change>, T) {
        let rows = self.read();
        let found = rows.range::<Key, _>((Bound::Included(&range.start), Bound::Excluded(&range.end)));
        let found = found.map(|(key, it)| (key.clone(), it.value.clone())).collect();
        (found, view())
    }

    /// Takes in the changes of a redo row. `gone` are keys of which no trace is left to write.
    pub(super) fn apply(&self, redo: u64, changes: Vec<Change>, gone: &[Key]) {
        let mut rows = self.write();
        for (key, value) in changes {
            rows.insert(key, Waiting { value, redo });
        }
        for key in gone {
            rows.remove(key);
        }
    }

    /// The next changes to write, in key order.
    pub(super) fn page(&self, after: Option<&Key>, limit: usize) -> Vec<Change> {
        let rows = self.read();
        let start = after.map_or(Bound::Unbounded, Bound::Excluded);
        let next = rows.range::<Key, _>((start, Bound::Unbounded)).take(limit);
        next.map(|(key, it)| (key.clone(), it.value.clone())).collect()
    }

    /// Every change up to a redo row is in its keyspace now.
    pub(super) fn settled(&self, upto: u64) {
        self.write().retain(|_, it| it.redo > upto);
    }

    /// How many rows wait.
    pub(super) fn len(&self) -> usize {
        self.read().len()
    }

    fn read(&self) -> RwLockReadGuard<'_, BTreeMap<Key, Waiting>> {
        self.rows.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, BTreeMap<Key, Waiting>> {
        self.rows.write().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The rows of a keyspace with the changes over them; both come in the order of `direction`.
pub(super) struct Merged<O: Iterator, B: Iterator> {
    over: Peekable<O>,
    below: Peekable<B>,
    direction: Direction,
}

impl<O: Iterator<Item = Change>, B: Iterator<Item = Result<Row, Error>>> Merged<O, B> {
    /// Merges.
    pub(super) fn new(over: O, below: B, direction: Direction) -> Self {
        Self { over: over.peekable(), below: below.peekable(), direction }
    }

    /// Whether the next change comes no later than the next row, and whether it replaces that row.
    fn over_is_next(&mut self) -> Option<(bool, bool)> {
        let key = &self.over.peek()?.0;
        let Some(Ok((other, _))) = self.below.peek() else { return Some((self.below.peek().is_none(), false)) };
        let before = match self.direction {
            Direction::Forward => key < other,
            Direction::Backward => key > other,
        };
        Some((before || key == other, key == other))
    }
}

impl<O: Iterator<Item = Change>, B: Iterator<Item = Result<Row, Error>>> Iterator for Merged<O, B> {
    type Item = Result<Row, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let Some((true, replaces)) = self.over_is_next() else { return self.below.next() };
            if replaces {
                self.below.next();
            }
            if let (key, Some(value)) = self.over.next()? {
                return Some(Ok((key, value)));
            }
        }
    }
}
