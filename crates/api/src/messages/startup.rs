//! What clients ask at start of things that this server does not have yet: answered with what is true,
//! which is "none".

use tl::{
    enums,
    functions::messages::{
        GetAllStickers, GetAttachMenuBots, GetAvailableEffects, GetEmojiKeywords, GetEmojiKeywordsDifference,
        GetEmojiKeywordsLanguages, GetEmojiStickers, GetEmojiUrl, GetFavedStickers, GetMaskStickers,
        GetPaidReactionPrivacy, GetRecentStickers, GetStickerSet,
    },
    types,
};

use crate::{
    Cx, RpcError,
    render::{self, named::Shown},
    table::Row,
};

pub(crate) const ROWS: &[Row] = crate::methods! {
    GetAllStickers, User, Light => async |_, _| Ok(no_sets());
    GetAttachMenuBots, User, Light => get_attach_menu_bots;
    GetAvailableEffects, User, Light => get_available_effects;
    GetEmojiKeywords, User, Light => get_emoji_keywords;
    GetEmojiKeywordsDifference, User, Light => get_emoji_keywords_difference;
    GetEmojiKeywordsLanguages, User, Light => get_emoji_keywords_languages;
    GetEmojiStickers, User, Light => async |_, _| Ok(no_sets());
    GetEmojiUrl, User, Light => get_emoji_url;
    GetFavedStickers, User, Light => get_faved_stickers;
    GetMaskStickers, User, Light => async |_, _| Ok(no_sets());
    GetPaidReactionPrivacy, User, Light => get_paid_reaction_privacy;
    GetRecentStickers, User, Light => get_recent_stickers;
    GetStickerSet, User, Light => get_sticker_set;
};

async fn get_emoji_keywords(_cx: Cx, request: GetEmojiKeywords) -> Result<enums::EmojiKeywordsDifference, RpcError> {
    Ok(keywords(request.lang_code, 0))
}

async fn get_emoji_keywords_difference(
    _cx: Cx,
    request: GetEmojiKeywordsDifference,
) -> Result<enums::EmojiKeywordsDifference, RpcError> {
    Ok(keywords(request.lang_code, request.from_version))
}

fn keywords(lang_code: String, from_version: i32) -> enums::EmojiKeywordsDifference {
    let version = from_version.max(1);
    types::EmojiKeywordsDifference { lang_code, from_version, version, keywords: Vec::new() }.into()
}

async fn get_emoji_keywords_languages(
    _cx: Cx,
    _request: GetEmojiKeywordsLanguages,
) -> Result<Vec<enums::EmojiLanguage>, RpcError> {
    Ok(Vec::new())
}

async fn get_emoji_url(cx: Cx, _request: GetEmojiUrl) -> Result<enums::EmojiUrl, RpcError> {
    Ok(types::EmojiUrl { url: cx.config.link_prefix.clone() }.into())
}

/// There are no bots yet, so none offers itself.
async fn get_attach_menu_bots(_cx: Cx, _request: GetAttachMenuBots) -> Result<enums::AttachMenuBots, RpcError> {
    Ok(types::AttachMenuBots { hash: 1, bots: Vec::new(), users: Vec::new() }.into())
}

/// Effects are animations, which are files.
async fn get_available_effects(
    _cx: Cx,
    _request: GetAvailableEffects,
) -> Result<enums::messages::AvailableEffects, RpcError> {
    Ok(types::messages::AvailableEffects { hash: 1, effects: Vec::new(), documents: Vec::new() }.into())
}

/// There are no sticker sets until there are files.
async fn get_sticker_set(_cx: Cx, _request: GetStickerSet) -> Result<enums::messages::StickerSet, RpcError> {
    Err(RpcError::bad("STICKERSET_INVALID"))
}

/// Nobody has sticker sets until there are files; TDLib asks once its user is online and logs a refusal.
/// An empty list's hash is 0. Source: core.telegram.org/api/offsets, "Hash generation".
fn no_sets() -> enums::messages::AllStickers {
    types::messages::AllStickers { hash: 0, sets: Vec::new() }.into()
}

async fn get_recent_stickers(
    _cx: Cx,
    _request: GetRecentStickers,
) -> Result<enums::messages::RecentStickers, RpcError> {
    let (packs, stickers, dates) = (Vec::new(), Vec::new(), Vec::new());
    Ok(types::messages::RecentStickers { hash: 0, packs, stickers, dates }.into())
}

async fn get_faved_stickers(_cx: Cx, _request: GetFavedStickers) -> Result<enums::messages::FavedStickers, RpcError> {
    Ok(types::messages::FavedStickers { hash: 0, packs: Vec::new(), stickers: Vec::new() }.into())
}

/// Nobody can pay for a reaction, so the default is all there is.
async fn get_paid_reaction_privacy(cx: Cx, _request: GetPaidReactionPrivacy) -> Result<enums::Updates, RpcError> {
    let private = enums::PaidReactionPrivacy::Default;
    let update = types::UpdatePaidReactionPrivacy { private }.into();
    Ok(render::updates::updates(&cx.domain, vec![update], &Shown::default()))
}
