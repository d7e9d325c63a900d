//! What is freed goes back to the system: after a burst to ten thousand sessions it is more than they have themselves.

#![allow(unsafe_code, reason = "the allocator's options are set by a call into C")]

use libmimalloc_sys::{mi_collect, mi_option_get, mi_option_set, mi_option_t};

/// `mi_option_purge_delay`, by its place in `mimalloc.h`: milliseconds until freed pages are given back. With any but 0
/// they are kept until somebody asks the allocator to look, which an idle server does not.
const PURGE_DELAY: mi_option_t = 15;

/// To be called before there are threads. Whether the allocator has taken it.
pub fn give_back_at_once() -> bool {
    // SAFETY: both may be called at any time; an option has a number below those of the library's own.
    unsafe {
        mi_option_set(PURGE_DELAY, 0);
        mi_option_get(PURGE_DELAY) == 0
    }
}

/// Gives back what others have freed of the calling thread's memory.
pub fn collect() {
    // SAFETY: it looks at memory of the calling thread and at what nobody uses.
    unsafe { mi_collect(true) }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test")]

    use super::*;

    fn resident() -> usize {
        let status = std::fs::read_to_string("/proc/self/status").unwrap();
        let line = status.lines().find_map(|it| it.strip_prefix("VmRSS:")).unwrap();
        line.trim().trim_end_matches(" kB").parse::<usize>().unwrap() << 10
    }

    #[test]
    fn what_was_freed_goes_back() {
        assert!(give_back_at_once());
        let before = resident();
        let many: Vec<Vec<u8>> = (0..20_000).map(|_| vec![1; 5000]).collect();
        let between = resident();
        drop(many);
        let after = resident();
        assert!(between > before + (80 << 20), "{before} and {between}");
        assert!(after < before + (20 << 20), "{before}, {between} and {after}");
    }
}
