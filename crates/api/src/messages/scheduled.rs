//! Messages to be sent later.

use domain::{
    MessageId, Refusal,
    messages::scheduled::{self, DeleteScheduled, Schedule, SeenScheduled, SendScheduled},
};
use tl::{
    enums,
    functions::messages::{DeleteScheduledMessages, GetScheduledHistory, GetScheduledMessages, SendScheduledMessages},
    types,
};

use super::send::log_of;
use crate::{
    Cx, RpcError,
    input::peer,
    render::{self, named::Named},
    table::Row,
};

pub(crate) const ROWS: &[Row] = crate::methods! {
    DeleteScheduledMessages, User, Write => delete_scheduled_messages;
    GetScheduledHistory, User, Light => get_scheduled_history;
    GetScheduledMessages, User, Light => get_scheduled_messages;
    SendScheduledMessages, User, Send => send_scheduled_messages;
};

/// When a message is to be sent; `None`: now.
pub(super) fn schedule(date: Option<i32>, repeat: Option<i32>) -> Result<Option<Schedule>, RpcError> {
    let number = |it: i32| u32::try_from(it).map_err(|_| Refusal::ScheduleDateInvalid);
    match (date, repeat.unwrap_or(0)) {
        (None, 0) => Ok(None),
        (None, _) => Err(Refusal::ScheduleDateInvalid.into()),
        (Some(date), repeat) => Ok(Some(Schedule { date: number(date)?, repeat: number(repeat)? })),
    }
}

async fn get_scheduled_history(cx: Cx, request: GetScheduledHistory) -> Result<enums::messages::Messages, RpcError> {
    let me = cx.user()?;
    let peer = peer(&cx.domain, me, &request.peer)?;
    let all = cx.domain.query(|view| scheduled::history(view, me, peer)).await?;
    // Source: TDLib 1.8.66 asks with number, edit date and date of each message.
    let numbers = |it: &SeenScheduled| {
        let it = &it.message;
        [i64::from(it.id.0), i64::from(it.row.edit_date), i64::from(it.row.date)]
    };
    let hash = render::hash::of(all.iter().flat_map(numbers));
    if request.hash != 0 && request.hash == hash {
        let count = i32::try_from(all.len()).unwrap_or(i32::MAX);
        return Ok(types::messages::MessagesNotModified { count }.into());
    }
    answer(&cx, all.into_iter().map(Ok).collect()).await
}

async fn get_scheduled_messages(cx: Cx, request: GetScheduledMessages) -> Result<enums::messages::Messages, RpcError> {
    let me = cx.user()?;
    let peer = peer(&cx.domain, me, &request.peer)?;
    if request.id.len() > scheduled::QUEUE_MAX {
        return Err(Refusal::LimitInvalid.into());
    }
    let one = |view: &dyn domain::View, id: i32| Ok(scheduled::scheduled(view, me, peer, MessageId(id))?.ok_or(id));
    let found = cx.domain.query(|view| request.id.iter().map(|id| one(view, *id)).collect()).await?;
    answer(&cx, found).await
}

/// Queued messages, and the numbers of those that are not there.
async fn answer(cx: &Cx, all: Vec<Result<SeenScheduled, i32>>) -> Result<enums::messages::Messages, RpcError> {
    let me = cx.user()?;
    let named = Named::of(all.iter().flatten().map(|it| &it.message));
    let shown = cx.domain.query(|view| named.read(view, me)).await?;
    let one = |it: &Result<SeenScheduled, i32>| match it {
        Ok(seen) => render::message::scheduled(me, seen),
        Err(id) => types::MessageEmpty { id: *id, peer_id: None }.into(),
    };
    let messages = all.iter().map(one).collect();
    let (chats, users) = (shown.chats(), shown.users());
    Ok(types::messages::Messages { messages, topics: Vec::new(), chats, users }.into())
}

async fn send_scheduled_messages(cx: Cx, request: SendScheduledMessages) -> Result<enums::Updates, RpcError> {
    let by = cx.me()?;
    let peer = peer(&cx.domain, by.user, &request.peer)?;
    let messages = request.id.into_iter().map(MessageId).collect();
    let entries = cx.domain.command(SendScheduled { by, peer, messages }).await?;
    let entries = entries.into_iter().map(|it| (log_of(by.user, peer, &it), it)).collect();
    Ok(render::updates::told(&cx.domain, by.user, entries).await?)
}

async fn delete_scheduled_messages(cx: Cx, request: DeleteScheduledMessages) -> Result<enums::Updates, RpcError> {
    let by = cx.me()?;
    let peer = peer(&cx.domain, by.user, &request.peer)?;
    let messages = request.id.into_iter().map(MessageId).collect();
    let entry = cx.domain.command(DeleteScheduled { by, peer, messages }).await?;
    Ok(render::updates::entries(&cx.domain, by.user, entry.into_iter().collect()).await?)
}
