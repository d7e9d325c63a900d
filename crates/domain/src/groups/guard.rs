//! What a command on a channel begins with: the channel's record and how the caller stands in it, read in the
//! command's own turn.

use super::{
    AdminRights, BannedRights, ChannelRow, MemberRow, Standing,
    channel::{existing, member, standing_of},
    discussion,
};
use crate::{
    ids::{ChannelId, UserId},
    refusal::Refusal,
    view::{Decided, View},
};

/// A channel and somebody in front of it.
#[derive(Clone, Debug)]
pub struct Before {
    /// Which.
    pub id: ChannelId,
    /// Its record.
    pub row: ChannelRow,
    /// What the channel keeps of the person.
    pub member: MemberRow,
    /// How it stands there now.
    pub standing: Standing,
}

/// Reads both. Who is banned from it, or is out of one that is private, learns no more than that.
pub fn before(view: &(impl View + ?Sized), id: ChannelId, user: UserId) -> Decided<Before> {
    let row = existing(view, id)?;
    let member = member(view, id, user)?.unwrap_or_default();
    let standing = standing_of(&row, user, &member, view.now().secs());
    let may_look = standing.is_in() || row.public || discussion::opens(view, id, &row, user)?;
    let may_look = may_look && standing != Standing::Kicked;
    if may_look { Ok(Before { id, row, member, standing }) } else { Err(Refusal::ChannelPrivate.into()) }
}

/// The same of a member.
pub fn inside(view: &(impl View + ?Sized), id: ChannelId, user: UserId) -> Decided<Before> {
    let it = before(view, id, user)?;
    if it.standing.is_in() { Ok(it) } else { Err(Refusal::UserNotParticipant.into()) }
}

/// The same of an admin with this right.
pub fn admin(view: &(impl View + ?Sized), id: ChannelId, user: UserId, right: AdminRights) -> Decided<Before> {
    let it = before(view, id, user)?;
    if it.standing.may(right) { Ok(it) } else { Err(Refusal::ChatAdminRequired.into()) }
}

/// The same of the owner.
pub fn owner(view: &(impl View + ?Sized), id: ChannelId, user: UserId) -> Decided<Before> {
    let it = before(view, id, user)?;
    if matches!(it.standing, Standing::Creator(_)) { Ok(it) } else { Err(Refusal::ChatAdminRequired.into()) }
}

/// The same of somebody who may do this as an admin, or as a member whom nothing forbids it.
pub fn allowed(
    view: &(impl View + ?Sized),
    id: ChannelId,
    user: UserId,
    (right, banned): (AdminRights, BannedRights),
) -> Decided<Before> {
    let it = before(view, id, user)?;
    let by_default = it.standing.is_in() && it.standing.admin().is_none() && !it.member_banned().any(banned);
    if it.standing.may(right) || by_default { Ok(it) } else { Err(Refusal::ChatAdminRequired.into()) }
}

impl Before {
    /// What the person may not do. Members of a public group leave its looks and pins to admins; in a channel
    /// they only read. Source: TDLib, `DialogManager` on permissions of public groups.
    pub fn member_banned(&self) -> BannedRights {
        let public = BannedRights::CHANGE_INFO.with(BannedRights::PIN_MESSAGES);
        match self.standing {
            Standing::Creator(_) | Standing::Admin(_) => BannedRights::NONE,
            Standing::Member | Standing::Restricted(..) | Standing::Out | Standing::Kicked => {
                let default = self.row.default_banned;
                let extra = if self.row.public { public } else { BannedRights::NONE };
                let all = self.row.broadcast || self.row.gigagroup;
                if all { BannedRights::ALL } else { self.standing.banned(default).with(extra) }
            }
        }
    }
}
