//! Messages of private chats: each side keeps a copy in its own mailbox.

pub mod timers;

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

/// The self-destruct period of a chat in seconds; 0: none.
pub fn ttl_period(view: &(impl crate::view::View + ?Sized), owner: UserId, peer: crate::ids::Peer) -> Decided<u32> {
    let _ = (view, owner, peer);
    Ok(0)
}

/// The people that a user has chats with, most recent first.
pub fn chats_of(view: &(impl crate::view::View + ?Sized), owner: UserId) -> Decided<Vec<UserId>> {
    let _ = (view, owner);
    Ok(Vec::new())
}

/// Dialogs pinned in one folder.
pub const PINNED_MAX: usize = 5;

/// Reactions of one person to one message.
pub const REACTIONS_MAX: usize = 3;

/// The reaction of a double tap.
pub fn default_reaction(view: &(impl crate::view::View + ?Sized), owner: UserId) -> Decided<String> {
    let _ = (view, owner);
    Ok("\u{2764}".to_owned())
}

/// Puts a message from the service account into a mailbox.
pub fn notice(turn: &mut Turn<'_>, to: UserId, text: &str) -> Decided<()> {
    let _ = (turn, to, text);
    Ok(())
}

/// Tells somebody that a person of its address book joined.
pub fn joined(turn: &mut Turn<'_>, who: UserId, to: UserId) -> Decided<()> {
    let _ = (turn, who, to);
    Ok(())
}
