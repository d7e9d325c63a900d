//! Deleting messages, for oneself or for both.
//! Source: core.telegram.org/method/messages.deleteMessages, core.telegram.org/method/messages.deleteHistory.

use store::{Direction, Range};

use super::{
    dialogs,
    history::Place,
    marks::{self, Mark},
    pinned, reactions,
    receive::Delivered,
    recipients::tell,
    rows::{MailboxRow, copy, delete_copy, id_of},
    saved, search,
};
use crate::{
    caller::Caller,
    groups::{AdminRights, basic},
    ids::{ChatId, LogId, MessageId, Peer, UserId},
    refusal::Refusal,
    service::Command,
    turn::Turn,
    updates::{self, Change, LogEntry, Origin},
    view::{Decided, Rows},
};

/// Messages of one call. Source: clients send at most a hundred.
pub const MESSAGES_MAX: usize = 100;

/// Messages of one step of a history; the client asks again until none is left.
const STEP: usize = 100;

/// Deletes messages by number.
pub struct DeleteMessages {
    /// Who.
    pub by: Caller,
    /// In the caller's mailbox; unknown ones are passed over.
    pub messages: Vec<MessageId>,
    /// On the other side, too.
    pub revoke: bool,
}

impl Command for DeleteMessages {
    /// The entry of the caller's log; `None` if nothing was there to delete.
    type Reply = Option<LogEntry>;

    fn decide(&self, turn: &mut Turn<'_>) -> Decided<Option<LogEntry>> {
        if self.messages.len() > MESSAGES_MAX {
            return Err(Refusal::LimitInvalid.into());
        }
        if self.revoke {
            revoke(turn, self.by.user, &self.messages)?;
        }
        remove(turn, self.by.user, &self.messages, Some(self.by.origin))
    }
}

/// Deletes the messages of a chat or of a part of Saved Messages, a step at a time.
pub struct DeleteHistory {
    /// Who.
    pub by: Caller,
    /// Whose messages.
    pub place: Place,
    /// Up to this message; 0: all.
    pub max_id: MessageId,
    /// Keep the chat in the list.
    pub just_clear: bool,
    /// On the other side, too.
    pub revoke: bool,
    /// Only messages from this moment on; 0: any.
    pub min_date: u32,
    /// Only messages up to this moment; 0: any.
    pub max_date: u32,
}

/// What a step came to.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// The entry of the caller's log, if anything was deleted.
    pub entry: Option<LogEntry>,
    /// Whether more is left.
    pub more: bool,
}

impl Command for DeleteHistory {
    type Reply = Step;

    fn decide(&self, turn: &mut Turn<'_>) -> Decided<Step> {
        let me = self.by.user;
        if self.max_date > 0 && self.min_date > self.max_date {
            return Err(Refusal::MaxDateInvalid.into());
        }
        if self.place.log(me) != LogId::Mailbox(me) {
            // A channel's history has a method of its own.
            return Err(Refusal::PeerIdInvalid.into());
        }
        let whole = self.place.range(me);
        let end = match self.max_id.0 {
            max @ 1.. => self.place.key(me, MessageId(max.saturating_add(1))).min(whole.end.clone()),
            _ => whole.end.clone(),
        };
        // Dates grow with numbers: a lower bound is where the step begins, an upper one where it ends.
        let start = match self.min_date {
            0 => whole.start.clone(),
            date => self.place.key(me, super::history::first_from(turn, me, self.place, &whole, date)?),
        };
        let rows = turn.scan(&Range { start, end }, Direction::Forward, STEP + 1)?;
        let mut more = rows.len() > STEP;
        let mut ids = Vec::with_capacity(STEP);
        for (key, _) in rows.iter().take(STEP) {
            let id = id_of(key);
            let date = copy(turn, me, id)?.map_or(0, |it| it.date);
            if self.max_date > 0 && date > self.max_date {
                more = false;
                break;
            }
            ids.push(id);
        }
        if self.revoke {
            revoke(turn, me, &ids)?;
        }
        let entry = remove(turn, me, &ids, Some(self.by.origin))?;
        if let Place::Chat(peer) = self.place
            && !more
            && !self.just_clear
            && self.min_date == 0
            && self.max_date == 0
        {
            dialogs::change(turn, me, peer, |it| {
                if it.top.0 == 0 {
                    (it.pin, it.date) = (0, 0);
                }
            })?;
        }
        Ok(Step { entry, more })
    }
}

/// Deletes copies of one mailbox and tells its sessions.
pub(super) fn remove(
    turn: &mut Turn<'_>,
    user: UserId,
    ids: &[MessageId],
    skip: Option<Origin>,
) -> Decided<Option<LogEntry>> {
    let (mut gone, mut peers) = (Vec::new(), Vec::new());
    for &id in ids {
        let Some(row) = copy(turn, user, id)? else { continue };
        reactions::forget(turn, user, id, &row)?;
        marks::settle(turn, user, row.peer, id, (Mark::PollVote, false))?;
        pinned::forget(turn, user.into(), id, &row);
        if row.mentions.contains(&user) {
            marks::settle(turn, user, row.peer, id, (Mark::Mention, false))?;
        }
        delete_copy(turn, user.into(), id, &row);
        saved::remove(turn, user, id, &row)?;
        gone.push((row.peer, id));
        if !peers.contains(&row.peer) {
            peers.push(row.peer);
        }
    }
    search::index::forget(turn, user.into(), &gone)?;
    let gone: Vec<_> = gone.into_iter().map(|(_, id)| id).collect();
    for peer in peers {
        dialogs::refresh(turn, user, peer)?;
    }
    let Ok(count) = i32::try_from(gone.len()) else { return Ok(None) };
    if count == 0 {
        return Ok(None);
    }
    updates::append(turn, user, Change::DeleteMessages { messages: gone }, count, skip).map(Some)
}

/// Has the others' copies deleted. Of a group's messages one's own go; others' only where an admin may do that.
fn revoke(turn: &mut Turn<'_>, me: UserId, ids: &[MessageId]) -> Decided<()> {
    let mut by_peer: Vec<(Peer, Vec<_>)> = Vec::new();
    for &id in ids {
        let Some(row) = copy(turn, me, id)? else { continue };
        if let Peer::Chat(chat) = row.peer
            && !revocable(turn, me, chat, &row)?
        {
            return Err(Refusal::MessageDeleteForbidden.into());
        }
        match by_peer.iter_mut().find(|(peer, _)| *peer == row.peer) {
            Some((_, uids)) => uids.push(row.uid),
            None => by_peer.push((row.peer, vec![row.uid])),
        }
    }
    for (peer, uids) in by_peer {
        tell(turn, me, peer, Delivered::Deleted { uids })?;
    }
    Ok(())
}

/// Whether a message of a basic group may be deleted for all of it by `me`. Who is no longer a member deletes
/// for itself alone.
fn revocable(turn: &Turn<'_>, me: UserId, chat: ChatId, row: &MailboxRow) -> Decided<bool> {
    let group = basic::chat(turn, chat)?.unwrap_or_default();
    let inside = group.member(me).is_some() && !group.deactivated;
    Ok(inside && (row.from == me || group.admin_rights(me).has(AdminRights::DELETE_MESSAGES)))
}
