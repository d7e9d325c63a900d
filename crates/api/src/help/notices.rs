//! What an operator has to say: terms, support, promotions; mostly nothing.

use domain::{
    Refusal, UserId,
    people::{self, NameKind, digits, holder},
};
use tl::{
    enums,
    functions::help::{
        AcceptTermsOfService, DismissSuggestion, GetAppUpdate, GetDeepLinkInfo, GetInviteText, GetPromoData,
        GetRecentMeUrls, GetSupport, GetSupportName, GetTermsOfServiceUpdate, HidePromoData, SaveAppLog,
    },
    types,
};

use crate::{Cx, RpcError, render, table::Row};

/// Seconds until a client should ask again.
const ASK_AGAIN: i32 = 3600;

pub(crate) const ROWS: &[Row] = crate::methods! {
    AcceptTermsOfService, User, Light => accept_terms_of_service;
    DismissSuggestion, User, Light => dismiss_suggestion;
    GetAppUpdate, Any, Light => get_app_update;
    GetDeepLinkInfo, Any, Light => get_deep_link_info;
    GetInviteText, User, Light => get_invite_text;
    GetPromoData, User, Light => get_promo_data;
    GetRecentMeUrls, User, Light => get_recent_me_urls;
    GetSupport, User, Light => get_support;
    GetSupportName, User, Light => get_support_name;
    GetTermsOfServiceUpdate, User, Light => get_terms_of_service_update;
    HidePromoData, User, Light => hide_promo_data;
    SaveAppLog, Any, Light => save_app_log;
};

/// The operator has no terms that change, so there is nothing to keep of the consent.
async fn accept_terms_of_service(_cx: Cx, _request: AcceptTermsOfService) -> Result<bool, RpcError> {
    Ok(true)
}

async fn get_terms_of_service_update(
    cx: Cx,
    _request: GetTermsOfServiceUpdate,
) -> Result<enums::help::TermsOfServiceUpdate, RpcError> {
    Ok(types::help::TermsOfServiceUpdateEmpty { expires: cx.date().saturating_add(ASK_AGAIN) }.into())
}

/// No hints are ever given, so none is there to dismiss.
async fn dismiss_suggestion(_cx: Cx, _request: DismissSuggestion) -> Result<bool, RpcError> {
    Ok(true)
}

async fn get_app_update(_cx: Cx, _request: GetAppUpdate) -> Result<enums::help::AppUpdate, RpcError> {
    Ok(enums::help::AppUpdate::NoAppUpdate)
}

async fn get_deep_link_info(_cx: Cx, _request: GetDeepLinkInfo) -> Result<enums::help::DeepLinkInfo, RpcError> {
    Ok(enums::help::DeepLinkInfo::Empty)
}

async fn get_invite_text(cx: Cx, _request: GetInviteText) -> Result<enums::help::InviteText, RpcError> {
    Ok(types::help::InviteText { message: cx.config.invite_text.clone() }.into())
}

async fn get_promo_data(cx: Cx, _request: GetPromoData) -> Result<enums::help::PromoData, RpcError> {
    Ok(types::help::PromoDataEmpty { expires: cx.date().saturating_add(ASK_AGAIN) }.into())
}

async fn hide_promo_data(_cx: Cx, _request: HidePromoData) -> Result<bool, RpcError> {
    Ok(true)
}

async fn get_recent_me_urls(_cx: Cx, _request: GetRecentMeUrls) -> Result<enums::help::RecentMeUrls, RpcError> {
    Ok(types::help::RecentMeUrls { urls: Vec::new(), chats: Vec::new(), users: Vec::new() }.into())
}

/// The account that the operator named, else the service's own.
async fn get_support(cx: Cx, _request: GetSupport) -> Result<enums::help::Support, RpcError> {
    let me = cx.user()?;
    let phone = cx.config.support_phone.as_deref().and_then(digits);
    let seen = cx.domain.query(|view| {
        let named = phone.as_deref().map(|it| holder(view, NameKind::Phone, it)).transpose()?.flatten();
        people::seen(view, me, named.unwrap_or(UserId::SERVICE))
    });
    let user = render::user::user(&seen.await?.ok_or(Refusal::UserInvalid)?);
    Ok(types::help::Support { phone_number: phone.unwrap_or_default(), user }.into())
}

/// For staff accounts only. Source: core.telegram.org/method/help.getSupportName.
async fn get_support_name(cx: Cx, _request: GetSupportName) -> Result<enums::help::SupportName, RpcError> {
    let me = cx.user()?;
    let row = cx.domain.query(|view| people::user(view, me)).await?;
    let name = cx.config.server_name.clone();
    if row.is_some_and(|it| it.support) {
        Ok(types::help::SupportName { name }.into())
    } else {
        Err(Refusal::UserInvalid.into())
    }
}

/// Telemetry is taken and thrown away: this server keeps none.
async fn save_app_log(_cx: Cx, _request: SaveAppLog) -> Result<bool, RpcError> {
    Ok(true)
}
