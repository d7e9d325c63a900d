//! What a message carries beside its text: polls and checklists. Files come with their own issue.

use super::{
    polls::{self, NewPoll, SeenPoll},
    rows::Body,
    send::{SendMessage, Sent},
    todo::{self, NewTodo, SeenTodo},
};
use crate::{
    groups::BannedRights,
    ids::{Peer, UserId},
    refusal::Refusal,
    service::Command,
    turn::Turn,
    view::{Decided, View},
};

/// What is sent with a text.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Media {
    /// Nothing.
    #[default]
    None,
    /// A poll or quiz.
    Poll(Box<NewPoll>),
    /// A checklist.
    Todo(NewTodo),
}

impl Media {
    /// The right that sending it takes in a group.
    pub(super) fn right(&self) -> BannedRights {
        match self {
            Media::None => BannedRights::SEND_PLAIN,
            Media::Poll(_) | Media::Todo(_) => BannedRights::SEND_POLLS,
        }
    }

    /// A body with the checked media in it, and no text yet.
    pub(super) fn body(&self, turn: &mut Turn<'_>, by: UserId, peer: Peer) -> Decided<Body> {
        match self {
            Media::None => Ok(Body::default()),
            // People's private chats have no polls. Source: core.telegram.org/method/messages.sendMedia, MEDIA_INVALID.
            Media::Poll(_) if peer.user().is_some_and(|it| it != by) => Err(Refusal::MediaInvalid.into()),
            Media::Poll(it) => Ok(Body { poll: Some(it.checked(turn, by, peer)?), ..Body::default() }),
            Media::Todo(it) => Ok(Body { todo: Some(it.checked(turn, by, peer)?), ..Body::default() }),
        }
    }
}

/// What a message carries, as somebody sees it.
#[derive(Clone, Debug, PartialEq)]
pub enum SeenMedia {
    /// A poll or quiz.
    Poll(Box<SeenPoll>),
    /// A checklist.
    Todo(SeenTodo),
}

impl SeenMedia {
    /// The people that it names.
    pub fn people(&self) -> Vec<UserId> {
        match self {
            SeenMedia::Poll(it) => it.people(),
            SeenMedia::Todo(it) => it.done.iter().map(|it| it.by).collect(),
        }
    }
}

/// What a body of a log carries, as `viewer` sees it.
pub fn seen(view: &(impl View + ?Sized), viewer: UserId, body: &Body) -> Decided<Option<SeenMedia>> {
    Ok(match (&body.poll, &body.todo) {
        (Some(poll), _) => Some(SeenMedia::Poll(Box::new(polls::seen(view, viewer, poll)?))),
        (None, Some(todo)) => Some(SeenMedia::Todo(todo::seen(view, todo)?)),
        (None, None) => None,
    })
}

/// A message with media.
#[derive(Clone, Debug)]
pub struct SendMedia {
    /// The message; its text is the caption, which may be empty.
    pub send: SendMessage,
    /// What it carries.
    pub media: Media,
}

impl Command for SendMedia {
    type Reply = Sent;

    fn decide(&self, turn: &mut Turn<'_>) -> Decided<Sent> {
        self.send.send(turn, &self.media)
    }
}
