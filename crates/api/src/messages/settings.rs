//! What a user sets for all chats.

use domain::{
    MessageId, Peer, Refusal,
    groups::{basic::info::Info, settings::Setting},
    messages::{
        protection::ToggleNoForwards as Protect,
        settings::{SetDefaultTtl, message_settings},
    },
};
use tl::{
    enums,
    functions::messages::{GetDefaultHistoryTtl, SetDefaultHistoryTtl, ToggleNoForwards},
    types,
};

use crate::{Cx, RpcError, input::peer, render, table::Row};

pub(crate) const ROWS: &[Row] = crate::methods! {
    GetDefaultHistoryTtl, User, Light => get_default_history_ttl;
    SetDefaultHistoryTtl, User, Write => set_default_history_ttl;
    ToggleNoForwards, User, Write => toggle_no_forwards;
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

async fn toggle_no_forwards(cx: Cx, request: ToggleNoForwards) -> Result<enums::Updates, RpcError> {
    let by = cx.me()?;
    let peer = peer(&cx.domain, by.user, &request.peer)?;
    if let Peer::Chat(chat) = peer {
        return super::groups::manage::edit(&cx, chat, Info::NoForwards(request.enabled)).await;
    }
    if let Peer::Channel(id) = peer {
        return crate::channels::change(&cx, id, Setting::NoForwards(request.enabled)).await;
    }
    let command = Protect { by, peer, enabled: request.enabled, request: request.request_msg_id.map(MessageId) };
    let entries = cx.domain.command(command).await?;
    Ok(render::updates::entries(&cx.domain, by.user, entries).await?)
}
