//! The one thread that writes: batches in order, each fenced, numbered and synced before it is answered.

use std::{
    collections::HashMap,
    sync::{
        Arc,
        mpsc::{self, RecvTimeoutError},
    },
};

use fjall::{OwnedWriteBatch, PersistMode};
use tokio::sync::oneshot;

use super::{
    Rooms, engine,
    hot::Change,
    redo::{self, Span},
    settling::Settling,
    witness::Witness,
};
use crate::{Batch, Error, Lease, Limits, Op};

/// Told of the order of things, for tests.
pub trait Observer: Send + Sync + 'static {
    /// The batch of this sequence is about to be written and synced. Called on the commit thread.
    fn before_sync(&self, seq: u64);
    /// The batch is durable; its commit is answered after this. Called on the commit thread.
    fn after_sync(&self, seq: u64);
}

/// The group whose sequence the witness remembers: the embedded engine has this one.
pub(super) const WITNESSED: u16 = 0;

type Done<T> = oneshot::Sender<Result<T, Error>>;

pub(super) enum Request {
    Commit(Batch, Done<()>),
    Lease(u16, Done<Lease>),
    Snapshot(Done<fjall::Snapshot>),
}

pub(super) struct Committer {
    rooms: Arc<Rooms>,
    observer: Option<Arc<dyn Observer>>,
    leases: HashMap<u16, Lease>,
    settling: Settling,
    witness: Witness,
    /// A failed write leaves nobody knowing what is stored: nothing more is written until reopened.
    poisoned: bool,
}

impl Committer {
    pub(super) fn new(rooms: Arc<Rooms>, observer: Option<Arc<dyn Observer>>, span: Span, witness: Witness) -> Self {
        Self { rooms, observer, leases: HashMap::new(), settling: Settling::new(span), witness, poisoned: false }
    }

    pub(super) fn run(mut self, requests: &mpsc::Receiver<Request>) {
        loop {
            let next = match self.settling.pause().filter(|_| !self.poisoned) {
                Some(pause) => requests.recv_timeout(pause),
                None => requests.recv().map_err(|_| RecvTimeoutError::Disconnected),
            };
            match next {
                // Whoever asked may have gone; the write stands all the same.
                Ok(Request::Commit(batch, done)) => drop(done.send(self.commit(&batch))),
                Ok(Request::Lease(group, done)) => drop(done.send(self.lease(group))),
                Ok(Request::Snapshot(done)) => drop(done.send(self.snapshot())),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => break,
            }
            self.settle(Settling::step);
        }
        self.settle(Settling::finish);
        if let Some(lease) = self.leases.get(&WITNESSED).filter(|_| !self.poisoned) {
            self.witness.close(lease.seq);
        }
    }

    fn settle(&mut self, how: impl FnOnce(&mut Settling, &Rooms) -> Result<(), Error>) {
        if !self.poisoned {
            self.poisoned = how(&mut self.settling, &self.rooms).is_err();
        }
    }

    /// With everything settled, what stands in the keyspaces is the whole store.
    fn snapshot(&mut self) -> Result<fjall::Snapshot, Error> {
        self.usable()?;
        self.settle(Settling::finish);
        self.usable()?;
        Ok(self.rooms.database.snapshot())
    }

    fn lease(&mut self, group: u16) -> Result<Lease, Error> {
        self.usable()?;
        let stored = self.stored(group)?;
        let lease = Lease { epoch: stored.epoch + 1, ..stored };
        let mut write = self.rooms.database.batch();
        write.insert(&self.rooms.meta, lease_key(group), lease_row(&lease));
        self.sync(write)?;
        self.leases.insert(group, lease);
        Ok(lease)
    }

    fn commit(&mut self, batch: &Batch) -> Result<(), Error> {
        self.usable()?;
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
        Limits::LOCAL.check(&batch.ops)?;
        self.assertions(&batch.ops)?;
        let lease = Lease { seq: batch.seq, ..batch.lease };
        let (write, hot) = self.gather(&batch.ops, &lease)?;
        self.observer.iter().for_each(|it| it.before_sync(batch.seq));
        self.sync(write)?;
        let cold = batch.ops.iter().filter_map(|op| match op {
            Op::Put(key, _) | Op::Delete(key) => Some(key),
            Op::AssertAbsent(_) => None,
        });
        cold.for_each(|key| self.rooms.cache.forget(key));
        self.take_in(hot)?;
        self.observer.iter().for_each(|it| it.after_sync(batch.seq));
        self.leases.insert(lease.group, lease);
        if lease.group == WITNESSED {
            self.witness.note(lease.seq);
        }
        Ok(())
    }

    fn usable(&self) -> Result<(), Error> {
        if self.poisoned {
            return Err(Error::Engine("an earlier write failed; the store must be opened anew".into()));
        }
        Ok(())
    }

    fn assertions(&self, ops: &[Op]) -> Result<(), Error> {
        for op in ops {
            if let Op::AssertAbsent(key) = op
                && self.rooms.get(key)?.is_some()
            {
                return Err(Error::Conflict);
            }
        }
        Ok(())
    }

    /// Touches nothing yet: a key of no subspace is refused here, while the store is whole.
    fn gather(&self, ops: &[Op], lease: &Lease) -> Result<(OwnedWriteBatch, Hot), Error> {
        let mut write = self.rooms.database.batch();
        let mut hot = Hot::default();
        for op in last_of_each_key(ops) {
            match op {
                Op::Put(key, _) | Op::Delete(key) if self.rooms.hot.takes(key) => hot.changes.extend(redo::change(op)),
                Op::Put(key, value) => write.insert(self.rooms.keyspace(key)?, key.as_bytes(), value.as_ref()),
                Op::Delete(key) => write.remove(self.rooms.keyspace(key)?, key.as_bytes()),
                Op::AssertAbsent(_) => {}
            }
        }
        if !hot.changes.is_empty() {
            let row = redo::encode(&hot.changes);
            hot.bytes = row.len();
            write.insert(&self.rooms.redo, redo::key(self.settling.next_redo()), row);
        }
        write.insert(&self.rooms.meta, lease_key(lease.group), lease_row(lease));
        Ok((write, hot))
    }

    /// After the cold rows, so that whoever reads a new counter finds what it counts.
    fn take_in(&mut self, hot: Hot) -> Result<(), Error> {
        if hot.changes.is_empty() {
            return Ok(());
        }
        let number = self.settling.next_redo();
        self.settling.wrote(hot.bytes);
        let taken = redo::take_in(&self.rooms, number, hot.changes);
        self.poisoned = taken.is_err();
        taken
    }

    fn sync(&mut self, write: OwnedWriteBatch) -> Result<(), Error> {
        let result = self.rooms.write(write.durability(Some(PersistMode::SyncData)));
        self.poisoned = result.is_err();
        result
    }

    fn stored(&self, group: u16) -> Result<Lease, Error> {
        match self.leases.get(&group) {
            Some(lease) => Ok(*lease),
            None => read_lease(&self.rooms, group),
        }
    }
}

/// The hot changes of a batch, and the bytes of their redo row.
#[derive(Default)]
struct Hot {
    changes: Vec<Change>,
    bytes: usize,
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
    parse_lease(group, rooms.meta.get(lease_key(group)).map_err(engine)?.as_deref())
}

/// As [`read_lease`], from the row.
pub(super) fn parse_lease(group: u16, row: Option<&[u8]>) -> Result<Lease, Error> {
    let Some(row) = row else { return Ok(Lease { group, epoch: 0, seq: 0 }) };
    let numbers = row.split_first_chunk::<8>().and_then(|(epoch, rest)| Some((epoch, rest.first_chunk::<8>()?)));
    let (epoch, seq) = numbers.ok_or_else(|| Error::Engine("the lease row does not read".into()))?;
    Ok(Lease { group, epoch: u64::from_be_bytes(*epoch), seq: u64::from_be_bytes(*seq) })
}

pub(super) fn lease_key(group: u16) -> Vec<u8> {
    [b"lease", &group.to_be_bytes()[..]].concat()
}

fn lease_row(lease: &Lease) -> Vec<u8> {
    [lease.epoch.to_be_bytes(), lease.seq.to_be_bytes()].concat()
}
