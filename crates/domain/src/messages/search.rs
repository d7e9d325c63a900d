//! Searching: the index of the mailbox, then what is newer than it. Nothing about words reaches the disk
//! unsealed.

pub mod block;
mod find;
pub mod global;
pub mod index;
mod paging;
pub mod posts;
pub mod quota;
pub(crate) mod words;

pub use find::{Filter, Hit, Kinds, Query, hits};
pub use paging::{Day, Found, Wanted, calendar, counts, positions, search};

#[cfg(test)]
mod tests;
