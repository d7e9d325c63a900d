//! Fuzz targets, also run as seeded tests on stable Rust.

pub mod coverage;
pub mod mutate;
pub mod targets;
