//! Who is in a basic group.

use domain::{
    Refusal, UserId,
    groups::basic::{
        admins::EditAdmin,
        create::CreateChat as Create,
        info::DeleteChat as Delete,
        members::{AddMember, FORWARDED_MAX, RemoveMember},
    },
};
use tl::{
    enums,
    functions::messages::{AddChatUser, CreateChat, DeleteChat, DeleteChatUser, EditChatAdmin},
    types,
};

use crate::{Cx, RpcError, input, render, table::Row};

/// People named in one call: those that a group holds, and as many who will not come.
const USERS_MAX: usize = 400;

pub(crate) const ROWS: &[Row] = crate::methods! {
    AddChatUser, User, Write => add_chat_user;
    CreateChat, User, Write => create_chat;
    DeleteChat, User, Write => delete_chat;
    DeleteChatUser, UserOrBot, Write => delete_chat_user;
    EditChatAdmin, User, Write => edit_chat_admin;
};

async fn create_chat(cx: Cx, request: CreateChat) -> Result<enums::messages::InvitedUsers, RpcError> {
    let by = cx.me()?;
    if request.users.len() > USERS_MAX {
        return Err(Refusal::UsersTooMuch.into());
    }
    let users = request.users.iter().map(|it| input::user(&cx.domain, by.user, it)).collect::<Result<_, _>>()?;
    let ttl_period = u32::try_from(request.ttl_period.unwrap_or(0)).map_err(|_| Refusal::TtlPeriodInvalid)?;
    let created = cx.domain.command(Create { by, users, title: request.title, ttl_period }).await?;
    let updates = render::updates::entries(&cx.domain, by.user, created.entries).await?;
    Ok(invited(updates, &created.missing))
}

async fn add_chat_user(cx: Cx, request: AddChatUser) -> Result<enums::messages::InvitedUsers, RpcError> {
    let by = cx.me()?;
    let (chat, user) = (input::chat(request.chat_id)?, input::user(&cx.domain, by.user, &request.user_id)?);
    let forward = usize::try_from(request.fwd_limit).unwrap_or(0).min(FORWARDED_MAX);
    let added = cx.domain.command(AddMember { by, chat, user, forward }).await?;
    let updates = render::updates::told(&cx.domain, by.user, added.entries).await?;
    Ok(invited(updates, &added.missing))
}

async fn delete_chat_user(cx: Cx, request: DeleteChatUser) -> Result<enums::Updates, RpcError> {
    let by = cx.me()?;
    let (chat, user) = (input::chat(request.chat_id)?, input::user(&cx.domain, by.user, &request.user_id)?);
    let entries = cx.domain.command(RemoveMember { by, chat, user, revoke_history: request.revoke_history }).await?;
    Ok(render::updates::entries(&cx.domain, by.user, entries).await?)
}

async fn edit_chat_admin(cx: Cx, request: EditChatAdmin) -> Result<bool, RpcError> {
    let by = cx.me()?;
    let (chat, user) = (input::chat(request.chat_id)?, input::user(&cx.domain, by.user, &request.user_id)?);
    cx.domain.command(EditAdmin { by, chat, user, admin: request.is_admin }).await?;
    Ok(true)
}

async fn delete_chat(cx: Cx, request: DeleteChat) -> Result<bool, RpcError> {
    cx.domain.command(Delete { by: cx.me()?, chat: input::chat(request.chat_id)? }).await?;
    Ok(true)
}

/// What became of an invitation, with those who did not let themselves be added.
pub(crate) fn invited(updates: enums::Updates, missing: &[UserId]) -> enums::messages::InvitedUsers {
    let missing = missing.iter().map(|it| types::MissingInvitee {
        premium_would_allow_invite: false,
        premium_required_for_pm: false,
        user_id: render::user::id(*it),
    });
    types::messages::InvitedUsers { updates, missing_invitees: missing.map(Into::into).collect() }.into()
}
