//! The group behind a channel's comments.

use domain::groups::discussion::{SetDiscussion, suitable};
use tl::{
    enums::{self, InputChannel},
    functions::channels::{GetGroupsForDiscussion, SetDiscussionGroup},
    types,
};

use crate::{Cx, RpcError, input, render::named::Named, table::Row};

pub(crate) const ROWS: &[Row] = crate::methods! {
    GetGroupsForDiscussion, User, Light => get_groups_for_discussion;
    SetDiscussionGroup, User, Write => set_discussion_group;
};

async fn get_groups_for_discussion(
    cx: Cx,
    _request: GetGroupsForDiscussion,
) -> Result<enums::messages::Chats, RpcError> {
    let me = cx.user()?;
    let shown = cx
        .domain
        .query(|view| {
            let mut named = Named::default();
            suitable(view, me)?.into_iter().for_each(|it| named.peer(it));
            named.read(view, me)
        })
        .await?;
    Ok(types::messages::Chats { chats: shown.chats() }.into())
}

async fn set_discussion_group(cx: Cx, request: SetDiscussionGroup) -> Result<bool, RpcError> {
    let by = cx.me()?;
    let named = |it: &InputChannel| match it {
        InputChannel::Empty => Ok(None),
        other => input::channel(&cx.domain, by.user, other).map(Some),
    };
    let (channel, group) = (named(&request.broadcast)?, named(&request.group)?);
    cx.domain.command(SetDiscussion { by, channel, group }).await?;
    Ok(true)
}
