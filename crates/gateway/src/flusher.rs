//! Pushes on their way out of sessions' queues, many at a time and without waking a task for each. What few
//! sessions hear passes what many hear.

use std::{
    collections::VecDeque,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use bytes::Bytes;
use tokio::{
    sync::Notify,
    task::{JoinHandle, yield_now},
};

use crate::{
    clock,
    gateway::Hall,
    outlet::Held,
    packer::Packer,
    session::Cell,
    stats::{Counters, add},
};

/// Sessions packed and encrypted together: twice the widest lanes, so that lengths may differ. At some 6 µs a
/// write, others on the core wait a fifth of a millisecond.
pub(crate) const BATCH: usize = 32;

/// Places of a batch that are left to what many hear while there is any, so that no flood of what few hear
/// holds it up for ever.
const BULK_PLACES: usize = 8;

/// Sessions that get a push before others may use the core.
const SPREAD_AT_ONCE: usize = 512;

/// How soon a push leaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Urgency {
    /// Before everything that many hear.
    Soon,
    /// In its turn.
    Bulk,
}

/// Sessions that have something to be sent, in parts that are flushed beside each other.
pub(crate) struct Flusher {
    shards: Vec<Shard>,
}

#[derive(Default)]
struct Shard {
    lists: Mutex<Lists>,
    bell: Notify,
}

/// By [`Urgency`]; a session stands once in each at most, and knows that.
#[derive(Default)]
struct Lists {
    soon: VecDeque<Arc<Cell>>,
    bulk: VecDeque<Arc<Cell>>,
}

type Listed = (Urgency, Arc<Cell>);

impl Flusher {
    /// One with so many parts, each for a core.
    pub(crate) fn new(parts: usize) -> Self {
        Self { shards: (0..parts.max(1)).map(|_| Shard::default()).collect() }
    }

    /// Puts a push into each session's queue. A session that had nothing to send is listed.
    pub(crate) async fn spread(&self, cells: Vec<Arc<Cell>>, body: &Bytes, urgency: Urgency) {
        let mut listed = vec![Vec::new(); self.shards.len()];
        for (at, cell) in cells.into_iter().enumerate() {
            if cell.queue(Bytes::clone(body), urgency) {
                listed[self.part_of(&cell)].push(cell);
            }
            if at % SPREAD_AT_ONCE == SPREAD_AT_ONCE - 1 {
                self.list(&mut listed, urgency);
                yield_now().await;
            }
        }
        self.list(&mut listed, urgency);
    }

    fn list(&self, parts: &mut [Vec<Arc<Cell>>], urgency: Urgency) {
        for (shard, cells) in self.shards.iter().zip(parts).filter(|(_, cells)| !cells.is_empty()) {
            shard.lock().of(urgency).extend(cells.drain(..));
            shard.bell.notify_one();
        }
    }

    /// The part of a session, by its place in memory.
    fn part_of(&self, cell: &Arc<Cell>) -> usize {
        // Multiplied by 2^64 over the golden ratio, so that places a regular distance apart spread.
        let mixed = (Arc::as_ptr(cell).addr() as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        (mixed >> 32) as usize % self.shards.len()
    }
}

impl Shard {
    fn lock(&self) -> MutexGuard<'_, Lists> {
        self.lists.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Moves the next batch into `taken`.
    fn take(&self, taken: &mut VecDeque<Listed>) {
        let mut lists = self.lock();
        let soon = BATCH - BULK_PLACES.min(lists.bulk.len());
        for urgency in [Urgency::Soon, Urgency::Bulk] {
            let most = if urgency == Urgency::Soon { soon } else { BATCH };
            let list = lists.of(urgency);
            let count = most.saturating_sub(taken.len()).min(list.len());
            taken.extend(list.drain(..count).map(|cell| (urgency, cell)));
            if list.is_empty() && list.capacity() > 0 {
                *list = VecDeque::new();
            }
        }
    }
}

impl Lists {
    fn of(&mut self, urgency: Urgency) -> &mut VecDeque<Arc<Cell>> {
        match urgency {
            Urgency::Soon => &mut self.soon,
            Urgency::Bulk => &mut self.bulk,
        }
    }
}

/// Starts a task for each part.
pub(crate) fn start(hall: &Arc<Hall>) -> Vec<JoinHandle<()>> {
    (0..hall.flusher.shards.len()).map(|at| tokio::spawn(run(Arc::clone(hall), at))).collect()
}

async fn run(hall: Arc<Hall>, at: usize) {
    let shard = &hall.flusher.shards[at];
    let mut stopped = Box::pin(hall.stopped());
    let mut batch = Batch::default();
    loop {
        shard.take(&mut batch.taken);
        if batch.taken.is_empty() {
            tokio::select! {
                () = shard.bell.notified() => {}
                () = &mut stopped => return,
            }
            continue;
        }
        // One session's trouble must not be that of all.
        if catch_unwind(AssertUnwindSafe(|| batch.flush(&hall.counters))).is_err() {
            tracing::error!("a batch of pushes ended in the middle");
            batch = Batch::default();
        }
        for (urgency, cell) in batch.again.drain(..) {
            shard.lock().of(urgency).push_back(cell);
        }
        // Requests and private pushes pass here.
        yield_now().await;
    }
}

/// Sessions that are flushed together.
#[derive(Default)]
struct Batch {
    taken: VecDeque<Listed>,
    packer: Packer,
    /// Whose message stands at each place of the packer.
    packed: Vec<(Arc<Cell>, Held)>,
    /// Those with more than fits one message.
    again: Vec<Listed>,
}

impl Batch {
    /// Packs what is taken until so much is packed that it must leave first, encrypts and writes.
    fn flush(&mut self, counters: &Counters) {
        let (now, mut rng) = (clock::now(), rand::rng());
        self.packer.start();
        while !self.packer.is_full()
            && let Some((urgency, cell)) = self.taken.pop_front()
        {
            self.pack(urgency, cell, now, &mut rng);
        }
        self.packer.seal(|at| &self.packed[at].0);
        count_lanes(counters, self.packer.len());
        for (at, (_, mut held)) in self.packed.drain(..).enumerate() {
            if let Err(error) = self.packer.write(at, &mut held, &mut rng) {
                tracing::debug!(%error, "a push could not be written");
                held.outlet().close();
            } else if held.has_rest() {
                held.outlet().ring();
            }
        }
        self.packer.clear(counters);
    }

    fn pack(&mut self, urgency: Urgency, cell: Arc<Cell>, now: mtproto::Time, rng: &mut rand::rngs::ThreadRng) {
        let mut guard = cell.lock();
        let state = &mut *guard;
        state.listed[urgency as usize] = false;
        let Some(outlet) = &state.outlet else { return };
        if outlet.socket().is_none() {
            return outlet.ring();
        }
        // Held by its task, which looks again; with a rest, its task is about to write it and looks again.
        let Some(mut held) = outlet.take() else { return };
        if held.has_rest() || !self.packer.add(&mut state.session, now, rng) {
            return;
        }
        if state.session.has_queued() {
            state.listed[urgency as usize] = true;
            self.again.push((urgency, Arc::clone(&cell)));
        }
        drop(guard);
        self.packed.push((cell, held));
    }
}

fn count_lanes(counters: &Counters, filled: usize) {
    let counter = match filled {
        0 => return,
        1 => &counters.batches_of_1,
        2..=7 => &counters.batches_of_2_to_7,
        8..=15 => &counters.batches_of_8_to_15,
        _ => &counters.batches_of_16_and_more,
    };
    add(counter, 1);
}

#[cfg(test)]
mod tests;
