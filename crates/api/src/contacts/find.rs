//! Finding people: by name, number, link.

use domain::{
    Peer, Refusal,
    groups::{
        public::{self, Wanted},
        usernames,
    },
    people::{self, digits, lookups::ResolvePhone as Resolve, search::RESULTS_MAX, tokens},
};
use tl::{
    enums,
    functions::contacts::{ExportContactToken, ImportContactToken, ResolvePhone, ResolveUsername, Search},
    types,
};

use crate::{Cx, RpcError, render, render::named::Named, table::Row};

pub(crate) const ROWS: &[Row] = crate::methods! {
    ExportContactToken, User, Write => export_contact_token;
    ImportContactToken, User, Lookup => import_contact_token;
    ResolvePhone, User, Lookup => resolve_phone;
    ResolveUsername, UserOrBot, Lookup => resolve_username;
    Search, User, Search => search_names;
};

async fn resolve_username(cx: Cx, request: ResolveUsername) -> Result<enums::contacts::ResolvedPeer, RpcError> {
    let me = cx.user()?;
    let peer = cx.domain.query(|view| usernames::resolve(view, me, &request.username)).await?;
    resolved(&cx, peer).await
}

async fn resolve_phone(cx: Cx, request: ResolvePhone) -> Result<enums::contacts::ResolvedPeer, RpcError> {
    let phone = digits(&request.phone).ok_or(Refusal::PhoneNotOccupied)?;
    let found = cx.domain.command(Resolve { by: cx.me()?, phone }).await?;
    resolved(&cx, Peer::User(found.ok_or(Refusal::PhoneNotOccupied)?)).await
}

async fn resolved(cx: &Cx, peer: Peer) -> Result<enums::contacts::ResolvedPeer, RpcError> {
    let me = cx.user()?;
    let shown = cx.domain.query(|view| {
        let mut named = Named::default();
        named.peer(peer);
        named.read(view, me)
    });
    let shown = shown.await?;
    let peer = render::user::peer(peer);
    Ok(types::contacts::ResolvedPeer { peer, chats: shown.chats(), users: shown.users() }.into())
}

async fn search_names(cx: Cx, request: Search) -> Result<enums::contacts::Found, RpcError> {
    let me = cx.user()?;
    if request.bots {
        // No bot lives here.
        let (my_results, results) = (Vec::new(), Vec::new());
        return Ok(types::contacts::Found { my_results, results, chats: Vec::new(), users: Vec::new() }.into());
    }
    let limit = usize::try_from(request.limit).unwrap_or(RESULTS_MAX);
    let wanted = Wanted { query: request.q, limit, broadcasts: request.broadcasts };
    let (found, shown) = cx
        .domain
        .query(|view| {
            let found = public::search(view, me, &wanted)?;
            let mut named = Named::default();
            found.mine.iter().chain(&found.others).for_each(|it| named.peer(*it));
            Ok((found, named.read(view, me)?))
        })
        .await?;
    let peers = |all: Vec<Peer>| all.into_iter().map(render::user::peer).collect();
    let (my_results, results) = (peers(found.mine), peers(found.others));
    Ok(types::contacts::Found { my_results, results, chats: shown.chats(), users: shown.users() }.into())
}

async fn export_contact_token(cx: Cx, _request: ExportContactToken) -> Result<enums::ExportedContactToken, RpcError> {
    let token: [u8; 16] = cx.domain.draw();
    let expires = cx.domain.command(tokens::ExportToken { by: cx.me()?, token }).await?;
    let url = format!("{}contact/{:032x}", cx.config.link_prefix, u128::from_be_bytes(token));
    Ok(types::ExportedContactToken { url, expires: i32::try_from(expires).unwrap_or(i32::MAX) }.into())
}

async fn import_contact_token(cx: Cx, request: ImportContactToken) -> Result<enums::User, RpcError> {
    let me = cx.user()?;
    let token = u128::from_str_radix(&request.token, 16).map_err(|_| Refusal::ImportTokenInvalid)?;
    let token = token.to_be_bytes();
    let seen = cx.domain.query(|view| people::seen(view, me, tokens::owner(view, &token)?)).await?;
    Ok(render::user::user(&seen.ok_or(Refusal::ImportTokenInvalid)?))
}
