//! The kinds of things that the admin log tells.

use crate::{
    files::Photo,
    groups::{
        BannedRights, MemberRow,
        invites::{Invite, InviteCard, InviteId, InviteRow},
        reactions::Allowed,
        topics::{TopicCard, TopicRow},
    },
    ids::{ChannelId, MessageId, MessageUid, Peer, StickerSetId, UserId},
    messages::MailboxRow,
    record, variants,
};

record! {
    /// A message as it was.
    pub struct Kept { 1 => id: MessageId, 2 => row: MailboxRow }
}

record! {
    /// A link as it was.
    pub struct InviteCopy { 1 => peer: Peer, 2 => admin: UserId, 3 => number: u32, 4 => row: InviteRow, 5 => card: InviteCard }
}

record! {
    /// A topic as it was.
    pub struct TopicCopy { 1 => id: MessageId, 2 => row: TopicRow, 3 => card: TopicCard }
}

variants! {
    /// What somebody did. Source: core.telegram.org/type/ChannelAdminLogEventAction.
    #[allow(clippy::large_enum_variant, reason = "made for each event and sealed at once")]
    pub enum AdminEvent {
        1 => Title { 1 => before: String, 2 => after: String },
        2 => About { 1 => before: String, 2 => after: String },
        /// The editable public name.
        3 => Username { 1 => before: String, 2 => after: String },
        /// All public names.
        4 => Usernames { 1 => before: Vec<String>, 2 => after: Vec<String> },
        5 => Signatures { 1 => on: bool },
        6 => SignatureProfiles { 1 => on: bool },
        7 => HistoryHidden { 1 => on: bool },
        8 => DefaultRights { 1 => before: BannedRights, 2 => after: BannedRights },
        /// Seconds.
        9 => SlowMode { 1 => before: u32, 2 => after: u32 },
        10 => NoForwards { 1 => on: bool },
        11 => Forum { 1 => on: bool },
        /// Seconds.
        12 => Ttl { 1 => before: u32, 2 => after: u32 },
        13 => Linked { 1 => before: Option<ChannelId>, 2 => after: Option<ChannelId> },
        14 => AntiSpam { 1 => on: bool },
        /// Each with the message that told of it.
        15 => Photo {
            1 => before: Option<Photo>,
            2 => after: Option<Photo>,
            3 => told_before: MessageUid,
            4 => told: MessageUid,
        },
        /// Pinned or unpinned, as the row of marks says.
        20 => Pinned { 1 => message: Kept, 2 => pinned: bool },
        21 => Edited { 1 => before: Kept, 2 => after: Kept },
        22 => Deleted { 1 => message: Kept },
        23 => PollStopped { 1 => message: Kept },
        24 => Posted { 1 => message: Kept },
        30 => Joined {},
        31 => Left {},
        /// Perhaps by the link of somebody whose folder it took over.
        32 => JoinedByLink { 1 => invite: InviteCopy, 2 => by_folder: bool },
        /// Without a link: asked by the public group.
        33 => JoinedByRequest { 1 => invite: Option<InviteCopy>, 2 => approved_by: UserId },
        34 => Invited { 1 => user: UserId, 2 => member: MemberRow },
        35 => Banned { 1 => user: UserId, 2 => before: MemberRow, 3 => after: MemberRow },
        36 => Admin { 1 => user: UserId, 2 => before: MemberRow, 3 => after: MemberRow },
        37 => Rank { 1 => user: UserId, 2 => before: String, 3 => after: String },
        40 => InviteEdited { 1 => before: InviteCopy, 2 => after: InviteCopy },
        41 => InviteRevoked { 1 => invite: InviteCopy },
        42 => InviteDeleted { 1 => invite: InviteCopy },
        114 => TopicCreated { 1 => topic: TopicCopy },
        115 => TopicEdited { 1 => before: TopicCopy, 2 => after: TopicCopy },
        116 => TopicDeleted { 1 => topic: TopicCopy },
        /// What stood at the top before, and what does now.
        117 => TopicPinned { 1 => before: Option<TopicCopy>, 2 => after: Option<TopicCopy> },
        118 => Reactions { 1 => before: Allowed, 2 => after: Allowed },
        130 => Stickers { 1 => before: StickerSetId, 2 => after: StickerSetId },
        131 => Emoji { 1 => before: StickerSetId, 2 => after: StickerSetId },
    }
}

/// Kinds that events are asked for by: the bits of `channelAdminLogEventsFilter`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Kinds(pub u32);

#[allow(missing_docs, reason = "named as the protocol names them")]
impl Kinds {
    pub const JOIN: Self = Self(1);
    pub const LEAVE: Self = Self(1 << 1);
    pub const INVITE: Self = Self(1 << 2);
    pub const BAN: Self = Self(1 << 3);
    pub const UNBAN: Self = Self(1 << 4);
    pub const KICK: Self = Self(1 << 5);
    pub const UNKICK: Self = Self(1 << 6);
    pub const PROMOTE: Self = Self(1 << 7);
    pub const DEMOTE: Self = Self(1 << 8);
    pub const INFO: Self = Self(1 << 9);
    pub const SETTINGS: Self = Self(1 << 10);
    pub const PINNED: Self = Self(1 << 11);
    pub const EDIT: Self = Self(1 << 12);
    pub const DELETE: Self = Self(1 << 13);
    pub const GROUP_CALL: Self = Self(1 << 14);
    pub const INVITES: Self = Self(1 << 15);
    pub const SEND: Self = Self(1 << 16);
    pub const FORUMS: Self = Self(1 << 17);
    pub const SUB_EXTEND: Self = Self(1 << 18);
    pub const EDIT_RANK: Self = Self(1 << 19);

    /// Both.
    #[must_use]
    pub const fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    fn when(self, condition: bool) -> Self {
        if condition { self } else { Self(0) }
    }
}

impl AdminEvent {
    /// What kinds it is of.
    pub fn kinds(&self) -> Kinds {
        match self {
            AdminEvent::Title { .. }
            | AdminEvent::About { .. }
            | AdminEvent::Username { .. }
            | AdminEvent::Usernames { .. }
            | AdminEvent::Photo { .. }
            | AdminEvent::Stickers { .. }
            | AdminEvent::Emoji { .. }
            | AdminEvent::Linked { .. } => Kinds::INFO,
            AdminEvent::Signatures { .. }
            | AdminEvent::SignatureProfiles { .. }
            | AdminEvent::HistoryHidden { .. }
            | AdminEvent::DefaultRights { .. }
            | AdminEvent::SlowMode { .. }
            | AdminEvent::NoForwards { .. }
            | AdminEvent::Ttl { .. }
            | AdminEvent::AntiSpam { .. }
            | AdminEvent::Reactions { .. } => Kinds::SETTINGS,
            AdminEvent::Forum { .. } => Kinds::SETTINGS.with(Kinds::FORUMS),
            AdminEvent::TopicCreated { .. }
            | AdminEvent::TopicEdited { .. }
            | AdminEvent::TopicDeleted { .. }
            | AdminEvent::TopicPinned { .. } => Kinds::FORUMS,
            AdminEvent::Pinned { .. } => Kinds::PINNED,
            AdminEvent::Edited { .. } | AdminEvent::PollStopped { .. } => Kinds::EDIT,
            AdminEvent::Deleted { .. } => Kinds::DELETE,
            AdminEvent::Posted { .. } => Kinds::SEND,
            AdminEvent::Joined {} | AdminEvent::JoinedByLink { .. } | AdminEvent::JoinedByRequest { .. } => Kinds::JOIN,
            AdminEvent::Left {} => Kinds::LEAVE,
            AdminEvent::Invited { .. } => Kinds::INVITE,
            AdminEvent::Banned { before, after, .. } => bans(before.banned, after.banned),
            AdminEvent::Admin { before, after, .. } => {
                let (lost, won) = (before.admin.without(after.admin), after.admin.without(before.admin));
                Kinds::PROMOTE.when(!won.is_none()).with(Kinds::DEMOTE.when(!lost.is_none()))
            }
            AdminEvent::Rank { .. } => Kinds::EDIT_RANK,
            AdminEvent::InviteEdited { .. } | AdminEvent::InviteRevoked { .. } | AdminEvent::InviteDeleted { .. } => {
                Kinds::INVITES
            }
        }
    }

    /// The people that it names, beside who did it.
    pub fn people(&self) -> Vec<UserId> {
        match self {
            AdminEvent::JoinedByLink { invite, .. } => vec![invite.admin],
            AdminEvent::JoinedByRequest { invite, approved_by } => {
                invite.iter().map(|it| it.admin).chain([*approved_by]).collect()
            }
            AdminEvent::Invited { user, member } => vec![*user, member.inviter],
            AdminEvent::Banned { user, before, after } | AdminEvent::Admin { user, before, after } => {
                let about = |it: &MemberRow| [it.inviter, it.promoted_by, it.banned_by];
                std::iter::once(*user).chain(about(before)).chain(about(after)).collect()
            }
            AdminEvent::Rank { user, .. } => vec![*user],
            AdminEvent::TopicCreated { .. }
            | AdminEvent::TopicEdited { .. }
            | AdminEvent::TopicDeleted { .. }
            | AdminEvent::TopicPinned { .. } => self.topics().iter().filter_map(|it| it.author().user()).collect(),
            AdminEvent::InviteEdited { after: invite, .. }
            | AdminEvent::InviteRevoked { invite }
            | AdminEvent::InviteDeleted { invite } => vec![invite.admin],
            AdminEvent::Title { .. }
            | AdminEvent::About { .. }
            | AdminEvent::Username { .. }
            | AdminEvent::Usernames { .. }
            | AdminEvent::Photo { .. }
            | AdminEvent::Signatures { .. }
            | AdminEvent::SignatureProfiles { .. }
            | AdminEvent::HistoryHidden { .. }
            | AdminEvent::DefaultRights { .. }
            | AdminEvent::SlowMode { .. }
            | AdminEvent::NoForwards { .. }
            | AdminEvent::Forum { .. }
            | AdminEvent::Ttl { .. }
            | AdminEvent::Linked { .. }
            | AdminEvent::AntiSpam { .. }
            | AdminEvent::Pinned { .. }
            | AdminEvent::Edited { .. }
            | AdminEvent::Deleted { .. }
            | AdminEvent::PollStopped { .. }
            | AdminEvent::Posted { .. }
            | AdminEvent::Joined {}
            | AdminEvent::Left {}
            | AdminEvent::Stickers { .. }
            | AdminEvent::Emoji { .. }
            | AdminEvent::Reactions { .. } => Vec::new(),
        }
    }

    /// The topics that it keeps.
    pub fn topics(&self) -> Vec<&TopicCopy> {
        match self {
            AdminEvent::TopicCreated { topic } | AdminEvent::TopicDeleted { topic } => vec![topic],
            AdminEvent::TopicEdited { before, after } => vec![before, after],
            AdminEvent::TopicPinned { before, after } => before.iter().chain(after).collect(),
            _ => Vec::new(),
        }
    }

    /// The messages that it keeps.
    pub fn messages(&self) -> Vec<&Kept> {
        match self {
            AdminEvent::Edited { before, after } => vec![before, after],
            AdminEvent::Pinned { message, .. }
            | AdminEvent::Deleted { message }
            | AdminEvent::PollStopped { message }
            | AdminEvent::Posted { message } => vec![message],
            _ => Vec::new(),
        }
    }

    /// What people wrote in it, beside messages.
    pub fn words(&self) -> Vec<&str> {
        match self {
            AdminEvent::Title { before, after }
            | AdminEvent::About { before, after }
            | AdminEvent::Username { before, after }
            | AdminEvent::Rank { before, after, .. } => vec![before, after],
            AdminEvent::Usernames { before, after } => before.iter().chain(after).map(String::as_str).collect(),
            AdminEvent::InviteEdited { before, after } => vec![&before.card.title, &after.card.title],
            AdminEvent::JoinedByLink { invite, .. }
            | AdminEvent::InviteRevoked { invite }
            | AdminEvent::InviteDeleted { invite } => vec![&invite.card.title],
            _ => self.topics().iter().map(|it| it.card.title.as_str()).collect(),
        }
    }
}

impl TopicCopy {
    /// Who opened it, as it is shown.
    pub fn author(&self) -> Peer {
        self.row.sent_as.unwrap_or(Peer::User(self.row.creator))
    }
}

/// A ban is from the group (kick) or of some rights (ban); both are lifted by another.
fn bans(before: BannedRights, after: BannedRights) -> Kinds {
    let out = |it: BannedRights| it.has(BannedRights::VIEW_MESSAGES);
    let held = |it: BannedRights| !out(it) && !it.is_none();
    Kinds::KICK
        .when(out(after) && !out(before))
        .with(Kinds::UNKICK.when(out(before) && !out(after)))
        .with(Kinds::BAN.when(held(after)))
        .with(Kinds::UNBAN.when(held(before) && after.is_none()))
}

impl From<&Invite> for InviteCopy {
    fn from(it: &Invite) -> Self {
        let InviteId { peer, admin, number } = it.id;
        Self { peer, admin, number, row: it.row.clone(), card: it.card.clone(), ..Self::default() }
    }
}

impl From<&InviteCopy> for Invite {
    fn from(it: &InviteCopy) -> Self {
        let id = InviteId { peer: it.peer, admin: it.admin, number: it.number };
        Self { id, row: it.row.clone(), card: it.card.clone() }
    }
}
