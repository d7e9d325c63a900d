//! Messages leave a channel's log: by number, for one member alone, for all, and by themselves.
//! Source: core.telegram.org/method/channels.deleteMessages, core.telegram.org/method/channels.deleteHistory.

use super::{copies::Gone, tags};
use crate::{
    caller::Caller,
    deliveries::{Delivery, deliver},
    groups::{
        AdminRights, Standing,
        access::{self, Access},
        channel::{MemberRow, counts, member_key},
        log::{AdminEvent, Kept, note_all},
    },
    ids::{ChannelId, LogId, MessageId, Peer, UserId},
    messages::{
        Action, counts as counters, dialogs, pinned,
        reactions::crowd,
        receive::Delivered,
        replies,
        rows::{MailboxRow, copy, delete_copy, open_body},
        search,
        threads::place,
    },
    refusal::Refusal,
    service::Command,
    turn::Turn,
    updates::{self, Change, LogEntry, Origin},
    view::Decided,
};

/// Messages of one call. Source: clients send at most a hundred.
const MESSAGES_MAX: usize = 100;

/// Members of the largest channel whose history is deleted for all. Source: CHANNEL_TOO_BIG of
/// channels.deleteHistory.
pub const CLEARED_MEMBERS_MAX: u32 = 1000;

/// Deletes messages of a channel for all.
pub struct DeletePosts {
    /// Who.
    pub by: Caller,
    /// Where.
    pub channel: ChannelId,
    /// Unknown ones are passed over.
    pub messages: Vec<MessageId>,
}

impl Command for DeletePosts {
    /// The entry of the channel's log; `None` if nothing was there to delete.
    type Reply = Option<LogEntry>;

    fn decide(&self, turn: &mut Turn<'_>) -> Decided<Option<LogEntry>> {
        let me = self.by.user;
        let access = access::reader(turn, self.channel, me)?;
        if self.messages.len() > MESSAGES_MAX {
            return Err(Refusal::LimitInvalid.into());
        }
        let mut others = Vec::new();
        for &id in &self.messages {
            let Some(row) = copy(turn, access.log(), id)?.filter(|_| access.shows(id)) else { continue };
            if !deletable(turn, &access, me, id, &row)? {
                return Err(Refusal::MessageDeleteForbidden.into());
            }
            if row.from != me {
                others.push(AdminEvent::Deleted { message: Kept { id, row, ..Kept::default() } });
            }
        }
        note_all(turn, self.channel, me, others)?;
        let ids: Vec<_> = self.messages.iter().copied().filter(|id| access.shows(*id)).collect();
        remove(turn, self.channel, &ids, Some(self.by.origin))
    }
}

/// Whether somebody may delete a message for all. The word that a channel begins with stays.
/// Source: TDLib 1.8.66, `can_delete_channel_message`.
fn deletable(turn: &Turn<'_>, access: &Access, me: UserId, id: MessageId, row: &MailboxRow) -> Decided<bool> {
    let action = open_body(turn, access.log(), row)?.action;
    let first = matches!(action, Some(Action::ChannelCreated { .. } | Action::ChannelMigrateFrom { .. }));
    if id == MessageId(1) && action.is_some() || first {
        return Ok(false);
    }
    if access.standing.may(AdminRights::DELETE_MESSAGES) {
        return Ok(true);
    }
    let plain = !row.post && action.is_none();
    Ok(row.from == me && (plain || access.standing.may(AdminRights::POST_MESSAGES)))
}

/// Empties a channel up to a message: for all, or for oneself.
pub struct ClearChannel {
    /// Who.
    pub by: Caller,
    /// Where.
    pub channel: ChannelId,
    /// Up to this message; 0: all.
    pub max_id: MessageId,
    /// For all, a step at a time: the rest goes by itself.
    pub for_everyone: bool,
}

impl Command for ClearChannel {
    /// What was told, by whose log.
    type Reply = Vec<(LogId, LogEntry)>;

    fn decide(&self, turn: &mut Turn<'_>) -> Decided<Vec<(LogId, LogEntry)>> {
        let me = self.by.user;
        let access = access::reader(turn, self.channel, me)?;
        if !access.standing.is_in() {
            return Err(Refusal::ChannelParicipantMissing.into());
        }
        let top = MessageId(updates::counters(turn, access.log())?.last_message_id);
        let up_to = if self.max_id.0 <= 0 { top } else { self.max_id.min(top) };
        if self.for_everyone {
            return self.for_all(turn, &access, up_to);
        }
        let from = MessageId(up_to.0.saturating_add(1));
        if from <= access.visible_from {
            return Ok(Vec::new());
        }
        let row = MemberRow { visible_from: from, ..access.member.clone() };
        turn.put(member_key(self.channel, me), &row);
        dialogs::change(turn, me, access.peer(), |it| it.read_inbox = it.read_inbox.max(up_to))?;
        let change = Change::ChannelAvailable { channel: self.channel, from };
        Ok(vec![(me.into(), updates::append(turn, me, change, 0, Some(self.by.origin))?)])
    }
}

impl ClearChannel {
    fn for_all(&self, turn: &mut Turn<'_>, access: &Access, up_to: MessageId) -> Decided<Vec<(LogId, LogEntry)>> {
        let owner = matches!(access.standing, Standing::Creator(_));
        if !owner || access.row.public {
            return Err(Refusal::ChatAdminRequired.into());
        }
        if counts(turn, self.channel)?.members > CLEARED_MEMBERS_MAX {
            return Err(Refusal::ChannelTooBig.into());
        }
        let entry = super::purge::clear(turn, self.channel, up_to, Some(self.by.origin))?;
        Ok(entry.into_iter().map(|it| (access.log(), it)).collect())
    }
}

/// Deletes messages and tells who hears the channel.
pub(crate) fn remove(
    turn: &mut Turn<'_>,
    channel: ChannelId,
    ids: &[MessageId],
    skip: Option<Origin>,
) -> Decided<Option<LogEntry>> {
    let log = LogId::from(channel);
    let mut gone = Vec::with_capacity(ids.len());
    let (mut marks, mut copies) = (Marks::default(), Gone::default());
    for &id in ids {
        let Some(row) = copy(turn, log, id)? else { continue };
        place::forget(turn, log, id, &row)?;
        marks.add(id, &row);
        copies.add(turn, &row)?;
        replies::forget(turn, &row)?;
        crowd::forget(turn, log, id, &row)?;
        counters::forget(turn, log, id, &row)?;
        pinned::forget(turn, log, id, &row);
        tags::forget(turn, channel, id, &row);
        delete_copy(turn, log, id, &row);
        gone.push((row.peer, id));
    }
    search::index::forget(turn, log, &gone)?;
    marks.clear(turn, channel)?;
    copies.tell(turn, channel)?;
    let messages: Vec<_> = gone.into_iter().map(|(_, id)| id).collect();
    match i32::try_from(messages.len()).unwrap_or(i32::MAX) {
        0 => Ok(None),
        count => updates::append(turn, log, Change::DeleteMessages { messages }, count, skip).map(Some),
    }
}

/// Marks of members at messages that go: each member is told once.
#[derive(Default)]
struct Marks {
    mentions: Vec<(UserId, Vec<MessageId>)>,
    reactions: Vec<(UserId, Vec<MessageId>)>,
    votes: Vec<(UserId, Vec<MessageId>)>,
}

impl Marks {
    fn add(&mut self, id: MessageId, row: &MailboxRow) {
        let reacted = (row.reacted && row.sent_as.is_none()).then_some(row.from);
        let asked = (row.asked > 0).then_some(row.from);
        row.mentions.iter().for_each(|it| note(&mut self.mentions, *it, id));
        reacted.into_iter().for_each(|it| note(&mut self.reactions, it, id));
        asked.into_iter().for_each(|it| note(&mut self.votes, it, id));
    }

    fn clear(self, turn: &mut Turn<'_>, channel: ChannelId) -> Decided<()> {
        let peer = Peer::Channel(channel);
        for (user, messages) in self.mentions {
            let what = Delivered::Mentions { messages, unread: false };
            deliver(turn, user, user, Delivery::Group { peer, what })?;
        }
        for (user, messages) in self.reactions {
            let what = Delivered::Reactions { messages, unread: false };
            deliver(turn, user, user, Delivery::Group { peer, what })?;
        }
        for (user, messages) in self.votes {
            let what = Delivered::VotesGone { messages };
            deliver(turn, user, user, Delivery::Group { peer, what })?;
        }
        Ok(())
    }
}

fn note(all: &mut Vec<(UserId, Vec<MessageId>)>, user: UserId, id: MessageId) {
    match all.iter_mut().find(|(of, _)| *of == user) {
        Some((_, ids)) => ids.push(id),
        None => all.push((user, vec![id])),
    }
}
