//! Codes: sending, sending again, dropping.

use domain::{
    Refusal,
    accounts::{
        codes::{
            self, CancelCode as Cancel, Mailed, Purpose, ResendCode as Resend, ResetLoginEmail as Reset,
            SendCode as Send, Sent,
        },
        email_codes::Mail,
        login_email,
        sign_in::SignedIn,
        tokens::{ComeBack, Token},
    },
};
use tl::{
    enums,
    functions::auth::{CancelCode, ReportMissingCode, ResendCode, ResetLoginEmail, SendCode},
    types,
};

use crate::{
    Cx, RpcError,
    ports::{CodePurpose, CodeTarget},
    render,
    table::Row,
};

pub(crate) const ROWS: &[Row] = crate::methods! {
    CancelCode, Any, Code => cancel_code;
    ReportMissingCode, Any, Code => report_missing_code;
    ResendCode, Any, Code => resend_code;
    ResetLoginEmail, Any, Code => reset_login_email;
    SendCode, Any, Code => send_code;
};

async fn send_code(cx: Cx, request: SendCode) -> Result<enums::auth::SentCode, RpcError> {
    if request.api_id <= 0 {
        return Err(Refusal::ApiIdInvalid.into());
    }
    if let Some(success) = come_back(&cx, &request).await? {
        return Ok(success);
    }
    let command = Send { phone: request.phone_number, purpose: Purpose::SignIn, owner: None };
    let sent = cx.domain.command(command).await?;
    deliver(&cx, sent).await
}

/// A device that logged out here before needs no code.
async fn come_back(cx: &Cx, request: &SendCode) -> Result<Option<enums::auth::SentCode>, RpcError> {
    let enums::CodeSettings::Settings(settings) = &request.settings;
    let offered = settings.logout_tokens.iter().flatten();
    let tokens: Vec<Token> = offered.filter_map(|it| it.as_slice().try_into().ok()).collect();
    if tokens.is_empty() {
        return Ok(None);
    }
    let command = ComeBack { key: cx.key(), phone: request.phone_number.clone(), tokens };
    match cx.domain.command(command).await? {
        None | Some(SignedIn::Wrong | SignedIn::SignUpRequired) => Ok(None),
        Some(SignedIn::PasswordNeeded) => Err(Refusal::SessionPasswordNeeded.into()),
        Some(SignedIn::Done(user)) => {
            let authorization = super::sign_in::authorization(cx, user).await?;
            Ok(Some(types::auth::SentCodeSuccess { authorization }.into()))
        }
    }
}

async fn resend_code(cx: Cx, request: ResendCode) -> Result<enums::auth::SentCode, RpcError> {
    let command = Resend { phone: request.phone_number, hash: request.phone_code_hash };
    let sent = cx.domain.command(command).await?;
    deliver(&cx, sent).await
}

async fn reset_login_email(cx: Cx, request: ResetLoginEmail) -> Result<enums::auth::SentCode, RpcError> {
    let command = Reset { phone: request.phone_number, hash: request.phone_code_hash };
    let sent = cx.domain.command(command).await?;
    // Who only asked has been mailed the code already.
    if sent.mailed.is_some() { Ok(sent_code(sent)) } else { deliver(&cx, sent).await }
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
pub(crate) async fn deliver(cx: &Cx, sent: Sent) -> Result<enums::auth::SentCode, RpcError> {
    if !sent.code.is_empty() {
        let to = match &sent.mailed {
            Some(mailed) => CodeTarget::Email(mailed.address.clone()),
            None => CodeTarget::Phone(sent.phone.clone()),
        };
        let purpose = match sent.purpose {
            Purpose::SignIn => CodePurpose::SignIn,
            Purpose::ChangePhone => CodePurpose::ChangePhone,
            Purpose::ConfirmPhone => CodePurpose::ConfirmPhone,
        };
        cx.ports.send_code(to, sent.code.clone(), purpose).await;
    }
    Ok(sent_code(sent))
}

fn sent_code(sent: Sent) -> enums::auth::SentCode {
    let length = codes::DIGITS as i32;
    let (r#type, next_type) = match sent.mailed {
        Some(mailed) => (email_type(mailed), None),
        None if sent.to_devices => (types::auth::SentCodeTypeApp { length }.into(), Some(enums::auth::CodeType::Sms)),
        None => (types::auth::SentCodeTypeSms { length }.into(), None),
    };
    let timeout = Some(codes::RESEND_AFTER as i32);
    types::auth::SentCode { r#type, phone_code_hash: sent.hash, next_type, timeout }.into()
}

fn email_type(mailed: Mailed) -> enums::auth::SentCodeType {
    let asked = mailed.reset_due.map(render::message::date);
    types::auth::SentCodeTypeEmailCode {
        apple_signin_allowed: false,
        google_signin_allowed: false,
        email_pattern: mailed.pattern,
        length: codes::DIGITS as i32,
        reset_available_period: asked.is_none().then_some(login_email::RESET_SECONDS as i32),
        reset_pending_date: asked,
    }
    .into()
}

/// Mails a code that proves an address.
pub(crate) async fn mail(cx: &Cx, mail: Mail, purpose: CodePurpose) {
    cx.ports.send_code(CodeTarget::Email(mail.address), mail.code, purpose).await;
}
