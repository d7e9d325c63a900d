//! The owner of vshards, sans-IO: runs commands one after another, keeps what is written but not yet
//! committed, and hands out numbered blind batches.
//!
//! Drive it so: [`Owner::handle_command`] and [`Owner::handle_fetched`] put in; then
//! [`Owner::run`]; then [`Owner::poll_fetch`] and [`Owner::poll_batch`] until both are empty;
//! [`Owner::handle_committed`] when a batch is durable, which answers its commands.

use std::{
    collections::{BTreeMap, HashMap, VecDeque},
    sync::Arc,
};

use bytes::Bytes;
use rand::SeedableRng;
use rand_chacha::ChaCha12Rng;
use store::{Batch, Direction, Key, Lease, Op, Range, Row};

use crate::{
    ids::Now,
    spaces::CONTENT_KEY,
    turn::{Over, Turn, Writes, scan_through},
    updates::Event,
    view::{Decided, Fetched, Need, Rows, Stop},
    warm::Changes,
    world::World,
};

/// Commands that one batch may carry; beyond it a command waits for the next, so that one fsync
/// never delays thousands of answers.
pub const BATCH_COMMANDS_MAX: usize = 1024;

/// Bytes of values that one batch may carry (storage engines bear 1 MB well).
pub const BATCH_BYTES_MAX: usize = 1 << 20;

/// Rows that one command may write; what is larger is a resumable job.
pub const COMMAND_ROWS_MAX: usize = 4096;

/// How often a command may ask for more rows before it is refused: each round must bring it forward,
/// and no rule reads through more than some links for each of a few people.
pub const FETCH_ROUNDS_MAX: u32 = 128;

/// Commands that may wait for their turn; beyond it new ones are refused as the server is overloaded.
pub const QUEUE_MAX: usize = 65_536;

/// A command with its answer's way back, as the owner sees it.
pub trait Task: Send {
    /// Decides. `Err` other than a need has been kept as the answer's refusal by the task.
    fn attempt(&mut self, turn: &mut Turn<'_>) -> Result<Outcome, Need>;
    /// Sends the answer; called after the batch with the command's writes is durable.
    fn finish(self: Box<Self>);
    /// Sends "not now": nothing of the command was or will be written.
    fn fail(self: Box<Self>);
    /// The seed of the numbers that the command draws.
    fn seed(&self) -> [u8; 32];
}

/// How an attempt ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The writes of the turn are to be committed.
    Write,
    /// The rules said no, or there was nothing to write: the turn's writes are dropped.
    Drop,
}

/// Names a command that waits for rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Ticket(u64);

struct Waiting {
    task: Box<dyn Task>,
    fetched: Fetched,
    rounds: u32,
    /// The last commit when its first fetch began: rows written later are taken from the overlay.
    since: u64,
}

/// The owner of every vshard of one lease.
pub struct Owner {
    lease: Lease,
    seq: u64,
    world: Arc<World>,
    queue: VecDeque<Waiting>,
    fetching: HashMap<Ticket, Waiting>,
    wanted: VecDeque<(Ticket, Need)>,
    next_ticket: u64,
    overlay: Overlay,
    filling: Filling,
    flying: Option<Filling>,
}

/// A batch; what it writes stands in the overlay.
#[derive(Default)]
struct Filling {
    bytes: usize,
    done: Vec<Box<dyn Task>>,
    events: Vec<Event>,
    /// Where what it writes stands among the changes, and whether keys of content go.
    written: Vec<u32>,
    keys_gone: bool,
}

impl Filling {
    fn is_full(&self) -> bool {
        self.done.len() >= BATCH_COMMANDS_MAX || self.bytes >= BATCH_BYTES_MAX
    }

    fn note(&mut self, ops: &[Op]) {
        let key = |op: &Op| match op {
            Op::Put(key, _) | Op::Delete(key) | Op::AssertAbsent(key) => Changes::place(key),
        };
        let is_key = |op: &Op| matches!(op, Op::Delete(key) if key.subspace() == CONTENT_KEY.id);
        self.written = ops.iter().map(key).collect();
        self.keys_gone = ops.iter().any(is_key);
    }
}

impl Owner {
    /// Begins after the lease's last commit.
    pub fn new(lease: Lease, world: Arc<World>) -> Self {
        // What was committed before is as the store has it now.
        world.warm.handle_lost();
        Self {
            lease,
            seq: lease.seq,
            world,
            queue: VecDeque::new(),
            fetching: HashMap::new(),
            wanted: VecDeque::new(),
            next_ticket: 0,
            overlay: Overlay { committed: lease.seq, ..Overlay::default() },
            filling: Filling::default(),
            flying: None,
        }
    }

    /// Puts a command in line; an overfull line answers it "not now".
    pub fn handle_command(&mut self, task: Box<dyn Task>) {
        if self.queue.len() >= QUEUE_MAX {
            return task.fail();
        }
        let since = self.overlay.committed;
        self.queue.push_back(Waiting { task, fetched: Fetched::default(), rounds: 0, since });
    }

    /// Runs what is in line over the engine's committed rows, as far as the batch has room.
    /// `rows` may answer every read at once (a local engine) or none (a distant one).
    pub fn run(&mut self, now: Now, rows: &dyn Rows) {
        while !self.filling.is_full() {
            let Some(next) = self.queue.pop_front() else { return };
            self.attempt(now, rows, next);
        }
    }

    /// What to fetch next, and for whom.
    pub fn poll_fetch(&mut self) -> Option<(Ticket, Need)> {
        self.wanted.pop_front()
    }

    /// Takes in what was fetched; the command is first in line again.
    pub fn handle_fetched(&mut self, ticket: Ticket, add: impl FnOnce(&mut Fetched)) {
        if let Some(mut waiting) = self.fetching.remove(&ticket) {
            add(&mut waiting.fetched);
            self.queue.push_front(waiting);
        }
    }

    /// A fetch failed at the engine: the command is answered "not now".
    pub fn handle_fetch_failed(&mut self, ticket: Ticket) {
        if let Some(waiting) = self.fetching.remove(&ticket) {
            waiting.task.fail();
        }
    }

    /// The next batch to commit, if none is under way and there is anything to write.
    pub fn poll_batch(&mut self) -> Option<Batch> {
        if self.flying.is_some() || self.filling.done.is_empty() {
            return None;
        }
        self.seq += 1;
        let ops = self.overlay.ops(self.seq);
        self.filling.note(&ops);
        self.flying = Some(std::mem::take(&mut self.filling));
        Some(Batch { lease: self.lease, seq: self.seq, ops })
    }

    /// The batch is durable: answers its commands and returns what to tell the sessions.
    pub fn handle_committed(&mut self) -> Vec<Event> {
        let Some(flown) = self.flying.take() else { return Vec::new() };
        let readers = self.queue.iter().filter(|it| it.rounds > 0).chain(self.fetching.values());
        let oldest = readers.map(|it| it.since).min();
        self.overlay.committed(self.seq, oldest);
        // Whoever is answered or told from here on finds nothing older.
        self.world.warm.handle_committed(&flown.written, flown.keys_gone);
        flown.done.into_iter().for_each(Task::finish);
        flown.events
    }

    /// The batch failed: nobody knows whether it is stored, so everything that builds on it is
    /// answered "not now". The owner is spent; the driver takes the lease anew and makes another.
    pub fn poison(mut self) {
        self.world.warm.handle_lost();
        let flown = self.flying.take().map(|it| it.done).unwrap_or_default();
        let waiting = self.queue.into_iter().chain(self.fetching.into_values()).map(|it| it.task);
        flown.into_iter().chain(self.filling.done).chain(waiting).for_each(Task::fail);
    }

    /// Commands in the batch that is under way.
    pub fn flying(&self) -> usize {
        self.flying.as_ref().map_or(0, |it| it.done.len())
    }

    /// Whether nothing waits and nothing is under way.
    pub fn is_idle(&self) -> bool {
        self.queue.is_empty() && self.fetching.is_empty() && self.flying.is_none() && self.filling.done.is_empty()
    }

    fn attempt(&mut self, now: Now, rows: &dyn Rows, mut waiting: Waiting) {
        let under = Under { overlay: &self.overlay, fetched: &waiting.fetched, rows, direct: waiting.rounds == 0 };
        let rng = ChaCha12Rng::from_seed(waiting.task.seed());
        let mut turn = Turn::new(&under, &self.world, now, rng);
        match waiting.task.attempt(&mut turn) {
            Ok(Outcome::Write) if turn.writes.len() > COMMAND_ROWS_MAX => waiting.task.fail(),
            Ok(Outcome::Write) => {
                let Turn { writes, events, .. } = turn;
                self.keep(writes, events, waiting.task);
            }
            Ok(Outcome::Drop) => waiting.task.finish(),
            Err(_) if waiting.rounds >= FETCH_ROUNDS_MAX => waiting.task.fail(),
            Err(need) => {
                waiting.rounds += 1;
                let ticket = Ticket(self.next_ticket);
                self.next_ticket += 1;
                self.wanted.push_back((ticket, need));
                self.fetching.insert(ticket, waiting);
            }
        }
    }

    fn keep(&mut self, writes: Writes, events: Vec<Event>, task: Box<dyn Task>) {
        if writes.is_empty() && events.is_empty() {
            return self.finish_unwritten(task);
        }
        for (key, written) in writes {
            self.filling.bytes += key.as_bytes().len() + written.as_ref().map_or(0, Bytes::len);
            self.overlay.writes.insert(key, Pending { written, batch: self.seq + 1 });
        }
        self.filling.events.extend(events);
        self.filling.done.push(task);
    }
}

impl Owner {
    /// A command that wrote nothing may have read what is not durable yet (a repeated send finds the
    /// first one), so its answer waits for that.
    fn finish_unwritten(&mut self, task: Box<dyn Task>) {
        match &mut self.flying {
            _ if !self.filling.done.is_empty() => self.filling.done.push(task),
            Some(flying) => flying.done.push(task),
            None => task.finish(),
        }
    }
}

/// What has been written and may not be readable, or not in rows fetched before the commit.
#[derive(Default)]
struct Overlay {
    writes: BTreeMap<Key, Pending>,
    /// The last commit.
    committed: u64,
}

/// The newest write of a key, and the batch that carries it.
struct Pending {
    written: Option<Bytes>,
    batch: u64,
}

impl Overlay {
    /// What a batch writes.
    fn ops(&self, batch: u64) -> Vec<Op> {
        let op = |(key, it): (&Key, &Pending)| match &it.written {
            Some(bytes) => Op::Put(key.clone(), bytes.clone()),
            None => Op::Delete(key.clone()),
        };
        self.writes.iter().filter(|(_, it)| it.batch == batch).map(op).collect()
    }

    /// Lets go of what a batch wrote, unless a reader that began before it may hold rows from before it.
    fn committed(&mut self, batch: u64, oldest_reader: Option<u64>) {
        self.committed = batch;
        let readable = oldest_reader.map_or(batch, |since| since.min(batch));
        self.writes.retain(|_, it| it.batch > readable);
    }
}

impl Over for Overlay {
    fn between<'a>(&'a self, range: &Range) -> impl Iterator<Item = (&'a Key, &'a Option<Bytes>)> {
        self.writes.range::<Key, _>(&range.start..&range.end).map(|(key, it)| (key, &it.written))
    }
}

/// What a turn reads through: the overlay, then rows fetched for it, then rows at hand.
struct Under<'a> {
    overlay: &'a Overlay,
    fetched: &'a Fetched,
    rows: &'a dyn Rows,
    direct: bool,
}

impl Under<'_> {
    fn below(&self) -> Below<'_> {
        Below { fetched: self.fetched, rows: self.rows, direct: self.direct }
    }
}

impl Rows for Under<'_> {
    fn get(&self, key: &Key) -> Decided<Option<Bytes>> {
        match self.overlay.writes.get(key) {
            Some(it) => Ok(it.written.clone()),
            None => self.below().get(key),
        }
    }

    fn scan(&self, range: &Range, direction: Direction, limit: usize) -> Decided<Vec<Row>> {
        scan_through(self.overlay, &self.below(), range, direction, limit)
    }
}

struct Below<'a> {
    fetched: &'a Fetched,
    rows: &'a dyn Rows,
    direct: bool,
}

impl Rows for Below<'_> {
    fn get(&self, key: &Key) -> Decided<Option<Bytes>> {
        let fetched = || self.fetched.get(key);
        if self.direct { self.rows.get(key) } else { or_else_need(fetched(), || self.rows.get(key)) }
    }

    fn scan(&self, range: &Range, direction: Direction, limit: usize) -> Decided<Vec<Row>> {
        let fetched = || self.fetched.scan(range, direction, limit);
        if self.direct {
            self.rows.scan(range, direction, limit)
        } else {
            or_else_need(fetched(), || self.rows.scan(range, direction, limit))
        }
    }
}

/// The fetched answer, or the rows at hand where nothing was fetched.
fn or_else_need<T>(fetched: Decided<T>, rows: impl FnOnce() -> Decided<T>) -> Decided<T> {
    match fetched {
        Err(Stop::Need(_)) => rows(),
        other => other,
    }
}

/// Rows of an engine that none can be read from at once: every read is a need.
pub struct Distant;

impl Rows for Distant {
    fn get(&self, key: &Key) -> Decided<Option<Bytes>> {
        Err(Need::Keys(vec![key.clone()]).into())
    }

    fn scan(&self, range: &Range, direction: Direction, limit: usize) -> Decided<Vec<Row>> {
        Err(Need::Scan(range.clone(), direction, limit).into())
    }
}

#[cfg(test)]
mod tests;
