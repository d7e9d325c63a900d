//! The process that listens: ten thousand sockets, told by lines on its input what to do, each answered by a line.
//! While the clock runs it counts packets by their lengths; it opens all of them when the clock stands.
//! It stands for machines of people, whose work takes nothing from a server, so it steps back as the server's own
//! threads do by which many are told.

mod ear;
mod entering;
mod kept;
mod marks;
pub(super) mod pieces;
mod room;
mod session;

use std::{
    io::{BufRead, Write},
    net::SocketAddr,
    path::PathBuf,
    str::FromStr,
    sync::Arc,
    time::Duration,
};

use clap::Args;
use pieces::Tongue;
use room::Room;
use session::Known;

use crate::Failure;

/// Listens for `bench fanout`, which starts it.
#[derive(Args)]
pub(crate) struct Ears {
    /// The server's public key.
    #[arg(long)]
    pem: PathBuf,
    /// Layers that sessions announce in turn.
    #[arg(long, value_delimiter = ',')]
    layers: Vec<i32>,
}

/// The words of a line.
struct Words<'a>(std::str::SplitWhitespace<'a>);

impl Words<'_> {
    fn next<T: FromStr>(&mut self) -> Result<T, Failure> {
        let word = self.0.next().ok_or("a word is missing")?;
        word.parse().map_err(|_| format!("{word} is not understood").into())
    }

    fn tongue(&mut self) -> Result<Tongue, Failure> {
        let name: String = self.next()?;
        Tongue::ALL.into_iter().find(|it| it.name() == name).ok_or_else(|| "no such protocol".into())
    }

    fn millis(&mut self) -> Result<Duration, Failure> {
        Ok(Duration::from_millis(self.next()?))
    }
}

/// What the process has.
struct Listening {
    options: Ears,
    room: Room,
    known: Vec<Arc<Known>>,
}

impl Ears {
    pub(crate) fn run(self) -> Result<(), Failure> {
        gateway::step_back()?;
        let mut it = Listening { options: self, room: Room::new()?, known: Vec::new() };
        for line in std::io::stdin().lock().lines() {
            let answer = it.answer(Words(line?.split_whitespace()));
            say(&answer.unwrap_or_else(|error| format!("error {error}")))?;
        }
        Ok(())
    }
}

fn say(line: &str) -> Result<(), Failure> {
    let mut out = std::io::stdout();
    writeln!(out, "{line}")?;
    Ok(out.flush()?)
}

impl Listening {
    fn answer(&mut self, mut words: Words<'_>) -> Result<String, Failure> {
        let command: String = words.next()?;
        match command.as_str() {
            "enter" => self.enter(&mut words),
            "save" => {
                kept::write(&words.next::<PathBuf>()?, &self.known)?;
                Ok("saved".to_owned())
            }
            "load" => {
                self.known = kept::read(&words.next::<PathBuf>()?)?;
                Ok(format!("loaded {}", self.known.len()))
            }
            "join" => self.join(&mut words),
            "open" => self.open(&mut words),
            "listen" => self.listen(&mut words),
            "begin" => self.begin(&mut words),
            "look" => self.look(&mut words),
            "acknowledge" => self.acknowledge(),
            "close" => {
                let tongue = words.tongue()?;
                self.room.close(tongue);
                Ok("closed".to_owned())
            }
            "return" => self.come_back(&mut words),
            _ => Err("no such command".into()),
        }
    }

    /// `enter ADDRESS FIRST LAST`: these people sign in.
    fn enter(&mut self, words: &mut Words<'_>) -> Result<String, Failure> {
        let (address, first, last): (SocketAddr, u32, u32) = (words.next()?, words.next()?, words.next()?);
        let work = entering::enter(address, &self.options.pem, (first..=last).collect(), &self.options.layers);
        self.known = tokio::runtime::Runtime::new()?.block_on(work)?;
        Ok(format!("entered {}", self.known.len()))
    }

    /// `join ADDRESS FROM COUNT`: so many sessions of them, from a place on; beyond one each the last ones have two.
    fn join(&mut self, words: &mut Words<'_>) -> Result<String, Failure> {
        let (address, from, count): (SocketAddr, usize, usize) = (words.next()?, words.next()?, words.next()?);
        let all = self.known.iter().chain(self.known.iter().rev());
        let people: Vec<_> = all.skip(from).take(count).cloned().collect();
        self.room.join(address, &people, &self.options.layers)?;
        Ok(format!("joined {}", people.len()))
    }

    /// `open PROTOCOL ADDRESS COUNT SMALL`: sockets of a protocol, the first of which listen to two subjects.
    fn open(&mut self, words: &mut Words<'_>) -> Result<String, Failure> {
        let (tongue, address) = (words.tongue()?, words.next()?);
        let (count, small) = (words.next()?, words.next()?);
        self.room.open(tongue, address, count, small)?;
        Ok(format!("opened {count}"))
    }

    /// `listen PROTOCOL COUNT PIECES QUIET LIMIT`, the last two in milliseconds: says that it listens, then what came.
    fn listen(&mut self, words: &mut Words<'_>) -> Result<String, Failure> {
        let (tongue, count, pieces) = (words.tongue()?, words.next()?, words.next()?);
        let (quiet, limit) = (words.millis()?, words.millis()?);
        say("listening")?;
        let it = self.room.listen(tongue, (count, pieces), quiet, limit)?;
        let (first, last) = (it.first.as_nanos(), it.last.as_nanos());
        Ok(format!("heard {first} {last} {} {} {}", it.bytes, it.pieces, it.missing))
    }

    /// `begin MARK`: numbers of posts from this one on are counted.
    fn begin(&mut self, words: &mut Words<'_>) -> Result<String, Failure> {
        let from = words.next()?;
        for session in self.room.ears(Tongue::Mtproto).iter_mut().filter_map(|it| it.session.as_mut()) {
            session.marks.begin(from);
            session.asked.begin(from);
            (session.updates, session.packets, session.bytes, session.too_long) = (0, 0, 0, 0);
        }
        Ok("begun".to_owned())
    }

    /// `look COUNT EXPECTED`: opens everything that came, and says what all together and the first ones have.
    fn look(&mut self, words: &mut Words<'_>) -> Result<String, Failure> {
        let (count, expected): (usize, u64) = (words.next()?, words.next()?);
        let (mut packets, mut updates, mut bytes) = (0, 0, 0);
        let (mut marks, mut again, mut too_long, mut behind, mut asked) = (0, 0, 0, 0, 0);
        for (at, ear) in self.room.ears(Tongue::Mtproto).iter_mut().enumerate() {
            ear.open_all()?;
            let Some(session) = &ear.session else { continue };
            packets += session.packets;
            updates += session.updates;
            bytes += session.bytes;
            marks += session.marks.count();
            again += session.marks.again;
            too_long += session.too_long;
            behind += u64::from(at < count && session.marks.count() < expected);
            asked += u64::from(at < count && session.asked.count() >= expected);
        }
        Ok(format!("seen {packets} {updates} {bytes} {marks} {again} {too_long} {behind} {asked}"))
    }

    /// `acknowledge`: everybody sends what it owes.
    fn acknowledge(&mut self) -> Result<String, Failure> {
        for ear in self.room.ears(Tongue::Mtproto) {
            ear.open_all()?;
            ear.speak()?;
        }
        Ok("acknowledged".to_owned())
    }

    /// `return ADDRESS CHANNEL PTS COUNT MARK`: all who are away come back at once and ask for what they missed, in the
    /// channel since that `pts`; says how long it took until all were answered, and how many connections were
    /// lost meanwhile. Posts from that mark on are counted.
    fn come_back(&mut self, words: &mut Words<'_>) -> Result<String, Failure> {
        let (address, channel, pts, from) = (words.next()?, words.next()?, words.next()?, words.next()?);
        for session in &mut self.room.away {
            session.ask(channel, pts)?;
            session.marks.begin(from);
            session.asked.begin(from);
        }
        let (took, again) = self.room.come_back(address)?;
        Ok(format!("returned {} {again}", took.as_nanos()))
    }
}
