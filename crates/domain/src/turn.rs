//! A command's turn at the owner: reads through what is not yet committed, and writes that become
//! part of the next batch if the command succeeds.

use std::collections::BTreeMap;

use bytes::Bytes;
use rand_chacha::ChaCha12Rng;
use store::{Direction, Key, Range, Row};

use crate::{
    ids::{MessageUid, Now},
    record::Record,
    updates::Event,
    view::{Decided, Rows, View},
    world::World,
};

/// Rows written but not yet readable at the engine; `None` is a deletion.
pub type Writes = BTreeMap<Key, Option<Bytes>>;

/// The view of a command, with its writes.
pub struct Turn<'a> {
    base: &'a dyn Rows,
    world: &'a World,
    now: Now,
    /// Numbers drawn for this command; the same ones when it runs again.
    pub rng: ChaCha12Rng,
    pub(crate) writes: Writes,
    pub(crate) events: Vec<Event>,
}

impl<'a> Turn<'a> {
    /// Starts a turn over committed rows and the overlay.
    pub(crate) fn new(base: &'a dyn Rows, world: &'a World, now: Now, rng: ChaCha12Rng) -> Self {
        Self { base, world, now, rng, writes: Writes::new(), events: Vec::new() }
    }

    /// Writes a row.
    pub fn put(&mut self, key: Key, row: &impl Record) {
        self.writes.insert(key, Some(row.encode()));
    }

    /// Writes a row without a value, as indexes have.
    pub fn put_empty(&mut self, key: Key) {
        self.writes.insert(key, Some(Bytes::new()));
    }

    /// Writes bytes that are a row already.
    pub fn put_bytes(&mut self, key: Key, row: Bytes) {
        self.writes.insert(key, Some(row));
    }

    /// Deletes a row.
    pub fn delete(&mut self, key: Key) {
        self.writes.insert(key, None);
    }

    /// Tells something to sessions once the batch is durable.
    pub fn emit(&mut self, event: Event) {
        self.events.push(event);
    }

    /// What follows is decided as of this moment; only invented histories tell of another than now.
    pub(crate) fn as_of(&mut self, now: Now) {
        self.now = now;
    }

    /// A fresh message name.
    pub fn draw_uid(&mut self) -> MessageUid {
        MessageUid(self.draw())
    }

    /// Random bytes.
    pub fn draw<const N: usize>(&mut self) -> [u8; N] {
        let mut bytes = [0; N];
        rand::RngCore::fill_bytes(&mut self.rng, &mut bytes);
        bytes
    }
}

impl Rows for Turn<'_> {
    fn get(&self, key: &Key) -> Decided<Option<Bytes>> {
        match self.writes.get(key) {
            Some(written) => Ok(written.clone()),
            None => self.base.get(key),
        }
    }

    fn scan(&self, range: &Range, direction: Direction, limit: usize) -> Decided<Vec<Row>> {
        scan_through(&self.writes, self.base, range, direction, limit)
    }
}

impl View for Turn<'_> {
    fn now(&self) -> Now {
        self.now
    }

    fn world(&self) -> &World {
        self.world
    }
}

/// Rows that lie over others.
pub(crate) trait Over {
    /// Those of a range, in order.
    fn between<'a>(&'a self, range: &Range) -> impl Iterator<Item = (&'a Key, &'a Option<Bytes>)>;
}

impl Over for Writes {
    fn between<'a>(&'a self, range: &Range) -> impl Iterator<Item = (&'a Key, &'a Option<Bytes>)> {
        self.range::<Key, _>(&range.start..&range.end)
    }
}

/// A scan of `base` as it will look once `writes` are in it.
pub(crate) fn scan_through(
    writes: &impl Over,
    base: &dyn Rows,
    range: &Range,
    direction: Direction,
    limit: usize,
) -> Decided<Vec<Row>> {
    if range.start >= range.end {
        return Ok(Vec::new());
    }
    let over: Vec<_> = writes.between(range).collect();
    if over.is_empty() {
        return base.scan(range, direction, limit);
    }
    // Each written key may hide one row below, so as many more are asked for.
    let below = base.scan(range, direction, limit + over.len())?;
    let full = below.len() == limit + over.len();
    let edge = below.last().map(|(key, _)| key.clone());
    let mut merged: BTreeMap<Key, Bytes> = below.into_iter().collect();
    for (key, written) in over {
        match written {
            Some(bytes) => merged.insert(key.clone(), bytes.clone()),
            None => merged.remove(key),
        };
    }
    // Beyond the last row read below, rows that were not read may lie between the written ones.
    let readable = |key: &Key| match (&edge, direction) {
        (Some(edge), Direction::Forward) if full => key <= edge,
        (Some(edge), Direction::Backward) if full => key >= edge,
        _ => true,
    };
    let rows = merged.into_iter().filter(|(key, _)| readable(key));
    Ok(match direction {
        Direction::Forward => rows.take(limit).collect(),
        Direction::Backward => rows.rev().take(limit).collect(),
    })
}
