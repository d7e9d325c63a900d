//! How a test's client connects and what it says of itself.

use std::sync::Arc;
use std::time::Duration;

use crypto::rsa::PublicKey;
use mtproto::handshake::ClientOptions;
use mtproto::transport::{Kind, Secret};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha20Rng;

use crate::Clock;

/// How long a client waits for an answer before it calls the server silent. Long, for machines
/// under load; no test passes by waiting.
const PATIENCE: Duration = Duration::from_secs(30);

/// A transport to connect over.
#[derive(Clone, Debug)]
pub struct Transport {
    /// How packets are told apart.
    pub kind: Kind,
    /// Whether the stream is obfuscated.
    pub obfuscated: bool,
    /// The proxy's secret; implies `obfuscated`.
    pub secret: Option<Secret>,
    /// The data centre named in the obfuscation header.
    pub dc: i16,
}

impl Transport {
    /// Without obfuscation.
    pub fn plain(kind: Kind) -> Self {
        Self { kind, obfuscated: false, secret: None, dc: 2 }
    }

    /// Obfuscated, with the proxy's secret if there is one.
    pub fn obfuscated(kind: Kind, secret: Option<Secret>, dc: i16) -> Self {
        Self { kind, obfuscated: true, secret, dc }
    }

    /// Every transport there is, with and without that secret.
    pub fn all(secret: &Secret) -> Vec<Self> {
        let plain = Kind::ALL.map(Self::plain);
        let kinds = [Kind::Abridged, Kind::Intermediate, Kind::Padded];
        let hidden = kinds
            .into_iter()
            .flat_map(|kind| [None, Some(secret.clone())].map(|secret| Self::obfuscated(kind, secret, 2)));
        plain.into_iter().chain(hidden).collect()
    }
}

/// All that a client needs besides a connection.
#[derive(Clone)]
pub struct Options {
    /// The server's key.
    pub key: Arc<PublicKey>,
    /// The transport.
    pub transport: Transport,
    /// How it asks for its key.
    pub handshake: ClientOptions,
    /// Make a temporary key, bind it and speak under it.
    pub pfs: bool,
    /// Announce this layer with the first request; `None` to announce nothing.
    pub layer: Option<i32>,
    /// The application's id in `initConnection`.
    pub api_id: i32,
    /// The device in `initConnection`.
    pub device: String,
    /// The client's clock.
    pub clock: Clock,
    /// Seed of the client's randomness.
    pub seed: u64,
    /// How long to wait for the server.
    pub patience: Duration,
}

impl Options {
    /// A client as most are: intermediate transport, the newest layer, no temporary key.
    #[allow(clippy::disallowed_methods, reason = "two clients of one test must not draw the same nonces and sessions")]
    pub fn new(key: Arc<PublicKey>) -> Self {
        Self {
            key,
            transport: Transport::plain(Kind::Intermediate),
            handshake: ClientOptions { dc: Some(2), ..ClientOptions::default() },
            pfs: false,
            layer: Some(tl::LAYER),
            api_id: 1,
            device: "testkit".to_owned(),
            clock: Clock::real(),
            seed: rand::rng().random(),
            patience: PATIENCE,
        }
    }

    /// With another transport.
    pub fn over(mut self, transport: Transport) -> Self {
        self.transport = transport;
        self
    }

    /// With another layer.
    pub fn layer(mut self, layer: i32) -> Self {
        self.layer = Some(layer);
        self
    }

    pub(crate) fn rng(&self) -> ChaCha20Rng {
        ChaCha20Rng::seed_from_u64(self.seed)
    }
}
