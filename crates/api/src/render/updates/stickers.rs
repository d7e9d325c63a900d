//! Changes of what somebody has of stickers.

use domain::{
    Decided, UserId, View,
    stickers::{
        SetKind,
        lists::{List, list},
        seen,
    },
    updates::Change,
};
use tl::{enums, types};

use super::Rendered;
use crate::render::sticker;

/// Such a change; others are not told here.
pub(super) fn add(view: &dyn View, me: UserId, change: &Change, out: &mut Rendered) -> Decided<()> {
    let flags = |kind: SetKind| (kind == SetKind::Masks, kind == SetKind::Emoji);
    match change {
        // A set that is gone again meanwhile is told of by its removal.
        Change::StickerSetInstalled { set } => {
            if let Some(set) = seen::seen(view, me, *set)? {
                let stickers = seen::stickers(view, &set, usize::MAX)?;
                out.add(types::UpdateNewStickerSet { stickerset: sticker::whole(&set, &stickers) });
            }
        }
        Change::StickerSets { kind } => {
            let (masks, emojis) = flags(*kind);
            out.add(types::UpdateStickerSets { masks, emojis });
        }
        Change::StickerSetsOrder { kind } => {
            let sets = list(view, me, List::Installed(*kind))?;
            let (masks, emojis) = flags(*kind);
            let order = sets.iter().map(|it| it.set.0.cast_signed()).collect();
            out.add(types::UpdateStickerSetsOrder { masks, emojis, order });
        }
        Change::RecentStickers {} => out.updates.push(enums::Update::RecentStickers),
        Change::FavedStickers {} => out.updates.push(enums::Update::FavedStickers),
        Change::ReadFeatured { kind: SetKind::Emoji } => {
            out.updates.push(enums::Update::ReadFeaturedEmojiStickers);
        }
        Change::ReadFeatured { .. } => out.updates.push(enums::Update::ReadFeaturedStickers),
        _ => {}
    }
    Ok(())
}
