//! Opening topics and changing them. Each is told by a service message in the topic.
//! Source: core.telegram.org/method/messages.createForumTopic, core.telegram.org/method/messages.editForumTopic.

use super::{COLORS, TopicCard, TopicRow, card, clean_title, existing, forum, kept, put_with};
use crate::{
    caller::Caller,
    groups::{
        AdminRights, BannedRights,
        access::Access,
        log::{self, AdminEvent},
    },
    ids::{ChannelId, MessageId, Peer, UserId},
    messages::{
        Action, posts,
        rows::copy,
        send::{Sent, sent_before},
        threads::GENERAL,
    },
    refusal::Refusal,
    service::Command,
    turn::Turn,
    view::{Decided, View},
};

/// Opens a topic.
pub struct CreateTopic {
    /// Who.
    pub by: Caller,
    /// In which forum.
    pub channel: ChannelId,
    /// What it is about.
    pub title: String,
    /// Of its icon, RGB.
    pub color: Option<u32>,
    /// A custom emoji in place of the icon.
    pub emoji: Option<i64>,
    /// The client's name for it: the same one again opens nothing again.
    pub random_id: i64,
    /// The identity that opens it.
    pub send_as: Option<Peer>,
}

/// Changes a topic; what is `None` stays.
pub struct EditTopic {
    /// Who.
    pub by: Caller,
    /// In which forum.
    pub channel: ChannelId,
    /// Which.
    pub topic: MessageId,
    /// What it is about.
    pub title: Option<String>,
    /// A custom emoji in place of the icon; 0: the icon.
    pub emoji: Option<i64>,
    /// Only those who manage topics write there.
    pub closed: Option<bool>,
    /// Not shown in the list; only the general one.
    pub hidden: Option<bool>,
}

impl Command for CreateTopic {
    /// The service message; its number is the topic's.
    type Reply = Sent;

    fn decide(&self, turn: &mut Turn<'_>) -> Decided<Sent> {
        let me = self.by.user;
        let access = forum(turn, self.channel, me)?;
        if let Some(message) = sent_before(turn, access.log(), me, self.random_id)? {
            return Ok(Sent { message, entry: None });
        }
        if !may_create(&access) {
            return Err(Refusal::ChatWriteForbidden.into());
        }
        let title = clean_title(&self.title)?;
        let color = self.color.filter(|it| COLORS.contains(it)).unwrap_or(COLORS[0]);
        let emoji = self.emoji.unwrap_or(0);
        let action = Action::TopicCreated { title: title.clone(), color, emoji };
        let how = (None, self.random_id, self.send_as);
        let sent = posts::in_topic(turn, me, self.channel, action, how, Some(self.by.origin))?;
        let sent_as = copy(turn, access.log(), sent.message)?.and_then(|it| it.sent_as);
        let row = TopicRow { creator: me, sent_as, date: turn.now().secs(), color, ..TopicRow::default() };
        put_with(turn, self.channel, sent.message, row, &TopicCard { title, emoji, ..TopicCard::default() })?;
        let topic = kept(turn, &access, sent.message)?;
        log::note(turn, self.channel, me, AdminEvent::TopicCreated { topic })?;
        Ok(sent)
    }
}

/// Members open topics where that is not banned, who manages topics does in any case.
fn may_create(access: &Access) -> bool {
    let member = access.standing.is_in() && !access.banned().any(BannedRights::MANAGE_TOPICS);
    let admin = !access.standing.admin().is_none();
    if admin { access.standing.may(AdminRights::MANAGE_TOPICS) } else { member }
}

impl Command for EditTopic {
    /// The service message.
    type Reply = Sent;

    fn decide(&self, turn: &mut Turn<'_>) -> Decided<Sent> {
        let me = self.by.user;
        let access = forum(turn, self.channel, me)?;
        let row = existing(turn, &access, self.topic)?;
        refuse_others(&access, me, self.topic, &row)?;
        self.refuse_mixed()?;
        let old = card(turn, self.channel, self.topic, &row)?;
        let mut new = old.clone();
        if let Some(title) = &self.title {
            (new.title, new.title_missing) = (clean_title(title)?, false);
        }
        new.emoji = self.emoji.unwrap_or(old.emoji);
        let mut changed = TopicRow { closed: self.closed.unwrap_or(row.closed), ..row.clone() };
        if let Some(hidden) = self.hidden {
            // The general topic is closed as long as it is hidden.
            (changed.hidden, changed.closed) = (hidden, hidden);
        }
        if (&new, &changed) == (&old, &row) {
            return Err(Refusal::TopicNotModified.into());
        }
        let action = Action::TopicEdited {
            title: self.title.as_ref().map(|_| new.title.clone()),
            emoji: self.emoji,
            closed: self.closed,
            hidden: self.hidden,
        };
        let before = kept(turn, &access, self.topic)?;
        put_with(turn, self.channel, self.topic, changed, &new)?;
        let after = kept(turn, &access, self.topic)?;
        log::note(turn, self.channel, me, AdminEvent::TopicEdited { before, after })?;
        posts::in_topic(turn, me, self.channel, action, (Some(self.topic), 0, None), Some(self.by.origin))
    }
}

impl EditTopic {
    /// Closing and hiding stand alone.
    fn refuse_mixed(&self) -> Result<(), Refusal> {
        let looks = self.title.is_some() || self.emoji.is_some();
        match (self.closed, self.hidden) {
            (Some(_), hidden) if looks || hidden.is_some() => Err(Refusal::TopicCloseSeparately),
            (None, Some(_)) if looks => Err(Refusal::TopicHideSeparately),
            (None, Some(_)) if self.topic != GENERAL => Err(Refusal::TopicIdInvalid),
            _ if self.emoji.is_some() && self.topic == GENERAL => Err(Refusal::GeneralModifyIconForbidden),
            (None, None) if !looks => Err(Refusal::TopicNotModified),
            _ => Ok(()),
        }
    }
}

/// Who opened a topic may change it, and who manages topics.
pub(super) fn refuse_others(access: &Access, me: UserId, topic: MessageId, row: &TopicRow) -> Decided<()> {
    let own = topic != GENERAL && row.creator == me && access.standing.is_in();
    if own || access.standing.may(AdminRights::MANAGE_TOPICS) { Ok(()) } else { Err(Refusal::ChatAdminRequired.into()) }
}
