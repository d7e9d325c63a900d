//! The whole server as a process: real sockets, real files, real signals. What is promised about the
//! disk, backups and the operator's view is proved here.

#![allow(unreachable_pub, reason = "a test has no outside")]
#![allow(clippy::unwrap_used, reason = "a test")]
#![allow(clippy::disallowed_methods, reason = "these tests watch processes, which live in real time")]

mod backup;
mod disk;
mod fanout;
mod golden;
mod losing;
mod media;
mod operator;
mod order;
mod passing;
mod people;
mod place;
mod protocol;
mod sealed;
mod sending;
mod shim;
mod users;
