//! From what somebody has uploaded to what a carrier can hold: a photo in its sizes, a document with its numbers and
//! thumbnail, a sticker of a set. Pictures are decoded on the threads of the shelf, within limits of bytes and pixels.
//! Source: core.telegram.org/api/files.

mod document;
mod photo;
mod probing;
mod sticker;
mod video;

pub use document::{NewDocument, document};
pub use photo::{Use, of_bytes, photo, squared};
pub use sticker::{set_thumb, sticker};
pub use video::{filmed, moving};

use super::{descriptor::Stored, reading};
use crate::{refusal::Refusal, service::Domain};

/// A file as a whole, if it has at most `most` bytes.
async fn whole(domain: &Domain, stored: &Stored, most: usize) -> Result<Option<Vec<u8>>, Refusal> {
    if stored.size > most as u64 {
        return Ok(None);
    }
    beginning(domain, stored, stored.size).await.map(Some)
}

/// A file's first bytes, as many as it has of these.
async fn beginning(domain: &Domain, stored: &Stored, most: u64) -> Result<Vec<u8>, Refusal> {
    range(domain, stored, 0, most.min(stored.size)).await
}

/// So many bytes of a file, which has them, from a place on.
async fn range(domain: &Domain, stored: &Stored, from: u64, wanted: u64) -> Result<Vec<u8>, Refusal> {
    let mut bytes = Vec::with_capacity(usize::try_from(wanted).unwrap_or(0));
    while (bytes.len() as u64) < wanted {
        let left = wanted - bytes.len() as u64;
        let read = reading::read(domain, stored, from + bytes.len() as u64, left.min(reading::READ_MAX)).await?;
        if read.is_empty() {
            return Err(Refusal::Unavailable);
        }
        bytes.extend(read);
    }
    Ok(bytes)
}
