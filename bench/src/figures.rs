//! Figures: how they are taken together and printed.

use std::time::Duration;

/// One figure.
pub(crate) fn line(what: &str, value: f64, unit: &str) {
    let digits = if value < 10.0 { 2 } else { usize::from(value < 1000.0) };
    println!("{what:<44} {value:>10.digits$} {unit}");
}

/// The middle one.
pub(crate) fn median(mut all: Vec<f64>) -> f64 {
    all.sort_unstable_by(f64::total_cmp);
    all.get(all.len() / 2).copied().unwrap_or(0.0)
}

/// p50 and p99 in milliseconds.
pub(crate) fn percentiles(mut all: Vec<Duration>) -> (f64, f64) {
    all.sort_unstable();
    let at = |part: usize| all.get(all.len() * part / 100).copied().unwrap_or_default().as_secs_f64() * 1e3;
    (at(50), at(99))
}
