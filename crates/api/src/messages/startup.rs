//! What clients ask at start of things that this server does not have yet: answered with what is true,
//! which is "none".

use tl::{
    enums,
    functions::messages::{
        GetAttachMenuBots, GetAvailableEffects, GetEmojiKeywords, GetEmojiKeywordsDifference,
        GetEmojiKeywordsLanguages, GetEmojiUrl, GetPaidReactionPrivacy,
    },
    types,
};

use crate::{
    Cx, RpcError,
    render::{self, named::Shown},
    table::Row,
};

pub(crate) const ROWS: &[Row] = crate::methods! {
    GetAttachMenuBots, User, Light => get_attach_menu_bots;
    GetAvailableEffects, User, Light => get_available_effects;
    GetEmojiKeywords, User, Light => get_emoji_keywords;
    GetEmojiKeywordsDifference, User, Light => get_emoji_keywords_difference;
    GetEmojiKeywordsLanguages, User, Light => get_emoji_keywords_languages;
    GetEmojiUrl, User, Light => get_emoji_url;
    GetPaidReactionPrivacy, User, Light => get_paid_reaction_privacy;
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

/// Effects are animations, which are somebody's drawings: the server brings none.
async fn get_available_effects(
    _cx: Cx,
    request: GetAvailableEffects,
) -> Result<enums::messages::AvailableEffects, RpcError> {
    /// A client that knows nothing has 0.
    const HASH: i32 = 1;
    if request.hash == HASH {
        return Ok(enums::messages::AvailableEffects::NotModified);
    }
    Ok(types::messages::AvailableEffects { hash: HASH, effects: Vec::new(), documents: Vec::new() }.into())
}

/// Nobody can pay for a reaction, so the default is all there is.
async fn get_paid_reaction_privacy(cx: Cx, _request: GetPaidReactionPrivacy) -> Result<enums::Updates, RpcError> {
    let private = enums::PaidReactionPrivacy::Default;
    let update = types::UpdatePaidReactionPrivacy { private }.into();
    Ok(render::updates::updates(&cx.domain, vec![update], &Shown::default()))
}
