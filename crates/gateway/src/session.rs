//! A session as the gateway holds it: the protocol's state, what it listens to, and the connection
//! that wakes for its output. It outlives connections.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

use bytes::Bytes;
use mtproto::{AuthKeyId, SessionId, Time, session::Session};
use tokio::sync::Notify;

use crate::service::{KeyRecord, Topic};

/// A key in use.
pub(crate) struct Key {
    pub(crate) id: AuthKeyId,
    pub(crate) record: KeyRecord,
}

pub(crate) struct Cell {
    pub(crate) key: Arc<Key>,
    pub(crate) id: SessionId,
    state: Mutex<State>,
}

/// What is behind the lock; never held across a wait.
pub(crate) struct State {
    pub(crate) session: Session,
    pub(crate) topics: Vec<Topic>,
    /// When it was last looked at, it was not known what the topics follow.
    pub(crate) learning: bool,
    /// The layer last announced in the session.
    pub(crate) layer: Option<u16>,
    pub(crate) in_flight: usize,
    /// Wakes the connection that carries the session now.
    pub(crate) wake: Option<Arc<Wake>>,
    /// When the last connection went.
    pub(crate) left: Option<Time>,
}

/// How a connection is woken, and told to end.
#[derive(Default)]
pub(crate) struct Wake {
    notify: Notify,
    closing: AtomicBool,
}

impl Wake {
    /// There is something to send.
    pub(crate) fn ring(&self) {
        self.notify.notify_one();
    }

    /// Send what is queued, then end.
    pub(crate) fn close(&self) {
        self.closing.store(true, Ordering::Release);
        self.notify.notify_one();
    }

    pub(crate) fn is_closing(&self) -> bool {
        self.closing.load(Ordering::Acquire)
    }

    pub(crate) async fn rung(&self) {
        self.notify.notified().await;
    }
}

/// Every open connection, so that all can be told to end.
#[derive(Default)]
pub(crate) struct Wakes {
    /// By address in memory.
    open: Mutex<HashMap<usize, Arc<Wake>>>,
    stopping: AtomicBool,
}

impl Wakes {
    fn lock(&self) -> MutexGuard<'_, HashMap<usize, Arc<Wake>>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// One for a new connection.
    pub(crate) fn open(&self) -> Arc<Wake> {
        let wake = Arc::new(Wake::default());
        self.lock().insert(Arc::as_ptr(&wake).addr(), Arc::clone(&wake));
        if self.stopping.load(Ordering::SeqCst) {
            wake.close();
        }
        wake
    }

    pub(crate) fn forget(&self, wake: &Arc<Wake>) {
        self.lock().remove(&Arc::as_ptr(wake).addr());
    }

    /// Ends every connection, also those that open from now on.
    pub(crate) fn close_all(&self) {
        self.stopping.store(true, Ordering::SeqCst);
        self.lock().values().for_each(|it| it.close());
    }
}

impl State {
    /// Whether that connection carries the session.
    pub(crate) fn is_carried_by(&self, wake: &Arc<Wake>) -> bool {
        self.wake.as_ref().is_some_and(|it| Arc::ptr_eq(it, wake))
    }
}

impl Cell {
    pub(crate) fn new(key: Arc<Key>, session: Session) -> Self {
        let (id, layer) = (session.id(), key.record.layer);
        let topics = Vec::new();
        let state = State { session, topics, learning: false, layer, in_flight: 0, wake: None, left: None };
        Self { key, id, state: Mutex::new(state) }
    }

    pub(crate) fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Puts an update into the queue and wakes the connection.
    pub(crate) fn push(&self, body: Bytes) {
        let mut state = self.lock();
        if !state.session.wants_updates() {
            return;
        }
        state.session.push(body);
        if let Some(wake) = &state.wake {
            wake.ring();
        }
    }
}
