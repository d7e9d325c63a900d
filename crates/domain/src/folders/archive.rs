//! The archive: the part of the list of chats that is out of sight. A chat that is not muted comes back with its next
//! message. A post in a channel writes nothing for its readers; so a channel keeps who has archived it and would
//! hear, by the moment from which they do, and each of them is written to once and is off that list.
//! Source: core.telegram.org/api/folders, "Archived chats".

use store::{Direction, Key, Range};

use super::rows;
use crate::{
    caller::Caller,
    deliveries::{Delivery, deliver},
    groups::access,
    ids::{ChannelId, Peer, UserId},
    messages::{
        Delivered, DialogRow, dialog,
        dialogs::{self, within},
    },
    people::{notify, settings::switches},
    refusal::Refusal,
    service::Command,
    spaces::ARCHIVED,
    turn::Turn,
    updates::{self, Change, LogEntry},
    view::{Decided, Rows, View},
};

/// The main list of chats.
pub const MAIN: u8 = 0;

/// The archive.
pub const ARCHIVE: u8 = 1;

/// Chats moved by one request.
pub const MOVED_MAX: usize = 100;

/// People whom one post brings a channel back for; the next post does for more.
const WOKEN_AT_ONCE: usize = 500;

/// Moves chats to the archive, or back.
pub struct MoveDialogs {
    /// Who.
    pub by: Caller,
    /// Which chat goes where.
    pub moves: Vec<(Peer, u8)>,
}

impl Command for MoveDialogs {
    /// Entries of the caller's log; none for chats that were there already.
    type Reply = Vec<LogEntry>;

    fn decide(&self, turn: &mut Turn<'_>) -> Decided<Vec<LogEntry>> {
        let me = self.by.user;
        if self.moves.len() > MOVED_MAX {
            return Err(Refusal::LimitInvalid.into());
        }
        let mut entries = Vec::new();
        for (peer, folder) in &self.moves {
            if ![MAIN, ARCHIVE].contains(folder) {
                return Err(Refusal::FolderIdInvalid.into());
            }
            if let Some(channel) = peer.channel() {
                access::inside(turn, channel, me)?;
            }
            if dialog(turn, me, *peer)?.folder != *folder {
                put(turn, me, *peer, *folder)?;
                let change = Change::FolderPeers { peer: *peer, folder: *folder };
                entries.push(updates::append(turn, me, change, 1, Some(self.by.origin))?);
            }
        }
        Ok(entries)
    }
}

/// A pin belongs to the part of the list where it was set.
fn put(turn: &mut Turn<'_>, user: UserId, peer: Peer, folder: u8) -> Decided<()> {
    dialogs::change(turn, user, peer, |it| (it.folder, it.pin) = (folder, 0))?;
    settle(turn, user, peer)
}

/// A message came to an archived chat: it comes back, unless it is muted or somebody wants it to stay.
pub(crate) fn wake(turn: &mut Turn<'_>, user: UserId, peer: Peer) -> Decided<()> {
    let archived = dialog(turn, user, peer)?.folder == ARCHIVE;
    if !archived || stays(turn, user, peer)? || notify::muted_until(turn, user, peer)? > turn.now().secs() {
        return settle(turn, user, peer);
    }
    put(turn, user, peer, MAIN)?;
    updates::append(turn, user, Change::FolderPeers { peer, folder: MAIN }, 1, None).map(drop)
}

/// Somebody posted in a channel: those who archived it and hear it have it back.
pub(crate) fn posted(turn: &mut Turn<'_>, channel: ChannelId, by: UserId) -> Decided<()> {
    let now = turn.now().secs();
    let range =
        Range { start: archived_prefix(channel).key(), end: archived_prefix(channel).u32(now).key().prefix_end() };
    for (key, _) in turn.scan(&range, Direction::Forward, WOKEN_AT_ONCE)? {
        let user = UserId(key.suffix().last_chunk().map_or(0, |it| u64::from_be_bytes(*it)));
        if user != by {
            turn.delete(key);
            let peer = Peer::Channel(channel);
            deliver(turn, by, user, Delivery::Group { peer, what: Delivered::Woken {} })?;
        }
    }
    Ok(())
}

/// Whether a chat stays in the archive whatever comes, because its owner wants that.
fn stays(view: &(impl Rows + ?Sized), user: UserId, peer: Peer) -> Decided<bool> {
    let switches = switches(view, user)?;
    if switches.keep_archived_unmuted || !switches.keep_archived_folders {
        return Ok(switches.keep_archived_unmuted);
    }
    Ok(rows(view, user)?.iter().any(|(_, row)| row.names(peer)))
}

/// Brings the channel's list of those who archived it to what holds for somebody now.
pub(crate) fn settle(turn: &mut Turn<'_>, user: UserId, peer: Peer) -> Decided<()> {
    let Some(channel) = peer.channel() else { return Ok(()) };
    let row = dialog(turn, user, peer)?;
    let wakes = match row.folder == ARCHIVE && !stays(turn, user, peer)? {
        true => Some(notify::muted_until(turn, user, peer)?),
        false => None,
    };
    forget(turn, user, peer, &row);
    if let Some(from) = wakes {
        turn.put_empty(archived_key(channel, from, user));
    }
    dialogs::change(turn, user, peer, |it| it.wakes = wakes).map(drop)
}

/// The same for all channels that somebody has archived.
pub(crate) fn settle_all(turn: &mut Turn<'_>, user: UserId) -> Decided<()> {
    for (peer, row) in dialogs::all(turn, user)? {
        if row.folder == ARCHIVE {
            settle(turn, user, peer)?;
        }
    }
    Ok(())
}

/// The same after folders have changed, where they decide what stays.
pub(crate) fn settle_kept(turn: &mut Turn<'_>, user: UserId) -> Decided<()> {
    if switches(turn, user)?.keep_archived_folders { settle_all(turn, user) } else { Ok(()) }
}

/// Takes somebody off a channel's list of those who archived it.
pub(crate) fn forget(turn: &mut Turn<'_>, user: UserId, peer: Peer, row: &DialogRow) {
    if let (Some(channel), Some(from)) = (peer.channel(), row.wakes) {
        turn.delete(archived_key(channel, from, user));
    }
}

/// The archive as one row of the list of chats.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Summary {
    /// The chat in it that was last written to.
    pub last: (Peer, DialogRow),
    /// Chats with something unread, muted ones.
    pub muted_chats: u32,
    /// The others.
    pub unmuted_chats: u32,
    /// What is unread in them.
    pub muted_messages: u32,
    /// And in the others.
    pub unmuted_messages: u32,
}

/// The same; `None` where nothing is in it.
pub fn summary(view: &(impl View + ?Sized), user: UserId) -> Decided<Option<Summary>> {
    let all = within(view, user, ARCHIVE)?;
    let Some(last) = all.iter().max_by_key(|(_, row)| (row.date, row.top)).cloned() else { return Ok(None) };
    let mut summary = Summary { last, ..Summary::default() };
    for (peer, row) in all.iter().filter(|(_, row)| row.unread > 0 || row.unread_mark) {
        let muted = notify::muted_until(view, user, *peer)? > view.now().secs();
        let (chats, messages) = match muted {
            true => (&mut summary.muted_chats, &mut summary.muted_messages),
            false => (&mut summary.unmuted_chats, &mut summary.unmuted_messages),
        };
        *chats += 1;
        *messages = messages.saturating_add(row.unread);
    }
    Ok(Some(summary))
}

fn archived_prefix(channel: ChannelId) -> store::KeyBuilder {
    Key::of(ARCHIVED, channel.vshard().0).u64(channel.0)
}

fn archived_key(channel: ChannelId, from: u32, user: UserId) -> Key {
    archived_prefix(channel).u32(from).u64(user.0).key()
}
