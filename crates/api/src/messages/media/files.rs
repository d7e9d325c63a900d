//! Photos and documents as clients name them, and what clients say of what they upload.

use bytes::Bytes;
use domain::{
    Refusal, StickerSetId,
    files::{
        Attribute, Claim, Document,
        descriptor::Shape,
        intake::{self, NewDocument},
    },
    groups::BannedRights,
    messages::{
        Media,
        media::{
            MediaBody,
            carriers::{Named, sendable},
        },
    },
};
use tl::{enums, types};

use crate::{Cx, RpcError};

/// Attributes of one document; clients send up to five.
const ATTRIBUTES_MAX: usize = 16;

/// Bytes of a name, a title or a performer; file systems allow 255.
const NAME_MAX: usize = 255;

/// Bytes of a MIME type; the longest registered ones have some 75.
const MIME_MAX: usize = 128;

/// Bytes of a voice note's waveform. Source: core.telegram.org/constructor/documentAttributeAudio: 100 values of
/// five bits.
const WAVEFORM_MAX: usize = 63;

/// Stickers put on one picture; far more than fit.
const STICKERS_MAX: usize = 100;

/// Pixels of a side; what clients show as more they cannot show.
const SIDE_MAX: i32 = 1 << 16;

/// Seconds that a timed photo is shown at most, and the number that means "once".
/// Source: core.telegram.org/constructor/inputMediaPhoto.
const TTL_MAX: i32 = 60;
const ONCE: i32 = i32::MAX;

/// The right that sending it takes in a group, as far as that is known before it is made: what clients say to be any
/// document may prove to be a video. Refuses what cannot be a message.
pub(super) fn right(it: &enums::InputMedia) -> Result<BannedRights, RpcError> {
    Ok(match it {
        enums::InputMedia::UploadedPhoto(_) => BannedRights::SEND_PHOTOS,
        enums::InputMedia::UploadedDocument(it) => {
            let attributes = attributes(&it.attributes)?;
            let document = Document { attributes, ..Document::default() };
            match document.shape() {
                Shape::Round | Shape::Voice | Shape::Sticker | Shape::Animation => {
                    MediaBody::of_document(document).right()
                }
                Shape::Plain | Shape::Video | Shape::Music => BannedRights::NONE,
            }
        }
        _ => BannedRights::NONE,
    })
}

/// A photo of an upload.
pub(super) async fn uploaded_photo(cx: &Cx, it: &types::InputMediaUploadedPhoto) -> Result<Media, RpcError> {
    if it.live_photo || it.video.is_some() {
        return Err(Refusal::MediaInvalid.into());
    }
    let ttl = ttl(it.ttl_seconds)?;
    let (claim, _) = claim(&it.file)?;
    let mut photo = intake::photo(&cx.domain, cx.user()?, claim, intake::Use::Message).await?;
    photo.sets = attached(cx, it.stickers.as_deref()).await?;
    carrying(MediaBody::Photo { photo, spoiler: it.spoiler, ttl })
}

/// A document of an upload.
pub(super) async fn uploaded_document(cx: &Cx, it: &types::InputMediaUploadedDocument) -> Result<Media, RpcError> {
    let me = cx.user()?;
    let ttl = ttl(it.ttl_seconds)?;
    let (claim, name) = claim(&it.file)?;
    let thumb = it.thumb.as_ref().map(self::claim).transpose()?.map(|(claim, _)| claim);
    let mut attributes = attributes(&it.attributes)?;
    let is_named = attributes.iter().any(|it| matches!(it, Attribute::FileName { .. }));
    if !is_named && !name.is_empty() {
        attributes.push(Attribute::FileName { name: file_name(name) });
    }
    let sets = attached(cx, it.stickers.as_deref()).await?;
    if !sets.is_empty() {
        attributes.retain(|it| !matches!(it, Attribute::HasStickers { .. }));
        attributes.push(Attribute::HasStickers { sets });
    }
    let cover = match &it.video_cover {
        Some(enums::InputPhoto::Photo(id)) => match again(cx, (id.id, id.access_hash, &id.file_reference)).await? {
            MediaBody::Photo { photo, .. } => Some(photo),
            _ => return Err(Refusal::MediaInvalid.into()),
        },
        Some(enums::InputPhoto::Empty) | None => None,
    };
    let new = NewDocument { claim, thumb, mime: mime(&it.mime_type)?, attributes, plain: it.force_file };
    let mut document = intake::document(&cx.domain, me, new).await?;
    // Source: core.telegram.org/constructor/inputMediaUploadedDocument, `nosound_video`.
    let is_silent = |it: &Attribute| matches!(it, Attribute::Video { silent: true, round: false, .. });
    let is_animation = !it.nosound_video && !it.force_file && document.attributes.iter().any(is_silent);
    if is_animation && !document.attributes.contains(&Attribute::Animated {}) {
        document.attributes.push(Attribute::Animated {});
    }
    let starts = it.video_timestamp.unwrap_or(0).max(0).cast_unsigned();
    carrying(MediaBody::Document { document, spoiler: it.spoiler, ttl, cover, starts })
}

/// What a client has uploaded, and the name it gives it.
pub(crate) fn claim(it: &enums::InputFile) -> Result<(Claim, &str), RpcError> {
    let parts = |it: i32| u32::try_from(it).map_err(|_| RpcError::from(Refusal::FilePartsInvalid));
    match it {
        enums::InputFile::File(it) => {
            let claim = Claim { upload: it.id, parts: parts(it.parts)?, md5: md5(&it.md5_checksum)? };
            Ok((claim, &it.name))
        }
        enums::InputFile::Big(it) => Ok((Claim { upload: it.id, parts: parts(it.parts)?, md5: None }, &it.name)),
        enums::InputFile::StoryDocument(_) => Err(Refusal::MediaInvalid.into()),
    }
}

/// A checksum as clients write it, 32 hexadecimal digits; many write none.
fn md5(it: &str) -> Result<Option<[u8; 16]>, RpcError> {
    if it.is_empty() {
        return Ok(None);
    }
    let number = (it.len() == 32).then(|| u128::from_str_radix(it, 16).ok()).flatten();
    number.map(|it| Some(it.to_be_bytes())).ok_or_else(|| Refusal::Md5ChecksumInvalid.into())
}

/// A MIME type of a sane length and letters; empty: the file tells.
fn mime(it: &str) -> Result<String, RpcError> {
    let sane = |it: u8| it.is_ascii_graphic() || it == b' ';
    if it.len() > MIME_MAX || !it.bytes().all(sane) {
        return Err(Refusal::MediaInvalid.into());
    }
    Ok(it.to_owned())
}

/// A photo that was sent before.
pub(super) async fn photo(cx: &Cx, it: &types::InputMediaPhoto) -> Result<Media, RpcError> {
    let enums::InputPhoto::Photo(id) = &it.id else { return Err(Refusal::MediaEmpty.into()) };
    let ttl = ttl(it.ttl_seconds)?;
    match again(cx, (id.id, id.access_hash, &id.file_reference)).await? {
        MediaBody::Photo { photo, .. } => carrying(MediaBody::Photo { photo, spoiler: it.spoiler, ttl }),
        // A video's cover is a photo, too.
        MediaBody::Document { cover: Some(photo), .. } if photo.id == id.id.cast_unsigned() => {
            carrying(MediaBody::Photo { photo, spoiler: it.spoiler, ttl })
        }
        _ => Err(Refusal::MediaInvalid.into()),
    }
}

/// A document that was sent before.
pub(super) async fn document(cx: &Cx, it: &types::InputMediaDocument) -> Result<Media, RpcError> {
    let enums::InputDocument::Document(id) = &it.id else { return Err(Refusal::MediaEmpty.into()) };
    let ttl = ttl(it.ttl_seconds)?;
    match again(cx, (id.id, id.access_hash, &id.file_reference)).await? {
        MediaBody::Document { document, cover, starts, .. } if document.stored.id == id.id.cast_unsigned() => {
            let starts = it.video_timestamp.map_or(starts, |it| it.max(0).cast_unsigned());
            carrying(MediaBody::Document { document, spoiler: it.spoiler, ttl, cover, starts })
        }
        _ => Err(Refusal::MediaInvalid.into()),
    }
}

/// Sets of the stickers that were put on a picture or video, each once. What is no sticker of a set is left out.
async fn attached(cx: &Cx, stickers: Option<&[enums::InputDocument]>) -> Result<Vec<StickerSetId>, RpcError> {
    let mut sets = Vec::new();
    let all = stickers.unwrap_or_default();
    if all.len() > STICKERS_MAX {
        return Err(Refusal::MediaInvalid.into());
    }
    for it in all {
        match again_document(cx, it).await?.and_then(|it| it.set()) {
            Some(set) if !sets.contains(&set) => sets.push(set),
            Some(_) | None => {}
        }
    }
    Ok(sets)
}

async fn again_document(cx: &Cx, it: &enums::InputDocument) -> Result<Option<Document>, RpcError> {
    let enums::InputDocument::Document(it) = it else { return Ok(None) };
    match again(cx, (it.id, it.access_hash, &it.file_reference)).await? {
        MediaBody::Document { document, .. } => Ok(Some(document)),
        _ => Ok(None),
    }
}

async fn again(cx: &Cx, (id, access_hash, reference): (i64, i64, &[u8])) -> Result<MediaBody, RpcError> {
    let me = cx.user()?;
    let it = Named { id: id.cast_unsigned(), access_hash, reference: reference.to_vec() };
    Ok(cx.domain.query(|view| sendable(view, me, &it)).await?)
}

fn carrying(body: MediaBody) -> Result<Media, RpcError> {
    Ok(Media::Files(Box::new(body)))
}

/// For how long something is shown once it was opened.
pub(super) fn ttl(seconds: Option<i32>) -> Result<u32, RpcError> {
    match seconds {
        None => Ok(0),
        Some(it) if (1..=TTL_MAX).contains(&it) || it == ONCE => Ok(it.cast_unsigned()),
        Some(_) => Err(Refusal::TtlMediaInvalid.into()),
    }
}

/// What a client says of a document, within bounds; what only the server may say is left out.
pub(super) fn attributes(all: &[enums::DocumentAttribute]) -> Result<Vec<Attribute>, RpcError> {
    if all.len() > ATTRIBUTES_MAX {
        return Err(Refusal::MediaInvalid.into());
    }
    all.iter().filter_map(|it| attribute(it).transpose()).collect()
}

fn attribute(it: &enums::DocumentAttribute) -> Result<Option<Attribute>, RpcError> {
    Ok(Some(match it {
        enums::DocumentAttribute::Filename(it) => Attribute::FileName { name: file_name(&it.file_name) },
        enums::DocumentAttribute::ImageSize(it) => Attribute::ImageSize { width: side(it.w)?, height: side(it.h)? },
        enums::DocumentAttribute::Animated => Attribute::Animated {},
        enums::DocumentAttribute::Video(it) => Attribute::Video {
            round: it.round_message,
            streaming: it.supports_streaming,
            silent: it.nosound,
            duration: moment(it.duration)?,
            width: side(it.w)?,
            height: side(it.h)?,
            prefix: it.preload_prefix_size.unwrap_or(0).max(0).cast_unsigned(),
            starts: moment(it.video_start_ts.unwrap_or(0.0))?,
            codec: short(it.video_codec.as_deref()),
        },
        enums::DocumentAttribute::Audio(it) => Attribute::Audio {
            voice: it.voice,
            duration: it.duration.max(0).cast_unsigned(),
            title: short(it.title.as_deref()),
            performer: short(it.performer.as_deref()),
            waveform: waveform(it.waveform.as_deref()),
        },
        // A set is named by who makes it, and by nobody who sends one of its stickers.
        enums::DocumentAttribute::Sticker(it) => {
            Attribute::Sticker { mask: it.mask, alt: short(Some(&it.alt)), set: StickerSetId::NONE, place: None }
        }
        enums::DocumentAttribute::CustomEmoji(_) => return Ok(None),
        enums::DocumentAttribute::HasStickers => Attribute::HasStickers { sets: Vec::new() },
    }))
}

/// A name without a path: what stands before the last slash is the sender's own business.
pub(crate) fn file_name(it: &str) -> String {
    let last = it.rsplit(['/', '\\']).next().unwrap_or(it);
    let clean: String = last.chars().filter(|it| !it.is_control()).collect();
    short(Some(&clean))
}

/// At most [`NAME_MAX`] bytes, whole characters.
fn short(it: Option<&str>) -> String {
    let it = it.unwrap_or_default();
    it[..it.floor_char_boundary(NAME_MAX)].to_owned()
}

fn waveform(it: Option<&[u8]>) -> Bytes {
    let it = it.unwrap_or_default();
    Bytes::copy_from_slice(&it[..it.len().min(WAVEFORM_MAX)])
}

fn side(it: i32) -> Result<u32, RpcError> {
    if (0..=SIDE_MAX).contains(&it) { Ok(it.cast_unsigned()) } else { Err(Refusal::MediaInvalid.into()) }
}

fn moment(it: f64) -> Result<f64, RpcError> {
    if it.is_finite() && it >= 0.0 { Ok(it) } else { Err(Refusal::MediaInvalid.into()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_cut_and_lose_their_paths() {
        assert_eq!(file_name("C:\\Users\\ann\\a.txt"), "a.txt");
        assert_eq!(file_name("../../etc/passwd\u{0}"), "passwd");
        let long = "é".repeat(200);
        assert_eq!(file_name(&long).len(), 254);
    }

    #[test]
    fn what_no_client_can_show_is_refused() {
        let video = |w, duration| {
            enums::DocumentAttribute::from(types::DocumentAttributeVideo {
                round_message: false,
                supports_streaming: false,
                nosound: false,
                duration,
                w,
                h: 1,
                preload_prefix_size: None,
                video_start_ts: None,
                video_codec: None,
            })
        };
        assert!(attributes(&[video(640, 1.5)]).is_ok());
        for bad in [video(-1, 1.5), video(SIDE_MAX + 1, 1.5), video(640, f64::NAN), video(640, -1.0)] {
            assert!(attributes(&[bad]).is_err());
        }
        let many = vec![enums::DocumentAttribute::Animated; ATTRIBUTES_MAX + 1];
        assert!(attributes(&many).is_err() && attributes(&many[1..]).is_ok());
        assert!(ttl(Some(60)).is_ok() && ttl(Some(ONCE)).is_ok() && ttl(Some(61)).is_err() && ttl(Some(0)).is_err());
    }
}
