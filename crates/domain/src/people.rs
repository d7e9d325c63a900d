//! People: profiles, names, contacts, privacy, presence.

mod profile;
mod seen;

pub use profile::{Username, UserCard, UserRow, card, put_user, user, user_key};
pub use seen::{SeenStatus, SeenUser, seen, seen_all};

use crate::{ids::UserId, turn::Turn, variants, view::Decided};

variants! {
    /// What a person's command causes for another person.
    pub enum Delivered {
        /// Nothing; the default.
        1 => Nothing {},
    }
}

/// Applies what another person caused.
pub fn receive(_turn: &mut Turn<'_>, _from: UserId, _to: UserId, what: &Delivered) -> Decided<()> {
    match what {
        Delivered::Nothing {} => Ok(()),
    }
}
