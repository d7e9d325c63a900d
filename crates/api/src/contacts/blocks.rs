//! Block lists.

use domain::{
    MessageId, Peer,
    messages::replies::{BlockFromReplies as Answer, DeleteReplies},
    people::blocks::{self, Block as SetOne, List, SetBlocked as SetAll},
};
use tl::{
    enums,
    functions::contacts::{Block, BlockFromReplies, GetBlocked, SetBlocked, Unblock},
    types,
};

use crate::{
    Cx, RpcError, input,
    render::{self, named::Named},
    table::Row,
};

/// Peers on one page.
const PAGE_MAX: usize = 100;

pub(crate) const ROWS: &[Row] = crate::methods! {
    Block, User, Write => block;
    BlockFromReplies, User, Write => block_from_replies;
    GetBlocked, User, Light => get_blocked;
    SetBlocked, User, Write => set_blocked;
    Unblock, User, Write => unblock;
};

async fn block(cx: Cx, request: Block) -> Result<bool, RpcError> {
    set(cx, &request.id, list(request.my_stories_from), true).await
}

/// Blocks who answered a comment. Reports reach nobody yet, as those of other methods.
async fn block_from_replies(cx: Cx, request: BlockFromReplies) -> Result<enums::Updates, RpcError> {
    let by = cx.me()?;
    let message = MessageId(request.msg_id);
    let blocked = cx.domain.command(Answer { by, message, delete: request.delete_message }).await?;
    let (author, mut told) = (blocked.author, blocked.told);
    let mut next = request.delete_history.then_some(MessageId(i32::MAX));
    while let Some(below) = next {
        let (gone, rest) = cx.domain.command(DeleteReplies { by, author, below }).await?;
        told.extend(gone);
        next = rest;
    }
    let told = told.into_iter().map(|it| (by.user.into(), it)).collect();
    Ok(render::updates::told(&cx.domain, by.user, told).await?)
}

async fn unblock(cx: Cx, request: Unblock) -> Result<bool, RpcError> {
    set(cx, &request.id, list(request.my_stories_from), false).await
}

async fn set(cx: Cx, peer: &enums::InputPeer, list: List, blocked: bool) -> Result<bool, RpcError> {
    let by = cx.me()?;
    let peer = input::peer(&cx.domain, by.user, peer)?;
    cx.domain.command(SetOne { by, peer, list, blocked }).await?;
    Ok(true)
}

async fn set_blocked(cx: Cx, request: SetBlocked) -> Result<bool, RpcError> {
    let by = cx.me()?;
    let peers = request.id.iter().map(|it| input::peer(&cx.domain, by.user, it));
    let peers = peers.collect::<Result<Vec<Peer>, _>>()?;
    cx.domain.command(SetAll { by, list: list(request.my_stories_from), peers }).await?;
    Ok(true)
}

async fn get_blocked(cx: Cx, request: GetBlocked) -> Result<enums::contacts::Blocked, RpcError> {
    let (me, which) = (cx.user()?, list(request.my_stories_from));
    let all = cx.domain.query(|view| blocks::blocked(view, me, which)).await?;
    let offset = usize::try_from(request.offset).unwrap_or(0);
    let limit = usize::try_from(request.limit).unwrap_or(0).clamp(1, PAGE_MAX);
    let page: Vec<_> = all.iter().skip(offset).take(limit).collect();
    let mut named = Named::default();
    page.iter().for_each(|(peer, _)| named.peer(*peer));
    let shown = cx.domain.query(|view| named.read(view, me)).await?;
    let date = |since: u32| i32::try_from(since).unwrap_or(i32::MAX);
    let blocked = page
        .iter()
        .map(|(peer, since)| types::PeerBlocked { peer_id: render::user::peer(*peer), date: date(*since) }.into());
    let (blocked, chats, users) = (blocked.collect(), shown.chats(), shown.users());
    if page.len() == all.len() {
        return Ok(types::contacts::Blocked { blocked, chats, users }.into());
    }
    let count = i32::try_from(all.len()).unwrap_or(i32::MAX);
    Ok(types::contacts::BlockedSlice { count, blocked, chats, users }.into())
}

fn list(stories: bool) -> List {
    if stories { List::Stories } else { List::Main }
}
