//! What a message carries beside its text: files, places, contacts, dice, polls and checklists.

pub mod ahead;
pub mod album;
pub mod body;
pub mod carriers;
pub mod edit;
pub mod live;
pub mod opening;
#[cfg(test)]
mod tests;
mod things;
pub mod uploaded;

pub use body::{MediaBody, Place, SharedContact, Venue};
pub use live::NewLive;
pub use opening::Was;
pub use things::DICE;

use super::{
    polls::{self, NewPoll, SeenPoll},
    rows::Body,
    send::{SendMessage, Sent},
    todo::{self, NewTodo, SeenTodo},
    webpages::{self, SeenPage, Wish},
};
use crate::{
    files::{Access, Carrier},
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
    /// Files that are stored already, as somebody who holds their keys describes them.
    Files(Box<MediaBody>),
    /// A point on the earth.
    Place(Place),
    /// A place with a name.
    Venue(Box<Venue>),
    /// Somebody's number and names.
    Contact(Box<SharedContact>),
    /// Something to be thrown, by its emoji.
    Dice(String),
    /// Where the sender is, for a time.
    Live(Box<NewLive>),
    /// A page of the web below the text.
    WebPage(Box<Wish>),
}

impl Media {
    /// The right that sending it takes in a group.
    pub(super) fn right(&self) -> BannedRights {
        match self {
            Media::None | Media::WebPage(_) => BannedRights::SEND_PLAIN,
            Media::Poll(_) | Media::Todo(_) => BannedRights::SEND_POLLS,
            Media::Files(it) => it.right(),
            Media::Place(_) | Media::Venue(_) | Media::Contact(_) | Media::Live(_) => BannedRights::SEND_PLAIN,
            Media::Dice(_) => BannedRights::SEND_STICKERS,
        }
    }

    /// A body with the checked media in it, and no text yet.
    pub(super) fn body(&self, turn: &mut Turn<'_>, by: UserId, peer: Peer) -> Decided<Body> {
        match self {
            // What is below a text depends on the text.
            Media::None | Media::WebPage(_) => Ok(Body::default()),
            // People's private chats have no polls. Source: core.telegram.org/method/messages.sendMedia, MEDIA_INVALID.
            Media::Poll(_) if peer.user().is_some_and(|it| it != by) => Err(Refusal::MediaInvalid.into()),
            Media::Poll(it) => Ok(Body { poll: Some(it.checked(turn, by, peer)?), ..Body::default() }),
            Media::Todo(it) => Ok(Body { todo: Some(it.checked(turn, by, peer)?), ..Body::default() }),
            Media::Files(it) if it.ttl() > 0 && !may_end(it, by, peer) => Err(Refusal::TtlMediaInvalid.into()),
            Media::Files(it) => Ok(carrying((**it).clone())),
            Media::Live(it) => Ok(carrying(it.checked()?)),
            Media::Place(it) => Ok(carrying(MediaBody::Place { place: it.checked()? })),
            Media::Venue(it) => Ok(carrying(MediaBody::Venue { venue: it.checked()? })),
            Media::Contact(it) => Ok(carrying(MediaBody::Contact { contact: it.checked(turn, by)? })),
            Media::Dice(it) => Ok(carrying(things::throw(turn, it)?)),
        }
    }
}

impl Body {
    /// The right that sending it takes in a group.
    pub(super) fn right(&self) -> BannedRights {
        match (&self.media, self.poll.is_some() || self.todo.is_some()) {
            (Some(media), _) => media.right(),
            (None, true) => BannedRights::SEND_POLLS,
            (None, false) => BannedRights::SEND_PLAIN,
        }
    }
}

/// Photos, videos and notes are shown for a time in private chats alone.
/// Source: core.telegram.org/method/messages.sendMedia, TTL_MEDIA_INVALID; TDLib 1.8.66.
fn may_end(it: &MediaBody, by: UserId, peer: Peer) -> bool {
    it.may_end() && peer.user().is_some_and(|it| it != by && !it.is_server())
}

fn carrying(media: MediaBody) -> Body {
    Body { media: Some(media), ..Body::default() }
}

/// What a message carries, as somebody sees it.
#[derive(Clone, Debug, PartialEq)]
pub enum SeenMedia {
    /// A poll or quiz.
    Poll(Box<SeenPoll>),
    /// A checklist.
    Todo(SeenTodo),
    /// A page of the web.
    WebPage(Box<SeenPage>),
    /// Anything else.
    Carried(Box<SeenCarried>),
}

/// What a message carries, and by what its files are asked for.
#[derive(Clone, Debug, PartialEq)]
pub struct SeenCarried {
    /// As stored; it holds the keys of its files.
    pub body: MediaBody,
    /// By what clients ask for its files.
    pub access: Access,
}

impl SeenMedia {
    /// The people that it names.
    pub fn people(&self) -> Vec<UserId> {
        match self {
            SeenMedia::Poll(it) => it.people(),
            SeenMedia::Todo(it) => it.done.iter().map(|it| it.by).collect(),
            SeenMedia::WebPage(_) => Vec::new(),
            SeenMedia::Carried(it) => it.body.people(),
        }
    }
}

/// What a message carries, as `viewer` sees it.
pub fn seen(view: &(impl View + ?Sized), viewer: UserId, carrier: Carrier, body: &Body) -> Decided<Option<SeenMedia>> {
    Ok(match (&body.poll, &body.todo, body.carried()) {
        (Some(poll), _, _) => Some(SeenMedia::Poll(Box::new(polls::seen(view, viewer, poll)?))),
        (None, Some(todo), _) => Some(SeenMedia::Todo(todo::seen(view, todo)?)),
        (None, None, Some(media @ MediaBody::WebPage { .. })) => {
            webpages::of(view, &media)?.map(|it| SeenMedia::WebPage(Box::new(it)))
        }
        (None, None, Some(media)) => {
            let access = Access::of(view, carrier, media.named()).with_set(view, media.set());
            Some(SeenMedia::Carried(Box::new(SeenCarried { body: media, access })))
        }
        (None, None, None) => None,
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
