//! The server in turns with a bare loop and with peers, over both audiences.

use super::{
    Audience, Fanout, LAYERS, Part,
    chappe::Chappe,
    ears::pieces::Tongue,
    floor::Floor,
    listeners::Listeners,
    peers::{self, Peer},
    rounds::{Figures, Giver, ratio},
};
use crate::{
    Failure,
    figures::{line, median},
};

/// Bursts a round.
const BURSTS: usize = 2;

/// What one of them came to over one audience.
#[derive(Clone, Default)]
struct Both {
    single: Figures,
    burst: Figures,
}

/// Something that the server is compared to.
enum Other {
    Floor(Floor),
    Peer(Peer),
}

impl Other {
    fn name(&self) -> &'static str {
        match self {
            Self::Floor(_) => "bare send()",
            Self::Peer(it) if it.tongue == Tongue::Nats => "nats-server",
            Self::Peer(_) => "mosquitto",
        }
    }

    fn giver(&mut self) -> Giver<'_, 'static> {
        match self {
            Self::Floor(it) => Giver::Floor(it),
            Self::Peer(it) => Giver::Peer(it),
        }
    }
}

impl Fanout {
    /// Everything about single posts and bursts; the server's figures over the large audience, for what follows.
    pub(super) async fn compared(
        &self,
        listeners: &mut Listeners,
        chappe: &mut Chappe<'_>,
    ) -> Result<(Figures, Figures), Failure> {
        let mut kept = vec![Both::default(); 2];
        // How long a delivery is must be known before others send as much.
        let size = self.alone(listeners, chappe, &mut kept).await?;
        if self.wants(Part::Floor) {
            let (mut floor, mut others) = (Floor::new(size.0).await?, Listeners::start(chappe.server, &LAYERS)?);
            let open = others.open(Tongue::Bare, floor.address()?, self.sessions, self.small);
            tokio::try_join!(open, floor.accept(self.sessions))?;
            self.beside((listeners, &mut others), chappe, Other::Floor(floor)).await?;
        }
        if self.wants(Part::Peers) {
            for (tongue, name) in [(Tongue::Nats, &self.nats), (Tongue::Mqtt, &self.mosquitto)] {
                let Some(binary) = peers::installed(name) else {
                    println!(
                        "{} is not here and is left out; Debian: apt install nats-server mosquitto",
                        name.display()
                    );
                    continue;
                };
                let peer = Peer::start(tongue, &binary, &chappe.server.dir, size.1).await?;
                let mut others = Listeners::start(chappe.server, &LAYERS)?;
                others.open(tongue, peer.address, self.sessions, self.small).await?;
                self.beside((listeners, &mut others), chappe, Other::Peer(peer)).await?;
            }
        }
        let large = kept.pop().unwrap_or_default();
        Ok((large.single, large.burst))
    }

    /// The server alone; bytes of a delivery on the wire, and of an update.
    async fn alone(
        &self,
        listeners: &mut Listeners,
        chappe: &mut Chappe<'_>,
        kept: &mut [Both],
    ) -> Result<(usize, usize), Failure> {
        let mut sizes = (0, 0);
        for (to, both) in self.audiences().into_iter().zip(kept) {
            let mut acknowledged = Vec::new();
            for _ in 0..self.rounds {
                sizes.1 = self.one_round(listeners, chappe, to, both, &mut acknowledged).await?;
            }
            sizes.0 = median(both.single.bytes.clone()).round() as usize;
            if self.wants(Part::Single) {
                println!("single posts to {} sessions, one after another", to.count);
                line("  bytes on the wire a delivery", sizes.0 as f64, "B");
                line("  deliveries a second", both.single.speed(), "/s, client on the same cores");
                line("  server CPU a delivery", both.single.cpu(), "us");
                line("  from the post to the first session", median(both.single.first.clone()), "ms");
                line("  from the post to the last session", median(both.single.last.clone()), "ms");
                line("  server CPU of acknowledgements, a delivery", median(acknowledged), "us");
                self.counted(listeners, chappe, to, 1).await?;
            }
            if self.wants(Part::Burst) {
                println!("bursts of {} posts to {} sessions", self.burst, to.count);
                line("  packets a delivery", median(both.burst.packets.clone()), "");
                line("  deliveries a second", both.burst.speed(), "/s");
                line("  server CPU a delivery", both.burst.cpu(), "us");
                line("    burst to single (0.33)", both.burst.cpu() / both.single.cpu(), "");
                self.counted(listeners, chappe, to, self.burst).await?;
            }
        }
        Ok(sizes)
    }

    /// One round of the server, with every delivery looked at afterwards; bytes of an update.
    async fn one_round(
        &self,
        listeners: &mut Listeners,
        chappe: &mut Chappe<'_>,
        to: Audience,
        both: &mut Both,
        acknowledged: &mut Vec<f64>,
    ) -> Result<usize, Failure> {
        listeners.begin(chappe.mark).await?;
        Giver::Chappe(chappe).round(listeners, to, (self.posts, 1), &mut both.single).await?;
        let seen = look(listeners, to, self.posts).await?;
        let before = chappe.cpu()?;
        listeners.acknowledge().await?;
        tokio::time::sleep(std::time::Duration::from_millis(300)).await;
        let spent = chappe.cpu()?.saturating_sub(before);
        acknowledged.push(spent.as_secs_f64() * 1e6 / seen.posts.max(1) as f64);
        if self.wants(Part::Burst) || self.wants(Part::Peers) {
            for _ in 0..BURSTS {
                listeners.begin(chappe.mark).await?;
                Giver::Chappe(chappe).round(listeners, to, (1, self.burst), &mut both.burst).await?;
                look(listeners, to, self.burst).await?;
                listeners.acknowledge().await?;
            }
        }
        Ok((seen.bytes / seen.updates.max(1)) as usize)
    }

    /// The server and something else, in turns, with a process that listens to each.
    async fn beside(
        &self,
        (listeners, others): (&mut Listeners, &mut Listeners),
        chappe: &mut Chappe<'_>,
        mut other: Other,
    ) -> Result<(), Failure> {
        let packs = !matches!(other, Other::Floor(_));
        for to in self.audiences() {
            let (mut ours, mut theirs, mut acknowledged) = (Both::default(), Both::default(), Vec::new());
            for _ in 0..self.rounds {
                other.giver().round(others, to, (self.posts, 1), &mut theirs.single).await?;
                if packs {
                    for _ in 0..BURSTS {
                        other.giver().round(others, to, (1, self.burst), &mut theirs.burst).await?;
                    }
                }
                self.one_round(listeners, chappe, to, &mut ours, &mut acknowledged).await?;
            }
            let name = other.name();
            println!("{name} and chappe in turns, {} sessions", to.count);
            let reach = if packs { "" } else { " (0.75)" };
            compare("single posts", name, reach, &ours.single, &theirs.single);
            if packs {
                compare("bursts", name, "", &ours.burst, &theirs.burst);
            }
        }
        Ok(())
    }
}

fn compare(what: &str, name: &str, reach: &str, ours: &Figures, theirs: &Figures) {
    line(&format!("  {what}, {name}, deliveries"), theirs.speed(), "/s");
    line(&format!("  {what}, chappe"), ours.speed(), "/s");
    line(&format!("    chappe to {name}{reach}"), ratio(&ours.speed, &theirs.speed), "");
    line(&format!("  {what}, {name}, CPU a delivery"), theirs.cpu(), "us");
    line(&format!("  {what}, chappe"), ours.cpu(), "us");
    line(&format!("    chappe to {name}"), ratio(&ours.cpu, &theirs.cpu), "");
}

/// Opens what came, and says so where it was not what was posted.
pub(super) async fn look(
    listeners: &mut Listeners,
    to: Audience,
    posts: usize,
) -> Result<super::listeners::Seen, Failure> {
    let seen = listeners.look(to.count, posts).await?;
    if seen.behind > 0 || seen.again > 0 || seen.too_long > 0 {
        println!(
            "  of {} sessions {} have not all of {posts} posts; {} came twice, {} were told too long",
            to.count, seen.behind, seen.again, seen.too_long
        );
    }
    Ok(seen)
}
