//! Editing what a message carries: photos, videos, GIFs, documents and music take each other's place, and that of
//! nothing; in an album only what may stand beside the others does.
//! Source: core.telegram.org/method/messages.editMessage, core.telegram.org/bots/api#editmessagemedia.

use super::{album::class_of, body::MediaBody};
use crate::{
    caller::Caller,
    files::descriptor::Shape,
    ids::{MessageId, Peer},
    messages::{
        edit::{editable, write},
        rows::{Body, Entity, open_body},
        send::refuse_kind,
        text,
    },
    refusal::Refusal,
    service::Command,
    turn::Turn,
    updates::LogEntry,
    view::Decided,
};

/// Another file for a message, with its caption.
#[derive(Clone, Debug)]
pub struct EditMedia {
    /// Who.
    pub by: Caller,
    /// In which chat.
    pub peer: Peer,
    /// In the editor's mailbox.
    pub message: MessageId,
    /// What it carries from now on.
    pub media: Box<MediaBody>,
    /// Its caption, as typed and marked; `None`: the old text.
    pub caption: Option<(String, Vec<Entity>)>,
}

impl Command for EditMedia {
    type Reply = LogEntry;

    fn decide(&self, turn: &mut Turn<'_>) -> Decided<LogEntry> {
        let me = self.by.user;
        let row = editable(turn, me, self.peer, self.message)?;
        let old = open_body(turn, self.peer.log(me), &row)?;
        let body = replaced(&old, row.album, &self.media, self.caption.as_ref())?;
        refuse_kind(turn, me, self.peer, self.media.right())?;
        write(turn, &self.by, (self.peer, self.message), row, body)
    }
}

/// A body with other media; `album` is not 0 where it is one of several.
pub(in crate::messages) fn replaced(
    old: &Body,
    album: u64,
    media: &MediaBody,
    caption: Option<&(String, Vec<Entity>)>,
) -> Decided<Body> {
    // What is shown of a link takes no place.
    let before = old.media.as_ref().filter(|it| it.page() == 0);
    if old.poll.is_some() || old.todo.is_some() || before.is_some_and(|it| !is_replaceable(it) || it.ttl() > 0) {
        return Err(Refusal::MediaPrevInvalid.into());
    }
    if media.ttl() > 0 {
        return Err(Refusal::MediaTtlInvalid.into());
    }
    if !is_replaceable(media) {
        return Err(Refusal::MediaNewInvalid.into());
    }
    if album != 0 && before.and_then(class_of) != class_of(media) {
        return Err(Refusal::MediaGroupedInvalid.into());
    }
    let mut body = Body { media: Some(media.clone()), ..old.clone() };
    if let Some((written, entities)) = caption {
        let cleaned = text::caption(written, entities)?;
        (body.text, body.entities) = (cleaned.text, cleaned.entities);
    } else if old.text.encode_utf16().count() > text::CAPTION_MAX {
        return Err(Refusal::MediaCaptionTooLong.into());
    }
    if body == *old { Err(Refusal::MessageNotModified.into()) } else { Ok(body) }
}

/// What may take another's place and have its own taken.
fn is_replaceable(it: &MediaBody) -> bool {
    match it {
        MediaBody::Photo { .. } => true,
        MediaBody::Document { document, .. } => {
            matches!(document.shape(), Shape::Plain | Shape::Video | Shape::Animation | Shape::Music)
        }
        MediaBody::Place { .. }
        | MediaBody::Venue { .. }
        | MediaBody::Contact { .. }
        | MediaBody::Dice { .. }
        | MediaBody::WebPage { .. }
        | MediaBody::Ended { .. }
        | MediaBody::Live { .. } => false,
    }
}
