//! Fuzz targets, also run as seeded tests on stable Rust.

pub mod targets;
