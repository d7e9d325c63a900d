//! What messages carry as TL: files by what they are asked for, never their keys; places, contacts, dice.

use domain::{
    StickerSetId, UserId,
    files::{Access, Attribute, Document, MaskPlace, Photo, PhotoSize, descriptor::Shape},
    kept::Kept,
    messages::{
        SeenMedia,
        media::{MediaBody, Place, SeenCarried, Was},
    },
};
use tl::{enums, types};

use super::{message::date, poll, webpage};

/// The data centre of every file. The server is each of them; who believes to be on this one, as Telethon, TDLib,
/// mtcute and Telegram Desktop do at first, needs no second connection for a file.
pub(super) const FILES_DC: i32 = 2;

/// What a message carries.
pub fn media(it: &SeenMedia) -> Option<enums::MessageMedia> {
    match it {
        SeenMedia::Poll(it) => Some(poll::asked(it)),
        SeenMedia::Todo(it) => Some(poll::checklist(it)),
        SeenMedia::WebPage(it) => webpage::shown(it),
        SeenMedia::Carried(it) => carried(it),
    }
}

/// The photo in it, where it is one.
pub(super) fn carried_photo(it: &SeenMedia) -> Option<enums::Photo> {
    match it {
        SeenMedia::Carried(it) => match &it.body {
            MediaBody::Photo { photo, .. } => Some(self::photo(photo, &it.access)),
            _ => None,
        },
        SeenMedia::Poll(_) | SeenMedia::Todo(_) | SeenMedia::WebPage(_) => None,
    }
}

fn carried(it: &SeenCarried) -> Option<enums::MessageMedia> {
    Some(match &it.body {
        // It is seen as what its page is.
        MediaBody::WebPage { .. } => return None,
        MediaBody::Photo { photo, spoiler, ttl } => types::MessageMediaPhoto {
            spoiler: *spoiler,
            live_photo: false,
            photo: Some(self::photo(photo, &it.access)),
            ttl_seconds: seconds(*ttl),
            video: None,
        }
        .into(),
        MediaBody::Document { document, spoiler, ttl, cover, starts } => {
            let shape = document.shape();
            types::MessageMediaDocument {
                nopremium: false,
                spoiler: *spoiler,
                video: matches!(shape, Shape::Video | Shape::Round),
                round: shape == Shape::Round,
                voice: shape == Shape::Voice,
                document: Some(self::document(document, &it.access)),
                alt_documents: None,
                video_cover: cover.as_ref().map(|cover| photo(cover, &it.access)),
                video_timestamp: seconds(*starts),
                ttl_seconds: seconds(*ttl),
            }
            .into()
        }
        MediaBody::Place { place } => types::MessageMediaGeo { geo: point(place) }.into(),
        MediaBody::Venue { venue } => types::MessageMediaVenue {
            geo: point(&venue.place),
            title: venue.title.clone(),
            address: venue.address.clone(),
            provider: venue.provider.clone(),
            venue_id: venue.id.clone(),
            venue_type: venue.kind.clone(),
        }
        .into(),
        MediaBody::Contact { contact } => types::MessageMediaContact {
            phone_number: contact.phone.clone(),
            first_name: contact.first_name.clone(),
            last_name: contact.last_name.clone(),
            vcard: contact.vcard.clone(),
            user_id: if contact.user == UserId::NOBODY { 0 } else { contact.user.0.cast_signed() },
        }
        .into(),
        MediaBody::Ended { was, ttl } => ended(was, *ttl),
        MediaBody::Live { place, heading, period, proximity } => types::MessageMediaGeoLive {
            geo: point(place),
            heading: seconds(*heading),
            period: number(*period),
            proximity_notification_radius: seconds(*proximity),
        }
        .into(),
        MediaBody::Dice { emoticon, value } => {
            types::MessageMediaDice { value: number(*value), emoticon: emoticon.clone(), game_outcome: None }.into()
        }
    })
}

/// What is left of something that was shown for a time: what it was, without its file.
/// Source: core.telegram.org/constructor/messageMediaPhoto.
fn ended(was: &Was, ttl: u32) -> enums::MessageMedia {
    if let Was::Photo {} = was {
        let ttl_seconds = seconds(ttl);
        return types::MessageMediaPhoto { spoiler: false, live_photo: false, photo: None, ttl_seconds, video: None }
            .into();
    }
    types::MessageMediaDocument {
        nopremium: false,
        spoiler: false,
        video: matches!(was, Was::Video {} | Was::Round {}),
        round: matches!(was, Was::Round {}),
        voice: matches!(was, Was::Voice {}),
        document: None,
        alt_documents: None,
        video_cover: None,
        video_timestamp: None,
        ttl_seconds: seconds(ttl),
    }
    .into()
}

/// A photo in its sizes, the stripped one first.
pub fn photo(it: &Photo, access: &Access) -> enums::Photo {
    types::Photo {
        has_stickers: !it.sets.is_empty(),
        id: it.id.cast_signed(),
        access_hash: access.hash(it.id),
        file_reference: access.reference.to_vec(),
        date: date(it.date),
        sizes: sizes(&it.stripped, &it.sizes),
        video_sizes: super::photo::videos(&it.videos),
        dc_id: FILES_DC,
    }
    .into()
}

/// A document with its thumbnails.
pub fn document(it: &Document, access: &Access) -> enums::Document {
    let thumbs = sizes(&it.stripped, &it.thumbs);
    types::Document {
        id: it.stored.id.cast_signed(),
        access_hash: access.hash(it.stored.id),
        file_reference: access.reference.to_vec(),
        date: date(it.date),
        mime_type: it.mime.clone(),
        size: it.stored.size.cast_signed(),
        thumbs: (!thumbs.is_empty()).then_some(thumbs),
        video_thumbs: None,
        dc_id: FILES_DC,
        attributes: it.attributes.iter().map(|it| attribute(it, access)).collect(),
    }
    .into()
}

/// Documents that somebody keeps.
pub fn kept(all: &[Kept]) -> Vec<enums::Document> {
    all.iter().map(|it| document(&it.document, &it.access)).collect()
}

fn sizes(stripped: &[u8], all: &[PhotoSize]) -> Vec<enums::PhotoSize> {
    let tiny = (!stripped.is_empty())
        .then(|| types::PhotoStrippedSize { r#type: "i".into(), bytes: stripped.to_vec() }.into());
    tiny.into_iter().chain(all.iter().map(size)).collect()
}

pub(super) fn size(it: &PhotoSize) -> enums::PhotoSize {
    let (r#type, w, h) = (it.kind.clone(), number(it.width), number(it.height));
    let size = i32::try_from(it.stored.size).unwrap_or(i32::MAX);
    if it.progressive.is_empty() {
        return types::PhotoSize { r#type, w, h, size }.into();
    }
    let sizes = it.progressive.iter().map(|it| number(*it)).chain([size]).collect();
    types::PhotoSizeProgressive { r#type, w, h, sizes }.into()
}

fn attribute(it: &Attribute, access: &Access) -> enums::DocumentAttribute {
    match it {
        Attribute::FileName { name } => types::DocumentAttributeFilename { file_name: name.clone() }.into(),
        Attribute::ImageSize { width, height } => {
            types::DocumentAttributeImageSize { w: number(*width), h: number(*height) }.into()
        }
        Attribute::Animated {} => enums::DocumentAttribute::Animated,
        Attribute::Video { round, streaming, silent, duration, width, height, prefix, starts, codec } => {
            types::DocumentAttributeVideo {
                round_message: *round,
                supports_streaming: *streaming,
                nosound: *silent,
                duration: *duration,
                w: number(*width),
                h: number(*height),
                preload_prefix_size: seconds(*prefix),
                video_start_ts: (*starts != 0.0).then_some(*starts),
                video_codec: some(codec),
            }
            .into()
        }
        Attribute::Audio { voice, duration, title, performer, waveform } => types::DocumentAttributeAudio {
            voice: *voice,
            duration: number(*duration),
            title: some(title),
            performer: some(performer),
            waveform: (!waveform.is_empty()).then(|| waveform.to_vec()),
        }
        .into(),
        Attribute::Sticker { mask, alt, set, place } => types::DocumentAttributeSticker {
            mask: *mask,
            alt: alt.clone(),
            stickerset: sticker_set(*set, access),
            mask_coords: place.as_ref().map(mask_place),
        }
        .into(),
        Attribute::CustomEmoji { free, text_color, alt, set } => types::DocumentAttributeCustomEmoji {
            free: *free,
            text_color: *text_color,
            alt: alt.clone(),
            stickerset: sticker_set(*set, access),
        }
        .into(),
        Attribute::HasStickers { .. } => enums::DocumentAttribute::HasStickers,
    }
}

/// The set whose sticker it is, as clients ask for it.
fn sticker_set(set: StickerSetId, access: &Access) -> enums::InputStickerSet {
    match access.set_hash(set) {
        Some(access_hash) => types::InputStickerSetId { id: set.0.cast_signed(), access_hash }.into(),
        None => enums::InputStickerSet::Empty,
    }
}

fn mask_place(it: &MaskPlace) -> enums::MaskCoords {
    types::MaskCoords { n: number(it.part), x: it.x, y: it.y, zoom: it.zoom }.into()
}

fn point(it: &Place) -> enums::GeoPoint {
    types::GeoPoint { long: it.longitude, lat: it.latitude, access_hash: 0, accuracy_radius: seconds(it.accuracy) }
        .into()
}

fn some(it: &str) -> Option<String> {
    (!it.is_empty()).then(|| it.to_owned())
}

/// A number that is left out where it is 0.
fn seconds(it: u32) -> Option<i32> {
    (it > 0).then(|| number(it))
}

fn number(it: u32) -> i32 {
    i32::try_from(it).unwrap_or(i32::MAX)
}
