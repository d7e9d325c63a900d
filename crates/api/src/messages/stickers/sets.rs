//! Looking at sets, and at custom emoji of texts.

use domain::{
    Refusal, StickerSetId,
    files::Attribute,
    messages::media::{
        MediaBody,
        carriers::{Named, named},
    },
    stickers::{
        SetKind, find,
        lists::{List, list},
        rows,
        search::{Query, search},
        seen,
    },
};
use tl::{
    enums,
    functions::messages::{
        GetAttachedStickers, GetCustomEmojiDocuments, GetMyStickers, GetStickerSet, SearchEmojiStickerSets,
        SearchStickerSets,
    },
    types,
};

use super::{answer, page, wanted};
use crate::{Cx, RpcError, render, table::Row};

/// Own sets on one page.
const PAGE_MAX: usize = 100;

pub(crate) const ROWS: &[Row] = crate::methods! {
    GetAttachedStickers, User, Light => get_attached_stickers;
    GetCustomEmojiDocuments, UserOrBot, Light => get_custom_emoji_documents;
    GetMyStickers, User, Light => get_my_stickers;
    GetStickerSet, UserOrBot, Light => get_sticker_set;
    SearchEmojiStickerSets, User, Search => async |cx: Cx, it: SearchEmojiStickerSets| {
        search_sets(&cx, SetKind::Emoji, it.q, it.exclude_featured, it.hash).await
    };
    SearchStickerSets, User, Search => async |cx: Cx, it: SearchStickerSets| {
        search_sets(&cx, SetKind::Stickers, it.q, it.exclude_featured, it.hash).await
    };
};

async fn get_sticker_set(cx: Cx, request: GetStickerSet) -> Result<enums::messages::StickerSet, RpcError> {
    let wanted = wanted(&request.stickerset)?;
    let (id, row) = cx.domain.query(|view| find(view, &wanted)).await?;
    if request.hash != 0 && request.hash == rows::hash(id, &row) {
        return Ok(enums::messages::StickerSet::NotModified);
    }
    answer(&cx, id).await
}

async fn get_custom_emoji_documents(
    cx: Cx,
    request: GetCustomEmojiDocuments,
) -> Result<Vec<enums::Document>, RpcError> {
    if request.document_id.len() > seen::DOCUMENTS_MAX {
        return Err(Refusal::LimitInvalid.into());
    }
    let ids: Vec<_> = request.document_id.iter().map(|it| it.cast_unsigned()).collect();
    let stickers = cx.domain.query(|view| seen::by_documents(view, &ids)).await?;
    Ok(render::sticker::documents(&stickers))
}

/// Sets of the stickers that were put on a photo or video.
async fn get_attached_stickers(
    cx: Cx,
    request: GetAttachedStickers,
) -> Result<Vec<enums::StickerSetCovered>, RpcError> {
    let me = cx.user()?;
    let (id, access_hash, reference) = match &request.media {
        enums::InputStickeredMedia::Photo(it) => match &it.id {
            enums::InputPhoto::Photo(it) => (it.id, it.access_hash, it.file_reference.clone()),
            enums::InputPhoto::Empty => return Err(Refusal::MediaEmpty.into()),
        },
        enums::InputStickeredMedia::Document(it) => match &it.id {
            enums::InputDocument::Document(it) => (it.id, it.access_hash, it.file_reference.clone()),
            enums::InputDocument::Empty => return Err(Refusal::MediaEmpty.into()),
        },
    };
    let it = Named { id: id.cast_unsigned(), access_hash, reference };
    let shown = cx.domain.query(|view| {
        let sets = seen::seen_all(view, me, attached(&named(view, me, &it)?))?;
        render::sticker::all_covered(view, &sets)
    });
    Ok(shown.await?)
}

fn attached(body: &MediaBody) -> Vec<StickerSetId> {
    match body {
        MediaBody::Photo { photo, .. } => photo.sets.clone(),
        MediaBody::Document { document, .. } => {
            let sets = document.attributes.iter().find_map(|it| match it {
                Attribute::HasStickers { sets } => Some(sets.clone()),
                _ => None,
            });
            sets.unwrap_or_default()
        }
        MediaBody::Place { .. }
        | MediaBody::Venue { .. }
        | MediaBody::Contact { .. }
        | MediaBody::Dice { .. }
        | MediaBody::Ended { .. }
        | MediaBody::Live { .. }
        | MediaBody::WebPage { .. } => Vec::new(),
    }
}

async fn get_my_stickers(cx: Cx, request: GetMyStickers) -> Result<enums::messages::MyStickers, RpcError> {
    let me = cx.user()?;
    let (offset, limit) = (StickerSetId(request.offset_id.cast_unsigned()), page(request.limit, PAGE_MAX));
    let shown = cx.domain.query(|view| {
        let all: Vec<_> = list(view, me, List::Owned)?.into_iter().map(|it| it.set).collect();
        let from = all.iter().position(|it| *it == offset).map_or(0, |at| at + 1);
        let sets = seen::seen_all(view, me, all.iter().skip(from).take(limit).copied())?;
        Ok((all.len(), render::sticker::all_covered(view, &sets)?))
    });
    let (count, sets) = shown.await?;
    Ok(types::messages::MyStickers { count: i32::try_from(count).unwrap_or(i32::MAX), sets }.into())
}

async fn search_sets(
    cx: &Cx,
    kind: SetKind,
    text: String,
    exclude_featured: bool,
    known: i64,
) -> Result<enums::messages::FoundStickerSets, RpcError> {
    let me = cx.user()?;
    let query = Query { text, kind, exclude_featured };
    let found = cx.domain.query(|view| search(view, me, &query)).await?;
    let hash = render::hash::of(found.iter().map(|it| it.0.cast_signed()));
    if known != 0 && known == hash {
        return Ok(enums::messages::FoundStickerSets::NotModified);
    }
    let shown = cx.domain.query(|view| {
        let sets = seen::seen_all(view, me, found.iter().copied())?;
        render::sticker::all_covered(view, &sets)
    });
    Ok(types::messages::FoundStickerSets { hash, sets: shown.await? }.into())
}
