//! What a run reached, where the build counts it: LLVM's inline counters, one byte a branch. Without them
//! (an ordinary build) there is nothing to see, and the fuzzer mutates its seeds blindly.

#![allow(unsafe_code, reason = "the counters are memory of the instrumented program, announced through a C symbol")]

use std::sync::atomic::{AtomicPtr, Ordering};

static START: AtomicPtr<u8> = AtomicPtr::new(std::ptr::null_mut());
static STOP: AtomicPtr<u8> = AtomicPtr::new(std::ptr::null_mut());

/// Called by the instrumented program before `main`, once a module, always with the whole range.
///
/// # Safety
/// Only LLVM's constructors call it, with the bounds of the counters' section.
// SAFETY: the name belongs to the sanitizer's runtime, which is not linked here.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn __sanitizer_cov_8bit_counters_init(start: *mut u8, stop: *mut u8) {
    START.store(start, Ordering::Relaxed);
    STOP.store(stop, Ordering::Relaxed);
}

/// Counters looked at together.
const BLOCK: usize = 128;

/// What all runs so far reached.
pub struct Reached {
    /// For each counter a bit for every order of magnitude that it has shown.
    seen: Vec<u8>,
    places: usize,
}

impl Reached {
    /// Nothing yet.
    pub fn new() -> Self {
        Self { seen: vec![0; counters().len()], places: 0 }
    }

    /// Whether the build counts at all.
    pub fn is_guided(&self) -> bool {
        !self.seen.is_empty()
    }

    /// Branches reached.
    pub fn places(&self) -> usize {
        self.places
    }

    /// Whether the run since the last call reached anything new; starts counting afresh.
    pub fn take(&mut self) -> bool {
        let mut new = false;
        for (seen, counts) in self.seen.chunks_mut(BLOCK).zip(counters().chunks_mut(BLOCK)) {
            // Nearly all of a program is not reached by one input.
            if counts.iter().all(|it| *it == 0) {
                continue;
            }
            for (seen, count) in seen.iter_mut().zip(counts).filter(|(_, count)| **count > 0) {
                let bit = 1 << count.ilog2().min(7);
                self.places += usize::from(*seen == 0);
                new |= *seen & bit == 0;
                *seen |= bit;
                *count = 0;
            }
        }
        new
    }
}

impl Default for Reached {
    fn default() -> Self {
        Self::new()
    }
}

fn counters() -> &'static mut [u8] {
    let (start, stop) = (START.load(Ordering::Relaxed), STOP.load(Ordering::Relaxed));
    let len = stop.addr().saturating_sub(start.addr());
    if start.is_null() || len == 0 {
        return &mut [];
    }
    // SAFETY: the section lives as long as the program. The program's own increments race with nothing: one
    // thread runs targets and looks at the counters in between.
    unsafe { std::slice::from_raw_parts_mut(start, len) }
}
