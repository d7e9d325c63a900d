//! Whether a supergroup is a forum, and how a member looks at it.

use domain::groups::topics::settings::{ToggleForum as Toggle, ViewAsMessages};
use tl::{
    enums,
    functions::channels::{ToggleForum, ToggleViewForumAsMessages},
};

use crate::{Cx, RpcError, input, render, table::Row};

pub(crate) const ROWS: &[Row] = crate::methods! {
    ToggleForum, User, Write => toggle_forum;
    ToggleViewForumAsMessages, User, Write => toggle_view_forum_as_messages;
};

async fn toggle_forum(cx: Cx, request: ToggleForum) -> Result<enums::Updates, RpcError> {
    let by = cx.me()?;
    let channel = input::channel(&cx.domain, by.user, &request.channel)?;
    let entry = cx.domain.command(Toggle { by, channel, enabled: request.enabled, tabs: request.tabs }).await?;
    Ok(render::updates::told(&cx.domain, by.user, vec![(channel.into(), entry)]).await?)
}

async fn toggle_view_forum_as_messages(cx: Cx, request: ToggleViewForumAsMessages) -> Result<enums::Updates, RpcError> {
    let by = cx.me()?;
    let channel = input::channel(&cx.domain, by.user, &request.channel)?;
    let entry = cx.domain.command(ViewAsMessages { by, channel, enabled: request.enabled }).await?;
    Ok(render::updates::entries(&cx.domain, by.user, vec![entry]).await?)
}
