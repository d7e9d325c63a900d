//! Sticker sets and their stickers as TL, and the hashes by which clients know lists of them.
//! Source: core.telegram.org/api/stickers.

use std::collections::BTreeMap;

use domain::{
    Decided, View,
    files::{Document, PhotoSize},
    stickers::{Face, SeenSet, SeenSticker, SetKind, rows, seen},
};
use tl::{enums, types};

use super::{hash, media, message::date};

/// Stickers by which a set is shown among others. Source: observed with TDLib 1.8.66, which shows as many.
const COVERS: usize = 5;

/// A set, without its stickers.
pub fn set(it: &SeenSet) -> enums::StickerSet {
    let thumb = it.thumb.as_ref().map(thumb);
    types::StickerSet {
        archived: it.archived,
        official: false,
        masks: it.row.kind == SetKind::Masks,
        emojis: it.row.kind == SetKind::Emoji,
        text_color: it.card.text_color,
        channel_emoji_status: false,
        creator: it.mine,
        installed_date: it.installed.map(date),
        id: it.id.0.cast_signed(),
        access_hash: it.access_hash,
        title: it.card.title.clone(),
        short_name: it.card.short_name.clone(),
        thumb_dc_id: thumb.is_some().then_some(media::FILES_DC),
        thumb_version: thumb.is_some().then(|| date(it.card.thumb_version)),
        thumbs: thumb.map(|it| vec![it]),
        thumb_document_id: (it.card.thumb_emoji != 0).then(|| it.card.thumb_emoji.cast_signed()),
        count: i32::try_from(it.card.faces.len()).unwrap_or(i32::MAX),
        hash: rows::hash(it.id, &it.row),
    }
    .into()
}

/// A set's thumbnail is a file as a whole; the letter says of what format.
/// Source: core.telegram.org/api/files#image-thumbnail-types.
fn thumb(it: &Document) -> enums::PhotoSize {
    let kind = match it.mime.as_str() {
        "video/webm" => "v",
        "application/x-tgsticker" => "a",
        _ => "s",
    };
    let (width, height, stored) = (THUMB_SIDE, THUMB_SIDE, it.stored.clone());
    media::size(&PhotoSize { kind: kind.to_owned(), width, height, stored, ..PhotoSize::default() })
}

/// Pixels of a side of a set's thumbnail.
const THUMB_SIDE: u32 = 100;

/// A sticker.
pub fn document(it: &SeenSticker) -> enums::Document {
    media::document(&it.document, &it.access)
}

/// Several of them.
pub fn documents(all: &[SeenSticker]) -> Vec<enums::Document> {
    all.iter().map(document).collect()
}

/// A set with all of its stickers.
pub fn whole(it: &SeenSet, stickers: &[SeenSticker]) -> enums::messages::StickerSet {
    let (packs, keywords) = (packs(&it.card.faces), keywords(&it.card.faces));
    types::messages::StickerSet { set: set(it), packs, keywords, documents: documents(stickers) }.into()
}

/// A set with some of its stickers, or, of custom emoji, all of them.
pub fn covered(view: &dyn View, it: &SeenSet) -> Decided<enums::StickerSetCovered> {
    let most = if it.row.kind == SetKind::Emoji { usize::MAX } else { COVERS };
    let stickers = seen::stickers(view, it, most)?;
    if it.row.kind != SetKind::Emoji {
        return Ok(types::StickerSetMultiCovered { set: set(it), covers: documents(&stickers) }.into());
    }
    let (packs, keywords) = (packs(&it.card.faces), keywords(&it.card.faces));
    Ok(types::StickerSetFullCovered { set: set(it), packs, keywords, documents: documents(&stickers) }.into())
}

/// Several of them.
pub fn all_covered(view: &dyn View, all: &[SeenSet]) -> Decided<Vec<enums::StickerSetCovered>> {
    all.iter().map(|it| covered(view, it)).collect()
}

/// Which stickers stand for each emoji.
fn packs(faces: &[Face]) -> Vec<enums::StickerPack> {
    let of = faces.iter().flat_map(|face| face.emoji.iter().map(|it| (it.clone(), face.document)));
    packed(of)
}

/// The same of stickers from anywhere, by what they say of themselves.
pub fn packs_of(stickers: &[SeenSticker]) -> Vec<enums::StickerPack> {
    packed(stickers.iter().filter_map(|it| Some((it.document.alt()?.to_owned(), it.document.stored.id))))
}

fn packed(all: impl Iterator<Item = (String, u64)>) -> Vec<enums::StickerPack> {
    let mut packs: BTreeMap<String, Vec<i64>> = BTreeMap::new();
    for (emoticon, document) in all {
        packs.entry(emoticon).or_default().push(document.cast_signed());
    }
    packs.into_iter().map(|(emoticon, documents)| types::StickerPack { emoticon, documents }.into()).collect()
}

fn keywords(faces: &[Face]) -> Vec<enums::StickerKeyword> {
    let with = faces.iter().filter(|it| !it.keywords.is_empty());
    let one = |it: &Face| {
        types::StickerKeyword { document_id: it.document.cast_signed(), keyword: it.keywords.clone() }.into()
    };
    with.map(one).collect()
}

/// The hash of a list of sets: of each its own.
pub fn hash_of_sets(all: &[SeenSet]) -> i64 {
    hash::of(all.iter().map(|it| i64::from(rows::hash(it.id, &it.row))))
}

/// The hash of a list of stickers: their numbers.
pub fn hash_of_stickers(all: &[SeenSticker]) -> i64 {
    hash::of(all.iter().map(|it| it.document.stored.id.cast_signed()))
}
