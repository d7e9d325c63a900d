//! A session as the gateway holds it: the protocol's state, what it listens to, and the connection
//! by which its output leaves. It outlives connections.

use std::sync::{
    Arc, Mutex, MutexGuard, PoisonError,
    atomic::{AtomicU32, Ordering},
};

use bytes::Bytes;
use mtproto::{SessionId, Time, session::Session};

use crate::{
    flusher::Urgency,
    outlet::Outlet,
    service::{KeyRecord, Topic},
};

pub(crate) struct Cell {
    pub(crate) key: Arc<KeyRecord>,
    pub(crate) id: SessionId,
    /// The layer last announced in the session; [`NO_LAYER`] before.
    layer: AtomicU32,
    state: Mutex<State>,
}

/// No layer has so many bits.
const NO_LAYER: u32 = u32::MAX;

/// What is behind the lock; never held across a wait, and taken after an outlet is.
pub(crate) struct State {
    pub(crate) session: Session,
    pub(crate) topics: Box<[Topic]>,
    /// When it was last looked at, it was not known what the topics follow.
    pub(crate) learning: bool,
    /// Requests under way.
    pub(crate) in_flight: u16,
    /// Of them those that are long, or their answers.
    pub(crate) long_in_flight: u16,
    /// Of the connection that carries the session now.
    pub(crate) outlet: Option<Arc<Outlet>>,
    /// Whether it stands in the flusher's list of each [`Urgency`].
    pub(crate) listed: [bool; 2],
    /// When the last connection went.
    pub(crate) left: Option<Time>,
}

impl State {
    /// Whether that connection carries the session.
    pub(crate) fn is_carried_by(&self, outlet: &Arc<Outlet>) -> bool {
        self.outlet.as_ref().is_some_and(|it| Arc::ptr_eq(it, outlet))
    }

    /// Lets the connection look for output.
    pub(crate) fn ring(&self) {
        if let Some(outlet) = &self.outlet {
            outlet.ring();
        }
    }
}

impl Cell {
    pub(crate) fn new(key: Arc<KeyRecord>, session: Session) -> Self {
        let (id, layer) = (session.id(), AtomicU32::new(encoded(key.layer)));
        let (topics, outlet, left) = (Box::default(), None, None);
        let (in_flight, long_in_flight, listed) = (0, 0, [false; 2]);
        let state = State { session, topics, learning: false, in_flight, long_in_flight, outlet, listed, left };
        Self { key, id, layer, state: Mutex::new(state) }
    }

    pub(crate) fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The layer last announced in the session.
    pub(crate) fn layer(&self) -> Option<u16> {
        u16::try_from(self.layer.load(Ordering::Relaxed)).ok()
    }

    pub(crate) fn set_layer(&self, layer: u16) {
        self.layer.store(layer.into(), Ordering::Relaxed);
    }

    /// Puts an update into the queue; whether the session must be listed at the flusher for it.
    pub(crate) fn queue(&self, body: Bytes, urgency: Urgency) -> bool {
        let mut state = self.lock();
        if !state.session.wants_updates() {
            return false;
        }
        state.session.push(body);
        // A connection that comes later looks by itself.
        state.outlet.is_some() && !std::mem::replace(&mut state.listed[urgency as usize], true)
    }

    /// Puts an update into the queue and wakes the connection.
    pub(crate) fn push(&self, body: Bytes) {
        let mut state = self.lock();
        if state.session.wants_updates() {
            state.session.push(body);
            state.ring();
        }
    }
}

fn encoded(layer: Option<u16>) -> u32 {
    layer.map_or(NO_LAYER, u32::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_and_its_key_are_small() {
        // Two counters stand before what is shared.
        let shared = |size: usize| size + 2 * size_of::<usize>();
        assert!(shared(size_of::<Cell>()) <= 448, "{}", size_of::<Cell>());
        assert!(shared(size_of::<KeyRecord>()) <= 320, "{}", size_of::<KeyRecord>());
    }
}
