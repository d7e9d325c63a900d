//! Searching messages.

use domain::{
    MessageId, Refusal, UserId,
    messages::{
        SeenMessage,
        search::{self, Filter, Found, Wanted},
    },
    people::seen_all,
};
use tl::{
    enums,
    functions::messages::{GetRecentLocations, GetSearchCounters, Search, SearchGlobal, SearchSentMedia},
    types,
};

use crate::{Cx, RpcError, input::peer, render, table::Row};

/// Kinds counted in one call.
const FILTERS_MAX: usize = 20;

pub(crate) const ROWS: &[Row] = crate::methods! {
    GetRecentLocations, User, Search => get_recent_locations;
    GetSearchCounters, User, Search => get_search_counters;
    Search, User, Search => search_chat;
    SearchGlobal, User, Search => search_global;
    SearchSentMedia, User, Search => search_sent_media;
};

async fn search_chat(cx: Cx, request: Search) -> Result<enums::messages::Messages, RpcError> {
    let me = cx.user()?;
    let from = request.from_id.as_ref().map(|it| peer(&cx.domain, me, it)).transpose()?;
    let wanted = Wanted {
        query: request.q,
        peer: match &request.peer {
            enums::InputPeer::Empty => None,
            other => Some(peer(&cx.domain, me, other)?),
        },
        from: from.map(domain::Peer::user),
        filter: filter(&request.filter),
        min_date: date(request.min_date),
        max_date: date(request.max_date),
        below: lower(request.offset_id, request.max_id),
        above: MessageId(request.min_id),
        skip: usize::try_from(request.add_offset).unwrap_or(0),
        limit: usize::try_from(request.limit).unwrap_or(0),
    };
    answer(&cx, me, wanted).await
}

async fn search_global(cx: Cx, request: SearchGlobal) -> Result<enums::messages::Messages, RpcError> {
    let me = cx.user()?;
    let wanted = Wanted {
        query: request.q,
        filter: filter(&request.filter),
        min_date: date(request.min_date),
        max_date: date(request.max_date),
        below: MessageId(request.offset_id),
        limit: usize::try_from(request.limit).unwrap_or(0),
        ..Wanted::default()
    };
    answer(&cx, me, wanted).await
}

/// Media come with files; until then nobody has sent any.
async fn search_sent_media(cx: Cx, request: SearchSentMedia) -> Result<enums::messages::Messages, RpcError> {
    let me = cx.user()?;
    if filter(&request.filter) != Filter::Nothing {
        return Err(Refusal::FilterNotSupported.into());
    }
    answer(&cx, me, Wanted { filter: Filter::Nothing, query: request.q, ..Wanted::default() }).await
}

/// Live locations of a chat are messages of a kind that the search knows.
async fn get_recent_locations(cx: Cx, request: GetRecentLocations) -> Result<enums::messages::Messages, RpcError> {
    let me = cx.user()?;
    let wanted = Wanted {
        peer: Some(peer(&cx.domain, me, &request.peer)?),
        filter: filter(&enums::MessagesFilter::InputMessagesFilterGeo),
        limit: usize::try_from(request.limit).unwrap_or(0),
        ..Wanted::default()
    };
    answer(&cx, me, wanted).await
}

async fn get_search_counters(
    cx: Cx,
    request: GetSearchCounters,
) -> Result<Vec<enums::messages::SearchCounter>, RpcError> {
    let me = cx.user()?;
    let chat = peer(&cx.domain, me, &request.peer)?;
    let mut all = Vec::with_capacity(request.filters.len().min(FILTERS_MAX));
    for kind in request.filters.into_iter().take(FILTERS_MAX) {
        let wanted = Wanted { peer: Some(chat), filter: filter(&kind), limit: 1, ..Wanted::default() };
        let found = cx.domain.query(|view| search::search(view, me, &wanted)).await?;
        all.push(types::messages::SearchCounter { inexact: false, filter: kind, count: number(found.count) }.into());
    }
    Ok(all)
}

async fn answer(cx: &Cx, me: UserId, wanted: Wanted) -> Result<enums::messages::Messages, RpcError> {
    let (Found { messages, count }, users) = cx
        .domain
        .query(|view| {
            let found = search::search(view, me, &wanted)?;
            let users = seen_all(view, me, found.messages.iter().flat_map(SeenMessage::people))?;
            Ok((found, users))
        })
        .await?;
    let whole = messages.len() == count;
    let (messages, users) = (render::message::messages(me, &messages), render::user::users(&users));
    let (topics, chats) = (Vec::new(), Vec::new());
    if whole {
        return Ok(types::messages::Messages { messages, topics, chats, users }.into());
    }
    Ok(types::messages::MessagesSlice {
        inexact: false,
        count: number(count),
        // Pages go by message number alone: the rate tells the client that there is more.
        next_rate: (!messages.is_empty()).then_some(0),
        offset_id_offset: None,
        search_flood: None,
        messages,
        topics,
        chats,
        users,
    }
    .into())
}

/// Kinds of messages that exist here; the others find nothing, which is true.
pub(super) fn filter(it: &enums::MessagesFilter) -> Filter {
    match it {
        enums::MessagesFilter::InputMessagesFilterEmpty => Filter::All,
        enums::MessagesFilter::InputMessagesFilterUrl => Filter::Links,
        _ => Filter::Nothing,
    }
}

/// The lower of two bounds of which 0 is none.
fn lower(one: i32, other: i32) -> MessageId {
    MessageId(match (one, other) {
        (0, it) | (it, 0) => it,
        (one, other) => one.min(other),
    })
}

fn date(at: i32) -> u32 {
    u32::try_from(at).unwrap_or(0)
}

fn number(it: usize) -> i32 {
    i32::try_from(it).unwrap_or(i32::MAX)
}
