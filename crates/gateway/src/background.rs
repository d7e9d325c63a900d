//! Threads that step back: what many hear leaves by them, and whoever has a private message to pass on need not wait
//! until their time on a core is over.

#![allow(unsafe_code, reason = "system calls that say how a thread is scheduled")]

use std::{future::Future, io, time::Duration};

use tokio::{
    runtime::Handle,
    sync::oneshot,
    task::{self, JoinHandle},
};

/// By how much such a thread is nicer: a tenth of the share of others where cores are short, which is still enough that
/// no flood of private messages holds up for ever what many hear.
const NICER: i32 = 10;

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

#[cfg(test)]
mod tests {
    use super::*;

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
