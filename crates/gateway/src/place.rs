//! A connection's place under the limits of all and of its address. It goes with the connection, whatever
//! room serves it, and is given back when the last holder lets go.

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError, atomic::Ordering},
};

use crate::{
    gateway::Hall,
    stats::{add, sub},
};

/// What each address has.
#[derive(Default)]
pub(crate) struct Addresses(Mutex<HashMap<IpAddr, Counts>>);

#[derive(Default)]
struct Counts {
    connections: usize,
    /// Key exchanges that wait for a core.
    handshakes: usize,
    /// Files that are being fetched over HTTP.
    files: usize,
}

impl Addresses {
    fn lock(&self) -> MutexGuard<'_, HashMap<IpAddr, Counts>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Counts one more if there is room.
    fn take(&self, ip: IpAddr, field: fn(&mut Counts) -> &mut usize, most: usize) -> bool {
        let mut all = self.lock();
        let count = field(all.entry(ip).or_default());
        let room = *count < most;
        *count += usize::from(room);
        room
    }

    fn give(&self, ip: IpAddr, field: fn(&mut Counts) -> &mut usize) {
        let mut all = self.lock();
        let Some(counts) = all.get_mut(&ip) else { return };
        *field(counts) -= 1;
        if counts.connections == 0 && counts.handshakes == 0 && counts.files == 0 {
            all.remove(&ip);
        }
    }
}

/// A place, given back when dropped.
pub(crate) struct Place {
    hall: Arc<Hall>,
    /// Whose it is; a trusted proxy has none of its own.
    ip: Option<IpAddr>,
}

impl Place {
    /// A place for a connection from `ip`, if there is room.
    pub(crate) fn take(hall: &Arc<Hall>, ip: IpAddr) -> Option<Self> {
        let before = hall.counters.connections_now.fetch_add(1, Ordering::Relaxed);
        // Counted already, so that leaving early gives it back.
        let mut place = Self { hall: Arc::clone(hall), ip: None };
        (before < hall.limits.connections as u64 && place.belongs_to(ip)).then_some(place)
    }

    /// The client turned out to be at `ip` (a PROXY header, `X-Forwarded-For`): whether it has room.
    pub(crate) fn belongs_to(&mut self, ip: IpAddr) -> bool {
        self.leave_address();
        if self.hall.trusted.contains(ip) {
            return true;
        }
        let most = self.hall.limits.connections_per_address;
        if self.hall.addresses.take(ip, |it| &mut it.connections, most) {
            self.ip = Some(ip);
        }
        self.ip.is_some()
    }

    fn leave_address(&mut self) {
        if let Some(ip) = self.ip.take() {
            self.hall.addresses.give(ip, |it| &mut it.connections);
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.leave_address();
        sub(&self.hall.counters.connections_now, 1);
    }
}

/// A file that is being fetched over HTTP, counted while this lives.
pub(crate) struct Fetch {
    hall: Arc<Hall>,
    ip: IpAddr,
}

impl Fetch {
    /// Whether the hall and the address have room for one more.
    pub(crate) fn take(hall: &Arc<Hall>, ip: IpAddr) -> Option<Self> {
        if !hall.addresses.take(ip, |it| &mut it.files, hall.limits.files_per_address) {
            return None;
        }
        // Counted already, so that leaving early gives it back.
        let it = Self { hall: Arc::clone(hall), ip };
        let before = hall.counters.files_now.fetch_add(1, Ordering::Relaxed);
        (before < hall.limits.files as u64).then_some(it)
    }
}

impl Drop for Fetch {
    fn drop(&mut self) {
        self.hall.addresses.give(self.ip, |it| &mut it.files);
        sub(&self.hall.counters.files_now, 1);
    }
}

/// A key exchange that waits for a core, counted while this lives.
pub(crate) struct Waits {
    hall: Arc<Hall>,
    ip: IpAddr,
}

impl Waits {
    /// Whether the hall and the address have room for one more.
    pub(crate) fn take(hall: &Arc<Hall>, ip: IpAddr) -> Option<Self> {
        if hall.counters.handshakes_now.load(Ordering::Relaxed) >= hall.limits.handshakes as u64 {
            return None;
        }
        let most = hall.limits.handshakes_per_address;
        if !hall.addresses.take(ip, |it| &mut it.handshakes, most) {
            return None;
        }
        add(&hall.counters.handshakes_now, 1);
        Some(Self { hall: Arc::clone(hall), ip })
    }
}

impl Drop for Waits {
    fn drop(&mut self) {
        self.hall.addresses.give(self.ip, |it| &mut it.handshakes);
        sub(&self.hall.counters.handshakes_now, 1);
    }
}
