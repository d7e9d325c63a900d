//! Sending texts, typing, and service messages that people cause.

use domain::{
    LogId, MessageId, Peer, Refusal, UserId,
    groups::basic::info::Info,
    messages::{
        Media,
        media::SendMedia,
        scheduled::SendLater,
        send::{SendMessage as Send, Sent},
        settings::{Screenshot, SetHistoryTtl as SetTtl},
        typing::SetTyping as Type,
        webpages::Wish,
    },
    updates::{Change, LogEntry},
};
use tl::{
    Serializable, enums,
    functions::messages::{SendMessage, SendScreenshotNotification, SetHistoryTtl, SetTyping},
    types,
};

use super::{input, scheduled::schedule};
use crate::{Cx, RpcError, input::peer, render, table::Row};

pub(crate) const ROWS: &[Row] = crate::methods! {
    SendMessage, UserOrBot, Send => send_message;
    SendScreenshotNotification, User, Send => send_screenshot_notification;
    SetHistoryTtl, User, Write => set_history_ttl;
    SetTyping, UserOrBot, Light => set_typing;
};

async fn send_message(cx: Cx, request: SendMessage) -> Result<enums::Updates, RpcError> {
    refuse_later(&request)?;
    let by = cx.me()?;
    let media = match request.invert_media {
        true => Media::WebPage(Box::new(Wish { inverted: true, ..Wish::default() })),
        false => Media::None,
    };
    let command = Send {
        by,
        peer: peer(&cx.domain, by.user, &request.peer)?,
        text: request.message,
        entities: input::entities(&cx, request.entities.as_ref())?,
        reply: input::reply(&cx, request.reply_to.as_ref())?,
        random_id: request.random_id,
        silent: request.silent,
        noforwards: request.noforwards,
        no_webpage: request.no_webpage,
        clear_draft: request.clear_draft,
        send_as: input::send_as(&cx, request.send_as.as_ref())?,
        album: 0,
    };
    let (peer, random_id) = (command.peer, command.random_id);
    let sent = match schedule(request.schedule_date, request.schedule_repeat_period)? {
        Some(at) => cx.domain.command(SendLater { send: command, media, at }).await?,
        None => cx.domain.command(SendMedia { send: command, media }).await?,
    };
    answer(&cx, peer, vec![(sent, random_id)]).await
}

/// What belongs to later issues is refused by name, never dropped in silence.
fn refuse_later(request: &SendMessage) -> Result<(), RpcError> {
    if request.rich_message.is_some() || request.suggested_post.is_some() || request.quick_reply_shortcut.is_some() {
        return Err(Refusal::InputConstructorInvalid.into());
    }
    Ok(())
}

/// What the sender's own session learns: never the short form, which two clients don't take.
/// A message sent before is named again without a number in the log: the client has it, or will
/// find it in its difference. Source: observed with mtcute 0.30.3 and kurigram.
pub(super) async fn answer(cx: &Cx, peer: Peer, sent: Vec<(Sent, i64)>) -> Result<enums::Updates, RpcError> {
    let me = cx.user()?;
    let mut entries = Vec::with_capacity(sent.len());
    let mut repeated = Vec::new();
    for (sent, random_id) in sent {
        match sent.entry {
            Some(entry) => entries.push((log_of(me, peer, &entry), entry)),
            None => repeated.push(types::UpdateMessageId { id: sent.message.0, random_id }.into()),
        }
    }
    let answer = render::updates::told(&cx.domain, me, entries).await?;
    Ok(match answer {
        enums::Updates::Updates(it) if !repeated.is_empty() => {
            types::Updates { updates: repeated.into_iter().chain(it.updates).collect(), ..it }.into()
        }
        other => other,
    })
}

/// Whose log an entry is of that something sent to a chat made: queues are the sender's own.
pub(super) fn log_of(me: UserId, peer: Peer, entry: &LogEntry) -> LogId {
    match entry.change {
        Change::NewScheduled { .. } | Change::DeleteScheduled { .. } => me.into(),
        _ => peer.log(me),
    }
}

async fn set_typing(cx: Cx, request: SetTyping) -> Result<bool, RpcError> {
    let by = cx.me()?;
    let peer = peer(&cx.domain, by.user, &request.peer)?;
    cx.domain
        .command(Type { by, peer, action: request.action.to_bytes().into(), top: request.top_msg_id.map(MessageId) })
        .await?;
    Ok(true)
}

async fn set_history_ttl(cx: Cx, request: SetHistoryTtl) -> Result<enums::Updates, RpcError> {
    let by = cx.me()?;
    let period = u32::try_from(request.period).map_err(|_| Refusal::TtlPeriodInvalid)?;
    let peer = peer(&cx.domain, by.user, &request.peer)?;
    if let Peer::Chat(chat) = peer {
        return super::groups::manage::edit(&cx, chat, Info::Ttl(period)).await;
    }
    let entries = cx.domain.command(SetTtl { by, peer, period }).await?;
    let entries = entries.into_iter().map(|it| (peer.log(by.user), it)).collect();
    Ok(render::updates::told(&cx.domain, by.user, entries).await?)
}

async fn send_screenshot_notification(cx: Cx, request: SendScreenshotNotification) -> Result<enums::Updates, RpcError> {
    let by = cx.me()?;
    let (peer, random_id) = (peer(&cx.domain, by.user, &request.peer)?, request.random_id);
    let sent = cx.domain.command(Screenshot { by, peer, random_id }).await?;
    answer(&cx, peer, vec![(sent, random_id)]).await
}
