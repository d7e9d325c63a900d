//! What connected sessions take of the server's memory.

use std::time::Duration;

use super::{Audience, Fanout, chappe::Chappe, compared::look, listeners::Listeners, rounds::Giver};
use crate::{Failure, figures::line, process::Server};

/// Bytes of the server's memory.
#[derive(Clone, Copy, Debug)]
pub(super) struct Memory {
    /// Without sessions.
    bare: u64,
    /// With half of them: what the first requests read is in caches, whose bounds it fills.
    half: u64,
    /// With all.
    joined: u64,
}

impl Fanout {
    /// All sessions connect, in two halves.
    pub(super) async fn join(&self, server: &Server, listeners: &mut Listeners) -> Result<Memory, Failure> {
        server.calm().await;
        let (bare, middle) = (server.memory(), self.sessions / 2);
        listeners.join(server, 0..middle).await?;
        server.calm().await;
        let half = server.memory();
        listeners.join(server, middle..self.sessions).await?;
        server.calm().await;
        Ok(Memory { bare, half, joined: server.memory() })
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
        tokio::time::sleep(Duration::from_secs(1)).await;
        chappe.server.calm().await;
        let after = chappe.server.memory();
        let Memory { bare, half, joined } = before;
        let each = |it: u64, of: usize| it as f64 / of as f64 / 1e3;
        let session = each(joined.saturating_sub(half), self.sessions - self.sessions / 2);
        let grown = session + each(after.saturating_sub(joined), self.sessions);
        let [all, all_after] = [joined, after].map(|it| each(it.saturating_sub(bare), self.sessions));
        println!("{} sessions, connected, signed in and idle", self.sessions);
        line("  server without them, after its start, RSS", bare as f64 / 1e6, "MB");
        line("  a session, of the second half (4)", session, "kB");
        line("    after posts and acknowledgements", grown, "kB");
        line("    to before (1.1)", grown / session, "");
        line("  each of all, with what fills caches", all, "kB");
        line("    after posts and acknowledgements", all_after, "kB");
        line("    to before", all_after / all, "");
        Ok(())
    }
}
