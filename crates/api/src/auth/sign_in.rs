//! Signing in, up and out.

use domain::{
    Refusal, UserId,
    accounts::{
        devices::{LogOut as Out, Revoke},
        sign_in::{SignIn as In, SignedIn},
        sign_up::SignUp as Up,
        tokens::Token,
    },
    people,
};
use tl::{
    enums,
    functions::auth::{LogOut, ResetAuthorizations, SignIn, SignUp},
    types,
};

use crate::{Cx, RpcError, account, render, table::Row};

pub(crate) const ROWS: &[Row] = crate::methods! {
    LogOut, UserOrBot, Write => log_out;
    ResetAuthorizations, User, Write => reset_authorizations;
    SignIn, Any, Code => sign_in;
    SignUp, Any, Code => sign_up;
};

async fn sign_in(cx: Cx, request: SignIn) -> Result<enums::auth::Authorization, RpcError> {
    let mailed = request.email_verification.map(account::email::code).transpose()?;
    let code = request.phone_code.or(mailed).unwrap_or_default();
    let command = In { key: cx.key(), phone: request.phone_number, hash: request.phone_code_hash, code };
    match cx.domain.command(command).await? {
        SignedIn::Wrong => Err(Refusal::PhoneCodeInvalid.into()),
        SignedIn::SignUpRequired => Ok(types::auth::AuthorizationSignUpRequired { terms_of_service: None }.into()),
        SignedIn::PasswordNeeded => Err(Refusal::SessionPasswordNeeded.into()),
        SignedIn::Done(user) => authorization(&cx, user).await,
    }
}

async fn sign_up(cx: Cx, request: SignUp) -> Result<enums::auth::Authorization, RpcError> {
    let command = Up {
        key: cx.key(),
        phone: request.phone_number,
        hash: request.phone_code_hash,
        first_name: request.first_name,
        last_name: request.last_name,
        quietly: request.no_joined_notifications,
    };
    let user = cx.domain.command(command).await?;
    authorization(&cx, user).await
}

/// What a key that just signed in is told: its user, as itself.
pub(super) async fn authorization(cx: &Cx, user: UserId) -> Result<enums::auth::Authorization, RpcError> {
    let seen = cx.domain.query(|view| people::seen(view, user, user)).await?;
    let user = render::user::user(&seen.ok_or(Refusal::UserInvalid)?);
    Ok(types::auth::Authorization {
        setup_password_required: false,
        otherwise_relogin_days: None,
        tmp_sessions: None,
        future_auth_token: None,
        user,
    }
    .into())
}

async fn log_out(cx: Cx, _request: LogOut) -> Result<enums::auth::LoggedOut, RpcError> {
    // Keys that imported a login go with it; only the login itself comes back without a code.
    let token: Option<Token> = (!cx.state.imported).then(|| cx.domain.draw());
    cx.domain.command(Out { by: cx.me()?, key: cx.key(), token }).await?;
    Ok(types::auth::LoggedOut { future_auth_token: token.map(Vec::from) }.into())
}

async fn reset_authorizations(cx: Cx, _request: ResetAuthorizations) -> Result<bool, RpcError> {
    cx.domain.command(Revoke { by: cx.me()?, hash: None }).await?;
    Ok(true)
}
