//! Searching messages.

use domain::{
    MessageId, Peer, Refusal, UserId,
    messages::{
        comments,
        history::{Part, Place},
        media::live,
        search::{
            self, Filter, Found, Kinds, Query, Wanted,
            global::{After, Chats, Global, everywhere},
        },
        seen_in as messages,
    },
};
use tl::{
    enums,
    functions::messages::{
        GetRecentLocations, GetSearchCounters, GetSearchResultsCalendar, GetSearchResultsPositions, Search,
        SearchGlobal, SearchSentMedia,
    },
    types,
};

use super::history::{Counted, of_channel};
use crate::{
    Cx, RpcError,
    input::peer,
    render::{
        self,
        named::{Named, Shown},
    },
    table::Row,
};

/// Live locations looked at for those that still run: the newest of a chat.
const LIVE_LOOKED_AT: i32 = 100;

/// Kinds counted in one call.
const FILTERS_MAX: usize = 20;

pub(crate) const ROWS: &[Row] = crate::methods! {
    GetRecentLocations, User, Search => get_recent_locations;
    GetSearchCounters, User, Search => get_search_counters;
    GetSearchResultsCalendar, User, Search => get_search_results_calendar;
    GetSearchResultsPositions, User, Search => get_search_results_positions;
    Search, User, Search => search_chat;
    SearchGlobal, User, Search => search_global;
    SearchSentMedia, User, Search => search_sent_media;
};

async fn search_chat(cx: Cx, request: Search) -> Result<enums::messages::Messages, RpcError> {
    let me = cx.user()?;
    let checked = |it: &enums::InputPeer| peer(&cx.domain, me, it);
    let from = request.from_id.as_ref().map(checked).transpose()?;
    let mut wanted = Wanted {
        query: Query {
            words: request.q,
            peer: match &request.peer {
                enums::InputPeer::Empty => None,
                other => Some(checked(other)?),
            },
            from: from.and_then(Peer::user),
            filter: filter(&request.filter),
            min_date: date(request.min_date),
            max_date: date(request.max_date),
        },
        saved_peer: request.saved_peer_id.as_ref().map(checked).transpose()?,
        tags: request.saved_reaction.iter().flatten().map(super::reactions::reaction).collect::<Result<_, _>>()?,
        thread: request.top_msg_id.map(MessageId),
        folder: None,
        part: Part {
            offset_id: MessageId(request.offset_id),
            offset_date: 0,
            add_offset: request.add_offset,
            limit: request.limit,
            max_id: MessageId(request.max_id),
            min_id: MessageId(request.min_id),
        },
    };
    if let (Some(Peer::Channel(channel)), Some(top)) = (wanted.query.peer, wanted.thread) {
        // Comments on a post are looked for in the group.
        let (group, top) = cx.domain.query(|view| comments::place(view, me, channel, top)).await?;
        (wanted.query.peer, wanted.thread) = (Some(Peer::Channel(group)), Some(top));
    }
    let (found, shown) = find(&cx, me, &wanted).await?;
    let hash = render::hash::of(found.messages.iter().flat_map(|it| [i64::from(it.id.0), i64::from(it.row.edit_date)]));
    if request.hash != 0 && request.hash == hash {
        return Ok(types::messages::MessagesNotModified { count: number(found.count) }.into());
    }
    if let Some(Peer::Channel(channel)) = wanted.query.peer {
        let messages = render::message::messages(me, &found.messages);
        let part = Counted { count: number(found.count), before: Some(number(found.before)), inexact: false };
        return of_channel(&cx, channel, messages, &shown, part).await;
    }
    Ok(answer(me, &found, &shown, None))
}

async fn search_global(cx: Cx, request: SearchGlobal) -> Result<enums::messages::Messages, RpcError> {
    let me = cx.user()?;
    let offset_peer = match &request.offset_peer {
        enums::InputPeer::Empty => None,
        it => Some(peer(&cx.domain, me, it).map_err(|_| Refusal::OffsetPeerIdInvalid)?),
    };
    let wanted = Global {
        query: Query {
            words: request.q,
            // Nothing here belongs to a community.
            filter: if request.community.is_some() { Filter::Nothing } else { filter(&request.filter) },
            min_date: date(request.min_date),
            max_date: date(request.max_date),
            ..Query::default()
        },
        chats: match (request.users_only, request.groups_only, request.broadcasts_only) {
            (true, ..) => Chats::People,
            (false, true, _) => Chats::Groups,
            (false, false, true) => Chats::Broadcasts,
            (false, false, false) => Chats::All,
        },
        folder: request.folder_id.map(|it| u8::try_from(it).map_err(|_| Refusal::FolderIdInvalid)).transpose()?,
        after: After {
            date: date(request.offset_rate),
            peer: offset_peer,
            message: MessageId(request.offset_id.max(0)),
        },
        limit: usize::try_from(request.limit).unwrap_or(0),
    };
    let (found, shown) = cx
        .domain
        .query(|view| {
            let found = everywhere(view, me, &wanted)?;
            let shown = Named::of(&found.messages).read(view, me)?;
            Ok((found, shown))
        })
        .await?;
    let rate = found.messages.last().filter(|_| found.more).map(|it| render::message::date(it.row.date));
    Ok(answer(me, &found, &shown, rate))
}

/// Media come with files; until then nobody has sent any.
async fn search_sent_media(cx: Cx, request: SearchSentMedia) -> Result<enums::messages::Messages, RpcError> {
    let me = cx.user()?;
    if filter(&request.filter) != Filter::Nothing {
        return Err(Refusal::FilterNotSupported.into());
    }
    Ok(answer(me, &Found::default(), &Shown::default(), None))
}

/// Live locations of a chat that still run.
async fn get_recent_locations(cx: Cx, request: GetRecentLocations) -> Result<enums::messages::Messages, RpcError> {
    let me = cx.user()?;
    let filter = Filter::Carrying(Kinds::LIVE);
    let query = Query { peer: Some(peer(&cx.domain, me, &request.peer)?), filter, ..Query::default() };
    let part = Part { limit: LIVE_LOOKED_AT, ..Part::default() };
    let (mut found, shown) = find(&cx, me, &Wanted { query, part, ..Wanted::default() }).await?;
    let (now, limit) = (cx.domain.now().secs(), usize::try_from(request.limit).unwrap_or(0));
    found.messages.retain(|it| live::is_running(it, now));
    found.messages.truncate(limit);
    found.count = found.messages.len();
    Ok(answer(me, &found, &shown, None))
}

async fn get_search_counters(
    cx: Cx,
    request: GetSearchCounters,
) -> Result<Vec<enums::messages::SearchCounter>, RpcError> {
    let me = cx.user()?;
    let place = place(&cx, me, &request.peer, request.saved_peer_id.as_ref())?;
    if request.filters.len() > FILTERS_MAX {
        return Err(Refusal::LimitInvalid.into());
    }
    let filters: Vec<_> = request.filters.iter().map(filter).collect();
    let counts = cx.domain.query(|view| search::counts(view, me, place, &filters)).await?;
    let one = |(filter, count)| types::messages::SearchCounter { inexact: false, filter, count: number(count) }.into();
    Ok(request.filters.into_iter().zip(counts).map(one).collect())
}

async fn get_search_results_calendar(
    cx: Cx,
    request: GetSearchResultsCalendar,
) -> Result<enums::messages::SearchResultsCalendar, RpcError> {
    let me = cx.user()?;
    let place = place(&cx, me, &request.peer, request.saved_peer_id.as_ref())?;
    let kind = media(&request.filter)?;
    let offset = (MessageId(request.offset_id), date(request.offset_date));
    let (days, count, before, oldest, found, shown) = cx
        .domain
        .query(|view| {
            let (days, count, before, oldest) = search::calendar(view, me, place, kind, offset)?;
            // TDLib 1.8.66 shows the oldest message of each day.
            let found = messages(view, me, place.log(me), days.iter().map(|it| it.first))?;
            let shown = Named::of(&found).read(view, me)?;
            Ok((days, count, before, oldest, found, shown))
        })
        .await?;
    let period = |it: &search::Day| {
        let (min_msg_id, max_msg_id) = (it.first.0, it.last.0);
        let (date, count) = (render::message::date(it.date), number(it.count));
        types::SearchResultsCalendarPeriod { date, min_msg_id, max_msg_id, count }.into()
    };
    Ok(types::messages::SearchResultsCalendar {
        inexact: false,
        count: number(count),
        min_date: oldest.map_or(0, |it| render::message::date(it.date)),
        min_msg_id: oldest.map_or(0, |it| it.id.0),
        offset_id_offset: Some(number(before)),
        periods: days.iter().map(period).collect(),
        messages: render::message::messages(me, &found),
        chats: shown.chats(),
        users: shown.users(),
    }
    .into())
}

async fn get_search_results_positions(
    cx: Cx,
    request: GetSearchResultsPositions,
) -> Result<enums::messages::SearchResultsPositions, RpcError> {
    let me = cx.user()?;
    let place = place(&cx, me, &request.peer, request.saved_peer_id.as_ref())?;
    let kind = media(&request.filter)?;
    let (offset, limit) = (MessageId(request.offset_id), usize::try_from(request.limit).unwrap_or(0));
    let (places, count) = cx.domain.query(|view| search::positions(view, me, place, kind, offset, limit)).await?;
    let one = |(hit, at): (search::Hit, usize)| {
        let (msg_id, date) = (hit.id.0, render::message::date(hit.date));
        types::SearchResultPosition { msg_id, date, offset: number(at) }.into()
    };
    let positions = places.into_iter().map(one).collect();
    Ok(types::messages::SearchResultsPositions { count: number(count), positions }.into())
}

/// A chat, or the part of Saved Messages that is named with it; other chats have no parts.
fn place(cx: &Cx, me: UserId, chat: &enums::InputPeer, part: Option<&enums::InputPeer>) -> Result<Place, RpcError> {
    let chat = peer(&cx.domain, me, chat)?;
    match part {
        None => Ok(Place::Chat(chat)),
        Some(_) if chat != Peer::User(me) => Err(Refusal::PeerIdInvalid.into()),
        Some(part) => Ok(Place::Saved(peer(&cx.domain, me, part)?)),
    }
}

async fn find(cx: &Cx, me: UserId, wanted: &Wanted) -> Result<(Found, Shown), RpcError> {
    cx.domain
        .query(|view| {
            let found = search::search(view, me, wanted)?;
            let shown = Named::of(&found.messages).read(view, me)?;
            Ok((found, shown))
        })
        .await
        .map_err(RpcError::from)
}

fn answer(me: UserId, found: &Found, shown: &Shown, rate: Option<i32>) -> enums::messages::Messages {
    let messages = render::message::messages(me, &found.messages);
    let (topics, chats, users) = (Vec::new(), shown.chats(), shown.users());
    if messages.len() == found.count {
        return types::messages::Messages { messages, topics, chats, users }.into();
    }
    types::messages::MessagesSlice {
        inexact: false,
        count: number(found.count),
        next_rate: rate,
        offset_id_offset: Some(number(found.before)),
        search_flood: None,
        messages,
        topics,
        chats,
        users,
    }
    .into()
}

/// Kinds of messages that exist here; the others find nothing, which is true.
pub(super) fn filter(it: &enums::MessagesFilter) -> Filter {
    match it {
        enums::MessagesFilter::InputMessagesFilterEmpty => Filter::All,
        enums::MessagesFilter::InputMessagesFilterUrl => Filter::Links,
        enums::MessagesFilter::InputMessagesFilterPinned => Filter::Pinned,
        enums::MessagesFilter::InputMessagesFilterPoll => Filter::Polls,
        enums::MessagesFilter::InputMessagesFilterPhotos => Filter::Carrying(Kinds::PHOTO),
        enums::MessagesFilter::InputMessagesFilterVideo => Filter::Carrying(Kinds::VIDEO),
        enums::MessagesFilter::InputMessagesFilterPhotoVideo => Filter::Carrying(Kinds::PHOTO_VIDEO),
        enums::MessagesFilter::InputMessagesFilterDocument => Filter::Carrying(Kinds::DOCUMENT),
        enums::MessagesFilter::InputMessagesFilterGif => Filter::Carrying(Kinds::GIF),
        enums::MessagesFilter::InputMessagesFilterVoice => Filter::Carrying(Kinds::VOICE),
        enums::MessagesFilter::InputMessagesFilterMusic => Filter::Carrying(Kinds::MUSIC),
        enums::MessagesFilter::InputMessagesFilterRoundVideo => Filter::Carrying(Kinds::ROUND),
        enums::MessagesFilter::InputMessagesFilterRoundVoice => Filter::Carrying(Kinds::ROUND_VOICE),
        enums::MessagesFilter::InputMessagesFilterGeo => Filter::Carrying(Kinds::PLACE),
        enums::MessagesFilter::InputMessagesFilterContacts => Filter::Carrying(Kinds::CONTACT),
        enums::MessagesFilter::InputMessagesFilterChatPhotos => Filter::Carrying(Kinds::CHAT_PHOTO),
        _ => Filter::Nothing,
    }
}

/// Kinds that calendars and scroll bars are made of.
fn media(it: &enums::MessagesFilter) -> Result<Filter, RpcError> {
    match it {
        enums::MessagesFilter::InputMessagesFilterEmpty
        | enums::MessagesFilter::InputMessagesFilterMyMentions
        | enums::MessagesFilter::InputMessagesFilterPhoneCalls(_) => Err(Refusal::FilterNotSupported.into()),
        other => Ok(filter(other)),
    }
}

fn date(at: i32) -> u32 {
    u32::try_from(at).unwrap_or(0)
}

fn number(it: usize) -> i32 {
    i32::try_from(it).unwrap_or(i32::MAX)
}
