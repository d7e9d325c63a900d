//! Masses: all come back at once and ask for what they missed, a channel that posts a hundred times a second, a
//! thousand channels that post at once.

use std::time::Duration;

use super::{
    Audience, Fanout, OVERLAPPING_SIZE, OWNERS,
    chappe::{Author, Chappe},
    compared::look,
    ears::pieces::Tongue,
    listeners::Listeners,
};
use crate::{Failure, figures::line, process::moment};

/// Posts that those who were away have missed: a difference brings a hundred at once.
const MISSED: usize = 20;

/// Posts a second of the busy channel.
const A_SECOND: u32 = 100;

/// Its answers that are still awaited.
const UNDER_WAY: usize = 20;

/// After how long without bytes everything has come.
const QUIET: Duration = Duration::from_millis(500);

/// How long anything of this may take.
const LIMIT: Duration = Duration::from_secs(120);

impl Fanout {
    pub(super) async fn mass(&self, listeners: &mut Listeners, chappe: &mut Chappe<'_>) -> Result<(), Failure> {
        self.reconnect(listeners, chappe).await?;
        for to in self.audiences() {
            self.busy(listeners, chappe, to).await?;
        }
        if self.channels > 0 {
            self.overlapping(listeners, chappe).await?;
        }
        Ok(())
    }

    async fn reconnect(&self, listeners: &mut Listeners, chappe: &mut Chappe<'_>) -> Result<(), Failure> {
        listeners.close(Tongue::Mtproto).await?;
        // The server must have noticed.
        chappe.server.calm().await;
        let (pts, mark) = (chappe.large.pts, chappe.mark);
        chappe.post(false, MISSED).await?;
        chappe.settle(false, 0).await?;
        chappe.server.calm().await;
        let before = chappe.cpu()?;
        let (took, again) = listeners.come_back(chappe.server, (chappe.large.id, pts), mark).await?;
        tokio::time::sleep(QUIET).await;
        let spent = chappe.cpu()?.saturating_sub(before);
        let seen = listeners.look(self.sessions, MISSED).await?;
        listeners.acknowledge().await?;
        println!("{} sessions come back at once, {MISSED} posts behind, and ask for both differences", self.sessions);
        line("  until all have what they missed", took.as_secs_f64() * 1e3, "ms");
        line("  sessions that have all of it", seen.asked as f64, "");
        line("  connections lost meanwhile and made again", again as f64, "");
        line("  server CPU a session", spent.as_secs_f64() * 1e6 / self.sessions as f64, "us");
        Ok(())
    }

    async fn busy(&self, listeners: &mut Listeners, chappe: &mut Chappe<'_>, to: Audience) -> Result<(), Failure> {
        let posts = (A_SECOND as u64 * self.busy_seconds) as usize;
        listeners.begin(chappe.mark).await?;
        listeners.listen(Tongue::Mtproto, (to.count, 1), QUIET, LIMIT).await?;
        let (before, start) = (chappe.cpu()?, moment());
        let mut beat = tokio::time::interval(Duration::from_secs(1) / A_SECOND);
        for _ in 0..posts {
            beat.tick().await;
            chappe.post(to.small, 1).await?;
            chappe.settle(to.small, UNDER_WAY).await?;
        }
        let sent = moment();
        chappe.settle(to.small, 0).await?;
        let heard = listeners.heard().await?;
        let spent = chappe.cpu()?.saturating_sub(before);
        let deliveries = (to.count * posts) as f64;
        println!("{A_SECOND} posts a second for {} s to {} sessions", self.busy_seconds, to.count);
        let seen = look(listeners, to, posts).await?;
        listeners.acknowledge().await?;
        line("  posts delivered, of all", seen.posts as f64 / deliveries * 100.0, "%");
        line("  sessions that must ask for a difference (0)", seen.behind as f64, "");
        line("  until all were sent", (sent - start).as_secs_f64(), "s");
        line("  after that until all had all", heard.last.saturating_sub(sent).as_secs_f64() * 1e3, "ms");
        line("  packets a delivery", heard.pieces as f64 / deliveries, "");
        line("  server CPU a delivery", spent.as_secs_f64() * 1e6 / deliveries, "us");
        Ok(())
    }

    async fn overlapping(&self, listeners: &mut Listeners, chappe: &mut Chappe<'_>) -> Result<(), Failure> {
        let mut authors = Vec::new();
        let (first, mut mark) = (chappe.mark, chappe.mark);
        for person in 1..=OWNERS {
            let mut author = Author::enter(chappe.server, person).await?;
            for (_, place) in author.owned().await?.into_iter().filter(|(title, _)| title.starts_with("Gazette ")) {
                author.post(place, mark);
                mark += 1;
            }
            authors.push(author);
        }
        chappe.mark = mark;
        chappe.server.calm().await;
        listeners.begin(first).await?;
        listeners.listen(Tongue::Mtproto, (0, 0), QUIET, LIMIT).await?;
        let (before, start) = (chappe.cpu()?, moment());
        for author in &mut authors {
            author.flush().await?;
        }
        for author in &mut authors {
            author.settle(0).await?;
        }
        let heard = listeners.heard().await?;
        let spent = chappe.cpu()?.saturating_sub(before);
        let seen = listeners.look(0, 0).await?;
        listeners.acknowledge().await?;
        let (channels, took) = ((mark - first) as usize, heard.last.saturating_sub(start));
        let expected = self.overlapping_deliveries(channels) as f64;
        println!("{channels} channels post at once, each to {OVERLAPPING_SIZE} people");
        line("  posts delivered, of all", seen.posts as f64 / expected * 100.0, "%");
        line("  until all had all", took.as_secs_f64() * 1e3, "ms");
        line("  deliveries a second", seen.posts as f64 / took.as_secs_f64(), "/s");
        line("  packets a delivery", heard.pieces as f64 / seen.posts.max(1) as f64, "");
        line("  server CPU a delivery, its post included", spent.as_secs_f64() * 1e6 / seen.posts.max(1) as f64, "us");
        Ok(())
    }

    /// To how many sessions the posts of those channels go: an audience is people in a row, as `chappe seed` makes it.
    fn overlapping_deliveries(&self, channels: usize) -> usize {
        let readers = self.readers();
        // The last ones have two sessions.
        let sessions = |reader: usize| 1 + usize::from(reader + (self.sessions - readers) >= readers);
        let audience = |at: usize| (0..OVERLAPPING_SIZE as usize - 1).map(move |step| at * readers / channels + step);
        (0..channels).flat_map(audience).map(|reader| sessions(reader % readers)).sum()
    }
}
