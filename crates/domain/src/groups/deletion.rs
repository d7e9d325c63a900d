//! Deleting a channel. The command ends it: its names are free, its keys are gone, and with them all that was said.
//! A job then removes the rows, some at a time, and lets each member know; a restart goes on where it was.
//! Source: core.telegram.org/method/channels.deleteChannel.

use bytes::Bytes;
use store::{Direction, Key, Range, Subspace};

use super::{
    GroupCard,
    channel::{self, put_channel_with},
    discussion,
    guard::owner,
    members,
};
use crate::{
    caller::Caller,
    deliveries::{Delivery, deliver},
    ids::{ChannelId, LogId, Peer, UserId},
    people::{NameKind, names::release},
    record,
    refusal::Refusal,
    sealing,
    service::{Command, Domain},
    spaces::{
        ADMIN_LOG, CHANNEL_COUNTS, CHANNEL_ERASURE, CHANNEL_HOUR, COPY, COUNTERS, HISTORY, LOG, MAILBOX, MEMBER,
        MEMBER_BLOCK, MEMBER_LIST, MEMBER_NAME, PINNED, POST_COUNTS, POST_SERIES, POST_VIEWERS, PUBLIC_FORWARD,
        REACTION, READ_AT, READERS, SEARCH, SENT, UNREAD_MARK, UPKEEP,
    },
    turn::Turn,
    updates,
    view::{Decided, Rows, View, list, load},
};

/// Members told in one step: each is some ten rows.
const TOLD: usize = 100;

/// Rows removed in one step: few enough that nobody waits behind it.
const PAGE: usize = 500;

/// Channels looked at by one run of the job.
const CHANNELS: usize = 16;

/// Kinds of rows whose keys begin with the channel.
const OF_CHANNEL: &[Subspace] = &[
    MEMBER,
    MEMBER_LIST,
    MEMBER_BLOCK,
    MEMBER_NAME,
    CHANNEL_COUNTS,
    ADMIN_LOG,
    POST_COUNTS,
    POST_VIEWERS,
    PUBLIC_FORWARD,
    CHANNEL_HOUR,
    POST_SERIES,
];

/// Kinds of rows whose keys begin with its log.
const OF_LOG: &[Subspace] =
    &[MAILBOX, COPY, HISTORY, SENT, REACTION, SEARCH, UNREAD_MARK, PINNED, READERS, READ_AT, UPKEEP, LOG, COUNTERS];

record! {
    /// How far the removal has come: the place among the kinds of rows, those of the channel first.
    pub struct ChannelErasureRow {
        1 => kind: u32,
        /// The last key removed: a scan from the first would pass all that were removed before.
        2 => after: Bytes,
    }
}

/// Deletes a channel; for its owner.
#[derive(Clone, Debug)]
pub struct DeleteChannel {
    /// Who.
    pub by: Caller,
    /// Which.
    pub channel: ChannelId,
}

impl Command for DeleteChannel {
    type Reply = ();

    fn decide(&self, turn: &mut Turn<'_>) -> Decided<()> {
        let (me, id) = (self.by.user, self.channel);
        let mut row = owner(turn, id, me)?.row;
        let card = channel::card(turn, id, &row)?;
        card.usernames.iter().for_each(|it| release(turn, NameKind::Username, &it.name));
        sealing::destroy(turn, sealing::group_scope(Peer::Channel(id)))?;
        sealing::destroy(turn, sealing::index_scope(id.into()))?;
        discussion::sever(turn, me, id, &mut row)?;
        // What it was called is shown to who was in it.
        row.deleted = true;
        put_channel_with(turn, id, &mut row, &GroupCard { title: card.title, ..GroupCard::default() })?;
        turn.put(erasure_key(id), &ChannelErasureRow::default());
        updates::unfollow(turn, me, id);
        members::tell(turn, &self.by, id, me)
    }
}

/// Does some of what is on the list. `true`: there is more to do now.
pub async fn run(domain: &Domain) -> Result<bool, Refusal> {
    let channels = domain.query(|view| on_list(view)).await?;
    for channel in &channels {
        domain.command(EraseStep { channel: *channel }).await?;
    }
    Ok(!channels.is_empty())
}

fn on_list(view: &(impl View + ?Sized)) -> Decided<Vec<ChannelId>> {
    let all = Range::prefix(Key::of(CHANNEL_ERASURE, 0).key());
    let rows = list::<ChannelErasureRow>(view, &all, Direction::Forward, CHANNELS)?;
    Ok(rows
        .iter()
        .filter_map(|(key, _)| key.suffix().last_chunk())
        .map(|it| ChannelId(u64::from_be_bytes(*it)))
        .collect())
}

/// One page of one channel.
struct EraseStep {
    channel: ChannelId,
}

impl Command for EraseStep {
    type Reply = ();

    fn decide(&self, turn: &mut Turn<'_>) -> Decided<()> {
        let (id, key) = (self.channel, erasure_key(self.channel));
        let Some(row) = load::<ChannelErasureRow>(turn, &key)? else { return Ok(()) };
        let at = usize::try_from(row.kind).unwrap_or(usize::MAX);
        let range = match (OF_CHANNEL.get(at), at.checked_sub(OF_CHANNEL.len()).and_then(|at| OF_LOG.get(at))) {
            (Some(kind), _) => Range::prefix(Key::of(*kind, id.vshard().0).u64(id.0).key()),
            (None, Some(kind)) => Range::prefix(LogId::Channel(id).rows(*kind).key()),
            (None, None) => {
                turn.delete(key);
                return Ok(());
            }
        };
        let told = OF_CHANNEL.get(at) == Some(&MEMBER);
        let page = if told { TOLD } else { PAGE };
        let start = if row.after.is_empty() { range.start } else { Key::from_bytes(&row.after).prefix_end() };
        let rows = turn.scan(&Range { start, end: range.end }, Direction::Forward, page)?;
        let owner = channel::channel(turn, id)?.map_or(UserId::NOBODY, |it| it.creator);
        for (key, _) in &rows {
            if told && let Some(user) = key.suffix().last_chunk().map(|it| UserId(u64::from_be_bytes(*it))) {
                tell(turn, id, owner, user)?;
            }
            turn.delete(key.clone());
        }
        let next = match rows.last() {
            Some((last, _)) if rows.len() == page => {
                ChannelErasureRow { after: Bytes::copy_from_slice(last.as_bytes()), ..row }
            }
            _ => ChannelErasureRow { kind: row.kind + 1, after: Bytes::new(), ..row },
        };
        turn.put(key, &next);
        Ok(())
    }
}

/// Lets a member know that the channel is gone; who left before knows no more than before.
fn tell(turn: &mut Turn<'_>, id: ChannelId, owner: UserId, user: UserId) -> Decided<()> {
    let inside = channel::member(turn, id, user)?.is_some_and(|it| it.joined > 0);
    if !inside || user == owner {
        return Ok(());
    }
    updates::unfollow(turn, user, id);
    deliver_settle(turn, owner, user, id)
}

fn deliver_settle(turn: &mut Turn<'_>, owner: UserId, user: UserId, id: ChannelId) -> Decided<()> {
    let what = members::Delivered::Settle { channel: id, since: crate::ids::Pts(0) };
    deliver(turn, owner, user, Delivery::Channels { what })
}

fn erasure_key(id: ChannelId) -> Key {
    Key::of(CHANNEL_ERASURE, 0).u64(id.0).key()
}
