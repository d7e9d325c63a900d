//! Messages of supergroups and broadcast channels: one row and one entry of the channel's log each, however
//! many read them. What a post means for somebody's own mailbox (a mention, a read mark) travels as a delivery.
//! Source: core.telegram.org/api/channel.

mod author;
pub mod contents;
pub mod copies;
pub(super) mod edit;
pub mod list;
pub mod online;
pub mod purge;
mod put;
pub mod read;
mod removal;
pub mod settings;
pub mod tags;
mod ttl;
pub mod voice;

pub use author::author;
pub(super) use put::put;
pub(crate) use put::{in_topic, service};
pub(crate) use removal::remove;
pub use removal::{CLEARED_MEMBERS_MAX, ClearChannel, DeletePosts};
pub(super) use ttl::set_ttl;

#[cfg(test)]
mod tests;
