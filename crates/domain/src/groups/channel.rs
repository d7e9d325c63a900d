//! The record of a supergroup or broadcast channel, its members, and how somebody stands in it.
//! Its messages are one log, `LogId::Channel`. Source: core.telegram.org/api/channel.

use std::sync::Arc;

use bytes::Bytes;
use store::{Direction, Key, Range};

use super::{
    AdminRights, BannedRights, CHANNELS_MAX, GroupCard, basic,
    card::{self},
    public,
    reactions::Allowed,
};
use crate::{
    ids::{ChannelId, ChatId, LogId, MessageId, Peer, StickerSetId, UserId},
    messages::posts::tags,
    record,
    refusal::Refusal,
    spaces::{CHANNEL, CHANNEL_COUNTS, JOINED, MEMBER},
    turn::Turn,
    view::{Decided, Rows, View, load, load_or_default},
    warm,
};

record! {
    /// A supergroup or broadcast channel.
    pub struct ChannelRow {
        1 => creator: UserId,
        /// Unix seconds.
        2 => created: u32,
        /// A [`GroupCard`], sealed under the group's key; AAD is the group's number and the version.
        3 => card: Bytes,
        4 => card_version: u32,
        /// Only admins write; else a supergroup.
        5 => broadcast: bool,
        /// A supergroup in which only admins write.
        6 => gigagroup: bool,
        7 => forum: bool,
        8 => default_banned: BannedRights,
        /// Deleted; the id stays taken.
        9 => deleted: bool,
        /// Seconds between messages of one member; 0: none.
        10 => slow_mode: u32,
        /// Who joins does not see what was said before.
        11 => history_hidden: bool,
        12 => join_to_send: bool,
        13 => join_request: bool,
        14 => participants_hidden: bool,
        15 => noforwards: bool,
        16 => signatures: bool,
        17 => signature_profiles: bool,
        /// Seconds after which messages destroy themselves; 0: never.
        18 => ttl_period: u32,
        /// The basic group that it was, and the last message there.
        19 => migrated_from: Option<ChatId>,
        20 => migrated_at: MessageId,
        /// The discussion group of a channel, or the channel of a discussion group.
        21 => linked: Option<ChannelId>,
        22 => forum_tabs: bool,
        /// The number of that link, the same on both sides; 0: none.
        30 => link: u64,
        /// Has an active public name: anybody may read and join.
        23 => public: bool,
        70 => reactions: Allowed,
        /// The sticker set that members are offered, and the set of custom emoji.
        75 => stickers: StickerSetId,
        76 => emoji: StickerSetId,
    }
}

record! {
    /// How somebody stands in a channel; stays when they leave or are banned.
    pub struct MemberRow {
        /// Unix seconds; 0: not a member now.
        1 => joined: u32,
        2 => inviter: UserId,
        /// Rights as an admin; none: not one. The creator's are kept here, too.
        3 => admin: AdminRights,
        4 => promoted_by: UserId,
        /// What this member may not do, beyond the default; with `VIEW_MESSAGES` banned from the channel.
        5 => banned: BannedRights,
        /// Unix seconds; 0: for ever.
        6 => banned_until: u32,
        7 => banned_by: UserId,
        8 => banned_at: u32,
        /// A title, sealed under the group's key; AAD is the group's number with the user, and the version.
        9 => rank: Bytes,
        10 => rank_version: u32,
        11 => via_request: bool,
        /// This member has cleared what is below this message for itself.
        12 => visible_from: MessageId,
        /// When it last wrote, where slow mode is on; unix seconds.
        13 => wrote_at: u32,
        /// The identity that it writes as, if not its own.
        14 => send_as: Option<Peer>,
        /// Its place among the members: who joined later has a larger one.
        15 => place: u32,
        /// The last message when it joined.
        16 => joined_after: MessageId,
        /// History was hidden when it joined: while it is, messages up to `joined_after` are not shown.
        17 => history_hidden: bool,
        /// Left by itself; only people whom it knows may bring it back.
        18 => left: bool,
        /// Where its names stand in the index of members.
        19 => names: Bytes,
    }
}

record! {
    /// Numbers of members, kept beside every change.
    pub struct ChannelCounts {
        1 => members: u32,
        2 => admins: u32,
        /// Banned from the channel.
        3 => kicked: u32,
        /// Restricted, members or not.
        4 => restricted: u32,
        /// Requests to join that wait.
        5 => requests: u32,
        /// The last place given to a member.
        6 => last_place: u32,
        /// Members who have muted it for good, in a broadcast channel.
        35 => muted: u32,
    }
}

record! {
    /// A channel among those that a user has joined.
    pub struct JoinedRow { 1 => joined: u32 }
}

/// How somebody stands in a channel now: bans that ran out are lifted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Owns it; the rights say whether it is anonymous.
    Creator(AdminRights),
    /// May do this.
    Admin(AdminRights),
    /// A member.
    Member,
    /// A member, or one who has left, who may not do this.
    Restricted(BannedRights, bool),
    /// Not a member: never was, or left.
    Out,
    /// Banned.
    Kicked,
}

impl Standing {
    /// Whether it is a member.
    pub fn is_in(self) -> bool {
        match self {
            Standing::Creator(_) | Standing::Admin(_) | Standing::Member => true,
            Standing::Restricted(_, inside) => inside,
            Standing::Out | Standing::Kicked => false,
        }
    }

    /// Its rights as an admin.
    pub fn admin(self) -> AdminRights {
        match self {
            Standing::Creator(rights) => rights.with(AdminRights::CREATOR),
            Standing::Admin(rights) => rights,
            Standing::Member | Standing::Restricted(..) | Standing::Out | Standing::Kicked => AdminRights::NONE,
        }
    }

    /// Whether it may do what this right allows.
    pub fn may(self, right: AdminRights) -> bool {
        self.admin().has(right)
    }

    /// What it may not do in a channel with these defaults.
    pub fn banned(self, default: BannedRights) -> BannedRights {
        match self {
            Standing::Creator(_) | Standing::Admin(_) => BannedRights::NONE,
            Standing::Member | Standing::Out => default,
            Standing::Restricted(rights, _) => rights.with(default),
            Standing::Kicked => BannedRights::ALL,
        }
    }
}

/// A channel's record; deleted ones too.
pub fn channel(view: &(impl Rows + ?Sized), id: ChannelId) -> Decided<Option<ChannelRow>> {
    load(view, &channel_key(id))
}

/// A channel that is there. One that was deleted is closed to all, `CHANNEL_PRIVATE`: by this name clients learn that
/// they have lost it. Where none ever was it is `CHANNEL_INVALID`.
pub fn existing(view: &(impl Rows + ?Sized), id: ChannelId) -> Decided<ChannelRow> {
    let row = channel(view, id)?.ok_or(Refusal::ChannelInvalid)?;
    if row.deleted { Err(Refusal::ChannelPrivate.into()) } else { Ok(row) }
}

/// A channel's record, and what it says of itself where it is there.
#[derive(Default)]
pub(crate) struct KnownChannel {
    pub(crate) row: Option<ChannelRow>,
    card: Option<GroupCard>,
}

impl KnownChannel {
    /// As [`existing`].
    pub(crate) fn existing(&self) -> Decided<&ChannelRow> {
        let row = self.row.as_ref().ok_or(Refusal::ChannelInvalid)?;
        if row.deleted { Err(Refusal::ChannelPrivate.into()) } else { Ok(row) }
    }

    /// As [`card`] reads it; of one that was deleted it is not kept.
    pub(crate) fn card(&self, view: &(impl View + ?Sized), id: ChannelId) -> Decided<GroupCard> {
        match (&self.card, &self.row) {
            (Some(card), _) => Ok(card.clone()),
            (None, Some(row)) => card(view, id, row),
            (None, None) => Err(Refusal::ChannelInvalid.into()),
        }
    }
}

/// A channel as many ask for it.
pub(crate) fn known(view: &(impl View + ?Sized), id: ChannelId) -> Decided<Arc<KnownChannel>> {
    let bytes = |it: &KnownChannel| it.row.as_ref().map_or(0, |row| 768 + 3 * row.card.len());
    warm::keep(
        view,
        |it| &it.channels,
        id,
        bytes,
        |view| {
            let row = channel(view, id)?;
            let card = match &row {
                Some(row) if !row.deleted => Some(card(view, id, row)?),
                Some(_) | None => None,
            };
            Ok(KnownChannel { row, card })
        },
    )
}

/// Opens what the channel says of itself.
pub fn card(view: &(impl View + ?Sized), id: ChannelId, row: &ChannelRow) -> Decided<GroupCard> {
    card::open(view, Peer::Channel(id), row.card_version, &row.card)
}

/// Writes a record.
pub fn put_channel(turn: &mut Turn<'_>, id: ChannelId, row: &ChannelRow) {
    turn.put(channel_key(id), row);
}

/// Writes a record with a changed card.
pub fn put_channel_with(turn: &mut Turn<'_>, id: ChannelId, row: &mut ChannelRow, card: &GroupCard) -> Decided<()> {
    row.card_version += 1;
    row.card = card::seal(turn, Peer::Channel(id), row.card_version, card)?;
    let public = card.usernames.iter().any(|it| it.active);
    if std::mem::replace(&mut row.public, public) != public && row.broadcast {
        tags::published(turn, id);
    }
    put_channel(turn, id, row);
    public::settle(turn, id, row, card)
}

/// What is kept of somebody in a channel.
pub fn member(view: &(impl Rows + ?Sized), channel: ChannelId, user: UserId) -> Decided<Option<MemberRow>> {
    load(view, &member_key(channel, user))
}

/// How somebody stands in a channel now.
pub fn standing(view: &(impl View + ?Sized), id: ChannelId, row: &ChannelRow, user: UserId) -> Decided<Standing> {
    let member = member(view, id, user)?.unwrap_or_default();
    Ok(standing_of(row, user, &member, view.now().secs()))
}

/// The same from rows that are at hand.
pub fn standing_of(row: &ChannelRow, user: UserId, member: &MemberRow, now: u32) -> Standing {
    let inside = member.joined > 0;
    let ran_out = member.banned_until > 0 && member.banned_until <= now;
    let banned = if ran_out { BannedRights::NONE } else { member.banned };
    match () {
        () if banned.has(BannedRights::VIEW_MESSAGES) => Standing::Kicked,
        () if inside && row.creator == user => Standing::Creator(member.admin),
        () if inside && !member.admin.is_none() => Standing::Admin(member.admin),
        () if !banned.is_none() => Standing::Restricted(banned, inside),
        () if inside => Standing::Member,
        () => Standing::Out,
    }
}

/// The first message that is shown to somebody who may read.
pub fn first_shown(row: &ChannelRow, member: &MemberRow) -> MessageId {
    let hidden = row.history_hidden && member.history_hidden;
    let after_joining = if hidden { MessageId(member.joined_after.0.saturating_add(1)) } else { MessageId(1) };
    member.visible_from.max(after_joining)
}

/// The numbers of a channel's members.
pub fn counts(view: &(impl Rows + ?Sized), id: ChannelId) -> Decided<ChannelCounts> {
    load_or_default(view, &counts_key(id))
}

/// Writes the numbers of a channel's members.
pub fn put_counts(turn: &mut Turn<'_>, id: ChannelId, counts: &ChannelCounts) {
    turn.put(counts_key(id), counts);
}

/// A fresh id on a vshard drawn at random.
pub fn allocate(turn: &mut Turn<'_>) -> Decided<ChannelId> {
    let (seq, vshard) = basic::next_number(turn, 3)?;
    Ok(ChannelId::new(seq, vshard))
}

/// The key of what is kept of somebody in a channel.
pub fn member_key(channel: ChannelId, user: UserId) -> Key {
    Key::of(MEMBER, channel.vshard().0).u64(channel.0).u64(user.0).key()
}

/// The key of a channel among those that a user has joined.
pub fn joined_key(user: UserId, channel: ChannelId) -> Key {
    LogId::Mailbox(user).rows(JOINED).u64(channel.0).key()
}

/// The channels that a user has joined, in order of number; no more than one may join.
pub fn joined(view: &(impl Rows + ?Sized), user: UserId) -> Decided<Vec<ChannelId>> {
    let all = Range::prefix(LogId::Mailbox(user).rows(JOINED).key());
    let rows = view.scan(&all, Direction::Forward, CHANNELS_MAX)?;
    let number = |key: &Key| key.suffix().last_chunk().map(|it| ChannelId(u64::from_be_bytes(*it)));
    Ok(rows.iter().filter_map(|(key, _)| number(key)).collect())
}

fn channel_key(id: ChannelId) -> Key {
    Key::of(CHANNEL, id.vshard().0).u64(id.0).key()
}

fn counts_key(id: ChannelId) -> Key {
    Key::of(CHANNEL_COUNTS, id.vshard().0).u64(id.0).key()
}
