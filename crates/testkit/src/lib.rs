//! An MTProto client for tests and load, in the client role of `mtproto`: connects over any
//! transport, makes keys, invokes requests typed or raw, receives updates, and lets a test send
//! what no honest client would. It knows nothing of the server's rooms.

mod client;
mod clock;
mod error;
mod link;
mod options;
pub mod people;
mod pfs;
#[cfg(test)]
mod tests;

pub use client::{Client, Keys, Update};
pub use clock::Clock;
pub use error::Error;
pub use link::{Got, Link, Stream};
pub use mtproto::client::{ClientEvent, RequestId};
pub use mtproto::transport::{Kind, Secret};
pub use options::{Options, Transport};
pub use pfs::Proof;
