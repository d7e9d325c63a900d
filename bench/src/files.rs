//! Files: how fast they come and go, what they cost the server, and what others notice of it.

mod floor;
mod memory;
mod private;
mod ranges;
mod speed;
mod transfer;
mod wire;

use std::path::PathBuf;

use clap::Args;

use crate::{Failure, cli, process::Server};

/// What files cost, in one run: uploads and downloads with one and four parts in flight against a plain copy over TCP
/// of the same bytes, the server's CPU time a gigabyte, its memory while many transfers run, ranges, and the latency of
/// private messages meanwhile.
///
/// Client and server share the machine's cores, so the client encrypts before the clock runs and opens what came when it
/// stands, every part of it. In parentheses stands what each figure should reach; `bench/RESULTS.md` holds the last ones.
#[derive(Args)]
pub(crate) struct Files {
    /// Rounds of each measurement; odd, so that a median is one of them.
    #[arg(long, default_value_t = 3)]
    rounds: usize,
    /// Megabytes (2^20 bytes) of a file.
    #[arg(long, default_value_t = 1024)]
    size: u64,
    /// Transfers at once while memory is measured: half of them uploads.
    #[arg(long, default_value_t = 16)]
    transfers: usize,
    /// Ranges asked for one at a time.
    #[arg(long, default_value_t = 2000)]
    ranges: usize,
    /// Private messages of each measurement.
    #[arg(long, default_value_t = 600)]
    messages: usize,
    /// Where the server's data go while it runs: (transfers / 2 + rounds × 2 + 1) × size bytes. [default: the system's
    /// place for temporary files]
    #[arg(long)]
    dir: Option<PathBuf>,
    /// The server to measure, for comparing builds. [default: the one built beside this program]
    #[arg(long)]
    server: Option<PathBuf>,
    /// Only these parts.
    #[arg(long, value_delimiter = ',', default_values_t = Part::ALL)]
    parts: Vec<Part>,
}

/// A part of the bench.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Part {
    /// Megabytes a second, and CPU time.
    Speed,
    /// Memory while many transfers run.
    Memory,
    /// Ranges, one at a time.
    Ranges,
    /// Private messages while files are fetched.
    Private,
}

impl Part {
    const ALL: [Self; 4] = [Self::Speed, Self::Memory, Self::Ranges, Self::Private];
}

impl std::fmt::Display for Part {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        cli::write_name(self, f)
    }
}

impl Files {
    pub(crate) async fn run(self) -> Result<(), Failure> {
        let server = Server::start(self.server.as_deref(), &self.dir.clone().unwrap_or_else(std::env::temp_dir))?;
        for part in &self.parts {
            server.calm().await;
            match part {
                Part::Speed => self.speed(&server).await?,
                Part::Memory => self.memory(&server).await?,
                Part::Ranges => self.ranges(&server).await?,
                Part::Private => self.private(&server).await?,
            }
        }
        Ok(())
    }

    /// Bytes of a file: whole parts.
    fn bytes(&self) -> u64 {
        self.size << 20
    }
}
