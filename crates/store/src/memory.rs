//! The engine in memory: for tests, and the plainest picture of what an engine does.

use std::{
    collections::BTreeMap,
    future::ready,
    ops::Bound,
    sync::{Arc, PoisonError, RwLock},
};

use bytes::Bytes;

use crate::{Batch, BoxFuture, Direction, Error, Key, Kv, Lease, Limits, LocalRead, Op, Range, Row, Snapshot};

/// Rows in an ordered map.
#[derive(Default)]
pub struct Memory {
    state: RwLock<State>,
}

#[derive(Default)]
struct State {
    rows: Arc<BTreeMap<Key, Bytes>>,
    leases: BTreeMap<u16, (u64, u64)>,
}

impl Memory {
    /// An empty one.
    pub fn new() -> Self {
        Self::default()
    }

    fn apply(&self, batch: Batch) -> Result<(), Error> {
        let mut state = self.state.write().unwrap_or_else(PoisonError::into_inner);
        let (epoch, seq) = state.leases.get(&batch.lease.group).copied().unwrap_or_default();
        if batch.lease.epoch != epoch {
            return Err(Error::Fenced { got: batch.lease.epoch, current: epoch });
        }
        if batch.seq == seq {
            return Ok(());
        }
        if batch.seq != seq + 1 {
            return Err(Error::Sequence { got: batch.seq, expected: seq + 1 });
        }
        Limits::LOCAL.check(&batch.ops)?;
        let absent = |op: &Op| !matches!(op, Op::AssertAbsent(key) if state.rows.contains_key(key));
        if !batch.ops.iter().all(absent) {
            return Err(Error::Conflict);
        }
        let rows = Arc::make_mut(&mut state.rows);
        for op in batch.ops {
            match op {
                Op::Put(key, value) => drop(rows.insert(key, value)),
                Op::Delete(key) => drop(rows.remove(&key)),
                Op::AssertAbsent(_) => {}
            }
        }
        state.leases.insert(batch.lease.group, (epoch, batch.seq));
        Ok(())
    }

    fn rows(&self) -> Arc<BTreeMap<Key, Bytes>> {
        Arc::clone(&self.state.read().unwrap_or_else(PoisonError::into_inner).rows)
    }
}

impl LocalRead for Memory {
    fn get_now(&self, key: &Key) -> Result<Option<Bytes>, Error> {
        Ok(self.rows().get(key).cloned())
    }

    fn scan_now(&self, range: &Range, direction: Direction, limit: usize) -> Result<Vec<Row>, Error> {
        if range.start >= range.end {
            return Ok(Vec::new());
        }
        let rows = self.rows();
        let found = rows.range(range.start.clone()..range.end.clone()).map(|(key, value)| (key.clone(), value.clone()));
        Ok(match direction {
            Direction::Forward => found.take(limit).collect(),
            Direction::Backward => found.rev().take(limit).collect(),
        })
    }
}

impl Kv for Memory {
    fn get<'a>(&'a self, key: &'a Key) -> BoxFuture<'a, Result<Option<Bytes>, Error>> {
        Box::pin(ready(self.get_now(key)))
    }

    fn multi_get<'a>(&'a self, keys: &'a [Key]) -> BoxFuture<'a, Result<Vec<Option<Bytes>>, Error>> {
        Box::pin(ready(keys.iter().map(|key| self.get_now(key)).collect()))
    }

    fn scan<'a>(
        &'a self,
        range: &'a Range,
        direction: Direction,
        limit: usize,
    ) -> BoxFuture<'a, Result<Vec<Row>, Error>> {
        Box::pin(ready(self.scan_now(range, direction, limit)))
    }

    fn commit(&self, batch: Batch) -> BoxFuture<'_, Result<(), Error>> {
        Box::pin(ready(self.apply(batch)))
    }

    fn lease(&self, group: u16) -> BoxFuture<'_, Result<Lease, Error>> {
        let mut state = self.state.write().unwrap_or_else(PoisonError::into_inner);
        let held = state.leases.entry(group).or_default();
        held.0 += 1;
        let (epoch, seq) = *held;
        Box::pin(ready(Ok(Lease { group, epoch, seq })))
    }

    fn snapshot(&self) -> BoxFuture<'_, Result<Arc<dyn Snapshot>, Error>> {
        let state = self.state.read().unwrap_or_else(PoisonError::into_inner);
        let view: Arc<dyn Snapshot> = Arc::new(Fixed { rows: Arc::clone(&state.rows), leases: state.leases.clone() });
        Box::pin(ready(Ok(view)))
    }

    fn limits(&self) -> Limits {
        Limits::LOCAL
    }

    fn local(&self) -> Option<&dyn LocalRead> {
        Some(self)
    }
}

struct Fixed {
    rows: Arc<BTreeMap<Key, Bytes>>,
    leases: BTreeMap<u16, (u64, u64)>,
}

impl Snapshot for Fixed {
    fn page(&self, after: Option<&Key>, limit: usize) -> Result<Vec<Row>, Error> {
        let start = after.map_or(Bound::Unbounded, Bound::Excluded);
        let rows = self.rows.range::<Key, _>((start, Bound::Unbounded));
        Ok(rows.take(limit).map(|(key, value)| (key.clone(), value.clone())).collect())
    }
    fn seq(&self, group: u16) -> Result<u64, Error> {
        Ok(self.leases.get(&group).map_or(0, |(_, seq)| *seq))
    }
}
