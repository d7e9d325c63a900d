//! Read marks.

use domain::{
    MessageId,
    messages::{
        reactions::unread::ReadContents,
        read::{self, ReadHistory as Read},
    },
};
use tl::{
    enums,
    functions::messages::{GetOutboxReadDate, ReadHistory, ReadMessageContents, ReceivedMessages},
    types,
};

use super::delete::affected;
use crate::{Cx, RpcError, input::peer, table::Row};

pub(crate) const ROWS: &[Row] = crate::methods! {
    GetOutboxReadDate, User, Light => get_outbox_read_date;
    ReadHistory, User, Light => read_history;
    ReadMessageContents, User, Light => read_message_contents;
    ReceivedMessages, User, Light => received_messages;
};

async fn read_history(cx: Cx, request: ReadHistory) -> Result<enums::messages::AffectedMessages, RpcError> {
    let by = cx.me()?;
    let command = Read { by, peer: peer(&cx.domain, by.user, &request.peer)?, max_id: MessageId(request.max_id) };
    let entry = cx.domain.command(command).await?;
    affected(&cx, by.user, entry.as_ref()).await
}

/// Reactions are what there is to be seen so far: media and mentions come with their issues.
async fn read_message_contents(
    cx: Cx,
    request: ReadMessageContents,
) -> Result<enums::messages::AffectedMessages, RpcError> {
    let by = cx.me()?;
    let messages = request.id.into_iter().map(MessageId).collect();
    let entry = cx.domain.command(ReadContents { by, messages }).await?;
    affected(&cx, by.user, entry.as_ref()).await
}

/// Nothing waits to be received: pushes are sent as they happen.
async fn received_messages(_cx: Cx, _request: ReceivedMessages) -> Result<Vec<enums::ReceivedNotifyMessage>, RpcError> {
    Ok(Vec::new())
}

async fn get_outbox_read_date(cx: Cx, request: GetOutboxReadDate) -> Result<enums::OutboxReadDate, RpcError> {
    let me = cx.user()?;
    let peer = peer(&cx.domain, me, &request.peer)?;
    let date = cx.domain.query(|view| read::read_date(view, me, peer, MessageId(request.msg_id))).await?;
    Ok(types::OutboxReadDate { date: i32::try_from(date).unwrap_or(i32::MAX) }.into())
}
