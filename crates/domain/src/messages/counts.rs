//! How often posts of broadcast channels are seen and passed on. A post has one pair of counters, at its channel;
//! every copy of it, wherever it was forwarded, shows and moves that pair.
//!
//! A view is counted in memory, by the process that serves the viewer (`tally`), which hands what came together
//! to the channel's owner every few seconds (`flush`). There it is a union of viewers, so that several processes
//! may hand in the same ones, twice or late. A forward is counted by a delivery of the command that forwards.
//! Who is online hears of either at most once in a few seconds a post (`telling`).
//! Source: core.telegram.org/method/messages.getMessagesViews, core.telegram.org/api/channel.

pub mod flush;
pub mod forwards;
pub mod look;
pub mod series;
mod tally;
mod telling;
#[cfg(test)]
mod tests;
pub mod viewers;

pub use tally::Tally;
pub(super) use telling::{TELLING, run};

use store::{Key, KeyBuilder, Subspace};

use crate::{
    ids::{ChannelId, LogId, MessageId, Peer, UserId},
    messages::rows::{ForwardRow, MailboxRow},
    record,
    spaces::POST_COUNTS,
    turn::Turn,
    view::{Decided, Rows, load_or_default},
    world::World,
};

/// A post of a broadcast channel.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Post {
    /// Where it was first posted.
    pub channel: ChannelId,
    /// Its number there.
    pub message: MessageId,
}

record! {
    /// The counters of a post.
    pub struct CountsRow {
        /// People, the author among them; 0: only the author.
        1 => views: u32,
        2 => forwards: u32,
        /// What who is online was last told.
        3 => told_views: u32,
        4 => told_forwards: u32,
        /// And when, unix seconds.
        5 => told_at: u32,
        /// A timer will tell the next.
        6 => waits: bool,
    }
}

/// What a post's readers see of its counters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// People who saw it, its author among them.
    pub views: u32,
    /// How often it was forwarded.
    pub forwards: u32,
}

/// How somebody came to see a post.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// In the channel, as a subscriber.
    Followers,
    /// In the channel, from outside.
    Passers,
    /// As a copy in another channel or a group.
    Groups,
    /// As a copy in a private chat or Saved Messages.
    Private,
}

impl Post {
    /// The post whose counters a message shows, if any: that which it is a copy of, or itself.
    pub fn of(log: LogId, id: MessageId, row: &MailboxRow) -> Option<Self> {
        let own = match log {
            LogId::Channel(channel) if row.post => Some(Self { channel, message: id }),
            LogId::Channel(_) | LogId::Mailbox(_) => None,
        };
        row.forward.as_ref().and_then(Self::origin).or(own)
    }

    /// The post that a forward is a copy of.
    pub fn origin(forward: &ForwardRow) -> Option<Self> {
        let channel = forward.channel.and_then(Peer::channel)?;
        (forward.post.0 > 0).then_some(Self { channel, message: forward.post })
    }

    /// The key of a row of it.
    pub(crate) fn rows(self, kind: Subspace) -> KeyBuilder {
        Key::of(kind, self.channel.vshard().0).u64(self.channel.0).u32(self.message.0.unsigned_abs())
    }

    /// What stands for a viewer in memory and rows: nobody learns from it who saw what.
    fn viewer(self, world: &World, user: UserId) -> u32 {
        world.viewer_hash(self.channel, self.message, user)
    }
}

/// The counters of a post.
pub fn counts(view: &(impl Rows + ?Sized), post: Post) -> Decided<Counts> {
    let row = row(view, post)?;
    Ok(Counts { views: row.views.max(1), forwards: row.forwards })
}

fn row(view: &(impl Rows + ?Sized), post: Post) -> Decided<CountsRow> {
    load_or_default(view, &post.rows(POST_COUNTS).key())
}

fn put(turn: &mut Turn<'_>, post: Post, row: &CountsRow) {
    turn.put(post.rows(POST_COUNTS).key(), row);
}

/// Forgets the counters of a post that is being deleted.
pub(super) fn forget(turn: &mut Turn<'_>, log: LogId, message: MessageId, row: &MailboxRow) -> Decided<()> {
    let LogId::Channel(channel) = log else { return Ok(()) };
    if !row.post {
        return Ok(());
    }
    let post = Post { channel, message };
    turn.delete(post.rows(POST_COUNTS).key());
    series::forget(turn, post);
    viewers::forget(turn, post)?;
    forwards::forget(turn, post)
}
