//! Settings of chats and of messaging: self-destruct periods, content protection, the default reaction.

use store::Key;

use super::{
    dialogs, posts,
    receive::Delivered,
    rows::{Action, Body},
    send::{Outgoing, Sent, put},
};
use crate::{
    caller::Caller,
    deliveries::{Delivery, deliver},
    ids::{Peer, UserId},
    record,
    refusal::Refusal,
    service::Command,
    spaces::SETTING,
    turn::Turn,
    updates::{self, Change, LogEntry, Origin},
    view::{Decided, Rows, View, load_or_default},
};

/// The kind of this row among the account's settings.
const KIND: u8 = 3;

/// Seconds of the longest self-destruct period: a year.
pub const PERIOD_MAX: u32 = 366 * 24 * 3600;

record! {
    /// What a user set for all chats.
    pub struct MessageSettings { 1 => default_ttl: u32, 2 => default_reaction: String }
}

/// What a user set for all chats.
pub fn message_settings(view: &(impl Rows + ?Sized), user: UserId) -> Decided<MessageSettings> {
    load_or_default(view, &settings_key(user))
}

/// The reaction of a double tap.
pub fn default_reaction(view: &(impl View + ?Sized), user: UserId) -> Decided<String> {
    let set = message_settings(view, user)?.default_reaction;
    Ok(if set.is_empty() { "\u{2764}".to_owned() } else { set })
}

/// The self-destruct period of a chat in seconds; 0: none.
pub fn ttl_period(view: &(impl View + ?Sized), owner: UserId, peer: Peer) -> Decided<u32> {
    Ok(dialogs::dialog(view, owner, peer)?.ttl_period)
}

/// Sets the period for chats started later.
pub struct SetDefaultTtl {
    /// Who.
    pub by: Caller,
    /// Seconds; 0: none.
    pub period: u32,
}

impl Command for SetDefaultTtl {
    type Reply = ();

    fn decide(&self, turn: &mut Turn<'_>) -> Decided<()> {
        if self.period > PERIOD_MAX {
            return Err(Refusal::TtlPeriodInvalid.into());
        }
        let row = MessageSettings { default_ttl: self.period, ..message_settings(turn, self.by.user)? };
        turn.put(settings_key(self.by.user), &row);
        Ok(())
    }
}

/// Sets the self-destruct period of a chat, for both sides, with a message that says so.
pub struct SetHistoryTtl {
    /// Who.
    pub by: Caller,
    /// Which chat.
    pub peer: Peer,
    /// Seconds; 0: none.
    pub period: u32,
}

impl Command for SetHistoryTtl {
    /// Entries of the caller's log.
    type Reply = Vec<LogEntry>;

    fn decide(&self, turn: &mut Turn<'_>) -> Decided<Vec<LogEntry>> {
        let me = self.by.user;
        if self.period > PERIOD_MAX {
            return Err(Refusal::TtlPeriodInvalid.into());
        }
        if self.peer.channel().is_none() && dialogs::dialog(turn, me, self.peer)?.ttl_period == self.period {
            return Err(Refusal::ChatNotModified.into());
        }
        if let Some(channel) = self.peer.channel() {
            return posts::set_ttl(turn, &self.by, channel, self.period);
        }
        super::send::refuse_recipient(turn, me, self.peer)?;
        let set = set_period(turn, me, self.peer, self.period, Some(self.by.origin))?;
        let action = Action::TtlSet { period: self.period, by_default_of: None };
        let sent = put(turn, me, service(self.peer, action), Some(self.by.origin))?;
        Ok([set].into_iter().chain(sent.entry).collect())
    }
}

/// The period of a group that somebody makes: what was asked for, or its setting for new chats.
/// Source: core.telegram.org/method/messages.setDefaultHistoryTTL.
pub(crate) fn ttl_of_new(turn: &Turn<'_>, me: UserId, asked: u32) -> Decided<u32> {
    match asked {
        0 => Ok(message_settings(turn, me)?.default_ttl),
        1..=PERIOD_MAX => Ok(asked),
        _ => Err(Refusal::TtlPeriodInvalid.into()),
    }
}

/// Before somebody's first message in a chat: its setting for new chats, with a message that says so.
/// Source: core.telegram.org/constructor/messageActionSetMessagesTTL, `auto_setting_from`.
pub(super) fn apply_default_ttl(turn: &mut Turn<'_>, me: UserId, peer: Peer) -> Decided<()> {
    let period = message_settings(turn, me)?.default_ttl;
    if period == 0 {
        return Ok(());
    }
    set_period(turn, me, peer, period, None)?;
    let action = Action::TtlSet { period, by_default_of: Some(me) };
    put(turn, me, service(peer, action), None).map(drop)
}

/// Sets a chat's period on both sides.
fn set_period(turn: &mut Turn<'_>, me: UserId, peer: Peer, period: u32, skip: Option<Origin>) -> Decided<LogEntry> {
    dialogs::change(turn, me, peer, |it| it.ttl_period = period)?;
    if let Some(other) = peer.user().filter(|it| *it != me) {
        deliver(turn, me, other, Delivery::Messages { what: Delivered::TtlPeriod { period } })?;
    }
    updates::append(turn, me, Change::PeerHistoryTtl { peer, period }, 0, skip)
}

/// Tells the other side that a picture of the chat was taken.
pub struct Screenshot {
    /// Who.
    pub by: Caller,
    /// Of which chat.
    pub peer: Peer,
    /// The client's name for the message.
    pub random_id: i64,
}

impl Command for Screenshot {
    type Reply = Sent;

    fn decide(&self, turn: &mut Turn<'_>) -> Decided<Sent> {
        if let Some(message) = super::send::sent_before(turn, self.by.user, self.by.user, self.random_id)? {
            return Ok(Sent { message, entry: None });
        }
        self.peer.user().ok_or(Refusal::PeerIdInvalid)?;
        super::send::refuse_recipient(turn, self.by.user, self.peer)?;
        let message = Outgoing { random_id: self.random_id, ..service(self.peer, Action::Screenshot {}) };
        put(turn, self.by.user, message, Some(self.by.origin))
    }
}

/// A service message, as it goes to both sides.
pub(in crate::messages) fn service(peer: Peer, action: Action) -> Outgoing {
    Outgoing {
        peer,
        body: Body { action: Some(action), ..Body::default() },
        reply_to: None,
        forward: None,
        random_id: 0,
        silent: false,
        noforwards: false,
        from_scheduled: false,
        send_as: None,
        top: None,
        album: 0,
    }
}

pub(super) fn settings_key(user: UserId) -> Key {
    Key::of(SETTING, user.vshard().0).u64(user.0).u8(KIND).key()
}
