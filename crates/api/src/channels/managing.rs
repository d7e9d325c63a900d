//! Who manages a channel, and what others may not do in it.

use domain::{
    Refusal,
    groups::{admins::EditAdmin as Appoint, bans::EditBanned as Ban},
};
use tl::{
    enums,
    functions::channels::{EditAdmin, EditBanned},
};

use super::{changed, rights};
use crate::{Cx, RpcError, input, table::Row};

pub(crate) const ROWS: &[Row] = crate::methods! {
    EditAdmin, UserOrBot, Write => edit_admin;
    EditBanned, UserOrBot, Write => edit_banned;
};

async fn edit_admin(cx: Cx, request: EditAdmin) -> Result<enums::Updates, RpcError> {
    let by = cx.me()?;
    let channel = input::channel(&cx.domain, by.user, &request.channel)?;
    let user = input::user(&cx.domain, by.user, &request.user_id)?;
    let rights = rights::admin(&request.admin_rights);
    cx.domain.command(Appoint { by, channel, user, rights, rank: request.rank }).await?;
    Ok(changed(&cx.domain, by.user, channel, None).await?)
}

async fn edit_banned(cx: Cx, request: EditBanned) -> Result<enums::Updates, RpcError> {
    let by = cx.me()?;
    let channel = input::channel(&cx.domain, by.user, &request.channel)?;
    let user = super::participant(&cx, by.user, &request.participant)?;
    let (rights, until) = rights::banned(&request.banned_rights);
    // Clients write "for ever" as the largest moment, or as zero.
    let until = if i32::try_from(until).is_ok_and(|it| it < i32::MAX) { until } else { 0 };
    let user = user.ok_or(Refusal::ParticipantIdInvalid)?;
    let sent = cx.domain.command(Ban { by, channel, user, rights, until }).await?;
    Ok(changed(&cx.domain, by.user, channel, sent).await?)
}
