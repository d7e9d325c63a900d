//! Pushes on their way out of sessions' queues, many at a time and without waking a task for each. What few
//! sessions hear passes what many hear, whose threads step back.

use std::{
    collections::VecDeque,
    future::Future,
    io,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use bytes::Bytes;
use tokio::{
    sync::Notify,
    task::{JoinHandle, yield_now},
};

use crate::{
    background::{self, Rests},
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

/// Sessions that get a push before others may use the core.
const SPREAD_AT_ONCE: usize = 512;

/// How soon a push leaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Urgency {
    /// Among requests and their answers.
    Soon,
    /// By threads that step back.
    Bulk,
}

impl Urgency {
    /// Others may use the core: tasks of this thread, or other threads.
    async fn give_way(self) {
        match self {
            Urgency::Soon => yield_now().await,
            Urgency::Bulk => background::give_way(),
        }
    }
}

/// Sessions that have something to be sent, in parts that are flushed beside each other.
pub(crate) struct Flusher {
    parts: Vec<Part>,
}

/// A list for each [`Urgency`]; a session stands once in each at most, and knows that.
#[derive(Default)]
struct Part {
    soon: List,
    bulk: List,
}

#[derive(Default)]
struct List {
    cells: Mutex<VecDeque<Arc<Cell>>>,
    bell: Notify,
}

impl Flusher {
    /// One with so many parts, each for a core.
    pub(crate) fn new(parts: usize) -> Self {
        Self { parts: (0..parts.max(1)).map(|_| Part::default()).collect() }
    }

    /// Puts a push into each session's queue. A session that had nothing to send is listed.
    pub(crate) async fn spread(&self, cells: Vec<Arc<Cell>>, body: &Bytes, urgency: Urgency) {
        let mut listed = vec![Vec::new(); self.parts.len()];
        for (at, cell) in cells.into_iter().enumerate() {
            if cell.queue(Bytes::clone(body), urgency) {
                listed[self.part_of(&cell)].push(cell);
            }
            if at % SPREAD_AT_ONCE == SPREAD_AT_ONCE - 1 {
                self.list(&mut listed, urgency);
                urgency.give_way().await;
            }
        }
        self.list(&mut listed, urgency);
    }

    fn list(&self, listed: &mut [Vec<Arc<Cell>>], urgency: Urgency) {
        for (part, cells) in self.parts.iter().zip(listed).filter(|(_, cells)| !cells.is_empty()) {
            let list = part.of(urgency);
            list.lock().extend(cells.drain(..));
            list.bell.notify_one();
        }
    }

    /// The part of a session, by its place in memory.
    fn part_of(&self, cell: &Arc<Cell>) -> usize {
        // Multiplied by 2^64 over the golden ratio, so that places a regular distance apart spread.
        let mixed = (Arc::as_ptr(cell).addr() as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        (mixed >> 32) as usize % self.parts.len()
    }
}

impl Part {
    fn of(&self, urgency: Urgency) -> &List {
        match urgency {
            Urgency::Soon => &self.soon,
            Urgency::Bulk => &self.bulk,
        }
    }
}

impl List {
    fn lock(&self) -> MutexGuard<'_, VecDeque<Arc<Cell>>> {
        self.cells.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Fills `taken` up to a batch.
    fn take(&self, taken: &mut VecDeque<Arc<Cell>>) {
        let mut cells = self.lock();
        let count = BATCH.saturating_sub(taken.len()).min(cells.len());
        taken.extend(cells.drain(..count));
        if cells.is_empty() && cells.capacity() > 0 {
            *cells = VecDeque::new();
        }
    }
}

/// Starts a task for each part's private pushes, and a thread for what many hear.
pub(crate) fn start(hall: &Arc<Hall>) -> io::Result<Vec<JoinHandle<()>>> {
    let mut tasks = Vec::new();
    for at in 0..hall.flusher.parts.len() {
        tasks.push(tokio::spawn(serve(Arc::clone(hall), at, Urgency::Soon)));
        let bulk = serve(Arc::clone(hall), at, Urgency::Bulk);
        tasks.push(background::start(&format!("flush-{at}"), bulk)?);
    }
    Ok(tasks)
}

async fn serve(hall: Arc<Hall>, at: usize, urgency: Urgency) {
    let rests = Rests::new(match urgency {
        // Not of one thread.
        Urgency::Soon => || {},
        Urgency::Bulk => hall.at_rest,
    });
    run(&hall.flusher, (at, urgency), &hall.counters, rests, hall.stopped()).await;
}

/// Flushes one list, batch after batch.
async fn run(
    flusher: &Flusher,
    (at, urgency): (usize, Urgency),
    counters: &Counters,
    mut rests: Rests,
    stopped: impl Future<Output = ()>,
) {
    let list = flusher.parts[at].of(urgency);
    let mut stopped = Box::pin(stopped);
    let mut batch = Batch::new(urgency);
    loop {
        list.take(&mut batch.taken);
        if batch.taken.is_empty() {
            tokio::select! {
                () = list.bell.notified() => {}
                () = rests.due() => rests.rest(),
                () = &mut stopped => return,
            }
            continue;
        }
        rests.begin();
        // One session's trouble must not be that of all.
        if catch_unwind(AssertUnwindSafe(|| batch.flush(counters))).is_err() {
            tracing::error!("a batch of pushes ended in the middle");
            batch = Batch::new(urgency);
        }
        if !batch.again.is_empty() {
            list.lock().extend(batch.again.drain(..));
        }
        // Requests and other pushes pass here.
        urgency.give_way().await;
    }
}

/// Sessions that are flushed together.
struct Batch {
    urgency: Urgency,
    taken: VecDeque<Arc<Cell>>,
    packer: Packer,
    /// Whose message stands at each place of the packer.
    packed: Vec<(Arc<Cell>, Held)>,
    /// Those with more than fits one message.
    again: Vec<Arc<Cell>>,
}

impl Batch {
    fn new(urgency: Urgency) -> Self {
        Self { urgency, taken: VecDeque::new(), packer: Packer::default(), packed: Vec::new(), again: Vec::new() }
    }

    /// Packs what is taken until so much is packed that it must leave first, encrypts and writes.
    fn flush(&mut self, counters: &Counters) {
        let (now, mut rng) = (clock::now(), rand::rng());
        self.packer.start();
        while !self.packer.is_full()
            && let Some(cell) = self.taken.pop_front()
        {
            self.pack(cell, now, &mut rng);
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

    fn pack(&mut self, cell: Arc<Cell>, now: mtproto::Time, rng: &mut rand::rngs::ThreadRng) {
        let mut guard = cell.lock();
        let state = &mut *guard;
        state.listed[self.urgency as usize] = false;
        let Some(outlet) = &state.outlet else { return };
        if outlet.socket().is_none() {
            return outlet.ring();
        }
        // Held by its task, which looks again; with a rest, its task is about to write it and looks again.
        let Some(mut held) = outlet.take() else { return };
        if held.has_rest() {
            return;
        }
        let added = self.packer.add(&mut state.session, now, rng);
        if state.session.is_long_next() {
            // Its task hands that on.
            held.outlet().ring();
        } else if state.session.has_queued() {
            state.listed[self.urgency as usize] = true;
            self.again.push(Arc::clone(&cell));
        }
        drop(guard);
        if !added {
            return;
        }
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
pub(crate) mod tests;
