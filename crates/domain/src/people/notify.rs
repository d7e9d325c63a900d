//! Notification settings: per peer, and the defaults of each class of chats.

use store::{Direction, Key, Range};

use crate::{
    caller::Caller,
    folders::archive,
    groups,
    groups::stats::mutes,
    ids::{ChannelId, MessageId, Peer, UserId},
    record,
    record::Record,
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
    /// One topic of a forum; what is not set for it is the forum's.
    Topic(ChannelId, MessageId),
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

/// Until when a chat makes no sound, by its own settings or those of its class; unix seconds, 0: it does.
pub fn muted_until(view: &(impl Rows + ?Sized), user: UserId, peer: Peer) -> Decided<u32> {
    match notify(view, user, Target::Peer(peer))?.mute_until {
        Some(until) => Ok(until),
        None => Ok(notify(view, user, class_of(view, peer)?)?.mute_until.unwrap_or(0)),
    }
}

/// The class of a chat, whose settings hold where it has none of its own.
pub fn class_of(view: &(impl Rows + ?Sized), peer: Peer) -> Decided<Target> {
    Ok(match peer {
        Peer::User(_) => Target::Users,
        Peer::Chat(_) => Target::Chats,
        Peer::Channel(id) => match groups::channel(view, id)?.is_some_and(|it| it.broadcast) {
            true => Target::Broadcasts,
            false => Target::Chats,
        },
    })
}

/// Which settings make a chat an exception.
#[derive(Clone, Copy, Debug, Default)]
pub struct Compared {
    /// Of chats of this class alone.
    pub class: Option<Target>,
    /// Also another sound.
    pub sound: bool,
    /// Also what is set for stories.
    pub stories: bool,
}

/// Chats whose settings are others than those of their class.
/// Source: core.telegram.org/method/account.getNotifyExceptions.
pub fn exceptions(view: &(impl View + ?Sized), user: UserId, by: Compared) -> Decided<Vec<(Peer, NotifyRow)>> {
    let range = Range::prefix(Key::of(NOTIFY, user.vshard().0).u64(user.0).u8(0).key());
    let mut all = Vec::new();
    for (key, row) in list::<NotifyRow>(view, &range, Direction::Forward, EXCEPTIONS_MAX)? {
        let Some(peer) = peer_of(&key) else { continue };
        let class = class_of(view, peer)?;
        if by.class.is_none_or(|it| it == class) && differs(view.now().secs(), &row, &notify(view, user, class)?, by) {
            all.push((peer, row));
        }
    }
    Ok(all)
}

/// Whether a chat's own settings make something else of it than those of its class do.
fn differs(now: u32, own: &NotifyRow, class: &NotifyRow, by: Compared) -> bool {
    let muted = |row: &NotifyRow| row.mute_until.map(|until| until > now);
    let sets = |own: Option<bool>, class: Option<bool>, default| own.is_some_and(|it| it != class.unwrap_or(default));
    let heard = sets(muted(own), muted(class), false)
        || sets(own.show_previews, class.show_previews, true)
        || sets(own.silent, class.silent, false);
    let sound = by.sound && !own.sound.is_empty() && own.sound != class.sound;
    let stories = sets(own.stories_muted, class.stories_muted, false)
        || sets(own.stories_hide_sender, class.stories_hide_sender, false)
        || !own.stories_sound.is_empty() && own.stories_sound != class.stories_sound;
    heard || sound || by.stories && stories
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
        if let Target::Topic(channel, topic) = self.target {
            refuse_topic(turn, self.by.user, channel, topic)?;
        }
        let key = notify_key(self.by.user, self.target);
        let old = notify(turn, self.by.user, self.target)?;
        mutes::changed(turn, self.by.user, self.target, &old, &self.settings)?;
        if self.settings == NotifyRow::default() {
            turn.delete(key)
        } else {
            turn.put(key, &self.settings)
        }
        match self.target {
            Target::Peer(peer) => archive::settle(turn, self.by.user, peer)?,
            Target::Users | Target::Chats | Target::Broadcasts => archive::settle_all(turn, self.by.user)?,
            Target::Topic(..) => {}
        }
        updates::append(turn, self.by.user, changed(self.target), 0, Some(self.by.origin)).map(drop)
    }
}

/// Forgets how a chat notifies that is gone.
pub(crate) fn forget(turn: &mut Turn<'_>, user: UserId, peer: Peer) {
    turn.delete(notify_key(user, Target::Peer(peer)));
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
        for (key, row) in list::<NotifyRow>(turn, &range, Direction::Forward, EXCEPTIONS_MAX + 3)? {
            if let Some(target) = target_of(&key) {
                mutes::changed(turn, user, target, &row, &NotifyRow::default())?;
                updates::append(turn, user, changed(target), 0, Some(self.by.origin))?;
            }
            turn.delete(key);
        }
        archive::settle_all(turn, user)
    }
}

/// The settings of a deleted account go: a channel counts it no longer among those who muted it.
pub(crate) fn erase(turn: &mut Turn<'_>, user: UserId, key: &Key, row: &[u8]) -> Decided<()> {
    let Some(target) = target_of(key) else { return Ok(()) };
    mutes::changed(turn, user, target, &NotifyRow::decode(row)?, &NotifyRow::default())
}

/// Refuses a topic that is not there for somebody.
pub fn refuse_topic(view: &(impl View + ?Sized), me: UserId, channel: ChannelId, topic: MessageId) -> Decided<()> {
    let access = groups::topics::forum(view, channel, me)?;
    groups::topics::existing(view, &access, topic).map(drop)
}

/// A target as a log entry names it.
fn changed(target: Target) -> Change {
    let (class, peer, topic) = described(target);
    Change::NotifySettings { class, peer, topic }
}

fn described(target: Target) -> (u8, Option<Peer>, MessageId) {
    match target {
        Target::Peer(peer) => (0, Some(peer), MessageId(0)),
        Target::Users => (1, None, MessageId(0)),
        Target::Chats => (2, None, MessageId(0)),
        Target::Broadcasts => (3, None, MessageId(0)),
        Target::Topic(channel, topic) => (4, Some(Peer::Channel(channel)), topic),
    }
}

/// The target that a log entry names.
pub fn target(class: u8, peer: Option<Peer>, topic: MessageId) -> Option<Target> {
    match (class, peer) {
        (0, Some(peer)) => Some(Target::Peer(peer)),
        (1, _) => Some(Target::Users),
        (2, _) => Some(Target::Chats),
        (3, _) => Some(Target::Broadcasts),
        (4, Some(Peer::Channel(channel))) => Some(Target::Topic(channel, topic)),
        _ => None,
    }
}

fn notify_key(user: UserId, target: Target) -> Key {
    let (class, peer, topic) = described(target);
    let builder = Key::of(NOTIFY, user.vshard().0).u64(user.0).u8(class);
    match peer.map(Peer::key_parts) {
        Some((kind, id)) if topic.0 > 0 => builder.u8(kind).u64(id).u32(topic.0.unsigned_abs()).key(),
        Some((kind, id)) => builder.u8(kind).u64(id).key(),
        None => builder.key(),
    }
}

fn target_of(key: &Key) -> Option<Target> {
    let topic = key.suffix().get(18..).and_then(|it| it.first_chunk()).map_or(0, |it| i32::from_be_bytes(*it));
    target(*key.suffix().get(8)?, peer_of(key), MessageId(topic))
}

fn peer_of(key: &Key) -> Option<Peer> {
    let suffix = key.suffix();
    let id = u64::from_be_bytes(*suffix.get(10..)?.first_chunk()?);
    Peer::from_key_parts(*suffix.get(9)?, id)
}
