//! The end of a large group while two people, who are not in it, write to each other.

use std::time::{Duration, Instant};

use tl::functions;

use super::{Groups, group, member};
use crate::{
    Failure,
    figures::{line, percentiles},
    people::{self, Person},
    process::Server,
    talk::latency::ping,
};

/// Where no more rows are written a message than this many times the quiet ones, the deletion has ended.
const AS_QUIET: f64 = 1.2;

/// Seconds of that in a row: its job pauses for less.
const LULL: u32 = 10;

impl Groups {
    pub(super) async fn deletion(&self, server: &Server) -> Result<(), Failure> {
        let (mut alice, mut bob) = people::pair(server, 900).await?;
        let mut owner = member(server, 1).await?;
        let large = group(&mut owner, &self.titles()[1]).await?;
        server.calm().await;
        let mut quiet = Vec::new();
        let (keys, start) = (server.spent()?.keys, Instant::now());
        while start.elapsed() < Duration::from_secs(self.seconds) {
            quiet.push(ping(&mut alice, &mut bob).await?);
        }
        let each = (server.spent()?.keys - keys) as f64 / quiet.len() as f64;
        let (before, start) = (server.spent()?, Instant::now());
        owner.client.invoke(&functions::channels::DeleteChannel { channel: large.channel() }).await?;
        let answered = start.elapsed();
        let (during, ended) = self.until_done(server, each * AS_QUIET, (&mut alice, &mut bob)).await?;
        let (took, count) = (start.elapsed().as_secs_f64(), during.len());
        let spent = server.spent()? - before;
        let (quiet, during) = (percentiles(quiet), percentiles(during));
        let (noun, large) = (self.noun(), self.large());
        println!("a {noun} of {large} is deleted; {count} messages meanwhile, one at a time");
        line("  the answer to who deleted it", answered.as_secs_f64() * 1e3, "ms");
        line(if ended { "  until its rows are gone" } else { "  looked at before its rows were gone" }, took, "s");
        line("  rows written a member, messages included", spent.keys as f64 / f64::from(large), "");
        line("  send to receive, quiet, p50", quiet.0, "ms");
        line("    p99", quiet.1, "ms");
        line("  the same during the deletion, p50", during.0, "ms");
        line("    p99", during.1, "ms");
        line("    p99 to the quiet one (2)", during.1 / quiet.1, "");
        Ok(())
    }

    /// Messages until the server writes nothing else for some seconds, and whether that came in time.
    async fn until_done(
        &self,
        server: &Server,
        message_keys: f64,
        (alice, bob): (&mut Person, &mut Person),
    ) -> Result<(Vec<Duration>, bool), Failure> {
        let (start, mut all, mut idle) = (Instant::now(), Vec::new(), 0);
        while idle < LULL {
            if start.elapsed() > Duration::from_secs(self.look) {
                return Ok((all, false));
            }
            let (second, keys, count) = (Instant::now(), server.spent()?.keys, all.len());
            while second.elapsed() < Duration::from_secs(1) {
                all.push(ping(alice, bob).await?);
            }
            let (keys, messages) = (server.spent()?.keys - keys, (all.len() - count) as u64);
            idle = if keys as f64 <= messages as f64 * message_keys { idle + 1 } else { 0 };
        }
        Ok((all, true))
    }
}
