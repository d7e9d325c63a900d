//! Bytes of files for whoever may read what carries them.

use domain::{
    Peer, Refusal, UserId,
    files::{self, Stored, ranges},
    messages::media::carriers::{Named, located, square},
    stickers,
};
use tl::{
    enums,
    functions::upload::{GetFile, GetFileHashes},
    types,
};

use crate::{Cx, RpcError, input, messages::stickers::wanted as wanted_set, methods, table::Row};

pub(super) const ROWS: &[Row] = methods![
    GetFile, UserOrBot, Transfer => get;
    GetFileHashes, UserOrBot, Transfer => hashes;
];

async fn get(cx: Cx, it: GetFile) -> Result<enums::upload::File, RpcError> {
    let (offset, limit) = ranges::check(it.offset, it.limit, it.precise)?;
    let kind = match &it.location {
        enums::InputFileLocation::InputPhotoFileLocation(_)
        | enums::InputFileLocation::InputPeerPhotoFileLocation(_) => enums::storage::FileType::FileJpeg,
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
    if let enums::InputFileLocation::InputStickerSetThumb(it) = location {
        return set_thumb(cx, it).await;
    }
    let wanted = wanted(cx, me, location)?;
    let found = cx.domain.query(|view| {
        let stored = match &wanted {
            Wanted::Size(it, size) => located(view, me, it, size)?,
            Wanted::Square(peer, photo, large) => square(view, me, *peer, *photo, *large)?,
        };
        let date = files::date(view, &stored)?;
        Ok((stored, date))
    });
    Ok(found.await?)
}

/// The thumbnail of a sticker set, for whoever knows the set.
async fn set_thumb(cx: &Cx, it: &types::InputStickerSetThumb) -> Result<(Stored, u32), RpcError> {
    let (me, wanted) = (cx.user()?, wanted_set(&it.stickerset)?);
    let found = cx.domain.query(|view| {
        let (id, _) = stickers::find(view, &wanted)?;
        let thumb = stickers::seen::seen(view, me, id)?.and_then(|it| it.thumb);
        let stored = thumb.ok_or(Refusal::LocationInvalid)?.stored;
        let date = files::date(view, &stored)?;
        Ok((stored, date))
    });
    Ok(found.await?)
}

/// What a client asks for.
enum Wanted<'a> {
    /// A photo or document that something carries, or one of its sizes.
    Size(Named, &'a str),
    /// The square that a peer shows: of this photo, and whether the large one.
    Square(Peer, u64, bool),
}

fn wanted<'a>(cx: &Cx, me: UserId, location: &'a enums::InputFileLocation) -> Result<Wanted<'a>, RpcError> {
    use enums::InputFileLocation as Location;
    let (id, access_hash, reference, size) = match location {
        Location::InputDocumentFileLocation(it) => (it.id, it.access_hash, &it.file_reference, &it.thumb_size),
        Location::InputPhotoFileLocation(it) => (it.id, it.access_hash, &it.file_reference, &it.thumb_size),
        Location::InputPeerPhotoFileLocation(it) => {
            let peer = input::peer(&cx.domain, me, &it.peer)?;
            return Ok(Wanted::Square(peer, it.photo_id.cast_unsigned(), it.big));
        }
        // Nothing carries a file in another way.
        _ => return Err(Refusal::LocationInvalid.into()),
    };
    Ok(Wanted::Size(Named { id: id.cast_unsigned(), access_hash, reference: reference.clone() }, size))
}

#[cfg(test)]
mod tests;
