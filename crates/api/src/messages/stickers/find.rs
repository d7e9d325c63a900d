//! Stickers and custom emoji by what they stand for.

use domain::{
    Refusal,
    stickers::{
        SetKind, emoji,
        matching::{self, Found, Looks},
    },
};
use tl::{
    enums,
    functions::messages::{GetStickers, SearchCustomEmoji, SearchStickers},
    types,
};

use super::page;
use crate::{Cx, RpcError, render, table::Row};

/// Stickers on one page.
const PAGE_MAX: usize = 100;

pub(crate) const ROWS: &[Row] = crate::methods! {
    GetStickers, User, Search => get_stickers;
    SearchCustomEmoji, User, Search => search_custom_emoji;
    SearchStickers, User, Search => search_stickers;
};

async fn found(cx: &Cx, looks: Looks) -> Result<Vec<Found>, RpcError> {
    let me = cx.user()?;
    Ok(cx.domain.query(|view| matching::matching(view, me, &looks)).await?)
}

/// The emoji of a text that asks by some.
fn asked(emoticon: &str) -> Result<Vec<String>, RpcError> {
    if emoticon.is_empty() {
        return Err(Refusal::EmoticonEmpty.into());
    }
    // What is no emoji is what nothing stands for.
    Ok(emoji::split(emoticon).unwrap_or_default())
}

fn hash(all: &[Found]) -> i64 {
    render::hash::of(all.iter().map(|it| it.document.cast_signed()))
}

async fn get_stickers(cx: Cx, request: GetStickers) -> Result<enums::messages::Stickers, RpcError> {
    let looks = Looks { kind: SetKind::Stickers, emoji: asked(&request.emoticon)?, ..Looks::default() };
    let mut all = found(&cx, looks).await?;
    all.truncate(PAGE_MAX);
    let hash = hash(&all);
    if request.hash != 0 && request.hash == hash {
        return Ok(enums::messages::Stickers::NotModified);
    }
    let stickers = cx.domain.query(|view| matching::shown(view, &all)).await?;
    Ok(types::messages::Stickers { hash, stickers: render::sticker::documents(&stickers) }.into())
}

async fn search_custom_emoji(cx: Cx, request: SearchCustomEmoji) -> Result<enums::EmojiList, RpcError> {
    let looks = Looks { kind: SetKind::Emoji, emoji: asked(&request.emoticon)?, ..Looks::default() };
    let all = found(&cx, looks).await?;
    let hash = hash(&all);
    if request.hash != 0 && request.hash == hash {
        return Ok(enums::EmojiList::NotModified);
    }
    let document_id = all.iter().map(|it| it.document.cast_signed()).collect();
    Ok(types::EmojiList { hash, document_id }.into())
}

async fn search_stickers(cx: Cx, request: SearchStickers) -> Result<enums::messages::FoundStickers, RpcError> {
    let kind = if request.emojis { SetKind::Emoji } else { SetKind::Stickers };
    let emoji = emoji::split(&request.emoticon).unwrap_or_default();
    let all = found(&cx, Looks { kind, emoji, text: request.q }).await?;
    let offset = usize::try_from(request.offset).unwrap_or(0).min(all.len());
    let end = offset.saturating_add(page(request.limit, PAGE_MAX)).min(all.len());
    let next_offset = (end < all.len()).then(|| i32::try_from(end).unwrap_or(i32::MAX));
    let part = &all[offset..end];
    let hash = hash(part);
    if request.hash != 0 && request.hash == hash {
        return Ok(types::messages::FoundStickersNotModified { next_offset }.into());
    }
    let stickers = cx.domain.query(|view| matching::shown(view, part)).await?;
    let stickers = render::sticker::documents(&stickers);
    Ok(types::messages::FoundStickers { next_offset, hash, stickers }.into())
}
