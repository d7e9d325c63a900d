//! All that is told of a channel to who may look at it. Source: core.telegram.org/constructor/channelFull.

use super::{
    ChannelCounts, GroupCard,
    basic::migrate,
    channel::{self, counts, first_shown},
    guard::{Before, before},
    participants,
};
use crate::{
    files::{Access, Carrier, Photo},
    ids::{ChannelId, ChatId, MessageId, Peer, Pts, UserId},
    messages::{DialogRow, dialog, pinned, posts, scheduled},
    people::{
        notify::{NotifyRow, Target, notify},
        photos::with_access,
    },
    stickers::{self, SeenSet},
    updates,
    view::{Decided, View},
};

/// Members of the largest group of which it is told at once how many are online; of larger ones clients ask.
const ONLINE_MAX: u32 = 200;

/// A channel, seen by somebody who may look at it.
#[derive(Clone, Debug, PartialEq)]
pub struct FullChannel {
    /// What it says of itself.
    pub card: GroupCard,
    /// The numbers of its members.
    pub counts: ChannelCounts,
    /// The viewer's own side.
    pub dialog: DialogRow,
    /// The viewer's notification settings.
    pub notify: NotifyRow,
    /// Where the log stands.
    pub pts: Pts,
    /// The first message that the viewer may read.
    pub first_shown: MessageId,
    /// Whether the viewer may see the list of members.
    pub can_view_participants: bool,
    /// Whether messages of the viewer wait here.
    pub has_scheduled: bool,
    /// The pinned message that was sent last, of those that the viewer may read.
    pub pinned: Option<MessageId>,
    /// Members of a group who are online, where they are few enough to be looked at.
    pub online: Option<u32>,
    /// When the viewer may write again, unix seconds; 0: now.
    pub slow_until: u32,
    /// As whom the viewer speaks, where it can choose.
    pub voice: Option<Peer>,
    /// The set of stickers that members are offered.
    pub stickers: Option<SeenSet>,
    /// The set of custom emoji that they are.
    pub emoji: Option<SeenSet>,
    /// The basic group that it was, and the last message that the viewer has of it, by the viewer's own numbers.
    pub before: Option<(ChatId, i32)>,
    /// Its photo.
    pub photo: Option<(Photo, Access)>,
}

/// Reads all of it.
pub fn full(view: &(impl View + ?Sized), id: ChannelId, me: UserId) -> Decided<(Before, FullChannel)> {
    let it = before(view, id, me)?;
    let peer = Peer::Channel(id);
    let slow = it.row.slow_mode > 0 && it.standing.admin().is_none() && it.member.wrote_at > 0;
    let next = it.member.wrote_at.saturating_add(it.row.slow_mode);
    let first_shown = if it.standing.is_in() { first_shown(&it.row, &it.member) } else { MessageId(1) };
    let counted = !it.row.broadcast && it.standing.is_in() && counts(view, id)?.members <= ONLINE_MAX;
    let card = channel::card(view, id, &it.row)?;
    let carrier = Carrier::GroupPhoto { group: peer };
    let full = FullChannel {
        photo: card.photo.as_ref().map(|it| with_access(view, it, carrier)),
        card,
        counts: counts(view, id)?,
        dialog: match it.standing.is_in() {
            true => posts::list::shown(view, me, peer)?,
            false => dialog(view, me, peer)?,
        },
        notify: notify(view, me, Target::Peer(peer))?,
        pts: updates::counters(view, id)?.pts,
        first_shown,
        pinned: pinned::last(view, id.into(), peer)?.filter(|it| *it >= first_shown),
        online: if counted { Some(posts::online::online(view, me, id)?) } else { None },
        can_view_participants: participants::can_view(&it),
        has_scheduled: scheduled::any(view, me, peer)?,
        slow_until: if slow && next > view.now().secs() { next } else { 0 },
        voice: match it.standing.is_in() {
            true => posts::voice::chosen(view, me, id)?,
            false => None,
        },
        stickers: stickers::seen::seen(view, me, it.row.stickers)?,
        emoji: stickers::seen::seen(view, me, it.row.emoji)?,
        before: match it.standing.is_in() && !it.row.history_hidden {
            true => migrate::before(view, me, &it.row)?,
            false => None,
        },
    };
    Ok((it, full))
}
