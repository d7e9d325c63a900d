//! What clients ask at start of things that this server does not have yet: answered with what is true,
//! which is "none".

use tl::{
    enums,
    functions::messages::{
        GetAvailableReactions, GetDialogFilters, GetEmojiKeywords, GetEmojiKeywordsDifference,
        GetEmojiKeywordsLanguages, GetEmojiUrl,
    },
    types,
};

use crate::{Cx, RpcError, table::Row};

pub(crate) const ROWS: &[Row] = crate::methods! {
    GetAvailableReactions, User, Light => get_available_reactions;
    GetDialogFilters, User, Light => get_dialog_filters;
    GetEmojiKeywords, User, Light => get_emoji_keywords;
    GetEmojiKeywordsDifference, User, Light => get_emoji_keywords_difference;
    GetEmojiKeywordsLanguages, User, Light => get_emoji_keywords_languages;
    GetEmojiUrl, User, Light => get_emoji_url;
};

/// Only the list of all chats; TDLib complains where even that is missing.
async fn get_dialog_filters(_cx: Cx, _request: GetDialogFilters) -> Result<enums::messages::DialogFilters, RpcError> {
    let filters = vec![enums::DialogFilter::Default];
    Ok(types::messages::DialogFilters { tags_enabled: false, filters }.into())
}

/// Each reaction needs six animations, which are files; none is offered until there are files.
async fn get_available_reactions(
    _cx: Cx,
    request: GetAvailableReactions,
) -> Result<enums::messages::AvailableReactions, RpcError> {
    const NONE: i32 = 1;
    if request.hash == NONE {
        return Ok(enums::messages::AvailableReactions::NotModified);
    }
    Ok(types::messages::AvailableReactions { hash: NONE, reactions: Vec::new() }.into())
}

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
