//! Public names of channels: who holds one is found, read and joined by anybody.
//! Source: core.telegram.org/method/channels.updateUsername.

use super::{
    GroupCard, Standing,
    channel::{self, ChannelRow, joined, put_channel_with},
    guard::owner,
    log::{self, AdminEvent},
    settings::tell_all,
};
use crate::{
    caller::Caller,
    ids::{ChannelId, Peer, UserId},
    people::{
        NameKind, Username,
        names::{claim_for, holder_of, release},
        usernames,
    },
    refusal::Refusal,
    service::Command,
    turn::Turn,
    updates::Origin,
    view::{Decided, View},
};

/// Public channels and groups that one account owns. Source: `channels_public_limit_default`.
pub const PUBLIC_MAX: usize = 10;

/// The public channels that somebody owns.
pub fn owned(view: &(impl View + ?Sized), me: UserId) -> Decided<Vec<ChannelId>> {
    let mut all = Vec::new();
    for id in joined(view, me)? {
        if channel::channel(view, id)?.is_some_and(|it| it.public && it.creator == me && !it.deleted) {
            all.push(id);
        }
    }
    Ok(all)
}

/// What somebody looks for among them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// To give up the name of one.
    Names,
    /// To show one in its profile.
    Profile,
}

/// The public channels of somebody that are of use for this.
pub fn owned_for(view: &(impl View + ?Sized), me: UserId, purpose: Purpose) -> Decided<Vec<ChannelId>> {
    let mut all = owned(view, me)?;
    if purpose == Purpose::Profile {
        let mut shown = Vec::with_capacity(all.len());
        for id in all {
            shown.extend(channel::channel(view, id)?.filter(|it| it.broadcast).map(|_| id));
        }
        all = shown;
    }
    Ok(all)
}

/// Refuses who owns as many as one may.
pub fn refuse_more(view: &(impl View + ?Sized), me: UserId, but: Option<ChannelId>) -> Decided<()> {
    let others = owned(view, me)?.into_iter().filter(|it| Some(*it) != but).count();
    if others >= PUBLIC_MAX { Err(Refusal::ChannelsAdminPublicTooMuch.into()) } else { Ok(()) }
}

/// Whether a channel may take a name now; without a channel, for one that is yet to be made.
pub fn check(view: &(impl View + ?Sized), me: UserId, id: Option<ChannelId>, name: &str) -> Decided<bool> {
    if let Some(id) = id {
        owner(view, id, me)?;
    }
    refuse_more(view, me, id)?;
    is_free(view, id, name)
}

fn is_free(view: &(impl View + ?Sized), id: Option<ChannelId>, name: &str) -> Decided<bool> {
    if !usernames::is_valid(name) {
        return Err(Refusal::UsernameInvalid.into());
    }
    if usernames::is_reserved(view.world(), name) {
        return Ok(false);
    }
    match (holder_of(view, NameKind::Username, name)?, id) {
        (None, _) => Ok(true),
        (Some(Peer::Channel(holder)), Some(id)) if holder == id => {
            let row = channel::existing(view, id)?;
            Ok(!usernames::is_extra(&channel::card(view, id, &row)?.usernames, name))
        }
        (Some(_), _) => Ok(false),
    }
}

/// What is done with a channel's names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Naming {
    /// Takes a main name, or leaves it where it is empty.
    Main(String),
    /// Switches one of the extra names on or off.
    Toggle(String, bool),
    /// Puts active names in this order.
    Order(Vec<String>),
    /// Switches all extra names off.
    Quiet,
}

/// Changes a channel's names; for its owner.
#[derive(Clone, Debug)]
pub struct NameChannel {
    /// Who.
    pub by: Caller,
    /// Which.
    pub channel: ChannelId,
    /// How.
    pub naming: Naming,
}

impl Command for NameChannel {
    type Reply = ();

    fn decide(&self, turn: &mut Turn<'_>) -> Decided<()> {
        let id = self.channel;
        let row = owner(turn, id, self.by.user)?.row;
        let mut card = channel::card(turn, id, &row)?;
        let all = |names: &[Username]| names.iter().map(|it| it.name.clone()).collect::<Vec<_>>();
        let before = all(&card.usernames);
        let names = &mut card.usernames;
        match &self.naming {
            Naming::Main(name) => self.main(turn, names, name)?,
            Naming::Toggle(name, active) => {
                usernames::toggle(names, name, *active)?;
                if *active && !row.public {
                    refuse_more(turn, self.by.user, Some(id))?;
                }
            }
            Naming::Order(order) => usernames::reorder(names, order)?,
            Naming::Quiet => names.iter_mut().filter(|it| !it.editable).for_each(|it| it.active = false),
        }
        let after = all(&card.usernames);
        let first = |names: &[String]| names.first().cloned().unwrap_or_default();
        let event = match &self.naming {
            Naming::Main(name) => AdminEvent::Username { before: first(&before), after: name.clone() },
            Naming::Toggle(..) | Naming::Order(_) | Naming::Quiet => AdminEvent::Usernames { before, after },
        };
        log::note(turn, id, self.by.user, event)?;
        put(turn, id, row, &card, Some(self.by.origin))
    }
}

/// Writes a channel whose names changed and tells of it, but not the session that did it.
pub(crate) fn put(
    turn: &mut Turn<'_>,
    id: ChannelId,
    mut row: ChannelRow,
    card: &GroupCard,
    skip: Option<Origin>,
) -> Decided<()> {
    put_channel_with(turn, id, &mut row, card)?;
    settle(&mut row);
    channel::put_channel(turn, id, &row);
    tell_all(turn, id, skip)
}

impl NameChannel {
    fn main(&self, turn: &mut Turn<'_>, names: &mut Vec<Username>, name: &str) -> Decided<()> {
        let id = self.channel;
        let old = names.iter().position(|it| it.editable).map(|at| names.remove(at).name).unwrap_or_default();
        if old == name {
            return Err(Refusal::UsernameNotModified.into());
        }
        if !name.is_empty() {
            refuse_more(turn, self.by.user, Some(id))?;
            if !is_free(turn, Some(id), name)? {
                return Err(Refusal::UsernameOccupied.into());
            }
            claim_for(turn, NameKind::Username, name, Peer::Channel(id));
            names.insert(0, Username { name: name.into(), active: true, editable: true, ..Username::default() });
        }
        if !old.is_empty() && !old.eq_ignore_ascii_case(name) {
            release(turn, NameKind::Username, &old);
        }
        Ok(())
    }
}

/// What goes with being public or private: all of a public group can be read, and only there strangers ask to join.
fn settle(row: &mut ChannelRow) {
    match row.public {
        true => row.history_hidden = false,
        false => row.join_request &= row.linked.is_some(),
    }
}

/// Who holds a name that resolves.
pub fn resolve(view: &(impl View + ?Sized), me: UserId, name: &str) -> Decided<Peer> {
    let Some(Peer::Channel(id)) = holder_of(view, NameKind::Username, name)? else {
        return usernames::resolve(view, name).map(Peer::User);
    };
    let row = channel::channel(view, id)?.filter(|it| !it.deleted).ok_or(Refusal::UsernameNotOccupied)?;
    let card = channel::card(view, id, &row)?;
    let active = card.usernames.iter().any(|it| it.active && it.name.eq_ignore_ascii_case(name));
    let kicked = channel::standing(view, id, &row, me)? == Standing::Kicked;
    match () {
        () if !active => Err(Refusal::UsernameNotOccupied.into()),
        () if kicked => Err(Refusal::ChannelPrivate.into()),
        () => Ok(Peer::Channel(id)),
    }
}

#[cfg(test)]
mod tests;
