//! The MTProto API: decode, one domain call, render. One module per TL namespace; each has a table
//! of its methods, which together are the contents page of the service.
//! It knows no session, socket or engine, and makes no rule.

pub mod caller;
pub mod config;
pub mod cx;
pub mod dispatch;
pub mod error;
pub mod flood;
mod from_message;
pub mod input;
pub mod ports;
pub mod push;
pub mod render;
mod stats;
pub mod table;
#[cfg(test)]
mod testing;

pub mod account;
pub mod auth;
pub mod channels;
pub mod chatlists;
pub mod contacts;
pub mod folders;
pub mod help;
pub mod langpack;
pub mod messages;
pub mod photos;
pub mod refused;
pub mod stickers;
pub mod updates;
pub mod upload;
pub mod users;

pub use caller::{CallerInfo, Reply};
pub use config::Config;
pub use cx::Cx;
pub use dispatch::Api;
pub use error::RpcError;
