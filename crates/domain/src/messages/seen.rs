//! A message as its mailbox's owner reads it: opened, with what it answers found in the same mailbox.

use super::{
    protection,
    reactions::{self, Reacted},
    rows::{Action, Body, ForwardRow, MailboxRow, copy, local_id, open_body},
    saved,
};
use crate::{
    ids::{MessageId, Peer, UserId},
    view::{Decided, View},
};

/// Where a forward comes from.
#[derive(Clone, Debug, PartialEq)]
pub struct Origin {
    /// As stored.
    pub row: ForwardRow,
    /// The author's name, where its account is hidden.
    pub hidden_name: Option<String>,
}

/// A message, opened.
#[derive(Clone, Debug, PartialEq)]
pub struct SeenMessage {
    /// Its number in this mailbox.
    pub id: MessageId,
    /// As stored.
    pub row: MailboxRow,
    /// What was written.
    pub body: Body,
    /// What it answers, where that is still in this mailbox.
    pub reply_to: Option<MessageId>,
    /// Where it was forwarded from.
    pub origin: Option<Origin>,
    /// The part of Saved Messages it belongs to, if it is there.
    pub saved: Option<Peer>,
    /// What people chose as reactions to it, the latest first.
    pub reactions: Vec<Reacted>,
}

impl SeenMessage {
    /// The people that the message names.
    pub fn people(&self) -> impl Iterator<Item = UserId> {
        let origin = self.origin.as_ref().and_then(|it| it.row.from);
        let saved = self.origin.as_ref().and_then(|it| it.row.saved_peer).map(|it| it.user());
        let mentioned = self.body.entities.iter().filter_map(|it| match it.kind {
            super::rows::EntityKind::MentionName { user } => Some(user),
            _ => None,
        });
        let part = self.saved.map(Peer::user);
        let reacted = self.reactions.iter().map(|it| it.who);
        let sides = [self.row.from, self.row.peer.user()].into_iter();
        sides.chain(origin).chain(saved).chain(part).chain(mentioned).chain(reacted)
    }
}

/// A message of a user's mailbox; `None` where there is none.
pub fn seen(view: &(impl View + ?Sized), user: UserId, id: MessageId) -> Decided<Option<SeenMessage>> {
    let Some(row) = copy(view, user, id)? else { return Ok(None) };
    let mut body = open_body(view, user, &row)?;
    if let Some(Action::NoForwardsRequest { expired, .. }) = &mut body.action {
        *expired = protection::is_expired(view, &row);
    }
    let reply_to = match row.reply_to {
        Some(uid) => local_id(view, user, uid)?,
        None => None,
    };
    let hidden = Some(body.hidden_author.clone()).filter(|it| !it.is_empty());
    let origin = row.forward.clone().map(|row| Origin { row, hidden_name: hidden });
    let (saved, reactions) = (saved::origin(user, &row), reactions::of(view, user, id, &row)?);
    Ok(Some(SeenMessage { id, row, body, reply_to, origin, saved, reactions }))
}

/// Several messages, in the order asked; missing ones are left out.
pub fn seen_all(
    view: &(impl View + ?Sized),
    user: UserId,
    ids: impl IntoIterator<Item = MessageId>,
) -> Decided<Vec<SeenMessage>> {
    let mut all = Vec::new();
    for id in ids {
        all.extend(seen(view, user, id)?);
    }
    Ok(all)
}
