//! Public names of channels.

use domain::groups::usernames::{self, NameChannel, Naming};
use tl::{
    enums::InputChannel,
    functions::channels::{CheckUsername, DeactivateAllUsernames, ReorderUsernames, ToggleUsername, UpdateUsername},
};

use crate::{Cx, RpcError, input, table::Row};

pub(crate) const ROWS: &[Row] = crate::methods! {
    CheckUsername, User, Lookup => check_username;
    DeactivateAllUsernames, User, Write => deactivate_all_usernames;
    ReorderUsernames, User, Write => reorder_usernames;
    ToggleUsername, User, Write => toggle_username;
    UpdateUsername, User, Lookup => update_username;
};

/// Without a channel: for one that is yet to be made.
async fn check_username(cx: Cx, request: CheckUsername) -> Result<bool, RpcError> {
    let me = cx.user()?;
    let channel = match &request.channel {
        InputChannel::Empty => None,
        it => Some(input::channel(&cx.domain, me, it)?),
    };
    Ok(cx.domain.query(|view| usernames::check(view, me, channel, &request.username)).await?)
}

async fn update_username(cx: Cx, request: UpdateUsername) -> Result<bool, RpcError> {
    name(cx, &request.channel, Naming::Main(request.username)).await
}

async fn toggle_username(cx: Cx, request: ToggleUsername) -> Result<bool, RpcError> {
    name(cx, &request.channel, Naming::Toggle(request.username, request.active)).await
}

async fn reorder_usernames(cx: Cx, request: ReorderUsernames) -> Result<bool, RpcError> {
    name(cx, &request.channel, Naming::Order(request.order)).await
}

async fn deactivate_all_usernames(cx: Cx, request: DeactivateAllUsernames) -> Result<bool, RpcError> {
    name(cx, &request.channel, Naming::Quiet).await
}

async fn name(cx: Cx, channel: &InputChannel, naming: Naming) -> Result<bool, RpcError> {
    let by = cx.me()?;
    let channel = input::channel(&cx.domain, by.user, channel)?;
    cx.domain.command(NameChannel { by, channel, naming }).await?;
    Ok(true)
}
