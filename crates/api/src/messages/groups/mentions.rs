//! Messages that mention the reader.

use domain::{
    MessageId,
    messages::{
        marks::{self, Mark, Part},
        mentions::ReadMentions as Read,
        seen_in,
    },
};
use tl::{
    enums,
    functions::messages::{GetUnreadMentions, ReadMentions},
    types,
};

use crate::{
    Cx, RpcError,
    input::peer,
    messages::{
        delete::affected_history,
        history::{Counted, admit, of_channel},
    },
    render::{self, named::Named},
    table::Row,
};

pub(crate) const ROWS: &[Row] = crate::methods! {
    GetUnreadMentions, User, Light => get_unread_mentions;
    ReadMentions, User, Light => read_mentions;
};

async fn get_unread_mentions(cx: Cx, request: GetUnreadMentions) -> Result<enums::messages::Messages, RpcError> {
    let me = cx.user()?;
    let peer = peer(&cx.domain, me, &request.peer)?;
    let part = Part {
        offset_id: MessageId(request.offset_id),
        add_offset: request.add_offset,
        limit: request.limit,
        max_id: MessageId(request.max_id),
        min_id: MessageId(request.min_id),
        top: request.top_msg_id.map(MessageId),
    };
    let (seen, count, shown) = cx
        .domain
        .query(|view| {
            admit(view, me, peer)?;
            let (ids, count) = marks::page(view, me, peer, Mark::Mention, part)?;
            let seen = seen_in(view, me, peer.log(me), ids)?;
            let shown = Named::of(&seen).read(view, me)?;
            Ok((seen, count, shown))
        })
        .await?;
    if let Some(channel) = peer.channel() {
        let messages = render::message::messages(me, &seen);
        let counted = Counted { count: i32::try_from(count).unwrap_or(i32::MAX), before: None, inexact: false };
        return of_channel(&cx, channel, messages, &shown, counted).await;
    }
    let (messages, users, chats) = (render::message::messages(me, &seen), shown.users(), shown.chats());
    Ok(types::messages::MessagesSlice {
        inexact: false,
        count: i32::try_from(count).unwrap_or(i32::MAX),
        next_rate: None,
        offset_id_offset: None,
        search_flood: None,
        messages,
        topics: Vec::new(),
        chats,
        users,
    }
    .into())
}

async fn read_mentions(cx: Cx, request: ReadMentions) -> Result<enums::messages::AffectedHistory, RpcError> {
    let by = cx.me()?;
    let peer = peer(&cx.domain, by.user, &request.peer)?;
    let step = cx.domain.command(Read { by, peer, top: request.top_msg_id.map(MessageId) }).await?;
    // What is read of a channel moves no log's number.
    let entry = step.entry.as_ref().filter(|_| peer.channel().is_none());
    affected_history(&cx, peer.log(by.user), entry, step.more).await
}
