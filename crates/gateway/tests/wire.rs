//! The gateway over real sockets, with a service that only echoes: what it speaks, what outlives a
//! connection, and what it refuses.

#![allow(clippy::unwrap_used, reason = "a test")]
#![allow(clippy::disallowed_methods, reason = "clients of a test run beside each other")]

#[path = "wire/door.rs"]
mod door;
#[path = "wire/files.rs"]
mod files;
#[path = "wire/hall.rs"]
mod hall;
#[path = "wire/limits.rs"]
mod limits;
#[path = "wire/masses.rs"]
mod masses;
#[path = "wire/pages.rs"]
mod pages;
#[path = "wire/sessions.rs"]
mod sessions;
#[path = "wire/websocket.rs"]
mod websocket;
