//! What a channel is called and how it works: title, description, what members may do, switches. All members are
//! told by one entry of the channel's log. Source: core.telegram.org/api/channel, core.telegram.org/api/rights.

use super::{
    AdminRights, BannedRights, GroupCard,
    card::{clean_about, clean_title},
    channel::{self, ChannelRow, put_channel, put_channel_with},
    guard::{Before, admin, allowed, owner},
    log::{self, AdminEvent},
    service,
};
use crate::{
    caller::Caller,
    ids::{ChannelId, Peer, StickerSetId},
    messages::{Action, send::Sent},
    refusal::Refusal,
    service::Command,
    stickers::{self, SetKind, Wanted},
    turn::Turn,
    updates::{self, Change, Origin},
    view::{Decided, View},
};

/// Seconds that members may have to wait between messages. Source: TDLib, `setChatSlowModeDelay`.
const SLOW: [u32; 8] = [0, 5, 10, 30, 60, 300, 900, 3600];

/// Members from which on a supergroup may become one in which only admins write: those near the limit of 200,000.
pub const GIGAGROUP_MIN: u32 = 199_000;

/// Members from which on a supergroup may offer a set of stickers.
/// Source: core.telegram.org/method/channels.setStickers, PARTICIPANTS_TOO_FEW.
pub const STICKERS_MEMBERS_MIN: u32 = 100;

/// One thing about a channel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Setting {
    /// What it is called.
    Title(String),
    /// What it says of itself.
    About(String),
    /// What members may not do.
    DefaultBanned(BannedRights),
    /// Who joins does not see what was said before.
    HistoryHidden(bool),
    /// Seconds between messages of one member.
    SlowMode(u32),
    /// Only members write in a group behind a channel's comments.
    JoinToSend(bool),
    /// Admins let people in.
    JoinRequest(bool),
    /// Only admins see the list of members.
    ParticipantsHidden(bool),
    /// What is said may not be taken elsewhere.
    NoForwards(bool),
    /// Only admins write from now on.
    Gigagroup,
    /// Members are offered a set of stickers, or of custom emoji; none: neither.
    Stickers(SetKind, Option<Wanted>),
    /// Posts of a broadcast channel name their author, and lead to its profile.
    Signatures {
        /// By name.
        names: bool,
        /// By name and profile; nothing without the name.
        profiles: bool,
    },
}

/// Changes one thing about a channel.
#[derive(Clone, Debug)]
pub struct ChangeChannel {
    /// Who.
    pub by: Caller,
    /// Which.
    pub channel: ChannelId,
    /// What.
    pub setting: Setting,
}

impl Command for ChangeChannel {
    /// The service message, where there is one.
    type Reply = Option<Sent>;

    fn decide(&self, turn: &mut Turn<'_>) -> Decided<Option<Sent>> {
        let it = self.admit(turn)?;
        let (id, card) = (self.channel, channel::card(turn, self.channel, &it.row)?);
        let (mut row, mut changed) = (it.row.clone(), card.clone());
        self.apply(turn, &mut row, &mut changed)?;
        if row == it.row && changed == card {
            let same_about = matches!(self.setting, Setting::About(_));
            return Err(if same_about { Refusal::ChatAboutNotModified } else { Refusal::ChatNotModified }.into());
        }
        match changed == card {
            true => put_channel(turn, id, &row),
            false => put_channel_with(turn, id, &mut row, &changed)?,
        }
        tell_all(turn, id, Some(self.by.origin))?;
        let events = self.events((&it.row, &card), (&row, &changed));
        log::note_all(turn, id, self.by.user, events)?;
        if changed.title == card.title {
            return Ok(None);
        }
        let action = Action::ChatEditTitle { title: changed.title };
        service::post(turn, self.by.user, Peer::Channel(id), action, Some(self.by.origin)).map(Some)
    }
}

impl ChangeChannel {
    /// Whether the caller may change this.
    fn admit(&self, turn: &Turn<'_>) -> Decided<Before> {
        let (id, me) = (self.channel, self.by.user);
        match self.setting {
            Setting::Title(_) | Setting::About(_) => {
                allowed(turn, id, me, (AdminRights::CHANGE_INFO, BannedRights::CHANGE_INFO))
            }
            Setting::HistoryHidden(_) | Setting::Signatures { .. } | Setting::Stickers(..) => {
                admin(turn, id, me, AdminRights::CHANGE_INFO)
            }
            Setting::DefaultBanned(_)
            | Setting::SlowMode(_)
            | Setting::JoinToSend(_)
            | Setting::JoinRequest(_)
            | Setting::ParticipantsHidden(_) => admin(turn, id, me, AdminRights::BAN_USERS),
            Setting::NoForwards(_) | Setting::Gigagroup => owner(turn, id, me),
        }
    }

    fn apply(&self, turn: &Turn<'_>, row: &mut ChannelRow, card: &mut GroupCard) -> Decided<()> {
        if row.broadcast && !self.is_of_broadcasts() {
            return Err(Refusal::MegagroupRequired.into());
        }
        if !row.broadcast && matches!(self.setting, Setting::Signatures { .. }) {
            return Err(Refusal::ChannelInvalid.into());
        }
        match &self.setting {
            Setting::Title(title) => card.title = clean_title(title)?,
            Setting::About(about) => card.about = clean_about(about)?,
            Setting::DefaultBanned(rights) if rights.has(BannedRights::VIEW_MESSAGES) => {
                return Err(Refusal::BannedRightsInvalid.into());
            }
            Setting::DefaultBanned(_) if row.gigagroup => return Err(Refusal::ChatNotModified.into()),
            Setting::DefaultBanned(rights) => row.default_banned = *rights,
            // Who can read from outside reads all of it.
            Setting::HistoryHidden(true) if row.public || row.linked.is_some() => {
                return Err(Refusal::ChatLinkExists.into());
            }
            Setting::HistoryHidden(true) if row.forum => return Err(Refusal::ForumEnabled.into()),
            Setting::HistoryHidden(on) => row.history_hidden = *on,
            Setting::SlowMode(seconds) if !SLOW.contains(seconds) => return Err(Refusal::SecondsInvalid.into()),
            Setting::SlowMode(seconds) => row.slow_mode = *seconds,
            Setting::JoinToSend(on) => row.join_to_send = *on,
            Setting::JoinRequest(true) if !row.public && row.linked.is_none() => {
                return Err(Refusal::ChatPublicRequired.into());
            }
            Setting::JoinRequest(on) => row.join_request = *on,
            Setting::ParticipantsHidden(on) => {
                let needed = turn.world().settings.hidden_members_min;
                if *on && channel::counts(turn, self.channel)?.members < needed {
                    return Err(Refusal::ParticipantsTooFew.into());
                }
                row.participants_hidden = *on;
            }
            Setting::NoForwards(on) => row.noforwards = *on,
            Setting::Gigagroup => {
                if channel::counts(turn, self.channel)?.members < GIGAGROUP_MIN {
                    return Err(Refusal::ParticipantsTooFew.into());
                }
                (row.gigagroup, row.slow_mode, row.forum) = (true, 0, false);
                // Its members only read, for ever.
                row.default_banned = BannedRights::ALL.without(BannedRights::VIEW_MESSAGES);
            }
            Setting::Stickers(kind, wanted) => self.offer(turn, row, *kind, wanted.as_ref())?,
            Setting::Signatures { names, profiles } => {
                (row.signatures, row.signature_profiles) = (*names, *names && *profiles);
            }
        }
        Ok(())
    }

    /// Stickers take a large group, custom emoji any.
    /// Source: core.telegram.org/method/channels.setStickers; there is nobody here whose boosts emoji could take.
    fn offer(&self, turn: &Turn<'_>, row: &mut ChannelRow, kind: SetKind, wanted: Option<&Wanted>) -> Decided<()> {
        let set = match wanted {
            Some(it) => {
                let (id, set) = stickers::find(turn, it)?;
                if set.kind != kind {
                    return Err(Refusal::StickersetInvalid.into());
                }
                id
            }
            None => StickerSetId::NONE,
        };
        if kind == SetKind::Emoji {
            row.emoji = set;
            return Ok(());
        }
        if channel::counts(turn, self.channel)?.members < STICKERS_MEMBERS_MIN {
            return Err(Refusal::ParticipantsTooFew.into());
        }
        row.stickers = set;
        Ok(())
    }

    /// What the admins are told of later.
    fn events(&self, old: (&ChannelRow, &GroupCard), new: (&ChannelRow, &GroupCard)) -> Vec<AdminEvent> {
        let ((row, card), (after, changed)) = (old, new);
        vec![match &self.setting {
            Setting::Title(_) => AdminEvent::Title { before: card.title.clone(), after: changed.title.clone() },
            Setting::About(_) => AdminEvent::About { before: card.about.clone(), after: changed.about.clone() },
            Setting::DefaultBanned(after) => AdminEvent::DefaultRights { before: row.default_banned, after: *after },
            Setting::HistoryHidden(on) => AdminEvent::HistoryHidden { on: *on },
            Setting::SlowMode(_) => AdminEvent::SlowMode { before: row.slow_mode, after: after.slow_mode },
            Setting::NoForwards(on) => AdminEvent::NoForwards { on: *on },
            Setting::Stickers(SetKind::Emoji, _) => AdminEvent::Emoji { before: row.emoji, after: after.emoji },
            Setting::Stickers(..) => AdminEvent::Stickers { before: row.stickers, after: after.stickers },
            // The protocol has no event for these.
            Setting::JoinToSend(_) | Setting::JoinRequest(_) | Setting::ParticipantsHidden(_) | Setting::Gigagroup => {
                return Vec::new();
            }
            Setting::Signatures { .. } => {
                let names = AdminEvent::Signatures { on: after.signatures };
                let profiles = AdminEvent::SignatureProfiles { on: after.signature_profiles };
                let changed = [
                    (row.signatures != after.signatures).then_some(names),
                    (row.signature_profiles != after.signature_profiles).then_some(profiles),
                ];
                return changed.into_iter().flatten().collect();
            }
        }]
    }

    fn is_of_broadcasts(&self) -> bool {
        match self.setting {
            Setting::Title(_) | Setting::About(_) | Setting::NoForwards(_) | Setting::Signatures { .. } => true,
            Setting::DefaultBanned(_)
            | Setting::HistoryHidden(_)
            | Setting::SlowMode(_)
            | Setting::JoinToSend(_)
            | Setting::JoinRequest(_)
            | Setting::ParticipantsHidden(_)
            | Setting::Stickers(..)
            | Setting::Gigagroup => false,
        }
    }
}

/// Tells all members that are online, and later those who come back, that the channel is another: one entry,
/// whatever their number.
pub fn tell_all(turn: &mut Turn<'_>, id: ChannelId, skip: Option<Origin>) -> Decided<()> {
    updates::append(turn, id, Change::Channel { channel: id }, 0, skip).map(drop)
}
