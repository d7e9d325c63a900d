//! Private chats: what a handshake, a message and an idle connection cost.

mod bare;
mod handshakes;
mod idle;
pub(crate) mod latency;
mod messages;

use std::path::PathBuf;

use clap::Args;

use crate::{Failure, cli, figures::line, process::Server};

/// What private chats cost, in one run: handshakes against their bare arithmetic, messages stored and
/// delivered, latency against a sync of the same disk, memory.
///
/// Each figure is the median of several rounds that take turns with what it is compared to, so that other
/// load on the machine touches both alike. Absolute rates depend on the machine, and the load generator
/// shares its cores with the server: compare ratios, and the server's CPU time.
///
/// In parentheses stands what each figure should reach; `bench/RESULTS.md` holds the last ones.
#[derive(Args)]
pub(crate) struct Talk {
    /// Rounds of each measurement; odd, so that a median is one of them.
    #[arg(long, default_value_t = 5)]
    rounds: usize,
    /// Key exchanges a round.
    #[arg(long, default_value_t = 80)]
    handshakes: usize,
    /// Messages a round for the latency, sent one at a time.
    #[arg(long, default_value_t = 200)]
    pings: usize,
    /// Seconds of sending a round.
    #[arg(long, default_value_t = 5)]
    seconds: u64,
    /// Pairs of people who talk.
    #[arg(long, default_value_t = 16)]
    senders: usize,
    /// Messages that each sender has under way.
    #[arg(long, default_value_t = 16)]
    in_flight: usize,
    /// Idle signed-in connections to hold; needs twice as many open files.
    #[arg(long, default_value_t = 5000)]
    idle: usize,
    /// Where the server's data go while it runs: the disk that is measured. [default: the system's place for
    /// temporary files]
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
    /// Key exchanges.
    Handshakes,
    /// One message at a time.
    Latency,
    /// Many at once.
    Messages,
    /// Idle connections.
    Idle,
}

impl Part {
    const ALL: [Self; 4] = [Self::Handshakes, Self::Latency, Self::Messages, Self::Idle];
}

impl std::fmt::Display for Part {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        cli::write_name(self, f)
    }
}

impl Talk {
    pub(crate) async fn run(self) -> Result<(), Failure> {
        let server = Server::start(self.server.as_deref(), &self.dir.clone().unwrap_or_else(std::env::temp_dir))?;
        server.calm().await;
        line("idle server, RSS (40)", server.memory() as f64 / 1e6, "MB");
        for part in &self.parts {
            match part {
                Part::Handshakes => self.handshakes(&server).await?,
                Part::Latency => self.latency(&server).await?,
                Part::Messages => self.messages(&server).await?,
                Part::Idle => self.idle(&server).await?,
            }
        }
        Ok(())
    }
}
