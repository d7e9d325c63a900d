//! A channel's message as all of its readers see it, opened once for all, and what each of them has of it beside.

use super::{Carrier, SeenMedia, SeenMessage, copy, media, opening, read};
use crate::{
    ids::{ChannelId, LogId, MessageId, Peer, UserId},
    messages::{
        marks::{self, Mark},
        reactions::crowd,
        rows::local_id,
        threads,
    },
    view::{Decided, View},
    warm,
};

/// What a message takes in memory besides its texts.
const MESSAGE_BYTES: usize = 1536;

/// A message of a channel, or that there is none.
pub(crate) type KnownMessage = Option<Known>;

/// In the words that are the same for all.
pub(crate) struct Known {
    /// As somebody sees it who has nothing of it.
    seen: SeenMessage,
    /// Who wrote it, whoever speaks.
    from: UserId,
    /// The copy in the discussion group, under which a reader's mark in its comments stands.
    top: Option<MessageId>,
}

/// A message of a channel as `viewer` reads it.
pub(super) fn seen(
    view: &(impl View + ?Sized),
    viewer: UserId,
    channel: ChannelId,
    id: MessageId,
) -> Decided<Option<SeenMessage>> {
    let make = |view: &dyn View| known(view, channel, id);
    let known = warm::keep(view, |it| &it.messages, (channel, id), bytes, make)?;
    known.as_ref().as_ref().map(|it| own(view, viewer, channel, it)).transpose()
}

fn known(view: &dyn View, channel: ChannelId, id: MessageId) -> Decided<KnownMessage> {
    let log = LogId::Channel(channel);
    let Some(row) = copy(view, log, id)? else { return Ok(None) };
    let (from, uid) = (row.from, row.uid);
    // Only a checklist is the same for all; a poll depends on the moment as well.
    let seen = read(view, UserId::NOBODY, log, id, row, |row, body| match body.todo.is_some() {
        true => media::seen(view, UserId::NOBODY, Carrier::Message { log, uid: row.uid }, body),
        false => Ok(None),
    })?;
    let top = match &seen.comments {
        Some(comments) => local_id(view, comments.group, uid)?,
        None => None,
    };
    Ok(Some(Known { seen, from, top }))
}

/// With what is the viewer's own.
fn own(view: &(impl View + ?Sized), viewer: UserId, channel: ChannelId, it: &Known) -> Decided<SeenMessage> {
    let (log, mut seen) = (LogId::Channel(channel), it.seen.clone());
    let (id, mine) = (seen.id, it.from == viewer);
    seen.row.out = mine;
    if mine {
        seen.row.from = it.from;
    }
    if seen.media.is_none() {
        seen.media = media::seen(view, viewer, Carrier::Message { log, uid: seen.row.uid }, &seen.body)?;
    }
    if let Some(crowd) = &mut seen.crowd {
        crowd.own = crowd::own(view, viewer, log, id, &seen.row)?;
        let new = mine && marks::is_set(view, viewer, Peer::Channel(channel), Mark::Reaction, id)?;
        seen.reactions.iter_mut().for_each(|it| it.unread = new);
    }
    if let (Some(comments), Some(top)) = (&mut seen.comments, it.top) {
        comments.read = threads::mark(view, viewer, comments.group, top)?.read_inbox;
    }
    seen.media_unread = opening::is_unread(view, viewer, channel, id, (&seen.row, &seen.body))?;
    seen.mentioned = seen.row.mentions.contains(&viewer);
    seen.unread_mention = seen.mentioned && marks::is_set(view, viewer, seen.row.peer, Mark::Mention, id)?;
    Ok(seen)
}

/// Texts with their marks; what else a message has is bounded by few.
fn bytes(it: &KnownMessage) -> usize {
    let Some(Known { seen, .. }) = it else { return 0 };
    let marks = seen.body.entities.len() * size_of::<super::super::Entity>();
    let todo = if let Some(SeenMedia::Todo(it)) = &seen.media { it.body.tasks.len() * 256 } else { 0 };
    MESSAGE_BYTES + seen.body.text.len() + seen.row.body.len() + marks + todo + seen.row.mentions.len() * 8
}
