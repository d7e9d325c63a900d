//! Changes with a number, of a mailbox's log.

use domain::{
    Decided, Peer, UserId, View, messages,
    updates::{Change, LogEntry},
};
use tl::types;

use super::{Rendered, groups, nothing, numbers, state};
use crate::render::{message, user, webpage};

/// An entry of a mailbox's log. One whose message is gone meanwhile keeps its place in the count by
/// what says nothing: its deletion follows in the log.
pub(super) fn entry(view: &dyn View, me: UserId, entry: &LogEntry, out: &mut Rendered) -> Decided<()> {
    let (pts, pts_count) = (entry.pts.0, entry.count);
    match &entry.change {
        Change::NewMessage { message, random_id, .. } => {
            if let Some(random_id) = random_id.filter(|it| *it != 0) {
                out.add(types::UpdateMessageId { id: message.0, random_id });
            }
            match messages::seen(view, me, *message)? {
                Some(seen) => {
                    out.named.message(&seen);
                    out.add(types::UpdateNewMessage { message: message::message(me, &seen), pts, pts_count });
                }
                None => out.add(nothing(pts, pts_count)),
            }
        }
        Change::EditMessage { message } => match messages::seen(view, me, *message)? {
            Some(seen) => {
                out.named.message(&seen);
                out.add(types::UpdateEditMessage { message: message::message(me, &seen), pts, pts_count });
            }
            None => out.add(nothing(pts, pts_count)),
        },
        Change::DeleteMessages { messages } => {
            out.add(types::UpdateDeleteMessages { messages: numbers(messages), pts, pts_count });
        }
        Change::ReadInbox { peer: Peer::Channel(channel), .. } => {
            groups::read_inbox(view, me, *channel, out)?;
        }
        Change::ReadOutbox { peer: Peer::Channel(channel), up_to } => groups::read_outbox(*channel, *up_to, out),
        Change::ReadInbox { peer, up_to, still_unread } => out.add(types::UpdateReadHistoryInbox {
            folder_id: state::folder_id(messages::dialog(view, me, *peer)?.folder),
            peer: user::peer(*peer),
            top_msg_id: None,
            max_id: up_to.0,
            still_unread_count: message::date(*still_unread),
            pts,
            pts_count,
        }),
        Change::ReadOutbox { peer, up_to } => {
            out.add(types::UpdateReadHistoryOutbox { peer: user::peer(*peer), max_id: up_to.0, pts, pts_count });
        }
        Change::ReadContents { messages, date } => out.add(types::UpdateReadMessagesContents {
            messages: numbers(messages),
            pts,
            pts_count,
            date: (*date > 0).then(|| message::date(*date)),
        }),
        Change::PinnedMessages { peer, messages, pinned } => {
            out.named.peer(*peer);
            let (peer, messages, pinned) = (user::peer(*peer), numbers(messages), *pinned);
            out.add(types::UpdatePinnedMessages { pinned, peer, messages, pts, pts_count });
        }
        Change::FolderPeers { peer, folder } => {
            out.named.peer(*peer);
            let moved = types::FolderPeer { peer: user::peer(*peer), folder_id: i32::from(*folder) }.into();
            out.add(types::UpdateFolderPeers { folder_peers: vec![moved], pts, pts_count });
        }
        Change::WebPage { page } => {
            let webpage = webpage::told(view, *page)?;
            out.add(types::UpdateWebPage { webpage, pts, pts_count });
        }
        other => state::change(view, me, other, out)?,
    }
    Ok(())
}
