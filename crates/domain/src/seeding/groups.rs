//! Groups and channels of a wanted size.

use super::caller;
use crate::{
    groups::{
        Standing,
        channel::{card, channel, counts, existing, joined, member, standing_of},
        create::CreateChannel,
        joining,
        members::{self, Coming},
    },
    ids::{ChannelId, LogId, Now, UserId},
    messages::Action,
    refusal::Refusal,
    service::Command,
    turn::Turn,
    updates,
    view::{Decided, View},
};

/// People who join in one command: each is a dozen rows.
pub const MEMBERS_MAX: usize = 200;

/// Finds a supergroup or channel of an owner by its title, or makes it.
#[derive(Clone, Debug)]
pub struct SeedChannel {
    /// Who owns it.
    pub owner: UserId,
    /// By which it is found again.
    pub title: String,
    /// What it says of itself.
    pub about: String,
    /// A channel; else a supergroup.
    pub broadcast: bool,
    /// When it was made.
    pub at: Now,
}

/// What is there already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SeededChannel {
    /// Which.
    pub id: ChannelId,
    /// Members now.
    pub members: u32,
    /// Messages so far.
    pub messages: u32,
}

impl Command for SeedChannel {
    type Reply = SeededChannel;

    fn decide(&self, turn: &mut Turn<'_>) -> Decided<SeededChannel> {
        let id = match self.found(turn)? {
            Some(id) => id,
            None => self.make(turn)?,
        };
        let messages = u32::try_from(updates::counters(turn, LogId::Channel(id))?.last_message_id).unwrap_or(0);
        Ok(SeededChannel { id, members: counts(turn, id)?.members, messages })
    }
}

impl SeedChannel {
    fn found(&self, turn: &Turn<'_>) -> Decided<Option<ChannelId>> {
        for id in joined(turn, self.owner)? {
            let Some(row) = channel(turn, id)?.filter(|it| it.creator == self.owner && !it.deleted) else { continue };
            if row.broadcast == self.broadcast && card(turn, id, &row)?.title == self.title {
                return Ok(Some(id));
            }
        }
        Ok(None)
    }

    fn make(&self, turn: &mut Turn<'_>) -> Decided<ChannelId> {
        turn.as_of(self.at);
        let command = CreateChannel {
            by: caller(self.owner),
            title: self.title.clone(),
            about: self.about.clone(),
            broadcast: self.broadcast,
            forum: false,
            ttl_period: 0,
        };
        Ok(command.decide(turn)?.0)
    }
}

/// Lets people join who are neither in nor banned. The group's log of what happened does not tell of it, as it tells
/// of nothing so long ago.
#[derive(Clone, Debug)]
pub struct SeedMembers {
    /// Where.
    pub channel: ChannelId,
    /// At most [`MEMBERS_MAX`].
    pub users: Vec<UserId>,
    /// When; before what the log of what happened keeps.
    pub at: Now,
}

impl Command for SeedMembers {
    /// How many came.
    type Reply = usize;

    fn decide(&self, turn: &mut Turn<'_>) -> Decided<usize> {
        if self.users.len() > MEMBERS_MAX {
            return Err(Refusal::UsersTooMuch.into());
        }
        let (id, mut came) = (self.channel, 0);
        turn.as_of(self.at);
        let row = existing(turn, id)?;
        for user in self.users.iter().copied() {
            let old = member(turn, id, user)?.unwrap_or_default();
            let standing = standing_of(&row, user, &old, turn.now().secs());
            if standing.is_in() || standing == Standing::Kicked {
                continue;
            }
            let by = caller(user);
            members::add(turn, &by, id, user, Coming { inviter: user, via_request: false })?;
            joining::came(turn, &by, id, Action::ChatAddUser { users: vec![user] })?;
            came += 1;
        }
        Ok(came)
    }
}
