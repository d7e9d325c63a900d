//! Fuzz targets, also run as seeded tests on stable Rust.
