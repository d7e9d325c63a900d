//! Deleting messages and chats.

use domain::{
    MessageId, UserId,
    messages::delete::{DeleteHistory as Clear, DeleteMessages as Delete},
    updates::{LogEntry, counters},
};
use tl::{
    enums,
    functions::messages::{DeleteHistory, DeleteMessages},
    types,
};

use crate::{Cx, RpcError, input::peer, table::Row};

pub(crate) const ROWS: &[Row] = crate::methods! {
    DeleteHistory, User, Write => delete_history;
    DeleteMessages, UserOrBot, Write => delete_messages;
};

async fn delete_messages(cx: Cx, request: DeleteMessages) -> Result<enums::messages::AffectedMessages, RpcError> {
    let by = cx.me()?;
    let messages = request.id.into_iter().map(MessageId).collect();
    let entry = cx.domain.command(Delete { by, messages, revoke: request.revoke }).await?;
    affected(&cx, by.user, entry.as_ref()).await
}

async fn delete_history(cx: Cx, request: DeleteHistory) -> Result<enums::messages::AffectedHistory, RpcError> {
    let by = cx.me()?;
    let date = |it: Option<i32>| it.and_then(|it| u32::try_from(it).ok()).unwrap_or(0);
    let command = Clear {
        by,
        peer: peer(&cx.domain, by.user, &request.peer)?,
        max_id: MessageId(request.max_id),
        just_clear: request.just_clear,
        revoke: request.revoke,
        min_date: date(request.min_date),
        max_date: date(request.max_date),
    };
    let step = cx.domain.command(command).await?;
    let (pts, pts_count) = numbers(&cx, by.user, step.entry.as_ref()).await?;
    Ok(types::messages::AffectedHistory { pts, pts_count, offset: i32::from(step.more) }.into())
}

/// Where the log stands after a change, and how far the change moved it.
pub(super) async fn affected(
    cx: &Cx,
    me: UserId,
    entry: Option<&LogEntry>,
) -> Result<enums::messages::AffectedMessages, RpcError> {
    let (pts, pts_count) = numbers(cx, me, entry).await?;
    Ok(types::messages::AffectedMessages { pts, pts_count }.into())
}

async fn numbers(cx: &Cx, me: UserId, entry: Option<&LogEntry>) -> Result<(i32, i32), RpcError> {
    match entry {
        Some(entry) => Ok((entry.pts.0, entry.count)),
        None => Ok((cx.domain.query(|view| counters(view, me)).await?.pts.0, 0)),
    }
}
