//! `updates.getChannelDifference`: what somebody missed of a channel, member or passer-by.

use domain::{
    ChannelId, Decided, MessageId, Peer, Pts, Refusal, UserId, View,
    groups::access,
    messages::{
        self,
        history::{self, Part, Place},
        posts::list::shown,
    },
    updates::{
        Change, LogEntry,
        channels::{self, Missed, Wanted},
        difference::Difference,
    },
};
use tl::{enums, functions::updates::GetChannelDifference, types};

use crate::{
    Cx, RpcError, input,
    render::{
        self,
        dialog::describe,
        named::Named,
        updates::{Reader, Rendered},
    },
};

/// Seconds after which a member who looks at the channel asks again: news reach it anyway.
pub(super) const MEMBER_SECONDS: i32 = 30;

/// Seconds after which a passer-by does, so that it goes on to be told of news.
pub(super) const PASSER_SECONDS: i32 = 5;

/// Seconds for which a passer-by is told of news after a question: the next one may be late, and clients that are
/// told no timeout ask after ten. Source: core.telegram.org/api/updates, "Subscribing to updates of
/// channels/supergroups".
pub const HEARD_SECONDS: u32 = 10;

pub(super) async fn get_channel_difference(
    cx: Cx,
    request: GetChannelDifference,
) -> Result<enums::updates::ChannelDifference, RpcError> {
    let me = cx.user()?;
    let channel = input::channel(&cx.domain, me, &request.channel)?;
    let from = match request.pts {
        0 => return Err(Refusal::PersistentTimestampEmpty.into()),
        ..0 => return Err(Refusal::PersistentTimestampInvalid.into()),
        1.. => Pts(request.pts),
    };
    let limit = usize::try_from(request.limit).map_err(|_| Refusal::LimitInvalid)?;
    let wanted = wanted(&request.filter);
    let answer = cx.domain.query(|view| {
        let access = access::reader(view, channel, me)?;
        if access.row.public && !access.standing.is_in() {
            // Before the log is read: what it gains from now on is pushed.
            cx.ports.hear(me, channel);
        }
        let missed = channels::missed(view, &access, from, limit, &wanted)?;
        answer(view, me, channel, missed, limit)
    });
    Ok(answer.await?)
}

/// The channel has news beyond what the client may know of it.
pub(crate) fn too_long(channel: ChannelId, pts: Pts) -> enums::Update {
    types::UpdateChannelTooLong { channel_id: render::group::channel_id(channel), pts: Some(pts.0) }.into()
}

fn wanted(filter: &enums::ChannelMessagesFilter) -> Wanted {
    match filter {
        enums::ChannelMessagesFilter::Empty => Wanted::default(),
        enums::ChannelMessagesFilter::Filter(it) => {
            let range =
                |enums::MessageRange::Range(it): &enums::MessageRange| (MessageId(it.min_id), MessageId(it.max_id));
            Wanted { no_new: it.exclude_new_messages, ranges: it.ranges.iter().map(range).collect() }
        }
    }
}

pub(super) fn answer(
    view: &dyn View,
    me: UserId,
    channel: ChannelId,
    missed: Missed,
    limit: usize,
) -> Decided<enums::updates::ChannelDifference> {
    let timeout = if missed.member { MEMBER_SECONDS } else { PASSER_SECONDS };
    let (pts, mut entries, more) = match missed.difference {
        Difference::Empty => (missed.now, Vec::new(), false),
        Difference::TooLong(_) => return anew(view, me, channel, timeout, limit),
        Difference::Entries { entries, pts, more } => (pts, entries, more),
    };
    // What has no place in the count (reactions, settings) shows in the channel and its messages as they are now.
    // Source: TDLib 1.8.66 calls anything else in a channel's difference wrong.
    entries.retain(|it| it.count > 0);
    if entries.is_empty() && !more {
        return Ok(types::updates::ChannelDifferenceEmpty { r#final: true, pts: pts.0, timeout: Some(timeout) }.into());
    }
    let reader = Reader::One(me, missed.visible_from);
    let (new_messages, rest) = split(view, me, channel, reader, &entries)?;
    Ok(types::updates::ChannelDifference {
        r#final: !more,
        pts: pts.0,
        // Source: TDLib 1.8.66 complains of one before the last slice.
        timeout: (!more).then_some(timeout),
        new_messages,
        other_updates: rest.updates,
        chats: rest.shown.chats(),
        users: rest.shown.users(),
    }
    .into())
}

/// New messages as they are now, without those that are gone; everything else as updates.
fn split(
    view: &dyn View,
    me: UserId,
    channel: ChannelId,
    reader: Reader,
    entries: &[LogEntry],
) -> Decided<(Vec<enums::Message>, Rendered)> {
    let new = |entry: &LogEntry| match entry.change {
        Change::NewMessage { message, .. } => Some(message),
        _ => None,
    };
    let others: Vec<_> = entries.iter().filter(|it| new(it).is_none()).cloned().collect();
    let ids = entries.iter().filter_map(new).filter(|it| reader.sees(*it));
    let seen = messages::seen_in(view, me, channel.into(), ids)?;
    let mut rest = render::updates::render_log(view, reader, channel, &others)?;
    rest.named.peer(Peer::Channel(channel));
    rest.named.messages(&seen);
    rest.shown = rest.named.read(view, me)?;
    Ok((render::message::messages(me, &seen), rest))
}

/// The log no longer reaches back so far: the client starts anew from the channel as it is now.
fn anew(
    view: &dyn View,
    me: UserId,
    channel: ChannelId,
    timeout: i32,
    limit: usize,
) -> Decided<enums::updates::ChannelDifference> {
    let peer = Peer::Channel(channel);
    let row = shown(view, me, peer)?;
    let part = Part { limit: i32::try_from(limit).unwrap_or(i32::MAX).max(1), ..Part::default() };
    let page = history::page(view, me, Place::Chat(peer), part)?;
    let mut named = Named::of(&page.messages);
    named.peer(peer);
    let shown = named.read(view, me)?;
    let dialog = describe(view, me, &[(peer, row)])?.parts(me).dialogs.pop().ok_or(Refusal::ChannelPrivate)?;
    Ok(types::updates::ChannelDifferenceTooLong {
        r#final: true,
        timeout: Some(timeout),
        dialog,
        messages: render::message::messages(me, &page.messages),
        chats: shown.chats(),
        users: shown.users(),
    }
    .into())
}
