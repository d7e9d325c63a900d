//! Who came by which link, and requests to join.
//! Source: core.telegram.org/api/invites, "Join requests".

use domain::{
    UserId,
    groups::{
        enter::Entered,
        invites::{
            hash_in,
            importers::{self, Wanted},
        },
        requests::{HideAllRequests, HideRequest},
    },
};
use tl::{
    enums,
    functions::messages::{GetChatInviteImporters, HideAllChatJoinRequests, HideChatJoinRequest},
    types,
};

use super::invites::group;
use crate::{
    Cx, RpcError, input,
    render::{self, named::Named},
    table::Row,
};

pub(crate) const ROWS: &[Row] = crate::methods! {
    GetChatInviteImporters, User, Search => get_importers;
    HideAllChatJoinRequests, User, Write => hide_all;
    HideChatJoinRequest, UserOrBot, Write => hide;
};

async fn get_importers(
    cx: Cx,
    request: GetChatInviteImporters,
) -> Result<enums::messages::ChatInviteImporters, RpcError> {
    let me = cx.user()?;
    let after = match &request.offset_user {
        enums::InputUser::Empty => UserId::NOBODY,
        it => input::user(&cx.domain, me, it)?,
    };
    let wanted = Wanted {
        peer: group(&cx.domain, me, &request.peer)?,
        hash: request.link.as_deref().map(|it| hash_in(it).to_owned()).filter(|it| !it.is_empty()),
        waiting: request.requested,
        query: request.q.unwrap_or_default(),
        offset_date: u32::try_from(request.offset_date).unwrap_or(0),
        offset_user: after,
        limit: usize::try_from(request.limit).unwrap_or(0),
    };
    let found = cx.domain.query(|view| importers::page(view, me, &wanted)).await?;
    let mut named = Named::default();
    named.users(found.importers.iter().flat_map(|it| [Some(it.user), it.approved_by]).flatten());
    let users = cx.domain.query(|view| named.read(view, me)).await?.users();
    let importers = found.importers.iter().map(render::invite::importer).collect();
    Ok(types::messages::ChatInviteImporters { count: render::message::date(found.count), importers, users }.into())
}

async fn hide(cx: Cx, request: HideChatJoinRequest) -> Result<enums::Updates, RpcError> {
    let by = cx.me()?;
    let peer = group(&cx.domain, by.user, &request.peer)?;
    let user = input::user(&cx.domain, by.user, &request.user_id)?;
    let answered = cx.domain.command(HideRequest { by, peer, user, approve: request.approved }).await?;
    entered(&cx, by.user, &answered.entered).await
}

async fn hide_all(cx: Cx, request: HideAllChatJoinRequests) -> Result<enums::Updates, RpcError> {
    let by = cx.me()?;
    let peer = group(&cx.domain, by.user, &request.peer)?;
    let hash = request.link.as_deref().map(|it| hash_in(it).to_owned());
    let (mut all, mut first) = (Vec::new(), true);
    loop {
        let step = HideAllRequests { by, peer, hash: hash.clone(), approve: request.approved, first };
        let answered = cx.domain.command(step).await?;
        all.extend(answered.entered);
        first = false;
        if !answered.more {
            return entered(&cx, by.user, &all).await;
        }
    }
}

/// What the caller's clients learn of people who came in: the entries of its log, in order.
pub(super) async fn entered(cx: &Cx, me: UserId, all: &[Entered]) -> Result<enums::Updates, RpcError> {
    let told = all.iter().flat_map(|it| it.told.iter().cloned()).collect();
    Ok(render::updates::told(&cx.domain, me, told).await?)
}
