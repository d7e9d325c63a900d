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
    invites::{self, InviteRow},
    members,
};
use crate::{
    caller::Caller,
    deliveries::{Delivery, deliver},
    ids::{ChannelId, LogId, Peer, UserId},
    messages::{
        polls,
        posts::tags,
        rows::{MailboxRow, id_of},
        todo,
    },
    people::{NameKind, names::release},
    record,
    record::Record,
    refusal::Refusal,
    sealing,
    service::{Command, Domain},
    spaces::{
        ADMIN_LOG, ARCHIVED, CHANNEL_COUNTS, CHANNEL_ERASURE, CHANNEL_HOUR, COPY, COUNTERS, HISTORY, INVITE,
        INVITE_USE, INVITER, JOINING, LOG, MAILBOX, MEMBER, MEMBER_BLOCK, MEMBER_LIST, MEMBER_NAME, PINNED,
        POST_COUNTS, POST_SERIES, POST_VIEWERS, PUBLIC_FORWARD, REACTED, REACTION, REACTION_SUM, READ_AT, READERS,
        SEARCH, SENT, THREAD, THREAD_STATE, TOPIC, UNREAD_MARK, UPKEEP,
    },
    turn::Turn,
    updates,
    view::{Decided, Rows, View, list, load},
};

/// Rows removed in one step: few enough that nobody waits behind it.
const PAGE: usize = 24;

/// Members told in one step: each writes some eight rows of its own.
const TOLD: usize = PAGE / 8;

/// Channels looked at by one run of the job.
const CHANNELS: usize = 16;

/// How keys of a kind of row begin.
#[derive(Clone, Copy)]
enum Of {
    /// With the channel's number.
    Channel,
    /// With the number of its log.
    Log,
    /// With the channel as one of the groups of both kinds.
    Peer,
}

/// Kinds of rows, in the order in which they go; new ones come last, since a removal under way counts them.
const KINDS: &[(Subspace, Of)] = &[
    (MEMBER, Of::Channel),
    (MEMBER_LIST, Of::Channel),
    (MEMBER_BLOCK, Of::Channel),
    (MEMBER_NAME, Of::Channel),
    (CHANNEL_COUNTS, Of::Channel),
    (ADMIN_LOG, Of::Channel),
    (MAILBOX, Of::Log),
    (COPY, Of::Log),
    (HISTORY, Of::Log),
    (SENT, Of::Log),
    (REACTION, Of::Log),
    (SEARCH, Of::Log),
    (UNREAD_MARK, Of::Log),
    (PINNED, Of::Log),
    (READERS, Of::Log),
    (READ_AT, Of::Log),
    (UPKEEP, Of::Log),
    (LOG, Of::Log),
    (COUNTERS, Of::Log),
    (REACTION_SUM, Of::Log),
    (REACTED, Of::Log),
    (TOPIC, Of::Log),
    (THREAD, Of::Log),
    (THREAD_STATE, Of::Log),
    (INVITE, Of::Peer),
    (INVITER, Of::Peer),
    (JOINING, Of::Peer),
    (INVITE_USE, Of::Peer),
    (ARCHIVED, Of::Channel),
    (POST_COUNTS, Of::Channel),
    (POST_VIEWERS, Of::Channel),
    (PUBLIC_FORWARD, Of::Channel),
    (CHANNEL_HOUR, Of::Channel),
    (POST_SERIES, Of::Channel),
];

record! {
    /// How far the removal has come: the place among the kinds of rows.
    pub struct ChannelErasureRow {
        1 => kind: u32,
        /// The last key removed: a scan from the first would pass all that were removed before.
        2 => after: Bytes,
        /// Polls and checklists that were found among its messages; their rows go before anything else does.
        3 => asked: Vec<u64>,
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

/// Does a step of what is on the list, for each of the first channels. `true`: there is more to do.
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
        if let Some(asked) = row.asked.last() {
            if erase_asked(turn, *asked)? {
                let asked = row.asked[..row.asked.len() - 1].to_vec();
                turn.put(key, &ChannelErasureRow { asked, ..row });
            }
            return Ok(());
        }
        let at = usize::try_from(row.kind).unwrap_or(usize::MAX);
        let Some((kind, of)) = KINDS.get(at) else {
            turn.delete(key);
            return Ok(());
        };
        let page = if *kind == MEMBER { TOLD } else { PAGE };
        let range = rows_of(id, *kind, *of);
        let start = if row.after.is_empty() { range.start } else { Key::from_bytes(&row.after).prefix_end() };
        let rows = turn.scan(&Range { start, end: range.end }, Direction::Forward, page)?;
        let owner = channel::channel(turn, id)?.map_or(UserId::NOBODY, |it| it.creator);
        let mut asked = Vec::new();
        for (key, value) in &rows {
            match *kind {
                MEMBER => tell(turn, id, owner, key)?,
                MAILBOX => {
                    let post = MailboxRow::decode(value)?;
                    tags::forget(turn, id, id_of(key), &post);
                    asked.extend(Some(post.asked).filter(|it| *it > 0));
                }
                INVITE => invites::close(turn, &InviteRow::decode(value)?),
                _ => {}
            }
            turn.delete(key.clone());
        }
        let next = match rows.last() {
            Some((last, _)) if rows.len() == page => {
                ChannelErasureRow { after: Bytes::copy_from_slice(last.as_bytes()), asked, ..row }
            }
            _ => ChannelErasureRow { kind: row.kind + 1, after: Bytes::new(), asked, ..row },
        };
        turn.put(key, &next);
        Ok(())
    }
}

fn rows_of(id: ChannelId, kind: Subspace, of: Of) -> Range {
    Range::prefix(match of {
        Of::Channel => Key::of(kind, id.vshard().0).u64(id.0).key(),
        Of::Log => LogId::Channel(id).rows(kind).key(),
        Of::Peer => invites::rows_of(kind, Peer::Channel(id)).key(),
    })
}

/// Removes rows of a poll or checklist that was asked in the channel; `true`: none is left.
fn erase_asked(turn: &mut Turn<'_>, number: u64) -> Decided<bool> {
    todo::erase(turn, number);
    Ok(polls::erase(turn, number, PAGE)? < PAGE)
}

/// Lets a member know that the channel is gone; who left before knows no more than before.
fn tell(turn: &mut Turn<'_>, id: ChannelId, owner: UserId, key: &Key) -> Decided<()> {
    let Some(user) = key.suffix().last_chunk().map(|it| UserId(u64::from_be_bytes(*it))) else { return Ok(()) };
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

#[cfg(test)]
mod tests;
