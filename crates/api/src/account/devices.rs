//! The list of logins, and how long they live.

use domain::{
    AuthorizationHash, Refusal,
    accounts::devices::{self, ChangeAuthorization, Listed, Revoke, SetLifetime},
};
use tl::{
    enums,
    functions::account::{
        ChangeAuthorizationSettings, GetAccountTtl, GetAuthorizations, ResetAuthorization, SetAccountTtl,
        SetAuthorizationTtl,
    },
    types,
};

use crate::{Cx, RpcError, table::Row};

pub(crate) const ROWS: &[Row] = crate::methods! {
    ChangeAuthorizationSettings, User, Write => change_authorization_settings;
    GetAccountTtl, User, Light => get_account_ttl;
    GetAuthorizations, User, Light => get_authorizations;
    ResetAuthorization, User, Write => reset_authorization;
    SetAccountTtl, User, Write => set_account_ttl;
    SetAuthorizationTtl, User, Write => set_authorization_ttl;
};

async fn get_authorizations(cx: Cx, _request: GetAuthorizations) -> Result<enums::account::Authorizations, RpcError> {
    let me = cx.me()?;
    let (all, lifetimes) = cx
        .domain
        .query(|view| Ok((devices::authorizations(view, me.user)?, devices::lifetimes(view, me.user)?)))
        .await?;
    let authorizations = all.iter().map(|it| listed(it, me.authorization, false)).collect();
    let authorization_ttl_days = i32::try_from(lifetimes.authorization()).unwrap_or(0);
    Ok(types::account::Authorizations { authorization_ttl_days, authorizations }.into())
}

/// A login as lists show it; the caller's own is named 0.
pub(crate) fn listed(it: &Listed, own: AuthorizationHash, password_pending: bool) -> enums::Authorization {
    let date = |at: u32| i32::try_from(at).unwrap_or(i32::MAX);
    let current = it.hash == own;
    types::Authorization {
        current,
        official_app: false,
        password_pending,
        encrypted_requests_disabled: it.row.encrypted_requests_disabled,
        call_requests_disabled: it.row.call_requests_disabled,
        unconfirmed: !it.row.confirmed && !current,
        hash: if current { 0 } else { it.hash.0 },
        device_model: it.device.model.clone(),
        platform: String::new(),
        system_version: it.device.system.clone(),
        api_id: it.device.api_id,
        app_name: it.device.lang_pack.clone(),
        app_version: it.device.app_version.clone(),
        date_created: date(it.row.created),
        date_active: date(it.row.active),
        ip: it.device.address.clone(),
        country: String::new(),
        region: String::new(),
    }
    .into()
}

async fn reset_authorization(cx: Cx, request: ResetAuthorization) -> Result<bool, RpcError> {
    if request.hash == 0 {
        return Err(Refusal::HashInvalid.into());
    }
    cx.domain.command(Revoke { by: cx.me()?, hash: Some(AuthorizationHash(request.hash)) }).await?;
    Ok(true)
}

async fn change_authorization_settings(cx: Cx, request: ChangeAuthorizationSettings) -> Result<bool, RpcError> {
    let command = ChangeAuthorization {
        by: cx.me()?,
        hash: AuthorizationHash(request.hash),
        confirmed: request.confirmed,
        encrypted_requests_disabled: request.encrypted_requests_disabled,
        call_requests_disabled: request.call_requests_disabled,
    };
    cx.domain.command(command).await?;
    Ok(true)
}

async fn set_authorization_ttl(cx: Cx, request: SetAuthorizationTtl) -> Result<bool, RpcError> {
    let days = u32::try_from(request.authorization_ttl_days).map_err(|_| Refusal::TtlDaysInvalid)?;
    cx.domain.command(SetLifetime { by: cx.me()?, authorization_days: Some(days), account_days: None }).await?;
    Ok(true)
}

async fn get_account_ttl(cx: Cx, _request: GetAccountTtl) -> Result<enums::AccountDaysTtl, RpcError> {
    let me = cx.user()?;
    let days = cx.domain.query(|view| devices::lifetimes(view, me)).await?.account();
    Ok(types::AccountDaysTtl { days: i32::try_from(days).unwrap_or(0) }.into())
}

async fn set_account_ttl(cx: Cx, request: SetAccountTtl) -> Result<bool, RpcError> {
    let enums::AccountDaysTtl::Ttl(ttl) = request.ttl;
    let days = u32::try_from(ttl.days).map_err(|_| Refusal::TtlDaysInvalid)?;
    cx.domain.command(SetLifetime { by: cx.me()?, authorization_days: None, account_days: Some(days) }).await?;
    Ok(true)
}
