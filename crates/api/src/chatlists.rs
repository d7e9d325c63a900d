//! `chatlists.*`: folders that are shared by links.
//! Source: core.telegram.org/api/links#chat-folder-links.

use domain::{
    Peer, UserId,
    folders::{
        join::{self, HideNews, JoinFolder, JoinNews, LeaveFolder, Shown, Told},
        links::{self, Link},
        share::{DeleteFolderLink, EditFolderLink, ExportFolder},
    },
};
use tl::{
    enums,
    functions::chatlists::{
        CheckChatlistInvite, DeleteExportedInvite, EditExportedInvite, ExportChatlistInvite, GetChatlistUpdates,
        GetExportedInvites, GetLeaveChatlistSuggestions, HideChatlistUpdates, JoinChatlistInvite, JoinChatlistUpdates,
        LeaveChatlist,
    },
    types,
};

use crate::{
    Cx, RpcError, input,
    messages::folders::number,
    render::{
        self,
        named::{Named, Shown as Those},
    },
    table::Row,
};

const ROWS: &[Row] = crate::methods! {
    CheckChatlistInvite, User, Lookup => check;
    DeleteExportedInvite, User, Write => delete;
    EditExportedInvite, User, Write => edit;
    ExportChatlistInvite, User, Write => export;
    GetChatlistUpdates, User, Light => news;
    GetExportedInvites, User, Light => exported;
    GetLeaveChatlistSuggestions, User, Light => leavable;
    HideChatlistUpdates, User, Write => hide_news;
    JoinChatlistInvite, User, Lookup => join;
    JoinChatlistUpdates, User, Write => join_news;
    LeaveChatlist, User, Write => leave;
};

/// The namespace's methods.
pub fn tables() -> &'static [&'static [Row]] {
    &[ROWS]
}

fn id(it: &enums::InputChatlist) -> Result<u8, RpcError> {
    let enums::InputChatlist::DialogFilter(it) = it;
    number(it.filter_id)
}

/// A slug as a client names it: alone, or at the end of a link.
fn slug(it: &str) -> String {
    it.trim().rsplit(['/', '=']).next().unwrap_or_default().to_owned()
}

fn peers(cx: &Cx, all: &[enums::InputPeer]) -> Result<Vec<Peer>, RpcError> {
    let me = cx.user()?;
    all.iter().map(|it| input::peer(&cx.domain, me, it)).collect()
}

async fn export(cx: Cx, request: ExportChatlistInvite) -> Result<enums::chatlists::ExportedChatlistInvite, RpcError> {
    let (by, id, peers) = (cx.me()?, id(&request.chatlist)?, peers(&cx, &request.peers)?);
    let (folder, link) = cx.domain.command(ExportFolder { by, id, title: request.title, peers }).await?;
    let me = by.user;
    let filter = cx.domain.query(|view| render::folder::folder(view, me, &folder, &mut Named::default())).await?;
    Ok(types::chatlists::ExportedChatlistInvite { filter, invite: invite(&cx, &link) }.into())
}

async fn edit(cx: Cx, request: EditExportedInvite) -> Result<enums::ExportedChatlistInvite, RpcError> {
    let (by, id) = (cx.me()?, id(&request.chatlist)?);
    let peers = request.peers.as_ref().map(|it| peers(&cx, it)).transpose()?;
    let command = EditFolderLink { by, id, slug: slug(&request.slug), title: request.title, peers };
    let link = cx.domain.command(command).await?;
    Ok(invite(&cx, &link))
}

async fn delete(cx: Cx, request: DeleteExportedInvite) -> Result<bool, RpcError> {
    let (by, id) = (cx.me()?, id(&request.chatlist)?);
    cx.domain.command(DeleteFolderLink { by, id, slug: slug(&request.slug) }).await?;
    Ok(true)
}

async fn exported(cx: Cx, request: GetExportedInvites) -> Result<enums::chatlists::ExportedInvites, RpcError> {
    let (me, id) = (cx.user()?, id(&request.chatlist)?);
    let all = cx.domain.query(|view| links::links(view, me, id)).await?;
    let those = those(&cx, me, all.iter().flat_map(|it| &it.row.peers)).await?;
    let invites = all.iter().map(|it| invite(&cx, it)).collect();
    Ok(types::chatlists::ExportedInvites { invites, chats: those.chats(), users: those.users() }.into())
}

async fn check(cx: Cx, request: CheckChatlistInvite) -> Result<enums::chatlists::ChatlistInvite, RpcError> {
    let (me, slug) = (cx.user()?, slug(&request.slug));
    Ok(match cx.domain.query(|view| join::check(view, me, &slug)).await? {
        Shown::New(folder, offered) => {
            let those = those(&cx, me, &offered).await?;
            types::chatlists::ChatlistInvite {
                title_noanimate: folder.row.still,
                title: render::poll::styled(&folder.card.title),
                emoticon: Some(folder.card.emoticon).filter(|it| !it.is_empty()),
                peers: named(&offered),
                chats: those.chats(),
                users: those.users(),
            }
            .into()
        }
        Shown::Had { id, missing, there } => {
            let those = those(&cx, me, missing.iter().chain(&there)).await?;
            types::chatlists::ChatlistInviteAlready {
                filter_id: i32::from(id),
                missing_peers: named(&missing),
                already_peers: named(&there),
                chats: those.chats(),
                users: those.users(),
            }
            .into()
        }
    })
}

async fn join(cx: Cx, request: JoinChatlistInvite) -> Result<enums::Updates, RpcError> {
    let (by, peers) = (cx.me()?, peers(&cx, &request.peers)?);
    let told = cx.domain.command(JoinFolder { by, slug: slug(&request.slug), peers }).await?;
    answer(&cx, told).await
}

async fn news(cx: Cx, request: GetChatlistUpdates) -> Result<enums::chatlists::ChatlistUpdates, RpcError> {
    let (me, id) = (cx.user()?, id(&request.chatlist)?);
    let missing = cx.domain.query(|view| join::news(view, me, id)).await?;
    let those = those(&cx, me, &missing).await?;
    let missing_peers = named(&missing);
    Ok(types::chatlists::ChatlistUpdates { missing_peers, chats: those.chats(), users: those.users() }.into())
}

async fn join_news(cx: Cx, request: JoinChatlistUpdates) -> Result<enums::Updates, RpcError> {
    let (by, id, peers) = (cx.me()?, id(&request.chatlist)?, peers(&cx, &request.peers)?);
    let told = cx.domain.command(JoinNews { by, id, peers }).await?;
    answer(&cx, told).await
}

async fn hide_news(cx: Cx, request: HideChatlistUpdates) -> Result<bool, RpcError> {
    cx.domain.command(HideNews { by: cx.me()?, id: id(&request.chatlist)? }).await?;
    Ok(true)
}

async fn leavable(cx: Cx, request: GetLeaveChatlistSuggestions) -> Result<Vec<enums::Peer>, RpcError> {
    let (me, id) = (cx.user()?, id(&request.chatlist)?);
    Ok(named(&cx.domain.query(|view| join::leavable(view, me, id)).await?))
}

async fn leave(cx: Cx, request: LeaveChatlist) -> Result<enums::Updates, RpcError> {
    let (by, id, peers) = (cx.me()?, id(&request.chatlist)?, peers(&cx, &request.peers)?);
    let told = cx.domain.command(LeaveFolder { by, id, peers }).await?;
    answer(&cx, told).await
}

async fn answer(cx: &Cx, told: Told) -> Result<enums::Updates, RpcError> {
    Ok(render::updates::told(&cx.domain, cx.user()?, told).await?)
}

fn invite(cx: &Cx, it: &Link) -> enums::ExportedChatlistInvite {
    let url = format!("{}addlist/{}", cx.config.link_prefix, it.card.slug);
    types::ExportedChatlistInvite { title: it.card.title.clone(), url, peers: named(&it.row.peers) }.into()
}

fn named(all: &[Peer]) -> Vec<enums::Peer> {
    all.iter().copied().map(render::user::peer).collect()
}

/// Chats that a link opens are shown as they are, though the caller is not in them yet: mtcute 0.30.3 takes one that is
/// forbidden for one that it is banned from, and does not join it.
async fn those(cx: &Cx, me: UserId, peers: impl IntoIterator<Item = &Peer>) -> Result<Those, RpcError> {
    let mut named = Named::default();
    peers.into_iter().for_each(|it| named.opened(*it));
    Ok(cx.domain.query(|view| named.read(view, me)).await?)
}

#[cfg(test)]
mod tests;
