//! One file a target: `run` takes the fuzzer's bytes; its test runs seeded mutations.

pub mod envelope;
pub mod handshake;
#[cfg(test)]
mod mutate;
#[cfg(test)]
mod tl_seeds;
pub mod tl_walk;
pub mod transcoder;
pub mod transports;
