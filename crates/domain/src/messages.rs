//! Messages of private chats: each side keeps a copy in its own mailbox.

use crate::{ids::UserId, turn::Turn, variants, view::Decided};

variants! {
    /// What a message command causes in the other side's mailbox.
    pub enum Delivered {
        /// Nothing; the default.
        1 => Nothing {},
    }
}

/// Applies what the other side caused.
pub fn receive(_turn: &mut Turn<'_>, _from: UserId, _to: UserId, what: &Delivered) -> Decided<()> {
    match what {
        Delivered::Nothing {} => Ok(()),
    }
}
