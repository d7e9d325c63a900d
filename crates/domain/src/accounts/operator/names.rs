//! Further public names, which only the operator gives and takes back. A name comes switched off, and its holder
//! switches it on: so nothing becomes public, and nobody is found by a name, whose owner does not want it. Names that
//! people may not take themselves can be given so.
//! Source: core.telegram.org/api/usernames; what is sold there is given here.

use crate::{
    groups::{channel, usernames::put},
    ids::{Peer, UserId},
    people::{
        NameKind, Username, audience, card, digits, holder,
        names::{claim_for, holder_of, release},
        put_user, user,
        usernames::{HELD_MAX, is_valid},
    },
    refusal::Refusal,
    service::Command,
    turn::Turn,
    updates::{self, Change},
    view::{Decided, View},
};

/// Gives a name to somebody.
pub struct GrantName {
    /// The name.
    pub name: String,
    /// To whom: `@name` of a person, group or channel, or a person's number.
    pub to: String,
}

impl Command for GrantName {
    /// Who holds it now.
    type Reply = Peer;

    fn decide(&self, turn: &mut Turn<'_>) -> Decided<Peer> {
        if !is_valid(&self.name) {
            return Err(Refusal::UsernameInvalid.into());
        }
        let to = named(turn, &self.to)?;
        if holder_of(turn, NameKind::Username, &self.name)?.is_some() {
            return Err(Refusal::UsernameOccupied.into());
        }
        change(turn, to, |names| {
            if names.len() >= HELD_MAX {
                return Err(Refusal::UsernamesActiveTooMuch.into());
            }
            names.push(Username { name: self.name.clone(), ..Username::default() });
            Ok(())
        })?;
        claim_for(turn, NameKind::Username, &self.name, to);
        Ok(to)
    }
}

/// Takes a given name back: from then on it is free.
pub struct WithdrawName {
    /// The name.
    pub name: String,
}

impl Command for WithdrawName {
    /// Who held it.
    type Reply = Peer;

    fn decide(&self, turn: &mut Turn<'_>) -> Decided<Peer> {
        let from = holder_of(turn, NameKind::Username, &self.name)?.ok_or(Refusal::UsernameNotOccupied)?;
        change(turn, from, |names| {
            let at = names.iter().position(|it| !it.editable && it.name.eq_ignore_ascii_case(&self.name));
            // What its holder chose is its own.
            names.remove(at.ok_or(Refusal::UsernameNotModified)?);
            Ok(())
        })?;
        release(turn, NameKind::Username, &self.name);
        Ok(from)
    }
}

/// Whom an operator means. A name does not have to be switched on.
fn named(view: &(impl View + ?Sized), to: &str) -> Decided<Peer> {
    match to.strip_prefix('@') {
        Some(name) => Ok(holder_of(view, NameKind::Username, name)?.ok_or(Refusal::UsernameNotOccupied)?),
        None => {
            let phone = digits(to).ok_or(Refusal::PhoneNumberInvalid)?;
            Ok(Peer::User(holder(view, NameKind::Phone, &phone)?.ok_or(Refusal::PhoneNumberUnoccupied)?))
        }
    }
}

fn change(turn: &mut Turn<'_>, who: Peer, how: impl FnOnce(&mut Vec<Username>) -> Decided<()>) -> Decided<()> {
    match who {
        Peer::User(id) => change_person(turn, id, how),
        Peer::Channel(id) => {
            let row = channel::existing(turn, id)?;
            let mut card = channel::card(turn, id, &row)?;
            how(&mut card.usernames)?;
            // Its log of what admins did has nothing of it: no admin did it.
            put(turn, id, row, &card, None)
        }
        Peer::Chat(_) => Err(Refusal::PeerIdInvalid.into()),
    }
}

fn change_person(turn: &mut Turn<'_>, id: UserId, how: impl FnOnce(&mut Vec<Username>) -> Decided<()>) -> Decided<()> {
    let row = user(turn, id)?.filter(|it| !it.deleted).ok_or(Refusal::UserInvalid)?;
    let mut card = card(turn, id, &row)?;
    how(&mut card.usernames)?;
    put_user(turn, id, row, &card)?;
    crate::groups::names::renamed(turn, id)?;
    audience::tell_others(turn, id, Change::UserName { user: id })?;
    updates::append(turn, id, Change::UserName { user: id }, 0, None).map(drop)
}

#[cfg(test)]
mod tests;
