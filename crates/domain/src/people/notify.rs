//! Notification settings: per peer, and the defaults of each class of chats.

use store::{Direction, Key, Range};

use crate::{
    caller::Caller,
    ids::{Peer, UserId},
    record,
    service::Command,
    spaces::NOTIFY,
    turn::Turn,
    updates::{self, Change},
    view::{Decided, Rows, View, list, load_or_default},
};

/// Exceptions listed at once.
pub const EXCEPTIONS_MAX: usize = 1000;

/// What settings apply to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    /// One chat.
    Peer(Peer),
    /// Private chats without settings of their own.
    Users,
    /// Groups likewise.
    Chats,
    /// Channels likewise.
    Broadcasts,
}

record! {
    /// Settings; what is not set is the class's, then the client's default.
    pub struct NotifyRow {
        1 => show_previews: Option<bool>,
        2 => silent: Option<bool>,
        /// Unix seconds.
        3 => mute_until: Option<u32>,
        /// A serialized `NotificationSound` as the client sent it; the domain never reads it.
        4 => sound: bytes::Bytes,
        5 => stories_muted: Option<bool>,
        6 => stories_hide_sender: Option<bool>,
        7 => stories_sound: bytes::Bytes,
    }
}

/// The settings of a target.
pub fn notify(view: &(impl Rows + ?Sized), user: UserId, target: Target) -> Decided<NotifyRow> {
    load_or_default(view, &notify_key(user, target))
}

/// Chats that have settings of their own.
pub fn exceptions(view: &(impl View + ?Sized), user: UserId) -> Decided<Vec<(Peer, NotifyRow)>> {
    let range = Range::prefix(Key::of(NOTIFY, user.vshard().0).u64(user.0).u8(0).key());
    let rows = list::<NotifyRow>(view, &range, Direction::Forward, EXCEPTIONS_MAX)?;
    Ok(rows.into_iter().filter_map(|(key, row)| Some((peer_of(&key)?, row))).collect())
}

/// Stores the settings of a target.
pub struct UpdateNotify {
    /// Who.
    pub by: Caller,
    /// For what.
    pub target: Target,
    /// All of them.
    pub settings: NotifyRow,
}

impl Command for UpdateNotify {
    type Reply = ();

    fn decide(&self, turn: &mut Turn<'_>) -> Decided<()> {
        let key = notify_key(self.by.user, self.target);
        if self.settings == NotifyRow::default() {
            turn.delete(key)
        } else {
            turn.put(key, &self.settings)
        }
        let (class, peer) = described(self.target);
        updates::append(turn, self.by.user, Change::NotifySettings { class, peer }, 0, Some(self.by.origin))?;
        Ok(())
    }
}

/// Returns everything to the defaults.
pub struct ResetNotify {
    /// Who.
    pub by: Caller,
}

impl Command for ResetNotify {
    type Reply = ();

    fn decide(&self, turn: &mut Turn<'_>) -> Decided<()> {
        let user = self.by.user;
        let range = Range::prefix(Key::of(NOTIFY, user.vshard().0).u64(user.0).key());
        for (key, _) in turn.scan(&range, Direction::Forward, EXCEPTIONS_MAX + 3)? {
            if let Some(target) = target_of(&key) {
                let (class, peer) = described(target);
                updates::append(turn, user, Change::NotifySettings { class, peer }, 0, Some(self.by.origin))?;
            }
            turn.delete(key);
        }
        Ok(())
    }
}

/// A target as a log entry names it.
pub fn described(target: Target) -> (u8, Option<Peer>) {
    match target {
        Target::Peer(peer) => (0, Some(peer)),
        Target::Users => (1, None),
        Target::Chats => (2, None),
        Target::Broadcasts => (3, None),
    }
}

/// The target that a log entry names.
pub fn target(class: u8, peer: Option<Peer>) -> Option<Target> {
    match (class, peer) {
        (0, Some(peer)) => Some(Target::Peer(peer)),
        (1, _) => Some(Target::Users),
        (2, _) => Some(Target::Chats),
        (3, _) => Some(Target::Broadcasts),
        _ => None,
    }
}

fn notify_key(user: UserId, target: Target) -> Key {
    let (class, peer) = described(target);
    let builder = Key::of(NOTIFY, user.vshard().0).u64(user.0).u8(class);
    match peer.map(Peer::key_parts) {
        Some((kind, id)) => builder.u8(kind).u64(id).key(),
        None => builder.key(),
    }
}

fn target_of(key: &Key) -> Option<Target> {
    target(*key.suffix().get(8)?, peer_of(key))
}

fn peer_of(key: &Key) -> Option<Peer> {
    let suffix = key.suffix();
    let id = u64::from_be_bytes(*suffix.get(10..)?.first_chunk()?);
    Peer::from_key_parts(*suffix.get(9)?, id)
}
