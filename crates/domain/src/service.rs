//! The domain as handlers see it: hand in a command or a question, await its answer.
//! It leaves to its driver where the owner runs and what the time is.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures_channel::oneshot;
use store::Kv;

use crate::{
    files::Shelf,
    ids::Now,
    messages::counts::Tally,
    owner::{FETCH_ROUNDS_MAX, Outcome, Task},
    refusal::Refusal,
    turn::Turn,
    view::{Decided, Fetched, Local, Need, Question, Rows, Stop, View},
    world::World,
};

/// A change, decided at an owner in one turn. It may run several times before it succeeds, each time
/// over the same drawn numbers, so it must not keep anything from an earlier run.
pub trait Command: Send + 'static {
    /// What the caller learns.
    type Reply: Send + 'static;

    /// Decides and writes. A refusal drops every write of the turn.
    fn decide(&self, turn: &mut Turn<'_>) -> Decided<Self::Reply>;
}

/// What runs the owner, and tells the time.
pub trait Driver: Send + Sync + 'static {
    /// Hands a command to the owner of its vshard.
    fn submit(&self, task: Box<dyn Task>);
    /// The moment.
    fn now(&self) -> Now;
    /// Numbers nobody can guess, for one command.
    fn seed(&self) -> [u8; 32];
}

/// The handle that everything above the domain holds.
#[derive(Clone)]
pub struct Domain {
    driver: Arc<dyn Driver>,
    kv: Arc<dyn Kv>,
    world: Arc<World>,
    tally: Arc<Mutex<Tally>>,
    /// Every question reads rows anew.
    cold: bool,
    shelf: Arc<Shelf>,
}

impl Domain {
    /// Joins the parts. Bytes of files are kept in memory until [`Domain::with_files`] says where.
    pub fn new(driver: Arc<dyn Driver>, kv: Arc<dyn Kv>, world: Arc<World>) -> Self {
        Self { driver, kv, world, tally: Arc::default(), cold: false, shelf: Arc::default() }
    }

    /// The same without what was read before: what every answer must be equal to.
    #[cfg(any(test, feature = "testing"))]
    pub fn cold(&self) -> Self {
        Self { cold: true, ..self.clone() }
    }

    /// Keeps the bytes of files there.
    #[must_use]
    pub fn with_files(self, shelf: Shelf) -> Self {
        Self { shelf: Arc::new(shelf), ..self }
    }

    /// Where the bytes of files are.
    pub(crate) fn shelf(&self) -> &Shelf {
        &self.shelf
    }

    /// The moment, as commands see it.
    pub fn now(&self) -> Now {
        self.driver.now()
    }

    /// Settings and secrets.
    pub fn world(&self) -> &World {
        &self.world
    }

    /// What this process has counted and not yet handed in; held for no longer than a look.
    pub(crate) fn tally(&self) -> MutexGuard<'_, Tally> {
        self.tally.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Numbers nobody can guess.
    pub fn draw<const N: usize>(&self) -> [u8; N] {
        let seed = self.driver.seed();
        let mut bytes = [0; N];
        let mut rng = <rand_chacha::ChaCha12Rng as rand::SeedableRng>::from_seed(seed);
        rand::RngCore::fill_bytes(&mut rng, &mut bytes);
        bytes
    }

    /// Runs a command; its answer comes once its batch is durable.
    pub async fn command<C: Command>(&self, command: C) -> Result<C::Reply, Refusal> {
        let (send, receive) = oneshot::channel();
        let seed = self.driver.seed();
        self.driver.submit(Box::new(Running { command, send, seed, answer: None }));
        receive.await.unwrap_or(Err(Refusal::Unavailable))
    }

    /// Asks a question of committed rows. The function may run several times.
    pub async fn query<T>(&self, ask: impl Fn(&dyn View) -> Decided<T> + Send) -> Result<T, Refusal> {
        if let Some(local) = self.kv.local() {
            return settled(self.ask(&Local(local), !self.cold, &ask));
        }
        let mut fetched = Fetched::default();
        for _ in 0..FETCH_ROUNDS_MAX {
            match self.ask(&fetched, false, &ask) {
                Err(Stop::Need(need)) => self.fetch(need, &mut fetched).await?,
                other => return settled(other),
            }
        }
        Err(Refusal::Unavailable)
    }

    fn ask<T>(&self, rows: &dyn Rows, warm: bool, ask: &impl Fn(&dyn View) -> Decided<T>) -> Decided<T> {
        ask(&Question { rows, now: self.driver.now(), world: &self.world, warm })
    }

    async fn fetch(&self, need: Need, into: &mut Fetched) -> Result<(), Refusal> {
        match need {
            Need::Keys(keys) => {
                let rows = self.kv.multi_get(&keys).await.map_err(|_| Refusal::Unavailable)?;
                into.add_rows(&keys, rows);
            }
            Need::Scan(range, direction, limit) => {
                let rows = self.kv.scan(&range, direction, limit).await;
                into.add_scan(range, direction, limit, rows.map_err(|_| Refusal::Unavailable)?);
            }
        }
        Ok(())
    }
}

fn settled<T>(decided: Decided<T>) -> Result<T, Refusal> {
    decided.map_err(|stop| match stop {
        Stop::Refuse(refusal) => refusal,
        Stop::Need(_) | Stop::Damaged(_) | Stop::Sealed | Stop::Engine => Refusal::Unavailable,
    })
}

struct Running<C: Command> {
    command: C,
    send: oneshot::Sender<Result<C::Reply, Refusal>>,
    seed: [u8; 32],
    answer: Option<Result<C::Reply, Refusal>>,
}

impl<C: Command> Task for Running<C> {
    fn attempt(&mut self, turn: &mut Turn<'_>) -> Result<Outcome, Need> {
        let decided = self.command.decide(turn);
        if let Err(Stop::Need(need)) = decided {
            return Err(need);
        }
        let outcome = if decided.is_ok() { Outcome::Write } else { Outcome::Drop };
        self.answer = Some(settled(decided));
        Ok(outcome)
    }

    fn finish(self: Box<Self>) {
        let answer = self.answer.unwrap_or(Err(Refusal::Unavailable));
        // The caller may have gone; the batch is durable all the same.
        let _ = self.send.send(answer);
    }

    fn fail(self: Box<Self>) {
        let _ = self.send.send(Err(Refusal::Unavailable));
    }

    fn seed(&self) -> [u8; 32] {
        self.seed
    }
}
