//! People: profiles, names, contacts, privacy, presence.

pub mod address_book;
pub mod audience;
pub mod autosave;
pub mod blocks;
pub mod contacts;
pub mod downloads;
pub mod edit;
pub mod full;
pub mod lookups;
pub mod names;
pub mod notify;
pub mod personal;
pub mod photos;
pub mod presence;
pub mod privacy;
mod profile;
pub mod search;
mod seen;
pub mod settings;
pub mod tokens;
pub mod top;
pub mod usernames;

pub use blocks::is_blocked;
pub use contacts::{ContactRow, is_contact};
pub use names::{NameKind, digits, holder};
pub(crate) use profile::{KnownUser, known};
pub use profile::{UserCard, UserRow, Username, card, put_user, user, user_key};
pub use seen::{Hidden, SeenStatus, SeenUser, seen, seen_all, seen_all_min, seen_min};

use crate::{
    ids::UserId,
    turn::Turn,
    updates::{self, Change},
    variants,
    view::Decided,
};

variants! {
    /// What a person's command causes for another person.
    pub enum Delivered {
        /// The sender put the receiver into its address book, or took it out.
        1 => ContactOf { 1 => is: bool, 2 => shares_phone: bool },
        /// Something that the receiver sees of the sender changed.
        2 => Changed { 1 => change: Change },
        /// The sender came or went.
        3 => Came {},
        /// The sender's account is deleted.
        4 => Gone {},
    }
}

/// Applies what another person caused.
pub fn receive(turn: &mut Turn<'_>, from: UserId, to: UserId, what: &Delivered) -> Decided<()> {
    // A deleted account's mailbox stays empty.
    if user(turn, to)?.is_none_or(|it| it.deleted) {
        return Ok(());
    }
    match what {
        Delivered::ContactOf { is, shares_phone } => contacts::receive_contact_of(turn, to, from, *is, *shares_phone),
        Delivered::Changed { change } => updates::append(turn, to, change.clone(), 0, None).map(drop),
        Delivered::Came {} => presence::receive_came(turn, to, from),
        Delivered::Gone {} => contacts::receive_gone(turn, to, from),
    }
}

#[cfg(test)]
mod tests;
