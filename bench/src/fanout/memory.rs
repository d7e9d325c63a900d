//! What connected sessions take of the server's memory.

use std::time::Duration;

use super::{Audience, Fanout, chappe::Chappe, compared::look, listeners::Listeners, rounds::Giver};
use crate::{Failure, figures::line, process::Server};

/// When the server has nothing to do it gives back what it does not need: after a second, and two more.
const RESTS: Duration = Duration::from_secs(4);

/// The server's memory.
#[derive(Clone, Copy, Debug)]
pub(super) struct Memory {
    /// Without sessions.
    bare: Look,
    /// With half of them: what the first requests read is in caches, whose bounds it fills.
    half: Look,
    /// With all.
    joined: Look,
}

/// Bytes at one moment.
#[derive(Clone, Copy, Debug)]
struct Look {
    /// All that is resident.
    all: u64,
    /// Of them what the server has asked for; the rest are pages of the program itself, read when they are first run.
    own: u64,
}

impl Look {
    fn at(server: &Server) -> Self {
        Self { all: server.memory(), own: server.own_memory() }
    }
}

impl Fanout {
    /// All sessions connect, in two halves.
    pub(super) async fn join(&self, server: &Server, listeners: &mut Listeners) -> Result<Memory, Failure> {
        server.calm().await;
        let (bare, middle) = (Look::at(server), self.sessions / 2);
        listeners.join(server, 0..middle).await?;
        server.calm().await;
        let half = Look::at(server);
        listeners.join(server, middle..self.sessions).await?;
        server.calm().await;
        Ok(Memory { bare, half, joined: Look::at(server) })
    }

    /// Memory of connected sessions, before and after everybody was told a lot and acknowledged it.
    pub(super) async fn memory(
        &self,
        listeners: &mut Listeners,
        chappe: &mut Chappe<'_>,
        before: Memory,
    ) -> Result<(), Failure> {
        let to = Audience { count: self.sessions, small: false };
        for _ in 0..2 {
            listeners.begin(chappe.mark).await?;
            Giver::Chappe(chappe).burst(listeners, to, self.burst).await?;
            look(listeners, to, self.burst).await?;
            listeners.acknowledge().await?;
        }
        tokio::time::sleep(RESTS).await;
        chappe.server.calm().await;
        let after = Look::at(chappe.server);
        let Memory { bare, half, joined } = before;
        let each = |it: u64, of: usize| it as f64 / of as f64 / 1e3;
        let [all, all_after] = [joined, after].map(|it| each(it.all.saturating_sub(bare.all), self.sessions));
        let [own, own_after] = [joined, after].map(|it| each(it.own.saturating_sub(bare.own), self.sessions));
        println!("{} sessions, connected, signed in and idle", self.sessions);
        line("  server without them, after its start, RSS", bare.all as f64 / 1e6, "MB");
        line("  a session, with what fills caches (4)", all, "kB");
        line("    after posts and acknowledgements", all_after, "kB");
        line("    to before", all_after / all, "");
        line("    the same without the program's own pages (1.1)", own_after / own, "");
        let later = each(joined.all.saturating_sub(half.all), self.sessions - self.sessions / 2);
        line("  a session of the second half", later, "kB");
        Ok(())
    }
}
