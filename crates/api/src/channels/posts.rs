//! Messages of channels, by their numbers there.

use domain::{
    MessageId, Peer, Refusal,
    groups::access,
    messages::{
        SeenMessage, pinned,
        posts::{ClearChannel, DeletePosts, contents::ReadChannelContents, purge::DeleteParticipantHistory, voice},
        read::ReadHistory as Read,
        seen_in,
    },
};
use tl::{
    enums,
    functions::channels::{
        DeleteHistory, DeleteMessages, DeleteParticipantHistory as DeleteOfParticipant, GetMessages, GetSendAs,
        ReadHistory, ReadMessageContents,
    },
    types,
};

use crate::{
    Cx, RpcError, input,
    messages::{
        delete::{affected, affected_history},
        history::{Counted, of_channel},
    },
    render::{self, named::Named},
    table::Row,
};

/// Messages asked for by number at once.
const MESSAGES_MAX: usize = 200;

pub(crate) const ROWS: &[Row] = crate::methods! {
    DeleteHistory, User, Write => delete_history;
    DeleteMessages, UserOrBot, Write => delete_messages;
    DeleteOfParticipant, User, Write => delete_participant_history;
    GetMessages, UserOrBot, Light => get_messages;
    GetSendAs, User, Light => get_send_as;
    ReadHistory, User, Light => read_history;
    ReadMessageContents, User, Light => read_message_contents;
};

async fn get_messages(cx: Cx, request: GetMessages) -> Result<enums::messages::Messages, RpcError> {
    let me = cx.user()?;
    let channel = input::channel(&cx.domain, me, &request.channel)?;
    if request.id.is_empty() {
        return Err(Refusal::MessageIdsEmpty.into());
    }
    if request.id.len() > MESSAGES_MAX {
        return Err(Refusal::LimitInvalid.into());
    }
    let (found, shown) = cx
        .domain
        .query(|view| {
            let access = access::reader(view, channel, me)?;
            let one = |id: MessageId| {
                let shown = access.shows(id).then_some(id);
                Ok::<_, domain::Stop>(seen_in(view, me, access.log(), shown)?.pop())
            };
            let mut found: Vec<(i32, Option<SeenMessage>)> = Vec::with_capacity(request.id.len());
            for input in &request.id {
                found.push(match input {
                    enums::InputMessage::Id(it) => (it.id, one(MessageId(it.id))?),
                    enums::InputMessage::ReplyTo(it) => {
                        let answered = one(MessageId(it.id))?.and_then(|it| it.reply_to);
                        (it.id, answered.map_or(Ok(None), one)?)
                    }
                    enums::InputMessage::Pinned => {
                        let last = pinned::last(view, access.log(), access.peer())?;
                        (last.map_or(0, |it| it.0), last.map_or(Ok(None), one)?)
                    }
                    enums::InputMessage::CallbackQuery(_) => (0, None),
                });
            }
            let mut named = Named::of(found.iter().filter_map(|(_, it)| it.as_ref()));
            named.peer(access.peer());
            Ok((found, named.read(view, me)?))
        })
        .await?;
    let peer_id = Some(render::user::peer(Peer::Channel(channel)));
    let empty = |id| types::MessageEmpty { id, peer_id: peer_id.clone() }.into();
    let one = |(id, seen): &(i32, Option<SeenMessage>)| {
        seen.as_ref().map_or_else(|| empty(*id), |it| render::message::message(me, it))
    };
    let messages: Vec<_> = found.iter().map(one).collect();
    let counted = Counted { count: i32::try_from(messages.len()).unwrap_or(i32::MAX), before: None, inexact: false };
    of_channel(&cx, channel, messages, &shown, counted).await
}

async fn delete_messages(cx: Cx, request: DeleteMessages) -> Result<enums::messages::AffectedMessages, RpcError> {
    let by = cx.me()?;
    let channel = input::channel(&cx.domain, by.user, &request.channel)?;
    let messages = request.id.into_iter().map(MessageId).collect();
    let entry = cx.domain.command(DeletePosts { by, channel, messages }).await?;
    affected(&cx, channel, entry.as_ref()).await
}

async fn delete_history(cx: Cx, request: DeleteHistory) -> Result<enums::Updates, RpcError> {
    let by = cx.me()?;
    let channel = input::channel(&cx.domain, by.user, &request.channel)?;
    let max_id = MessageId(request.max_id);
    let told = cx.domain.command(ClearChannel { by, channel, max_id, for_everyone: request.for_everyone }).await?;
    Ok(render::updates::told(&cx.domain, by.user, told).await?)
}

/// The first step is done at once, the others by themselves, so a client need not ask again.
async fn delete_participant_history(
    cx: Cx,
    request: DeleteOfParticipant,
) -> Result<enums::messages::AffectedHistory, RpcError> {
    let by = cx.me()?;
    let channel = input::channel(&cx.domain, by.user, &request.channel)?;
    let participant = input::peer(&cx.domain, by.user, &request.participant);
    let participant = participant.map_err(|_| Refusal::ParticipantIdInvalid)?;
    let entry = cx.domain.command(DeleteParticipantHistory { by, channel, participant }).await?;
    affected_history(&cx, channel, entry.as_ref(), false).await
}

async fn read_history(cx: Cx, request: ReadHistory) -> Result<bool, RpcError> {
    let by = cx.me()?;
    let channel = input::channel(&cx.domain, by.user, &request.channel)?;
    let max_id = MessageId(request.max_id);
    cx.domain.command(Read { by, peer: Peer::Channel(channel), max_id }).await?;
    Ok(true)
}

async fn read_message_contents(cx: Cx, request: ReadMessageContents) -> Result<bool, RpcError> {
    let by = cx.me()?;
    let channel = input::channel(&cx.domain, by.user, &request.channel)?;
    let messages = request.id.into_iter().map(MessageId).collect();
    cx.domain.command(ReadChannelContents { by, channel, messages }).await?;
    Ok(true)
}

async fn get_send_as(cx: Cx, request: GetSendAs) -> Result<enums::channels::SendAsPeers, RpcError> {
    let me = cx.user()?;
    let channel = input::peer(&cx.domain, me, &request.peer)?.channel().ok_or(Refusal::PeerIdInvalid)?;
    let (all, shown) = cx
        .domain
        .query(|view| {
            let all = voice::identities(view, me, channel)?;
            let mut named = Named::default();
            all.iter().for_each(|it| named.peer(*it));
            Ok((all, named.read(view, me)?))
        })
        .await?;
    let peer = |it| types::SendAsPeer { premium_required: false, peer: render::user::peer(it) }.into();
    let peers = all.into_iter().map(peer).collect();
    Ok(types::channels::SendAsPeers { peers, chats: shown.chats(), users: shown.users() }.into())
}

#[cfg(test)]
mod tests;
