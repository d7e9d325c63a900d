//! A few threads for what takes long: disks, and sealing of half-megabytes. Whoever waits for them waits without a
//! thread, so a hall full of transfers stops no message.

use std::{
    io,
    sync::{Arc, Mutex, PoisonError, mpsc},
    thread::JoinHandle,
};

use tokio::sync::{Semaphore, oneshot};

use crate::BoxFuture;

/// Jobs that wait in line for each thread; who comes later waits for a place, holding what it came with.
const LINE: usize = 8;

type Job = Box<dyn FnOnce() + Send>;

/// Threads and their line. They end with it, once what is in line is done.
pub struct Pool {
    line: mpsc::Sender<Option<Job>>,
    places: Arc<Semaphore>,
    threads: Vec<JoinHandle<()>>,
}

impl Pool {
    /// Starts so many threads, at least one, each of which begins with `begin`: it may say how it is scheduled.
    pub fn start(threads: usize, begin: fn()) -> io::Result<Self> {
        let threads = threads.max(1);
        let (line, jobs) = mpsc::channel::<Option<Job>>();
        let jobs = Arc::new(Mutex::new(jobs));
        let worker = |n: usize| {
            let jobs = Arc::clone(&jobs);
            std::thread::Builder::new().name(format!("files-{n}")).spawn(move || {
                begin();
                loop {
                    // The lock is held while waiting: the others wait for the lock instead.
                    let job = jobs.lock().unwrap_or_else(PoisonError::into_inner).recv();
                    match job {
                        // A job that panics takes its answer along, and no thread.
                        Ok(Some(job)) => drop(std::panic::catch_unwind(std::panic::AssertUnwindSafe(job))),
                        Ok(None) | Err(_) => return,
                    }
                }
            })
        };
        let threads: Vec<_> = (0..threads).map(worker).collect::<Result<_, _>>()?;
        let places = Arc::new(Semaphore::new(threads.len() * (LINE + 1)));
        Ok(Self { line, places, threads })
    }

    /// A pool without threads: each job is done where it is awaited. For tests, whose hall is one thread.
    pub fn inline() -> Self {
        Self { line: mpsc::channel().0, places: Arc::new(Semaphore::new(1)), threads: Vec::new() }
    }

    /// Runs a job on one of the threads; `None` if it ended without an answer. It is done even if nobody waits any more,
    /// once it is in line.
    pub fn run<T: Send + 'static>(&self, job: impl FnOnce() -> T + Send + 'static) -> BoxFuture<'static, Option<T>> {
        if self.threads.is_empty() {
            return Box::pin(async move { Some(job()) });
        }
        let (line, places) = (self.line.clone(), Arc::clone(&self.places));
        Box::pin(async move {
            let place = places.acquire_owned().await.ok()?;
            let (send, receive) = oneshot::channel();
            let job = move || {
                let answer = job();
                drop(place);
                // Who asked may have gone.
                let _ = send.send(answer);
            };
            line.send(Some(Box::new(job))).ok()?;
            receive.await.ok()
        })
    }
}

impl Drop for Pool {
    fn drop(&mut self) {
        // Futures that nobody has asked yet hold the line's end, so its closing would tell the threads nothing.
        self.places.close();
        for _ in &self.threads {
            let _ = self.line.send(None);
        }
        for thread in self.threads.drain(..) {
            // A job may hold the last handle of its own pool.
            if thread.thread().id() != std::thread::current().id() {
                let _ = thread.join();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{
        sync::Barrier,
        task::{Context, Waker},
        thread,
    };

    use super::*;
    use crate::conformance::wait;

    #[test]
    fn jobs_run_beside_each_other_on_threads_of_the_pool() {
        let pool = Pool::start(2, || {}).unwrap();
        let both = Arc::new(Barrier::new(2));
        let meet = |both: Arc<Barrier>| move || both.wait().is_leader();
        let (mut one, other) = (pool.run(meet(Arc::clone(&both))), pool.run(meet(both)));
        assert!(one.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
        let (other, one) = (wait(other).unwrap(), wait(one).unwrap());
        assert!(one != other, "one of the two was the last to come");
    }

    #[test]
    fn a_pool_without_threads_does_a_job_where_it_is_awaited() {
        let here = thread::current().id();
        let mut job = Pool::inline().run(move || thread::current().id() == here);
        let poll = job.as_mut().poll(&mut Context::from_waker(Waker::noop()));
        assert_eq!(poll, std::task::Poll::Ready(Some(true)));
    }

    #[test]
    fn a_job_that_panics_costs_its_own_answer_only() {
        let pool = Pool::start(1, || {}).unwrap();
        for _ in 0..2 * LINE {
            assert_eq!(wait(pool.run(|| panic!("on purpose"))), None::<()>);
        }
        assert_eq!(wait(pool.run(|| 5)), Some(5));
    }

    #[test]
    fn what_is_in_line_is_done_before_the_pool_ends() {
        let pool = Pool::start(1, || {}).unwrap();
        let (send, receive) = mpsc::channel();
        for n in 0..LINE {
            let send = send.clone();
            let mut job = pool.run(move || send.send(n));
            let _ = job.as_mut().poll(&mut Context::from_waker(Waker::noop()));
        }
        let unasked = pool.run(|| ());
        drop((pool, send));
        assert_eq!(wait(unasked), None);
        assert_eq!(receive.iter().collect::<Vec<_>>(), (0..LINE).collect::<Vec<_>>());
    }

    #[test]
    fn the_line_is_bounded_and_moves_on() {
        let pool = Pool::start(1, || {}).unwrap();
        let (open, gate) = mpsc::channel::<()>();
        let mut held = pool.run(move || gate.recv().is_ok());
        let mut context = Context::from_waker(Waker::noop());
        assert!(held.as_mut().poll(&mut context).is_pending());
        let mut waiting: Vec<_> = (0..LINE + 3).map(|n| pool.run(move || n)).collect();
        waiting.iter_mut().for_each(|it| assert!(it.as_mut().poll(&mut context).is_pending()));
        assert_eq!(pool.places.available_permits(), 0);
        open.send(()).unwrap();
        assert_eq!(wait(held), Some(true));
        let answers: Vec<_> = waiting.into_iter().map(|it| wait(it).unwrap()).collect();
        assert_eq!(answers, (0..LINE + 3).collect::<Vec<_>>());
    }
}
