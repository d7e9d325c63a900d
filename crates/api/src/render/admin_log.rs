//! Events of the admin log as TL, and whom they name.

use domain::{
    ChannelId, Decided, MessageUid, Peer, StickerSetId, UserId, View,
    files::Photo,
    groups::{
        self, AdminRights, MemberRow,
        log::{AdminEvent, InviteCopy, Kept, Logged, TopicCopy},
    },
    messages,
    people::photos,
};
use tl::{enums, types};

use crate::messages::groups::info::reactions;
use crate::render::{
    self,
    group::{admin_rights, banned_rights, channel_id},
    message::date,
    named::Named,
    user::{id, peer},
};

/// What an event is rendered for.
pub struct Reading<'a> {
    /// Committed rows.
    pub view: &'a dyn View,
    /// The reader.
    pub me: UserId,
    /// The log's channel.
    pub channel: ChannelId,
    /// Who owns it.
    pub creator: UserId,
    /// Where links of this server lead.
    pub prefix: &'a str,
}

impl Reading<'_> {
    /// An event; whom it names is added to those named.
    pub fn event(&self, it: &Logged, named: &mut Named) -> Decided<enums::ChannelAdminLogEvent> {
        named.user(it.by);
        named.users(it.event.people().into_iter().filter(|it| *it != UserId::NOBODY));
        let action = self.action(&it.event, named)?;
        let number = i64::try_from(it.id).unwrap_or(i64::MAX);
        Ok(types::ChannelAdminLogEvent { id: number, date: date(it.date), user_id: id(it.by), action }.into())
    }

    fn action(&self, event: &AdminEvent, named: &mut Named) -> Decided<enums::ChannelAdminLogEventAction> {
        use types::{
            ChannelAdminLogEventActionChangeAbout as About, ChannelAdminLogEventActionChangeTitle as Title,
            ChannelAdminLogEventActionChangeUsername as Username,
            ChannelAdminLogEventActionChangeUsernames as Usernames,
        };
        Ok(match event {
            AdminEvent::Title { before, after } => {
                Title { prev_value: before.clone(), new_value: after.clone() }.into()
            }
            AdminEvent::About { before, after } => {
                About { prev_value: before.clone(), new_value: after.clone() }.into()
            }
            AdminEvent::Username { before, after } => {
                Username { prev_value: before.clone(), new_value: after.clone() }.into()
            }
            AdminEvent::Usernames { before, after } => {
                Usernames { prev_value: before.clone(), new_value: after.clone() }.into()
            }
            AdminEvent::Photo { before, after, told_before, told } => types::ChannelAdminLogEventActionChangePhoto {
                prev_photo: self.photo(before.as_ref(), *told_before),
                new_photo: self.photo(after.as_ref(), *told),
            }
            .into(),
            AdminEvent::Pinned { .. }
            | AdminEvent::Edited { .. }
            | AdminEvent::Deleted { .. }
            | AdminEvent::PollStopped { .. }
            | AdminEvent::Posted { .. } => self.about_messages(event, named)?,
            AdminEvent::Joined {}
            | AdminEvent::Left {}
            | AdminEvent::JoinedByLink { .. }
            | AdminEvent::JoinedByRequest { .. }
            | AdminEvent::Invited { .. }
            | AdminEvent::Banned { .. }
            | AdminEvent::Admin { .. }
            | AdminEvent::Rank { .. } => self.about_members(event),
            AdminEvent::InviteEdited { before, after } => types::ChannelAdminLogEventActionExportedInviteEdit {
                prev_invite: self.invite(before),
                new_invite: self.invite(after),
            }
            .into(),
            AdminEvent::InviteRevoked { invite } => {
                types::ChannelAdminLogEventActionExportedInviteRevoke { invite: self.invite(invite) }.into()
            }
            AdminEvent::InviteDeleted { invite } => {
                types::ChannelAdminLogEventActionExportedInviteDelete { invite: self.invite(invite) }.into()
            }
            AdminEvent::TopicCreated { .. }
            | AdminEvent::TopicEdited { .. }
            | AdminEvent::TopicDeleted { .. }
            | AdminEvent::TopicPinned { .. } => self.about_topics(event, named),
            AdminEvent::Stickers { before, after } => {
                let (prev_stickerset, new_stickerset) = (self.set(*before), self.set(*after));
                types::ChannelAdminLogEventActionChangeStickerSet { prev_stickerset, new_stickerset }.into()
            }
            AdminEvent::Emoji { before, after } => {
                let (prev_stickerset, new_stickerset) = (self.set(*before), self.set(*after));
                types::ChannelAdminLogEventActionChangeEmojiStickerSet { prev_stickerset, new_stickerset }.into()
            }
            AdminEvent::Linked { before, after } => {
                before.iter().chain(after).for_each(|it| named.peer(Peer::Channel(*it)));
                let number = |it: &Option<ChannelId>| it.map_or(0, channel_id);
                let (prev_value, new_value) = (number(before), number(after));
                types::ChannelAdminLogEventActionChangeLinkedChat { prev_value, new_value }.into()
            }
            AdminEvent::Signatures { .. }
            | AdminEvent::SignatureProfiles { .. }
            | AdminEvent::HistoryHidden { .. }
            | AdminEvent::DefaultRights { .. }
            | AdminEvent::SlowMode { .. }
            | AdminEvent::NoForwards { .. }
            | AdminEvent::Forum { .. }
            | AdminEvent::Ttl { .. }
            | AdminEvent::AntiSpam { .. }
            | AdminEvent::Reactions { .. } => setting(event),
        })
    }

    fn photo(&self, it: Option<&Photo>, told: MessageUid) -> enums::Photo {
        let carrier = groups::photo::told_by(self.channel, told);
        render::photo::whole(it.map(|it| photos::with_access(self.view, it, carrier)).as_ref())
    }

    fn about_messages(&self, event: &AdminEvent, named: &mut Named) -> Decided<enums::ChannelAdminLogEventAction> {
        let mut shown = Vec::new();
        for kept in event.messages() {
            shown.push(self.message(kept, named)?);
        }
        let mut shown = shown.into_iter();
        let mut next = || shown.next().unwrap_or_else(|| nothing(self.channel));
        Ok(match event {
            AdminEvent::Pinned { pinned, .. } => {
                let message = match next() {
                    enums::Message::Message(it) => types::Message { pinned: *pinned, ..it }.into(),
                    other => other,
                };
                types::ChannelAdminLogEventActionUpdatePinned { message }.into()
            }
            AdminEvent::Edited { .. } => {
                let (prev_message, new_message) = (next(), next());
                types::ChannelAdminLogEventActionEditMessage { prev_message, new_message }.into()
            }
            AdminEvent::PollStopped { .. } => types::ChannelAdminLogEventActionStopPoll { message: next() }.into(),
            AdminEvent::Posted { .. } => types::ChannelAdminLogEventActionSendMessage { message: next() }.into(),
            _ => types::ChannelAdminLogEventActionDeleteMessage { message: next() }.into(),
        })
    }

    fn about_members(&self, event: &AdminEvent) -> enums::ChannelAdminLogEventAction {
        match event {
            AdminEvent::JoinedByLink { invite, by_folder } => {
                types::ChannelAdminLogEventActionParticipantJoinByInvite {
                    via_chatlist: *by_folder,
                    invite: self.invite(invite),
                }
                .into()
            }
            AdminEvent::JoinedByRequest { invite, approved_by } => {
                types::ChannelAdminLogEventActionParticipantJoinByRequest {
                    invite: invite
                        .as_ref()
                        .map_or(enums::ExportedChatInvite::ChatInvitePublicJoinRequests, |it| self.invite(it)),
                    approved_by: id(*approved_by),
                }
                .into()
            }
            AdminEvent::Invited { user, member } => {
                types::ChannelAdminLogEventActionParticipantInvite { participant: self.participant(*user, member) }
                    .into()
            }
            AdminEvent::Banned { user, before, after } => types::ChannelAdminLogEventActionParticipantToggleBan {
                prev_participant: self.participant(*user, before),
                new_participant: self.participant(*user, after),
            }
            .into(),
            AdminEvent::Admin { user, before, after } => types::ChannelAdminLogEventActionParticipantToggleAdmin {
                prev_participant: self.participant(*user, before),
                new_participant: self.participant(*user, after),
            }
            .into(),
            AdminEvent::Rank { user, before, after } => types::ChannelAdminLogEventActionParticipantEditRank {
                user_id: id(*user),
                prev_rank: before.clone(),
                new_rank: after.clone(),
            }
            .into(),
            AdminEvent::Left {} => enums::ChannelAdminLogEventAction::ParticipantLeave,
            // It came by itself.
            _ => enums::ChannelAdminLogEventAction::ParticipantJoin,
        }
    }

    fn message(&self, kept: &Kept, named: &mut Named) -> Decided<enums::Message> {
        let seen = messages::seen_kept(self.view, self.me, self.channel.into(), kept.id, kept.row.clone())?;
        named.message(&seen);
        Ok(render::message::message(self.me, &seen))
    }

    fn set(&self, it: StickerSetId) -> enums::InputStickerSet {
        let access_hash = self.view.world().set_hash(it);
        match it {
            StickerSetId::NONE => enums::InputStickerSet::Empty,
            _ => types::InputStickerSetId { id: it.0.cast_signed(), access_hash }.into(),
        }
    }

    fn invite(&self, it: &InviteCopy) -> enums::ExportedChatInvite {
        render::invite::invite(self.prefix, &it.into())
    }

    /// A member as it stood then. A title is told by an event of its own.
    fn participant(&self, user: UserId, row: &MemberRow) -> enums::ChannelParticipant {
        let user_id = id(user);
        if !row.banned.is_none() {
            return types::ChannelParticipantBanned {
                left: row.joined == 0,
                peer: peer(Peer::User(user)),
                kicked_by: id(row.banned_by),
                date: date(row.banned_at),
                banned_rights: banned_rights(row.banned, row.banned_until),
                rank: None,
            }
            .into();
        }
        if user == self.creator && row.joined > 0 {
            let rights = admin_rights(row.admin.with(AdminRights::CREATOR));
            return types::ChannelParticipantCreator { user_id, admin_rights: rights, rank: None }.into();
        }
        match (row.joined, row.admin.is_none()) {
            (0, _) => types::ChannelParticipantLeft { peer: peer(Peer::User(user)) }.into(),
            (joined, true) => {
                types::ChannelParticipant { user_id, date: date(joined), subscription_until_date: None, rank: None }
                    .into()
            }
            (joined, false) => types::ChannelParticipantAdmin {
                can_edit: row.promoted_by == self.me || self.creator == self.me,
                is_self: user == self.me,
                user_id,
                // On one flag with `is_self`.
                inviter_id: (user == self.me).then(|| id(row.inviter)),
                promoted_by: id(row.promoted_by),
                date: date(joined),
                admin_rights: admin_rights(row.admin),
                rank: None,
            }
            .into(),
        }
    }
}

impl Reading<'_> {
    fn about_topics(&self, event: &AdminEvent, named: &mut Named) -> enums::ChannelAdminLogEventAction {
        event.topics().iter().for_each(|it| named.peer(it.author()));
        let topic = |it: &TopicCopy| render::topic::short(self.channel, self.me, it);
        match event {
            AdminEvent::TopicCreated { topic: it } => {
                types::ChannelAdminLogEventActionCreateTopic { topic: topic(it) }.into()
            }
            AdminEvent::TopicEdited { before, after } => {
                let (prev_topic, new_topic) = (topic(before), topic(after));
                types::ChannelAdminLogEventActionEditTopic { prev_topic, new_topic }.into()
            }
            AdminEvent::TopicDeleted { topic: it } => {
                types::ChannelAdminLogEventActionDeleteTopic { topic: topic(it) }.into()
            }
            AdminEvent::TopicPinned { before, after } => {
                let (prev_topic, new_topic) = (before.as_ref().map(topic), after.as_ref().map(topic));
                types::ChannelAdminLogEventActionPinTopic { prev_topic, new_topic }.into()
            }
            _ => setting(event),
        }
    }
}

fn setting(event: &AdminEvent) -> enums::ChannelAdminLogEventAction {
    use types::{
        ChannelAdminLogEventActionChangeAvailableReactions as Reactions,
        ChannelAdminLogEventActionChangeHistoryTtl as Ttl, ChannelAdminLogEventActionDefaultBannedRights as Rights,
        ChannelAdminLogEventActionToggleAntiSpam as AntiSpam, ChannelAdminLogEventActionToggleForum as Forum,
        ChannelAdminLogEventActionToggleNoForwards as NoForwards,
        ChannelAdminLogEventActionTogglePreHistoryHidden as HistoryHidden,
        ChannelAdminLogEventActionToggleSignatureProfiles as Profiles,
        ChannelAdminLogEventActionToggleSignatures as Signatures, ChannelAdminLogEventActionToggleSlowMode as SlowMode,
    };
    match event {
        AdminEvent::Signatures { on } => Signatures { new_value: *on }.into(),
        AdminEvent::SignatureProfiles { on } => Profiles { new_value: *on }.into(),
        AdminEvent::HistoryHidden { on } => HistoryHidden { new_value: *on }.into(),
        AdminEvent::NoForwards { on } => NoForwards { new_value: *on }.into(),
        AdminEvent::Forum { on } => Forum { new_value: *on }.into(),
        AdminEvent::AntiSpam { on } => AntiSpam { new_value: *on }.into(),
        AdminEvent::SlowMode { before, after } => {
            SlowMode { prev_value: date(*before), new_value: date(*after) }.into()
        }
        AdminEvent::Reactions { before, after } => {
            Reactions { prev_value: reactions(&before.choice), new_value: reactions(&after.choice) }.into()
        }
        AdminEvent::Ttl { before, after } => Ttl { prev_value: date(*before), new_value: date(*after) }.into(),
        AdminEvent::DefaultRights { before, after } => {
            let (prev_banned_rights, new_banned_rights) = (banned_rights(*before, 0), banned_rights(*after, 0));
            Rights { prev_banned_rights, new_banned_rights }.into()
        }
        _ => Forum { new_value: false }.into(),
    }
}

/// A message that says nothing, where none was kept.
fn nothing(channel: ChannelId) -> enums::Message {
    types::MessageEmpty { id: 0, peer_id: Some(peer(Peer::Channel(channel))) }.into()
}
