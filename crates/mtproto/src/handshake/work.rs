//! The expensive steps of the server's exchange as values: a private RSA operation and modular
//! powers take milliseconds and run off the I/O threads.

use std::sync::Arc;

use bytes::Bytes;
use crypto::dh;
use rand::RngCore;
use zeroize::Zeroizing;

use super::Nonce;
use super::server::Identity;

/// A secret exponent of the server.
pub(super) type Exponent = Box<Zeroizing<[u8; 256]>>;

pub(super) fn draw(rng: &mut impl RngCore) -> Exponent {
    let mut exponent = Box::new(Zeroizing::new([0; 256]));
    rng.fill_bytes(&mut exponent[..]);
    exponent
}

/// An exponent with its power of g, used for one exchange.
pub(super) struct DhPair {
    pub(super) exponent: Exponent,
    pub(super) power: Box<[u8; 256]>,
}

/// Spare pairs, made beside other powers where two cost little more than one.
#[derive(Default)]
pub struct DhPool {
    pairs: Vec<DhPair>,
}

impl DhPool {
    /// Most spare pairs kept: a burst of that many handshakes goes at the better price.
    pub const MAX: usize = 64;

    /// An empty pool.
    pub fn new() -> Self {
        Self::default()
    }

    /// Spare pairs there are.
    pub fn len(&self) -> usize {
        self.pairs.len()
    }

    /// Whether there is no spare pair.
    pub fn is_empty(&self) -> bool {
        self.pairs.is_empty()
    }

    pub(super) fn take(&mut self) -> Option<DhPair> {
        self.pairs.pop()
    }

    pub(super) fn wants_more(&self) -> bool {
        self.pairs.len() < Self::MAX
    }

    pub(super) fn put(&mut self, pair: DhPair) {
        if self.wants_more() {
            self.pairs.push(pair);
        }
    }
}

/// An expensive step. Run it on any thread and give the outcome to
/// [`Server::work_done`](super::Server::work_done).
pub struct Work {
    pub(super) nonce: Nonce,
    pub(super) task: Task,
}

pub(super) enum Task {
    /// Opens the client's encrypted part, and makes a pair where none was spare, and a spare one with it.
    Open { identity: Arc<Identity>, encrypted: Box<[u8; 256]>, exponents: Option<[Exponent; 2]> },
    /// The common key, and a pair for another exchange.
    Derive { g_b: Box<[u8; 256]>, exponent: Exponent, spare: Option<Exponent> },
}

/// What a [`Work`] came to.
pub struct WorkDone {
    pub(super) nonce: Nonce,
    pub(super) outcome: Outcome,
}

pub(super) enum Outcome {
    Opened { data: Option<Bytes>, pairs: Option<[DhPair; 2]> },
    Derived { key: Box<Zeroizing<[u8; 256]>>, spare: Option<DhPair> },
}

impl Work {
    /// Does it: up to 3 ms of one core.
    pub fn run(self) -> WorkDone {
        let outcome = match self.task {
            Task::Open { identity, encrypted, exponents } => {
                let data = identity.key().decrypt_inner(&encrypted).ok().map(Bytes::from);
                // Noise costs no power of g.
                let pairs = exponents.filter(|_| data.is_some()).map(two_pairs);
                Outcome::Opened { data, pairs }
            }
            Task::Derive { g_b, exponent, spare: None } => {
                Outcome::Derived { key: Box::new(Zeroizing::new(dh::power(&g_b[..], &exponent))), spare: None }
            }
            Task::Derive { g_b, exponent, spare: Some(spare) } => {
                let (power, key) = dh::power_g_and(&spare, &g_b[..], &exponent);
                Outcome::Derived {
                    key: Box::new(Zeroizing::new(key)),
                    spare: Some(DhPair { exponent: spare, power: Box::new(power) }),
                }
            }
        };
        WorkDone { nonce: self.nonce, outcome }
    }
}

fn two_pairs([one, two]: [Exponent; 2]) -> [DhPair; 2] {
    let (first, second) = dh::power_g_and(&one, &dh::G.to_be_bytes(), &two);
    [(one, first), (two, second)].map(|(exponent, power)| DhPair { exponent, power: Box::new(power) })
}
