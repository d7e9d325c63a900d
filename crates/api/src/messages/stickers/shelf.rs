//! Recent and favourite stickers.

use domain::{
    Refusal, UserId,
    stickers::{
        SeenSticker,
        shelf::{self, Clear, Keep, Shelf, TakeOff},
    },
};
use tl::{
    enums,
    functions::messages::{ClearRecentStickers, FaveSticker, GetFavedStickers, GetRecentStickers, SaveRecentSticker},
    types,
};

use super::document;
use crate::{
    Cx, RpcError,
    render::{
        message::date,
        sticker::{documents, hash_of_stickers, packs_of},
    },
    table::Row,
};

pub(crate) const ROWS: &[Row] = crate::methods! {
    ClearRecentStickers, User, Write => clear_recent_stickers;
    FaveSticker, User, Write => async |cx: Cx, it: FaveSticker| keep(&cx, Shelf::Faved, &it.id, it.unfave).await;
    GetFavedStickers, User, Light => get_faved_stickers;
    GetRecentStickers, User, Light => get_recent_stickers;
    SaveRecentSticker, User, Write => async |cx: Cx, it: SaveRecentSticker| {
        keep(&cx, recent(it.attached), &it.id, it.unsave).await
    };
};

fn recent(attached: bool) -> Shelf {
    if attached { Shelf::Attached } else { Shelf::Recent }
}

async fn on(cx: &Cx, shelf: Shelf) -> Result<Vec<(SeenSticker, u32)>, RpcError> {
    let me: UserId = cx.user()?;
    Ok(cx.domain.query(|view| shelf::stickers(view, me, shelf)).await?)
}

async fn get_recent_stickers(cx: Cx, request: GetRecentStickers) -> Result<enums::messages::RecentStickers, RpcError> {
    let (all, dates): (Vec<_>, Vec<_>) = on(&cx, recent(request.attached)).await?.into_iter().unzip();
    let hash = hash_of_stickers(&all);
    if request.hash != 0 && request.hash == hash {
        return Ok(enums::messages::RecentStickers::NotModified);
    }
    let (packs, stickers, dates) = (packs_of(&all), documents(&all), dates.into_iter().map(date).collect());
    Ok(types::messages::RecentStickers { hash, packs, stickers, dates }.into())
}

async fn get_faved_stickers(cx: Cx, request: GetFavedStickers) -> Result<enums::messages::FavedStickers, RpcError> {
    let all: Vec<_> = on(&cx, Shelf::Faved).await?.into_iter().map(|(it, _)| it).collect();
    let hash = hash_of_stickers(&all);
    if request.hash != 0 && request.hash == hash {
        return Ok(enums::messages::FavedStickers::NotModified);
    }
    Ok(types::messages::FavedStickers { hash, packs: packs_of(&all), stickers: documents(&all) }.into())
}

async fn keep(cx: &Cx, shelf: Shelf, it: &enums::InputDocument, off: bool) -> Result<bool, RpcError> {
    let by = cx.me()?;
    if off {
        // What carried it may be gone by now.
        let enums::InputDocument::Document(it) = it else { return Err(Refusal::StickerIdInvalid.into()) };
        cx.domain.command(TakeOff { by, shelf, document: it.id.cast_unsigned() }).await?;
        return Ok(true);
    }
    let document = document(cx, it, Refusal::StickerIdInvalid).await?;
    cx.domain.command(Keep { by, shelf, document }).await?;
    Ok(true)
}

async fn clear_recent_stickers(cx: Cx, request: ClearRecentStickers) -> Result<bool, RpcError> {
    cx.domain.command(Clear { by: cx.me()?, shelf: recent(request.attached) }).await?;
    Ok(true)
}
