//! Frequent correspondents.

use domain::{
    Refusal,
    people::top::{self, ResetTopPeer, ToggleTopPeers as Toggle},
};
use tl::{
    enums,
    functions::contacts::{GetTopPeers, ResetTopPeerRating, ToggleTopPeers},
    types,
};

use crate::{Cx, RpcError, input, render, table::Row};

/// Correspondents in one answer.
const TOP_MAX: usize = 100;

pub(crate) const ROWS: &[Row] = crate::methods! {
    GetTopPeers, User, Light => get_top_peers;
    ResetTopPeerRating, User, Write => reset_top_peer_rating;
    ToggleTopPeers, User, Write => toggle_top_peers;
};

/// Only people are rated so far; the other categories are asked for and empty.
async fn get_top_peers(cx: Cx, request: GetTopPeers) -> Result<enums::contacts::TopPeers, RpcError> {
    let me = cx.user()?;
    let others = request.bots_pm
        || request.bots_inline
        || request.phone_calls
        || request.forward_users
        || request.forward_chats
        || request.groups
        || request.channels
        || request.bots_app
        || request.bots_guestchat;
    if !request.correspondents && !others {
        return Err(Refusal::TypesEmpty.into());
    }
    let Some(all) = cx.domain.query(|view| top::top(view, me)).await? else {
        return Ok(enums::contacts::TopPeers::Disabled);
    };
    if !request.correspondents {
        return Ok(types::contacts::TopPeers { categories: Vec::new(), chats: Vec::new(), users: Vec::new() }.into());
    }
    let offset = usize::try_from(request.offset).unwrap_or(0);
    let limit = usize::try_from(request.limit).unwrap_or(0).clamp(1, TOP_MAX);
    let page: Vec<_> = all.iter().skip(offset).take(limit).collect();
    let users = render::user::by_id(&cx, page.iter().map(|(id, _)| *id).collect()).await?;
    let peer = |(id, rating): &&(domain::UserId, f64)| {
        types::TopPeer { peer: render::user::peer(domain::Peer::User(*id)), rating: *rating }.into()
    };
    let category = types::TopPeerCategoryPeers {
        category: enums::TopPeerCategory::Correspondents,
        count: i32::try_from(all.len()).unwrap_or(i32::MAX),
        peers: page.iter().map(peer).collect(),
    };
    Ok(types::contacts::TopPeers { categories: vec![category.into()], chats: Vec::new(), users }.into())
}

async fn reset_top_peer_rating(cx: Cx, request: ResetTopPeerRating) -> Result<bool, RpcError> {
    let by = cx.me()?;
    let other = input::peer(&cx.domain, by.user, &request.peer)?.user();
    if let (Some(other), enums::TopPeerCategory::Correspondents) = (other, &request.category) {
        cx.domain.command(ResetTopPeer { by, other }).await?;
    }
    Ok(true)
}

async fn toggle_top_peers(cx: Cx, request: ToggleTopPeers) -> Result<bool, RpcError> {
    cx.domain.command(Toggle { by: cx.me()?, enabled: request.enabled }).await?;
    Ok(true)
}
