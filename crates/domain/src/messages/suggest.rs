//! Proposing a birthday or a photo to somebody: a service message in the chat, which carries the photo.
//! Source: core.telegram.org/method/users.suggestBirthday, core.telegram.org/method/photos.uploadContactProfilePhoto.

use super::{
    rows::Action,
    send::{Sent, put, refuse_recipient},
    settings::service,
};
use crate::{
    caller::Caller,
    files::Photo,
    ids::{Peer, UserId},
    people::{edit::Birthday, is_contact},
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
        refuse_self(&self.by, self.to)?;
        self.birthday.refuse_impossible(turn.now())?;
        refuse_recipient(turn, self.by.user, Peer::User(self.to))?;
        let Birthday { day, month, year } = self.birthday;
        let action = Action::SuggestBirthday { day, month, year: year.unwrap_or(0) };
        put(turn, self.by.user, service(Peer::User(self.to), action), Some(self.by.origin))
    }
}

/// Proposes a photo to a contact.
#[derive(Clone, Debug)]
pub struct SuggestPhoto {
    /// Who.
    pub by: Caller,
    /// To whom.
    pub to: UserId,
    /// Which.
    pub photo: Photo,
}

impl Command for SuggestPhoto {
    type Reply = Sent;

    fn decide(&self, turn: &mut Turn<'_>) -> Decided<Sent> {
        refuse_self(&self.by, self.to)?;
        if !is_contact(turn, self.by.user, self.to)? {
            return Err(Refusal::ContactMissing.into());
        }
        refuse_recipient(turn, self.by.user, Peer::User(self.to))?;
        let action = Action::SuggestProfilePhoto { photo: self.photo.clone() };
        // The answer carries no updates, so the caller's session is told as all others are.
        put(turn, self.by.user, service(Peer::User(self.to), action), None)
    }
}

fn refuse_self(by: &Caller, to: UserId) -> Decided<()> {
    if to == by.user || to.is_server() { Err(Refusal::UserIdInvalid.into()) } else { Ok(()) }
}
