//! Bringing people into a channel. Source: core.telegram.org/method/channels.inviteToChannel.

use super::{
    AdminRights, BannedRights, Standing,
    channel::{member, standing_of},
    guard::{Before, allowed},
    joining,
    log::{self, AdminEvent},
    members::{self, Coming},
};
use crate::{
    caller::Caller,
    ids::{ChannelId, UserId},
    messages::{Action, send::Sent},
    people::{self, blocks, contacts, privacy},
    refusal::Refusal,
    service::Command,
    turn::Turn,
    view::{Decided, View},
};

/// People brought in at once: each is a dozen rows.
pub const INVITED_MAX: usize = 200;

/// Brings people in.
#[derive(Clone, Debug)]
pub struct InviteToChannel {
    /// Who.
    pub by: Caller,
    /// Where.
    pub channel: ChannelId,
    /// Whom.
    pub users: Vec<UserId>,
}

/// What came of it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Invited {
    /// The service message, where there is one.
    pub sent: Option<Sent>,
    /// Whose privacy keeps them out: they may be sent a link.
    pub missing: Vec<UserId>,
}

impl Command for InviteToChannel {
    type Reply = Invited;

    fn decide(&self, turn: &mut Turn<'_>) -> Decided<Invited> {
        if self.users.is_empty() {
            return Err(Refusal::InputUsersEmpty.into());
        }
        if self.users.len() > INVITED_MAX {
            return Err(Refusal::UsersTooMuch.into());
        }
        let (me, id) = (self.by.user, self.channel);
        let it = allowed(turn, id, me, (AdminRights::INVITE_USERS, BannedRights::INVITE_USERS))?;
        let mut users = self.users.clone();
        users.sort_unstable();
        users.dedup();
        let (mut added, mut missing) = (Vec::new(), Vec::new());
        for user in users {
            match self.may_come(turn, &it, user)? {
                Way::Open => {
                    members::add(turn, &self.by, id, user, Coming { inviter: me, via_request: false })?;
                    added.push(user);
                }
                Way::Closed => missing.push(user),
                Way::Inside => {}
            }
        }
        if added.is_empty() {
            return Ok(Invited { sent: None, missing });
        }
        let mut events = Vec::new();
        for user in added.iter().copied() {
            events.push(AdminEvent::Invited { user, member: member(turn, id, user)?.unwrap_or_default() });
        }
        log::note_all(turn, id, me, events)?;
        let sent = joining::came(turn, &self.by, id, Action::ChatAddUser { users: added })?;
        Ok(Invited { sent, missing })
    }
}

/// Whether somebody can be brought in.
enum Way {
    Open,
    Closed,
    Inside,
}

impl InviteToChannel {
    fn may_come(&self, turn: &Turn<'_>, it: &Before, user: UserId) -> Decided<Way> {
        let me = self.by.user;
        let old = member(turn, it.id, user)?.unwrap_or_default();
        match standing_of(&it.row, user, &old, turn.now().secs()) {
            Standing::Kicked => return Err(Refusal::UserKicked.into()),
            standing if standing.is_in() => return Ok(Way::Inside),
            _ => {}
        }
        if people::user(turn, user)?.filter(|it| !it.service).ok_or(Refusal::UserIdInvalid)?.deleted {
            return Err(Refusal::InputUserDeactivated.into());
        }
        if blocks::is_blocked(turn, me, user)? {
            return Err(Refusal::UserBlocked.into());
        }
        if user == me {
            return Ok(Way::Open);
        }
        let closed = !is_open(turn, me, user)?
            // Who left is brought back only by people whom it has as contacts.
            || old.left && !contacts::is_contact(turn, user, me)?;
        match (closed, old.left && self.users.len() == 1) {
            (true, true) => Err(Refusal::UserNotMutualContact.into()),
            (true, false) => Ok(Way::Closed),
            (false, _) => Ok(Way::Open),
        }
    }
}

/// Whether somebody lets this person bring it into groups.
pub fn is_open(view: &(impl View + ?Sized), me: UserId, user: UserId) -> Decided<bool> {
    Ok(!blocks::is_blocked(view, user, me)? && privacy::allows(view, user, privacy::Key::ChatInvite, me)?)
}
