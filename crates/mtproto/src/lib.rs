//! Sans-IO MTProto: transports, key exchange, envelope and sessions, in the server's and in the
//! client's role. It knows no socket, clock, storage or API method; time ([`Time`]) and
//! randomness (`impl rand::RngCore`) come in as values.
//!
//! The way in, for a server:
//!
//! 1. [`transport::detect`] on the first bytes of a connection gives a [`transport::Framing`];
//!    [`Framing::push`](transport::Framing::push) takes what was read,
//!    [`Framing::poll_packet`](transport::Framing::poll_packet) gives whole packets.
//! 2. [`envelope::classify`] tells plain packets (to [`handshake::Server`]) from encrypted ones;
//!    [`envelope::open`] decrypts those under their key.
//! 3. [`session::Session::handle_message`] takes the message,
//!    [`session::Session::poll_event`] yields requests, [`session::Session::answer`] and
//!    [`session::Session::push`] put in what goes back.
//!
//! The way out: [`session::Session::poll_transmit`] packs what is queued into one message,
//! [`envelope::seal`] encrypts it, [`Framing::frame`](transport::Framing::frame) wraps it.
#![warn(missing_docs)]

pub mod client;
pub mod envelope;
mod error;
pub mod handshake;
mod ids;
pub mod session;
pub mod transport;
mod wire;

pub use error::Error;
pub use ids::{AuthKeyId, MsgId, SessionId, Time};
