//! Messages of private chats and basic groups: each side keeps a copy in its own mailbox, with its own number.
//! What one side's command means for the others' copies travels as deliveries that name the message's uid.

pub mod comments;
pub mod counts;
pub mod delete;
pub mod dialogs;
pub mod drafts;
pub mod edit;
pub mod entities;
pub mod forward;
pub mod history;
mod introduced;
pub mod marks;
pub mod media;
pub mod mentions;
pub mod notices;
pub mod pinned;
pub mod pins;
pub mod polls;
pub mod posts;
pub mod protection;
pub(crate) mod purge;
pub mod reactions;
pub mod read;
pub mod read_marks;
pub mod readers;
mod receive;
pub(crate) mod recipients;
pub mod replies;
pub mod rows;
pub mod saved;
pub mod scheduled;
pub mod search;
mod seen;
pub mod send;
pub mod settings;
pub mod suggest;
pub mod text;
pub mod threads;
pub mod timers;
pub mod todo;
pub mod typing;
pub mod webpages;

pub use dialogs::{DialogRow, chats_of, dialog};
pub use introduced::introduces;
pub use media::{Media, SeenMedia};
pub use notices::{joined, notice};
pub use pins::{ARCHIVE_PINNED_MAX, PINNED_MAX};
pub use reactions::{REACTIONS_MAX, Reacted, Reaction};
pub use receive::{Delivered, MessageCopy, receive};
pub use rows::{Action, Body, Elsewhere, Entity, EntityKind, MailboxRow};
pub(crate) use seen::known::KnownMessage;
pub use seen::{Origin, SeenMessage, seen, seen_all, seen_in, seen_kept};
pub use settings::{default_reaction, ttl_period};

#[cfg(test)]
mod tests;
