//! A photo of an uploaded picture.

use media::{PictureError, photo::PhotoError};

use super::whole;
use crate::{
    files::{
        completing::{Claim, complete},
        descriptor::{Photo, PhotoSize},
        keeping::keep,
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
    // Derived, so that a request that comes again makes a photo of the same name.
    let date = domain.now().secs();
    Ok(Photo { id: stored.id, date, sizes, stripped: made.stripped.into(), ..Photo::default() })
}

fn refusal(error: PhotoError) -> Refusal {
    match error {
        PhotoError::Small { .. } => Refusal::PhotoCropSizeSmall,
        PhotoError::Picture(PictureError::Dimensions { .. }) => Refusal::PhotoInvalidDimensions,
        PhotoError::Picture(PictureError::Large { .. }) => Refusal::PhotoSaveFileInvalid,
        PhotoError::Picture(PictureError::Format | PictureError::Broken) => Refusal::ImageProcessFailed,
    }
}
