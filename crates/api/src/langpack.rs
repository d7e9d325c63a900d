//! `langpack.*`: texts of clients; this server has none of its own, so the clients' built-in ones are used.

use tl::{
    enums,
    functions::langpack::{GetDifference, GetLangPack, GetLanguage, GetLanguages, GetStrings},
    types,
};

use crate::{Cx, RpcError, table::Row};

const ROWS: &[Row] = crate::methods! {
    GetDifference, Any, Light => get_difference;
    GetLangPack, Any, Light => get_lang_pack;
    GetLanguage, Any, Light => get_language;
    GetLanguages, Any, Light => get_languages;
    GetStrings, Any, Light => get_strings;
};

/// The namespace's methods, a table for each group.
pub fn tables() -> &'static [&'static [Row]] {
    &[ROWS]
}

/// The one version of the empty pack.
const VERSION: i32 = 1;

/// Letters of a language tag, at most.
const TAG_MAX: usize = 32;

async fn get_lang_pack(_cx: Cx, request: GetLangPack) -> Result<enums::LangPackDifference, RpcError> {
    empty(request.lang_code, 0)
}

async fn get_difference(_cx: Cx, request: GetDifference) -> Result<enums::LangPackDifference, RpcError> {
    empty(request.lang_code, request.from_version)
}

fn empty(lang_code: String, from_version: i32) -> Result<enums::LangPackDifference, RpcError> {
    let lang_code = tag(lang_code)?;
    Ok(types::LangPackDifference { lang_code, from_version, version: VERSION.max(from_version), strings: Vec::new() }
        .into())
}

async fn get_strings(_cx: Cx, request: GetStrings) -> Result<Vec<enums::LangPackString>, RpcError> {
    tag(request.lang_code)?;
    Ok(Vec::new())
}

async fn get_languages(_cx: Cx, _request: GetLanguages) -> Result<Vec<enums::LangPackLanguage>, RpcError> {
    Ok(Vec::new())
}

/// No language is offered, so none can be described.
async fn get_language(_cx: Cx, _request: GetLanguage) -> Result<enums::LangPackLanguage, RpcError> {
    Err(RpcError::bad("LANG_CODE_NOT_SUPPORTED"))
}

fn tag(lang_code: String) -> Result<String, RpcError> {
    if lang_code.len() > TAG_MAX { Err(RpcError::bad("LANG_CODE_NOT_SUPPORTED")) } else { Ok(lang_code) }
}
