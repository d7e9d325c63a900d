//! One file a target: `run` takes the fuzzer's bytes; its test runs seeded mutations.

#[cfg(test)]
mod tl_seeds;
pub mod tl_walk;
pub mod transcoder;
