//! A sticker's file: a copy of what was uploaded or sent, so that it is of one set and named by its number alone.
//! Source: core.telegram.org/stickers.

use media::{
    Kind,
    sticker::{self, Format, StickerError, Use},
    thumb,
};

use super::whole;
use crate::{
    files::{
        descriptor::{Attribute, Document, PhotoSize},
        keeping::keep,
    },
    ids::UserId,
    refusal::Refusal,
    service::Domain,
    stickers::SetKind,
};

/// Bytes of a moving sticker's thumbnail, which its maker's client has sent.
const THUMB_MAX: usize = 200 << 10;

/// The letter of a sticker's thumbnail. Source: core.telegram.org/api/files#image-thumbnail-types.
const THUMB: &str = "m";

/// Makes a sticker's file of a document; which set's it is says who puts it there.
pub async fn sticker(domain: &Domain, user: UserId, of: &Document, kind: SetKind) -> Result<Document, Refusal> {
    let wanted = match kind {
        SetKind::Stickers | SetKind::Masks => Use::Sticker,
        SetKind::Emoji => Use::Emoji,
    };
    made(domain, user, of, wanted).await
}

/// Makes the file of a set's thumbnail.
pub async fn set_thumb(domain: &Domain, user: UserId, of: &Document) -> Result<Document, Refusal> {
    made(domain, user, of, Use::SetThumb).await
}

async fn made(domain: &Domain, user: UserId, of: &Document, wanted: Use) -> Result<Document, Refusal> {
    let file = whole(domain, &of.stored, sticker::STATIC_MAX).await?.ok_or(Refusal::StickerFileInvalid)?;
    let looked = domain.shelf().run(move || look(file, wanted)).await?;
    let Looked { checked, file, seconds, thumb } = looked.map_err(refusal)?;
    let stored = keep(domain, user, file).await?;
    let mut thumbs = Vec::new();
    match thumb {
        Some(it) => {
            let stored = keep(domain, user, it.bytes).await?;
            let (kind, width, height) = (THUMB.to_owned(), it.width, it.height);
            thumbs.push(PhotoSize { kind, width, height, stored, ..PhotoSize::default() });
        }
        None => thumbs.extend(copied(domain, user, of).await?),
    }
    let (date, mime) = (domain.now().secs(), checked.mime.to_owned());
    let attributes = attributes(&checked, seconds);
    Ok(Document { stored, date, mime, attributes, thumbs, ..Document::default() })
}

/// A file that has been looked at.
struct Looked {
    checked: sticker::Sticker,
    /// What is kept: a PNG becomes a WebP, as clients take nothing else for a still sticker.
    /// Source: observed with TDLib 1.8.66.
    file: Vec<u8>,
    /// Of a video.
    seconds: f64,
    /// Of a still one.
    thumb: Option<thumb::Thumb>,
}

fn look(file: Vec<u8>, wanted: Use) -> Result<Looked, StickerError> {
    let mut checked = sticker::check(&file, wanted)?;
    let probed = media::probe(&mut &file[..]).map_err(|_| StickerError::FileInvalid)?;
    let seconds = match probed.kind {
        Kind::Video(it) => it.duration.map_or(0.0, |it| it.as_secs_f64()),
        Kind::Image(_) | Kind::Audio(_) | Kind::Lottie(_) | Kind::Other => 0.0,
    };
    let is_still = checked.format == Format::Static && wanted != Use::SetThumb;
    let thumb = if is_still { thumb::webp(&file).ok() } else { None };
    if checked.mime != "image/png" {
        return Ok(Looked { checked, file, seconds, thumb });
    }
    checked.mime = "image/webp";
    Ok(Looked { checked, file: sticker::webp(&file)?, seconds, thumb })
}

/// The thumbnail that came with a moving sticker: the server does not draw one.
async fn copied(domain: &Domain, user: UserId, of: &Document) -> Result<Option<PhotoSize>, Refusal> {
    let Some(size) = of.thumbs.first() else { return Ok(None) };
    let Some(bytes) = whole(domain, &size.stored, THUMB_MAX).await? else { return Ok(None) };
    Ok(Some(PhotoSize { stored: keep(domain, user, bytes).await?, ..size.clone() }))
}

fn attributes(checked: &sticker::Sticker, duration: f64) -> Vec<Attribute> {
    let (width, height) = (checked.width, checked.height);
    let name = match checked.format {
        Format::Static => "sticker.webp",
        Format::Animated => "AnimatedSticker.tgs",
        Format::Video => "sticker.webm",
    };
    let size = match checked.format {
        Format::Static | Format::Animated => Attribute::ImageSize { width, height },
        Format::Video => Attribute::Video {
            round: false,
            streaming: false,
            silent: true,
            duration,
            width,
            height,
            prefix: 0,
            starts: 0.0,
            codec: String::new(),
        },
    };
    vec![size, Attribute::FileName { name: name.to_owned() }]
}

fn refusal(error: StickerError) -> Refusal {
    match error {
        StickerError::FileInvalid | StickerError::VideoLong(_) => Refusal::StickerFileInvalid,
        StickerError::PngNoPng => Refusal::StickerPngNopng,
        StickerError::PngDimensions { .. } => Refusal::StickerPngDimensions,
        StickerError::TgsNoTgs(_) => Refusal::StickerTgsNotgs,
        StickerError::VideoNoWebm => Refusal::StickerVideoNowebm,
        StickerError::VideoBig { .. } => Refusal::StickerVideoBig,
        StickerError::GifDimensions { .. } => Refusal::StickerGifDimensions,
        StickerError::ThumbPngNoPng => Refusal::StickerThumbPngNopng,
        StickerError::ThumbTgsNoTgs => Refusal::StickerThumbTgsNotgs,
    }
}
