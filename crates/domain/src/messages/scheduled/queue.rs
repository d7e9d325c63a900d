//! What a writer does with a queue: sends now, changes, takes away.

use super::{
    Schedule, due,
    later::later,
    rows::{ScheduledRow, open, queue_key, seal_version},
};
use crate::{
    caller::Caller,
    files::{Carrier, uses},
    ids::{MessageId, Peer},
    messages::{
        media::{self, MediaBody},
        rows::{Body, Entity},
        text,
        webpages::{self, Wish},
    },
    policy::screen,
    refusal::Refusal,
    service::Command,
    turn::Turn,
    updates::{self, Change, LogEntry},
    view::{Decided, View, load},
};

/// Sends queued messages now.
pub struct SendScheduled {
    /// Who.
    pub by: Caller,
    /// Which queue.
    pub peer: Peer,
    /// Its messages, in this order.
    pub messages: Vec<MessageId>,
}

impl Command for SendScheduled {
    /// Entries of the writer's log.
    type Reply = Vec<LogEntry>;

    fn decide(&self, turn: &mut Turn<'_>) -> Decided<Vec<LogEntry>> {
        bounded(&self.messages)?;
        let mut entries = Vec::with_capacity(self.messages.len() + 1);
        let mut sent = Vec::with_capacity(self.messages.len());
        for id in &self.messages {
            let row = taken(turn, self.by.user, self.peer, *id)?.ok_or(Refusal::MessageIdInvalid)?;
            let body = open(turn, self.by.user, self.peer, &row)?;
            super::super::send::refuse_sending(turn, self.by.user, self.peer, body.right())?;
            screen(turn, self.by.user, self.peer, &body)?;
            let out = due::send(turn, self.by.user, self.peer, &row, Some(self.by.origin))?;
            sent.push(out.message);
            entries.extend(out.entry);
        }
        let change = Change::DeleteScheduled { peer: self.peer, messages: self.messages.clone(), sent };
        entries.push(updates::append(turn, self.by.user, change, 0, Some(self.by.origin))?);
        Ok(entries)
    }
}

/// Takes messages off a queue.
pub struct DeleteScheduled {
    /// Who.
    pub by: Caller,
    /// Which queue.
    pub peer: Peer,
    /// Its messages; unknown ones are passed over.
    pub messages: Vec<MessageId>,
}

impl Command for DeleteScheduled {
    /// The entry of the writer's log.
    type Reply = Option<LogEntry>;

    fn decide(&self, turn: &mut Turn<'_>) -> Decided<Option<LogEntry>> {
        bounded(&self.messages)?;
        let mut messages = Vec::with_capacity(self.messages.len());
        for id in &self.messages {
            if taken(turn, self.by.user, self.peer, *id)?.is_some() {
                messages.push(*id);
            }
        }
        if messages.is_empty() {
            return Ok(None);
        }
        let change = Change::DeleteScheduled { peer: self.peer, messages, sent: Vec::new() };
        updates::append(turn, self.by.user, change, 0, Some(self.by.origin)).map(Some)
    }
}

/// Changes the text of a queued message, what it carries, or its date.
pub struct EditScheduled {
    /// Who.
    pub by: Caller,
    /// Which queue.
    pub peer: Peer,
    /// Which message of it.
    pub message: MessageId,
    /// A new text with its entities and whether it has no preview; `None` keeps the old one.
    pub text: Option<(String, Vec<Entity>, bool)>,
    /// What it carries from now on; `None`: what it did.
    pub media: Option<Box<MediaBody>>,
    /// When it is due now.
    pub at: Schedule,
}

impl Command for EditScheduled {
    type Reply = LogEntry;

    fn decide(&self, turn: &mut Turn<'_>) -> Decided<LogEntry> {
        let me = self.by.user;
        let key = queue_key(me, self.peer, self.message);
        let old: ScheduledRow = load(turn, &key)?.ok_or(Refusal::MessageIdInvalid)?;
        // What is due already goes with the next tick.
        let due = later(turn, me, self.peer, self.at)?.unwrap_or(turn.now().secs());
        let mut new = ScheduledRow { due, repeat: self.at.repeat, ..old.clone() };
        if self.text.is_some() || self.media.is_some() {
            let before = open(turn, me, self.peer, &old)?;
            let mut body = self.body(&before, old.album)?;
            if self.text.is_some() {
                body.media = webpages::again(turn, me, self.peer, (&body, &Wish::default()))?;
            }
            if body != before {
                screen(turn, me, self.peer, &body)?;
                if old.forward.is_some() {
                    return Err(Refusal::MessageAuthorRequired.into());
                }
                new.version += 1;
                new.edit_date = turn.now().secs();
                new.files = body.files();
                let carrier = Carrier::Scheduled { user: me, peer: self.peer, id: self.message };
                new.files.iter().for_each(|it| uses::put(turn, *it, carrier));
                new.body = seal_version(turn, me, self.peer, (old.uid, new.version), &body)?;
            }
        }
        if new == old {
            return Err(Refusal::MessageNotModified.into());
        }
        if new.due != old.due {
            due::unplan(turn, me, self.peer, self.message, old.due);
            due::plan(turn, me, self.peer, self.message, new.due);
        }
        turn.put(key, &new);
        let change = Change::NewScheduled { peer: self.peer, message: self.message, random_id: None };
        updates::append(turn, me, change, 0, Some(self.by.origin))
    }
}

impl EditScheduled {
    /// What the message says and carries from now on.
    fn body(&self, before: &Body, album: u64) -> Decided<Body> {
        let caption = self.text.as_ref().map(|(written, entities, _)| (written.clone(), entities.clone()));
        if let Some(media) = &self.media {
            return media::edit::replaced(before, album, media, caption.as_ref());
        }
        let Some((written, entities, no_webpage)) = &self.text else { return Ok(before.clone()) };
        let clean = if before.media.as_ref().is_some_and(|it| it.page() == 0) { text::caption } else { text::clean };
        let cleaned = clean(written, entities)?;
        Ok(Body { text: cleaned.text, entities: cleaned.entities, no_webpage: *no_webpage, ..before.clone() })
    }
}

/// Takes a message off its queue.
pub(super) fn taken(
    turn: &mut Turn<'_>,
    user: crate::ids::UserId,
    peer: Peer,
    id: MessageId,
) -> Decided<Option<ScheduledRow>> {
    let key = queue_key(user, peer, id);
    let Some(row) = load::<ScheduledRow>(turn, &key)? else { return Ok(None) };
    turn.delete(key);
    due::unplan(turn, user, peer, id, row.due);
    Ok(Some(row))
}

fn bounded(ids: &[MessageId]) -> Result<(), Refusal> {
    match ids.len() {
        0 => Err(Refusal::MessageIdsEmpty),
        1..=super::QUEUE_MAX => Ok(()),
        _ => Err(Refusal::LimitInvalid),
    }
}
