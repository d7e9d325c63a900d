//! Who manages a channel: appointing admins, changing what they may do, dismissing them, titles of members.
//! Source: core.telegram.org/api/rights, core.telegram.org/method/channels.editAdmin.

use super::{
    AdminRights, BannedRights, ChannelRow, MemberRow, Standing,
    channel::{self, member, standing_of},
    guard::{Before, before, inside},
    invites::export::ensure_main,
    log::{self, AdminEvent},
    members::{self, Coming},
    ranks,
};
use crate::{
    caller::Caller,
    ids::{ChannelId, Peer, UserId},
    people,
    refusal::Refusal,
    service::Command,
    turn::Turn,
    view::{Decided, View},
};

/// Admins of a channel, its owner among them. Source: telegram.org/faq, "50 admins".
pub const ADMINS_MAX: u32 = 50;

impl AdminRights {
    /// What means nothing in a supergroup.
    pub const OF_BROADCASTS: Self = Self::POST_MESSAGES.with(Self::EDIT_MESSAGES).with(Self::MANAGE_DIRECT_MESSAGES);
    /// What means nothing in a channel.
    pub const OF_GROUPS: Self = Self::PIN_MESSAGES.with(Self::ANONYMOUS).with(Self::MANAGE_TOPICS);

    /// Those that mean something in this channel.
    pub fn within(self, row: &ChannelRow) -> Self {
        self.without(if row.broadcast { Self::OF_GROUPS } else { Self::OF_BROADCASTS })
    }
}

/// Appoints an admin, changes what it may do, or dismisses it: without any right.
#[derive(Clone, Debug)]
pub struct EditAdmin {
    /// Who.
    pub by: Caller,
    /// Where.
    pub channel: ChannelId,
    /// Whom.
    pub user: UserId,
    /// What it may do from now on.
    pub rights: AdminRights,
    /// Its title; `None` leaves it.
    pub rank: Option<String>,
}

impl Command for EditAdmin {
    type Reply = ();

    fn decide(&self, turn: &mut Turn<'_>) -> Decided<()> {
        let (me, id, user) = (self.by.user, self.channel, self.user);
        let it = before(turn, id, me)?;
        let rank = self.rank.as_deref().map(ranks::clean).transpose()?;
        if people::user(turn, user)?.is_none_or(|it| it.deleted || it.service) {
            return Err(Refusal::UserIdInvalid.into());
        }
        let target = member(turn, id, user)?.unwrap_or_default();
        let rights = self.granted(&it, &target)?;
        let target = if rights.is_none() { target } else { self.bring(turn, &it, target)? };
        let appointed = target.admin.is_none() && !rights.is_none();
        if appointed && channel::counts(turn, id)?.admins >= ADMINS_MAX {
            return Err(Refusal::AdminsTooMuch.into());
        }
        let mut new = MemberRow { admin: rights, ..target.clone() };
        if appointed {
            (new.promoted_by, new.banned, new.banned_until) = (me, BannedRights::NONE, 0);
        }
        if rights.is_none() {
            new.promoted_by = UserId::NOBODY;
        }
        match rank {
            Some(rank) => ranks::set(turn, id, user, &mut new, &rank)?,
            None if rights.is_none() && !target.admin.is_none() => ranks::set(turn, id, user, &mut new, "")?,
            None => {}
        }
        members::put(turn, id, user, &target, &new)?;
        if new.admin.has(AdminRights::INVITE_USERS) {
            ensure_main(turn, Peer::Channel(id), user)?;
        }
        log::note(turn, id, me, AdminEvent::Admin { user, before: target, after: new })?;
        members::tell(turn, &self.by, id, user)
    }
}

impl EditAdmin {
    /// The rights that it comes to, if the caller may grant them to this person.
    fn granted(&self, it: &Before, target: &MemberRow) -> Decided<AdminRights> {
        let (me, user) = (self.by.user, self.user);
        let rights = self.rights.within(&it.row);
        if it.row.creator == user && target.joined > 0 {
            // Only the owner decides about itself, and of its rights only whether it is seen.
            let own = AdminRights::CREATOR.with(AdminRights(rights.0 & AdminRights::ANONYMOUS.0));
            return if user == me { Ok(own.within(&it.row)) } else { Err(Refusal::UserCreator.into()) };
        }
        let resigns = user == me && rights.is_none() && it.standing.is_in();
        if !resigns && !it.standing.may(AdminRights::ADD_ADMINS) {
            return Err(Refusal::ChatAdminRequired.into());
        }
        if !resigns && !may_manage(it, me, target) {
            return Err(Refusal::ChatAdminRequired.into());
        }
        // That it is an admin at all is no right that one would need oneself, and comes with any other.
        let owner = matches!(it.standing, Standing::Creator(_));
        let has = owner || it.standing.admin().has(rights.without(AdminRights::OTHER));
        let granted = if rights.is_none() { rights } else { rights.with(AdminRights::OTHER) };
        if has { Ok(granted) } else { Err(Refusal::RightForbidden.into()) }
    }

    /// Lets the new admin in, if it is not.
    fn bring(&self, turn: &mut Turn<'_>, it: &Before, target: MemberRow) -> Decided<MemberRow> {
        let (me, id, user) = (self.by.user, self.channel, self.user);
        let standing = standing_of(&it.row, user, &target, turn.now().secs());
        if standing.is_in() {
            return Ok(target);
        }
        if standing == Standing::Kicked {
            if !it.standing.may(AdminRights::BAN_USERS) {
                return Err(Refusal::UserKicked.into());
            }
            let free = MemberRow { banned: BannedRights::NONE, banned_until: 0, ..target.clone() };
            members::put(turn, id, user, &target, &free)?;
        }
        if !it.standing.may(AdminRights::INVITE_USERS) {
            return Err(Refusal::ChatAdminInviteRequired.into());
        }
        if !super::invite::is_open(turn, me, user)? {
            return Err(Refusal::UserPrivacyRestricted.into());
        }
        members::add(turn, &self.by, id, user, Coming { inviter: me, via_request: false })?;
        Ok(member(turn, id, user)?.unwrap_or_default())
    }
}

/// Whether somebody may take from this person what it has: the owner from all, an admin from whom it appointed.
pub fn may_manage(it: &Before, me: UserId, target: &MemberRow) -> bool {
    let owner = matches!(it.standing, Standing::Creator(_));
    owner || target.admin.is_none() || target.promoted_by == me
}

/// Gives a member a title, or takes it.
#[derive(Clone, Debug)]
pub struct EditRank {
    /// Who.
    pub by: Caller,
    /// Where.
    pub channel: ChannelId,
    /// Whose.
    pub user: UserId,
    /// Empty: none.
    pub rank: String,
}

impl Command for EditRank {
    type Reply = ();

    fn decide(&self, turn: &mut Turn<'_>) -> Decided<()> {
        let (me, id, user) = (self.by.user, self.channel, self.user);
        let it = inside(turn, id, me)?;
        let rank = ranks::clean(&self.rank)?;
        let target = member(turn, id, user)?.filter(|it| it.joined > 0).ok_or(Refusal::UserNotParticipant)?;
        let owner = it.row.creator == user;
        let may = match user == me {
            true => it.standing.is_in() && !it.member_banned().any(BannedRights::EDIT_RANK),
            false => it.standing.may(AdminRights::MANAGE_RANKS) && !owner && may_manage(&it, me, &target),
        };
        if !may {
            return Err(Refusal::ChatAdminRequired.into());
        }
        let before = ranks::of(turn, id, user, &target)?;
        if before == rank {
            return Err(Refusal::ChatNotModified.into());
        }
        let mut new = target.clone();
        ranks::set(turn, id, user, &mut new, &rank)?;
        members::put(turn, id, user, &target, &new)?;
        log::note(turn, id, me, AdminEvent::Rank { user, before, after: rank })?;
        members::tell(turn, &self.by, id, user)
    }
}
