//! Block lists: whom a user doesn't want to hear from, and from whom it hides its stories.

use store::{Direction, Key, Range};

use crate::{
    caller::Caller,
    ids::{Peer, UserId},
    people::user,
    record,
    refusal::Refusal,
    service::Command,
    spaces::BLOCK,
    turn::Turn,
    updates::{self, Change, LogEntry},
    view::{Decided, Rows, View, list},
};

/// Peers on one list.
pub const BLOCKED_MAX: usize = 1000;

/// Which list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum List {
    /// Messages and calls.
    Main = 0,
    /// Stories only.
    Stories = 1,
}

record! {
    /// One blocked peer.
    pub struct BlockRow { 1 => since: u32 }
}

/// Whether `owner` blocked `other`.
pub fn is_blocked(view: &(impl Rows + ?Sized), owner: UserId, other: UserId) -> Decided<bool> {
    is_on(view, owner, List::Main, Peer::User(other))
}

/// Whether a peer is on a list.
pub fn is_on(view: &(impl Rows + ?Sized), owner: UserId, list: List, peer: Peer) -> Decided<bool> {
    Ok(view.get(&block_key(owner, list, peer))?.is_some())
}

/// A list, newest first, as (peer, since).
pub fn blocked(view: &(impl Rows + ?Sized), owner: UserId, which: List) -> Decided<Vec<(Peer, u32)>> {
    let range = Range::prefix(prefix(owner, which));
    let rows = list::<BlockRow>(view, &range, Direction::Forward, BLOCKED_MAX)?;
    let mut all: Vec<_> = rows.into_iter().filter_map(|(key, row)| Some((peer_of(&key)?, row.since))).collect();
    all.sort_by_key(|(_, since)| std::cmp::Reverse(*since));
    Ok(all)
}

/// Puts a peer on a list, or takes it off.
pub struct Block {
    /// Who.
    pub by: Caller,
    /// Whom.
    pub peer: Peer,
    /// On which list.
    pub list: List,
    /// On or off.
    pub blocked: bool,
}

impl Command for Block {
    /// Whether anything changed.
    type Reply = bool;

    fn decide(&self, turn: &mut Turn<'_>) -> Decided<bool> {
        let other = self.peer.user().ok_or(Refusal::PeerIdInvalid)?;
        if other == self.by.user || user(turn, other)?.is_none() {
            return Err(Refusal::ContactIdInvalid.into());
        }
        Ok(set(turn, &self.by, self.list, self.peer, self.blocked)?.is_some())
    }
}

/// Replaces a whole list.
pub struct SetBlocked {
    /// Who.
    pub by: Caller,
    /// The list.
    pub list: List,
    /// Who shall be on it.
    pub peers: Vec<Peer>,
}

impl Command for SetBlocked {
    type Reply = ();

    fn decide(&self, turn: &mut Turn<'_>) -> Decided<()> {
        if self.peers.len() > BLOCKED_MAX {
            return Err(Refusal::LimitInvalid.into());
        }
        for (peer, _) in blocked(turn, self.by.user, self.list)? {
            if !self.peers.contains(&peer) {
                set(turn, &self.by, self.list, peer, false)?;
            }
        }
        for &peer in &self.peers {
            set(turn, &self.by, self.list, peer, true)?;
        }
        Ok(())
    }
}

/// Puts a peer on a list or takes it off; the entry of the caller's log, if that changed anything.
pub(crate) fn set(
    turn: &mut Turn<'_>,
    by: &Caller,
    list: List,
    peer: Peer,
    blocked: bool,
) -> Decided<Option<LogEntry>> {
    if is_on(turn, by.user, list, peer)? == blocked {
        return Ok(None);
    }
    let key = block_key(by.user, list, peer);
    if blocked {
        if self::blocked(turn, by.user, list)?.len() >= BLOCKED_MAX {
            return Err(Refusal::LimitInvalid.into());
        }
        let since = turn.now().secs();
        turn.put(key, &BlockRow { since, ..BlockRow::default() });
    } else {
        turn.delete(key);
    }
    let stories = list == List::Stories;
    updates::append(turn, by.user, Change::PeerBlocked { peer, blocked, stories }, 0, Some(by.origin)).map(Some)
}

fn prefix(owner: UserId, list: List) -> Key {
    Key::of(BLOCK, owner.vshard().0).u64(owner.0).u8(list as u8).key()
}

fn block_key(owner: UserId, list: List, peer: Peer) -> Key {
    let (kind, id) = peer.key_parts();
    Key::of(BLOCK, owner.vshard().0).u64(owner.0).u8(list as u8).u8(kind).u64(id).key()
}

fn peer_of(key: &Key) -> Option<Peer> {
    let suffix = key.suffix();
    let id = suffix.last_chunk().map(|it| u64::from_be_bytes(*it))?;
    Peer::from_key_parts(*suffix.get(9)?, id)
}
