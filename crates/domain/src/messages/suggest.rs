//! Proposing a birthday to somebody: a service message in the chat.
//! Source: core.telegram.org/method/users.suggestBirthday.

use super::{
    rows::Action,
    send::{Sent, put, refuse_recipient},
    settings::service,
};
use crate::{
    caller::Caller,
    ids::{Peer, UserId},
    people::edit::Birthday,
    refusal::Refusal,
    service::Command,
    turn::Turn,
    view::{Decided, View},
};

/// Proposes a birthday.
pub struct SuggestBirthday {
    /// Who.
    pub by: Caller,
    /// To whom.
    pub to: UserId,
    /// The day.
    pub birthday: Birthday,
}

impl Command for SuggestBirthday {
    type Reply = Sent;

    fn decide(&self, turn: &mut Turn<'_>) -> Decided<Sent> {
        if self.to == self.by.user || self.to.is_server() {
            return Err(Refusal::UserIdInvalid.into());
        }
        self.birthday.refuse_impossible(turn.now())?;
        refuse_recipient(turn, self.by.user, Peer::User(self.to))?;
        let Birthday { day, month, year } = self.birthday;
        let action = Action::SuggestBirthday { day, month, year: year.unwrap_or(0) };
        put(turn, self.by.user, service(Peer::User(self.to), action), Some(self.by.origin))
    }
}
