//! Bytes of files for whoever may read what carries them.

use domain::{
    Refusal, UserId,
    files::{self, Stored, ranges},
    messages::media::carriers::{Named, located},
};
use tl::{
    enums,
    functions::upload::{GetFile, GetFileHashes},
    types,
};

use crate::{Cx, RpcError, methods, table::Row};

pub(super) const ROWS: &[Row] = methods![
    GetFile, UserOrBot, Transfer => get;
    GetFileHashes, UserOrBot, Transfer => hashes;
];

async fn get(cx: Cx, it: GetFile) -> Result<enums::upload::File, RpcError> {
    let (offset, limit) = ranges::check(it.offset, it.limit, it.precise)?;
    let kind = match &it.location {
        enums::InputFileLocation::InputPhotoFileLocation(_) => enums::storage::FileType::FileJpeg,
        _ => enums::storage::FileType::FileUnknown,
    };
    let (stored, date) = find(&cx, &it.location).await?;
    let bytes = files::read(&cx.domain, &stored, offset, limit).await?;
    Ok(types::upload::File { r#type: kind, mtime: i32::try_from(date).unwrap_or(i32::MAX), bytes }.into())
}

async fn hashes(cx: Cx, it: GetFileHashes) -> Result<Vec<enums::FileHash>, RpcError> {
    let offset = u64::try_from(it.offset).map_err(|_| Refusal::OffsetInvalid)?;
    let (stored, _) = find(&cx, &it.location).await?;
    let hashed = files::hashes(&cx.domain, &stored, offset).await?;
    let shown = |it: files::Hashed| -> Result<enums::FileHash, RpcError> {
        let offset = i64::try_from(it.offset).map_err(|_| Refusal::OffsetInvalid)?;
        let limit = i32::try_from(it.len).map_err(|_| Refusal::OffsetInvalid)?;
        Ok(types::FileHash { offset, limit, hash: it.hash.to_vec() }.into())
    };
    hashed.into_iter().map(shown).collect()
}

/// The file at a location, and when it came.
async fn find(cx: &Cx, location: &enums::InputFileLocation) -> Result<(Stored, u32), RpcError> {
    let me: UserId = cx.user()?;
    let (it, size) = named(location)?;
    let found = cx.domain.query(|view| {
        let stored = located(view, me, &it, size)?;
        let date = files::date(view, &stored)?;
        Ok((stored, date))
    });
    Ok(found.await?)
}

fn named(location: &enums::InputFileLocation) -> Result<(Named, &str), RpcError> {
    use enums::InputFileLocation as Location;
    let (id, access_hash, reference, size) = match location {
        Location::InputDocumentFileLocation(it) => (it.id, it.access_hash, &it.file_reference, &it.thumb_size),
        Location::InputPhotoFileLocation(it) => (it.id, it.access_hash, &it.file_reference, &it.thumb_size),
        // Nothing carries a file in another way.
        _ => return Err(Refusal::LocationInvalid.into()),
    };
    Ok((Named { id: id.cast_unsigned(), access_hash, reference: reference.clone() }, size))
}

#[cfg(test)]
mod tests;
