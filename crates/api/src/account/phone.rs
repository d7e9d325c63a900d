//! The account's number: moving to another one, voiding codes.

use domain::{
    Refusal,
    accounts::{
        codes::{InvalidateCodes, Purpose, SendCode},
        sign_in::ChangePhone as Change,
    },
    people,
};
use tl::{
    enums,
    functions::account::{ChangePhone, InvalidateSignInCodes, SendChangePhoneCode},
};

use crate::{Cx, RpcError, auth, render, table::Row};

/// Codes voided at once.
const CODES_MAX: usize = 10;

pub(crate) const ROWS: &[Row] = crate::methods! {
    ChangePhone, User, Code => change_phone;
    InvalidateSignInCodes, User, Code => invalidate_sign_in_codes;
    SendChangePhoneCode, User, Code => send_change_phone_code;
};

async fn send_change_phone_code(cx: Cx, request: SendChangePhoneCode) -> Result<enums::auth::SentCode, RpcError> {
    let owner = Some(cx.me()?);
    let command = SendCode { phone: request.phone_number, purpose: Purpose::ChangePhone, owner };
    let sent = cx.domain.command(command).await?;
    auth::deliver(&cx, sent).await
}

async fn change_phone(cx: Cx, request: ChangePhone) -> Result<enums::User, RpcError> {
    let command =
        Change { by: cx.me()?, phone: request.phone_number, hash: request.phone_code_hash, code: request.phone_code };
    if !cx.domain.command(command).await? {
        return Err(Refusal::PhoneCodeInvalid.into());
    }
    render::user::me(&cx).await
}

async fn invalidate_sign_in_codes(cx: Cx, request: InvalidateSignInCodes) -> Result<bool, RpcError> {
    let me = cx.user()?;
    let seen = cx.domain.query(|view| people::seen(view, me, me)).await?;
    let phone = seen.and_then(|it| it.phone).ok_or(Refusal::UserInvalid)?;
    let codes = request.codes.into_iter().take(CODES_MAX).collect();
    cx.domain.command(InvalidateCodes { phone, codes }).await?;
    Ok(true)
}
