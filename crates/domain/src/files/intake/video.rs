//! Videos: what a decoder is given of one; a photo of a profile or chat that moves, a short film beside its squares.
//! Source: core.telegram.org/api/files#animated-profile-pictures; TDLib, `inputChatPhotoAnimation`, for the numbers.

use std::time::Duration;

use media::{Kind, index_first};

use super::{
    beginning,
    photo::{Use, of_bytes},
    probing, range,
};
use crate::{
    files::{
        completing::{Claim, complete},
        descriptor::{Photo, Stored, VideoSize},
        frames::{HEAD_BYTES, INDEX_BYTES},
    },
    ids::UserId,
    refusal::Refusal,
    service::Domain,
};

/// Bytes of the film.
const FILE_MAX: u64 = 2 << 20;

/// Pixels of its sides.
const SIDES: std::ops::RangeInclusive<u32> = 160..=1280;

/// How long it is; films of ten seconds are told as a frame more.
const LENGTH_MAX: Duration = Duration::from_millis(10_500);

/// The letter of the film.
const VIDEO: &str = "u";

/// The photo with a film that was uploaded for it, in which it is the frame at a moment, in seconds.
pub async fn moving(
    domain: &Domain,
    user: UserId,
    photo: Photo,
    (claim, starts): (Claim, f64),
) -> Result<Photo, Refusal> {
    Ok(Photo { videos: vec![film(domain, user, claim, starts).await?], ..photo })
}

/// The photo of a film that came alone: its first frame, by the operator's decoder of videos.
pub async fn filmed(domain: &Domain, user: UserId, (claim, starts): (Claim, f64)) -> Result<Photo, Refusal> {
    let frames = domain.shelf().frames.as_ref().ok_or(Refusal::VideoFileInvalid)?;
    let film = film(domain, user, claim, starts).await?;
    let probe = probing::probe(domain, &film.stored).await?;
    let Kind::Video(video) = &probe.kind else { return Err(Refusal::VideoFileInvalid) };
    let head = Box::pin(head(domain.clone(), film.stored.clone(), video.late_index));
    let picture = frames.frame(head).await.ok_or(Refusal::VideoFileInvalid)?;
    let photo = of_bytes(domain, user, picture, Use::Profile).await?;
    Ok(Photo { videos: vec![film], ..photo })
}

/// What a decoder is given of a video: its first bytes, behind its index if that lies elsewhere.
pub(super) async fn head(domain: Domain, stored: Stored, late_index: Option<(u64, u64)>) -> Result<Vec<u8>, Refusal> {
    let head = beginning(&domain, &stored, HEAD_BYTES).await?;
    let Some((from, to)) = late_index else { return Ok(head) };
    let index = to.checked_sub(from).filter(|it| *it <= INDEX_BYTES).ok_or(Refusal::VideoFileInvalid)?;
    let index = range(&domain, &stored, from, index).await?;
    index_first(&head, &index).ok_or(Refusal::VideoFileInvalid)
}

async fn film(domain: &Domain, user: UserId, claim: Claim, starts: f64) -> Result<VideoSize, Refusal> {
    let stored = complete(domain, user, claim).await?;
    if stored.size > FILE_MAX {
        return Err(Refusal::VideoFileInvalid);
    }
    let probe = probing::probe(domain, &stored).await?;
    let Kind::Video(video) = &probe.kind else { return Err(Refusal::VideoFileInvalid) };
    let is_square = video.width == video.height && SIDES.contains(&video.width);
    let length = video.duration.filter(|it| *it <= LENGTH_MAX).ok_or(Refusal::VideoFileInvalid)?;
    if probe.mime != "video/mp4" || !is_square || !(0.0..=length.as_secs_f64()).contains(&starts) {
        return Err(Refusal::VideoFileInvalid);
    }
    let (width, height) = (video.width, video.height);
    Ok(VideoSize { kind: VIDEO.to_owned(), width, height, stored, starts, ..VideoSize::default() })
}
