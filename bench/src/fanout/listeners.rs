//! The process that listens, as the bench speaks with it.

use std::{net::SocketAddr, ops::Range, path::Path, process::Stdio, time::Duration};

use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines},
    process::{Child, ChildStdin, ChildStdout, Command},
};

use super::ears::pieces::Tongue;
use crate::{Failure, process::Server};

/// A started process; it ends with its input.
pub(super) struct Listeners {
    _child: Child,
    input: ChildStdin,
    output: Lines<BufReader<ChildStdout>>,
}

/// What was heard while it listened.
#[derive(Clone, Copy, Debug)]
pub(super) struct Heard {
    /// Moments of the first and the last bytes.
    pub(super) first: Duration,
    pub(super) last: Duration,
    pub(super) bytes: u64,
    /// Deliveries; of MTProto packets, which may hold several.
    pub(super) pieces: u64,
}

/// What was in the packets.
#[derive(Clone, Copy, Debug)]
pub(super) struct Seen {
    pub(super) updates: u64,
    pub(super) bytes: u64,
    /// Posts, each counted once a session.
    pub(super) posts: u64,
    /// Posts that came again.
    pub(super) again: u64,
    /// Times that somebody was told to ask for what it missed.
    pub(super) too_long: u64,
    /// Sessions that did not get all, of those that should.
    pub(super) behind: u64,
    /// Sessions that have all from differences.
    pub(super) asked: u64,
}

impl Listeners {
    pub(super) fn start(server: &Server, layers: &[i32]) -> Result<Self, Failure> {
        let pem = server.dir.join("bench.pem");
        std::fs::write(&pem, server.pem()?)?;
        let layers: Vec<_> = layers.iter().map(i32::to_string).collect();
        let mut child = Command::new(std::env::current_exe()?)
            .args(["ears", "--layers", &layers.join(","), "--pem"])
            .arg(&pem)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()?;
        let input = child.stdin.take().ok_or("no input")?;
        let output = BufReader::new(child.stdout.take().ok_or("no output")?).lines();
        Ok(Self { _child: child, input, output })
    }

    async fn ask(&mut self, line: &str) -> Result<Vec<u64>, Failure> {
        self.input.write_all(format!("{line}\n").as_bytes()).await?;
        self.answer().await
    }

    /// The numbers of the next answer.
    async fn answer(&mut self) -> Result<Vec<u64>, Failure> {
        let line = self.output.next_line().await?.ok_or("the process that listens has ended")?;
        match line.strip_prefix("error ") {
            Some(error) => Err(format!("listening: {error}").into()),
            None => Ok(line.split_whitespace().filter_map(|it| it.parse().ok()).collect()),
        }
    }

    /// Seeded people sign in, the first and the last of them by their numbers.
    pub(super) async fn enter(&mut self, server: &Server, first: u32, last: u32) -> Result<(), Failure> {
        self.ask(&format!("enter {} {first} {last}", server.address)).await.map(drop)
    }

    /// Writes who has signed in into a file, whose path has no spaces.
    pub(super) async fn save(&mut self, path: &Path) -> Result<(), Failure> {
        self.ask(&format!("save {}", path.display())).await.map(drop)
    }

    /// Reads that again, instead of signing in; how many they are.
    pub(super) async fn load(&mut self, path: &Path) -> Result<usize, Failure> {
        let numbers = self.ask(&format!("load {}", path.display())).await?;
        Ok(numbers.first().copied().unwrap_or(0) as usize)
    }

    /// Sessions of theirs connect, by their places, and are told what happens from now on.
    pub(super) async fn join(&mut self, server: &Server, places: Range<usize>) -> Result<(), Failure> {
        self.ask(&format!("join {} {} {}", server.address, places.start, places.len())).await.map(drop)
    }

    /// Sockets of another protocol, the first of which listen to the small subject as well.
    pub(super) async fn open(
        &mut self,
        tongue: Tongue,
        address: SocketAddr,
        count: usize,
        small: usize,
    ) -> Result<(), Failure> {
        self.ask(&format!("open {} {address} {count} {small}", tongue.name())).await.map(drop)
    }

    pub(super) async fn close(&mut self, tongue: Tongue) -> Result<(), Failure> {
        self.ask(&format!("close {}", tongue.name())).await.map(drop)
    }

    /// Listens from when this returns; [`Self::heard`] waits until each of the first `count` has got so many pieces
    /// and then nothing has come for a while.
    pub(super) async fn listen(
        &mut self,
        tongue: Tongue,
        (count, pieces): (usize, usize),
        quiet: Duration,
        limit: Duration,
    ) -> Result<(), Failure> {
        let (tongue, quiet, limit) = (tongue.name(), quiet.as_millis(), limit.as_millis());
        self.ask(&format!("listen {tongue} {count} {pieces} {quiet} {limit}")).await.map(drop)
    }

    pub(super) async fn heard(&mut self) -> Result<Heard, Failure> {
        match self.answer().await?[..] {
            [first, last, bytes, pieces, 0] => {
                let (first, last) = (Duration::from_nanos(first), Duration::from_nanos(last));
                Ok(Heard { first, last, bytes, pieces })
            }
            [.., missing] => Err(format!("{missing} of those who listen were told nothing in time").into()),
            [] => Err("no numbers".into()),
        }
    }

    /// Counts posts from this number on.
    pub(super) async fn begin(&mut self, mark: u32) -> Result<(), Failure> {
        self.ask(&format!("begin {mark}")).await.map(drop)
    }

    /// Opens all packets; the first `count` should have `expected` posts.
    pub(super) async fn look(&mut self, count: usize, expected: usize) -> Result<Seen, Failure> {
        let numbers = self.ask(&format!("look {count} {expected}")).await?;
        let [_packets, updates, bytes, posts, again, too_long, behind, asked] = numbers[..] else {
            return Err("eight numbers were expected".into());
        };
        Ok(Seen { updates, bytes, posts, again, too_long, behind, asked })
    }

    /// Everybody acknowledges what it has seen.
    pub(super) async fn acknowledge(&mut self) -> Result<(), Failure> {
        self.ask("acknowledge").await.map(drop)
    }

    /// All who are away come back and ask for what they missed in a channel; how long that took, and how many
    /// connections were lost and made again.
    pub(super) async fn come_back(
        &mut self,
        server: &Server,
        (channel, pts): (i64, i32),
        mark: u32,
    ) -> Result<(Duration, u64), Failure> {
        let numbers = self.ask(&format!("return {} {channel} {pts} {mark}", server.address)).await?;
        match numbers[..] {
            [took, again] => Ok((Duration::from_nanos(took), again)),
            _ => Err("two numbers were expected".into()),
        }
    }
}
