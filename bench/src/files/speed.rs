//! Megabytes a second with one and four parts in flight, against a plain copy, and the server's CPU time a gigabyte.

use std::time::Instant;

use testkit::Client;

use super::{
    Files, floor,
    transfer::{self, Source, Stored, connection},
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
        let person = Person::join(server, 0).await?;
        let (mut client, source, size) = (connection(server, &person).await?, Source::new(), self.bytes());
        let mut copies = Vec::new();
        let mut up: [Took; 2] = Default::default();
        let mut down: [Took; 2] = Default::default();
        for _ in 0..self.rounds {
            let copy = floor::copy(size).await?;
            let copied = size as f64 / 1e6 / copy.as_secs_f64();
            copies.push(copied);
            for (at, (width, _)) in WIDTHS.iter().enumerate() {
                let stored = sent(server, &mut client, (&source, size, *width), copied, &mut up[at]).await?;
                let (start, before) = (Instant::now(), server.cpu());
                transfer::download(&mut client, &stored, *width).await?;
                note(&mut down[at], size, copied, start.elapsed().as_secs_f64(), (server.cpu() - before).as_secs_f64());
            }
        }
        println!("files of {} MiB", self.size);
        line("a plain copy over TCP", median(copies), "MB/s");
        for ((width, reach), (up, down)) in WIDTHS.into_iter().zip(up.into_iter().zip(down)) {
            up.print("upload", width, reach);
            down.print("download", width, reach);
        }
        Ok(())
    }
}

/// Uploads a file, and notes what that took; what it has become.
async fn sent(
    server: &Server,
    client: &mut Client,
    (source, size, width): (&Source, u64, usize),
    copied: f64,
    took: &mut Took,
) -> Result<Stored, Failure> {
    let (start, before) = (Instant::now(), server.cpu());
    let file = transfer::upload(client, source, size, width).await?;
    let stored = transfer::keep(client, file, size).await?;
    note(took, size, copied, start.elapsed().as_secs_f64(), (server.cpu() - before).as_secs_f64());
    Ok(stored)
}

fn note(took: &mut Took, size: u64, copied: f64, seconds: f64, cpu: f64) {
    let rate = size as f64 / 1e6 / seconds;
    took.rate.push(rate);
    took.ratio.push(rate / copied);
    took.cpu.push(cpu / (size as f64 / 1e9));
}
