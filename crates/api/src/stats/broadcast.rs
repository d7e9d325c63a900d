//! The life of a broadcast channel, its posts, and graphs that are asked for by name.
//! Source: core.telegram.org/api/stats.

use domain::{
    ChannelId, Domain, MessageId, UserId,
    groups::stats::{
        broadcast::{self as rules, Broadcast, Numbers, Pair},
        graph::{self as graphs, Graph, Name, Shown},
    },
    messages::counts::forwards::{self, Copy},
};
use tl::{
    enums,
    functions::stats::{GetBroadcastStats, GetMessagePublicForwards, GetMessageStats, LoadAsyncGraph},
    types,
};

use crate::{
    Cx, RpcError, input,
    render::{
        message::{self, date},
        named::Named,
    },
    stats::graph::{Kind, unknown, zoomed},
    table::Row,
};

/// Copies of one page. Source: clients ask for at most a hundred.
const COPIES_MAX: i32 = 100;

pub(super) const ROWS: &[Row] = crate::methods! {
    GetBroadcastStats, User, Search => get_broadcast_stats;
    GetMessageStats, User, Search => get_message_stats;
    GetMessagePublicForwards, User, Search => get_message_public_forwards;
    LoadAsyncGraph, User, Search => load_async_graph;
};

async fn get_broadcast_stats(cx: Cx, request: GetBroadcastStats) -> Result<enums::stats::BroadcastStats, RpcError> {
    let me = cx.user()?;
    let channel = input::channel(&cx.domain, me, &request.channel)?;
    let made = cx.domain.now().secs();
    let named = |shown| Name { channel, shown, made, ..Name::default() };
    // What every client shows first comes at once; the rest when it is looked at.
    let (it, growth, followers) = cx
        .domain
        .query(|view| {
            let it = rules::broadcast(view, me, channel)?;
            let growth = graphs::graph(view, me, &named(Shown::Growth {}), None)?;
            Ok((it, growth, graphs::graph(view, me, &named(Shown::Followers {}), None)?))
        })
        .await?;
    let later = |shown| {
        let token = named(shown).token(cx.domain.world(), me);
        types::StatsGraphAsync { token }.into()
    };
    let told = told(&it, [draw(&cx.domain, me, &growth, true), draw(&cx.domain, me, &followers, true)], later);
    Ok(told.into())
}

fn told(
    it: &Broadcast,
    [growth_graph, followers_graph]: [enums::StatsGraph; 2],
    later: impl Fn(Shown) -> enums::StatsGraph,
) -> types::stats::BroadcastStats {
    let none = || pair(Pair::default());
    types::stats::BroadcastStats {
        period: types::StatsDateRangeDays { min_date: date(it.since), max_date: date(it.until) }.into(),
        followers: pair(it.followers),
        views_per_post: pair(it.views_per_post),
        shares_per_post: pair(it.shares_per_post),
        reactions_per_post: pair(it.reactions_per_post),
        views_per_story: none(),
        shares_per_story: none(),
        reactions_per_story: none(),
        enabled_notifications: types::StatsPercentValue { part: it.listening.into(), total: it.followers.now }.into(),
        growth_graph,
        followers_graph,
        mute_graph: later(Shown::Mutes {}),
        top_hours_graph: later(Shown::TopHours {}),
        interactions_graph: later(Shown::Interactions {}),
        iv_interactions_graph: unknown("there are no instant views"),
        views_by_source_graph: later(Shown::ViewsBySource {}),
        new_followers_by_source_graph: later(Shown::NewBySource {}),
        languages_graph: unknown("languages of subscribers are not counted"),
        reactions_by_emotion_graph: later(Shown::Reactions {}),
        story_interactions_graph: unknown("there are no stories"),
        story_reactions_by_emotion_graph: unknown("there are no stories"),
        recent_posts_interactions: it.recent.iter().map(recent).collect(),
    }
}

fn pair(it: Pair) -> enums::StatsAbsValueAndPrev {
    types::StatsAbsValueAndPrev { current: it.now, previous: it.before }.into()
}

fn recent(it: &Numbers) -> enums::PostInteractionCounters {
    let (views, forwards, reactions) = (date(it.views), date(it.forwards), date(it.reactions));
    types::PostInteractionCountersMessage { msg_id: it.message.0, views, forwards, reactions }.into()
}

async fn get_message_stats(cx: Cx, request: GetMessageStats) -> Result<enums::stats::MessageStats, RpcError> {
    let me = cx.user()?;
    let (channel, message) = (input::channel(&cx.domain, me, &request.channel)?, MessageId(request.msg_id));
    let made = cx.domain.now().secs();
    let named = |shown| Name { channel, shown, made, ..Name::default() };
    let (views, reactions) = cx
        .domain
        .query(|view| {
            graphs::post(view, me, channel, message)?;
            let views = graphs::graph(view, me, &named(Shown::PostViews { message }), None)?;
            Ok((views, graphs::graph(view, me, &named(Shown::PostReactions { message }), None)?))
        })
        .await?;
    Ok(types::stats::MessageStats {
        views_graph: draw(&cx.domain, me, &views, false),
        reactions_by_emotion_graph: draw(&cx.domain, me, &reactions, false),
    }
    .into())
}

async fn load_async_graph(cx: Cx, request: LoadAsyncGraph) -> Result<enums::StatsGraph, RpcError> {
    let me = cx.user()?;
    let it = cx
        .domain
        .query(|view| {
            let name = Name::of(view, me, &request.token)?;
            graphs::graph(view, me, &name, request.x)
        })
        .await?;
    Ok(draw(&cx.domain, me, &it, request.x.is_none()))
}

/// A graph with its names; by day, each day can be asked for by the hour.
fn draw(domain: &Domain, me: UserId, it: &Graph, by_day: bool) -> enums::StatsGraph {
    let (kind, names): (Kind, &[&str]) = match it.name.shown {
        Shown::Growth {} => (Kind::Line, &["Total followers"]),
        Shown::Followers {} => (Kind::Line, &["Joined", "Left"]),
        Shown::Mutes {} => (Kind::Line, &["Muted", "Unmuted"]),
        Shown::TopHours {} => (Kind::Line, &["Views of the last week", "Views of the week before"]),
        Shown::Interactions {} | Shown::PostViews { .. } => (Kind::Line, &["Views", "Shares"]),
        Shown::ViewsBySource {} => (Kind::Bar, &["Followers", "Passers-by", "Groups and channels", "Private chats"]),
        Shown::NewBySource {} => (Kind::Bar, &["Public name", "Invite links", "Invited", "Requests"]),
        Shown::Reactions {} | Shown::PostReactions { .. } => (Kind::Bar, &["Positive", "Negative", "Other"]),
    };
    let zooms = match it.name.shown {
        Shown::TopHours {} | Shown::PostViews { .. } | Shown::PostReactions { .. } => false,
        Shown::Growth {}
        | Shown::Followers {}
        | Shown::Mutes {}
        | Shown::Interactions {}
        | Shown::ViewsBySource {}
        | Shown::NewBySource {}
        | Shown::Reactions {} => by_day,
    };
    let scale = if matches!(it.name.shown, Shown::TopHours {}) { 1 } else { 1000 };
    let at: Vec<i64> = it.at.iter().map(|at| i64::from(*at) * scale).collect();
    let lines: Vec<_> = names.iter().copied().zip(it.lines.iter().cloned()).collect();
    zoomed(&at, kind, &lines, zooms.then(|| it.name.token(domain.world(), me)))
}

async fn get_message_public_forwards(
    cx: Cx,
    request: GetMessagePublicForwards,
) -> Result<enums::stats::PublicForwards, RpcError> {
    let me = cx.user()?;
    let (channel, message) = (input::channel(&cx.domain, me, &request.channel)?, MessageId(request.msg_id));
    let after = offset(&request.offset)?;
    let limit = usize::try_from(request.limit.clamp(1, COPIES_MAX)).unwrap_or(1);
    let (page, shown) = cx
        .domain
        .query(|view| {
            let post = graphs::post(view, me, channel, message)?;
            let page = forwards::public(view, me, post, after, limit)?;
            let named = Named::of(&page.messages);
            Ok((page, named.read(view, me)?))
        })
        .await?;
    let forward = |message| types::PublicForwardMessage { message }.into();
    Ok(types::stats::PublicForwards {
        count: date(page.count),
        forwards: message::messages(me, &page.messages).into_iter().map(forward).collect(),
        next_offset: page.next.map(|it| format!("{}.{}.{}", it.date, it.channel.0, it.message.0)),
        chats: shown.chats(),
        users: shown.users(),
    }
    .into())
}

/// The last copy of the page before.
fn offset(text: &str) -> Result<Option<Copy>, RpcError> {
    if text.is_empty() {
        return Ok(None);
    }
    let invalid = || RpcError::bad("OFFSET_INVALID");
    let mut parts = text.splitn(3, '.');
    let mut next = || parts.next().and_then(|it| it.parse::<u64>().ok());
    let (Some(date), Some(channel), Some(message)) = (next(), next(), next()) else { return Err(invalid()) };
    let (date, message) = (u32::try_from(date).map_err(|_| invalid())?, i32::try_from(message).map_err(|_| invalid())?);
    Ok(Some(Copy { date, channel: ChannelId(channel), message: MessageId(message) }))
}

#[cfg(test)]
mod tests;
