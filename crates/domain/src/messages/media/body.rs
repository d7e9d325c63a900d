//! What a message carries as it is stored: in its sealed body, files with their keys.

use super::opening::Was;
use crate::messages::search::block::kinds;
use crate::{
    files::{Document, Photo, Stored, descriptor::Shape},
    groups::BannedRights,
    ids::{StickerSetId, UserId},
    record, variants,
};

record! {
    /// A point on the earth, degrees.
    pub struct Place {
        1 => latitude: f64,
        2 => longitude: f64,
        /// Metres; 0: not told.
        3 => accuracy: u32,
    }
}

record! {
    /// A place with a name.
    pub struct Venue {
        1 => place: Place,
        2 => title: String,
        3 => address: String,
        /// Who knows it: `foursquare`, `gplaces`.
        4 => provider: String,
        /// Its name there.
        5 => id: String,
        6 => kind: String,
    }
}

record! {
    /// A person's number and names, as the sender wrote them.
    pub struct SharedContact {
        1 => phone: String,
        2 => first_name: String,
        3 => last_name: String,
        4 => vcard: String,
        /// Whose number it is, if the sender knows that.
        5 => user: UserId,
    }
}

variants! {
    /// What a message carries. Source: core.telegram.org/type/MessageMedia.
    pub enum MediaBody {
        1 => Photo {
            1 => photo: Photo,
            2 => spoiler: bool,
            /// Seconds for which it is shown once opened, `i32::MAX`: once; 0: for ever.
            3 => ttl: u32,
        },
        2 => Document {
            1 => document: Document,
            2 => spoiler: bool,
            3 => ttl: u32,
            4 => cover: Option<Photo>,
            /// Seconds at which a video begins.
            5 => starts: u32,
        },
        3 => Place { 1 => place: Place },
        4 => Venue { 1 => venue: Venue },
        5 => Contact { 1 => contact: SharedContact },
        /// A throw of the server's.
        6 => Dice { 1 => emoticon: String, 2 => value: u32 },
        /// Something that was shown for a time and is over.
        21 => Ended { 1 => was: Was, 2 => ttl: u32 },
        /// Where its sender is, told anew while it runs; what is not told is 0.
        22 => Live {
            1 => place: Place,
            /// Degrees.
            2 => heading: u32,
            /// Seconds from when it was sent; `i32::MAX`: for ever.
            3 => period: u32,
            /// Metres at which its sender wants to be told of others.
            4 => proximity: u32,
        },
        /// A page of the web, below its text.
        20 => WebPage {
            1 => url: String,
            /// Its number.
            2 => page: u64,
            /// With a large picture.
            3 => large: bool,
            /// With a small one.
            4 => small: bool,
            /// Above the text.
            5 => inverted: bool,
            /// The sender named it.
            6 => manual: bool,
            /// The text shows its link as it is.
            7 => safe: bool,
        },
    }
}

impl MediaBody {
    /// A document by itself.
    pub fn of_document(document: Document) -> Self {
        MediaBody::Document { document, spoiler: false, ttl: 0, cover: None, starts: 0 }
    }

    /// A photo alone.
    pub fn of_photo(photo: &Photo) -> Self {
        MediaBody::Photo { photo: photo.clone(), spoiler: false, ttl: 0 }
    }

    /// The right that sending it takes in a group.
    /// Source: core.telegram.org/constructor/chatBannedRights; contacts and places go with texts, dice with
    /// stickers, as in TDLib 1.8.66.
    pub fn right(&self) -> BannedRights {
        match self {
            MediaBody::Photo { .. } => BannedRights::SEND_PHOTOS,
            MediaBody::Document { document, .. } => match document.shape() {
                Shape::Plain => BannedRights::SEND_DOCS,
                Shape::Video => BannedRights::SEND_VIDEOS,
                Shape::Round => BannedRights::SEND_ROUNDVIDEOS,
                Shape::Animation => BannedRights::SEND_GIFS,
                Shape::Voice => BannedRights::SEND_VOICES,
                Shape::Music => BannedRights::SEND_AUDIOS,
                Shape::Sticker => BannedRights::SEND_STICKERS,
            },
            MediaBody::Place { .. }
            | MediaBody::Venue { .. }
            | MediaBody::Contact { .. }
            | MediaBody::WebPage { .. }
            | MediaBody::Ended { .. }
            | MediaBody::Live { .. } => BannedRights::SEND_PLAIN,
            MediaBody::Dice { .. } => BannedRights::SEND_STICKERS,
        }
    }

    /// The kinds by which searches find it.
    pub(in crate::messages) fn kinds(&self) -> u32 {
        match self {
            MediaBody::Photo { .. } => kinds::PHOTO,
            MediaBody::Document { document, .. } => match document.shape() {
                Shape::Plain => kinds::DOCUMENT,
                Shape::Video => kinds::VIDEO,
                Shape::Round => kinds::ROUND,
                Shape::Animation => kinds::GIF,
                Shape::Voice => kinds::VOICE,
                Shape::Music => kinds::MUSIC,
                Shape::Sticker => 0,
            },
            MediaBody::Place { .. } | MediaBody::Venue { .. } => kinds::PLACE,
            MediaBody::Contact { .. } => kinds::CONTACT,
            MediaBody::Live { .. } => kinds::PLACE | kinds::LIVE,
            // Its link is found in the text, where it stands there.
            MediaBody::WebPage { .. } => kinds::LINK,
            MediaBody::Dice { .. } | MediaBody::Ended { .. } => 0,
        }
    }

    /// The set whose sticker it is.
    pub fn set(&self) -> Option<StickerSetId> {
        match self {
            MediaBody::Document { document, .. } => document.set(),
            MediaBody::Photo { .. }
            | MediaBody::Place { .. }
            | MediaBody::Venue { .. }
            | MediaBody::Contact { .. }
            | MediaBody::Dice { .. }
            | MediaBody::Ended { .. }
            | MediaBody::Live { .. }
            | MediaBody::WebPage { .. } => None,
        }
    }

    /// The ids by which clients name its files.
    pub fn named(&self) -> Vec<u64> {
        match self {
            MediaBody::Photo { photo, .. } => vec![photo.id],
            MediaBody::Document { document, cover, .. } => {
                [document.stored.id].into_iter().chain(cover.iter().map(|it| it.id)).collect()
            }
            MediaBody::Place { .. }
            | MediaBody::Venue { .. }
            | MediaBody::Contact { .. }
            | MediaBody::Dice { .. }
            | MediaBody::WebPage { .. }
            | MediaBody::Ended { .. }
            | MediaBody::Live { .. } => Vec::new(),
        }
    }

    /// Every file of it.
    pub fn files(&self) -> Vec<&Stored> {
        match self {
            MediaBody::Photo { photo, .. } => photo.files().collect(),
            MediaBody::Document { document, cover, .. } => {
                let covers = cover.iter().flat_map(Photo::files);
                let small = document.thumbs.iter().map(|it| &it.stored).chain(covers);
                [&document.stored].into_iter().chain(small).collect()
            }
            MediaBody::Place { .. }
            | MediaBody::Venue { .. }
            | MediaBody::Contact { .. }
            | MediaBody::Dice { .. }
            | MediaBody::Ended { .. }
            | MediaBody::Live { .. }
            | MediaBody::WebPage { .. } => Vec::new(),
        }
    }

    /// The number of the page of the web that it shows; 0: none.
    pub fn page(&self) -> u64 {
        match self {
            MediaBody::WebPage { page, .. } => *page,
            _ => 0,
        }
    }

    /// The people that it names.
    pub fn people(&self) -> Vec<UserId> {
        match self {
            MediaBody::Contact { contact } if contact.user != UserId::NOBODY => vec![contact.user],
            _ => Vec::new(),
        }
    }

    /// What of it is found by its words, beside the caption.
    pub(in crate::messages) fn words(&self) -> Vec<&str> {
        use crate::files::Attribute;
        match self {
            MediaBody::Document { document, .. } => {
                let named = document.attributes.iter().flat_map(|it| match it {
                    Attribute::FileName { name } => vec![name.as_str()],
                    Attribute::Audio { title, performer, .. } => vec![title.as_str(), performer.as_str()],
                    _ => Vec::new(),
                });
                named.filter(|it| !it.is_empty()).collect()
            }
            MediaBody::Venue { venue } => vec![&venue.title, &venue.address],
            MediaBody::Contact { contact } => vec![&contact.first_name, &contact.last_name],
            MediaBody::Photo { .. }
            | MediaBody::Place { .. }
            | MediaBody::Dice { .. }
            | MediaBody::Ended { .. }
            | MediaBody::Live { .. }
            | MediaBody::WebPage { .. } => Vec::new(),
        }
    }
}
