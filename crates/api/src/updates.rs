//! `updates.*`: state and difference. Source: core.telegram.org/api/updates.

pub mod channel;
#[cfg(test)]
mod tests;

use channel::get_channel_difference;
use domain::{
    ChannelId, Peer, Pts, Refusal, UserId, View,
    messages::{self, dialogs},
    updates::{
        Change, LogEntry, channels, counters,
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
    let date = cx.date();
    let pts = cx.domain.query(|view| Ok(counters(view, me)?.pts)).await?;
    let unread = cx.domain.query(|view| unread(view, me)).await?;
    Ok(state_at(date, pts, unread))
}

/// `date` is from before the logs were read: what they gain meanwhile is told again, rather than not at all.
fn state_at(date: i32, pts: Pts, unread_count: i32) -> enums::updates::State {
    types::updates::State { pts: pts.0, qts: 0, date, seq: 0, unread_count }.into()
}

fn unread(view: &dyn View, me: UserId) -> domain::Decided<i32> {
    Ok(i32::try_from(dialogs::unread(view, me)?).unwrap_or(i32::MAX))
}

async fn get_difference(cx: Cx, request: GetDifference) -> Result<enums::updates::Difference, RpcError> {
    let me = cx.user()?;
    if request.pts <= 0 || request.date < 0 {
        return Err(Refusal::PersistentTimestampInvalid.into());
    }
    let (from, since) = (Pts(request.pts), u32::try_from(request.date).unwrap_or(0));
    let (now, total) = (cx.date(), request.pts_total_limit);
    let limit = request.pts_limit.and_then(|it| usize::try_from(it).ok());
    let (found, moved) = cx
        .domain
        .query(|view| {
            let found = difference::difference(view, me, from, since, limit, total)?;
            Ok((found, channels::moved(view, me, since)?))
        })
        .await?;
    let (entries, pts, more) = match found {
        Difference::Empty if moved.is_empty() => {
            return Ok(types::updates::DifferenceEmpty { date: now, seq: 0 }.into());
        }
        Difference::Empty => (Vec::new(), from, false),
        Difference::TooLong(pts) => return Ok(types::updates::DifferenceTooLong { pts: pts.0 }.into()),
        Difference::Entries { entries, pts, more } => (entries, pts, more),
    };
    // Until the last slice the client's date stands: what it does not name yet is asked about by it.
    let (moved, date) = if more { (Vec::new(), request.date) } else { (moved, now) };
    answer(&cx, me, Told { entries, moved, pts, date, more }).await
}

/// One answer's part of what happened.
struct Told {
    entries: Vec<LogEntry>,
    /// Channels with news.
    moved: Vec<(ChannelId, Pts)>,
    pts: Pts,
    date: i32,
    more: bool,
}

/// New messages as they are now; those deleted meanwhile are left out, everything else as updates. The last
/// slice names the channels with news, of which the client asks each. Source: core.telegram.org/api/updates;
/// TDLib, Telethon and mtcute learn in no other way of what channels said while they were away.
async fn answer(cx: &Cx, me: UserId, told: Told) -> Result<enums::updates::Difference, RpcError> {
    let Told { entries, moved, pts, date, more } = told;
    let is_new = |entry: &&LogEntry| matches!(entry.change, Change::NewMessage { .. });
    let ids: Vec<_> = entries.iter().filter(is_new).filter_map(new_message).collect();
    let others: Vec<_> = entries.iter().filter(|entry| !is_new(entry)).cloned().collect();
    let (seen, rest, unread) = cx
        .domain
        .query(|view| {
            let seen = messages::seen_all(view, me, ids.iter().copied())?;
            let mut rest = render::updates::render(view, me, &others)?;
            rest.named.messages(&seen);
            for (channel, pts) in &moved {
                rest.named.peer(Peer::Channel(*channel));
                rest.updates.push(channel::too_long(*channel, *pts));
            }
            rest.shown = rest.named.read(view, me)?;
            Ok((seen, rest, unread(view, me)?))
        })
        .await?;
    let (users, chats) = (rest.shown.users(), rest.shown.chats());
    let new_messages = render::message::messages(me, &seen);
    let state = state_at(date, pts, unread);
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
