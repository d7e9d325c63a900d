//! Threads that step back: what many hear leaves by them, and whoever has a private message to pass on need not wait
//! until their time on a core is over.

#![allow(unsafe_code, reason = "system calls that say how a thread is scheduled")]

use std::{future::Future, io, time::Duration};

use tokio::{
    runtime::Handle,
    sync::oneshot,
    task::{self, JoinHandle},
};

/// By how much such a thread is nicer: a thirtieth of the share of others where cores are short, which is still enough
/// that no flood of private messages holds up for ever what many hear: a post to ten thousand takes two seconds then.
const NICER: i32 = 15;

/// The nicest there is.
const NICEST: i32 = 19;

/// How long such a thread would run at a stretch: longer than any other that has set nothing (2.8 ms at most), and so
/// others that wake up go first at once. Linux heeds it from 6.12 on, and goes by [`NICER`] alone before.
const SLICE: Duration = Duration::from_millis(3);

/// The calling thread, and what it starts from now on, steps back.
pub fn step_back() -> io::Result<()> {
    // SAFETY: it reads a number of the calling thread, and can't fail for that one.
    let nice = unsafe { libc::getpriority(libc::PRIO_PROCESS, 0) };
    let attributes = libc::sched_attr {
        size: u32::try_from(size_of::<libc::sched_attr>()).map_err(io::Error::other)?,
        sched_policy: u32::try_from(libc::SCHED_OTHER).map_err(io::Error::other)?,
        sched_flags: 0,
        sched_nice: (nice + NICER).min(NICEST),
        sched_priority: 0,
        sched_runtime: u64::try_from(SLICE.as_nanos()).map_err(io::Error::other)?,
        sched_deadline: 0,
        sched_period: 0,
    };
    // The calling thread, and no flags.
    let (thread, flags): (libc::pid_t, libc::c_uint) = (0, 0);
    // SAFETY: the call reads a structure of the size that stands in it, which lives until it returns.
    let done = unsafe { libc::syscall(libc::SYS_sched_setattr, thread, &raw const attributes, flags) };
    if done == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}

/// Between two pieces of work, threads that wait for this core go first. A system that preempts nobody looks anew only
/// when its clock ticks, every 4 ms.
pub fn give_way() {
    std::thread::yield_now();
}

/// Runs something on a thread of its own that steps back. It may use what this runtime drives.
pub(crate) fn start(name: &str, work: impl Future<Output = ()> + Send + 'static) -> io::Result<JoinHandle<()>> {
    let (runtime, (send, ended)) = (Handle::current(), oneshot::channel::<()>());
    let run = move || {
        if let Err(error) = step_back() {
            tracing::warn!(%error, "what many hear is sent at the priority of everything else");
        }
        runtime.block_on(work);
        drop(send);
    };
    std::thread::Builder::new().name(name.to_owned()).spawn(run)?;
    // An error is how it says that it has ended.
    Ok(task::spawn(async { drop(ended.await) }))
}

/// How long such a thread has nothing to do before it rests for the first time, and each time after the last one when
/// that has doubled, up to [`LAST_REST`]: clients acknowledge what they were told within half a minute, and what was
/// kept for them is freed by others.
const FIRST_REST: Duration = Duration::from_secs(1);
const LAST_REST: Duration = Duration::from_secs(64);

/// What a thread does when there is nothing to do.
pub(crate) struct Rests {
    at_rest: fn(),
    /// Until the next; none before there was something to do.
    wait: Option<Duration>,
}

impl Rests {
    pub(crate) fn new(at_rest: fn()) -> Self {
        Self { at_rest, wait: None }
    }

    /// There was something to do.
    pub(crate) fn begin(&mut self) {
        self.wait = Some(FIRST_REST);
    }

    /// Waits for the next rest.
    pub(crate) async fn due(&self) {
        match self.wait {
            Some(wait) => tokio::time::sleep(wait).await,
            None => std::future::pending().await,
        }
    }

    pub(crate) fn rest(&mut self) {
        (self.at_rest)();
        self.wait = self.wait.map(|it| 2 * it).filter(|it| *it <= LAST_REST);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn rests_become_rarer_and_end_until_there_is_something_to_do() {
        let mut rests = Rests::new(|| {});
        for _ in 0..2 {
            assert!(tokio::time::timeout(Duration::from_secs(600), rests.due()).await.is_err());
            rests.begin();
            for seconds in [1, 2, 4, 8, 16, 32, 64] {
                let start = tokio::time::Instant::now();
                rests.due().await;
                assert_eq!(start.elapsed().as_secs(), seconds);
                rests.rest();
            }
        }
    }

    /// The nice value of the calling thread, as the system shows it.
    fn nice() -> i32 {
        let stat = std::fs::read_to_string("/proc/thread-self/stat").unwrap();
        stat.rsplit(')').next().unwrap().split_whitespace().nth(16).unwrap().parse().unwrap()
    }

    #[tokio::test]
    async fn a_thread_that_steps_back_leaves_others_as_they_were() {
        let (before, (send, receive)) = (nice(), oneshot::channel());
        let ended = start("stands-back", async { send.send(nice()).unwrap() }).unwrap();
        assert_eq!(receive.await.unwrap(), (before + NICER).min(NICEST));
        ended.await.unwrap();
        assert_eq!(nice(), before);
    }
}
