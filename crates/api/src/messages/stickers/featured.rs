//! Sets that the operator shows to everybody.

use domain::{
    StickerSetId,
    stickers::{
        SetKind,
        featured::{self, Featured, ReadFeatured},
        seen,
    },
};
use tl::{
    enums,
    functions::messages::{
        GetFeaturedEmojiStickers, GetFeaturedStickers, GetOldFeaturedStickers, ReadFeaturedStickers,
    },
    types,
};

use super::page;
use crate::{Cx, RpcError, render, table::Row};

/// Sets that were shown before, on one page.
const PAGE_MAX: usize = 100;

pub(crate) const ROWS: &[Row] = crate::methods! {
    GetFeaturedEmojiStickers, User, Light => async |cx: Cx, it: GetFeaturedEmojiStickers| {
        shown(&cx, SetKind::Emoji, it.hash).await
    };
    GetFeaturedStickers, User, Light => async |cx: Cx, it: GetFeaturedStickers| {
        shown(&cx, SetKind::Stickers, it.hash).await
    };
    GetOldFeaturedStickers, User, Light => get_old_featured_stickers;
    ReadFeaturedStickers, User, Write => read_featured_stickers;
};

async fn shown(cx: &Cx, kind: SetKind, known: i64) -> Result<enums::messages::FeaturedStickers, RpcError> {
    let me = cx.user()?;
    let all = cx.domain.query(|view| featured::featured(view, me, kind)).await?;
    let hash = hash(&all);
    if known != 0 && known == hash {
        return Ok(unchanged(all.sets.len()));
    }
    let sets = all.sets.clone();
    answer(cx, sets, all.unread.clone(), (hash, all.sets.len())).await
}

async fn get_old_featured_stickers(
    cx: Cx,
    request: GetOldFeaturedStickers,
) -> Result<enums::messages::FeaturedStickers, RpcError> {
    let me = cx.user()?;
    let old = cx.domain.query(|view| featured::featured(view, me, SetKind::Stickers)).await?.old;
    let hash = render::hash::of(old.iter().map(|it| it.0.cast_signed()));
    if request.hash != 0 && request.hash == hash {
        return Ok(unchanged(old.len()));
    }
    let offset = usize::try_from(request.offset).unwrap_or(0);
    let sets = old.iter().skip(offset).take(page(request.limit, PAGE_MAX)).copied().collect();
    answer(&cx, sets, Vec::new(), (hash, old.len())).await
}

async fn answer(
    cx: &Cx,
    sets: Vec<StickerSetId>,
    unread: Vec<StickerSetId>,
    (hash, count): (i64, usize),
) -> Result<enums::messages::FeaturedStickers, RpcError> {
    let me = cx.user()?;
    let sets = cx.domain.query(|view| {
        let sets = seen::seen_all(view, me, sets.iter().copied())?;
        render::sticker::all_covered(view, &sets)
    });
    let sets = sets.await?;
    let unread = unread.iter().map(|it| it.0.cast_signed()).collect();
    Ok(types::messages::FeaturedStickers { premium: false, hash, count: number(count), sets, unread }.into())
}

/// Of each set its number, and a 1 behind it where it was not seen. Source: observed with TDLib 1.8.66.
fn hash(all: &Featured) -> i64 {
    render::hash::of(all.sets.iter().flat_map(|it| {
        let unread = all.unread.contains(it).then_some(1);
        [it.0.cast_signed()].into_iter().chain(unread)
    }))
}

fn unchanged(count: usize) -> enums::messages::FeaturedStickers {
    types::messages::FeaturedStickersNotModified { count: number(count) }.into()
}

fn number(it: usize) -> i32 {
    i32::try_from(it).unwrap_or(i32::MAX)
}

async fn read_featured_stickers(cx: Cx, request: ReadFeaturedStickers) -> Result<bool, RpcError> {
    let sets = request.id.iter().map(|it| StickerSetId(it.cast_unsigned())).collect();
    cx.domain.command(ReadFeatured { by: cx.me()?, sets }).await?;
    Ok(true)
}
