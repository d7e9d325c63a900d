//! Who may read a channel's log and who may write into it: the one place where that is decided.
//! Source: core.telegram.org/api/rights, core.telegram.org/api/discussion.

use super::{
    AdminRights, BannedRights, ChannelRow, MemberRow, Standing,
    channel::{existing, first_shown, known, member, member_key, standing_of},
    discussion,
};
use crate::{
    ids::{ChannelId, LogId, MessageId, Peer, UserId},
    refusal::Refusal,
    turn::Turn,
    view::{Decided, View},
};

/// How somebody was let in.
#[derive(Clone, Debug, PartialEq)]
pub struct Access {
    /// Where.
    pub channel: ChannelId,
    /// Its record.
    pub row: ChannelRow,
    /// What is kept of who was let in.
    pub member: MemberRow,
    /// How they stand in it now.
    pub standing: Standing,
    /// Messages below this one are not theirs to read.
    pub visible_from: MessageId,
}

impl Access {
    /// The log that they read.
    pub fn log(&self) -> LogId {
        self.channel.into()
    }

    /// The chat of its messages.
    pub fn peer(&self) -> Peer {
        Peer::Channel(self.channel)
    }

    /// Whether a message is theirs to read.
    pub fn shows(&self, id: MessageId) -> bool {
        id >= self.visible_from
    }

    /// Refuses who lacks a right.
    pub fn demand(&self, right: AdminRights) -> Decided<()> {
        if self.standing.may(right) { Ok(()) } else { Err(Refusal::ChatAdminRequired.into()) }
    }

    /// Refuses who may not pin: in a broadcast channel editors do, in a group members, unless that is banned.
    /// Source: TDLib 1.8.66, `can_pin_messages`.
    pub fn refuse_pinning(&self) -> Decided<()> {
        let right = if self.row.broadcast { AdminRights::EDIT_MESSAGES } else { AdminRights::PIN_MESSAGES };
        let plain = match self.standing {
            Standing::Creator(_) | Standing::Admin(_) | Standing::Out | Standing::Kicked => false,
            Standing::Member | Standing::Restricted(..) => {
                self.standing.is_in() && !self.row.broadcast && !self.banned().any(BannedRights::PIN_MESSAGES)
            }
        };
        if plain { Ok(()) } else { self.demand(right) }
    }

    /// What they may not do here.
    pub fn banned(&self) -> BannedRights {
        self.standing.banned(self.row.default_banned)
    }
}

/// Lets somebody read a channel: who is in it, everybody where it has a public name, and who reads the channel behind
/// whose comments it is; unless banned.
pub fn reader(view: &(impl View + ?Sized), channel: ChannelId, me: UserId) -> Decided<Access> {
    let access = of(view, channel, me)?;
    let may_look = access.standing.is_in() || access.row.public || discussion::opens(view, channel, &access.row, me)?;
    if access.standing == Standing::Kicked || !may_look { Err(Refusal::ChannelPrivate.into()) } else { Ok(access) }
}

/// How somebody stands in a channel that is there; lets nobody in.
pub(crate) fn of(view: &(impl View + ?Sized), channel: ChannelId, me: UserId) -> Decided<Access> {
    // A command reads the record alone: the card stays sealed.
    let row = match view.warm() {
        Some(_) => known(view, channel)?.existing()?.clone(),
        None => existing(view, channel)?,
    };
    let member = member(view, channel, me)?.unwrap_or_default();
    let standing = standing_of(&row, me, &member, view.now().secs());
    // Who looks in from outside sees what the public sees: all of it.
    let visible_from = if standing.is_in() { first_shown(&row, &member) } else { MessageId(1) };
    Ok(Access { channel, row, member, standing, visible_from })
}

/// Lets a member read a channel. Who passes by a public one is not told that it is private: clients would forget it.
pub fn inside(view: &(impl View + ?Sized), channel: ChannelId, me: UserId) -> Decided<Access> {
    let access = reader(view, channel, me)?;
    if access.standing.is_in() { Ok(access) } else { Err(Refusal::UserNotParticipant.into()) }
}

/// Lets in an admin who has this right.
pub fn admin(view: &(impl View + ?Sized), channel: ChannelId, me: UserId, right: AdminRights) -> Decided<Access> {
    let access = reader(view, channel, me)?;
    access.demand(right)?;
    Ok(access)
}

/// Lets somebody be a voice in a group: its members, and guests where they may comment.
pub(crate) fn speaker(view: &(impl View + ?Sized), channel: ChannelId, me: UserId) -> Decided<Access> {
    let access = reader(view, channel, me)?;
    if !access.standing.is_in() && (access.row.broadcast || refuse_guest(&access).is_err()) {
        return Err(Refusal::ChannelPrivate.into());
    }
    Ok(access)
}

/// Lets somebody write: `needed` is the right that must not be banned beside `SEND_MESSAGES`.
pub fn writer(view: &(impl View + ?Sized), channel: ChannelId, me: UserId, needed: BannedRights) -> Decided<Access> {
    let access = reader(view, channel, me)?;
    allowed(&access, needed)?;
    let wait = wait(&access, view.now().secs());
    if wait > 0 { Err(Refusal::SlowmodeWait(wait).into()) } else { Ok(access) }
}

/// The same without slow mode: what is edited does not wait.
pub fn allowed(access: &Access, needed: BannedRights) -> Decided<()> {
    match access.standing {
        Standing::Creator(_) => return Ok(()),
        Standing::Admin(_) if !access.row.broadcast => return Ok(()),
        Standing::Admin(_) if access.standing.may(AdminRights::POST_MESSAGES) => return Ok(()),
        Standing::Admin(_) | Standing::Member | Standing::Restricted(..) | Standing::Out | Standing::Kicked => {}
    }
    if access.row.broadcast {
        return Err(Refusal::ChatAdminRequired.into());
    }
    if access.row.gigagroup {
        return Err(Refusal::ChatWriteForbidden.into());
    }
    if !access.standing.is_in() {
        refuse_guest(access)?;
    }
    refuse_banned(access, needed)
}

/// From outside only the group behind a channel's comments is written to, where it lets guests.
pub(crate) fn refuse_guest(access: &Access) -> Decided<()> {
    match (access.row.linked, access.row.join_to_send) {
        (None, _) => Err(Refusal::ChatWriteForbidden.into()),
        (Some(_), true) => Err(Refusal::ChatGuestSendForbidden.into()),
        (Some(_), false) => Ok(()),
    }
}

/// A member's own ban is told apart from what nobody may do.
fn refuse_banned(access: &Access, needed: BannedRights) -> Decided<()> {
    let own = match access.standing {
        Standing::Restricted(rights, _) => rights,
        Standing::Creator(_) | Standing::Admin(_) | Standing::Member | Standing::Out | Standing::Kicked => {
            BannedRights::NONE
        }
    };
    if own.has(BannedRights::SEND_MESSAGES) {
        return Err(Refusal::UserBannedInChannel.into());
    }
    if access.row.default_banned.has(BannedRights::SEND_MESSAGES) {
        return Err(Refusal::ChatWriteForbidden.into());
    }
    if access.banned().any(needed) { Err(forbidden(needed).into()) } else { Ok(()) }
}

/// The name of what is missing.
pub(crate) fn forbidden(needed: BannedRights) -> Refusal {
    match needed {
        BannedRights::SEND_PHOTOS => Refusal::ChatSendPhotosForbidden,
        BannedRights::SEND_VIDEOS => Refusal::ChatSendVideosForbidden,
        BannedRights::SEND_ROUNDVIDEOS => Refusal::ChatSendRoundvideosForbidden,
        BannedRights::SEND_AUDIOS => Refusal::ChatSendAudiosForbidden,
        BannedRights::SEND_VOICES => Refusal::ChatSendVoicesForbidden,
        BannedRights::SEND_DOCS => Refusal::ChatSendDocsForbidden,
        BannedRights::SEND_STICKERS => Refusal::ChatSendStickersForbidden,
        BannedRights::SEND_GIFS => Refusal::ChatSendGifsForbidden,
        BannedRights::SEND_PLAIN => Refusal::ChatSendPlainForbidden,
        BannedRights::SEND_POLLS => Refusal::ChatSendPollForbidden,
        BannedRights::SEND_MEDIA => Refusal::ChatSendMediaForbidden,
        _ => Refusal::ChatRestricted,
    }
}

/// Seconds that somebody has to wait in a slow group.
pub fn wait(access: &Access, now: u32) -> u32 {
    match access.standing {
        Standing::Creator(_) | Standing::Admin(_) => 0,
        Standing::Member | Standing::Restricted(..) | Standing::Out | Standing::Kicked => {
            let free = access.member.wrote_at.saturating_add(access.row.slow_mode);
            if access.row.slow_mode == 0 || access.member.wrote_at == 0 { 0 } else { free.saturating_sub(now) }
        }
    }
}

/// Notes when somebody wrote, where that decides when they may again.
pub fn wrote(turn: &mut Turn<'_>, access: &Access, me: UserId) {
    let exempt = matches!(access.standing, Standing::Creator(_) | Standing::Admin(_));
    if access.row.slow_mode > 0 && !exempt {
        let row = MemberRow { wrote_at: turn.now().secs(), ..access.member.clone() };
        turn.put(member_key(access.channel, me), &row);
    }
}
