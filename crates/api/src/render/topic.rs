//! Topics of forums as TL.

use domain::{
    ChannelId, Peer, UserId,
    groups::{log::TopicCopy, topics::list::SeenTopic},
    people::notify::NotifyRow,
};
use tl::{enums, types};

use super::{
    message::{self, date},
    user::peer,
};

/// A topic as somebody sees it.
pub fn topic(channel: ChannelId, it: &SeenTopic, notify: &NotifyRow) -> enums::ForumTopic {
    let row = &it.row;
    types::ForumTopic {
        my: it.my,
        closed: row.closed,
        pinned: it.pinned,
        short: false,
        hidden: row.hidden,
        title_missing: it.card.title_missing,
        id: it.id.0,
        date: date(row.date),
        peer: peer(Peer::Channel(channel)),
        title: it.card.title.clone(),
        icon_color: date(row.color),
        icon_emoji_id: (it.card.emoji != 0).then_some(it.card.emoji),
        top_message: it.top.0,
        read_inbox_max_id: it.marks.inbox.0,
        read_outbox_max_id: it.marks.outbox.0,
        unread_count: date(it.marks.unread),
        unread_mentions_count: date(it.unread_mentions),
        unread_reactions_count: date(it.unread_reactions),
        unread_poll_votes_count: date(it.unread_votes),
        from_id: peer(author(it)),
        notify_settings: super::notify::settings(notify),
        draft: it.draft.as_ref().map(|it| message::draft(Some(it))),
    }
    .into()
}

/// A topic as the admin log keeps it: without what is somebody's own, or in motion.
pub fn short(channel: ChannelId, me: UserId, it: &TopicCopy) -> enums::ForumTopic {
    types::ForumTopic {
        my: it.row.creator == me,
        closed: it.row.closed,
        pinned: false,
        short: true,
        hidden: it.row.hidden,
        title_missing: it.card.title_missing,
        id: it.id.0,
        date: date(it.row.date),
        peer: peer(Peer::Channel(channel)),
        title: it.card.title.clone(),
        icon_color: date(it.row.color),
        icon_emoji_id: (it.card.emoji != 0).then_some(it.card.emoji),
        top_message: it.id.0,
        read_inbox_max_id: 0,
        read_outbox_max_id: 0,
        unread_count: 0,
        unread_mentions_count: 0,
        unread_reactions_count: 0,
        unread_poll_votes_count: 0,
        from_id: peer(it.author()),
        notify_settings: super::notify::settings(&NotifyRow::default()),
        draft: None,
    }
    .into()
}

/// Who a topic is shown to be of.
pub fn author(it: &SeenTopic) -> Peer {
    it.row.sent_as.unwrap_or(Peer::User(it.row.creator))
}

/// A user that a topic names, if it is one.
pub fn people(it: &SeenTopic) -> Option<UserId> {
    author(it).user()
}
