//! What people keep of files: saved GIFs, notification sounds, music on their profiles,
//! wallpapers. Each is a list of its own, in
//! which a file stands once; what is kept is a copy of the description, the key included, under the
//! account's key, so it outlives the message that it came from.

pub mod by_hash;
pub mod gifs;
pub mod list;
pub mod music;
pub mod sounds;
#[cfg(test)]
mod tests;
pub mod wallpapers;

pub use list::{Kept, List, document, documents, ids};
pub(crate) use list::{body, has};
