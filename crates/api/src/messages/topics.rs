//! Forum topics: opening, changing, listing, pinning, deleting them.
//! Source: core.telegram.org/api/forum.

use domain::{
    ChannelId, MessageId, Peer, Refusal,
    groups::topics::{
        change::{CreateTopic, EditTopic},
        list::{self, Page, Wanted},
        pins::{PinTopic, ReorderTopics},
        removal::DeleteTopic,
    },
    people::notify::{self, Target},
    updates::counters,
};
use tl::{
    enums,
    functions::messages::{
        CreateForumTopic, DeleteTopicHistory, EditForumTopic, GetForumTopics, GetForumTopicsById,
        ReorderPinnedForumTopics, UpdatePinnedForumTopic,
    },
    types,
};

use super::{input, send::answer};
use crate::{
    Cx, RpcError,
    input::peer,
    render::{self, named::Named},
    table::Row,
};

pub(crate) const ROWS: &[Row] = crate::methods! {
    CreateForumTopic, UserOrBot, Send => create_forum_topic;
    DeleteTopicHistory, UserOrBot, Write => delete_topic_history;
    EditForumTopic, UserOrBot, Write => edit_forum_topic;
    GetForumTopics, User, Light => get_forum_topics;
    GetForumTopicsById, UserOrBot, Light => get_forum_topics_by_id;
    ReorderPinnedForumTopics, User, Write => reorder_pinned_forum_topics;
    UpdatePinnedForumTopic, User, Write => update_pinned_forum_topic;
};

/// A supergroup; only these have topics.
pub(super) fn forum(cx: &Cx, it: &enums::InputPeer) -> Result<ChannelId, RpcError> {
    let me = cx.user()?;
    peer(&cx.domain, me, it)?.channel().ok_or_else(|| Refusal::ChannelForumMissing.into())
}

async fn create_forum_topic(cx: Cx, request: CreateForumTopic) -> Result<enums::Updates, RpcError> {
    let (by, channel) = (cx.me()?, forum(&cx, &request.peer)?);
    let command = CreateTopic {
        by,
        channel,
        title: request.title,
        color: request.icon_color.and_then(|it| u32::try_from(it).ok()),
        emoji: request.icon_emoji_id,
        random_id: request.random_id,
        send_as: input::send_as(&cx, request.send_as.as_ref())?,
    };
    let sent = cx.domain.command(command).await?;
    answer(&cx, Peer::Channel(channel), vec![(sent, request.random_id)]).await
}

async fn edit_forum_topic(cx: Cx, request: EditForumTopic) -> Result<enums::Updates, RpcError> {
    let (by, channel) = (cx.me()?, forum(&cx, &request.peer)?);
    let command = EditTopic {
        by,
        channel,
        topic: MessageId(request.topic_id),
        title: request.title,
        emoji: request.icon_emoji_id,
        closed: request.closed,
        hidden: request.hidden,
    };
    let sent = cx.domain.command(command).await?;
    answer(&cx, Peer::Channel(channel), vec![(sent, 0)]).await
}

async fn get_forum_topics(cx: Cx, request: GetForumTopics) -> Result<enums::messages::ForumTopics, RpcError> {
    let (me, channel) = (cx.user()?, forum(&cx, &request.peer)?);
    let wanted = Wanted {
        words: request.q.unwrap_or_default(),
        offset_id: MessageId(request.offset_id),
        offset_topic: MessageId(request.offset_topic),
        limit: usize::try_from(request.limit).unwrap_or(0),
    };
    let page = cx.domain.query(|view| list::page(view, me, channel, &wanted)).await?;
    told(&cx, channel, page).await
}

async fn get_forum_topics_by_id(cx: Cx, request: GetForumTopicsById) -> Result<enums::messages::ForumTopics, RpcError> {
    let (me, channel) = (cx.user()?, forum(&cx, &request.peer)?);
    let ids: Vec<_> = request.topics.iter().map(|it| MessageId(*it)).collect();
    let page = cx.domain.query(|view| list::by_id(view, me, channel, &ids)).await?;
    told(&cx, channel, page).await
}

async fn told(cx: &Cx, channel: ChannelId, page: Page) -> Result<enums::messages::ForumTopics, RpcError> {
    let me = cx.user()?;
    let (topics, shown, pts) = cx
        .domain
        .query(|view| {
            let mut named = Named::of(&page.messages);
            named.peer(Peer::Channel(channel));
            let mut topics = Vec::with_capacity(page.topics.len());
            for it in &page.topics {
                topics.push(match it {
                    Ok(it) => {
                        named.peer(render::topic::author(it));
                        let own = notify::notify(view, me, Target::Topic(channel, it.id))?;
                        render::topic::topic(channel, it, &own)
                    }
                    Err(id) => types::ForumTopicDeleted { id: id.0 }.into(),
                });
            }
            Ok((topics, named.read(view, me)?, counters(view, channel)?.pts.0))
        })
        .await?;
    Ok(types::messages::ForumTopics {
        order_by_create_date: false,
        count: i32::try_from(page.count).unwrap_or(i32::MAX),
        topics,
        messages: render::message::messages(me, &page.messages),
        chats: shown.chats(),
        users: shown.users(),
        pts,
    }
    .into())
}

async fn update_pinned_forum_topic(cx: Cx, request: UpdatePinnedForumTopic) -> Result<enums::Updates, RpcError> {
    let (by, channel) = (cx.me()?, forum(&cx, &request.peer)?);
    let (topic, pinned) = (MessageId(request.topic_id), request.pinned);
    let entry = cx.domain.command(PinTopic { by, channel, topic, pinned }).await?;
    Ok(render::updates::told(&cx.domain, by.user, vec![(channel.into(), entry)]).await?)
}

async fn reorder_pinned_forum_topics(cx: Cx, request: ReorderPinnedForumTopics) -> Result<enums::Updates, RpcError> {
    let (by, channel) = (cx.me()?, forum(&cx, &request.peer)?);
    let order = request.order.iter().map(|it| MessageId(*it)).collect();
    let entry = cx.domain.command(ReorderTopics { by, channel, order, force: request.force }).await?;
    Ok(render::updates::told(&cx.domain, by.user, vec![(channel.into(), entry)]).await?)
}

/// An offset above 0 has the client ask again.
async fn delete_topic_history(
    cx: Cx,
    request: DeleteTopicHistory,
) -> Result<enums::messages::AffectedHistory, RpcError> {
    let (by, channel) = (cx.me()?, forum(&cx, &request.peer)?);
    let step = cx.domain.command(DeleteTopic { by, channel, topic: MessageId(request.top_msg_id) }).await?;
    let (pts, pts_count) = match step.entry {
        Some(entry) => (entry.pts.0, entry.count),
        None => (cx.domain.query(|view| Ok(counters(view, channel)?.pts.0)).await?, 0),
    };
    Ok(types::messages::AffectedHistory { pts, pts_count, offset: i32::from(step.more) }.into())
}

#[cfg(test)]
pub(crate) mod tests;
