//! Posts to an audience, one after another or many at once, by the server or by what it is compared to.

use std::time::Duration;

use super::{Audience, chappe::Chappe, ears::pieces::Tongue, floor::Floor, listeners::Listeners, peers::Peer};
use crate::{Failure, figures::median, process::moment};

/// Who gives posts out.
pub(super) enum Giver<'a, 'b> {
    Chappe(&'a mut Chappe<'b>),
    Floor(&'a mut Floor),
    Peer(&'a mut Peer),
}

/// What is left to do after the last delivery belongs to the posts as well.
const AFTER: Duration = Duration::from_millis(20);

/// After how long without bytes a burst is over, where several posts share a packet.
const QUIET: Duration = Duration::from_millis(150);

/// How long a post may take to everybody.
const LIMIT: Duration = Duration::from_secs(30);

/// What posts of one kind came to, a figure a round.
#[derive(Clone, Default)]
pub(super) struct Figures {
    /// Deliveries a second, from the post to the last of them.
    pub(super) speed: Vec<f64>,
    /// CPU time a delivery, microseconds.
    pub(super) cpu: Vec<f64>,
    /// Milliseconds from the post to the first and the last delivery.
    pub(super) first: Vec<f64>,
    pub(super) last: Vec<f64>,
    /// Packets a delivery.
    pub(super) packets: Vec<f64>,
    /// Bytes of packets a delivery.
    pub(super) bytes: Vec<f64>,
}

impl Figures {
    pub(super) fn speed(&self) -> f64 {
        median(self.speed.clone())
    }

    pub(super) fn cpu(&self) -> f64 {
        median(self.cpu.clone())
    }
}

impl Giver<'_, '_> {
    fn tongue(&self) -> Tongue {
        match self {
            Self::Chappe(_) => Tongue::Mtproto,
            Self::Floor(_) => Tongue::Bare,
            Self::Peer(it) => it.tongue,
        }
    }

    fn cpu(&self) -> Result<Duration, Failure> {
        match self {
            Self::Chappe(it) => it.cpu(),
            Self::Floor(it) => Ok(it.cpu),
            Self::Peer(it) => it.cpu(),
        }
    }

    async fn post(&mut self, to: Audience, posts: usize) -> Result<(), Failure> {
        match self {
            Self::Chappe(it) => it.post(to.small, posts).await,
            Self::Floor(it) => it.post(to.count, posts).await,
            Self::Peer(it) => it.post(to.small, posts).await,
        }
    }

    async fn settle(&mut self, to: Audience) -> Result<(), Failure> {
        if let Self::Chappe(it) = self {
            it.settle(to.small, 0).await?;
        }
        Ok(())
    }

    /// So many times so many posts at once, each time when all have heard the ones before.
    pub(super) async fn round(
        &mut self,
        listeners: &mut Listeners,
        to: Audience,
        (times, posts): (usize, usize),
        figures: &mut Figures,
    ) -> Result<(), Failure> {
        let packed = matches!(self, Self::Chappe(_)) && posts > 1;
        let (pieces, quiet) = if packed { (1, QUIET) } else { (posts, Duration::ZERO) };
        let before = self.cpu()?;
        let (mut wall, mut packets, mut bytes) = (Duration::ZERO, 0, 0);
        let (mut firsts, mut lasts) = (Vec::new(), Vec::new());
        for _ in 0..times {
            listeners.listen(self.tongue(), (to.count, pieces), quiet, LIMIT).await?;
            let start = moment();
            self.post(to, posts).await?;
            let heard = listeners.heard().await?;
            wall += heard.last.saturating_sub(start);
            firsts.push(heard.first.saturating_sub(start).as_secs_f64() * 1e3);
            lasts.push(heard.last.saturating_sub(start).as_secs_f64() * 1e3);
            packets += heard.pieces;
            bytes += heard.bytes;
            self.settle(to).await?;
        }
        tokio::time::sleep(AFTER).await;
        let cpu = self.cpu()?.saturating_sub(before);
        let deliveries = (to.count * times * posts) as f64;
        figures.speed.push(deliveries / wall.as_secs_f64());
        figures.cpu.push(cpu.as_secs_f64() * 1e6 / deliveries);
        figures.first.push(median(firsts));
        figures.last.push(median(lasts));
        figures.packets.push(packets as f64 / deliveries);
        figures.bytes.push(bytes as f64 / deliveries);
        Ok(())
    }
}

impl Giver<'_, '_> {
    /// So many posts at once; when they were sent, and when the last delivery came.
    pub(super) async fn burst(
        &mut self,
        listeners: &mut Listeners,
        to: Audience,
        posts: usize,
    ) -> Result<(Duration, Duration), Failure> {
        listeners.listen(self.tongue(), (to.count, 1), QUIET, LIMIT).await?;
        let start = moment();
        self.post(to, posts).await?;
        let heard = listeners.heard().await?;
        self.settle(to).await?;
        Ok((start, heard.last))
    }
}

/// The median of what one has to what another has in the same round.
pub(super) fn ratio(of: &[f64], to: &[f64]) -> f64 {
    median(of.iter().zip(to).map(|(of, to)| of / to).collect())
}
