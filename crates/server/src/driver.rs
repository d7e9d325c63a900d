//! Drives the owner: commands in, batches to the engine, answers and events out.
//! One task runs all turns of this process, since a turn takes microseconds; fsyncs and fetches run
//! beside it.

use std::{
    future::pending,
    sync::Arc,
    time::{SystemTime, UNIX_EPOCH},
};

use domain::{
    Driver, Now, World,
    owner::{Distant, Owner, Task, Ticket},
    updates::Event,
    view::{Fetched, Local, Need},
};
use rand::RngCore;
use store::{BoxFuture, Kv};
use tokio::sync::{mpsc, oneshot};

/// The one group of vshards that a process owns.
const GROUP: u16 = 0;

/// Commands taken off the line at once before turns run.
const TAKEN_AT_ONCE: usize = 1024;

/// How long to wait before the lease is asked for again after a failed commit.
const RETRY: std::time::Duration = std::time::Duration::from_millis(500);

/// Where events go once they are durable.
pub trait Audience: Send + Sync + 'static {
    /// Tells sessions; must not wait.
    fn tell(&self, event: Event);
}

/// The line to the owner; what the domain hands its commands to.
pub struct OwnerLine {
    line: mpsc::UnboundedSender<Box<dyn Task>>,
}

impl Driver for OwnerLine {
    fn submit(&self, task: Box<dyn Task>) {
        if let Err(mpsc::error::SendError(task)) = self.line.send(task) {
            task.fail();
        }
    }

    #[allow(clippy::disallowed_methods, reason = "the driver is where the time comes in")]
    fn now(&self) -> Now {
        now()
    }

    #[allow(clippy::disallowed_methods, reason = "the driver is where randomness comes in")]
    fn seed(&self) -> [u8; 32] {
        let mut seed = [0; 32];
        rand::rng().fill_bytes(&mut seed);
        seed
    }
}

/// The time, for everything in this process.
#[allow(clippy::disallowed_methods, reason = "the driver is where the time comes in")]
pub fn now() -> Now {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Now { ms: u64::try_from(since.as_millis()).unwrap_or(u64::MAX) }
}

/// A running owner.
pub struct Running {
    /// Where commands go in.
    pub line: Arc<OwnerLine>,
    stop: oneshot::Sender<()>,
    task: tokio::task::JoinHandle<()>,
}

impl Running {
    /// Finishes what is in line, then ends.
    pub async fn stop(self) {
        let _ = self.stop.send(());
        let _ = self.task.await;
    }
}

/// Starts the owner of everything in `kv`.
#[allow(clippy::disallowed_methods, reason = "the server owns its tasks")]
pub async fn start(kv: Arc<dyn Kv>, world: Arc<World>, audience: Arc<dyn Audience>) -> Result<Running, store::Error> {
    let (line, commands) = mpsc::unbounded_channel();
    let (stop, stopped) = oneshot::channel();
    let owner = Owner::new(kv.lease(GROUP).await?, Arc::clone(&world));
    let (fetched_out, fetched) = mpsc::unbounded_channel();
    let wheel = Wheel { kv, world, audience, owner: Some(owner), fetched_out };
    let task = tokio::spawn(wheel.turn_until(commands, fetched, stopped));
    Ok(Running { line: Arc::new(OwnerLine { line }), stop, task })
}

type Add = Box<dyn FnOnce(&mut Fetched) + Send>;

struct Wheel {
    kv: Arc<dyn Kv>,
    world: Arc<World>,
    audience: Arc<dyn Audience>,
    owner: Option<Owner>,
    fetched_out: mpsc::UnboundedSender<(Ticket, Option<Add>)>,
}

impl Wheel {
    async fn turn_until(
        mut self,
        mut commands: mpsc::UnboundedReceiver<Box<dyn Task>>,
        mut fetched: mpsc::UnboundedReceiver<(Ticket, Option<Add>)>,
        mut stopped: oneshot::Receiver<()>,
    ) {
        let kv = Arc::clone(&self.kv);
        let mut flying: Option<BoxFuture<'_, Result<(), store::Error>>> = None;
        let mut taken = Vec::with_capacity(TAKEN_AT_ONCE);
        let mut stopping = false;
        while !(stopping && self.owner().is_idle()) {
            tokio::select! {
                biased;
                done = landed(&mut flying) => {
                    flying = None;
                    self.landed(done).await;
                }
                Some((ticket, add)) = fetched.recv() => self.fetched(ticket, add),
                count = commands.recv_many(&mut taken, TAKEN_AT_ONCE) => {
                    stopping |= count == 0;
                    let owner = self.owner();
                    taken.drain(..).for_each(|task| owner.handle_command(task));
                }
                _ = &mut stopped, if !stopping => stopping = true,
            }
            self.run();
            if flying.is_none() {
                flying = self.owner().poll_batch().map(|batch| kv.commit(batch));
            }
        }
    }

    fn owner(&mut self) -> &mut Owner {
        self.owner.as_mut().expect("an owner is replaced in the step that spends it")
    }

    fn run(&mut self) {
        let owner = self.owner.as_mut().expect("an owner is replaced in the step that spends it");
        match self.kv.local() {
            Some(local) => owner.run(now(), &Local(local)),
            None => owner.run(now(), &Distant),
        }
        while let Some((ticket, need)) = owner.poll_fetch() {
            fetch(Arc::clone(&self.kv), ticket, need, self.fetched_out.clone());
        }
    }

    fn fetched(&mut self, ticket: Ticket, add: Option<Add>) {
        match add {
            Some(add) => self.owner().handle_fetched(ticket, add),
            None => self.owner().handle_fetch_failed(ticket),
        }
    }

    async fn landed(&mut self, done: Result<(), store::Error>) {
        match done {
            Ok(()) => {
                let events = self.owner().handle_committed();
                events.into_iter().for_each(|event| self.audience.tell(event));
            }
            Err(error) => {
                tracing::error!(%error, "a commit failed; the owner starts again from the store");
                self.replace().await;
            }
        }
    }

    /// Nobody knows whether the batch is stored, so memory is dropped and read again.
    async fn replace(&mut self) {
        if let Some(owner) = self.owner.take() {
            owner.poison();
        }
        loop {
            match self.kv.lease(GROUP).await {
                Ok(lease) => break self.owner = Some(Owner::new(lease, Arc::clone(&self.world))),
                Err(error) => tracing::error!(%error, "the store grants no lease; trying again"),
            }
            tokio::time::sleep(RETRY).await;
        }
    }
}

async fn landed(flying: &mut Option<BoxFuture<'_, Result<(), store::Error>>>) -> Result<(), store::Error> {
    match flying {
        Some(commit) => commit.await,
        None => pending().await,
    }
}

#[allow(clippy::disallowed_methods, reason = "the server owns its tasks")]
fn fetch(kv: Arc<dyn Kv>, ticket: Ticket, need: Need, out: mpsc::UnboundedSender<(Ticket, Option<Add>)>) {
    tokio::spawn(async move {
        let add: Option<Add> = match need {
            Need::Keys(keys) => match kv.multi_get(&keys).await {
                Ok(rows) => Some(Box::new(move |into: &mut Fetched| into.add_rows(&keys, rows))),
                Err(_) => None,
            },
            Need::Scan(range, direction, limit) => match kv.scan(&range, direction, limit).await {
                Ok(rows) => Some(Box::new(move |into: &mut Fetched| into.add_scan(range, direction, limit, rows))),
                Err(_) => None,
            },
        };
        let _ = out.send((ticket, add));
    });
}
