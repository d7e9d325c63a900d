//! Albums: two to ten messages that clients show as one.
//! Source: core.telegram.org/method/messages.sendMultiMedia.

use std::collections::BTreeSet;

use super::{Media, MediaBody, SendMedia};
use crate::{
    files::descriptor::Shape,
    messages::{
        scheduled::{self, Schedule},
        send::{Sent, sent_or_queued},
    },
    refusal::Refusal,
    service::Command,
    turn::Turn,
    view::Decided,
};

/// Messages of an album. Source: core.telegram.org/api/files#albums-grouped-media.
pub const ALBUM_MAX: usize = 10;

/// Messages of one album, or the part of them that one command may write: all carry the album's number.
#[derive(Clone, Debug)]
pub struct SendAlbum {
    /// In their order.
    pub items: Vec<SendMedia>,
    /// When; `None`: now.
    pub at: Option<Schedule>,
}

/// What may stand side by side.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Class {
    /// Photos and videos.
    Pictures,
    Documents,
    Music,
}

/// Refuses what can't be one album by its messages' numbers, before any media is made.
pub fn refuse_numbers(random_ids: &[i64]) -> Result<(), Refusal> {
    if random_ids.is_empty() {
        return Err(Refusal::MediaEmpty);
    }
    if random_ids.len() > ALBUM_MAX {
        return Err(Refusal::MultiMediaTooLong);
    }
    let different: BTreeSet<_> = random_ids.iter().collect();
    if different.contains(&0) {
        return Err(Refusal::RandomIdEmpty);
    }
    if different.len() < random_ids.len() { Err(Refusal::RandomIdDuplicate) } else { Ok(()) }
}

/// Refuses what can't stand side by side, before anything of it is sent. One item alone is a message like any other.
pub fn refuse_mixed<'a>(media: impl IntoIterator<Item = &'a Media>) -> Result<(), Refusal> {
    let classes: Vec<_> = media.into_iter().map(class).collect();
    if classes.len() < 2 {
        return Ok(());
    }
    if classes.contains(&None) {
        return Err(Refusal::MediaInvalid);
    }
    if classes.iter().all(|it| *it == classes[0]) { Ok(()) } else { Err(Refusal::MediaGroupedInvalid) }
}

fn class(media: &Media) -> Option<Class> {
    if let Media::Files(body) = media { class_of(body) } else { None }
}

/// What it may stand beside; `None`: nothing.
pub(super) fn class_of(body: &MediaBody) -> Option<Class> {
    match body {
        MediaBody::Photo { .. } => Some(Class::Pictures),
        MediaBody::Document { document, .. } => match document.shape() {
            Shape::Video => Some(Class::Pictures),
            Shape::Plain => Some(Class::Documents),
            Shape::Music => Some(Class::Music),
            Shape::Round | Shape::Animation | Shape::Voice | Shape::Sticker => None,
        },
        MediaBody::Place { .. }
        | MediaBody::Venue { .. }
        | MediaBody::Contact { .. }
        | MediaBody::Dice { .. }
        | MediaBody::WebPage { .. }
        | MediaBody::Ended { .. }
        | MediaBody::Live { .. } => None,
    }
}

impl Command for SendAlbum {
    type Reply = Vec<Sent>;

    fn decide(&self, turn: &mut Turn<'_>) -> Decided<Vec<Sent>> {
        // All are checked before the first is written: in a slow group an album is one message.
        let mut all = Vec::with_capacity(self.items.len());
        for SendMedia { send, media } in &self.items {
            let known = sent_or_queued(turn, send.by.user, send.peer, send.random_id)?;
            all.push(match known {
                Some(message) => Err(Sent { message, entry: None }),
                None => Ok((send, send.prepare(turn, media)?)),
            });
        }
        let mut sent = Vec::with_capacity(all.len());
        for it in all {
            sent.push(match (it, self.at) {
                (Err(known), _) => known,
                (Ok((send, message)), None) => send.post(turn, message)?,
                (Ok((send, message)), Some(at)) => scheduled::post(turn, send.by.user, message, at, send.by.origin)?,
            });
        }
        if let Some(last) = self.items.last() {
            last.send.finish(turn)?;
        }
        Ok(sent)
    }
}
