//! Groups: basic ones, and what methods that take any peer mean for both kinds.

pub(super) mod common;
pub(crate) mod info;
pub(super) mod manage;
pub(super) mod members;
pub(super) mod mentions;
pub(super) mod migrate;
pub(super) mod owner;
pub(super) mod pins;
pub(super) mod posts;

#[cfg(test)]
mod tests;
