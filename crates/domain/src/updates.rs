//! What clients must learn: the log of each mailbox, and the events that leave after a commit.
//! Source: core.telegram.org/api/updates.

pub mod change;
pub mod channels;
pub mod difference;
pub mod hearing;
mod log;
pub mod ring;

pub use change::{Change, Passing};
pub use hearing::{Hearers, catch_up, follow, pass, unfollow};
pub(crate) use log::tail_of;
pub use log::{Counters, LogEntry, append, counters, entry_key, known_counters, log_range, put_counters};

use crate::ids::{AuthKeyId, ChannelId, LogId, Pts, UserId};

/// The session whose request caused a change: it learns of it in its answer, so the push skips it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Origin {
    /// The key that encrypted the request.
    pub key: AuthKeyId,
    /// The MTProto session.
    pub session: i64,
}

/// Told to sessions once the batch that carries it is durable.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// A log grew.
    Logged {
        /// Whose.
        log: LogId,
        /// What was appended.
        entry: LogEntry,
        /// Who knows already.
        skip: Option<Origin>,
        /// In whose words it is told.
        to: Hearers,
    },
    /// Something that only who is online learns of; nothing is stored.
    Passing {
        /// Whose sessions.
        log: LogId,
        /// What passes.
        what: Passing,
        /// Who knows already.
        skip: Option<Origin>,
        /// In whose words it is told.
        to: Hearers,
    },
    /// A user's sessions hear a channel from now on.
    Joined {
        /// Who.
        user: UserId,
        /// What.
        channel: ChannelId,
    },
    /// A user's sessions hear a channel no longer.
    Left {
        /// Who.
        user: UserId,
        /// What.
        channel: ChannelId,
    },
    /// An entry of a channel's log from before a user's sessions heard it.
    Missed {
        /// Who.
        user: UserId,
        /// Whose.
        channel: ChannelId,
        /// What was appended.
        entry: LogEntry,
    },
    /// There are more such entries than are told one by one: clients ask for the rest.
    Behind {
        /// Who.
        user: UserId,
        /// What.
        channel: ChannelId,
        /// Where its log stands.
        pts: Pts,
    },
    /// These keys lost their authorization or are gone: their sessions are told and closed.
    KeysClosed(Vec<AuthKeyId>),
    /// A QR token shown by this key was accepted (`updateLoginToken`).
    LoginTokenAccepted(AuthKeyId),
}
