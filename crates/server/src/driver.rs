//! Drives the owner: commands in, batches to the engine, answers and events out.
//! One task runs all turns of this process, since a turn takes microseconds; fsyncs and fetches run
//! beside it.

use std::{
    future::pending,
    sync::{Arc, atomic::Ordering},
    time::{SystemTime, UNIX_EPOCH},
};

use domain::{
    Driver, Now, World,
    owner::{Distant, Owner, Task, Ticket},
    updates::Event,
    view::{Fetched, Local, Need},
};
use rand::RngCore;
use store::{Batch, BoxFuture, Kv, Lease, Op};
use tokio::sync::{mpsc, oneshot};

use crate::vitals::Vitals;

/// The one group of vshards that a process owns.
const GROUP: u16 = 0;

/// Commands taken off the line at once before turns run.
const TAKEN_AT_ONCE: usize = 1024;

/// How long to wait before the lease is asked for again after a failed commit. Meanwhile commands are
/// answered "not now".
const RETRY: std::time::Duration = std::time::Duration::from_millis(500);

/// Where events go once they are durable.
pub trait Audience: Send + Sync + 'static {
    /// Tells sessions; must not wait.
    fn tell(&self, event: Event);
}

/// The line to the owner; what the domain hands its commands to.
pub struct OwnerLine {
    line: mpsc::UnboundedSender<Box<dyn Task>>,
    vitals: Arc<Vitals>,
}

impl Driver for OwnerLine {
    fn submit(&self, task: Box<dyn Task>) {
        self.vitals.line.fetch_add(1, Ordering::Relaxed);
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
pub async fn start(
    kv: Arc<dyn Kv>,
    world: Arc<World>,
    audience: Arc<dyn Audience>,
    vitals: Arc<Vitals>,
) -> Result<Running, store::Error> {
    let (line, commands) = mpsc::unbounded_channel();
    let (stop, stopped) = oneshot::channel();
    let owner = Owner::new(kv.lease(GROUP).await?, Arc::clone(&world));
    let (fetched_out, fetched) = mpsc::unbounded_channel();
    let wheel = Wheel { kv, world, audience, vitals: Arc::clone(&vitals), owner: Some(owner), fetched_out };
    let task = tokio::spawn(wheel.turn_until(commands, fetched, stopped));
    Ok(Running { line: Arc::new(OwnerLine { line, vitals }), stop, task })
}

type Add = Box<dyn FnOnce(&mut Fetched) + Send>;

struct Wheel {
    kv: Arc<dyn Kv>,
    world: Arc<World>,
    audience: Arc<dyn Audience>,
    vitals: Arc<Vitals>,
    /// `None` from a failed commit until the store grants a lease again.
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
        let mut granted: Option<BoxFuture<'_, Lease>> = None;
        let mut taken = Vec::with_capacity(TAKEN_AT_ONCE);
        let mut stopping = false;
        while !(stopping && self.owner.as_ref().is_none_or(Owner::is_idle)) {
            tokio::select! {
                biased;
                done = waited_for(&mut flying) => {
                    flying = None;
                    self.landed(done);
                }
                lease = waited_for(&mut granted) => {
                    granted = None;
                    self.begin_anew(lease);
                }
                Some((ticket, add)) = fetched.recv() => self.fetched(ticket, add),
                count = commands.recv_many(&mut taken, TAKEN_AT_ONCE) => {
                    stopping |= count == 0;
                    self.take(&mut taken);
                }
                _ = &mut stopped, if !stopping => stopping = true,
            }
            if self.owner.is_none() && granted.is_none() {
                granted = Some(Box::pin(lease_again(&*kv)));
            }
            self.run();
            if flying.is_none()
                && let Some(batch) = self.poll_batch()
            {
                flying = Some(kv.commit(batch));
            }
        }
    }

    fn take(&mut self, taken: &mut Vec<Box<dyn Task>>) {
        self.vitals.line.fetch_sub(taken.len() as u64, Ordering::Relaxed);
        match &mut self.owner {
            Some(owner) => taken.drain(..).for_each(|task| owner.handle_command(task)),
            None => taken.drain(..).for_each(Task::fail),
        }
    }

    fn run(&mut self) {
        let Some(owner) = &mut self.owner else { return };
        match self.kv.local() {
            Some(local) => owner.run(now(), &Local(local)),
            None => owner.run(now(), &Distant),
        }
        while let Some((ticket, need)) = owner.poll_fetch() {
            fetch(Arc::clone(&self.kv), ticket, need, self.fetched_out.clone());
        }
    }

    fn poll_batch(&mut self) -> Option<Batch> {
        let owner = self.owner.as_mut()?;
        let batch = owner.poll_batch()?;
        let bytes = |op: &Op| match op {
            Op::Put(key, value) => key.as_bytes().len() + value.len(),
            Op::Delete(key) | Op::AssertAbsent(key) => key.as_bytes().len(),
        };
        self.vitals.commit_begins(owner.flying(), batch.ops.iter().map(bytes).sum());
        Some(batch)
    }

    fn fetched(&mut self, ticket: Ticket, add: Option<Add>) {
        let Some(owner) = &mut self.owner else { return };
        match add {
            Some(add) => owner.handle_fetched(ticket, add),
            None => owner.handle_fetch_failed(ticket),
        }
    }

    fn landed(&mut self, done: Result<(), store::Error>) {
        self.vitals.commit_ends(done.is_ok());
        match (done, &mut self.owner) {
            (Ok(()), Some(owner)) => owner.handle_committed().into_iter().for_each(|event| self.audience.tell(event)),
            (Ok(()), None) => {}
            (Err(error), _) => {
                tracing::error!(%error, "a commit failed; the owner starts again from the store");
                self.vitals.recovering.store(true, Ordering::Relaxed);
                // Nobody knows whether the batch is stored, so memory is dropped and read again.
                self.owner.take().into_iter().for_each(Owner::poison);
            }
        }
    }

    fn begin_anew(&mut self, lease: Lease) {
        tracing::info!(seq = lease.seq, "the store takes writes again");
        self.vitals.recovering.store(false, Ordering::Relaxed);
        self.owner = Some(Owner::new(lease, Arc::clone(&self.world)));
    }
}

/// Asks until the store grants a lease.
async fn lease_again(kv: &dyn Kv) -> Lease {
    let mut said = String::new();
    loop {
        match kv.lease(GROUP).await {
            Ok(lease) => return lease,
            Err(error) if error.to_string() == said => {}
            Err(error) => {
                tracing::error!(%error, "the store takes no writes; it is asked again and again");
                said = error.to_string();
            }
        }
        tokio::time::sleep(RETRY).await;
    }
}

async fn waited_for<T>(future: &mut Option<BoxFuture<'_, T>>) -> T {
    match future {
        Some(future) => future.await,
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
