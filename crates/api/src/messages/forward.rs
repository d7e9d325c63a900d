//! Forwarding.

use domain::{
    MessageId,
    messages::{
        forward::{ForwardMessages as Forward, MESSAGES_MAX, at_once},
        scheduled::ForwardLater,
        send::Sent,
    },
};
use tl::{enums, functions::messages::ForwardMessages};

use super::{input, scheduled::schedule, send::answer};
use crate::{Cx, RpcError, input::peer, table::Row};

pub(crate) const ROWS: &[Row] = crate::methods! {
    ForwardMessages, UserOrBot, Send => forward_messages;
};

async fn forward_messages(cx: Cx, request: ForwardMessages) -> Result<enums::Updates, RpcError> {
    let by = cx.me()?;
    let command = Forward {
        by,
        from: peer(&cx.domain, by.user, &request.from_peer)?,
        to: peer(&cx.domain, by.user, &request.to_peer)?,
        messages: request.id.into_iter().map(MessageId).collect(),
        random_ids: request.random_id.clone(),
        drop_author: request.drop_author,
        silent: request.silent,
        noforwards: request.noforwards,
        send_as: input::send_as(&cx, request.send_as.as_ref())?,
        top: request.top_msg_id.map(MessageId),
    };
    let to = command.to;
    let sent = match schedule(request.schedule_date, request.schedule_repeat_period)? {
        Some(at) => cx.domain.command(ForwardLater { forward: command, at }).await?,
        None => in_parts(&cx, command).await?,
    };
    answer(&cx, to, sent.into_iter().zip(request.random_id).collect()).await
}

/// In a basic group everybody has a copy, so that many messages go in several commands.
async fn in_parts(cx: &Cx, command: Forward) -> Result<Vec<Sent>, RpcError> {
    let part = cx.domain.query(|view| at_once(view, command.to)).await?;
    let few = command.messages.len() <= part || command.messages.len() != command.random_ids.len();
    if few || command.messages.len() > MESSAGES_MAX {
        return Ok(cx.domain.command(command).await?);
    }
    let mut sent = Vec::with_capacity(command.messages.len());
    for (messages, random_ids) in command.messages.chunks(part).zip(command.random_ids.chunks(part)) {
        let step = Forward { messages: messages.to_vec(), random_ids: random_ids.to_vec(), ..command.clone() };
        sent.extend(cx.domain.command(step).await?);
    }
    Ok(sent)
}
