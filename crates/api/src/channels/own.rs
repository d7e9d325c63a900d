//! The caller's channels, the end of one, and links to what is said in them.

use domain::{
    MessageId, Peer, Refusal,
    groups::{
        channel,
        deletion::DeleteChannel as Delete,
        guard, own,
        usernames::{self, Purpose},
    },
    messages::{self, posts},
    people,
};
use tl::{
    enums,
    functions::channels::{
        DeleteChannel, ExportMessageLink, GetAdminedPublicChannels, GetInactiveChannels, GetLeftChannels,
        GetMessageAuthor,
    },
    types,
};

use super::changed;
use crate::{
    Cx, RpcError, input,
    render::{self, group, message::date, named::Named},
    table::Row,
};

/// Channels in a list of silent ones.
const INACTIVE_MAX: usize = 100;

pub(crate) const ROWS: &[Row] = crate::methods! {
    DeleteChannel, User, Write => delete_channel;
    ExportMessageLink, User, Light => export_message_link;
    GetAdminedPublicChannels, User, Light => get_admined_public_channels;
    GetInactiveChannels, User, Light => get_inactive_channels;
    GetLeftChannels, User, Light => get_left_channels;
    GetMessageAuthor, User, Light => get_message_author;
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

/// The caller's public channels; none is bound to a place or to a community here.
async fn get_admined_public_channels(
    cx: Cx,
    request: GetAdminedPublicChannels,
) -> Result<enums::messages::Chats, RpcError> {
    let me = cx.user()?;
    let elsewhere = request.by_location || request.for_community_peer;
    let purpose = if request.for_personal { Purpose::Profile } else { Purpose::Names };
    let shown = cx.domain.query(|view| {
        let mut named = Named::default();
        if request.check_limit && !elsewhere {
            usernames::refuse_more(view, me, None)?;
        }
        if !elsewhere {
            usernames::owned_for(view, me, purpose)?.into_iter().for_each(|id| named.peer(Peer::Channel(id)));
        }
        named.read(view, me)
    });
    Ok(types::messages::Chats { chats: shown.await?.chats() }.into())
}

async fn get_message_author(cx: Cx, request: GetMessageAuthor) -> Result<enums::User, RpcError> {
    let me = cx.user()?;
    let id = input::channel(&cx.domain, me, &request.channel)?;
    let author = cx.domain.query(|view| {
        let author = posts::author(view, me, id, MessageId(request.id))?;
        people::seen(view, me, author)?.ok_or(Refusal::MessageIdInvalid.into())
    });
    Ok(render::user::user(&author.await?))
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
