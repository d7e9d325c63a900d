//! From a carrier to what it carries: for who asks for a file, and for the sweep.

use super::{body::MediaBody, uploaded};
use crate::{
    files::{Carrier, Document, Photo, Stored, reference},
    groups::{self, access},
    ids::{LogId, MessageId, MessageUid, Peer, UserId},
    kept::{
        self, List,
        wallpapers::{Wallpaper, chats, made},
    },
    messages::{
        rows::{MailboxRow, copy, local_id, open_body},
        scheduled, webpages,
    },
    people::photos,
    refusal::Refusal,
    stickers,
    view::{Decided, Stop, View},
};

/// What a carrier carries, for somebody who may read it now; for others, and where it carries nothing any more, `None`.
pub fn carried(view: &(impl View + ?Sized), reader: UserId, carrier: Carrier) -> Decided<Option<MediaBody>> {
    match carrier {
        Carrier::Message { log, uid } => {
            let Some((id, row)) = row(view, log, uid)? else { return Ok(None) };
            if !may_read(view, reader, log, id)? {
                return Ok(None);
            }
            Ok(open_body(view, log, &row)?.carried())
        }
        Carrier::Scheduled { user, peer, id } if user == reader => {
            let Some(row) = scheduled::rows::waiting(view, user, peer, id)? else { return Ok(None) };
            Ok(scheduled::rows::open(view, user, peer, &row)?.media)
        }
        Carrier::Uploaded { user, day, file } if user == reader => uploaded::body(view, user, day, file),
        Carrier::Kept { user, list, file } => {
            let open = user == reader || list == List::Music && kept::music::is_shown(view, reader, user)?;
            if open { kept::body(view, user, list, file) } else { Ok(None) }
        }
        Carrier::UserPhoto { user, photo } => Ok(photos::read(view, reader, user, photo)?.map(of_photo)),
        Carrier::ContactPhoto { owner, other } if owner == reader => {
            Ok(photos::read_personal(view, owner, other)?.map(of_photo))
        }
        Carrier::GroupPhoto { group } => Ok(groups::photo::read(view, reader, group)?.map(of_photo)),
        // Whoever has the link, which the server told of nobody else.
        Carrier::Wallpaper { maker, id } => {
            let made = made::wallpaper(view, id)?.filter(|it| it.maker == maker);
            Ok(made.as_ref().and_then(Wallpaper::body))
        }
        Carrier::ChatWallpaper { user, peer } if user == reader => {
            Ok(chats::wallpaper(view, user, peer)?.and_then(|(it, _)| it.wallpaper.body()))
        }
        Carrier::GuestPhoto { invite, guest } if guest == reader => {
            let Some(group) = groups::invites::join::leads(view, guest, invite)? else { return Ok(None) };
            Ok(groups::photo::shown(view, group)?.map(of_photo))
        }
        // What a page shows is shown to everybody who links to it.
        Carrier::WebPage { page } => {
            let Some(row) = webpages::rows::row(view, page)? else { return Ok(None) };
            let photo = webpages::rows::open(view, page, &row)?.photo;
            Ok(photo.map(|photo| MediaBody::Photo { photo, spoiler: false, ttl: 0 }))
        }
        // Whoever has seen a sticker may have its set.
        Carrier::Sticker { set, document } => Ok(stickers::rows::document(view, set, document)?.map(alone)),
        Carrier::Shelf { user, shelf, document } if user == reader => {
            Ok(stickers::shelf::document(view, user, shelf, document)?.map(alone))
        }
        Carrier::Scheduled { .. }
        | Carrier::Uploaded { .. }
        | Carrier::ContactPhoto { .. }
        | Carrier::GuestPhoto { .. }
        | Carrier::ChatWallpaper { .. }
        | Carrier::Shelf { .. } => Ok(None),
    }
}

/// By what is asked for what a message carries.
pub fn of(view: &(impl View + ?Sized), log: LogId, id: MessageId) -> Decided<Option<Carrier>> {
    Ok(copy(view, log, id)?.map(|row| Carrier::Message { log, uid: row.uid }))
}

fn of_photo(photo: Photo) -> MediaBody {
    MediaBody::of_photo(&photo)
}

fn alone(document: Document) -> MediaBody {
    MediaBody::Document { document, spoiler: false, ttl: 0, cover: None, starts: 0 }
}

/// A photo or document as clients name it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Named {
    /// Its id.
    pub id: u64,
    /// What proves that the server told of it.
    pub access_hash: i64,
    /// What leads to a carrier of it.
    pub reference: Vec<u8>,
}

/// What carries a file that a client names: whoever asks may read the carrier, and it still has the file.
pub fn named(view: &(impl View + ?Sized), reader: UserId, it: &Named) -> Decided<MediaBody> {
    if view.world().file_hash(it.id) != it.access_hash {
        return Err(Refusal::FileIdInvalid.into());
    }
    let carrier = reference::carrier(view, &it.reference)?;
    let body = carried(view, reader, carrier)?.filter(|body| body.named().contains(&it.id));
    // The client asks its chat for the message again, and finds that it is gone.
    body.ok_or_else(|| Refusal::FileReferenceExpired.into())
}

/// The same for somebody who wants to send it again: what is shown for a time goes no further than it was sent.
pub fn sendable(view: &(impl View + ?Sized), reader: UserId, it: &Named) -> Decided<MediaBody> {
    let body = named(view, reader, it)?;
    let sent = matches!(reference::carrier(view, &it.reference)?, Carrier::Message { .. });
    if sent && body.ttl() > 0 { Err(Refusal::MediaInvalid.into()) } else { Ok(body) }
}

/// The file that a client wants bytes of: a size of a photo, a document, or its thumbnail where `size` names one.
pub fn located(view: &(impl View + ?Sized), reader: UserId, it: &Named, size: &str) -> Decided<Stored> {
    let body = named(view, reader, it)?;
    let found = match &body {
        MediaBody::Photo { photo, .. } => photo.size(size),
        MediaBody::Document { document, .. } if document.stored.id == it.id => document.part(size),
        MediaBody::Document { cover, .. } => cover.as_ref().and_then(|it| it.size(size)),
        MediaBody::Place { .. }
        | MediaBody::Venue { .. }
        | MediaBody::Contact { .. }
        | MediaBody::Dice { .. }
        | MediaBody::WebPage { .. }
        | MediaBody::Ended { .. }
        | MediaBody::Live { .. } => None,
    };
    found.cloned().ok_or_else(|| Refusal::LocationInvalid.into())
}

/// The square that somebody sees of a person, group or channel, in lists and above chats: the photo that is shown to it
/// now, and no other. Source: core.telegram.org/constructor/inputPeerPhotoFileLocation.
pub fn square(view: &(impl View + ?Sized), reader: UserId, peer: Peer, photo: u64, large: bool) -> Decided<Stored> {
    let found = match peer {
        Peer::User(user) => photos::square(view, reader, user, photo, large)?,
        Peer::Chat(_) | Peer::Channel(_) => {
            let shown = groups::photo::read(view, reader, peer)?.filter(|it| it.id == photo);
            shown.and_then(|it| it.square(large).cloned())
        }
    };
    found.ok_or_else(|| Refusal::LocationInvalid.into())
}

/// Whether a carrier still has a file.
pub fn carries(view: &(impl View + ?Sized), carrier: Carrier, file: u64) -> Decided<bool> {
    match carrier {
        Carrier::Message { log, uid } => Ok(row(view, log, uid)?.is_some_and(|(_, row)| row.files.contains(&file))),
        Carrier::Scheduled { user, peer, id } => {
            Ok(scheduled::rows::waiting(view, user, peer, id)?.is_some_and(|it| it.files.contains(&file)))
        }
        Carrier::Uploaded { user, day, file: named } => {
            Ok(uploaded::row(view, user, day, named)?.is_some_and(|it| it.files.contains(&file)))
        }
        Carrier::Wallpaper { maker, id } => Ok(made::row(view, maker, id)?.is_some_and(|it| it.files.contains(&file))),
        Carrier::ChatWallpaper { user, peer } => Ok(chats::row(view, user, peer)?.has(file)),
        Carrier::Kept { user, list, file: named } => {
            Ok(kept::has(view, user, list, named)?.is_some_and(|it| it.files.contains(&file)))
        }
        Carrier::UserPhoto { user, photo } => {
            Ok(photos::rows::row(view, user, photo)?.is_some_and(|it| it.files.contains(&file)))
        }
        Carrier::ContactPhoto { owner, other } => Ok(has(photos::read_personal(view, owner, other)?, file)),
        Carrier::GroupPhoto { group } => Ok(has(groups::photo::shown(view, group)?, file)),
        // A link shows what its group carries, and carries nothing.
        Carrier::GuestPhoto { .. } => Ok(false),
        Carrier::WebPage { page } => Ok(webpages::rows::row(view, page)?.is_some_and(|it| it.files.contains(&file))),
        Carrier::Sticker { set, document } => {
            Ok(stickers::rows::sticker(view, set, document)?.is_some_and(|it| it.files.contains(&file)))
        }
        Carrier::Shelf { user, shelf, document } => {
            Ok(stickers::shelf::kept(view, user, shelf, document)?.is_some_and(|it| it.files.contains(&file)))
        }
    }
}

fn has(photo: Option<Photo>, file: u64) -> bool {
    photo.is_some_and(|it| it.files().any(|it| it.id == file))
}

fn row(view: &(impl View + ?Sized), log: LogId, uid: MessageUid) -> Decided<Option<(MessageId, MailboxRow)>> {
    let Some(id) = local_id(view, log, uid)? else { return Ok(None) };
    Ok(copy(view, log, id)?.map(|row| (id, row)))
}

fn may_read(view: &(impl View + ?Sized), reader: UserId, log: LogId, id: MessageId) -> Decided<bool> {
    match log {
        LogId::Mailbox(user) => Ok(user == reader),
        LogId::Channel(channel) => match access::reader(view, channel, reader) {
            Ok(it) => Ok(id >= it.visible_from),
            Err(Stop::Refuse(_)) => Ok(false),
            Err(other) => Err(other),
        },
    }
}
