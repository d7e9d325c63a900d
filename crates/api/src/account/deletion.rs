//! Deleting the account, and stopping a deletion that somebody else asked for.

use domain::{
    Refusal,
    accounts::{
        codes::{ConfirmPhone as Confirm, SendConfirmCode},
        deletion::{Asked, DeleteAccount as Delete},
    },
};
use tl::{
    enums,
    functions::account::{ConfirmPhone, DeleteAccount, SendConfirmPhoneCode},
};

use crate::{Cx, RpcError, auth, table::Row};

pub(crate) const ROWS: &[Row] = crate::methods! {
    ConfirmPhone, User, Code => confirm_phone;
    DeleteAccount, Any, Code => delete_account;
    SendConfirmPhoneCode, User, Code => send_confirm_phone_code;
};

/// Also for who signed in but for a forgotten password. The reason is not kept.
async fn delete_account(cx: Cx, request: DeleteAccount) -> Result<bool, RpcError> {
    let user = cx.state.user.or(cx.state.password_pending).ok_or(Refusal::AuthKeyUnregistered)?;
    let proved = match &request.password {
        Some(password) => Some(auth::proved(&cx, user, password).await?.version),
        None => None,
    };
    let (link, link_prefix) = (cx.domain.draw(), cx.config.link_prefix.clone());
    match cx.domain.command(Delete { user, key: cx.key(), proved, link, link_prefix }).await? {
        Asked::Deleted => Ok(true),
        Asked::Waits(seconds) => Err(Refusal::TwoFactorConfirmWait(seconds).into()),
    }
}

async fn send_confirm_phone_code(cx: Cx, request: SendConfirmPhoneCode) -> Result<enums::auth::SentCode, RpcError> {
    let sent = cx.domain.command(SendConfirmCode { by: cx.me()?, link: request.hash }).await?;
    auth::deliver(&cx, sent).await
}

async fn confirm_phone(cx: Cx, request: ConfirmPhone) -> Result<bool, RpcError> {
    let command = Confirm { by: cx.me()?, hash: request.phone_code_hash, code: request.phone_code };
    if cx.domain.command(command).await? { Ok(true) } else { Err(Refusal::PhoneCodeInvalid.into()) }
}
