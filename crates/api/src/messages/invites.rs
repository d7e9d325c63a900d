//! Invite links: making and changing them, lists of them, and following one.
//! Source: core.telegram.org/api/invites.

use domain::{
    Domain, Peer, Refusal, UserId,
    groups::invites::{
        export::{DeleteInvite, DeleteRevoked, EditInvite, ExportInvite, Terms},
        hash_in,
        join::{self, ImportInvite, Imported, Preview},
        list::{self, Wanted},
    },
};
use tl::{
    enums,
    functions::messages::{
        CheckChatInvite, DeleteExportedChatInvite, DeleteRevokedExportedChatInvites, EditExportedChatInvite,
        ExportChatInvite, GetAdminsWithInvites, GetExportedChatInvite, GetExportedChatInvites, ImportChatInvite,
    },
    types,
};

use crate::{
    Cx, RpcError, input,
    render::{self, named::Named},
    table::Row,
};

pub(crate) const ROWS: &[Row] = crate::methods! {
    CheckChatInvite, User, Lookup => check;
    DeleteExportedChatInvite, User, Write => delete;
    DeleteRevokedExportedChatInvites, User, Write => delete_revoked;
    EditExportedChatInvite, UserOrBot, Write => edit;
    ExportChatInvite, UserOrBot, Write => export;
    GetAdminsWithInvites, User, Light => admins;
    GetExportedChatInvite, User, Light => one;
    GetExportedChatInvites, User, Light => page;
    ImportChatInvite, User, Lookup => import;
};

/// A group of either kind; whether the caller is in it is for the rules to say.
pub(super) fn group(domain: &Domain, me: UserId, peer: &enums::InputPeer) -> Result<Peer, RpcError> {
    match peer {
        enums::InputPeer::Chat(it) => Ok(Peer::Chat(input::chat(it.chat_id)?)),
        enums::InputPeer::Channel(it) => {
            let channel = types::InputChannel { channel_id: it.channel_id, access_hash: it.access_hash }.into();
            Ok(Peer::Channel(input::channel(domain, me, &channel)?))
        }
        enums::InputPeer::ChannelFromMessage(_) => Err(Refusal::ChannelInvalid.into()),
        enums::InputPeer::Empty
        | enums::InputPeer::PeerSelf
        | enums::InputPeer::User(_)
        | enums::InputPeer::UserFromMessage(_) => Err(Refusal::PeerIdInvalid.into()),
    }
}

async fn export(cx: Cx, request: ExportChatInvite) -> Result<enums::ExportedChatInvite, RpcError> {
    let by = cx.me()?;
    if request.subscription_pricing.is_some() {
        return Err(RpcError::bad("PRICING_CHAT_INVALID"));
    }
    let terms = Terms {
        title: request.title.unwrap_or_default(),
        expires: moment(request.expire_date)?.unwrap_or(0),
        limit: uses(request.usage_limit)?.unwrap_or(0),
        request_needed: request.request_needed,
    };
    let peer = group(&cx.domain, by.user, &request.peer)?;
    let made = cx.domain.command(ExportInvite { by, peer, terms, main: request.legacy_revoke_permanent }).await?;
    Ok(render::invite::invite(&cx.config.link_prefix, &made))
}

async fn edit(cx: Cx, request: EditExportedChatInvite) -> Result<enums::messages::ExportedChatInvite, RpcError> {
    let by = cx.me()?;
    let command = EditInvite {
        by,
        peer: group(&cx.domain, by.user, &request.peer)?,
        hash: hash_in(&request.link).to_owned(),
        revoke: request.revoked,
        title: request.title,
        expires: moment(request.expire_date)?,
        limit: uses(request.usage_limit)?,
        request_needed: request.request_needed,
    };
    let edited = cx.domain.command(command).await?;
    let users = users(&cx, [edited.invite.id.admin]).await?;
    let invite = render::invite::invite(&cx.config.link_prefix, &edited.invite);
    Ok(match edited.new {
        Some(new) => {
            let new_invite = render::invite::invite(&cx.config.link_prefix, &new);
            types::messages::ExportedChatInviteReplaced { invite, new_invite, users }.into()
        }
        None => types::messages::ExportedChatInvite { invite, users }.into(),
    })
}

async fn delete(cx: Cx, request: DeleteExportedChatInvite) -> Result<bool, RpcError> {
    let by = cx.me()?;
    let peer = group(&cx.domain, by.user, &request.peer)?;
    cx.domain.command(DeleteInvite { by, peer, hash: hash_in(&request.link).to_owned() }).await?;
    Ok(true)
}

async fn delete_revoked(cx: Cx, request: DeleteRevokedExportedChatInvites) -> Result<bool, RpcError> {
    let by = cx.me()?;
    let peer = group(&cx.domain, by.user, &request.peer)?;
    let admin = admin(&cx, &request.admin_id)?;
    while cx.domain.command(DeleteRevoked { by, peer, admin }).await? {}
    Ok(true)
}

async fn one(cx: Cx, request: GetExportedChatInvite) -> Result<enums::messages::ExportedChatInvite, RpcError> {
    let me = cx.user()?;
    let peer = group(&cx.domain, me, &request.peer)?;
    let found = cx.domain.query(|view| list::one(view, me, peer, hash_in(&request.link))).await?;
    let users = users(&cx, [found.id.admin]).await?;
    let invite = render::invite::invite(&cx.config.link_prefix, &found);
    Ok(types::messages::ExportedChatInvite { invite, users }.into())
}

async fn page(cx: Cx, request: GetExportedChatInvites) -> Result<enums::messages::ExportedChatInvites, RpcError> {
    let me = cx.user()?;
    let wanted = Wanted {
        peer: group(&cx.domain, me, &request.peer)?,
        admin: admin(&cx, &request.admin_id)?,
        revoked: request.revoked,
        after: request.offset_link.unwrap_or_default(),
        limit: usize::try_from(request.limit).unwrap_or(0),
    };
    let found = cx.domain.query(|view| list::page(view, me, &wanted)).await?;
    let invites = found.invites.iter().map(|it| render::invite::invite(&cx.config.link_prefix, it)).collect();
    let users = users(&cx, found.invites.iter().map(|it| it.id.admin)).await?;
    Ok(types::messages::ExportedChatInvites { count: render::message::date(found.count), invites, users }.into())
}

async fn admins(cx: Cx, request: GetAdminsWithInvites) -> Result<enums::messages::ChatAdminsWithInvites, RpcError> {
    let me = cx.user()?;
    let peer = group(&cx.domain, me, &request.peer)?;
    let found = cx.domain.query(|view| list::admins(view, me, peer)).await?;
    let users = users(&cx, found.iter().map(|it| it.admin)).await?;
    Ok(types::messages::ChatAdminsWithInvites { admins: found.iter().map(render::invite::admin).collect(), users }
        .into())
}

async fn check(cx: Cx, request: CheckChatInvite) -> Result<enums::ChatInvite, RpcError> {
    let me = cx.user()?;
    let preview = cx.domain.query(|view| join::check(view, me, &request.hash)).await?;
    let mut named = Named::default();
    match &preview {
        Preview::Member(peer) | Preview::Peek(peer, _) => named.peer(*peer),
        Preview::Closed(it) => named.users(it.known.iter().copied()),
    }
    let shown = cx.domain.query(|view| named.read(view, me)).await?;
    let chat = || shown.chats().into_iter().next().ok_or(Refusal::InviteHashExpired);
    Ok(match &preview {
        Preview::Member(_) => types::ChatInviteAlready { chat: chat()? }.into(),
        Preview::Peek(_, until) => {
            types::ChatInvitePeek { chat: chat()?, expires: render::message::date(*until) }.into()
        }
        Preview::Closed(it) => render::invite::closed(it, shown.users()),
    })
}

async fn import(cx: Cx, request: ImportChatInvite) -> Result<enums::messages::ChatInviteJoinResult, RpcError> {
    let by = cx.me()?;
    match cx.domain.command(ImportInvite { by, hash: request.hash }).await? {
        Imported::Asked => Err(Refusal::InviteRequestSent.into()),
        Imported::Joined(entered) => {
            let updates = super::join_requests::entered(&cx, by.user, &[entered]).await?;
            Ok(types::messages::ChatInviteJoinResultOk { updates }.into())
        }
    }
}

/// Whose links; what is no user is no admin.
fn admin(cx: &Cx, it: &enums::InputUser) -> Result<UserId, RpcError> {
    input::user(&cx.domain, cx.user()?, it).map_err(|_| Refusal::AdminIdInvalid.into())
}

async fn users(cx: &Cx, admins: impl IntoIterator<Item = UserId>) -> Result<Vec<enums::User>, RpcError> {
    let me = cx.user()?;
    let mut named = Named::default();
    named.users(admins);
    Ok(cx.domain.query(|view| named.read(view, me)).await?.users())
}

/// Unix seconds; 0: never.
fn moment(it: Option<i32>) -> Result<Option<u32>, RpcError> {
    it.map(|it| u32::try_from(it).map_err(|_| Refusal::ExpireDateInvalid.into())).transpose()
}

fn uses(it: Option<i32>) -> Result<Option<u32>, RpcError> {
    it.map(|it| u32::try_from(it).map_err(|_| Refusal::UsageLimitInvalid.into())).transpose()
}

#[cfg(test)]
mod tests;
