//! A document by its SHA-256: looked for among what the caller itself keeps, so that nobody learns whether others have
//! a file. No hash of a content is stored; what has the right size is read and hashed when somebody asks.
//! Source: core.telegram.org/method/messages.getDocumentByHash.

use crypto::hash::Sha256;

use super::list::{self, Kept, List};
use crate::{
    files::{READ_MAX, Stored, read},
    ids::UserId,
    refusal::Refusal,
    service::Domain,
};

/// Bytes that one question reads: the method is for GIFs, which have some megabytes.
pub const HASHED_MAX: u64 = 32 << 20;

/// The kept document of that content and size; `None`: the caller keeps none.
pub async fn find(domain: &Domain, user: UserId, hash: [u8; 32], size: u64) -> Result<Option<Kept>, Refusal> {
    let kept = domain.query(|view| {
        let mut all = Vec::new();
        for list in [List::Gifs, List::Music, List::Sounds] {
            all.extend(list::documents(view, user, list, &list::ids(view, user, list)?)?);
        }
        Ok(all)
    });
    let mut left = HASHED_MAX;
    for it in kept.await?.into_iter().filter(|it| it.document.stored.size == size) {
        if size > left {
            return Ok(None);
        }
        left -= size;
        if sha256(domain, &it.document.stored).await? == hash {
            return Ok(Some(it));
        }
    }
    Ok(None)
}

async fn sha256(domain: &Domain, stored: &Stored) -> Result<[u8; 32], Refusal> {
    let mut hash = Sha256::default();
    let mut at = 0;
    while at < stored.size {
        let bytes = read(domain, stored, at, READ_MAX).await?;
        if bytes.is_empty() {
            return Err(Refusal::Unavailable);
        }
        at += bytes.len() as u64;
        let hashed = domain.shelf().run(move || {
            hash.update(&bytes);
            hash
        });
        hash = hashed.await?;
    }
    Ok(hash.finish())
}
