//! Long messages, most of them parts of files, on their way out and in. A core encrypts or opens one for longer than
//! anybody should wait who has a short one, so threads that step back do it, and several of them in one go.

use std::{
    collections::VecDeque,
    future::Future,
    io,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use crypto::message::Side;
use mtproto::{
    envelope::alone::{self, Alone},
    session::Long,
};
use tokio::{sync::Notify, task::JoinHandle};

use crate::{
    background::{self, Rests},
    clock,
    gateway::Hall,
    outlet::Held,
    packer::Tally,
    session::Cell,
    stats::{Counters, add},
};

mod arrivals;

pub(crate) use arrivals::{Arrival, Arrivals};

/// Messages that one thread has in hand at once: as many as are encrypted together. Each may have half a megabyte.
const TOGETHER: usize = 16;

/// Of them those of one session: as many parts as a fast client has under way.
const OF_ONE: usize = 4;

/// What must wait before another thread joins in. Four messages together take a core little longer than two one after
/// the other, so they are rather left to the thread that is at it.
const JOIN: usize = 4;

/// What waits for the threads.
#[derive(Default)]
pub(crate) struct Freight {
    lines: Mutex<Lines>,
    bell: Notify,
}

#[derive(Default)]
struct Lines {
    out: VecDeque<Departure>,
    come: VecDeque<Arrival>,
    /// Threads that have messages in hand.
    busy: usize,
    /// The threads end: who brings something does it, too.
    ending: bool,
}

impl Lines {
    /// Messages that wait, about: who departs mostly has more than one.
    fn waiting(&self) -> usize {
        2 * self.out.len() + self.come.len()
    }

    fn take_arrivals(&mut self) -> Vec<Arrival> {
        let count = self.come.len().min(TOGETHER);
        self.come.drain(..count).collect()
    }
}

/// Ends a thread's being busy. It looks for more afterwards, so nothing is left that others have left to it.
struct Busy<'a>(&'a Freight);

impl Drop for Busy<'_> {
    fn drop(&mut self) {
        self.0.lock().busy -= 1;
    }
}

/// A session with a long message next, and the outlet of its connection, held until that has been written.
struct Departure {
    held: Held,
    cell: Arc<Cell>,
}

impl Freight {
    fn lock(&self) -> MutexGuard<'_, Lines> {
        self.lines.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The long messages that are next in a session leave by that outlet, whose task is rung when they have.
    pub(crate) fn send(&self, held: Held, cell: Arc<Cell>, counters: &Counters) {
        self.bring(|lines| lines.out.push_back(Departure { held, cell }), counters);
    }

    /// A long packet is opened.
    pub(crate) fn open(&self, arrival: Arrival, counters: &Counters) {
        self.bring(|lines| lines.come.push_back(arrival), counters);
    }

    fn bring(&self, it: impl FnOnce(&mut Lines), counters: &Counters) {
        let mut lines = self.lock();
        it(&mut lines);
        let ending = lines.ending;
        drop(lines);
        self.bell.notify_one();
        while ending && self.work(counters) {}
    }

    fn departure(&self) -> Option<Departure> {
        self.lock().out.pop_front()
    }

    /// Does some of what waits; whether there was any, and not too little for one more thread.
    fn work(&self, counters: &Counters) -> bool {
        let mut lines = self.lock();
        let waiting = lines.waiting();
        if waiting == 0 || waiting < JOIN * lines.busy {
            return false;
        }
        lines.busy += 1;
        let (first, come) = (lines.out.pop_front(), lines.take_arrivals());
        drop(lines);
        let _busy = Busy(self);
        if let Some(first) = first {
            self.depart(first, counters);
        }
        arrivals::open(come);
        true
    }

    /// Takes long messages of that session and of others that wait, encrypts them together, and writes what goes out.
    fn depart(&self, first: Departure, counters: &Counters) {
        let (now, mut rng, mut tally) = (clock::now(), rand::rng(), Tally::default());
        let (mut departures, mut next) = (Vec::new(), Some(first));
        let mut packets: Vec<(usize, Alone)> = Vec::new();
        while let Some(it) = next {
            for Long { header, head, body } in it.longs(now) {
                packets.push((departures.len(), Alone::new(&header, &[&head, &body], &mut rng)));
            }
            departures.push(it);
            next = if packets.len() + OF_ONE <= TOGETHER { self.departure() } else { None };
        }
        let key_of = |at: usize| &departures[at].cell.key.key;
        alone::seal(Side::Server, packets.iter_mut().map(|(at, it)| (key_of(*at), it)), &background::give_way);
        tally.encrypted(packets.len());
        for (at, it) in packets {
            let held = &mut departures[at].held;
            let framed = it.framed(held.framing(), &mut rng);
            if let Err(error) = held.write_or_keep(framed, &mut tally) {
                tracing::debug!(%error, "a long message could not be written");
                held.outlet().close();
            }
            // Whoever has a short one goes first.
            background::give_way();
        }
        tally.count(counters);
        for Departure { held, .. } in departures {
            let outlet = Arc::clone(held.outlet());
            drop(held);
            outlet.ring();
        }
    }
}

impl Departure {
    /// The next long messages of the session, as long as this connection carries it.
    fn longs(&self, now: mtproto::Time) -> Vec<Long> {
        let mut state = self.cell.lock();
        if !state.is_carried_by(self.held.outlet()) {
            return Vec::new();
        }
        std::iter::from_fn(|| state.session.poll_long(now)).take(OF_ONE).collect()
    }
}

/// Starts a thread for each core.
pub(crate) fn start(hall: &Arc<Hall>, threads: usize) -> io::Result<Vec<JoinHandle<()>>> {
    (0..threads).map(|at| background::start(&format!("freight-{at}"), serve(Arc::clone(hall)))).collect()
}

async fn serve(hall: Arc<Hall>) {
    run(&hall.freight, &hall.counters, Rests::new(hall.at_rest), hall.stopped()).await;
}

async fn run(freight: &Freight, counters: &Counters, mut rests: Rests, stopped: impl Future<Output = ()>) {
    let mut stopped = Box::pin(stopped);
    loop {
        // One client's trouble must not be that of all.
        match catch_unwind(AssertUnwindSafe(|| freight.work(counters))) {
            Ok(true) => {
                rests.begin();
                continue;
            }
            Ok(false) => {}
            Err(_) => {
                tracing::error!("long messages were given up in the middle");
                add(&counters.broken, 1);
                continue;
            }
        }
        tokio::select! {
            () = freight.bell.notified() => {}
            () = rests.due() => rests.rest(),
            () = &mut stopped => {
                freight.lock().ending = true;
                // What came before that.
                while freight.work(counters) {}
                return;
            }
        }
    }
}

#[cfg(test)]
mod tests;
