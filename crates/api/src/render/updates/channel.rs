//! Entries of a channel's log. Every one names the channel, so that who has not heard of it yet can read it.

use domain::groups::topics::pins;
use domain::{
    ChannelId, Decided, MessageId, Peer, View,
    messages::{self, SeenMessage},
    updates::{Change, LogEntry},
};
use tl::types;

use super::{Reader, Rendered, numbers};
use crate::render::{self, group::channel_id, message};

/// An entry of a channel's log. What this reader may not see, or what is gone meanwhile, keeps its place in
/// the count by what says nothing.
pub(super) fn entry(
    view: &dyn View,
    reader: Reader,
    channel: ChannelId,
    entry: &LogEntry,
    out: &mut Rendered,
) -> Decided<()> {
    let (pts, pts_count, me) = (entry.pts.0, entry.count, reader.viewer());
    out.named.peer(Peer::Channel(channel));
    match &entry.change {
        Change::NewMessage { message, random_id, by } => {
            if let Some(random_id) = random_id.filter(|it| *it != 0 && *by == me) {
                out.add(types::UpdateMessageId { id: message.0, random_id });
            }
            match seen(view, reader, channel, *message, out)? {
                Some(seen) => {
                    let message = message::message(me, &seen);
                    out.add(types::UpdateNewChannelMessage { message, pts, pts_count });
                }
                None => out.add(nothing(channel, pts, pts_count)),
            }
        }
        Change::EditMessage { message } => match seen(view, reader, channel, *message, out)? {
            Some(seen) => {
                let message = message::message(me, &seen);
                out.add(types::UpdateEditChannelMessage { message, pts, pts_count });
            }
            None => out.add(nothing(channel, pts, pts_count)),
        },
        Change::DeleteMessages { messages } => out.add(types::UpdateDeleteChannelMessages {
            channel_id: channel_id(channel),
            messages: visible(reader, messages),
            pts,
            pts_count,
        }),
        Change::PinnedMessages { messages, pinned, .. } => out.add(types::UpdatePinnedChannelMessages {
            pinned: *pinned,
            channel_id: channel_id(channel),
            messages: visible(reader, messages),
            pts,
            pts_count,
        }),
        Change::Reactions { message, .. } => {
            if let Some(seen) = seen(view, reader, channel, *message, out)? {
                out.add(render::reactions::update(me, Peer::Channel(channel), &seen));
            }
        }
        // The channel is another for all of its members.
        Change::Channel { .. } => out.add(types::UpdateChannel { channel_id: channel_id(channel) }),
        Change::TopicPinned { topic, pinned, .. } => out.add(types::UpdatePinnedForumTopic {
            pinned: *pinned,
            peer: render::user::peer(Peer::Channel(channel)),
            topic_id: topic.0,
        }),
        Change::TopicsReordered { .. } => out.add(types::UpdatePinnedForumTopics {
            peer: render::user::peer(Peer::Channel(channel)),
            order: Some(numbers(&pins::pinned(view, channel)?)),
        }),
        Change::Poll { message, .. } => {
            if let Some(seen) = seen(view, reader, channel, *message, out)? {
                out.updates.extend(render::poll::update(Peer::Channel(channel), &seen, None));
            }
        }
        Change::PeerHistoryTtl { peer, period } => out.add(types::UpdatePeerHistoryTtl {
            peer: render::user::peer(*peer),
            ttl_period: (*period > 0).then(|| message::date(*period)),
        }),
        Change::WebPage { page } => {
            let webpage = render::webpage::told(view, *page)?;
            out.add(types::UpdateChannelWebPage { channel_id: channel_id(channel), webpage, pts, pts_count });
        }
        // What only mailboxes record; a number would still have to be kept.
        _ if pts_count > 0 => out.add(nothing(channel, pts, pts_count)),
        _ => {}
    }
    Ok(())
}

/// A message that is there and that this reader may see, and whom it names.
fn seen(
    view: &dyn View,
    reader: Reader,
    channel: ChannelId,
    id: MessageId,
    out: &mut Rendered,
) -> Decided<Option<SeenMessage>> {
    if !reader.sees(id) {
        return Ok(None);
    }
    let seen = messages::seen_in(view, reader.viewer(), channel.into(), [id])?.pop();
    seen.iter().for_each(|it| out.named.message(it));
    Ok(seen)
}

fn visible(reader: Reader, messages: &[MessageId]) -> Vec<i32> {
    numbers(&messages.iter().copied().filter(|it| reader.sees(*it)).collect::<Vec<_>>())
}

/// Carries its pts and nothing else.
fn nothing(channel: ChannelId, pts: i32, pts_count: i32) -> types::UpdateDeleteChannelMessages {
    types::UpdateDeleteChannelMessages { channel_id: channel_id(channel), messages: Vec::new(), pts, pts_count }
}
