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

    /// The account in whose chat people find answers to their comments in groups that they are not in.
    /// Source: core.telegram.org/api/discussion; TDLib 1.8.66 knows it by this number.
    pub const REPLIES: UserId = UserId(1_271_266_957);

    /// Stands for all authors whose accounts are hidden, among the parts of Saved Messages.
    /// Source: core.telegram.org/api/saved-messages, "Saved message dialogs".
    pub const HIDDEN: UserId = UserId(2_666_000);

    /// The account from which a hidden forward origin is shown in clients that need a user.
    pub const NOBODY: UserId = UserId(0);

    /// Whether it is the server itself that writes: nobody reads what it is answered.
    pub fn is_server(self) -> bool {
        self == Self::SERVICE || self == Self::REPLIES
    }

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

/// A basic group's id: `seq << 16 | vshard`, below 10^12 as TDLib demands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ChatId(pub u64);

/// The id of a supergroup or broadcast channel: `seq << 16 | vshard`, below 997,852,516,352 as TDLib demands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ChannelId(pub u64);

impl ChatId {
    /// Joins the allocator's sequence number and the vshard.
    pub fn new(seq: u64, vshard: VShard) -> Self {
        Self(seq << VSHARD_BITS | u64::from(vshard.0))
    }

    /// The vshard that owns this group's record.
    pub fn vshard(self) -> VShard {
        VShard((self.0 & 0xffff) as u16)
    }
}

impl ChannelId {
    /// Joins the allocator's sequence number and the vshard.
    pub fn new(seq: u64, vshard: VShard) -> Self {
        Self(seq << VSHARD_BITS | u64::from(vshard.0))
    }

    /// The vshard that owns this channel.
    pub fn vshard(self) -> VShard {
        VShard((self.0 & 0xffff) as u16)
    }
}

/// A sticker set's id: `random << 16 | vshard`, where the vshard is its maker's.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct StickerSetId(pub u64);

impl StickerSetId {
    /// Stands for no set.
    pub const NONE: StickerSetId = StickerSetId(0);

    /// Random bits of an id: with the vshard's it stays below 2^56, so that it has a place among the scopes of groups.
    const RANDOM: u64 = (1 << 40) - 1;

    /// Joins random bits and the vshard.
    pub fn new(random: u64, vshard: VShard) -> Self {
        Self((random & Self::RANDOM).max(1) << VSHARD_BITS | u64::from(vshard.0))
    }

    /// The vshard that owns this set.
    pub fn vshard(self) -> VShard {
        VShard((self.0 & 0xffff) as u16)
    }
}

/// Who a dialog is with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Peer {
    /// A user; one's own id is Saved Messages.
    User(UserId),
    /// A basic group: each member keeps its own copies.
    Chat(ChatId),
    /// A supergroup or broadcast channel: one log, read by all.
    Channel(ChannelId),
}

impl Peer {
    /// The user of a private chat.
    pub fn user(self) -> Option<UserId> {
        match self {
            Peer::User(id) => Some(id),
            Peer::Chat(_) | Peer::Channel(_) => None,
        }
    }

    /// The channel, where the messages are in a log of their own.
    pub fn channel(self) -> Option<ChannelId> {
        match self {
            Peer::Channel(id) => Some(id),
            Peer::User(_) | Peer::Chat(_) => None,
        }
    }

    /// The log that holds the messages of this chat, as `user` reads it.
    pub fn log(self, user: UserId) -> LogId {
        match self {
            Peer::User(_) | Peer::Chat(_) => LogId::Mailbox(user),
            Peer::Channel(id) => LogId::Channel(id),
        }
    }

    /// The vshard that owns it.
    pub fn vshard(self) -> VShard {
        match self {
            Peer::User(id) => id.vshard(),
            Peer::Chat(id) => id.vshard(),
            Peer::Channel(id) => id.vshard(),
        }
    }

    /// Ordered bytes for keys: the kind, then the id.
    pub fn key_parts(self) -> (u8, u64) {
        match self {
            Peer::User(id) => (1, id.0),
            Peer::Chat(id) => (2, id.0),
            Peer::Channel(id) => (3, id.0),
        }
    }

    /// Reads what [`Peer::key_parts`] wrote.
    pub fn from_key_parts(kind: u8, id: u64) -> Option<Self> {
        match kind {
            1 => Some(Peer::User(UserId(id))),
            2 => Some(Peer::Chat(ChatId(id))),
            3 => Some(Peer::Channel(ChannelId(id))),
            _ => None,
        }
    }
}

/// Whose messages and updates: both kinds of owner with a log keep them in the same kinds of row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum LogId {
    /// A user's: private chats and basic groups.
    Mailbox(UserId),
    /// A supergroup's or broadcast channel's.
    Channel(ChannelId),
}

impl LogId {
    /// Set in the number of a channel's log; ids of users stay below 2^40.
    const CHANNEL: u64 = 1 << 56;

    /// The number under which rows of this log are found.
    pub fn number(self) -> u64 {
        match self {
            LogId::Mailbox(user) => user.0,
            LogId::Channel(channel) => LogId::CHANNEL | channel.0,
        }
    }

    /// Reads what [`LogId::number`] wrote.
    pub fn from_number(number: u64) -> Self {
        match number & LogId::CHANNEL {
            0 => LogId::Mailbox(UserId(number)),
            _ => LogId::Channel(ChannelId(number & !LogId::CHANNEL)),
        }
    }

    /// The vshard that owns it.
    pub fn vshard(self) -> VShard {
        match self {
            LogId::Mailbox(user) => user.vshard(),
            LogId::Channel(channel) => channel.vshard(),
        }
    }

    /// The beginning of the keys of its rows of one kind.
    pub fn rows(self, space: store::Subspace) -> store::KeyBuilder {
        store::Key::of(space, self.vshard().0).u64(self.number())
    }
}

impl Default for LogId {
    fn default() -> Self {
        LogId::Mailbox(UserId::NOBODY)
    }
}

impl From<UserId> for LogId {
    fn from(user: UserId) -> Self {
        LogId::Mailbox(user)
    }
}

impl From<ChannelId> for LogId {
    fn from(channel: ChannelId) -> Self {
        LogId::Channel(channel)
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
