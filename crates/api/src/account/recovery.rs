//! The recovery address of two-step verification, and the reset that takes a week.

use domain::{
    Refusal,
    accounts::{
        email_codes::{Guess, MailAgain, Slot},
        recovery::{CancelAddress, ConfirmAddress, DeclineReset, Reset, ResetPassword as AskReset},
    },
};
use tl::{
    enums,
    functions::account::{
        CancelPasswordEmail, ConfirmPasswordEmail, DeclinePasswordReset, ResendPasswordEmail, ResetPassword,
    },
    types,
};

use crate::{Cx, RpcError, auth, ports::CodePurpose, render::message::date, table::Row};

pub(crate) const ROWS: &[Row] = crate::methods! {
    CancelPasswordEmail, User, Write => cancel_password_email;
    ConfirmPasswordEmail, User, Code => confirm_password_email;
    DeclinePasswordReset, User, Write => decline_password_reset;
    ResendPasswordEmail, User, Code => resend_password_email;
    ResetPassword, User, Code => reset_password;
};

async fn confirm_password_email(cx: Cx, request: ConfirmPasswordEmail) -> Result<bool, RpcError> {
    match cx.domain.command(ConfirmAddress { by: cx.me()?, code: request.code }).await? {
        Guess::Gone => Err(Refusal::EmailHashExpired.into()),
        Guess::Wrong => Err(Refusal::CodeInvalid.into()),
        Guess::Right(_) => Ok(true),
    }
}

async fn resend_password_email(cx: Cx, _request: ResendPasswordEmail) -> Result<bool, RpcError> {
    let slot = Slot::ConfirmRecovery(cx.user()?);
    let mail = cx.domain.command(MailAgain { slot }).await?.ok_or(Refusal::EmailHashExpired)?;
    auth::mail(&cx, mail, CodePurpose::VerifyEmail).await;
    Ok(true)
}

async fn cancel_password_email(cx: Cx, _request: CancelPasswordEmail) -> Result<bool, RpcError> {
    cx.domain.command(CancelAddress { by: cx.me()? }).await?;
    Ok(true)
}

async fn reset_password(cx: Cx, _request: ResetPassword) -> Result<enums::account::ResetPasswordResult, RpcError> {
    Ok(match cx.domain.command(AskReset { by: cx.me()? }).await? {
        Reset::Failed(at) => types::account::ResetPasswordFailedWait { retry_date: date(at) }.into(),
        Reset::Requested(at) => types::account::ResetPasswordRequestedWait { until_date: date(at) }.into(),
        Reset::Done => enums::account::ResetPasswordResult::ResetPasswordOk,
    })
}

async fn decline_password_reset(cx: Cx, _request: DeclinePasswordReset) -> Result<bool, RpcError> {
    cx.domain.command(DeclineReset { by: cx.me()? }).await?;
    Ok(true)
}
