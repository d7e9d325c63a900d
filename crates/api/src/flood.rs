//! Flood control: a bucket per caller and cost, refilled with time. An empty one answers
//! `FLOOD_WAIT_X`. In memory only: a restart forgives.

use std::{
    collections::HashMap,
    hash::Hash,
    net::IpAddr,
    sync::{Mutex, PoisonError},
};

use domain::{AuthKeyId, Now, Refusal, UserId};

use crate::table::Cost;

/// Buckets kept before those that are full again are forgotten.
const BUCKETS_MAX: usize = 100_000;

/// Whom a bucket belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Payer {
    /// A signed-in user, over all devices.
    User(UserId),
    /// A key that nobody signed in with yet.
    Key(AuthKeyId),
    /// An address, for what must not be repeated with fresh keys.
    Address(IpAddr),
}

/// How many calls at once, and how many a minute after that.
struct Limit {
    burst: f64,
    per_minute: f64,
}

/// The numbers. A person's client stays far below them; a script meets them.
fn limit(cost: Cost) -> Limit {
    let (burst, per_minute) = match cost {
        // A client's start is some sixty calls; several devices may start at once.
        Cost::Light => (1200.0, 3000.0),
        Cost::Write => (600.0, 600.0),
        // Telegram lets a person send about a message a second to one chat for long, and bursts.
        Cost::Send => (300.0, 120.0),
        Cost::Search => (120.0, 120.0),
        // Guessing a five-digit code or a password is bounded by this before anything else.
        Cost::Code => (30.0, 4.0),
        // Parts of 512 KB come 400 a second over a fast wire, and a small file is one; what an account may keep is bounded
        // by `domain::files`.
        Cost::Transfer => (8000.0, 30_000.0),
        Cost::Lookup => (200.0, 60.0),
        // A school or an office behind one router signs in on one morning.
        Cost::Address => (1000.0, 200.0),
    };
    Limit { burst, per_minute }
}

struct Bucket {
    left: f64,
    filled: Now,
}

/// All buckets.
pub struct Flood {
    factor: f64,
    buckets: Mutex<HashMap<(Payer, Cost), Bucket>>,
}

impl Flood {
    /// Limits multiplied by `factor`; 0 turns flood control off.
    pub fn new(factor: f64) -> Self {
        Self { factor, buckets: Mutex::default() }
    }

    /// Takes one call out of the payer's bucket, or says how long to wait.
    pub fn pay(&self, payer: Payer, cost: Cost, now: Now) -> Result<(), Refusal> {
        if self.factor <= 0.0 {
            return Ok(());
        }
        let limit = limit(cost);
        let (burst, per_ms) = (limit.burst * self.factor, limit.per_minute * self.factor / 60_000.0);
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        if buckets.len() >= BUCKETS_MAX {
            buckets.retain(|_, it| now.ms.saturating_sub(it.filled.ms) < 3_600_000);
        }
        let bucket = buckets.entry((payer, cost)).or_insert(Bucket { left: burst, filled: now });
        let passed = now.ms.saturating_sub(bucket.filled.ms) as f64;
        bucket.left = (bucket.left + passed * per_ms).min(burst);
        bucket.filled = now;
        if bucket.left < 1.0 {
            let wait = (1.0 - bucket.left) / per_ms / 1000.0;
            return Err(Refusal::FloodWait((wait.ceil() as u32).max(1)));
        }
        bucket.left -= 1.0;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_bucket_says_how_long_to_wait_and_refills() {
        let flood = Flood::new(1.0);
        let payer = Payer::User(UserId(1));
        let at = |ms| Now { ms };
        for _ in 0..30 {
            assert_eq!(flood.pay(payer, Cost::Code, at(0)), Ok(()));
        }
        assert_eq!(flood.pay(payer, Cost::Code, at(0)), Err(Refusal::FloodWait(15)));
        assert_eq!(flood.pay(Payer::User(UserId(2)), Cost::Code, at(0)), Ok(()));
        assert_eq!(flood.pay(payer, Cost::Code, at(15_000)), Ok(()));
    }
}
