//! What is freed goes back to the system: after a burst to ten thousand sessions it is more than they have themselves.
//! The allocator gives nothing back by itself while nobody asks it for memory, and doing so at each turn costs a private
//! message a sixth of its time.

#![allow(unsafe_code, reason = "a call into the allocator, which is C")]

use libmimalloc_sys::mi_collect;

/// Gives back what nobody uses, of the calling thread's memory also what others have freed. Takes milliseconds.
pub fn collect() {
    // SAFETY: it may be called at any time, and leaves alone what is in use.
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
        let before = resident();
        let many: Vec<Vec<u8>> = (0..20_000).map(|_| vec![1; 5000]).collect();
        let between = resident();
        drop(many);
        collect();
        let after = resident();
        assert!(between > before + (80 << 20), "{before} and {between}");
        assert!(after < before + (20 << 20), "{before}, {between} and {after}");
    }
}
