//! A photo of an uploaded picture.

use media::{PictureError, photo::PhotoError};

use super::whole;
use crate::{
    files::{
        completing::{Claim, complete},
        descriptor::{Photo, PhotoSize},
        keeping::keep,
        rows::new_id,
    },
    ids::UserId,
    refusal::Refusal,
    service::Domain,
};

/// What a photo is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Use {
    /// A message, whole.
    Message,
    /// A profile or chat: squares of the middle.
    Profile,
}

/// Makes a photo of an upload. The sizes are files of their own; what was uploaded is not kept.
pub async fn photo(domain: &Domain, user: UserId, claim: Claim, wanted: Use) -> Result<Photo, Refusal> {
    let stored = complete(domain, user, claim).await?;
    let file = whole(domain, &stored, media::photo::FILE_MAX).await?.ok_or(Refusal::PhotoSaveFileInvalid)?;
    // Derived, so that a request that comes again makes a photo of the same name.
    made(domain, user, (stored.id, file), wanted).await
}

/// A photo as profiles and chats show it: itself, if it was made for one; else squares of its largest size.
pub async fn squared(domain: &Domain, user: UserId, photo: Photo) -> Result<Photo, Refusal> {
    if photo.square(false).is_some() && photo.square(true).is_some() {
        return Ok(photo);
    }
    let largest = photo.sizes.iter().max_by_key(|it| u64::from(it.width) * u64::from(it.height));
    let stored = &largest.ok_or(Refusal::PhotoInvalid)?.stored;
    let file = whole(domain, stored, media::photo::FILE_MAX).await?.ok_or(Refusal::PhotoInvalid)?;
    made(domain, user, (new_id(domain.draw()), file), Use::Profile).await
}

/// Makes a photo of a picture that is at hand.
pub async fn of_bytes(domain: &Domain, user: UserId, file: Vec<u8>, wanted: Use) -> Result<Photo, Refusal> {
    made(domain, user, (new_id(domain.draw()), file), wanted).await
}

async fn made(domain: &Domain, user: UserId, (id, file): (u64, Vec<u8>), wanted: Use) -> Result<Photo, Refusal> {
    let make = match wanted {
        Use::Message => media::photo::of_message,
        Use::Profile => media::photo::of_profile,
    };
    let made = domain.shelf().run(move || make(&file)).await?.map_err(refusal)?;
    let mut sizes = Vec::with_capacity(made.sizes.len());
    for size in made.sizes {
        // The last one is the whole, which is told by the file's size.
        let ends = size.prefixes.split_last().map_or(&[][..], |(_, ends)| ends);
        let progressive = ends.iter().filter_map(|it| u32::try_from(*it).ok()).collect();
        let stored = keep(domain, user, size.bytes).await?;
        sizes.push(PhotoSize {
            kind: size.letter.to_string(),
            width: size.width,
            height: size.height,
            stored,
            progressive,
            ..PhotoSize::default()
        });
    }
    let date = domain.now().secs();
    Ok(Photo { id, date, sizes, stripped: made.stripped.into(), ..Photo::default() })
}

fn refusal(error: PhotoError) -> Refusal {
    match error {
        PhotoError::Small { .. } => Refusal::PhotoCropSizeSmall,
        PhotoError::Picture(PictureError::Dimensions { .. }) => Refusal::PhotoInvalidDimensions,
        PhotoError::Picture(PictureError::Large { .. }) => Refusal::PhotoSaveFileInvalid,
        PhotoError::Picture(PictureError::Format | PictureError::Broken) => Refusal::ImageProcessFailed,
    }
}
