//! Megabytes a second with one and four parts in flight, against a plain copy, and the server's CPU time a gigabyte.

use std::time::Instant;

use bytes::Bytes;

use super::{
    Files, floor,
    transfer::{self, PART, Source},
    wire::{Kept, Ready, Wire},
};
use crate::{
    Failure,
    figures::{line, median},
    people::Person,
    process::Server,
};

/// Parts in flight, and the ratio to the plain copy that should be reached.
const WIDTHS: [(usize, &str); 2] = [(1, "0.18"), (4, "0.4")];

/// What the rounds of one measurement took.
#[derive(Default)]
struct Took {
    /// MB/s, of 10^6 bytes.
    rate: Vec<f64>,
    /// The same to that of the copy in its round.
    ratio: Vec<f64>,
    /// Seconds of the server's CPU time a GB of 10^9 bytes.
    cpu: Vec<f64>,
}

impl Took {
    fn print(self, what: &str, width: usize, reach: &str) {
        line(&format!("{what}, {width} in flight"), median(self.rate), "MB/s");
        line(&format!("  to a plain copy ({reach})"), median(self.ratio), "");
        line("  CPU of the server", median(self.cpu), "s/GB");
    }
}

impl Files {
    pub(super) async fn speed(&self, server: &Server) -> Result<(), Failure> {
        let mut person = Person::join(server, 0).await?;
        let (source, size) = (Source::new(), self.bytes());
        let mut copies = Vec::new();
        let (mut encrypted, mut opened): ([Vec<f64>; 2], [Vec<f64>; 2]) = Default::default();
        let mut up: [Took; 2] = Default::default();
        let mut down: [Took; 2] = Default::default();
        for _ in 0..self.rounds {
            let copy = floor::copy(size).await?;
            let copied = size as f64 / 1e6 / copy.as_secs_f64();
            copies.push(copied);
            for (at, (width, _)) in WIDTHS.iter().enumerate() {
                encrypted[at].push(floor::encrypted(*width) / 1e6);
                opened[at].push(floor::opened(*width) / 1e6);
                let round = Round { server, size, copied, width: *width };
                let file = rand::random();
                let mut wire = Wire::open(server, &person)?;
                let ready = transfer::parts(&mut wire, &source, file, size)?;
                round.run(&mut wire, ready, Kept::default(), &mut up[at])?;
                let stored = transfer::keep(&mut person.client, file, size).await?;
                // Nothing of the upload is left to be done.
                server.calm().await;
                let ready = transfer::whole(&mut wire, &stored)?;
                let room = Kept::new(usize::try_from(size)? / PART, PART);
                let results = round.run(&mut wire, ready, room, &mut down[at])?;
                transfer::check(&source, file, &results)?;
            }
        }
        println!("files of {} MiB", self.size);
        line("a plain copy over TCP", median(copies), "MB/s");
        for ((width, _), (encrypted, opened)) in WIDTHS.iter().zip(encrypted.into_iter().zip(opened)) {
            line(&format!("encryption alone on one core, {width} at a time"), median(encrypted), "MB/s");
            line(&format!("opening alone on one core, {width} at a time"), median(opened), "MB/s");
        }
        for ((width, reach), (up, down)) in WIDTHS.into_iter().zip(up.into_iter().zip(down)) {
            up.print("upload", width, reach);
            down.print("download", width, reach);
        }
        Ok(())
    }
}

/// What is the same for a round's measurements.
struct Round<'a> {
    server: &'a Server,
    size: u64,
    /// MB/s of the plain copy.
    copied: f64,
    width: usize,
}

impl Round<'_> {
    /// Runs requests against the clock; the answers that were kept.
    fn run(&self, wire: &mut Wire, ready: Ready, mut kept: Kept, took: &mut Took) -> Result<Vec<Bytes>, Failure> {
        tokio::task::block_in_place(|| {
            let (start, before) = (Instant::now(), self.server.cpu());
            wire.run(&ready, self.width, &mut kept)?;
            let (seconds, cpu) = (start.elapsed().as_secs_f64(), (self.server.cpu() - before).as_secs_f64());
            let rate = self.size as f64 / 1e6 / seconds;
            took.rate.push(rate);
            took.ratio.push(rate / self.copied);
            took.cpu.push(cpu / (self.size as f64 / 1e9));
            wire.results(kept)
        })
    }
}
