//! Groups and channels: whether what a post costs depends on the number of members, how quick lists of many members
//! are, and what a large one takes of memory.

mod deletion;
mod lists;
mod posts;

use std::{
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::Instant,
};

use clap::Args;
use tl::{enums, functions, types};

use crate::{Failure, cli, figures::line, people::Person, process::Server};

/// What a small and a large group cost, in one run, over a store that `chappe seed` has filled: server CPU, rows and
/// journal bytes of a post in both; pages of members, admins and members by name; the deletion of the large one while
/// two people write to each other. With `--channels` the same of broadcast channels.
///
/// In parentheses stands what each figure should reach; `bench/RESULTS.md` holds the last ones.
#[derive(Args)]
pub(crate) struct Groups {
    /// Broadcast channels, whose owner alone writes and sees the members.
    #[arg(long)]
    channels: bool,
    /// Members of the large group. [default: 200000; of a channel 1000000]
    #[arg(long)]
    large: Option<u32>,
    /// Members of the small group.
    #[arg(long, default_value_t = 10)]
    small: u32,
    /// Rounds of posts; odd, so that a median is one of them.
    #[arg(long, default_value_t = 5)]
    rounds: usize,
    /// Posts a round in each group.
    #[arg(long, default_value_t = 2000)]
    posts: usize,
    /// Requests of each kind for the lists.
    #[arg(long, default_value_t = 300)]
    requests: usize,
    /// Seconds of quiet messages before the deletion.
    #[arg(long, default_value_t = 15)]
    seconds: u64,
    /// Seconds for which the deletion is looked at: its job rests between steps, so the whole of it takes minutes.
    #[arg(long, default_value_t = 120)]
    look: u64,
    /// A seeded store: made there by the first run, copied by later ones, which then need not seed.
    #[arg(long)]
    seeded: Option<PathBuf>,
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
    /// Posts in both groups.
    Posts,
    /// Members of the large group.
    Lists,
    /// Its end.
    Deletion,
}

impl Part {
    const ALL: [Self; 3] = [Self::Posts, Self::Lists, Self::Deletion];
}

impl std::fmt::Display for Part {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        cli::write_name(self, f)
    }
}

/// Where the small and the large group's titles begin and end: the first that `chappe seed` gives.
const TOWNS: [&str; 2] = ["Lille", "Strasbourg"];

/// A group as somebody names it.
#[derive(Clone, Copy, Debug)]
struct Group {
    id: i64,
    access_hash: i64,
}

impl Group {
    fn channel(self) -> enums::InputChannel {
        types::InputChannel { channel_id: self.id, access_hash: self.access_hash }.into()
    }

    fn peer(self) -> enums::InputPeer {
        types::InputPeerChannel { channel_id: self.id, access_hash: self.access_hash }.into()
    }
}

impl Groups {
    fn large(&self) -> u32 {
        self.large.unwrap_or(if self.channels { 1_000_000 } else { 200_000 })
    }

    fn noun(&self) -> &'static str {
        if self.channels { "channel" } else { "group" }
    }

    /// The titles of the small and of the large one.
    fn titles(&self) -> [String; 2] {
        TOWNS.map(|town| format!("{} of {town}", if self.channels { "Bulletin" } else { "Line" }))
    }

    pub(crate) async fn run(self) -> Result<(), Failure> {
        let below = self.dir.clone().unwrap_or_else(std::env::temp_dir);
        let empty = Server::start(self.server.as_deref(), &below)?;
        empty.calm().await;
        let bare = empty.memory() as f64 / 1e6;
        drop(empty);
        let server = Server::start_after(self.server.as_deref(), &below, |chappe, dir| self.fill(chappe, dir))?;
        server.calm().await;
        line("server after its start over an empty store, RSS", bare, "MB");
        line("  over this one", server.memory() as f64 / 1e6, "MB");
        line("    more than over the empty one (100)", server.memory() as f64 / 1e6 - bare, "MB");
        for part in &self.parts {
            match part {
                Part::Posts => self.posts(&server).await?,
                Part::Lists => self.lists(&server).await?,
                Part::Deletion => self.deletion(&server).await?,
            }
        }
        Ok(())
    }

    /// Seeds, or copies what was seeded before.
    fn fill(&self, chappe: &Path, dir: &Path) -> Result<(), Failure> {
        let Some(seeded) = &self.seeded else { return self.seed(chappe, dir) };
        if !seeded.exists() {
            std::fs::create_dir_all(seeded)?;
            let chappe = std::path::absolute(chappe)?;
            self.seed(&chappe, seeded).inspect_err(|_| drop(std::fs::remove_dir_all(seeded)))?;
        }
        copy(seeded, dir)
    }

    /// The small group first: its title is the first one.
    fn seed(&self, chappe: &Path, dir: &Path) -> Result<(), Failure> {
        let sizes = [self.small.to_string(), self.large().to_string()];
        let kind = format!("--{}", self.noun());
        let start = Instant::now();
        let mut child = Command::new(chappe)
            .args(["seed", "--messages", "100", &kind, &sizes[0], &kind, &sizes[1]])
            .current_dir(dir)
            .stdout(Stdio::null())
            .spawn()?;
        if !child.wait()?.success() {
            return Err("the seed failed".into());
        }
        let took = start.elapsed().as_secs_f64();
        let reach = if self.channels { 120 } else { 60 };
        line(&format!("people and {}s seeded, {} members ({reach})", self.noun(), self.large()), took, "s");
        Ok(())
    }
}

/// All files below a directory into another, synced, so that no run begins with writes of its copy.
fn copy(from: &Path, to: &Path) -> Result<(), Failure> {
    std::fs::create_dir_all(to)?;
    for entry in std::fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy(&entry.path(), &target)?;
        } else {
            std::fs::copy(entry.path(), &target)?;
            std::fs::File::open(&target)?.sync_all()?;
        }
    }
    Ok(())
}

/// The n-th seeded person; the first one owns the groups.
async fn member(server: &Server, n: u32) -> Result<Person, Failure> {
    Person::enter(server, format!("999662{n:04}")).await
}

/// The group of this title among a person's dialogs, as the person names it.
async fn group(person: &mut Person, title: &str) -> Result<Group, Failure> {
    let request = functions::messages::GetDialogs {
        exclude_pinned: false,
        folder_id: None,
        offset_date: 0,
        offset_id: 0,
        offset_peer: enums::InputPeer::Empty,
        limit: 100,
        hash: 0,
    };
    let chats = match person.client.invoke(&request).await? {
        enums::messages::Dialogs::Dialogs(it) => it.chats,
        enums::messages::Dialogs::Slice(it) => it.chats,
        enums::messages::Dialogs::NotModified(_) => return Err("no dialogs".into()),
    };
    let found = chats.iter().find_map(|it| match it {
        enums::Chat::Channel(it) if it.title == title => Some(Group { id: it.id, access_hash: it.access_hash? }),
        _ => None,
    });
    found.ok_or_else(|| format!("no {title} among the dialogs").into())
}
