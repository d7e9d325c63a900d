//! A whole domain in one thread for tests of rules: the memory engine, a clock that is a number we
//! set, and an owner that is driven to the end at each command.

pub mod counting;
pub mod groups;

use std::{
    future::Future,
    pin::pin,
    sync::{Arc, Mutex, PoisonError},
    task::{Context, Poll, Waker},
};

use store::{Kv, memory::Memory};

use crate::{
    accounts::{
        codes::{DIGITS, Purpose, SendCode},
        keys::{StoreAuthKey, key_state},
        sign_in::{SignIn, SignedIn},
        sign_up::SignUp,
    },
    caller::Caller,
    deliveries::{self, ApplyParcel},
    files::{Shelf, frames::Frames},
    ids::{AuthKeyId, AuthorizationHash, Now, UserId, VShard},
    owner::{Distant, Owner, Task},
    people::{UserCard, UserRow, put_user},
    policy::{AllowAll, Policy},
    refusal::Refusal,
    service::{Command, Domain, Driver},
    turn::Turn,
    updates::{Event, Origin},
    view::{Decided, Fetched, Local, Need, Rows, View},
    warm::Warm,
    world::{Deliveries, Secrets, Settings, World},
};

/// 2026-01-01 00:00:00 UTC: when every hall opens.
pub const OPENED: Now = Now { ms: 1_767_225_600_000 };

/// A domain under test.
pub struct Hall {
    /// The handle that handlers would hold.
    pub domain: Domain,
    engine: Arc<Engine>,
}

/// What two commands in one line were answered.
pub type Together<A, B> = (Result<<A as Command>::Reply, Refusal>, Result<<B as Command>::Reply, Refusal>);

/// When an owner dies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Crash {
    /// Before its batch is stored: nothing of it was done.
    Before,
    /// After, but before anybody was answered.
    After,
}

struct Engine {
    kv: Arc<Memory>,
    world: Arc<World>,
    state: Mutex<State>,
}

struct State {
    owner: Option<Owner>,
    now: Now,
    seeds: u64,
    events: Vec<Event>,
    /// Rows of all batches that were stored.
    written: usize,
    /// What happens to the owner at its next commit.
    crash: Option<Crash>,
    /// Reads are served through fetches, as a distant engine's are.
    distant: bool,
    /// The owner takes commands and does nothing yet.
    held: bool,
}

impl Default for Hall {
    fn default() -> Self {
        Self::new()
    }
}

impl Hall {
    /// A hall with test accounts and joined deliveries.
    pub fn new() -> Self {
        Self::with(Settings { test_accounts: true, ..Settings::default() }, false)
    }

    /// Deliveries forced through the outbox.
    pub fn with_outbox() -> Self {
        let deliveries = Deliveries::Outbox;
        Self::with(Settings { test_accounts: true, deliveries, ..Settings::default() }, false)
    }

    /// Every read a fetch, as with a distant engine.
    pub fn distant() -> Self {
        Self::with(Settings { test_accounts: true, ..Settings::default() }, true)
    }

    /// A hall whose operator screens what people send.
    pub fn screened(policy: Arc<dyn Policy>) -> Self {
        Self::over(Settings { test_accounts: true, ..Settings::default() }, false, policy)
    }

    /// A hall whose operator has a decoder of videos.
    pub fn filming(frames: Arc<dyn Frames>) -> Self {
        let Self { domain, engine } = Self::new();
        Self { domain: domain.with_files(Shelf::default().with_frames(Some(frames))), engine }
    }

    /// A hall with these settings.
    pub fn with(settings: Settings, distant: bool) -> Self {
        Self::over(settings, distant, Arc::new(AllowAll))
    }

    fn over(settings: Settings, distant: bool, policy: Arc<dyn Policy>) -> Self {
        let keys = Arc::new(vault::LocalMaster::new([7; 32]));
        let secrets = Secrets::derive(&[9; 32]);
        let world = Arc::new(World { settings, secrets, keys, policy, warm: Warm::default() });
        let kv = Arc::new(Memory::new());
        let lease = ready(kv.lease(0)).expect("the memory engine grants");
        let owner = Some(Owner::new(lease, Arc::clone(&world)));
        let state = Mutex::new(State {
            owner,
            now: OPENED,
            seeds: 0,
            events: Vec::new(),
            written: 0,
            crash: None,
            distant,
            held: false,
        });
        let engine = Arc::new(Engine { kv: Arc::clone(&kv), world: Arc::clone(&world), state });
        let domain = Domain::new(Arc::clone(&engine) as Arc<dyn Driver>, kv, world);
        Self { domain, engine }
    }

    /// Runs a command to its end, and whatever parcels it posted.
    pub fn run<C: Command>(&self, command: C) -> Result<C::Reply, Refusal> {
        let reply = self.run_alone(command);
        self.apply_parcels();
        reply
    }

    /// Runs a command to its end, and leaves its parcels in the outbox.
    pub fn run_alone<C: Command>(&self, command: C) -> Result<C::Reply, Refusal> {
        ready(self.domain.command(command))
    }

    /// Runs commands that all lie before the owner when it begins: they are decided over one another's writes,
    /// and made durable in one batch.
    pub fn run_together<C: Command>(&self, commands: impl IntoIterator<Item = C>) -> Vec<Result<C::Reply, Refusal>> {
        self.engine.lock().held = true;
        let mut all: Vec<_> = commands.into_iter().map(|it| Box::pin(self.domain.command(it))).collect();
        for each in &mut all {
            let poll = each.as_mut().poll(&mut Context::from_waker(Waker::noop()));
            assert!(poll.is_pending(), "the owner is held");
        }
        self.engine.lock().held = false;
        self.engine.drive();
        let replies = all.into_iter().map(ready).collect();
        self.apply_parcels();
        replies
    }

    /// Puts both in line before the owner runs, so that they share a batch and the second is decided over what
    /// the first wrote.
    pub fn run_in_line<A: Command, B: Command>(&self, a: A, b: B) -> Together<A, B> {
        let (mut a, mut b) = (Box::pin(self.domain.command(a)), Box::pin(self.domain.command(b)));
        self.engine.lock().held = true;
        let mut waiting = Context::from_waker(Waker::noop());
        assert!(a.as_mut().poll(&mut waiting).is_pending() && b.as_mut().poll(&mut waiting).is_pending());
        self.engine.lock().held = false;
        self.engine.drive();
        let both = (ready(a), ready(b));
        self.apply_parcels();
        both
    }

    /// The owner dies at its next commit and another takes its place; or does not, after all.
    pub fn crash_next(&self, when: Option<Crash>) {
        self.engine.lock().crash = when;
    }

    /// Applies what lies in the outbox, as the job of a server does.
    pub fn apply_parcels(&self) {
        loop {
            let keys = self.ask(|view| deliveries::pending(view)).expect("memory reads");
            if keys.is_empty() {
                return;
            }
            for key in keys {
                ready(self.domain.command(ApplyParcel { key })).expect("a parcel applies");
            }
        }
    }

    /// The rows themselves.
    pub fn kv(&self) -> &Memory {
        &self.engine.kv
    }

    /// Asks a question.
    pub fn ask<T>(&self, ask: impl Fn(&dyn View) -> Decided<T> + Send) -> Result<T, Refusal> {
        ready(self.domain.query(ask))
    }

    /// What sessions were told since the last call.
    pub fn events(&self) -> Vec<Event> {
        std::mem::take(&mut self.engine.lock().events)
    }

    /// Rows that were written since the hall opened, the same ones again included.
    pub fn written(&self) -> usize {
        self.engine.lock().written
    }

    /// The domain as another process has it, or this one after a restart: nothing but rows is shared.
    pub fn another(&self) -> Domain {
        let (driver, kv) = (Arc::clone(&self.engine) as Arc<dyn Driver>, Arc::clone(&self.engine.kv));
        Domain::new(driver, kv, Arc::clone(&self.engine.world))
    }

    /// The same hall, whose questions read every row anew.
    pub fn cold(&self) -> Self {
        Self { domain: self.domain.cold(), engine: Arc::clone(&self.engine) }
    }

    /// Moves the clock.
    pub fn pass(&self, seconds: u64) {
        self.engine.lock().now.ms += seconds * 1000;
    }

    /// Adds an account with a name and a number, and returns a caller for it.
    pub fn person(&self, first_name: &str, phone: &str) -> Caller {
        let seq = self.engine.lock().seeds + 1;
        let id = UserId::new(seq, VShard((seq % 4000) as u16));
        let card = UserCard { first_name: first_name.into(), phone: phone.into(), ..UserCard::default() };
        self.run(AddPerson { id, card }).expect("a person can be added");
        let origin = Origin { key: AuthKeyId(id.0), session: 1 };
        Caller { user: id, origin, authorization: AuthorizationHash(id.0 as i64) }
    }

    /// Signs a test number up at a key, the way people do.
    pub fn sign_up(&self, key: u64, first_name: &str, phone: &str) -> Caller {
        let hash = self.send_code(key, phone);
        let (key, phone, code) = (AuthKeyId(key), phone.to_owned(), phone[5..6].repeat(DIGITS));
        let guess = SignIn { key, phone: phone.clone(), hash: hash.clone(), code };
        assert_eq!(self.run(guess), Ok(SignedIn::SignUpRequired));
        let command =
            SignUp { key, phone, hash, first_name: first_name.into(), last_name: String::new(), quietly: false };
        let user = self.run(command).expect("the number is free");
        self.caller(user, key)
    }

    /// Signs a test number in at a further key; `None` where the password is asked for.
    pub fn sign_in(&self, key: u64, phone: &str) -> Option<Caller> {
        let hash = self.send_code(key, phone);
        let (key, code) = (AuthKeyId(key), phone[5..6].repeat(DIGITS));
        match self.run(SignIn { key, phone: phone.into(), hash, code }).expect("the account is there") {
            SignedIn::Done(user) => Some(self.caller(user, key)),
            SignedIn::PasswordNeeded => None,
            SignedIn::Wrong | SignedIn::SignUpRequired => panic!("the number has no account"),
        }
    }

    fn send_code(&self, key: u64, phone: &str) -> String {
        let bytes = zeroize::Zeroizing::new([1; 256]);
        self.run(StoreAuthKey { id: AuthKeyId(key), bytes, expires_in: None, dc: None }).expect("stored");
        let command = SendCode { phone: phone.into(), purpose: Purpose::SignIn, owner: None };
        self.run(command).expect("a test number gets a code").hash
    }

    fn caller(&self, user: UserId, key: AuthKeyId) -> Caller {
        let authorization = self.ask(|view| key_state(view, key)).expect("memory reads").authorization;
        Caller { user, origin: Origin { key, session: 1 }, authorization }
    }
}

struct AddPerson {
    id: UserId,
    card: UserCard,
}

impl Command for AddPerson {
    type Reply = ();

    fn decide(&self, turn: &mut Turn<'_>) -> Decided<()> {
        let row = UserRow { created: turn.now().secs(), ..UserRow::default() };
        put_user(turn, self.id, row, &self.card)
    }
}

impl Engine {
    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Drives the owner until nothing is left to do, parcels in the outbox included.
    fn drive(&self) {
        let mut guard = self.lock();
        let state = &mut *guard;
        if state.held {
            return;
        }
        let owner = state.owner.as_mut().expect("the owner is only spent by a failed commit");
        while !owner.is_idle() {
            match state.distant {
                true => owner.run(state.now, &Distant),
                false => owner.run(state.now, &Local(&*self.kv)),
            }
            while let Some((ticket, need)) = owner.poll_fetch() {
                owner.handle_fetched(ticket, |fetched| self.fetch(need, fetched));
            }
            let Some(batch) = owner.poll_batch() else { continue };
            let crash = state.crash.take();
            if crash != Some(Crash::Before) {
                state.written += batch.ops.len();
                ready(self.kv.commit(batch)).expect("the memory engine commits");
            }
            if crash.is_none() {
                state.events.extend(owner.handle_committed());
                continue;
            }
            let lease = ready(self.kv.lease(0)).expect("the memory engine grants");
            let next = Owner::new(lease, Arc::clone(&self.world));
            return state.owner.replace(next).into_iter().for_each(Owner::poison);
        }
    }

    fn fetch(&self, need: Need, into: &mut Fetched) {
        let local = Local(&*self.kv);
        match need {
            Need::Keys(keys) => {
                let rows = keys.iter().map(|key| local.get(key).expect("memory reads")).collect();
                into.add_rows(&keys, rows);
            }
            Need::Scan(range, direction, limit) => {
                let rows = local.scan(&range, direction, limit).expect("memory reads");
                into.add_scan(range, direction, limit, rows);
            }
        }
    }
}

/// The driver of a hall runs everything inside `submit`.
impl Driver for Engine {
    fn submit(&self, task: Box<dyn Task>) {
        self.lock().owner.as_mut().expect("only a failed commit spends it").handle_command(task);
        self.drive();
    }

    fn now(&self) -> Now {
        self.lock().now
    }

    fn seed(&self) -> [u8; 32] {
        let mut state = self.lock();
        state.seeds += 1;
        let mut seed = [3; 32];
        seed[..8].copy_from_slice(&state.seeds.to_be_bytes());
        seed
    }
}

/// The value of a future that never waits.
pub fn ready<T>(future: impl Future<Output = T>) -> T {
    let mut future = pin!(future);
    match future.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(it) => it,
        Poll::Pending => panic!("a hall's future never waits"),
    }
}
