//! QR login, and logins carried to a client's further keys.

use domain::{
    Refusal, UserId,
    accounts::{
        devices,
        tokens::{AcceptLogin, ExportLogin, ImportLogin, ShowLogin, TOKEN_BYTES, Token, shown_by},
    },
};
use tl::{
    enums,
    functions::auth::{AcceptLoginToken, ExportAuthorization, ExportLoginToken, ImportAuthorization, ImportLoginToken},
    types,
};

use super::sign_in::authorization;
use crate::{Cx, RpcError, account::devices::listed, table::Row};

pub(crate) const ROWS: &[Row] = crate::methods! {
    AcceptLoginToken, User, Code => accept_login_token;
    ExportAuthorization, UserOrBot, Light => export_authorization;
    ExportLoginToken, Any, Light => export_login_token;
    ImportAuthorization, Any, Code => import_authorization;
    ImportLoginToken, Any, Code => import_login_token;
};

async fn export_login_token(cx: Cx, request: ExportLoginToken) -> Result<enums::auth::LoginToken, RpcError> {
    if let Some(done) = success(&cx).await? {
        return Ok(done);
    }
    if request.api_id <= 0 {
        return Err(Refusal::ApiIdInvalid.into());
    }
    let token: Token = cx.domain.draw();
    let except = request.except_ids.iter().filter_map(|id| u64::try_from(*id).ok().map(UserId)).collect();
    let expires = cx.domain.command(ShowLogin { key: cx.key(), token, except }).await?;
    Ok(types::auth::LoginToken { expires: i32::try_from(expires).unwrap_or(i32::MAX), token: token.to_vec() }.into())
}

/// Every data centre is this one, so a token is never elsewhere: either it has been accepted, or it waits.
async fn import_login_token(cx: Cx, request: ImportLoginToken) -> Result<enums::auth::LoginToken, RpcError> {
    if let Some(done) = success(&cx).await? {
        return Ok(done);
    }
    let token = token(&request.token)?;
    let key = cx.domain.query(|view| shown_by(view, &token)).await?;
    if key == Some(cx.key()) { Err(Refusal::AuthTokenExpired.into()) } else { Err(Refusal::AuthTokenInvalid.into()) }
}

/// What an accepted token has led to.
async fn success(cx: &Cx) -> Result<Option<enums::auth::LoginToken>, RpcError> {
    if cx.state.password_pending.is_some() {
        return Err(Refusal::SessionPasswordNeeded.into());
    }
    let Some(user) = cx.state.user else { return Ok(None) };
    let authorization = authorization(cx, user).await?;
    Ok(Some(types::auth::LoginTokenSuccess { authorization }.into()))
}

async fn accept_login_token(cx: Cx, request: AcceptLoginToken) -> Result<enums::Authorization, RpcError> {
    let by = cx.me()?;
    let hash = cx.domain.command(AcceptLogin { by, token: token(&request.token)? }).await?;
    let all = cx.domain.query(|view| devices::authorizations(view, by.user)).await?;
    let found = all.into_iter().find(|it| Some(it.hash) == hash).unwrap_or_default();
    Ok(listed(&found, by.authorization, hash.is_none()))
}

async fn export_authorization(
    cx: Cx,
    request: ExportAuthorization,
) -> Result<enums::auth::ExportedAuthorization, RpcError> {
    if !(1..=5).contains(&(request.dc_id.abs() % 10_000)) {
        return Err(Refusal::DcIdInvalid.into());
    }
    let (by, token): (_, Token) = (cx.me()?, cx.domain.draw());
    cx.domain.command(ExportLogin { by, key: cx.key(), token }).await?;
    let id = crate::render::user::id(by.user);
    Ok(types::auth::ExportedAuthorization { id, bytes: token.to_vec() }.into())
}

async fn import_authorization(cx: Cx, request: ImportAuthorization) -> Result<enums::auth::Authorization, RpcError> {
    let user = UserId(u64::try_from(request.id).map_err(|_| Refusal::UserIdInvalid)?);
    let token: [u8; TOKEN_BYTES] = request.bytes.as_slice().try_into().map_err(|_| Refusal::AuthBytesInvalid)?;
    cx.domain.command(ImportLogin { key: cx.key(), user, token }).await?;
    authorization(&cx, user).await
}

fn token(bytes: &[u8]) -> Result<Token, RpcError> {
    bytes.try_into().map_err(|_| Refusal::AuthTokenInvalid.into())
}
