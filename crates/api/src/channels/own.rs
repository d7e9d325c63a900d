//! The caller's channels, the end of one, and links to what is said in them.

use domain::{
    MessageId, Peer, Refusal,
    groups::{channel, deletion::DeleteChannel as Delete, guard, own},
    messages,
};
use tl::{
    enums,
    functions::channels::{DeleteChannel, ExportMessageLink, GetInactiveChannels, GetLeftChannels},
    types,
};

use super::changed;
use crate::{
    Cx, RpcError, input,
    render::{group, message::date, named::Named},
    table::Row,
};

/// Channels in a list of silent ones.
const INACTIVE_MAX: usize = 100;

pub(crate) const ROWS: &[Row] = crate::methods! {
    DeleteChannel, User, Write => delete_channel;
    ExportMessageLink, User, Light => export_message_link;
    GetInactiveChannels, User, Light => get_inactive_channels;
    GetLeftChannels, User, Light => get_left_channels;
};

async fn delete_channel(cx: Cx, request: DeleteChannel) -> Result<enums::Updates, RpcError> {
    let by = cx.me()?;
    let channel = input::channel(&cx.domain, by.user, &request.channel)?;
    cx.domain.command(Delete { by, channel }).await?;
    Ok(changed(&cx.domain, by.user, channel, None).await?)
}

async fn get_inactive_channels(
    cx: Cx,
    _request: GetInactiveChannels,
) -> Result<enums::messages::InactiveChats, RpcError> {
    let me = cx.user()?;
    let (all, shown) = cx
        .domain
        .query(|view| {
            let all = own::inactive(view, me, INACTIVE_MAX)?;
            let mut named = Named::default();
            all.iter().for_each(|(_, id)| named.peer(Peer::Channel(*id)));
            Ok((all, named.read(view, me)?))
        })
        .await?;
    let mut chats = shown.chats();
    // Dates and channels go together by their places.
    let place = |chat: &enums::Chat| all.iter().position(|(_, id)| group::channel_id(*id) == chat.id());
    chats.sort_by_key(place);
    let dates = chats.iter().filter_map(place).map(|at| date(all[at].0)).collect();
    Ok(types::messages::InactiveChats { dates, chats, users: shown.users() }.into())
}

/// Needs a takeout session, which this server does not open yet.
async fn get_left_channels(_cx: Cx, _request: GetLeftChannels) -> Result<enums::messages::Chats, RpcError> {
    Err(Refusal::TakeoutRequired.into())
}

async fn export_message_link(cx: Cx, request: ExportMessageLink) -> Result<enums::ExportedMessageLink, RpcError> {
    let me = cx.user()?;
    let id = input::channel(&cx.domain, me, &request.channel)?;
    let message = MessageId(request.id);
    let name = cx
        .domain
        .query(|view| {
            let it = guard::before(view, id, me)?;
            let shown = message >= channel::first_shown(&it.row, &it.member);
            if !shown || messages::rows::copy(view, id, message)?.is_none() {
                return Err(Refusal::MessageIdInvalid.into());
            }
            let card = channel::card(view, id, &it.row)?;
            Ok(card.usernames.into_iter().find(|it| it.active).map(|it| it.name))
        })
        .await?;
    let place = name.unwrap_or_else(|| format!("c/{}", group::channel_id(id)));
    let link = format!("{}{place}/{}", cx.config.link_prefix, request.id);
    let html = format!("<a href=\"{link}\">{link}</a>");
    Ok(types::ExportedMessageLink { link, html }.into())
}
