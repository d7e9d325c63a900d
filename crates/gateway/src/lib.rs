//! Everything with a socket: listener, session registry, output queues, fan-out.
//! It knows no user, method or storage: those are behind [`service::Service`].

#![allow(clippy::disallowed_methods, reason = "this crate owns its tasks, the clock and the randomness of the wire")]

mod background;
mod bell;
mod clock;
mod config;
mod connection;
mod fanout;
mod flusher;
mod following;
mod freight;
mod gateway;
mod handshake;
mod hearing;
mod http;
mod http_body;
mod http_file;
mod http_page;
mod listener;
mod outlet;
mod packer;
mod packets;
mod pipe;
mod place;
mod prefixed;
pub mod proxy;
mod registry;
mod requests;
pub mod service;
mod session;
mod stats;
mod tls;
mod visitors;

pub use background::{give_way, step_back};
pub use config::{Config, Limits, ServerInfo, StartError, Tls};
pub use gateway::{Gateway, Handle, Running};
pub use stats::Stats;
