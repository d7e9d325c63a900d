//! Coming, leaving, bringing in.

use domain::{
    Refusal,
    groups::{
        invite::InviteToChannel as Invite,
        joining::{JoinChannel as Join, Joined, LeaveChannel as Leave},
    },
};
use tl::{
    enums,
    functions::channels::{InviteToChannel, JoinChannel, LeaveChannel},
    types,
};

use super::changed;
use crate::{Cx, RpcError, input, render, table::Row};

pub(crate) const ROWS: &[Row] = crate::methods! {
    InviteToChannel, User, Write => invite_to_channel;
    JoinChannel, User, Write => join_channel;
    LeaveChannel, UserOrBot, Write => leave_channel;
};

async fn join_channel(cx: Cx, request: JoinChannel) -> Result<enums::messages::ChatInviteJoinResult, RpcError> {
    let by = cx.me()?;
    let channel = input::channel(&cx.domain, by.user, &request.channel)?;
    let Joined::In(sent) = cx.domain.command(Join { by, channel }).await? else {
        return Err(Refusal::InviteRequestSent.into());
    };
    let updates = changed(&cx.domain, by.user, channel, sent).await?;
    Ok(types::messages::ChatInviteJoinResultOk { updates }.into())
}

async fn leave_channel(cx: Cx, request: LeaveChannel) -> Result<enums::Updates, RpcError> {
    let by = cx.me()?;
    let channel = input::channel(&cx.domain, by.user, &request.channel)?;
    // Who is out no longer reads what is told of its leaving.
    cx.domain.command(Leave { by, channel }).await?;
    Ok(changed(&cx.domain, by.user, channel, None).await?)
}

async fn invite_to_channel(cx: Cx, request: InviteToChannel) -> Result<enums::messages::InvitedUsers, RpcError> {
    let by = cx.me()?;
    let channel = input::channel(&cx.domain, by.user, &request.channel)?;
    let users = request.users.iter().map(|it| input::user(&cx.domain, by.user, it));
    let users = users.collect::<Result<Vec<_>, _>>()?;
    let invited = cx.domain.command(Invite { by, channel, users }).await?;
    let updates = changed(&cx.domain, by.user, channel, invited.sent).await?;
    let missing = invited.missing.into_iter().map(|user| types::MissingInvitee {
        premium_would_allow_invite: false,
        premium_required_for_pm: false,
        user_id: render::user::id(user),
    });
    let missing_invitees = missing.map(enums::MissingInvitee::from).collect();
    Ok(types::messages::InvitedUsers { updates, missing_invitees }.into())
}
