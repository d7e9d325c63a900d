//! The one thread that writes: batches in order, each fenced, numbered and synced before it is answered.

use std::{
    collections::HashMap,
    sync::{Arc, mpsc},
};

use fjall::PersistMode;
use tokio::sync::oneshot;

use super::{Rooms, engine, witness};
use crate::{Batch, Error, Lease, Op};

/// Bytes of one value: far above any row, far below what an LSM block bears badly.
pub(super) const VALUE_BYTES_MAX: usize = 1 << 20;

/// Bytes of one batch: an owner stops filling at 1 MiB and one command may add as much again.
pub(super) const BATCH_BYTES_MAX: usize = 8 << 20;

/// Told of the order of things, for tests.
pub trait Observer: Send + Sync + 'static {
    /// A batch is about to be written and synced.
    fn before_sync(&self, seq: u64);
    /// A batch is durable; its commit is answered after this.
    fn after_sync(&self, seq: u64);
}

type Done<T> = oneshot::Sender<Result<T, Error>>;

pub(super) enum Request {
    Commit(Batch, Done<()>),
    Lease(u16, Done<Lease>),
}

pub(super) struct Committer {
    rooms: Arc<Rooms>,
    observer: Option<Arc<dyn Observer>>,
    leases: HashMap<u16, Lease>,
    /// A failed write leaves nobody knowing what is stored: nothing more is written until reopened.
    poisoned: bool,
}

impl Committer {
    pub(super) fn new(rooms: Arc<Rooms>, observer: Option<Arc<dyn Observer>>) -> Self {
        Self { rooms, observer, leases: HashMap::new(), poisoned: false }
    }

    pub(super) fn run(mut self, requests: &mpsc::Receiver<Request>) {
        for request in requests {
            // Whoever asked may have gone; the write stands all the same.
            match request {
                Request::Commit(batch, done) => drop(done.send(self.commit(&batch))),
                Request::Lease(group, done) => drop(done.send(self.lease(group))),
            }
        }
    }

    fn lease(&mut self, group: u16) -> Result<Lease, Error> {
        let stored = self.stored(group)?;
        let lease = Lease { epoch: stored.epoch + 1, ..stored };
        let mut write = self.rooms.database.batch();
        write.insert(&self.rooms.meta, lease_key(group), lease_row(&lease));
        write.durability(Some(PersistMode::SyncData)).commit().map_err(engine)?;
        self.leases.insert(group, lease);
        Ok(lease)
    }

    fn commit(&mut self, batch: &Batch) -> Result<(), Error> {
        if self.poisoned {
            return Err(Error::Engine("an earlier write failed; the store must be opened anew".into()));
        }
        let held = self.stored(batch.lease.group)?;
        if batch.lease.epoch != held.epoch {
            return Err(Error::Fenced { got: batch.lease.epoch, current: held.epoch });
        }
        if batch.seq == held.seq {
            return Ok(());
        }
        if batch.seq != held.seq + 1 {
            return Err(Error::Sequence { got: batch.seq, expected: held.seq + 1 });
        }
        self.check(batch)?;
        self.write(batch).inspect_err(|_| self.poisoned = true)
    }

    fn check(&self, batch: &Batch) -> Result<(), Error> {
        let mut bytes = 0;
        for op in &batch.ops {
            match op {
                Op::Put(_, value) if value.len() > VALUE_BYTES_MAX => {
                    return Err(Error::TooLarge { got: value.len(), limit: VALUE_BYTES_MAX });
                }
                Op::Put(key, value) => bytes += key.as_bytes().len() + value.len(),
                Op::Delete(key) => bytes += key.as_bytes().len(),
                Op::AssertAbsent(key) => {
                    if self.rooms.keyspace(key)?.contains_key(key.as_bytes()).map_err(engine)? {
                        return Err(Error::Conflict);
                    }
                }
            }
        }
        if bytes > BATCH_BYTES_MAX { Err(Error::TooLarge { got: bytes, limit: BATCH_BYTES_MAX }) } else { Ok(()) }
    }

    fn write(&mut self, batch: &Batch) -> Result<(), Error> {
        let lease = Lease { seq: batch.seq, ..batch.lease };
        let mut write = self.rooms.database.batch();
        for op in last_of_each_key(&batch.ops) {
            match op {
                Op::Put(key, value) => write.insert(self.rooms.keyspace(key)?, key.as_bytes(), value.as_ref()),
                Op::Delete(key) => write.remove(self.rooms.keyspace(key)?, key.as_bytes()),
                Op::AssertAbsent(_) => {}
            }
        }
        write.insert(&self.rooms.meta, lease_key(lease.group), lease_row(&lease));
        if let Some(observer) = &self.observer {
            observer.before_sync(batch.seq);
        }
        write.durability(Some(PersistMode::SyncData)).commit().map_err(engine)?;
        if let Some(observer) = &self.observer {
            observer.after_sync(batch.seq);
        }
        self.leases.insert(lease.group, lease);
        witness::note(&self.rooms, &lease)
    }

    fn stored(&self, group: u16) -> Result<Lease, Error> {
        match self.leases.get(&group) {
            Some(lease) => Ok(*lease),
            None => read_lease(&self.rooms, group),
        }
    }
}

/// An engine may apply the ops of one key in any order, so only the last one is passed on.
fn last_of_each_key(ops: &[Op]) -> impl Iterator<Item = &Op> {
    let mut last = HashMap::with_capacity(ops.len());
    for (at, op) in ops.iter().enumerate() {
        if let Op::Put(key, _) | Op::Delete(key) = op {
            last.insert(key, at);
        }
    }
    ops.iter()
        .enumerate()
        .filter(move |(at, op)| match op {
            Op::Put(key, _) | Op::Delete(key) => last.get(key) == Some(at),
            Op::AssertAbsent(_) => false,
        })
        .map(|(_, op)| op)
}

/// What is stored of a group; a new one begins at nothing.
pub(super) fn read_lease(rooms: &Rooms, group: u16) -> Result<Lease, Error> {
    let Some(row) = rooms.meta.get(lease_key(group)).map_err(engine)? else {
        return Ok(Lease { group, epoch: 0, seq: 0 });
    };
    let numbers = row.split_first_chunk::<8>().and_then(|(epoch, rest)| Some((epoch, rest.first_chunk::<8>()?)));
    let (epoch, seq) = numbers.ok_or_else(|| Error::Engine("the lease row does not read".into()))?;
    Ok(Lease { group, epoch: u64::from_be_bytes(*epoch), seq: u64::from_be_bytes(*seq) })
}

fn lease_key(group: u16) -> Vec<u8> {
    [b"lease", &group.to_be_bytes()[..]].concat()
}

fn lease_row(lease: &Lease) -> Vec<u8> {
    [lease.epoch.to_be_bytes(), lease.seq.to_be_bytes()].concat()
}
