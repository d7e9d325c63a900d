//! Restricting members, banning people from a channel, and lifting that again; bans that run out.
//! Source: core.telegram.org/method/channels.editBanned, core.telegram.org/constructor/chatBannedRights.

use store::Key;

use super::{
    AdminRights, BannedRights, MemberRow,
    admins::may_manage,
    channel::{self, member},
    guard::admin,
    joining,
    log::{self, AdminEvent},
    members,
};
use crate::{
    caller::Caller,
    ids::{ChannelId, UserId},
    messages::{Action, send::Sent},
    people,
    refusal::Refusal,
    service::Command,
    spaces::TIMER,
    turn::Turn,
    updates,
    view::{Decided, View},
};

/// Shorter and longer bans are for ever. Source: core.telegram.org/constructor/chatBannedRights, `until_date`.
const SECONDS: std::ops::RangeInclusive<u32> = 30..=366 * 24 * 3600;

/// The kind of timer that lifts a ban.
pub(crate) const LIFTING: u8 = 50;

/// Forbids somebody what it may not do from now on, or allows it again: with nothing forbidden.
#[derive(Clone, Debug)]
pub struct EditBanned {
    /// Who.
    pub by: Caller,
    /// Where.
    pub channel: ChannelId,
    /// Whom.
    pub user: UserId,
    /// With `VIEW_MESSAGES` it is banned from the channel.
    pub rights: BannedRights,
    /// Unix seconds; 0: for ever.
    pub until: u32,
}

impl Command for EditBanned {
    /// The service message that somebody was put out, where there is one.
    type Reply = Option<Sent>;

    fn decide(&self, turn: &mut Turn<'_>) -> Decided<Option<Sent>> {
        let (me, id, user) = (self.by.user, self.channel, self.user);
        let it = admin(turn, id, me, AdminRights::BAN_USERS)?;
        if people::user(turn, user)?.is_none() {
            return Err(Refusal::ParticipantIdInvalid.into());
        }
        let old = member(turn, id, user)?.unwrap_or_default();
        if user == me || it.row.creator == user || !may_manage(&it, me, &old) {
            return Err(Refusal::UserAdminInvalid.into());
        }
        let kicked = self.rights.has(BannedRights::VIEW_MESSAGES);
        if it.row.broadcast && !kicked && !self.rights.is_none() {
            return Err(Refusal::MegagroupRequired.into());
        }
        let new = self.banned(turn, &old, kicked);
        // Who only passes by hears it no longer, either.
        if kicked {
            updates::unfollow(turn, user, id);
        }
        members::put(turn, id, user, &old, &new)?;
        plan(turn, id, user, &new);
        log::note(turn, id, me, AdminEvent::Banned { user, before: old.clone(), after: new })?;
        members::tell(turn, &self.by, id, user)?;
        match kicked && old.joined > 0 {
            true => joining::came(turn, &self.by, id, Action::ChatDeleteUser { user }),
            false => Ok(None),
        }
    }
}

impl EditBanned {
    fn banned(&self, turn: &Turn<'_>, old: &MemberRow, kicked: bool) -> MemberRow {
        let now = turn.now().secs();
        let rights = if kicked { BannedRights::ALL } else { self.rights };
        let until = if SECONDS.contains(&self.until.saturating_sub(now)) { self.until } else { 0 };
        let base = match (kicked, rights.is_none()) {
            (true, _) => members::gone(old, false),
            // An admin that is restricted is none any more.
            (false, false) => MemberRow { admin: AdminRights::NONE, promoted_by: UserId::NOBODY, ..old.clone() },
            (false, true) => return lifted(old),
        };
        MemberRow { banned: rights, banned_until: until, banned_by: self.by.user, banned_at: now, ..base }
    }
}

/// Without a ban.
fn lifted(old: &MemberRow) -> MemberRow {
    MemberRow { banned: BannedRights::NONE, banned_until: 0, banned_by: UserId::NOBODY, banned_at: 0, ..old.clone() }
}

/// A ban that has an end leaves the lists by itself.
fn plan(turn: &mut Turn<'_>, id: ChannelId, user: UserId, row: &MemberRow) {
    if row.banned_until > 0 {
        turn.put_empty(Key::of(TIMER, 0).u32(row.banned_until).u8(LIFTING).u64(id.0).u64(user.0).key());
    }
}

/// A ban's end has come; one that was changed meanwhile has an end of its own.
pub(crate) fn run(turn: &mut Turn<'_>, key: &Key) -> Decided<()> {
    let part = |at: usize| key.suffix().get(at..).and_then(|it| it.first_chunk()).map(|it| u64::from_be_bytes(*it));
    let (Some(id), Some(user)) = (part(5).map(ChannelId), part(13).map(UserId)) else { return Ok(()) };
    let row = channel::channel(turn, id)?.filter(|it| !it.deleted);
    let (Some(_), Some(old)) = (row, member(turn, id, user)?) else { return Ok(()) };
    if old.banned_until == 0 || old.banned_until > turn.now().secs() {
        return Ok(());
    }
    members::put(turn, id, user, &old, &lifted(&old))?;
    members::tell_of_time(turn, id, user)
}
