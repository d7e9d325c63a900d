//! MTProto's cryptography: AES-IGE, key derivation, RSA padding, Diffie-Hellman, SRP, hashes.
//! It knows no TL, protocol or storage; randomness comes in as a value.
//!
//! Both IGE and SHA-256 are chains that leave most of a core idle, so messages that leave together are sealed
//! side by side in lanes (`message::seal_batch`, over `hash::lanes` and `ige::lanes`): sixteen with AVX-512,
//! eight or two with the CPU's AES and SHA instructions, one after another where it has none. What the CPU
//! has is asked at run time, and a way's value is the proof that its instructions are there. Long messages that
//! come are decrypted and hashed at once (`message::both`).

#![warn(missing_docs)]

mod auth_key;
mod bignum;
pub mod ctr;
pub mod dh;
pub mod hash;
pub mod ige;
mod kdf;
pub mod message;
pub mod pq;
pub mod rsa;
pub mod srp;

pub use auth_key::AuthKey;
pub use kdf::handshake_kdf;

/// Messages that go on together in a batch: as many as the widest registers hold words.
const LANES: usize = 16;

/// Bytes of each lane that are worked on in one go, where whoever asked wants others to have the core in between: some
/// 30 µs, and 100 where sixteen lanes are hashed.
const STRETCH: usize = 32 << 10;

/// What the other side sent does not open; nothing says which part of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// Ciphertexts are whole blocks, and packets have a head.
    #[error("{got} bytes have no whole head and blocks")]
    Length {
        /// Bytes given.
        got: usize,
    },
    /// The bytes were made with another key, or changed on the way.
    #[error("the message key does not match")]
    MessageKey,
    /// The bytes were not encrypted to this RSA key by any known padding.
    #[error("neither padding opens")]
    Padding,
    /// A key file does not read.
    #[error("not an RSA key of 2048 bits")]
    Key,
    /// The engine below could not make a key.
    #[error("no RSA key could be made")]
    Generate,
    /// A public value is outside the range that the protocol demands.
    #[error("a public value is out of range")]
    Range,
}
