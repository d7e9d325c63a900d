//! Getting in without the password, by a code that is mailed to the recovery address.

use domain::{
    Refusal, UserId,
    accounts::{
        email_codes::{Guess, pattern},
        recovery::{AskRecovery, CheckRecovery, Recover},
    },
};
use tl::{
    enums,
    functions::auth::{CheckRecoveryPassword, RecoverPassword, RequestPasswordRecovery},
    types,
};

use crate::{Cx, RpcError, account, ports::CodePurpose, table::Row};

pub(crate) const ROWS: &[Row] = crate::methods! {
    CheckRecoveryPassword, Any, Code => check_recovery_password;
    RecoverPassword, Any, Code => recover_password;
    RequestPasswordRecovery, Any, Code => request_password_recovery;
};

fn whose(cx: &Cx) -> Result<UserId, RpcError> {
    cx.state.password_pending.or(cx.state.user).ok_or(Refusal::AuthKeyUnregistered.into())
}

async fn request_password_recovery(
    cx: Cx,
    _request: RequestPasswordRecovery,
) -> Result<enums::auth::PasswordRecovery, RpcError> {
    let mail = cx.domain.command(AskRecovery { user: whose(&cx)? }).await?;
    let email_pattern = pattern(&mail.address);
    super::mail(&cx, mail, CodePurpose::RecoverPassword).await;
    Ok(types::auth::PasswordRecovery { email_pattern }.into())
}

async fn check_recovery_password(cx: Cx, request: CheckRecoveryPassword) -> Result<bool, RpcError> {
    let guess = cx.domain.command(CheckRecovery { user: whose(&cx)?, code: request.code }).await?;
    refuse_wrong(guess).map(|()| true)
}

async fn recover_password(cx: Cx, request: RecoverPassword) -> Result<enums::auth::Authorization, RpcError> {
    let user = whose(&cx)?;
    let new = request.new_settings.map(account::password::replacement).transpose()?.flatten();
    let guess = cx.domain.command(Recover { key: cx.key(), user, code: request.code, new }).await?;
    refuse_wrong(guess)?;
    super::sign_in::authorization(&cx, user).await
}

fn refuse_wrong(guess: Guess) -> Result<(), RpcError> {
    match guess {
        Guess::Gone => Err(Refusal::PasswordRecoveryExpired.into()),
        Guess::Wrong => Err(Refusal::CodeInvalid.into()),
        Guess::Right(_) => Ok(()),
    }
}
