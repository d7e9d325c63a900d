//! The numbers of the domain, each its own type: users, chats, messages, points in a log.

use std::fmt;

/// How many bits of an id name its vshard.
const VSHARD_BITS: u32 = 16;

/// How many vshards new ids are spread over; more may be used later without moving anything.
pub const VSHARDS_IN_USE: u16 = 4096;

/// The group of owners that an id belongs to: the low 16 bits of the id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct VShard(pub u16);

/// A user's id: `seq << 16 | vshard`, below 2^40 as TDLib demands.
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct UserId(pub u64);

impl UserId {
    /// The service account that sends sign-in codes and login notices.
    /// Source: core.telegram.org/api/auth, "service notifications".
    pub const SERVICE: UserId = UserId(777_000);

    /// Stands for all authors whose accounts are hidden, among the parts of Saved Messages.
    /// Source: core.telegram.org/api/saved-messages, "Saved message dialogs".
    pub const HIDDEN: UserId = UserId(2_666_000);

    /// The account from which a hidden forward origin is shown in clients that need a user.
    pub const NOBODY: UserId = UserId(0);

    /// Joins the allocator's sequence number and the vshard.
    pub fn new(seq: u64, vshard: VShard) -> Self {
        Self(seq << VSHARD_BITS | u64::from(vshard.0))
    }

    /// The vshard that owns this user's mailbox.
    pub fn vshard(self) -> VShard {
        VShard((self.0 & 0xffff) as u16)
    }
}

impl fmt::Debug for UserId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "user {}", self.0)
    }
}

/// Who a dialog is with. Chats and channels come with their own issues.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Peer {
    /// A user; one's own id is Saved Messages.
    User(UserId),
}

impl Peer {
    /// The user of a private chat.
    pub fn user(self) -> UserId {
        match self {
            Peer::User(id) => id,
        }
    }

    /// Ordered bytes for keys: the kind, then the id.
    pub fn key_parts(self) -> (u8, u64) {
        match self {
            Peer::User(id) => (1, id.0),
        }
    }

    /// Reads what [`Peer::key_parts`] wrote.
    pub fn from_key_parts(kind: u8, id: u64) -> Option<Self> {
        (kind == 1).then_some(Peer::User(UserId(id)))
    }
}

impl Default for Peer {
    fn default() -> Self {
        Peer::User(UserId::NOBODY)
    }
}

/// A message's number in a mailbox: 1, 2, 3, … per user, over all of the user's private chats.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct MessageId(pub i32);

/// A message's name in every copy of it, drawn before the owner's turn.
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct MessageUid(pub [u8; 16]);

impl fmt::Debug for MessageUid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "uid {:032x}", u128::from_be_bytes(self.0))
    }
}

/// A point in a mailbox's or channel's log. A new log stands at 1; its first event carries 2.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Pts(pub i32);

/// The number of an auth key: the low 64 bits of its SHA-1.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct AuthKeyId(pub u64);

impl AuthKeyId {
    /// The vshard of the key's row: keys are spread by their own random bits.
    pub fn vshard(self) -> VShard {
        VShard((self.0 >> 48) as u16 % VSHARDS_IN_USE)
    }
}

/// A logged-in device as lists of devices name it (`authorization.hash`); 0 is "this one" on the wire.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct AuthorizationHash(pub i64);

/// A moment: milliseconds since 1970. Comes in as a value, never from a clock.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Now {
    /// Milliseconds since 1970-01-01 UTC.
    pub ms: u64,
}

impl Now {
    /// Whole seconds since 1970, as the protocol dates things.
    pub fn secs(self) -> u32 {
        u32::try_from(self.ms / 1000).unwrap_or(u32::MAX)
    }
}
