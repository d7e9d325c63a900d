//! Codes: sending, sending again, dropping.

use domain::accounts::codes::{self, CancelCode as Cancel, Purpose, ResendCode as Resend, SendCode as Send, Sent};
use tl::{
    enums,
    functions::auth::{CancelCode, ReportMissingCode, ResendCode, SendCode},
    types,
};

use crate::{
    Cx, RpcError,
    ports::{CodePurpose, CodeTarget},
    table::Row,
};

pub(crate) const ROWS: &[Row] = crate::methods! {
    CancelCode, Any, Code => cancel_code;
    ReportMissingCode, Any, Code => report_missing_code;
    ResendCode, Any, Code => resend_code;
    SendCode, Any, Code => send_code;
};

async fn send_code(cx: Cx, request: SendCode) -> Result<enums::auth::SentCode, RpcError> {
    let command = Send { phone: request.phone_number, purpose: Purpose::SignIn, owner: None };
    let sent = cx.domain.command(command).await?;
    deliver(&cx, sent, CodePurpose::SignIn).await
}

async fn resend_code(cx: Cx, request: ResendCode) -> Result<enums::auth::SentCode, RpcError> {
    let command = Resend { phone: request.phone_number, hash: request.phone_code_hash };
    let sent = cx.domain.command(command).await?;
    deliver(&cx, sent, CodePurpose::SignIn).await
}

async fn cancel_code(cx: Cx, request: CancelCode) -> Result<bool, RpcError> {
    cx.domain.command(Cancel { phone: request.phone_number, hash: request.phone_code_hash }).await?;
    Ok(true)
}

/// The operator sees who waits for a code with `chappe user code`; nothing else changes.
async fn report_missing_code(_cx: Cx, _request: ReportMissingCode) -> Result<bool, RpcError> {
    Ok(true)
}

/// Sends a code out, where it is one to send, and tells the client where to look.
pub(crate) async fn deliver(cx: &Cx, sent: Sent, purpose: CodePurpose) -> Result<enums::auth::SentCode, RpcError> {
    if !sent.code.is_empty() {
        let to = CodeTarget::Phone(sent.phone.clone());
        cx.ports.send_code(to, sent.code.clone(), purpose).await;
    }
    let length = codes::DIGITS as i32;
    let app = types::auth::SentCodeTypeApp { length }.into();
    let sms = types::auth::SentCodeTypeSms { length }.into();
    Ok(types::auth::SentCode {
        r#type: if sent.to_devices { app } else { sms },
        phone_code_hash: sent.hash,
        next_type: sent.to_devices.then_some(enums::auth::CodeType::Sms),
        timeout: Some(codes::RESEND_AFTER as i32),
    }
    .into())
}
