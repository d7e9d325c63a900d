//! Fan-out: what a post costs until everybody who is online has it.

mod chappe;
mod compared;
mod counted;
pub(crate) mod ears;
mod floor;
mod listeners;
mod marked;
mod mass;
mod memory;
mod peers;
mod private;
mod rounds;
mod share;

use std::{
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::Instant,
};

use chappe::Chappe;
use clap::Args;
use listeners::Listeners;
use nix::sys::resource::{Resource, getrlimit, setrlimit};

use crate::{Failure, cli, figures::line, process::Server};

/// What a post costs until everybody who is online has it, in one run: a channel with an audience of 1,000 and one of
/// 10,000, at four API layers in equal parts, against a bare loop of send() and against servers that only pass things on.
///
/// Who listens is a process of its own, on the same cores. While the clock runs it counts packets by their lengths,
/// so that it is not the limit; when the clock stands it opens every packet, checks that each session has each post
/// once, and acknowledges all of them together, as clients do within half a minute. That is counted apart.
///
/// All people but a few are different ones, each with a key of its own: signing them in takes a minute. Connections
/// are MTProto's intermediate transport without obfuscation, on 127.0.0.1. Whole times depend on the machine: compare
/// ratios, and CPU time. In parentheses stands what a figure should reach; `bench/RESULTS.md` holds the last ones.
#[derive(Args)]
pub(crate) struct Fanout {
    /// Sessions of the large audience. Each process needs as many open files and some more.
    #[arg(long, default_value_t = 10_000)]
    sessions: usize,
    /// Sessions of the small audience, above 200: smaller channels are told each in words of its own.
    #[arg(long, default_value_t = 1_000)]
    small: usize,
    /// Rounds of each comparison; odd, so that a median is one of them.
    #[arg(long, default_value_t = 3)]
    rounds: usize,
    /// Single posts a round.
    #[arg(long, default_value_t = 10)]
    posts: usize,
    /// Posts of a burst.
    #[arg(long, default_value_t = 64)]
    burst: usize,
    /// Seconds of private messages during bursts.
    #[arg(long, default_value_t = 20)]
    seconds: u64,
    /// Seconds for which a channel posts a hundred times a second.
    #[arg(long, default_value_t = 4)]
    busy_seconds: u64,
    /// Channels that post at once; 0 for a build whose `seed` makes none.
    #[arg(long, default_value_t = 1_000)]
    channels: u32,
    /// Where the server's data go while it runs: the disk that is measured. [default: the system's place for
    /// temporary files]
    #[arg(long)]
    dir: Option<PathBuf>,
    /// A store in which everybody has signed in: made there when there is none, else used again, without being
    /// changed; with the same numbers of sessions and channels.
    #[arg(long)]
    kept: Option<PathBuf>,
    /// The server to measure, for comparing builds. [default: the one built beside this program]
    #[arg(long)]
    server: Option<PathBuf>,
    /// The NATS server to compare with.
    #[arg(long, default_value = "nats-server")]
    nats: PathBuf,
    /// The MQTT broker to compare with.
    #[arg(long, default_value = "mosquitto")]
    mosquitto: PathBuf,
    /// Only these parts.
    #[arg(long, value_delimiter = ',', default_values_t = Part::ALL)]
    parts: Vec<Part>,
}

/// A part of the bench.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Part {
    /// Memory of connected sessions, and again after posts.
    Memory,
    /// Posts one after another.
    Single,
    /// The same in turns with a bare loop of send().
    Floor,
    /// Many posts at once.
    Burst,
    /// Private messages during bursts.
    Private,
    /// Single posts and bursts in turns with nats-server and mosquitto.
    Peers,
    /// The share of encryption.
    Share,
    /// Reconnections, a busy channel, and many channels at once.
    Mass,
}

impl Part {
    const ALL: [Self; 8] =
        [Self::Memory, Self::Single, Self::Floor, Self::Burst, Self::Private, Self::Peers, Self::Share, Self::Mass];
}

impl std::fmt::Display for Part {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        cli::write_name(self, f)
    }
}

/// Layers that sessions announce in turn.
const LAYERS: [i32; 4] = [230, 229, 227, 158];

/// The first people own channels and do not listen.
const OWNERS: u32 = 20;

/// Seeded people who can sign in.
const PEOPLE: u32 = 9_999;

/// Subscribers of each of many channels, its owner included.
const OVERLAPPING_SIZE: u32 = 250;

/// The file of who has signed in, beside the store.
const KNOWN: &str = "known";

/// Files that a process has open beside sockets that listen.
const OTHER_FILES: u64 = 300;

/// Who is told.
#[derive(Clone, Copy, Debug)]
struct Audience {
    count: usize,
    small: bool,
}

impl Fanout {
    fn wants(&self, part: Part) -> bool {
        self.parts.contains(&part)
    }

    fn audiences(&self) -> [Audience; 2] {
        [Audience { count: self.small, small: true }, Audience { count: self.sessions, small: false }]
    }

    /// People who listen; when there are more sessions, the last of them have two.
    fn readers(&self) -> usize {
        self.sessions.min((PEOPLE - OWNERS) as usize)
    }

    /// People in all.
    fn people(&self) -> u32 {
        OWNERS + u32::try_from(self.readers()).unwrap_or(PEOPLE)
    }

    pub(crate) async fn run(self) -> Result<(), Failure> {
        self.check()?;
        let below = self.dir.clone().unwrap_or_else(std::env::temp_dir);
        let mut server = Server::start_after(self.server.as_deref(), &below, |chappe, dir| self.seed(chappe, dir))?;
        let mut listeners = Listeners::start(&server, &LAYERS)?;
        self.enter(&mut server, &mut listeners).await?;
        let memory = self.join(&server, &mut listeners).await?;
        let mut chappe = Chappe::new(&server).await?;
        let (single, burst) = if self.parts.iter().any(|it| !matches!(it, Part::Mass | Part::Private | Part::Memory)) {
            self.compared(&mut listeners, &mut chappe).await?
        } else {
            Default::default()
        };
        if self.wants(Part::Share) {
            self.share(&single, &burst);
        }
        if self.wants(Part::Private) {
            self.private(&mut listeners, &mut chappe).await?;
        }
        if self.wants(Part::Memory) {
            self.memory(&mut listeners, &mut chappe, memory).await?;
        }
        if self.wants(Part::Mass) {
            self.mass(&mut listeners, &mut chappe).await?;
        }
        Ok(())
    }

    /// Whether audiences are as they must be, and so many files may be open.
    fn check(&self) -> Result<(), Failure> {
        if self.small < 200 || self.small > self.readers() || self.sessions > 2 * self.readers() {
            return Err("the small audience has at least 200 sessions, the large one at most 19,958".into());
        }
        let wanted = self.sessions as u64 + OTHER_FILES;
        let (_, most) = getrlimit(Resource::RLIMIT_NOFILE)?;
        if most < wanted {
            return Err(format!("{wanted} open files are needed, and {most} allowed: ulimit -Hn").into());
        }
        Ok(setrlimit(Resource::RLIMIT_NOFILE, most, most)?)
    }

    /// Everybody signs in, or has done so; the server is another process then: what signing in left in memory is not
    /// the sessions'.
    async fn enter(&self, server: &mut Server, listeners: &mut Listeners) -> Result<(), Failure> {
        if let Some(kept) = self.kept.as_deref().filter(|it| it.join(KNOWN).exists()) {
            let loaded = listeners.load(&kept.join(KNOWN)).await?;
            if loaded != self.readers() {
                return Err(format!("{loaded} people have signed in there, not {}", self.readers()).into());
            }
            return server.restart(|_| Ok(()));
        }
        let start = Instant::now();
        listeners.enter(server, OWNERS + 1, self.people()).await?;
        line(&format!("{} people signed in", self.readers()), start.elapsed().as_secs_f64(), "s");
        let Some(kept) = &self.kept else { return server.restart(|_| Ok(())) };
        server.restart(|dir| copy(dir, kept))?;
        listeners.save(&kept.join(KNOWN)).await
    }

    fn seed(&self, chappe: &Path, dir: &Path) -> Result<(), Failure> {
        if let Some(kept) = self.kept.as_deref().filter(|it| it.join(KNOWN).exists()) {
            return copy(kept, dir);
        }
        let sizes = [OWNERS + u32::try_from(self.small)?, self.people()].map(|it| it.to_string());
        let mut command = Command::new(chappe);
        command.args(["seed", "--messages", "5", "--channel", &sizes[0], "--channel", &sizes[1]]);
        if self.wants(Part::Mass) && self.channels > 0 {
            command.args(["--gazettes", &self.channels.to_string(), "--gazette-size", &OVERLAPPING_SIZE.to_string()]);
        }
        let start = Instant::now();
        if !command.current_dir(dir).stdout(Stdio::null()).status()?.success() {
            return Err("the seed failed".into());
        }
        line("people and channels seeded", start.elapsed().as_secs_f64(), "s");
        Ok(())
    }
}

/// Copies a directory with all that is in it.
fn copy(from: &Path, to: &Path) -> Result<(), Failure> {
    std::fs::create_dir_all(to)?;
    for entry in std::fs::read_dir(from)? {
        let entry = entry?;
        let (from, to) = (entry.path(), to.join(entry.file_name()));
        if from.is_dir() {
            copy(&from, &to)?;
        } else if from.is_file() {
            std::fs::copy(&from, &to)?;
        }
    }
    Ok(())
}
