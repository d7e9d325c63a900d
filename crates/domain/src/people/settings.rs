//! Switches of an account that belong to no peer.

use store::Key;

use crate::{
    caller::Caller,
    folders::archive,
    ids::UserId,
    record,
    service::Command,
    spaces::SETTING,
    turn::Turn,
    updates::{self, Change},
    view::{Decided, Rows, load_or_default},
};

/// The kind of this row among the account's settings; other kinds belong to other rooms.
const KIND: u8 = 1;

record! {
    /// The switches.
    pub struct Switches {
        /// No notice when a contact joins.
        1 => contact_signup_silent: bool,
        2 => sensitive_enabled: bool,
        3 => archive_and_mute_strangers: bool,
        4 => keep_archived_unmuted: bool,
        5 => keep_archived_folders: bool,
        /// Nobody learns when this user read a message, and it doesn't learn of others.
        6 => hide_read_marks: bool,
        7 => new_noncontact_peers_require_premium: bool,
        /// 0: nobody, 1: contacts, 2: everybody notifies about reactions to messages.
        8 => reactions_messages_from: Option<u8>,
        9 => reactions_stories_from: Option<u8>,
        10 => reactions_show_previews: Option<bool>,
        11 => reactions_poll_votes_from: Option<u8>,
        12 => top_peers_disabled: bool,
        13 => display_gifts_button: bool,
    }
}

/// The switches of a user.
pub fn switches(view: &(impl Rows + ?Sized), user: UserId) -> Decided<Switches> {
    load_or_default(view, &switches_key(user))
}

/// Changes switches by a function of the old ones.
pub struct SetSwitches<F> {
    /// Who.
    pub by: Caller,
    /// Makes the change.
    pub change: F,
    /// What sessions are told, if anything.
    pub tell: Option<Change>,
}

impl<F: Fn(&mut Switches) + Send + 'static> Command for SetSwitches<F> {
    type Reply = Switches;

    fn decide(&self, turn: &mut Turn<'_>) -> Decided<Switches> {
        let mut it = switches(turn, self.by.user)?;
        let old = it.clone();
        (self.change)(&mut it);
        if it == old {
            return Ok(it);
        }
        turn.put(switches_key(self.by.user), &it);
        archive::settle_all(turn, self.by.user)?;
        if let Some(change) = &self.tell {
            updates::append(turn, self.by.user, change.clone(), 0, Some(self.by.origin))?;
        }
        Ok(it)
    }
}

pub(super) fn switches_key(user: UserId) -> Key {
    Key::of(SETTING, user.vshard().0).u64(user.0).u8(KIND).key()
}
