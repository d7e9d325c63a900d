//! Threads of a supergroup: what answers a message, what is in a topic, and the comments on a channel's post, which
//! may be named by the post as well as by its copy.
//! Source: core.telegram.org/api/threads.

use domain::{
    MessageId, Peer, Refusal,
    messages::{
        comments,
        history::Part,
        seen_in,
        threads::{self, read::ReadThread},
    },
};
use tl::{
    enums,
    functions::messages::{GetDiscussionMessage, GetReplies, ReadDiscussion},
    types,
};

use super::history::{Counted, of_channel};
use crate::{
    Cx, RpcError,
    input::peer,
    render::{self, named::Named},
    table::Row,
};

pub(crate) const ROWS: &[Row] = crate::methods! {
    GetDiscussionMessage, User, Light => get_discussion_message;
    GetReplies, User, Light => get_replies;
    ReadDiscussion, User, Light => read_discussion;
};

async fn get_replies(cx: Cx, request: GetReplies) -> Result<enums::messages::Messages, RpcError> {
    let me = cx.user()?;
    let channel = peer(&cx.domain, me, &request.peer)?.channel().ok_or(Refusal::MsgIdInvalid)?;
    let part = Part {
        offset_id: MessageId(request.offset_id),
        offset_date: u32::try_from(request.offset_date).unwrap_or(0),
        add_offset: request.add_offset,
        limit: request.limit,
        max_id: MessageId(request.max_id),
        min_id: MessageId(request.min_id),
    };
    let (group, page, shown) = cx
        .domain
        .query(|view| {
            let (group, top) = comments::place(view, me, channel, MessageId(request.msg_id))?;
            let page = threads::page::page(view, me, group, top, part)?;
            let mut named = Named::of(&page.messages);
            named.peer(Peer::Channel(channel));
            named.peer(Peer::Channel(group));
            Ok((group, page, named.read(view, me)?))
        })
        .await?;
    let number = |it: usize| i32::try_from(it).unwrap_or(i32::MAX);
    let messages = render::message::messages(me, &page.messages);
    let counted = Counted { count: number(page.count), before: Some(number(page.newer)), inexact: false };
    of_channel(&cx, group, messages, &shown, counted).await
}

/// The message that a thread begins with, and how far it was read.
async fn get_discussion_message(
    cx: Cx,
    request: GetDiscussionMessage,
) -> Result<enums::messages::DiscussionMessage, RpcError> {
    let me = cx.user()?;
    let channel = peer(&cx.domain, me, &request.peer)?.channel().ok_or(Refusal::MsgIdInvalid)?;
    let top = MessageId(request.msg_id);
    let (seen, marks, last, shown) = cx
        .domain
        .query(|view| {
            let (group, top) = comments::place(view, me, channel, top)?;
            let (top, marks, last) = threads::read::discussion(view, me, group, top)?;
            let seen = seen_in(view, me, group.into(), [top])?;
            let mut named = Named::of(&seen);
            named.peer(Peer::Channel(channel));
            named.peer(Peer::Channel(group));
            Ok((seen, marks, last, named.read(view, me)?))
        })
        .await?;
    Ok(types::messages::DiscussionMessage {
        messages: render::message::messages(me, &seen),
        max_id: last.map(|it| it.0),
        read_inbox_max_id: Some(marks.inbox.0),
        read_outbox_max_id: Some(marks.outbox.0),
        unread_count: render::message::date(marks.unread),
        chats: shown.chats(),
        users: shown.users(),
    }
    .into())
}

async fn read_discussion(cx: Cx, request: ReadDiscussion) -> Result<bool, RpcError> {
    let by = cx.me()?;
    let channel = peer(&cx.domain, by.user, &request.peer)?.channel().ok_or(Refusal::MsgIdInvalid)?;
    let (id, max_id) = (MessageId(request.msg_id), MessageId(request.read_max_id));
    let (channel, top) = cx.domain.query(|view| comments::place(view, by.user, channel, id)).await?;
    cx.domain.command(ReadThread { by, channel, top, max_id }).await?;
    Ok(true)
}
