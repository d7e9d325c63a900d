//! A document of an upload: what the client says of it, completed by what the file itself says, and a thumbnail.

use media::{Kind, Probe, thumb};

use super::{probing, video::head, whole};
use crate::{
    files::{
        completing::{Claim, complete},
        descriptor::{Attribute, Document, PhotoSize, Stored},
        keeping::keep,
    },
    ids::UserId,
    refusal::Refusal,
    service::Domain,
};

/// Bytes of a thumbnail that a client makes. Source: core.telegram.org/bots/api, `sendDocument`.
const THUMB_MAX: usize = 200 << 10;

/// The letter of a document's thumbnail. Source: core.telegram.org/api/files#image-thumbnail-types.
const THUMB: &str = "m";

/// A document as a client describes it.
#[derive(Clone, Debug)]
pub struct NewDocument {
    /// The file.
    pub claim: Claim,
    /// A thumbnail.
    pub thumb: Option<Claim>,
    /// Its MIME type, as the client knows it; empty: it doesn't.
    pub mime: String,
    /// What the client says of it.
    pub attributes: Vec<Attribute>,
    /// It is to be shown as a file, whatever it is.
    pub plain: bool,
}

/// Makes a document of an upload.
pub async fn document(domain: &Domain, user: UserId, it: NewDocument) -> Result<Document, Refusal> {
    let stored = complete(domain, user, it.claim).await?;
    let probe = probing::probe(domain, &stored).await?;
    let mime = if it.mime.is_empty() { probe.mime.to_owned() } else { it.mime };
    let mut attributes = it.attributes;
    if !it.plain {
        add_missing(&mut attributes, &probe, &mime);
    }
    let thumb = match it.thumb {
        Some(claim) => sent(domain, user, claim).await?,
        None => made(domain, &stored, &probe, &attributes).await?,
    };
    let (mut thumbs, mut stripped) = (Vec::new(), bytes::Bytes::new());
    if let Some(thumb) = thumb {
        stripped = thumb.stripped.unwrap_or_default().into();
        let stored = keep(domain, user, thumb.bytes).await?;
        let (kind, width, height) = (THUMB.to_owned(), thumb.width, thumb.height);
        thumbs.push(PhotoSize { kind, width, height, stored, ..PhotoSize::default() });
    }
    let date = domain.now().secs();
    Ok(Document { stored, date, mime, attributes, thumbs, stripped, ..Document::default() })
}

/// A thumbnail that the client made; what does not decode is left out, as the document is none the worse.
async fn sent(domain: &Domain, user: UserId, claim: Claim) -> Result<Option<thumb::Thumb>, Refusal> {
    let stored = complete(domain, user, claim).await?;
    let Some(file) = whole(domain, &stored, THUMB_MAX).await? else { return Ok(None) };
    Ok(domain.shelf().run(move || thumb::jpeg(&file)).await?.ok())
}

/// A thumbnail that the server makes: of pictures itself, of videos where the operator has a decoder.
async fn made(
    domain: &Domain,
    stored: &Stored,
    probe: &Probe,
    attributes: &[Attribute],
) -> Result<Option<thumb::Thumb>, Refusal> {
    if let (Kind::Video(video), Some(frames)) = (&probe.kind, &domain.shelf().frames) {
        let head = Box::pin(head(domain.clone(), stored.clone(), video.late_index));
        let Some(picture) = frames.frame(head).await else { return Ok(None) };
        return Ok(domain.shelf().run(move || thumb::jpeg(&picture)).await?.ok());
    }
    let Kind::Image(image) = &probe.kind else { return Ok(None) };
    let Some(file) = whole(domain, stored, thumb::FILE_MAX).await? else { return Ok(None) };
    let clear = image.alpha && attributes.iter().any(|it| matches!(it, Attribute::Sticker { .. }));
    let make = if clear { thumb::webp } else { thumb::jpeg };
    Ok(domain.shelf().run(move || make(&file)).await?.ok())
}

/// What the file says and the client did not.
fn add_missing(attributes: &mut Vec<Attribute>, probe: &Probe, mime: &str) {
    let has = |all: &[Attribute], wanted: fn(&Attribute) -> bool| all.iter().any(wanted);
    match &probe.kind {
        Kind::Image(image) => {
            if !has(attributes, |it| matches!(it, Attribute::ImageSize { .. })) {
                attributes.push(Attribute::ImageSize { width: image.width, height: image.height });
            }
            if image.animated && mime == "image/gif" && !has(attributes, |it| matches!(it, Attribute::Animated {})) {
                attributes.push(Attribute::Animated {});
            }
        }
        Kind::Video(video) if has(attributes, |it| matches!(it, Attribute::Video { .. })) => {
            for it in attributes {
                if let Attribute::Video { silent, .. } = it {
                    *silent |= !video.audio;
                }
            }
        }
        Kind::Video(video) => {
            attributes.push(Attribute::Video {
                round: false,
                streaming: video.late_index.is_none(),
                silent: !video.audio,
                duration: video.duration.map_or(0.0, |it| it.as_secs_f64()),
                width: video.width,
                height: video.height,
                prefix: 0,
                starts: 0.0,
                codec: String::new(),
            });
        }
        Kind::Audio(audio) if !has(attributes, |it| matches!(it, Attribute::Audio { .. })) => {
            attributes.push(Attribute::Audio {
                voice: false,
                duration: audio.duration.map_or(0, |it| u32::try_from(it.as_secs()).unwrap_or(u32::MAX)),
                title: audio.title.clone().unwrap_or_default(),
                performer: audio.performer.clone().unwrap_or_default(),
                waveform: bytes::Bytes::new(),
            });
        }
        Kind::Audio(_) | Kind::Lottie(_) | Kind::Other => {}
    }
}
