//! Runs fuzz targets for a while each: `fuzz [--seconds N] [TARGET]…`. Built with coverage counters (`make
//! fuzz`) it keeps inputs that reach something new and mutates those; a broken input is written to a file.

#![allow(clippy::disallowed_methods, reason = "a fuzzer measures its time and draws what it likes")]

use std::{
    panic::catch_unwind,
    path::PathBuf,
    process::ExitCode,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use fuzz::{
    coverage::Reached,
    mutate::mutated,
    targets::{ALL, Target},
};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

/// Time for each target where none is said.
const SECONDS: u64 = 60;

/// Between two lines of progress.
const PROGRESS: Duration = Duration::from_secs(10);

/// An input that takes this long hangs.
const HANG: Duration = Duration::from_secs(10);

/// The input under way, of which target and since when, for whoever watches.
type Current = Arc<Mutex<Option<(&'static str, Instant, Vec<u8>)>>>;

fn main() -> ExitCode {
    let mut args: Vec<String> = std::env::args().skip(1).collect();
    let mut time = Duration::from_secs(SECONDS);
    if let Some(at) = args.iter().position(|it| it == "--seconds") {
        let said = args.drain(at..(at + 2).min(args.len())).nth(1).and_then(|it| it.parse().ok());
        let Some(seconds) = said else { return usage() };
        time = Duration::from_secs(seconds);
    }
    let known = |name: &String| ALL.iter().any(|it| it.name == *name);
    if !args.iter().all(known) {
        return usage();
    }
    let current = Current::default();
    watch(&current);
    for target in ALL.iter().filter(|it| args.is_empty() || args.iter().any(|name| it.name == *name)) {
        if !fuzz(target, time, &current) {
            return ExitCode::FAILURE;
        }
    }
    ExitCode::SUCCESS
}

fn usage() -> ExitCode {
    let names: Vec<_> = ALL.iter().map(|it| it.name).collect();
    eprintln!("usage: fuzz [--seconds N] [{}]...", names.join("|"));
    ExitCode::FAILURE
}

/// Fuzzes one target; false if an input broke it.
fn fuzz(target: &Target, time: Duration, current: &Current) -> bool {
    let mut rng = ChaCha8Rng::from_os_rng();
    let (mut reached, mut kept) = (Reached::new(), (target.seeds)());
    let (start, mut told) = (Instant::now(), Instant::now());
    let mut inputs = 0_u64;
    // The seeds first, as they are.
    let mut waiting = kept.clone();
    reached.take();
    while start.elapsed() < time {
        let input = waiting.pop().unwrap_or_else(|| mutated(&kept, &mut rng));
        hold(current, Some((target.name, Instant::now(), input.clone())));
        let survived = catch_unwind(|| (target.run)(&input)).is_ok();
        hold(current, None);
        if !survived {
            eprintln!("{}: broken by {}", target.name, save(target.name, &input).display());
            return false;
        }
        if reached.take() {
            kept.push(input);
        }
        inputs += 1;
        if told.elapsed() >= PROGRESS {
            told = Instant::now();
            tell(target.name, start, inputs, &reached, kept.len());
        }
    }
    tell(target.name, start, inputs, &reached, kept.len());
    true
}

fn tell(name: &str, start: Instant, inputs: u64, reached: &Reached, kept: usize) {
    let seconds = start.elapsed().as_secs();
    if reached.is_guided() {
        println!(
            "{name:<12} {seconds:>4} s {inputs:>10} inputs, {} branches reached, {kept} inputs kept",
            reached.places()
        );
    } else {
        println!("{name:<12} {seconds:>4} s {inputs:>10} inputs, blind: build with `make fuzz` to be guided");
    }
}

fn hold(current: &Current, what: Option<(&'static str, Instant, Vec<u8>)>) {
    *current.lock().unwrap_or_else(PoisonError::into_inner) = what;
}

/// Ends the program when an input hangs.
fn watch(current: &Current) {
    let current = Arc::clone(current);
    std::thread::spawn(move || {
        loop {
            std::thread::sleep(Duration::from_secs(1));
            let now = current.lock().unwrap_or_else(PoisonError::into_inner).clone();
            if let Some((name, since, input)) = now
                && since.elapsed() > HANG
            {
                eprintln!("{name}: hangs on {}", save(name, &input).display());
                std::process::exit(1);
            }
        }
    });
}

fn save(name: &str, input: &[u8]) -> PathBuf {
    let folder = PathBuf::from("target/fuzz-findings");
    let path = folder.join(format!("{name}-{:08x}", crc32fast::hash(input)));
    if let Err(error) = std::fs::create_dir_all(&folder).and_then(|()| std::fs::write(&path, input)) {
        eprintln!("{} could not be written: {error}", path.display());
    }
    path
}
