//! Reading ahead: who fetches a file from one end to the other finds the next ranges read and opened when asking for
//! them. Only what may soon be asked for is held, of all files together no more than a bound, and for seconds.

use std::{
    collections::{HashMap, VecDeque, hash_map::Entry},
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use futures_channel::oneshot::{self, Receiver, Sender};
use store::BoxFuture;

use crate::refusal::Refusal;

/// Bytes read ahead of one reader: as many parts as a fast client has under way at once.
const OF_ONE: u64 = 2 << 20;

/// Ranges ahead of one reader.
const RANGES: u64 = 8;

/// Bytes read ahead in all.
const ALL: u64 = 16 << 20;

/// Shorter ranges are no transfer's: pictures, and players that look here and there.
const SHORTEST: u64 = 32 << 10;

/// Readers that are remembered; the one that was heard longest ago is forgotten first.
const READERS: usize = 64;

/// How long something waits to be asked for, at least; at most twice as long.
pub(super) const KEPT: Duration = Duration::from_secs(5);

/// By what the domain, which has no runtime of its own, does something beside its callers.
#[derive(Clone, Copy)]
pub struct Beside {
    /// Sees to it that this is done.
    pub spawn: fn(BoxFuture<'static, ()>),
    /// Done after that time.
    pub wait: fn(Duration) -> BoxFuture<'static, ()>,
}

/// A range of a file, as it is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Asked {
    pub(super) file: u64,
    pub(super) from: u64,
    pub(super) len: u64,
    /// Bytes in front of what is read.
    pub(super) room: usize,
}

type Read = Result<Vec<u8>, Refusal>;

/// What is read ahead, and for whom.
#[derive(Default)]
pub(super) struct Ahead(Mutex<State>);

#[derive(Default)]
struct State {
    /// The one heard last stands last.
    readers: VecDeque<Reader>,
    windows: HashMap<Asked, Window>,
    /// Of the windows.
    bytes: u64,
    /// Counts sweeps.
    sweeps: u32,
    /// Somebody sweeps as long as there are windows.
    is_swept: bool,
}

/// Somebody who asks for one range after the other.
struct Reader {
    file: u64,
    len: u64,
    /// What has been asked for or begun ends here.
    next: u64,
    /// It has gone on from one range to the next.
    is_sure: bool,
}

/// A range that is being read, or has been.
struct Window {
    read: Receiver<Read>,
    /// Sweeps when it began.
    begun: u32,
}

/// What is to be done for a range that was asked for.
#[derive(Default)]
pub(super) struct Plan {
    /// It has been begun.
    pub(super) read: Option<Receiver<Read>>,
    /// These come next, and should be begun.
    pub(super) begin: Vec<(Asked, Sender<Read>)>,
    /// And somebody should [`Ahead::sweep`] from now on, until that says it is enough.
    pub(super) sweep: bool,
}

impl Ahead {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Somebody wants a range of a file of `size` bytes.
    pub(super) fn plan(&self, asked: Asked, size: u64) -> Plan {
        if asked.len < SHORTEST {
            return Plan::default();
        }
        let mut state = self.lock();
        let read = state.take(&asked);
        let begin = state.begin(asked, size);
        let sweep = !begin.is_empty() && !std::mem::replace(&mut state.is_swept, true);
        Plan { read, begin, sweep }
    }

    /// Forgets what nobody has asked for since the sweep before; whether anything is left.
    pub(super) fn sweep(&self) -> bool {
        let mut state = self.lock();
        state.sweeps += 1;
        let sweeps = state.sweeps;
        state.windows.retain(|_, it| it.begun + 1 >= sweeps);
        state.bytes = state.windows.keys().map(|it| it.len).sum();
        if state.windows.is_empty() {
            *state = State { sweeps, ..State::default() };
        }
        state.is_swept
    }
}

impl State {
    fn take(&mut self, asked: &Asked) -> Option<Receiver<Read>> {
        let window = self.windows.remove(asked)?;
        self.bytes -= asked.len;
        Some(window.read)
    }

    /// What comes after that range for its reader, and is not begun.
    fn begin(&mut self, asked: Asked, size: u64) -> Vec<(Asked, Sender<Read>)> {
        let Asked { file, from, len, .. } = asked;
        let ahead = len * (OF_ONE / len).clamp(1, RANGES);
        let within = |next: u64| (from..=from + ahead + len).contains(&next);
        let is_of =
            |it: &Reader| it.file == file && it.len == len && (it.next == from || (it.is_sure && within(it.next)));
        let known = self.readers.iter().position(is_of).and_then(|at| self.readers.remove(at));
        let is_sure = known.is_some();
        let next = known.map_or(from, |it| it.next).max(from + len);
        let mut reader = Reader { file, len, next, is_sure };
        let mut begin = Vec::new();
        let end = size.min(from + len + ahead);
        while reader.is_sure && reader.next < end && self.bytes + len <= ALL {
            let next = Asked { from: reader.next, ..asked };
            reader.next += len;
            // Another reader of the file may have begun it.
            if let Entry::Vacant(place) = self.windows.entry(next) {
                let (send, read) = oneshot::channel();
                place.insert(Window { read, begun: self.sweeps });
                self.bytes += len;
                begin.push((next, send));
            }
        }
        if self.readers.len() >= READERS {
            self.readers.pop_front();
        }
        self.readers.push_back(reader);
        begin
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use super::*;

    const LEN: u64 = 512 << 10;
    const SIZE: u64 = 100 * LEN;

    fn asked(part: u64) -> Asked {
        Asked { file: 1, from: part * LEN, len: LEN, room: 16 }
    }

    /// The parts that are to be begun.
    fn begun(plan: &Plan) -> Vec<u64> {
        plan.begin.iter().map(|(it, _)| it.from / LEN).collect()
    }

    /// Windows and their bytes.
    fn held(ahead: &Ahead) -> (usize, u64) {
        let state = ahead.lock();
        (state.windows.len(), state.bytes)
    }

    #[test]
    fn who_goes_on_finds_what_comes_next() {
        let ahead = Ahead::default();
        assert!(begun(&ahead.plan(asked(0), SIZE)).is_empty(), "one range is no transfer");
        let plan = ahead.plan(asked(1), SIZE);
        assert_eq!((begun(&plan), plan.sweep, plan.read.is_none()), (vec![2, 3, 4, 5], true, true));
        for (asked, send) in plan.begin {
            send.send(Ok(asked.from.to_le_bytes().to_vec())).unwrap();
        }
        for (part, next) in [(2, vec![6]), (4, vec![7, 8]), (3, vec![])] {
            let mut plan = ahead.plan(asked(part), SIZE);
            let read = plan.read.take().unwrap().now_or_never().unwrap().unwrap();
            assert_eq!(read, Ok((part * LEN).to_le_bytes().to_vec()));
            assert_eq!((begun(&plan), plan.sweep), (next, false));
        }
        assert_eq!(held(&ahead), (4, 4 * LEN), "the fifth to the eighth");
        assert!(ahead.plan(asked(2), SIZE).read.is_none(), "each is given once");
    }

    #[test]
    fn nothing_is_read_ahead_of_who_does_not_go_on_or_past_the_end() {
        let ahead = Ahead::default();
        for part in [0, 2, 4, 4, 7, 9, 0] {
            assert!(begun(&ahead.plan(asked(part), SIZE)).is_empty(), "{part}");
        }
        let short = |from| Asked { len: SHORTEST / 2, from, ..asked(0) };
        for at in 0..4 {
            assert!(ahead.plan(short(at * SHORTEST / 2), SIZE).begin.is_empty());
        }
        ahead.plan(asked(96), SIZE);
        assert_eq!(begun(&ahead.plan(asked(97), SIZE)), [98, 99]);
        assert!(begun(&ahead.plan(asked(98), SIZE)).is_empty());
        assert!(ahead.plan(asked(100), SIZE).begin.is_empty());
    }

    #[test]
    fn what_is_ahead_of_all_is_bounded_and_so_are_readers() {
        let ahead = Ahead::default();
        let of = |file, part| Asked { file, ..asked(part) };
        for file in 0..2 * READERS as u64 {
            ahead.plan(of(file, 0), SIZE);
            ahead.plan(of(file, 1), SIZE);
        }
        let state = ahead.lock();
        assert_eq!((state.bytes, state.windows.len() as u64 * LEN, state.readers.len()), (ALL, ALL, READERS));
        drop(state);
        // Room comes back with what is asked for.
        assert!(ahead.plan(of(0, 2), SIZE).read.is_some());
        assert_eq!(ahead.lock().bytes, ALL - LEN);
        let short = |at| Asked { file: 999, from: at * SHORTEST, len: SHORTEST, room: 0 };
        ahead.plan(short(0), SIZE);
        assert_eq!(ahead.plan(short(1), SIZE).begin.len() as u64, RANGES);
    }

    #[test]
    fn where_one_reader_comes_to_what_is_ahead_of_another_it_is_read_once() {
        let ahead = Ahead::default();
        assert_eq!([10, 11].map(|part| begun(&ahead.plan(asked(part), SIZE))), [vec![], vec![12, 13, 14, 15]]);
        let plans = [5, 6, 7, 8].map(|part| begun(&ahead.plan(asked(part), SIZE)));
        assert_eq!(plans, [vec![], vec![7, 8, 9, 10], vec![11], vec![]]);
        assert_eq!(held(&ahead), (7, 7 * LEN), "the ninth to the fifteenth");
    }

    #[test]
    fn what_nobody_asks_for_is_forgotten_and_then_the_sweeper_rests() {
        let ahead = Ahead::default();
        ahead.plan(asked(0), SIZE);
        assert!(ahead.plan(asked(1), SIZE).sweep);
        assert!(ahead.sweep());
        assert!(!ahead.plan(asked(2), SIZE).sweep, "which begins one more, and nobody is needed for it");
        assert!(ahead.sweep());
        assert_eq!(held(&ahead), (1, LEN), "that one alone is young");
        assert!(!ahead.sweep());
        assert_eq!(held(&ahead), (0, 0));
        ahead.plan(asked(0), SIZE);
        assert!(ahead.plan(asked(1), SIZE).sweep);
    }
}
