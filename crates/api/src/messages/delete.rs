//! Deleting messages and chats.

use domain::{
    LogId, MessageId,
    messages::{
        delete::{DeleteHistory as Clear, DeleteMessages as Delete, MESSAGES_MAX},
        history::{Part, Place},
        search::{Query, Wanted, search},
    },
    updates::{LogEntry, counters},
};
use tl::{
    enums,
    functions::messages::{DeleteHistory, DeleteMessages, DeletePhoneCallHistory},
    types,
};

use crate::{Cx, RpcError, input::peer, table::Row};

pub(crate) const ROWS: &[Row] = crate::methods! {
    DeleteHistory, User, Write => delete_history;
    DeleteMessages, UserOrBot, Write => delete_messages;
    DeletePhoneCallHistory, User, Write => delete_phone_call_history;
};

async fn delete_messages(cx: Cx, request: DeleteMessages) -> Result<enums::messages::AffectedMessages, RpcError> {
    let by = cx.me()?;
    let messages = request.id.into_iter().map(MessageId).collect();
    let entry = cx.domain.command(Delete { by, messages, revoke: request.revoke }).await?;
    affected(&cx, by.user, entry.as_ref()).await
}

async fn delete_history(cx: Cx, request: DeleteHistory) -> Result<enums::messages::AffectedHistory, RpcError> {
    let by = cx.me()?;
    let command = Clear {
        by,
        place: Place::Chat(peer(&cx.domain, by.user, &request.peer)?),
        max_id: MessageId(request.max_id),
        just_clear: request.just_clear,
        revoke: request.revoke,
        min_date: moment(request.min_date),
        max_date: moment(request.max_date),
    };
    let step = cx.domain.command(command).await?;
    affected_history(&cx, by.user, step.entry.as_ref(), step.more).await
}

/// Calls are messages of a kind that the search knows; a step deletes a page of what it finds.
async fn delete_phone_call_history(
    cx: Cx,
    request: DeletePhoneCallHistory,
) -> Result<enums::messages::AffectedFoundMessages, RpcError> {
    let by = cx.me()?;
    let calls = types::InputMessagesFilterPhoneCalls { missed: false }.into();
    let query = Query { filter: super::search::filter(&calls), ..Query::default() };
    let limit = i32::try_from(MESSAGES_MAX).unwrap_or(i32::MAX);
    let wanted = Wanted { query, part: Part { limit, ..Part::default() }, ..Wanted::default() };
    let found = cx.domain.query(|view| search(view, by.user, &wanted)).await?;
    let ids: Vec<_> = found.messages.iter().map(|it| it.id).collect();
    let entry = match ids.is_empty() {
        true => None,
        false => cx.domain.command(Delete { by, messages: ids.clone(), revoke: request.revoke }).await?,
    };
    let (pts, pts_count) = numbers(&cx, by.user, entry.as_ref()).await?;
    let (offset, messages) = (i32::from(found.count > ids.len()), ids.iter().map(|it| it.0).collect());
    Ok(types::messages::AffectedFoundMessages { pts, pts_count, offset, messages }.into())
}

/// What a step of a longer change came to; an offset above 0 has the client ask again.
pub(crate) async fn affected_history(
    cx: &Cx,
    log: impl Into<LogId>,
    entry: Option<&LogEntry>,
    more: bool,
) -> Result<enums::messages::AffectedHistory, RpcError> {
    let (pts, pts_count) = numbers(cx, log, entry).await?;
    Ok(types::messages::AffectedHistory { pts, pts_count, offset: i32::from(more) }.into())
}

/// A moment that a request may name; 0: none.
pub(super) fn moment(at: Option<i32>) -> u32 {
    at.and_then(|it| u32::try_from(it).ok()).unwrap_or(0)
}

/// Where the log stands after a change, and how far the change moved it.
pub(crate) async fn affected(
    cx: &Cx,
    log: impl Into<LogId>,
    entry: Option<&LogEntry>,
) -> Result<enums::messages::AffectedMessages, RpcError> {
    let (pts, pts_count) = numbers(cx, log, entry).await?;
    Ok(types::messages::AffectedMessages { pts, pts_count }.into())
}

pub(super) async fn numbers(cx: &Cx, log: impl Into<LogId>, entry: Option<&LogEntry>) -> Result<(i32, i32), RpcError> {
    let log = log.into();
    match entry {
        Some(entry) => Ok((entry.pts.0, entry.count)),
        None => Ok((cx.domain.query(|view| counters(view, log)).await?.pts.0, 0)),
    }
}
