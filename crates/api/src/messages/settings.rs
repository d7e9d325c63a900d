//! What a user sets for all chats.

use domain::{
    Refusal,
    messages::settings::{SetDefaultTtl, message_settings},
};
use tl::{
    enums,
    functions::messages::{GetDefaultHistoryTtl, SetDefaultHistoryTtl},
    types,
};

use crate::{Cx, RpcError, table::Row};

pub(crate) const ROWS: &[Row] = crate::methods! {
    GetDefaultHistoryTtl, User, Light => get_default_history_ttl;
    SetDefaultHistoryTtl, User, Write => set_default_history_ttl;
};

async fn get_default_history_ttl(cx: Cx, _request: GetDefaultHistoryTtl) -> Result<enums::DefaultHistoryTtl, RpcError> {
    let me = cx.user()?;
    let period = cx.domain.query(|view| message_settings(view, me)).await?.default_ttl;
    Ok(types::DefaultHistoryTtl { period: i32::try_from(period).unwrap_or(i32::MAX) }.into())
}

async fn set_default_history_ttl(cx: Cx, request: SetDefaultHistoryTtl) -> Result<bool, RpcError> {
    let period = u32::try_from(request.period).map_err(|_| Refusal::TtlPeriodInvalid)?;
    cx.domain.command(SetDefaultTtl { by: cx.me()?, period }).await?;
    Ok(true)
}
