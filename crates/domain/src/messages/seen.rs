//! A message as its mailbox's owner reads it: opened, with what it answers found in the same mailbox.

pub(super) mod known;

use super::{
    comments::{self, Comments},
    counts::{self, Counts, Post},
    marks::{self, Mark},
    media::{self, SeenMedia, opening},
    protection,
    reactions::{self, Reacted, crowd::Crowd},
    rows::{Action, Body, ForwardRow, MailboxRow, copy, local_id, open_body},
    saved,
    threads::{self, ThreadRow},
};
use crate::{
    files::Carrier,
    groups::{self, basic, ranks},
    ids::{LogId, MessageId, Peer, UserId},
    view::{Decided, View},
};

/// Where a forward comes from.
#[derive(Clone, Debug, PartialEq)]
pub struct Origin {
    /// As stored.
    pub row: ForwardRow,
    /// The author's name, where its account is hidden.
    pub hidden_name: Option<String>,
    /// What stood beside the identity that spoke there.
    pub signature: Option<String>,
}

impl Origin {
    pub(super) fn of(row: ForwardRow, body: &Body) -> Self {
        let some = |it: &String| Some(it.clone()).filter(|it| !it.is_empty());
        Self { row, hidden_name: some(&body.hidden_author), signature: some(&body.origin_signature) }
    }
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
    /// The title of its author in the group, as it is now; empty: none.
    pub rank: String,
    /// What it answers, where that is still in this mailbox.
    pub reply_to: Option<MessageId>,
    /// Where it was forwarded from.
    pub origin: Option<Origin>,
    /// The part of Saved Messages it belongs to, if it is there.
    pub saved: Option<Peer>,
    /// What people chose as reactions to it, the latest first.
    pub reactions: Vec<Reacted>,
    /// What it carries beside its text.
    pub media: Option<SeenMedia>,
    /// What answers it, where something does.
    pub thread: Option<ThreadRow>,
    /// What a channel's post was answered with in its discussion group, where it can be.
    pub comments: Option<Comments>,
    /// Of a post of a broadcast channel, or a copy of one: how often it was seen and forwarded.
    pub counts: Option<Counts>,
    /// In channels: how often each reaction was chosen; `reactions` are the last of them there.
    pub crowd: Option<Crowd>,
    /// It mentions the reader, or answers it.
    pub mentioned: bool,
    /// It does, and the reader has not opened it.
    pub unread_mention: bool,
    /// What it carries waits to be opened: by the reader, or by whom the reader sent it to.
    pub media_unread: bool,
}

impl SeenMessage {
    /// The groups and channels that the message names.
    pub fn groups(&self) -> impl Iterator<Item = Peer> {
        let saved_from = self.origin.as_ref().and_then(|it| it.row.saved_peer);
        let origin = self.origin.as_ref().and_then(|it| it.row.channel);
        let all = [
            Some(self.row.peer),
            origin,
            saved_from,
            self.saved,
            self.row.sent_as,
            self.body.action.as_ref().and_then(Action::group),
        ];
        let group = self.comments.iter().map(|it| Peer::Channel(it.group));
        let comments = self.comments.iter().flat_map(|it| it.recent.iter().copied()).chain(group);
        all.into_iter().flatten().chain(comments).filter(|it| it.user().is_none())
    }

    /// The people that the message names.
    pub fn people(&self) -> impl Iterator<Item = UserId> {
        let origin = self.origin.as_ref().and_then(|it| it.row.from);
        let saved = self.origin.as_ref().and_then(|it| it.row.saved_peer).and_then(Peer::user);
        let mentioned = self.body.entities.iter().filter_map(|it| match it.kind {
            super::rows::EntityKind::MentionName { user } => Some(user),
            _ => None,
        });
        let part = self.saved.and_then(Peer::user);
        let acted = self.body.action.iter().flat_map(Action::people);
        let reacted = self.reactions.iter().map(|it| it.who);
        let author = Some(self.row.from).filter(|it| *it != UserId::NOBODY);
        let sides = author.into_iter().chain(self.row.peer.user());
        let media = self.media.iter().flat_map(SeenMedia::people);
        let commented = self.comments.iter().flat_map(|it| it.recent.iter().copied().filter_map(Peer::user));
        let all = sides.chain(media).chain(origin).chain(saved).chain(part).chain(commented);
        all.chain(mentioned).chain(reacted).chain(acted)
    }
}

/// A message of a user's mailbox; `None` where there is none.
pub fn seen(view: &(impl View + ?Sized), user: UserId, id: MessageId) -> Decided<Option<SeenMessage>> {
    one(view, user, user.into(), id)
}

/// A message of a log as `viewer` reads it, who must have been let in before.
fn one(view: &(impl View + ?Sized), viewer: UserId, log: LogId, id: MessageId) -> Decided<Option<SeenMessage>> {
    match log {
        LogId::Channel(channel) if view.warm().is_some() => known::seen(view, viewer, channel, id),
        _ => copy(view, log, id)?.map(|row| seen_kept(view, viewer, log, id, row)).transpose(),
    }
}

/// A message from a row that was kept: as it was then, where it has been changed or deleted since.
pub fn seen_kept(
    view: &(impl View + ?Sized),
    viewer: UserId,
    log: LogId,
    id: MessageId,
    row: MailboxRow,
) -> Decided<SeenMessage> {
    read(view, viewer, log, id, row, |row, body| {
        media::seen(view, viewer, Carrier::Message { log, uid: row.uid }, body)
    })
}

fn read(
    view: &(impl View + ?Sized),
    viewer: UserId,
    log: LogId,
    id: MessageId,
    mut row: MailboxRow,
    media: impl FnOnce(&MailboxRow, &Body) -> Decided<Option<SeenMedia>>,
) -> Decided<SeenMessage> {
    // One row for all: whose own it is depends on who reads.
    if let LogId::Channel(_) = log {
        row.out = row.from == viewer;
        // Who speaks as a group or channel is known to nobody else.
        if row.sent_as.is_some() && !row.out {
            row.from = UserId::NOBODY;
        }
    }
    let mut body = open_body(view, log, &row)?;
    if let Some(Action::NoForwardsRequest { expired, .. }) = &mut body.action {
        *expired = protection::is_expired(view, &row);
    }
    let reply_to = match row.reply_to {
        Some(uid) => local_id(view, log, uid)?,
        None => None,
    };
    let origin = row.forward.clone().map(|row| Origin::of(row, &body));
    let saved = saved::origin(viewer, &row);
    let (crowd, reactions) = match log {
        LogId::Mailbox(_) => (None, reactions::of(view, log, id, &row)?),
        LogId::Channel(_) => reactions::crowd::of(view, viewer, log, id, &row)?,
    };
    let media = media(&row, &body)?;
    let thread = match log {
        LogId::Channel(channel) if row.has_thread => Some(threads::state(view, channel, id)?),
        LogId::Channel(_) | LogId::Mailbox(_) => None,
    };
    let rank = rank(view, log, &row, &body)?;
    let comments = match log {
        LogId::Channel(channel) => comments::of(view, viewer, channel, &row)?,
        LogId::Mailbox(_) => None,
    };
    let counts = match Post::of(log, id, &row) {
        Some(post) if body.action.is_none() => Some(counts::counts(view, post)?),
        Some(_) | None => None,
    };
    let media_unread = match log {
        LogId::Mailbox(_) => row.media_unread,
        LogId::Channel(channel) => opening::is_unread(view, viewer, channel, id, (&row, &body))?,
    };
    let mentioned = row.mentions.contains(&viewer);
    let unread_mention = mentioned && marks::is_set(view, viewer, row.peer, Mark::Mention, id)?;
    Ok(SeenMessage {
        id,
        row,
        body,
        rank,
        reply_to,
        origin,
        saved,
        reactions,
        crowd,
        media,
        thread,
        comments,
        counts,
        mentioned,
        unread_mention,
        media_unread,
    })
}

/// The title of who wrote a message of a group in its own name.
fn rank(view: &(impl View + ?Sized), log: LogId, row: &MailboxRow, body: &Body) -> Decided<String> {
    let author = row.from;
    if row.post || row.sent_as.is_some() || body.action.is_some() {
        return Ok(String::new());
    }
    match (log, row.peer) {
        (LogId::Channel(channel), _) => match groups::member(view, channel, author)? {
            Some(member) => ranks::of(view, channel, author, &member),
            None => Ok(String::new()),
        },
        (LogId::Mailbox(_), Peer::Chat(id)) => match groups::chat(view, id)? {
            Some(row) => Ok(basic::admins::rank_of(&basic::card(view, id, &row)?, author)),
            None => Ok(String::new()),
        },
        (LogId::Mailbox(_), Peer::User(_) | Peer::Channel(_)) => Ok(String::new()),
    }
}

/// Several messages of a user's mailbox, in the order asked; missing ones are left out.
pub fn seen_all(
    view: &(impl View + ?Sized),
    user: UserId,
    ids: impl IntoIterator<Item = MessageId>,
) -> Decided<Vec<SeenMessage>> {
    seen_in(view, user, user.into(), ids)
}

/// Several of one log, as `viewer` reads it, who must have been let in before.
pub fn seen_in(
    view: &(impl View + ?Sized),
    viewer: UserId,
    log: LogId,
    ids: impl IntoIterator<Item = MessageId>,
) -> Decided<Vec<SeenMessage>> {
    let mut all = Vec::new();
    for id in ids {
        all.extend(one(view, viewer, log, id)?);
    }
    Ok(all)
}
