//! What a question costs: rows read by their keys, ranges, and content opened.

use std::cell::Cell;

use bytes::Bytes;
use store::{Direction, Key, Range, Row};

use crate::{
    ids::Now,
    spaces::CONTENT_KEY,
    view::{Decided, Rows, View},
    warm::Warm,
    world::World,
};

/// A view that counts.
pub struct Counting<'a> {
    view: &'a dyn View,
    gets: Cell<usize>,
    scans: Cell<usize>,
    opened: Cell<usize>,
}

/// What was counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cost {
    /// Rows by their keys, those of content keys included.
    pub gets: usize,
    /// Ranges.
    pub scans: usize,
    /// Seals: each is opened with a key that is read for it.
    pub opened: usize,
}

impl<'a> Counting<'a> {
    /// Counts what is read through it.
    pub fn over(view: &'a dyn View) -> Self {
        Self { view, gets: Cell::default(), scans: Cell::default(), opened: Cell::default() }
    }

    /// So far.
    pub fn cost(&self) -> Cost {
        Cost { gets: self.gets.get(), scans: self.scans.get(), opened: self.opened.get() }
    }
}

impl Rows for Counting<'_> {
    fn get(&self, key: &Key) -> Decided<Option<Bytes>> {
        self.gets.set(self.gets.get() + 1);
        self.opened.set(self.opened.get() + usize::from(key.subspace() == CONTENT_KEY.id));
        self.view.get(key)
    }

    fn scan(&self, range: &Range, direction: Direction, limit: usize) -> Decided<Vec<Row>> {
        self.scans.set(self.scans.get() + 1);
        self.view.scan(range, direction, limit)
    }
}

impl View for Counting<'_> {
    fn now(&self) -> Now {
        self.view.now()
    }

    fn world(&self) -> &World {
        self.view.world()
    }

    fn warm(&self) -> Option<&Warm> {
        self.view.warm()
    }
}
