//! `stickers.*`: making and changing one's own sticker sets.
//! Source: core.telegram.org/api/stickers, "Creating a stickerset".

use domain::{
    Refusal, StickerSetId,
    files::{Document, MaskPlace, intake},
    stickers::{
        SetKind, Wanted,
        change::{ChangeSet, SetChange},
        create::{self, CreateSet, NewSticker, Words},
        delete::DeleteSet,
        emoji, find, names,
    },
};
use tl::{
    enums,
    functions::stickers::{
        AddStickerToSet, ChangeSticker, ChangeStickerPosition, CheckShortName, CreateStickerSet, DeleteStickerSet,
        RemoveStickerFromSet, RenameStickerSet, ReplaceSticker, SetStickerSetThumb, SuggestShortName,
    },
    types,
};

use crate::{
    Cx, RpcError, input,
    messages::stickers::{answer, document, wanted},
    table::Row,
};

const ROWS: &[Row] = crate::methods! {
    AddStickerToSet, UserOrBot, Write => add_sticker_to_set;
    ChangeSticker, UserOrBot, Write => change_sticker;
    ChangeStickerPosition, UserOrBot, Write => change_sticker_position;
    CheckShortName, User, Light => check_short_name;
    CreateStickerSet, UserOrBot, Write => create_sticker_set;
    DeleteStickerSet, UserOrBot, Write => delete_sticker_set;
    RemoveStickerFromSet, UserOrBot, Write => remove_sticker_from_set;
    RenameStickerSet, UserOrBot, Write => rename_sticker_set;
    ReplaceSticker, UserOrBot, Write => replace_sticker;
    SetStickerSetThumb, UserOrBot, Write => set_sticker_set_thumb;
    SuggestShortName, User, Light => suggest_short_name;
};

/// The namespace's methods.
pub fn tables() -> &'static [&'static [Row]] {
    &[ROWS]
}

type Set = enums::messages::StickerSet;

async fn create_sticker_set(cx: Cx, request: CreateStickerSet) -> Result<Set, RpcError> {
    let by = cx.me()?;
    // There are no bots yet that would make sets for others.
    if input::user(&cx.domain, by.user, &request.user_id)? != by.user {
        return Err(Refusal::UserIdInvalid.into());
    }
    let kind = match (request.masks, request.emojis) {
        (true, true) => return Err(Refusal::PackTypeInvalid.into()),
        (true, false) => SetKind::Masks,
        (false, true) => SetKind::Emoji,
        (false, false) => SetKind::Stickers,
    };
    let count = request.stickers.len();
    let named = (request.title.as_str(), request.short_name.as_str());
    cx.domain.query(|view| create::check(view, &by, named, (kind, count))).await?;
    let mut stickers = Vec::with_capacity(count);
    for it in &request.stickers {
        stickers.push(new_sticker(&cx, it, kind).await?);
    }
    let thumb = match &request.thumb {
        Some(it) => Some(set_thumb(&cx, it).await?),
        None => None,
    };
    let (title, short_name, text_color) = (request.title, request.short_name, request.text_color);
    let id = cx.domain.command(CreateSet { by, kind, title, short_name, text_color, thumb, stickers }).await?;
    answer(&cx, id).await
}

/// A sticker as a client describes it, with a file of its own.
async fn new_sticker(cx: &Cx, it: &enums::InputStickerSetItem, kind: SetKind) -> Result<NewSticker, RpcError> {
    let enums::InputStickerSetItem::Item(it) = it;
    let words = Words {
        emoji: split(&it.emoji)?,
        keywords: keywords(it.keywords.as_deref().unwrap_or_default())?,
        place: it.mask_coords.as_ref().map(place).transpose()?,
    };
    let given = document(cx, &it.document, Refusal::StickerFileInvalid).await?;
    let document = intake::sticker(&cx.domain, cx.user()?, &given, kind).await?;
    Ok(NewSticker { document, words })
}

async fn set_thumb(cx: &Cx, it: &enums::InputDocument) -> Result<Document, RpcError> {
    let given = document(cx, it, Refusal::StickerThumbPngNopng).await?;
    Ok(intake::set_thumb(&cx.domain, cx.user()?, &given).await?)
}

fn split(text: &str) -> Result<Vec<String>, RpcError> {
    emoji::split(text).map_err(|_| Refusal::StickerEmojiInvalid.into())
}

fn keywords(text: &str) -> Result<Vec<String>, RpcError> {
    emoji::keywords(text).map_err(|_| Refusal::StickerInvalid.into())
}

fn place(it: &enums::MaskCoords) -> Result<MaskPlace, RpcError> {
    let enums::MaskCoords::Coords(it) = it;
    let part = u32::try_from(it.n).map_err(|_| Refusal::StickerMaskCoordsNotSupported)?;
    Ok(MaskPlace { part, x: it.x, y: it.y, zoom: it.zoom, ..MaskPlace::default() })
}

/// A sticker that a client names, and its set.
async fn sticker(cx: &Cx, it: &enums::InputDocument) -> Result<(Wanted, u64), RpcError> {
    let document = document(cx, it, Refusal::StickerInvalid).await?;
    let set = document.set().ok_or(Refusal::StickerInvalid)?;
    Ok((Wanted::Id(set, cx.domain.world().set_hash(set)), document.stored.id))
}

async fn change(cx: &Cx, set: Wanted, change: SetChange) -> Result<Set, RpcError> {
    let id: StickerSetId = cx.domain.command(ChangeSet { by: cx.me()?, set, change }).await?;
    answer(cx, id).await
}

/// The kind of an own set, before a file is made for it.
async fn kind_of_own(cx: &Cx, set: &Wanted) -> Result<SetKind, RpcError> {
    let (me, (_, row)) = (cx.user()?, cx.domain.query(|view| find(view, set)).await?);
    if row.owner == me { Ok(row.kind) } else { Err(Refusal::StickersetInvalid.into()) }
}

async fn add_sticker_to_set(cx: Cx, request: AddStickerToSet) -> Result<Set, RpcError> {
    let set = wanted(&request.stickerset)?;
    let kind = kind_of_own(&cx, &set).await?;
    let new = new_sticker(&cx, &request.sticker, kind).await?;
    change(&cx, set, SetChange::Add(Box::new(new))).await
}

async fn replace_sticker(cx: Cx, request: ReplaceSticker) -> Result<Set, RpcError> {
    let (set, old) = sticker(&cx, &request.sticker).await?;
    let kind = kind_of_own(&cx, &set).await?;
    let new = new_sticker(&cx, &request.new_sticker, kind).await?;
    change(&cx, set, SetChange::Replace(old, Box::new(new))).await
}

async fn remove_sticker_from_set(cx: Cx, request: RemoveStickerFromSet) -> Result<Set, RpcError> {
    let (set, document) = sticker(&cx, &request.sticker).await?;
    change(&cx, set, SetChange::Remove(document)).await
}

async fn change_sticker_position(cx: Cx, request: ChangeStickerPosition) -> Result<Set, RpcError> {
    let (set, document) = sticker(&cx, &request.sticker).await?;
    let place = usize::try_from(request.position).map_err(|_| Refusal::StickerInvalid)?;
    change(&cx, set, SetChange::Move(document, place)).await
}

async fn change_sticker(cx: Cx, request: ChangeSticker) -> Result<Set, RpcError> {
    let (set, document) = sticker(&cx, &request.sticker).await?;
    let words = SetChange::Words {
        document,
        emoji: request.emoji.as_deref().map(split).transpose()?,
        keywords: request.keywords.as_deref().map(keywords).transpose()?,
        place: request.mask_coords.as_ref().map(place).transpose()?,
    };
    change(&cx, set, words).await
}

async fn rename_sticker_set(cx: Cx, request: RenameStickerSet) -> Result<Set, RpcError> {
    change(&cx, wanted(&request.stickerset)?, SetChange::Title(request.title)).await
}

async fn set_sticker_set_thumb(cx: Cx, request: SetStickerSetThumb) -> Result<Set, RpcError> {
    let set = wanted(&request.stickerset)?;
    let changed = match (&request.thumb, request.thumb_document_id) {
        (Some(enums::InputDocument::Document(it)), _) => {
            kind_of_own(&cx, &set).await?;
            SetChange::Thumb(Some(Box::new(set_thumb(&cx, &it.clone().into()).await?)))
        }
        (_, Some(id)) if id != 0 => SetChange::ThumbEmoji(id.cast_unsigned()),
        _ => SetChange::Thumb(None),
    };
    change(&cx, set, changed).await
}

async fn delete_sticker_set(cx: Cx, request: DeleteStickerSet) -> Result<bool, RpcError> {
    cx.domain.command(DeleteSet { by: cx.me()?, set: wanted(&request.stickerset)? }).await?;
    Ok(true)
}

async fn check_short_name(cx: Cx, request: CheckShortName) -> Result<bool, RpcError> {
    cx.domain.query(|view| names::check(view, &request.short_name)).await?;
    Ok(true)
}

async fn suggest_short_name(
    cx: Cx,
    request: SuggestShortName,
) -> Result<enums::stickers::SuggestedShortName, RpcError> {
    let short_name = cx.domain.query(|view| names::suggest(view, &request.title)).await?;
    Ok(types::stickers::SuggestedShortName { short_name }.into())
}
