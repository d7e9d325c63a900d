//! The address that sign-in codes are mailed to.

use domain::{
    Refusal,
    accounts::{
        email_codes::{DIGITS, Guess, pattern},
        login_email::{AskLoginEmail, SetLoginEmail},
    },
};
use tl::{
    enums::{self, EmailVerification, EmailVerifyPurpose},
    functions::account::{SendVerifyEmailCode, VerifyEmail},
    types,
};

use crate::{Cx, RpcError, auth, ports::CodePurpose, table::Row};

pub(crate) const ROWS: &[Row] = crate::methods! {
    SendVerifyEmailCode, Any, Code => send_verify_email_code;
    VerifyEmail, Any, Code => verify_email;
};

async fn send_verify_email_code(
    cx: Cx,
    request: SendVerifyEmailCode,
) -> Result<enums::account::SentEmailCode, RpcError> {
    refuse_other(&request.purpose)?;
    let mail = cx.domain.command(AskLoginEmail { by: cx.me()?, address: request.email }).await?;
    let email_pattern = pattern(&mail.address);
    auth::mail(&cx, mail, CodePurpose::VerifyEmail).await;
    Ok(types::account::SentEmailCode { email_pattern, length: DIGITS as i32 }.into())
}

async fn verify_email(cx: Cx, request: VerifyEmail) -> Result<enums::account::EmailVerified, RpcError> {
    refuse_other(&request.purpose)?;
    match cx.domain.command(SetLoginEmail { by: cx.me()?, code: code(request.verification)? }).await? {
        Guess::Gone => Err(Refusal::EmailVerifyExpired.into()),
        Guess::Wrong => Err(Refusal::CodeInvalid.into()),
        Guess::Right(email) => Ok(types::account::EmailVerified { email }.into()),
    }
}

/// No sign-in here demands that an address be set up, and passports come with their own issue.
fn refuse_other(purpose: &EmailVerifyPurpose) -> Result<(), RpcError> {
    match purpose {
        EmailVerifyPurpose::LoginChange => Ok(()),
        EmailVerifyPurpose::LoginSetup(_) | EmailVerifyPurpose::Passport => Err(Refusal::EmailNotAllowed.into()),
    }
}

/// A mailed code; identity tokens of other companies are not taken.
pub(crate) fn code(verification: EmailVerification) -> Result<String, RpcError> {
    match verification {
        EmailVerification::Code(it) => Ok(it.code),
        EmailVerification::Google(_) | EmailVerification::Apple(_) => Err(Refusal::EmailNotAllowed.into()),
    }
}
