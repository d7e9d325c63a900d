//! Finding posts of public channels, and channels like others.

use domain::{
    ChannelId, MessageId, Peer, Refusal, UserId,
    groups::similar::similar,
    messages::search::{
        posts::{After, FoundPosts, Sought, posts},
        quota::{self, PER_DAY, Quota, TakeSearch},
    },
};
use tl::{
    enums,
    functions::channels::{CheckSearchPostsFlood, GetChannelRecommendations, SearchPosts},
    types,
};

use crate::{
    Cx, RpcError, input,
    render::{
        group, message,
        named::{Named, Shown},
    },
    table::Row,
};

pub(crate) const ROWS: &[Row] = crate::methods! {
    CheckSearchPostsFlood, User, Light => check_search_posts_flood;
    GetChannelRecommendations, User, Search => get_channel_recommendations;
    SearchPosts, User, Search => search_posts;
};

async fn search_posts(cx: Cx, request: SearchPosts) -> Result<enums::messages::Messages, RpcError> {
    let by = cx.me()?;
    let (sought, left) = match (request.hashtag, request.query) {
        (Some(tag), None) => (Sought::Tag(tag), None),
        (None, Some(query)) => {
            let left = cx.domain.command(TakeSearch { by, query: query.clone() }).await?;
            (Sought::Words(query), Some(left))
        }
        (None, None) => return Err(Refusal::SearchQueryEmpty.into()),
        (Some(_), Some(_)) => return Err(Refusal::InputConstructorInvalid.into()),
    };
    let after = After {
        date: u32::try_from(request.offset_rate).unwrap_or(0),
        channel: channel(&cx, by.user, &request.offset_peer)?,
        message: MessageId(request.offset_id),
    };
    let limit = usize::try_from(request.limit).unwrap_or(0);
    let (found, shown) = cx
        .domain
        .query(|view| {
            let found = posts(view, by.user, &sought, after, limit)?;
            let shown = Named::of(&found.messages).read(view, by.user)?;
            Ok((found, shown))
        })
        .await?;
    Ok(answer(by.user, &found, &shown, left))
}

/// The channel of the last post of the page before.
fn channel(cx: &Cx, me: UserId, peer: &enums::InputPeer) -> Result<ChannelId, RpcError> {
    match peer {
        enums::InputPeer::Empty => Ok(ChannelId::default()),
        it => {
            let peer = input::peer(&cx.domain, me, it).map_err(|_| Refusal::OffsetPeerIdInvalid)?;
            peer.channel().ok_or_else(|| Refusal::OffsetPeerIdInvalid.into())
        }
    }
}

fn answer(me: UserId, found: &FoundPosts, shown: &Shown, left: Option<Quota>) -> enums::messages::Messages {
    let messages = message::messages(me, &found.messages);
    let (topics, chats, users) = (Vec::new(), shown.chats(), shown.users());
    if messages.len() == found.count && left.is_none() {
        return types::messages::Messages { messages, topics, chats, users }.into();
    }
    types::messages::MessagesSlice {
        inexact: found.inexact,
        count: number(found.count),
        next_rate: found.messages.last().filter(|_| found.more).map(|it| message::date(it.row.date)),
        offset_id_offset: None,
        search_flood: left.map(flood),
        messages,
        topics,
        chats,
        users,
    }
    .into()
}

async fn check_search_posts_flood(cx: Cx, request: CheckSearchPostsFlood) -> Result<enums::SearchPostsFlood, RpcError> {
    let me = cx.user()?;
    Ok(flood(cx.domain.query(|view| quota::quota(view, me, request.query.as_deref())).await?))
}

/// Nothing is sold: a search beyond a day's is refused until there are some again.
fn flood(it: Quota) -> enums::SearchPostsFlood {
    types::SearchPostsFlood {
        query_is_free: it.free,
        total_daily: number(PER_DAY),
        remains: number(it.left),
        wait_till: it.again.map(message::date),
        stars_amount: 0,
    }
    .into()
}

async fn get_channel_recommendations(
    cx: Cx,
    request: GetChannelRecommendations,
) -> Result<enums::messages::Chats, RpcError> {
    let me = cx.user()?;
    let to = request.channel.as_ref().map(|it| input::channel(&cx.domain, me, it)).transpose()?;
    let (found, shown) = cx
        .domain
        .query(|view| {
            let found = similar(view, me, to)?;
            let mut named = Named::default();
            found.iter().for_each(|it| named.peer(Peer::Channel(*it)));
            Ok((found, named.read(view, me)?))
        })
        .await?;
    let mut chats = shown.chats();
    chats.sort_by_key(|chat| found.iter().position(|it| group::channel_id(*it) == chat.id()));
    Ok(types::messages::Chats { chats }.into())
}

fn number(it: usize) -> i32 {
    i32::try_from(it).unwrap_or(i32::MAX)
}
