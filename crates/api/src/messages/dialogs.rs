//! The list of chats: pages, pins, unread marks, what is offered about a chat.

use domain::{
    ChannelId, ChatId, MessageId, Peer, Refusal, UserId,
    folders::archive,
    groups,
    messages::{
        dialogs::{self, Offset},
        pins::{ReorderPins, TogglePin},
        posts::list::shown,
        read::{self, MarkUnread},
    },
    people::{contacts::HideBar, full},
};
use tl::{
    enums,
    functions::messages::{
        GetDialogUnreadMarks, GetDialogs, GetPeerDialogs, GetPeerSettings, GetPinnedDialogs, HidePeerSettingsBar,
        MarkDialogUnread, ReorderPinnedDialogs, ToggleDialogPin,
    },
    types,
};

use crate::{
    Cx, RpcError,
    input::{dialog_peer, peer},
    render::{
        self,
        dialog::{Parts, describe},
    },
    table::Row,
};

/// Dialogs asked for by name at once.
const PEERS_MAX: usize = 100;

pub(crate) const ROWS: &[Row] = crate::methods! {
    GetDialogs, User, Light => get_dialogs;
    GetDialogUnreadMarks, User, Light => get_dialog_unread_marks;
    GetPeerDialogs, User, Light => get_peer_dialogs;
    GetPeerSettings, User, Light => get_peer_settings;
    GetPinnedDialogs, User, Light => get_pinned_dialogs;
    HidePeerSettingsBar, User, Write => hide_peer_settings_bar;
    MarkDialogUnread, User, Write => mark_dialog_unread;
    ReorderPinnedDialogs, User, Write => reorder_pinned_dialogs;
    ToggleDialogPin, User, Write => toggle_dialog_pin;
};

async fn get_dialogs(cx: Cx, request: GetDialogs) -> Result<enums::messages::Dialogs, RpcError> {
    let me = cx.user()?;
    // Without a folder it is both parts of the list. Source: Telethon 1.45, `get_dialogs`.
    let folder = request.folder_id.map(|it| folder(Some(it))).transpose()?;
    let offset_peer = match &request.offset_peer {
        enums::InputPeer::Empty => None,
        // Only a place in the caller's own list. Source: TDLib 1.8.66 sends no access hash with it.
        enums::InputPeer::User(it) => Some(Peer::User(UserId(place(it.user_id)?))),
        enums::InputPeer::Chat(it) => Some(Peer::Chat(ChatId(place(it.chat_id)?))),
        enums::InputPeer::Channel(it) => Some(Peer::Channel(ChannelId(place(it.channel_id)?))),
        other => Some(peer(&cx.domain, me, other).map_err(|_| Refusal::OffsetPeerIdInvalid)?),
    };
    let date = u32::try_from(request.offset_date).unwrap_or(0);
    let offset = Offset { date, id: MessageId(request.offset_id), peer: offset_peer };
    let limit = usize::try_from(request.limit).unwrap_or(0);
    let (page, described) = cx
        .domain
        .query(|view| {
            let page = dialogs::page(view, me, folder, offset, request.exclude_pinned, limit)?;
            let described = describe(view, me, &page.dialogs)?;
            Ok((page, described))
        })
        .await?;
    let hash = render::hash::of(page.dialogs.iter().map(|(_, row)| i64::from(row.top.0)));
    if request.hash != 0 && request.hash == hash {
        return Ok(types::messages::DialogsNotModified { count: number(page.count) }.into());
    }
    let parts = described.parts(me);
    let Parts { dialogs, messages, users, chats } = parts;
    if page.dialogs.len() == page.count {
        return Ok(types::messages::Dialogs { dialogs, messages, chats, users }.into());
    }
    Ok(types::messages::DialogsSlice { count: number(page.count), dialogs, messages, chats, users }.into())
}

async fn get_pinned_dialogs(cx: Cx, request: GetPinnedDialogs) -> Result<enums::messages::PeerDialogs, RpcError> {
    let me = cx.user()?;
    let folder = folder(Some(request.folder_id))?;
    let (all, archive) = cx
        .domain
        .query(|view| {
            let archive = if folder == archive::MAIN { archive::summary(view, me)? } else { None };
            Ok((dialogs::shown_pinned(view, me, folder)?, archive))
        })
        .await?;
    let described = all.into_iter().chain(archive.iter().map(|it| it.last.clone())).collect();
    let enums::messages::PeerDialogs::Dialogs(mut answer) = peer_dialogs(&cx, described).await?;
    // The archive stands among the pins of the main list, and nowhere else: TDLib 1.8.66 looks for it here, and
    // Telethon 1.45 cannot read it in `messages.getDialogs`.
    if let Some(archive) = archive {
        answer.dialogs.pop();
        answer.dialogs.insert(0, render::dialog::archive(&archive));
    }
    Ok(answer.into())
}

async fn get_peer_dialogs(cx: Cx, request: GetPeerDialogs) -> Result<enums::messages::PeerDialogs, RpcError> {
    let me = cx.user()?;
    if request.peers.is_empty() {
        return Err(Refusal::InputPeersEmpty.into());
    }
    let peers = request.peers.iter().take(PEERS_MAX).map(|it| dialog_peer(&cx.domain, me, it));
    let peers = peers.collect::<Result<Vec<_>, _>>()?;
    let all = cx.domain.query(|view| peers.iter().map(|peer| Ok((*peer, shown(view, me, *peer)?))).collect()).await?;
    peer_dialogs(&cx, all).await
}

async fn peer_dialogs(
    cx: &Cx,
    all: Vec<(Peer, domain::messages::DialogRow)>,
) -> Result<enums::messages::PeerDialogs, RpcError> {
    let me = cx.user()?;
    let parts = cx.domain.query(|view| describe(view, me, &all)).await?.parts(me);
    let state = crate::updates::state(cx, me).await?;
    let Parts { dialogs, messages, users, chats } = parts;
    Ok(types::messages::PeerDialogs { dialogs, messages, chats, users, state }.into())
}

async fn toggle_dialog_pin(cx: Cx, request: ToggleDialogPin) -> Result<bool, RpcError> {
    let by = cx.me()?;
    let peer = dialog_peer(&cx.domain, by.user, &request.peer)?;
    cx.domain.command(TogglePin { by, peer, pinned: request.pinned }).await?;
    Ok(true)
}

async fn reorder_pinned_dialogs(cx: Cx, request: ReorderPinnedDialogs) -> Result<bool, RpcError> {
    let by = cx.me()?;
    let order = request.order.iter().map(|it| dialog_peer(&cx.domain, by.user, it)).collect::<Result<Vec<_>, _>>()?;
    let folder = folder(Some(request.folder_id))?;
    cx.domain.command(ReorderPins { by, folder, order, force: request.force }).await?;
    Ok(true)
}

async fn mark_dialog_unread(cx: Cx, request: MarkDialogUnread) -> Result<bool, RpcError> {
    let by = cx.me()?;
    let peer = dialog_peer(&cx.domain, by.user, &request.peer)?;
    cx.domain.command(MarkUnread { by, peer, unread: request.unread }).await?;
    Ok(true)
}

async fn get_dialog_unread_marks(cx: Cx, _request: GetDialogUnreadMarks) -> Result<Vec<enums::DialogPeer>, RpcError> {
    let me = cx.user()?;
    let marked = cx.domain.query(|view| read::unread_marks(view, me)).await?;
    Ok(marked.into_iter().map(|it| types::DialogPeer { peer: render::user::peer(it) }.into()).collect())
}

async fn get_peer_settings(cx: Cx, request: GetPeerSettings) -> Result<enums::messages::PeerSettings, RpcError> {
    let me = cx.user()?;
    let peer = peer(&cx.domain, me, &request.peer)?;
    if let Some(channel) = peer.channel() {
        return channel_settings(&cx, channel).await;
    }
    let other = peer.user().ok_or(Refusal::PeerIdInvalid)?;
    let bar = cx.domain.query(|view| full::action_bar(view, me, other)).await?;
    let (settings, users) = (render::full_user::peer_settings(&bar), render::user::by_id(&cx, vec![other]).await?);
    Ok(types::messages::PeerSettings { settings, chats: Vec::new(), users }.into())
}

/// Nothing is to be settled about a channel.
async fn channel_settings(cx: &Cx, channel: ChannelId) -> Result<enums::messages::PeerSettings, RpcError> {
    let me = cx.user()?;
    let shown = cx.domain.query(|view| {
        groups::access::reader(view, channel, me)?;
        let mut named = render::named::Named::default();
        named.peer(Peer::Channel(channel));
        named.read(view, me)
    });
    let (settings, chats) = (render::full_user::peer_settings(&full::ActionBar::default()), shown.await?.chats());
    Ok(types::messages::PeerSettings { settings, chats, users: Vec::new() }.into())
}

async fn hide_peer_settings_bar(cx: Cx, request: HidePeerSettingsBar) -> Result<bool, RpcError> {
    let by = cx.me()?;
    let other = peer(&cx.domain, by.user, &request.peer)?.user().ok_or(Refusal::PeerIdInvalid)?;
    cx.domain.command(HideBar { by, other }).await?;
    Ok(true)
}

fn place(id: i64) -> Result<u64, RpcError> {
    u64::try_from(id).map_err(|_| Refusal::OffsetPeerIdInvalid.into())
}

/// The main list or the archive.
fn folder(id: Option<i32>) -> Result<u8, RpcError> {
    match id.unwrap_or(0) {
        0 => Ok(0),
        1 => Ok(1),
        _ => Err(Refusal::FolderIdInvalid.into()),
    }
}

fn number(it: usize) -> i32 {
    i32::try_from(it).unwrap_or(i32::MAX)
}
