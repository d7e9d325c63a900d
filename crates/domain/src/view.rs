//! Reading rows. A read that isn't at hand ends with [`Need`]: whoever runs the code fetches what is
//! needed and runs it again, so the same plain function serves a local engine and a distant one.

use std::collections::HashMap;

use bytes::Bytes;
use store::{Direction, Key, Range, Row};

use crate::{
    ids::Now,
    record::{Malformed, Record},
    refusal::Refusal,
    warm::Warm,
    world::World,
};

/// Rows that must be fetched before the code can go on.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Need {
    /// These keys.
    Keys(Vec<Key>),
    /// This part of a range.
    Scan(Range, Direction, usize),
}

/// Why a decision or a question ended without an answer.
#[derive(Clone, Debug, PartialEq)]
pub enum Stop {
    /// Fetch and run again.
    Need(Need),
    /// The rules say no.
    Refuse(Refusal),
    /// A row does not read; ours or the disk's fault.
    Damaged(Malformed),
    /// A seal does not open; ours or the disk's fault.
    Sealed,
    /// The engine failed.
    Engine,
}

impl From<Need> for Stop {
    fn from(it: Need) -> Self {
        Stop::Need(it)
    }
}

impl From<Refusal> for Stop {
    fn from(it: Refusal) -> Self {
        Stop::Refuse(it)
    }
}

impl From<Malformed> for Stop {
    fn from(it: Malformed) -> Self {
        Stop::Damaged(it)
    }
}

impl From<vault::Error> for Stop {
    fn from(_: vault::Error) -> Self {
        Stop::Sealed
    }
}

/// The result of a decision or a question.
pub type Decided<T> = Result<T, Stop>;

/// Where committed rows come from.
pub trait Rows {
    /// A row, or `None` where there is none.
    fn get(&self, key: &Key) -> Decided<Option<Bytes>>;
    /// At most `limit` rows from the end that `direction` names.
    fn scan(&self, range: &Range, direction: Direction, limit: usize) -> Decided<Vec<Row>>;
}

/// Rows with the world around them: what every rule is given.
pub trait View: Rows {
    /// The moment of the call.
    fn now(&self) -> Now;
    /// Settings, secrets and the vault.
    fn world(&self) -> &World;
    /// What others have read before, where rows are as they were committed.
    fn warm(&self) -> Option<&Warm> {
        None
    }
}

/// A row, decoded.
pub fn load<T: Record>(view: &(impl Rows + ?Sized), key: &Key) -> Decided<Option<T>> {
    Ok(view.get(key)?.map(|bytes| T::decode(&bytes)).transpose()?)
}

/// A row, decoded, or the default where there is none.
pub fn load_or_default<T: Record + Default>(view: &(impl Rows + ?Sized), key: &Key) -> Decided<T> {
    Ok(load(view, key)?.unwrap_or_default())
}

/// Rows of a range, decoded.
pub fn list<T: Record>(
    view: &(impl Rows + ?Sized),
    range: &Range,
    direction: Direction,
    limit: usize,
) -> Decided<Vec<(Key, T)>> {
    let rows = view.scan(range, direction, limit)?;
    rows.into_iter().map(|(key, bytes)| Ok((key, T::decode(&bytes)?))).collect()
}

/// Rows gathered for one run: what the driver fetched.
#[derive(Debug, Default)]
pub struct Fetched {
    rows: HashMap<Key, Option<Bytes>>,
    scans: HashMap<(Range, Direction, usize), Vec<Row>>,
}

impl Fetched {
    /// Takes in the answer to a [`Need::Keys`], in its order.
    pub fn add_rows(&mut self, keys: &[Key], values: Vec<Option<Bytes>>) {
        self.rows.extend(keys.iter().cloned().zip(values));
    }

    /// Takes in the answer to a [`Need::Scan`].
    pub fn add_scan(&mut self, range: Range, direction: Direction, limit: usize, rows: Vec<Row>) {
        self.scans.insert((range, direction, limit), rows);
    }
}

impl Rows for Fetched {
    fn get(&self, key: &Key) -> Decided<Option<Bytes>> {
        match self.rows.get(key) {
            Some(value) => Ok(value.clone()),
            None => Err(Need::Keys(vec![key.clone()]).into()),
        }
    }

    fn scan(&self, range: &Range, direction: Direction, limit: usize) -> Decided<Vec<Row>> {
        let asked = (range.clone(), direction, limit);
        match self.scans.get(&asked) {
            Some(rows) => Ok(rows.clone()),
            None => Err(Need::Scan(asked.0, direction, limit).into()),
        }
    }
}

/// Committed rows of an engine in this process, read at once.
pub struct Local<'a>(pub &'a dyn store::LocalRead);

impl Rows for Local<'_> {
    fn get(&self, key: &Key) -> Decided<Option<Bytes>> {
        self.0.get_now(key).map_err(|_| Stop::Engine)
    }

    fn scan(&self, range: &Range, direction: Direction, limit: usize) -> Decided<Vec<Row>> {
        self.0.scan_now(range, direction, limit).map_err(|_| Stop::Engine)
    }
}

/// The view of a question: committed rows at a moment.
pub struct Question<'a> {
    /// Committed rows.
    pub rows: &'a dyn Rows,
    /// The moment.
    pub now: Now,
    /// The world.
    pub world: &'a World,
    /// The rows are those of an engine in this process: what was read of them before may be told again.
    pub warm: bool,
}

impl Rows for Question<'_> {
    fn get(&self, key: &Key) -> Decided<Option<Bytes>> {
        self.rows.get(key)
    }

    fn scan(&self, range: &Range, direction: Direction, limit: usize) -> Decided<Vec<Row>> {
        self.rows.scan(range, direction, limit)
    }
}

impl View for Question<'_> {
    fn now(&self) -> Now {
        self.now
    }

    fn world(&self) -> &World {
        self.world
    }

    fn warm(&self) -> Option<&Warm> {
        self.warm.then_some(&self.world.warm)
    }
}
