//! The exchange that makes an auth key, in the server's and in the client's role. Keeping the key
//! is left to the owner; the expensive steps come out as [`Work`] to be run off the I/O threads.
//! Source: core.telegram.org/mtproto/auth_key.

mod client;
mod messages;
mod server;
#[cfg(test)]
mod tests;
mod work;

pub use client::{Client, ClientKey, ClientOptions, ClientStep};
pub use messages::is_handshake;
pub use server::{Identity, NewKey, Server, Step};
pub use work::{DhPool, Work, WorkDone};

/// The 128 bits that a client names its exchange by.
pub type Nonce = [u8; 16];

/// Exchanges that one connection may have under way: a permanent and a temporary key.
pub const MAX_EXCHANGES: usize = 2;

/// Exchanges that one connection may begin in its life. Clients make two keys and repeat a
/// failed one; each beyond costs us two modular powers.
pub const MAX_BEGUN: u32 = 16;
