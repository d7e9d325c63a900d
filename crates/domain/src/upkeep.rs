//! What keeps the store small and searches fast, in bounded commands that nobody waits for. Where nothing
//! has happened there is nothing to do, and it costs no more than a look now and then.

pub mod codes;
pub mod mailboxes;

pub use codes::purge;
pub use mailboxes::{ENTRIES_KEPT, ENTRY_SECONDS, RANDOM_ID_SECONDS, grown, sweep, tend};

#[cfg(test)]
mod tests;
