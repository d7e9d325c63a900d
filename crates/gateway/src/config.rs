//! What a gateway is started with.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use mtproto::{
    handshake::Identity,
    transport::{MAX_SECRETS, Secret},
};

/// What a gateway is started with.
pub struct Config {
    /// Where to listen; port 0 picks a free one.
    pub listen: Vec<SocketAddr>,
    /// Secrets of the built-in MTProto proxy, at most 16.
    pub secrets: Vec<Secret>,
    /// HTTPS and wss on the same ports.
    pub tls: Option<Tls>,
    /// Networks whose PROXY headers and `X-Forwarded-For` are believed.
    pub trusted_proxies: Vec<String>,
    /// The RSA key that clients trust.
    pub identity: Arc<Identity>,
    /// From which all server salts follow.
    pub salt_secret: [u8; 32],
    /// What the server says of itself over HTTP.
    pub info: ServerInfo,
    /// What a thread does by which many were told, once it has nothing to do: it may give back memory, which others have
    /// freed meanwhile.
    pub at_rest: fn(),
    /// Bounds.
    pub limits: Limits,
}

/// A certificate chain and its key, both PEM.
pub struct Tls {
    /// The chain, leaf first.
    pub certificate_pem: Vec<u8>,
    /// The key.
    pub key_pem: Vec<u8>,
}

/// What the server says of itself.
#[derive(Clone, Debug, Default)]
pub struct ServerInfo {
    /// The data centre that a client may believe it is on.
    pub dc_id: i32,
    /// PKCS#1.
    pub public_key_pem: String,
    /// Shown to people.
    pub name: String,
    /// Shown to people.
    pub description: String,
}

/// Bounds of everything that a stranger could make grow.
#[derive(Clone, Debug)]
pub struct Limits {
    /// Connections in all; descriptors are the real bound, this keeps room for the store's files.
    pub connections: usize,
    /// Connections of one address: a school behind one router fits, a flood does not.
    pub connections_per_address: usize,
    /// Key exchanges under way in all: each waits for milliseconds of a core.
    pub handshakes: usize,
    /// The same of one address, so that one flood leaves room for others.
    pub handshakes_per_address: usize,
    /// How long a client may take to say what it speaks, TLS included.
    pub greeting: Duration,
    /// How long a connection may be without an encrypted message.
    pub unauthenticated: Duration,
    /// Bytes of unfinished packets that clients without a key hold in all: some sixty of the longest.
    pub unproven_bytes: usize,
    /// How long a client may say nothing. Those here ping every minute or two; of one that has gone without
    /// a word the kernel never tells.
    pub silent: Duration,
    /// How long a client may take nothing of what it is sent.
    pub stalled: Duration,
    /// Requests of one session under way: clients pack some sixty calls into their start. Further ones wait, and
    /// nothing is read meanwhile.
    pub in_flight: u16,
    /// Of them those that bring or fetch parts of files: each holds up to a megabyte, and no client has more than
    /// some four of them on one connection.
    pub long_in_flight: u16,
    /// How long a session outlives its last connection.
    pub session_life: Duration,
    /// How often those that nobody came back to are looked for.
    pub sweep: Duration,
    /// Sessions without a connection, in all.
    pub idle_sessions: usize,
    /// Keys held in memory.
    pub cached_keys: usize,
    /// Pages that one address may ask for in a second, time and again; 0: any number.
    pub pages_per_second: u32,
    /// And at once, after a time of asking for less: a reader who opens many, a school behind one router.
    pub pages_at_once: u32,
    /// Files being fetched over HTTP in all: each holds a window of 256 KB.
    pub files: usize,
    /// The same of one address: browsers open six connections, and a school shares a router.
    pub files_per_address: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections: 200_000,
            connections_per_address: 20_000,
            handshakes: 256,
            handshakes_per_address: 64,
            greeting: Duration::from_secs(30),
            unauthenticated: Duration::from_secs(60),
            unproven_bytes: 64 << 20,
            silent: Duration::from_secs(15 * 60),
            stalled: Duration::from_secs(60),
            in_flight: 128,
            long_in_flight: 8,
            session_life: Duration::from_secs(600),
            sweep: Duration::from_secs(30),
            idle_sessions: 100_000,
            cached_keys: 100_000,
            pages_per_second: 20,
            pages_at_once: 300,
            files: 256,
            files_per_address: 32,
        }
    }
}

/// Why a gateway does not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The address is taken or not ours.
    #[error("cannot listen on {address}: {error}")]
    Listen {
        /// Where.
        address: SocketAddr,
        /// Why not.
        error: std::io::Error,
    },
    /// A thread for what many hear can't be had.
    #[error("no thread can be started: {0}")]
    Thread(std::io::Error),
    /// The certificate or its key does not read.
    #[error("the TLS certificate or its key does not read: {0}")]
    Tls(String),
    /// More secrets than a connection may be tried with.
    #[error("{0} proxy secrets: at most {MAX_SECRETS}")]
    Secrets(usize),
    /// Not a network in CIDR form.
    #[error("{0} is not a network such as 10.0.0.0/8")]
    Proxy(String),
}
