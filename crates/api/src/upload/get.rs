//! Bytes of files for whoever may read what carries them.

use bytes::Bytes;
use domain::{
    Peer, Refusal, UserId,
    files::{self, Stored, ranges},
    messages::media::carriers::{Named, located, square},
    stickers,
};
use tl::{
    Identifiable, Serializable, enums,
    functions::upload::{GetFile, GetFileHashes},
    types,
};

use crate::{
    Cx, RpcError, input,
    messages::stickers::wanted as wanted_set,
    methods,
    table::{Cost, Gate, Row, handle_raw, unread},
};

pub(super) const ROWS: &[Row] = methods![
    GetFileHashes, UserOrBot, Transfer => hashes;
];

/// Its answer is written around the bytes.
pub(super) const RAW: &[Row] = &[Row {
    id: GetFile::CONSTRUCTOR_ID,
    gate: Gate::UserOrBot,
    cost: Cost::Transfer,
    call: |cx, bytes| handle_raw(cx, bytes, get),
}];

/// Constructor, kind, time, and the length of bytes where they are more than 253.
const HEAD: usize = 16;

async fn get(cx: Cx, request: Bytes) -> Result<Vec<u8>, RpcError> {
    let it: GetFile = tl::decode_request(&request).map_err(|_| unread())?;
    let (offset, limit) = ranges::check(it.offset, it.limit, it.precise)?;
    let kind = match &it.location {
        enums::InputFileLocation::InputPhotoFileLocation(_)
        | enums::InputFileLocation::InputPeerPhotoFileLocation(_) => enums::storage::FileType::FileJpeg,
        _ => enums::storage::FileType::FileUnknown,
    };
    let (stored, date) = find(&cx, &it.location).await?;
    let behind = files::read_behind(&cx.domain, &stored, (offset, limit), HEAD).await?;
    Ok(file(kind, i32::try_from(date).unwrap_or(i32::MAX), behind))
}

/// `upload.file` with the bytes that stand behind room for its head.
fn file(kind: enums::storage::FileType, mtime: i32, mut bytes: Vec<u8>) -> Vec<u8> {
    let length = bytes.len() - HEAD;
    if length < 254 {
        let bytes = bytes.split_off(HEAD);
        return enums::upload::File::from(types::upload::File { r#type: kind, mtime, bytes }).to_bytes();
    }
    bytes[..4].copy_from_slice(&types::upload::File::CONSTRUCTOR_ID.to_le_bytes());
    bytes[4..8].copy_from_slice(&kind.to_bytes());
    bytes[8..12].copy_from_slice(&mtime.to_le_bytes());
    let length = u32::try_from(length).expect("a range is short");
    bytes[12..HEAD].copy_from_slice(&(length << 8 | 0xfe).to_le_bytes());
    bytes.resize(bytes.len().next_multiple_of(4), 0);
    bytes
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
