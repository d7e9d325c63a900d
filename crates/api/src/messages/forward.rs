//! Forwarding.

use domain::{
    MessageId,
    messages::{forward::ForwardMessages as Forward, scheduled::ForwardLater},
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
    };
    let to = command.to;
    let sent = match schedule(request.schedule_date, request.schedule_repeat_period)? {
        Some(at) => cx.domain.command(ForwardLater { forward: command, at }).await?,
        None => cx.domain.command(command).await?,
    };
    answer(&cx, to, sent.into_iter().zip(request.random_id).collect()).await
}
