//! The post between mailboxes when `deliveries = "outbox"`. It behaves as a bus between processes may:
//! parcels are late, come twice and out of order. That changes nothing but the time, since the destination
//! applies each once and in its turn.

use domain::{Domain, Refusal, deliveries};
use futures_util::future::join_all;
use rand::{Rng, SeedableRng, rngs::StdRng, seq::SliceRandom};

/// The same in every run, so that a failure can come again.
const SEED: u64 = 1793;

/// One parcel in so many stays behind this round, and one comes twice.
const LATE: u32 = 4;
const TWICE: u32 = 4;

/// Carries parcels.
pub struct Post {
    domain: Domain,
    rng: StdRng,
}

impl Post {
    pub fn new(domain: Domain) -> Self {
        Self { domain, rng: StdRng::seed_from_u64(SEED) }
    }

    /// Carries what it sees, badly; returns how many parcels it saw.
    pub async fn round(&mut self) -> Result<usize, Refusal> {
        let mut keys = self.domain.query(|view| deliveries::pending(view)).await?;
        let seen = keys.len();
        keys.retain(|_| !self.rng.random_ratio(1, LATE));
        let again: Vec<_> = keys.iter().filter(|_| self.rng.random_ratio(1, TWICE)).cloned().collect();
        keys.extend(again);
        keys.shuffle(&mut self.rng);
        // As long as a pass brings one to its turn, the next may bring the one behind it.
        while apply(&self.domain, &keys).await? > 0 {}
        Ok(seen)
    }
}

/// Carries every parcel that lies in the outbox, e.g. when a server changes back to joined deliveries.
pub async fn empty(domain: &Domain) -> Result<(), Refusal> {
    loop {
        let keys = domain.query(|view| deliveries::pending(view)).await?;
        if keys.is_empty() || apply(domain, &keys).await? == 0 {
            return Ok(());
        }
    }
}

/// Puts all of them in line, so that they share a commit; how many were applied.
async fn apply(domain: &Domain, keys: &[store::Key]) -> Result<usize, Refusal> {
    let commands = keys.iter().map(|key| domain.command(deliveries::ApplyParcel { key: key.clone() }));
    let applied: Vec<bool> = join_all(commands).await.into_iter().collect::<Result<_, _>>()?;
    Ok(applied.into_iter().filter(|it| *it).count())
}
