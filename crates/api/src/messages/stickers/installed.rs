//! Sets that somebody has installed or put away.

use domain::{
    StickerSetId, UserId,
    stickers::{
        INSTALLED_MAX, SetKind,
        install::{Install, Reorder, Toggle, ToggleSets, Uninstall},
        lists::{List, list},
        seen,
    },
};
use tl::{
    enums,
    functions::messages::{
        GetAllStickers, GetArchivedStickers, GetEmojiStickers, GetMaskStickers, InstallStickerSet, ReorderStickerSets,
        ToggleStickerSets, UninstallStickerSet,
    },
    types,
};

use super::{all_sets, kind, page, wanted};
use crate::{Cx, RpcError, render, table::Row};

/// Archived sets on one page.
const PAGE_MAX: usize = 100;

pub(crate) const ROWS: &[Row] = crate::methods! {
    GetAllStickers, User, Light => async |cx: Cx, it: GetAllStickers| installed(&cx, SetKind::Stickers, it.hash).await;
    GetArchivedStickers, User, Light => get_archived_stickers;
    GetEmojiStickers, User, Light => async |cx: Cx, it: GetEmojiStickers| installed(&cx, SetKind::Emoji, it.hash).await;
    GetMaskStickers, User, Light => async |cx: Cx, it: GetMaskStickers| installed(&cx, SetKind::Masks, it.hash).await;
    InstallStickerSet, User, Write => install_sticker_set;
    ReorderStickerSets, User, Write => reorder_sticker_sets;
    ToggleStickerSets, User, Write => toggle_sticker_sets;
    UninstallStickerSet, User, Write => uninstall_sticker_set;
};

async fn installed(cx: &Cx, kind: SetKind, known: i64) -> Result<enums::messages::AllStickers, RpcError> {
    let me: UserId = cx.user()?;
    let sets = cx.domain.query(|view| {
        let all = list(view, me, List::Installed(kind))?;
        seen::seen_all(view, me, all.into_iter().map(|it| it.set))
    });
    Ok(all_sets(&sets.await?, known))
}

async fn install_sticker_set(
    cx: Cx,
    request: InstallStickerSet,
) -> Result<enums::messages::StickerSetInstallResult, RpcError> {
    let by = cx.me()?;
    let command = Install { by, set: wanted(&request.stickerset)?, archived: request.archived };
    let over = cx.domain.command(command).await?;
    if over.is_empty() {
        return Ok(enums::messages::StickerSetInstallResult::Success);
    }
    let sets = cx.domain.query(|view| {
        let sets = seen::seen_all(view, by.user, over.iter().copied())?;
        render::sticker::all_covered(view, &sets)
    });
    Ok(types::messages::StickerSetInstallResultArchive { sets: sets.await? }.into())
}

async fn uninstall_sticker_set(cx: Cx, request: UninstallStickerSet) -> Result<bool, RpcError> {
    cx.domain.command(Uninstall { by: cx.me()?, set: wanted(&request.stickerset)? }).await?;
    Ok(true)
}

async fn reorder_sticker_sets(cx: Cx, request: ReorderStickerSets) -> Result<bool, RpcError> {
    let (by, kind) = (cx.me()?, kind(request.masks, request.emojis));
    let order = request.order.iter().map(|it| StickerSetId(it.cast_unsigned())).collect();
    cx.domain.command(Reorder { by, kind, order }).await?;
    Ok(true)
}

async fn toggle_sticker_sets(cx: Cx, request: ToggleStickerSets) -> Result<bool, RpcError> {
    let how = match (request.uninstall, request.archive, request.unarchive) {
        (true, false, false) => Toggle::Uninstall,
        (false, true, false) => Toggle::Archive,
        (false, false, true) => Toggle::Unarchive,
        _ => return Err(RpcError::bad("STICKERSET_INVALID")),
    };
    let sets = request.stickersets.iter().take(INSTALLED_MAX + 1).map(wanted).collect::<Result<_, _>>()?;
    cx.domain.command(ToggleSets { by: cx.me()?, sets, how }).await?;
    Ok(true)
}

async fn get_archived_stickers(
    cx: Cx,
    request: GetArchivedStickers,
) -> Result<enums::messages::ArchivedStickers, RpcError> {
    let (me, kind) = (cx.user()?, kind(request.masks, request.emojis));
    let (offset, limit) = (StickerSetId(request.offset_id.cast_unsigned()), page(request.limit, PAGE_MAX));
    let shown = cx.domain.query(|view| {
        let all: Vec<_> = list(view, me, List::Archived(kind))?.into_iter().map(|it| it.set).collect();
        let all = seen::seen_all(view, me, all)?;
        let from = all.iter().position(|it| it.id == offset).map_or(0, |at| at + 1);
        let page = all.get(from..).unwrap_or_default();
        Ok((all.len(), render::sticker::all_covered(view, &page[..page.len().min(limit)])?))
    });
    let (count, sets) = shown.await?;
    Ok(types::messages::ArchivedStickers { count: i32::try_from(count).unwrap_or(i32::MAX), sets }.into())
}
