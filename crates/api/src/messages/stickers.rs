//! Sticker sets as people use them: looking at sets, lists of them, recent and favourite stickers, searches.
//! Source: core.telegram.org/api/stickers.

pub(super) mod emoji_groups;
pub(super) mod featured;
pub(super) mod find;
pub(super) mod installed;
pub(super) mod sets;
pub(super) mod shelf;
#[cfg(test)]
pub(crate) mod tests;

use domain::{
    Refusal, StickerSetId,
    files::Document,
    messages::media::{
        MediaBody,
        carriers::{Named, named},
    },
    stickers::{SeenSet, SetKind, Wanted, seen},
};
use tl::{enums, types};

use crate::{Cx, RpcError, render};

/// A set as a client names it. Sets of the server's own, animated emoji and dice among them, are somebody's drawings:
/// it brings none.
pub(crate) fn wanted(it: &enums::InputStickerSet) -> Result<Wanted, RpcError> {
    match it {
        enums::InputStickerSet::Id(it) => Ok(Wanted::Id(StickerSetId(it.id.cast_unsigned()), it.access_hash)),
        enums::InputStickerSet::ShortName(it) => Ok(Wanted::Name(it.short_name.clone())),
        enums::InputStickerSet::Dice(it) if it.emoticon.is_empty() => Err(Refusal::EmoticonStickerpackMissing.into()),
        enums::InputStickerSet::Empty
        | enums::InputStickerSet::AnimatedEmoji
        | enums::InputStickerSet::Dice(_)
        | enums::InputStickerSet::AnimatedEmojiAnimations
        | enums::InputStickerSet::PremiumGifts
        | enums::InputStickerSet::EmojiGenericAnimations
        | enums::InputStickerSet::EmojiDefaultStatuses
        | enums::InputStickerSet::EmojiDefaultTopicIcons
        | enums::InputStickerSet::EmojiChannelDefaultStatuses
        | enums::InputStickerSet::TonGifts => Err(Refusal::StickersetInvalid.into()),
    }
}

/// A document that the caller may see. `unknown` is what one is told of which the server never told.
pub(crate) async fn document(cx: &Cx, it: &enums::InputDocument, unknown: Refusal) -> Result<Document, RpcError> {
    let me = cx.user()?;
    let enums::InputDocument::Document(it) = it else { return Err(unknown.into()) };
    let it = Named { id: it.id.cast_unsigned(), access_hash: it.access_hash, reference: it.file_reference.clone() };
    match cx.domain.query(|view| named(view, me, &it)).await {
        Ok(MediaBody::Document { document, .. }) if document.stored.id == it.id => Ok(document),
        Ok(_) | Err(Refusal::FileIdInvalid) => Err(unknown.into()),
        Err(other) => Err(other.into()),
    }
}

/// A set with all of its stickers, as an answer.
pub(crate) async fn answer(cx: &Cx, id: StickerSetId) -> Result<enums::messages::StickerSet, RpcError> {
    let me = cx.user()?;
    let shown = cx.domain.query(|view| {
        let Some(set) = seen::seen(view, me, id)? else { return Err(Refusal::StickersetInvalid.into()) };
        let stickers = seen::stickers(view, &set, usize::MAX)?;
        Ok(render::sticker::whole(&set, &stickers))
    });
    Ok(shown.await?)
}

/// Which kind the flags of a request mean.
fn kind(masks: bool, emojis: bool) -> SetKind {
    match (masks, emojis) {
        (_, true) => SetKind::Emoji,
        (true, false) => SetKind::Masks,
        (false, false) => SetKind::Stickers,
    }
}

/// How many of a list are wanted, at most `most`.
fn page(limit: i32, most: usize) -> usize {
    usize::try_from(limit).ok().filter(|it| *it > 0).map_or(most, |it| it.min(most))
}

/// A list of sets, or that it is as the client knows it.
fn all_sets(all: &[SeenSet], known: i64) -> enums::messages::AllStickers {
    let hash = render::sticker::hash_of_sets(all);
    if known != 0 && known == hash {
        return enums::messages::AllStickers::NotModified;
    }
    types::messages::AllStickers { hash, sets: all.iter().map(render::sticker::set).collect() }.into()
}
