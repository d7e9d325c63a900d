//! `updates.*`: state and difference. Source: core.telegram.org/api/updates.

use domain::{
    Pts, Refusal, UserId, View,
    messages::{self, dialogs},
    updates::{
        Change, LogEntry, counters,
        difference::{self, Difference},
    },
};
use tl::{
    enums,
    functions::updates::{GetChannelDifference, GetDifference, GetState},
    types,
};

use crate::{Cx, RpcError, render, table::Row};

const ROWS: &[Row] = crate::methods! {
    GetChannelDifference, UserOrBot, Light => get_channel_difference;
    GetDifference, UserOrBot, Light => get_difference;
    GetState, UserOrBot, Light => get_state;
};

/// The namespace's methods, a table for each group.
pub fn tables() -> &'static [&'static [Row]] {
    &[ROWS]
}

async fn get_state(cx: Cx, _request: GetState) -> Result<enums::updates::State, RpcError> {
    let me = cx.user()?;
    state(&cx, me).await
}

/// Where the caller's log stands.
pub(crate) async fn state(cx: &Cx, me: UserId) -> Result<enums::updates::State, RpcError> {
    let pts = cx.domain.query(|view| Ok(counters(view, me)?.pts)).await?;
    let unread = cx.domain.query(|view| unread(view, me)).await?;
    Ok(state_at(cx, pts, unread))
}

fn state_at(cx: &Cx, pts: Pts, unread_count: i32) -> enums::updates::State {
    types::updates::State { pts: pts.0, qts: 0, date: cx.date(), seq: 0, unread_count }.into()
}

fn unread(view: &dyn View, me: UserId) -> domain::Decided<i32> {
    let all = dialogs::all(view, me)?;
    let sum: u32 = all.iter().map(|(_, row)| row.unread).sum();
    Ok(i32::try_from(sum).unwrap_or(i32::MAX))
}

async fn get_difference(cx: Cx, request: GetDifference) -> Result<enums::updates::Difference, RpcError> {
    let me = cx.user()?;
    if request.pts <= 0 || request.date < 0 {
        return Err(Refusal::PersistentTimestampInvalid.into());
    }
    let (from, since) = (Pts(request.pts), u32::try_from(request.date).unwrap_or(0));
    let total = request.pts_total_limit;
    let limit = request.pts_limit.and_then(|it| usize::try_from(it).ok());
    let found = cx.domain.query(|view| difference::difference(view, me, from, since, limit, total)).await?;
    match found {
        Difference::Empty => Ok(types::updates::DifferenceEmpty { date: cx.date(), seq: 0 }.into()),
        Difference::TooLong(pts) => Ok(types::updates::DifferenceTooLong { pts: pts.0 }.into()),
        Difference::Entries { entries, pts, more } => answer(&cx, me, entries, pts, more).await,
    }
}

/// New messages as they are now; those deleted meanwhile are left out, everything else as updates.
async fn answer(
    cx: &Cx,
    me: UserId,
    entries: Vec<LogEntry>,
    pts: Pts,
    more: bool,
) -> Result<enums::updates::Difference, RpcError> {
    let is_new = |entry: &&LogEntry| matches!(entry.change, Change::NewMessage { .. });
    let ids: Vec<_> = entries.iter().filter(is_new).filter_map(new_message).collect();
    let others: Vec<_> = entries.iter().filter(|entry| !is_new(entry)).cloned().collect();
    let (seen, rest, unread) = cx
        .domain
        .query(|view| {
            let seen = messages::seen_all(view, me, ids.iter().copied())?;
            let mut rest = render::updates::render(view, me, &others)?;
            rest.named.messages(&seen);
            rest.shown = rest.named.read(view, me)?;
            Ok((seen, rest, unread(view, me)?))
        })
        .await?;
    let (users, chats) = (rest.shown.users(), rest.shown.chats());
    let new_messages = render::message::messages(me, &seen);
    let state = state_at(cx, pts, unread);
    let (new_encrypted_messages, other_updates) = (Vec::new(), rest.updates);
    Ok(match more {
        true => types::updates::DifferenceSlice {
            new_messages,
            new_encrypted_messages,
            other_updates,
            chats,
            users,
            intermediate_state: state,
        }
        .into(),
        false => {
            types::updates::Difference { new_messages, new_encrypted_messages, other_updates, chats, users, state }
                .into()
        }
    })
}

fn new_message(entry: &LogEntry) -> Option<domain::MessageId> {
    match entry.change {
        Change::NewMessage { message, .. } => Some(message),
        _ => None,
    }
}

/// There are no channels yet, so none has a difference.
async fn get_channel_difference(
    _cx: Cx,
    _request: GetChannelDifference,
) -> Result<enums::updates::ChannelDifference, RpcError> {
    Err(Refusal::ChannelInvalid.into())
}
