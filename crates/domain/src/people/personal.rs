//! The channel in somebody's profile: a public broadcast channel of its own, shown with its last post.
//! Source: core.telegram.org/api/profile, "Personal channel".

use crate::{
    caller::Caller,
    groups::{access, channel::channel, guard},
    ids::{ChannelId, MessageId, UserId},
    messages::posts::list,
    people::{UserCard, audience, blocks, edit::change_card},
    refusal::Refusal,
    service::Command,
    turn::Turn,
    updates::Change,
    view::{Decided, Stop, View},
};

/// Shows a channel in one's profile, or none.
pub struct UpdatePersonalChannel {
    /// Who.
    pub by: Caller,
    /// `None`: none.
    pub channel: Option<ChannelId>,
}

impl Command for UpdatePersonalChannel {
    type Reply = ();

    fn decide(&self, turn: &mut Turn<'_>) -> Decided<()> {
        if let Some(id) = self.channel {
            let row = guard::owner(turn, id, self.by.user)?.row;
            if !row.broadcast || !row.public {
                return Err(Refusal::ChannelInvalid.into());
            }
        }
        let mut before = None;
        change_card(turn, &self.by, |card| {
            before = std::mem::replace(&mut card.channel, self.channel);
            Ok(())
        })?;
        match before == self.channel {
            true => Ok(()),
            false => audience::tell(turn, &self.by, Change::User { user: self.by.user }),
        }
    }
}

/// The channel in a profile and its last post, where the viewer may read it: while it is public and its owner's.
pub fn shown(
    view: &(impl View + ?Sized),
    viewer: UserId,
    user: UserId,
    card: &UserCard,
) -> Decided<Option<(ChannelId, MessageId)>> {
    let Some(id) = card.channel else { return Ok(None) };
    if !channel(view, id)?.is_some_and(|it| it.broadcast && it.public && it.creator == user) {
        return Ok(None);
    }
    match access::reader(view, id, viewer) {
        Ok(access) => Ok(Some((id, list::newest(view, &access)?.unwrap_or_default()))),
        Err(Stop::Refuse(Refusal::ChannelPrivate | Refusal::ChannelInvalid)) => Ok(None),
        Err(other) => Err(other),
    }
}

/// The channel in the profile of somebody, for who wants to read it.
pub fn of(view: &(impl View + ?Sized), viewer: UserId, user: UserId) -> Decided<Option<ChannelId>> {
    let row = super::user(view, user)?.filter(|it| !it.deleted).ok_or(Refusal::UserIdInvalid)?;
    if blocks::is_blocked(view, user, viewer)? {
        return Ok(None);
    }
    let card = super::card(view, user, &row)?;
    Ok(shown(view, viewer, user, &card)?.map(|(id, _)| id))
}
