//! What is asked of a group's messages and members by its peer.

use domain::{
    ChannelId, MessageId, Peer, Refusal,
    messages::{
        posts::{
            online::{online, online_in_chat},
            read::read_by,
            settings::TakeReactionsBack,
            voice::SaveSendAs,
        },
        read_marks::read_in_chat,
    },
};
use tl::{
    enums,
    functions::messages::{
        DeleteParticipantReaction, DeleteParticipantReactions, GetMessageReadParticipants, GetOnlines,
        SaveDefaultSendAs,
    },
    types,
};

use crate::{Cx, RpcError, input, render, table::Row};

pub(crate) const ROWS: &[Row] = crate::methods! {
    DeleteParticipantReaction, User, Write => delete_participant_reaction;
    DeleteParticipantReactions, User, Write => delete_participant_reactions;
    GetMessageReadParticipants, User, Light => get_message_read_participants;
    GetOnlines, User, Search => get_onlines;
    SaveDefaultSendAs, User, Write => save_default_send_as;
};

fn channel(cx: &Cx, it: &enums::InputPeer) -> Result<ChannelId, RpcError> {
    let peer = input::peer(&cx.domain, cx.user()?, it)?;
    peer.channel().ok_or_else(|| Refusal::PeerIdInvalid.into())
}

async fn get_onlines(cx: Cx, request: GetOnlines) -> Result<enums::ChatOnlines, RpcError> {
    let me = cx.user()?;
    let peer = input::peer(&cx.domain, me, &request.peer)?;
    let count = cx.domain.query(|view| match peer {
        Peer::Chat(chat) => online_in_chat(view, me, chat),
        Peer::Channel(channel) => online(view, me, channel),
        Peer::User(_) => Err(Refusal::PeerIdInvalid.into()),
    });
    let count = count.await?;
    Ok(types::ChatOnlines { onlines: render::message::date(count) }.into())
}

async fn get_message_read_participants(
    cx: Cx,
    request: GetMessageReadParticipants,
) -> Result<Vec<enums::ReadParticipantDate>, RpcError> {
    let (me, id) = (cx.user()?, MessageId(request.msg_id));
    let peer = input::peer(&cx.domain, me, &request.peer)?;
    let readers = cx.domain.query(|view| match peer {
        Peer::Chat(chat) => read_in_chat(view, me, chat, id),
        Peer::Channel(channel) => read_by(view, me, channel, id),
        Peer::User(_) => Err(Refusal::PeerIdInvalid.into()),
    });
    let readers = readers.await?;
    let one = |(user, date)| {
        types::ReadParticipantDate { user_id: render::user::id(user), date: render::message::date(date) }.into()
    };
    Ok(readers.into_iter().map(one).collect())
}

async fn save_default_send_as(cx: Cx, request: SaveDefaultSendAs) -> Result<bool, RpcError> {
    let (by, channel) = (cx.me()?, channel(&cx, &request.peer)?);
    let send_as = input::peer(&cx.domain, by.user, &request.send_as).map_err(|_| Refusal::SendAsPeerInvalid)?;
    cx.domain.command(SaveSendAs { by, channel, send_as }).await?;
    Ok(true)
}

async fn delete_participant_reaction(cx: Cx, request: DeleteParticipantReaction) -> Result<enums::Updates, RpcError> {
    let (by, channel) = (cx.me()?, channel(&cx, &request.peer)?);
    let command = TakeReactionsBack {
        by,
        channel,
        participant: participant(&cx, &request.participant)?,
        message: Some(MessageId(request.msg_id)),
    };
    let entry = cx.domain.command(command).await?;
    let told = entry.into_iter().map(|it| (channel.into(), it)).collect();
    Ok(render::updates::told(&cx.domain, by.user, told).await?)
}

async fn delete_participant_reactions(cx: Cx, request: DeleteParticipantReactions) -> Result<bool, RpcError> {
    let (by, channel) = (cx.me()?, channel(&cx, &request.peer)?);
    let participant = participant(&cx, &request.participant)?;
    cx.domain.command(TakeReactionsBack { by, channel, participant, message: None }).await?;
    Ok(true)
}

fn participant(cx: &Cx, it: &enums::InputPeer) -> Result<domain::UserId, RpcError> {
    let peer = input::peer(&cx.domain, cx.user()?, it).ok().and_then(Peer::user);
    peer.ok_or_else(|| Refusal::ParticipantIdInvalid.into())
}
