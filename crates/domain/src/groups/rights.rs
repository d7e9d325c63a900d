//! Rights of admins, and what members may not do: sets of bits, in the places that the protocol gives them.
//! Source: core.telegram.org/api/rights.

use crate::record::{Field, Malformed};

macro_rules! rights {
    ($(#[$doc:meta])* $name:ident { $($(#[$rdoc:meta])* $right:ident = $bit:literal),* $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
        pub struct $name(pub u32);

        #[allow(missing_docs, reason = "a right's name says it, or it has a comment")]
        impl $name {
            $($(#[$rdoc])* pub const $right: Self = Self(1 << $bit);)*
            /// None.
            pub const NONE: Self = Self(0);
            /// All that the protocol names.
            pub const ALL: Self = Self(0 $(| 1 << $bit)*);

            /// Whether every one of these is in it.
            pub const fn has(self, these: Self) -> bool {
                self.0 & these.0 == these.0
            }

            /// Whether any of these is in it.
            pub const fn any(self, these: Self) -> bool {
                self.0 & these.0 != 0
            }

            /// Both sets.
            pub const fn with(self, these: Self) -> Self {
                Self(self.0 | these.0)
            }

            /// This set without these.
            pub const fn without(self, these: Self) -> Self {
                Self(self.0 & !these.0)
            }

            /// Whether it is empty.
            pub const fn is_none(self) -> bool {
                self.0 == 0
            }
        }

        impl Field for $name {
            fn put(&self, out: &mut Vec<u8>) {
                self.0.put(out);
            }
            fn take(bytes: &[u8]) -> Result<Self, Malformed> {
                Field::take(bytes).map($name)
            }
            fn is_default(&self) -> bool {
                self.0 == 0
            }
        }
    };
}

rights! {
    /// What an admin may do (`chatAdminRights`).
    AdminRights {
        CHANGE_INFO = 0, POST_MESSAGES = 1, EDIT_MESSAGES = 2, DELETE_MESSAGES = 3, BAN_USERS = 4,
        INVITE_USERS = 5, PIN_MESSAGES = 7, ADD_ADMINS = 9, ANONYMOUS = 10, MANAGE_CALL = 11,
        /// Stands for an admin without any other right.
        OTHER = 12,
        MANAGE_TOPICS = 13, POST_STORIES = 14, EDIT_STORIES = 15, DELETE_STORIES = 16,
        MANAGE_DIRECT_MESSAGES = 17, MANAGE_RANKS = 18, MANAGE_LINKED_PEERS = 19, MANAGE_WELCOME_MESSAGES = 20,
    }
}

rights! {
    /// What somebody may not do (`chatBannedRights`).
    BannedRights {
        /// Not even read: banned from the group.
        VIEW_MESSAGES = 0,
        SEND_MESSAGES = 1, SEND_MEDIA = 2, SEND_STICKERS = 3, SEND_GIFS = 4, SEND_GAMES = 5, SEND_INLINE = 6,
        EMBED_LINKS = 7, SEND_POLLS = 8, CHANGE_INFO = 10, INVITE_USERS = 15, PIN_MESSAGES = 17,
        MANAGE_TOPICS = 18, SEND_PHOTOS = 19, SEND_VIDEOS = 20, SEND_ROUNDVIDEOS = 21, SEND_AUDIOS = 22,
        SEND_VOICES = 23, SEND_DOCS = 24, SEND_PLAIN = 25, EDIT_RANK = 26, SEND_REACTIONS = 27,
        MANAGE_LINKED_PEERS = 28,
    }
}

impl AdminRights {
    /// What the creator of a group has; anonymity is for each to choose.
    pub const CREATOR: Self = Self::ALL.without(Self::ANONYMOUS).without(Self::OTHER);

    /// What an admin of a basic group has. Source: TDLib, `DialogParticipantStatus::GroupAdministrator`.
    pub const BASIC: Self = Self::CHANGE_INFO
        .with(Self::DELETE_MESSAGES)
        .with(Self::BAN_USERS)
        .with(Self::INVITE_USERS)
        .with(Self::PIN_MESSAGES)
        .with(Self::MANAGE_CALL)
        .with(Self::OTHER);
}

impl BannedRights {
    /// Each kind of media.
    const MEDIA: Self = Self::SEND_PHOTOS
        .with(Self::SEND_VIDEOS)
        .with(Self::SEND_ROUNDVIDEOS)
        .with(Self::SEND_AUDIOS)
        .with(Self::SEND_VOICES)
        .with(Self::SEND_DOCS);

    /// Whatever is sent.
    const SENDING: Self = Self::MEDIA
        .with(Self::SEND_MEDIA)
        .with(Self::SEND_STICKERS)
        .with(Self::SEND_GIFS)
        .with(Self::SEND_GAMES)
        .with(Self::SEND_INLINE)
        .with(Self::EMBED_LINKS)
        .with(Self::SEND_POLLS)
        .with(Self::SEND_PLAIN);

    /// The same with every kind of message that a wider right stands for: newer clients look at the kinds alone.
    /// Source: observed with TDLib 1.8.66, tests/clients/scenarios/v_owning.py.
    pub const fn by_kinds(self) -> Self {
        match (self.has(Self::SEND_MESSAGES), self.has(Self::SEND_MEDIA)) {
            (true, _) => self.with(Self::SENDING),
            (false, true) => self.with(Self::MEDIA),
            (false, false) => self,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sets_are_the_bits_of_the_protocol() {
        assert_eq!(AdminRights::ADD_ADMINS.0, 512);
        assert_eq!(BannedRights::EDIT_RANK.0, 1 << 26);
        assert!(AdminRights::CREATOR.has(AdminRights::BASIC.without(AdminRights::OTHER)));
        assert!(!AdminRights::CREATOR.any(AdminRights::ANONYMOUS));
    }

    #[test]
    fn who_may_send_nothing_may_send_no_kind_of_message() {
        let silent = BannedRights::SEND_MESSAGES.by_kinds();
        assert!(silent.has(BannedRights::SEND_PLAIN.with(BannedRights::SEND_VOICES).with(BannedRights::SEND_MEDIA)));
        assert!(!silent.any(BannedRights::INVITE_USERS.with(BannedRights::VIEW_MESSAGES)));
        let wordy = BannedRights::SEND_MEDIA.by_kinds();
        assert!(wordy.has(BannedRights::SEND_PHOTOS) && !wordy.any(BannedRights::SEND_PLAIN));
        assert_eq!(BannedRights::SEND_PLAIN.by_kinds(), BannedRights::SEND_PLAIN);
    }
}
