//! Reactions: choosing, reading, listing them.
//! Source: core.telegram.org/api/reactions.

use domain::{
    ChannelId, MessageId, Peer, Refusal, UserId,
    groups::access,
    messages::{
        self, Reaction,
        marks::{self, Mark, Part},
        reactions::{
            crowd,
            habits::{self, ClearRecent, SetDefaultReaction as SetDefault},
            react::{React, listed},
            standard,
            tags::{self, NameTag},
            unread::ReadReactions as Read,
        },
        rows::copy,
    },
    people::seen_all,
    updates::{Change, LogEntry},
};
use tl::{
    enums,
    functions::messages::{
        ClearRecentReactions, GetAvailableReactions, GetDefaultTagReactions, GetMessageReactionsList,
        GetMessagesReactions, GetRecentReactions, GetSavedReactionTags, GetTopReactions, GetUnreadReactions,
        ReadReactions, SendReaction, SetDefaultReaction, UpdateSavedReactionTag,
    },
    types,
};

use super::{
    delete::affected_history,
    history::{Counted, of_channel},
};
use crate::{
    Cx, RpcError,
    input::peer,
    render::{self, named::Named},
    table::Row,
};

/// Messages asked for by number at once.
const MESSAGES_MAX: usize = 100;

/// Reactions on one page of a list.
const PAGE_MAX: usize = 100;

pub(crate) const ROWS: &[Row] = crate::methods! {
    ClearRecentReactions, User, Write => clear_recent_reactions;
    GetAvailableReactions, User, Light => get_available_reactions;
    GetDefaultTagReactions, User, Light => get_default_tag_reactions;
    GetMessageReactionsList, User, Light => get_message_reactions_list;
    GetMessagesReactions, User, Light => get_messages_reactions;
    GetRecentReactions, User, Light => get_recent_reactions;
    GetSavedReactionTags, User, Light => get_saved_reaction_tags;
    GetTopReactions, User, Light => get_top_reactions;
    GetUnreadReactions, User, Light => get_unread_reactions;
    ReadReactions, User, Light => read_reactions;
    SendReaction, UserOrBot, Write => send_reaction;
    SetDefaultReaction, User, Write => set_default_reaction;
    UpdateSavedReactionTag, User, Write => update_saved_reaction_tag;
};

async fn send_reaction(cx: Cx, request: SendReaction) -> Result<enums::Updates, RpcError> {
    let by = cx.me()?;
    let chat = peer(&cx.domain, by.user, &request.peer)?;
    let command = React {
        by,
        peer: chat,
        message: MessageId(request.msg_id),
        reactions: chosen(request.reaction.unwrap_or_default())?,
        big: request.big,
        add_to_recent: request.add_to_recent,
    };
    let entry = cx.domain.command(command).await?;
    Ok(render::updates::told(&cx.domain, by.user, vec![(chat.log(by.user), entry)]).await?)
}

/// Each reaction once, in its order. An empty one alone takes all back, as nothing does.
fn chosen(all: Vec<enums::Reaction>) -> Result<Vec<Reaction>, RpcError> {
    if matches!(&all[..], [enums::Reaction::Empty]) {
        return Ok(Vec::new());
    }
    let mut once = Vec::with_capacity(all.len());
    for it in &all {
        let it = reaction(it)?;
        if !once.contains(&it) {
            once.push(it);
        }
    }
    Ok(once)
}

/// A reaction of the standard set; custom ones are documents, and paid ones are not sent like this.
pub(super) fn reaction(it: &enums::Reaction) -> Result<Reaction, RpcError> {
    match it {
        enums::Reaction::Emoji(it) => standard::reaction(&it.emoticon).ok_or_else(|| Refusal::ReactionInvalid.into()),
        enums::Reaction::Empty => Err(Refusal::ReactionEmpty.into()),
        enums::Reaction::CustomEmoji(_) | enums::Reaction::Paid => Err(Refusal::ReactionInvalid.into()),
    }
}

async fn get_messages_reactions(cx: Cx, request: GetMessagesReactions) -> Result<enums::Updates, RpcError> {
    let me = cx.user()?;
    let chat = peer(&cx.domain, me, &request.peer)?;
    if request.id.is_empty() || request.id.len() > MESSAGES_MAX {
        return Err(Refusal::MessageIdInvalid.into());
    }
    let entries = cx.domain.query(|view| {
        let from = match chat.channel() {
            Some(channel) => access::reader(view, channel, me)?.visible_from,
            None => MessageId(0),
        };
        let mut found = Vec::new();
        for message in request.id.iter().map(|id| MessageId(*id)).filter(|it| *it >= from) {
            if copy(view, chat.log(me), message)?.is_some_and(|it| it.peer == chat) {
                let change = Change::Reactions { peer: chat, message };
                found.push((chat.log(me), LogEntry { change, ..LogEntry::default() }));
            }
        }
        Ok(found)
    });
    Ok(render::updates::told(&cx.domain, me, entries.await?).await?)
}

async fn get_message_reactions_list(
    cx: Cx,
    request: GetMessageReactionsList,
) -> Result<enums::messages::MessageReactionsList, RpcError> {
    let me = cx.user()?;
    let chat = peer(&cx.domain, me, &request.peer)?;
    let only = match &request.reaction {
        None | Some(enums::Reaction::Empty) => None,
        Some(it) => Some(reaction(it)?),
    };
    if let Some(channel) = chat.channel() {
        return crowd_list(&cx, channel, &request, only.as_ref()).await;
    }
    // An offset of this list is how many were told before.
    let skip: usize = match request.offset.as_deref() {
        None | Some("") => 0,
        Some(offset) => offset.parse().map_err(|_| Refusal::OffsetInvalid)?,
    };
    let limit = usize::try_from(request.limit).unwrap_or(0).clamp(1, PAGE_MAX);
    let (all, users) = cx
        .domain
        .query(|view| {
            let all = listed(view, me, chat, MessageId(request.id), only.as_ref())?;
            let users = seen_all(view, me, all.iter().map(|it| it.who))?;
            Ok((all, users))
        })
        .await?;
    let next = skip.saturating_add(limit);
    Ok(types::messages::MessageReactionsList {
        count: number(all.len()),
        reactions: all.iter().skip(skip).take(limit).map(|it| render::reactions::listed(me, it)).collect(),
        chats: Vec::new(),
        users: render::user::users(&users),
        next_offset: (next < all.len()).then(|| next.to_string()),
    }
    .into())
}

/// An offset of a channel's list is when the last one of the page before reacted, and who that was.
async fn crowd_list(
    cx: &Cx,
    channel: ChannelId,
    request: &GetMessageReactionsList,
    only: Option<&Reaction>,
) -> Result<enums::messages::MessageReactionsList, RpcError> {
    let me = cx.user()?;
    let offset = match request.offset.as_deref() {
        None | Some("") => None,
        Some(offset) => Some(place(offset).ok_or(Refusal::OffsetInvalid)?),
    };
    let limit = usize::try_from(request.limit).unwrap_or(0).clamp(1, PAGE_MAX);
    let message = (channel, MessageId(request.id));
    let (page, shown) = cx
        .domain
        .query(|view| {
            let page = crowd::page(view, me, message, only, offset, limit)?;
            let mut named = Named::default();
            named.users(page.listed.iter().map(|it| it.who));
            named.peer(Peer::Channel(channel));
            Ok((page, named.read(view, me)?))
        })
        .await?;
    Ok(types::messages::MessageReactionsList {
        count: render::message::date(page.count),
        reactions: page.listed.iter().map(|it| render::reactions::listed(me, it)).collect(),
        chats: shown.chats(),
        users: shown.users(),
        next_offset: page.next.map(|(date, who)| format!("{date}.{}", who.0)),
    }
    .into())
}

fn place(offset: &str) -> Option<(u32, UserId)> {
    let (date, who) = offset.split_once('.')?;
    Some((date.parse().ok()?, UserId(who.parse().ok()?)))
}

async fn read_reactions(cx: Cx, request: ReadReactions) -> Result<enums::messages::AffectedHistory, RpcError> {
    let by = cx.me()?;
    let chat = peer(&cx.domain, by.user, &request.peer)?;
    let step = cx.domain.command(Read { by, peer: chat, top: request.top_msg_id.map(MessageId) }).await?;
    // What is read of a channel moves no log's number.
    let entry = step.entry.as_ref().filter(|_| chat.channel().is_none());
    affected_history(&cx, chat.log(by.user), entry, step.more).await
}

async fn get_unread_reactions(cx: Cx, request: GetUnreadReactions) -> Result<enums::messages::Messages, RpcError> {
    let me = cx.user()?;
    let chat = peer(&cx.domain, me, &request.peer)?;
    let part = Part {
        offset_id: MessageId(request.offset_id),
        add_offset: request.add_offset,
        limit: request.limit,
        max_id: MessageId(request.max_id),
        min_id: MessageId(request.min_id),
        top: request.top_msg_id.map(MessageId),
    };
    let (seen, shown, count) = cx
        .domain
        .query(|view| {
            super::history::admit(view, me, chat)?;
            let (ids, count) = marks::page(view, me, chat, Mark::Reaction, part)?;
            let seen = messages::seen_in(view, me, chat.log(me), ids)?;
            let shown = Named::of(&seen).read(view, me)?;
            Ok((seen, shown, count))
        })
        .await?;
    let messages = render::message::messages(me, &seen);
    if let Some(channel) = chat.channel() {
        let counted = Counted { count: i32::try_from(count).unwrap_or(i32::MAX), before: None, inexact: false };
        return of_channel(&cx, channel, messages, &shown, counted).await;
    }
    Ok(types::messages::MessagesSlice {
        inexact: false,
        count: i32::try_from(count).unwrap_or(i32::MAX),
        next_rate: None,
        offset_id_offset: None,
        search_flood: None,
        messages,
        topics: Vec::new(),
        chats: shown.chats(),
        users: shown.users(),
    }
    .into())
}

async fn get_available_reactions(
    cx: Cx,
    request: GetAvailableReactions,
) -> Result<enums::messages::AvailableReactions, RpcError> {
    let texts = standard::named().flat_map(|(emoticon, title)| [emoticon, title]);
    let hash = render::hash::of(texts.map(render::hash::of_text)) as i32 & i32::MAX;
    if request.hash != 0 && request.hash == hash {
        return Ok(enums::messages::AvailableReactions::NotModified);
    }
    Ok(types::messages::AvailableReactions { hash, reactions: render::reactions::available(cx.dc()) }.into())
}

async fn get_top_reactions(cx: Cx, request: GetTopReactions) -> Result<enums::messages::Reactions, RpcError> {
    let me = cx.user()?;
    let mut all = cx.domain.query(|view| habits::top(view, me)).await?;
    all.truncate(wanted(request.limit));
    Ok(render::reactions::list(&all, request.hash))
}

async fn get_recent_reactions(cx: Cx, request: GetRecentReactions) -> Result<enums::messages::Reactions, RpcError> {
    let me = cx.user()?;
    let mut all = cx.domain.query(|view| habits::recent(view, me)).await?;
    all.truncate(wanted(request.limit));
    Ok(render::reactions::list(&all, request.hash))
}

async fn clear_recent_reactions(cx: Cx, _request: ClearRecentReactions) -> Result<bool, RpcError> {
    cx.domain.command(ClearRecent { by: cx.me()? }).await?;
    Ok(true)
}

async fn set_default_reaction(cx: Cx, request: SetDefaultReaction) -> Result<bool, RpcError> {
    let by = cx.me()?;
    cx.domain.command(SetDefault { by, reaction: reaction(&request.reaction)? }).await?;
    Ok(true)
}

async fn get_default_tag_reactions(
    _cx: Cx,
    request: GetDefaultTagReactions,
) -> Result<enums::messages::Reactions, RpcError> {
    let all: Vec<_> = tags::offered().collect();
    Ok(render::reactions::list(&all, request.hash))
}

async fn get_saved_reaction_tags(
    cx: Cx,
    request: GetSavedReactionTags,
) -> Result<enums::messages::SavedReactionTags, RpcError> {
    let me = cx.user()?;
    let part = request.peer.as_ref().map(|it| peer(&cx.domain, me, it)).transpose()?;
    let all = cx.domain.query(|view| tags::tags(view, me, part)).await?;
    Ok(render::reactions::tags(all, request.hash))
}

async fn update_saved_reaction_tag(cx: Cx, request: UpdateSavedReactionTag) -> Result<bool, RpcError> {
    let by = cx.me()?;
    let (tag, title) = (reaction(&request.reaction)?, request.title.unwrap_or_default());
    cx.domain.command(NameTag { by, tag, title }).await?;
    Ok(true)
}

/// How many of a list are wanted; 0: all.
fn wanted(limit: i32) -> usize {
    usize::try_from(limit).ok().filter(|it| *it > 0).unwrap_or(usize::MAX)
}

fn number(it: usize) -> i32 {
    i32::try_from(it).unwrap_or(i32::MAX)
}

#[cfg(test)]
mod tests;
