//! Handing a group over to another owner, under the password of the old one.
//! Source: core.telegram.org/method/messages.editChatCreator, core.telegram.org/api/srp.

use super::{basic::succession, ownership};
use crate::{
    accounts::{devices, password},
    caller::Caller,
    ids::{LogId, Peer, UserId},
    refusal::Refusal,
    service::Command,
    turn::Turn,
    updates::{Change, LogEntry},
    view::{Decided, View},
};

/// How much older than a login a password must be: a week, where logins must be a day old.
const PASSWORD_AGES: u32 = 7;

/// Refuses whose password is missing, or whose password or login is so young that it may be a thief's. Clients
/// ask this first, without a password.
pub fn refuse_early(view: &(impl View + ?Sized), by: &Caller) -> Decided<()> {
    if !password::is_set(view, by.user)? {
        return Err(Refusal::PasswordMissing.into());
    }
    let needed = view.world().settings.fresh_session_seconds;
    let of_password = needed.saturating_mul(PASSWORD_AGES);
    let age = view.now().secs().saturating_sub(password::changed(view, by.user)?);
    if age < of_password {
        return Err(Refusal::PasswordTooFresh(of_password - age).into());
    }
    let age = devices::age(view, by)?;
    if age < needed { Err(Refusal::SessionTooFresh(needed - age).into()) } else { Ok(()) }
}

/// Makes a member the owner.
pub struct EditCreator {
    /// Who; the owner.
    pub by: Caller,
    /// Of which group.
    pub peer: Peer,
    /// Whom.
    pub to: UserId,
    /// The password that was proved; this version of it.
    pub proved: u32,
}

impl Command for EditCreator {
    /// Entries of the caller's log, and of the channel's.
    type Reply = Vec<(LogId, LogEntry)>;

    fn decide(&self, turn: &mut Turn<'_>) -> Decided<Vec<(LogId, LogEntry)>> {
        refuse_early(turn, &self.by)?;
        if password::facts(turn, self.by.user)?.version != self.proved {
            return Err(Refusal::SrpPasswordChanged.into());
        }
        match self.peer {
            Peer::Chat(id) => {
                let entries = succession::hand_over(turn, &self.by, id, self.to)?;
                Ok(entries.into_iter().map(|it| (self.by.user.into(), it)).collect())
            }
            Peer::Channel(id) => {
                let sent = ownership::hand_over(turn, &self.by, id, self.to)?;
                let own = LogEntry { change: Change::Channel { channel: id }, ..LogEntry::default() };
                let message = sent.entry.map(|it| (id.into(), it));
                Ok([(self.by.user.into(), own)].into_iter().chain(message).collect())
            }
            Peer::User(_) => Err(Refusal::PeerIdInvalid.into()),
        }
    }
}
