//! Long packets that came, until they have been opened: a connection reads on meanwhile, up to a bound, and takes them
//! in their order.

use std::sync::Arc;

use crypto::message::Side;
use mtproto::{
    envelope::alone::{self, Opened},
    transport::Packet,
};
use tokio::sync::oneshot::{self, error::TryRecvError};

use crate::{background, outlet::Outlet, service::KeyRecord};

/// Long packets of one connection under way at once; nothing is read before one of them is open.
const OF_ONE: usize = 4;

/// A packet to be opened, and who waits for it.
pub(crate) struct Arrival {
    key: Arc<KeyRecord>,
    packet: Packet,
    done: oneshot::Sender<Opened>,
    outlet: Arc<Outlet>,
}

/// The packets of a connection that are being opened, the oldest first.
#[derive(Default)]
pub(crate) struct Arrivals(Vec<(Arc<KeyRecord>, oneshot::Receiver<Opened>)>);

impl Arrivals {
    /// One more; what is to be done for it.
    pub(crate) fn add(&mut self, key: &Arc<KeyRecord>, packet: Packet, outlet: &Arc<Outlet>) -> Arrival {
        let (done, opened) = oneshot::channel();
        self.0.push((Arc::clone(key), opened));
        Arrival { key: Arc::clone(key), packet, done, outlet: Arc::clone(outlet) }
    }

    /// Nothing more should be read for now.
    pub(crate) fn are_full(&self) -> bool {
        self.0.len() >= OF_ONE
    }

    /// The oldest, once it is open; `None` as an answer: whoever was to open it gave up.
    pub(crate) fn next(&mut self) -> Option<(Arc<KeyRecord>, Option<Opened>)> {
        let opened = match self.0.first_mut()?.1.try_recv() {
            Ok(opened) => Some(opened),
            Err(TryRecvError::Empty) => return None,
            Err(TryRecvError::Closed) => None,
        };
        let (key, _) = self.0.remove(0);
        if self.0.is_empty() {
            self.0 = Vec::new();
        }
        Some((key, opened))
    }
}

/// Opens packets, and tells who waits.
pub(super) fn open(mut arrivals: Vec<Arrival>) {
    let packets = arrivals.iter_mut().map(|it| (&it.key.key, std::mem::take(&mut it.packet)));
    let opened = alone::open(Side::Client, packets, &background::give_way);
    for (Arrival { done, outlet, .. }, opened) in arrivals.into_iter().zip(opened) {
        // Whose connection has gone wants nothing.
        let _ = done.send(opened);
        outlet.ring();
    }
}
