//! Every message of one sender goes, a step at a time: a timer row holds how far it came, so a restart in the
//! middle costs nothing.

use store::{Direction, Key, KeyBuilder, Range};

use super::{remove, settings};
use crate::{
    caller::Caller,
    groups::{
        AdminRights,
        access::{self, Access},
        log::{AdminEvent, Kept, note_all},
    },
    ids::{ChannelId, LogId, MessageId, Peer, UserId},
    messages::{
        reactions::crowd,
        rows::{MailboxRow, id_of, mailbox_key},
    },
    refusal::Refusal,
    service::Command,
    spaces::TIMER,
    turn::Turn,
    updates::{LogEntry, Origin},
    view::{Decided, Stop, View, list},
};

/// The kind of timer that goes on.
pub(in crate::messages) const PURGE: u8 = 75;

/// The kind of timer that takes reactions back.
pub(in crate::messages) const TAKE_BACK: u8 = 77;

/// Stands for every sender.
const ALL: Peer = Peer::User(UserId::NOBODY);

/// Messages looked at in one step.
const STEP: usize = 256;

/// Deletes what somebody wrote in a channel.
pub struct DeleteParticipantHistory {
    /// Who asks.
    pub by: Caller,
    /// Where.
    pub channel: ChannelId,
    /// Whose messages: a member's, or those sent as a channel.
    pub participant: Peer,
}

impl Command for DeleteParticipantHistory {
    /// The entry of the channel's log for the first step; the rest follows by itself.
    type Reply = Option<LogEntry>;

    fn decide(&self, turn: &mut Turn<'_>) -> Decided<Option<LogEntry>> {
        let access = access::inside(turn, self.channel, self.by.user)?;
        if access.row.broadcast {
            return Err(Refusal::ChannelInvalid.into());
        }
        access.demand(AdminRights::DELETE_MESSAGES)?;
        if let Peer::Chat(_) = self.participant {
            return Err(Refusal::ParticipantIdInvalid.into());
        }
        let from = MessageId(i32::MAX);
        step(turn, self.channel, (self.by.user, self.participant), from, Some(self.by.origin))
    }
}

/// Goes on where a timer says.
pub(in crate::messages) fn run(turn: &mut Turn<'_>, key: &Key) -> Decided<()> {
    let Some((channel, participant, below)) = parts(key.suffix()) else { return Ok(()) };
    let by = key.suffix().get(26..).and_then(|it| it.first_chunk()).map_or(0, |it| u64::from_be_bytes(*it));
    step(turn, channel, (UserId(by), participant), below, None).map(drop)
}

/// Takes back all reactions of somebody.
pub(super) fn reactions(turn: &mut Turn<'_>, access: &Access, participant: Peer) -> Decided<()> {
    reactions_below(turn, access, participant, MessageId(i32::MAX))
}

/// Goes on where a timer says; a channel that is gone has no reactions to take back.
pub(in crate::messages) fn run_reactions(turn: &mut Turn<'_>, key: &Key) -> Decided<()> {
    let Some((channel, participant, below)) = parts(key.suffix()) else { return Ok(()) };
    match access::of(turn, channel, UserId::NOBODY) {
        Ok(access) => reactions_below(turn, &access, participant, below),
        Err(Stop::Refuse(Refusal::ChannelInvalid | Refusal::ChannelPrivate)) => Ok(()),
        Err(other) => Err(other),
    }
}

fn reactions_below(turn: &mut Turn<'_>, access: &Access, participant: Peer, below: MessageId) -> Decided<()> {
    let Some(who) = participant.user() else { return Ok(()) };
    let range = Range { start: mailbox_key(access.log(), MessageId(1)), end: mailbox_key(access.log(), below) };
    let rows = list::<MailboxRow>(turn, &range, Direction::Backward, STEP)?;
    for (key, _) in rows.iter().filter(|(_, row)| row.reacted) {
        if crowd::take_back(turn, access, id_of(key), who)? {
            settings::told(turn, access, id_of(key))?;
        }
    }
    if let Some((key, _)) = rows.last().filter(|_| rows.len() == STEP) {
        let now = turn.now().secs();
        turn.put_empty(timer((now, TAKE_BACK), access.channel, participant, id_of(key)).key());
    }
    Ok(())
}

/// Deletes everything up to a message: nobody's in particular.
pub(super) fn clear(
    turn: &mut Turn<'_>,
    channel: ChannelId,
    up_to: MessageId,
    skip: Option<Origin>,
) -> Decided<Option<LogEntry>> {
    step(turn, channel, (UserId::NOBODY, ALL), MessageId(up_to.0.saturating_add(1)), skip)
}

fn step(
    turn: &mut Turn<'_>,
    channel: ChannelId,
    (by, participant): (UserId, Peer),
    below: MessageId,
    skip: Option<Origin>,
) -> Decided<Option<LogEntry>> {
    let log = LogId::from(channel);
    let range = Range { start: mailbox_key(log, MessageId(1)), end: mailbox_key(log, below) };
    let rows = list::<MailboxRow>(turn, &range, Direction::Backward, STEP)?;
    let theirs = |row: &MailboxRow| match row.sent_as {
        _ if participant == ALL => true,
        None => Peer::User(row.from) == participant,
        Some(voice) => voice == participant,
    };
    // The word that a channel begins with stays.
    let first = |key: &Key| id_of(key) == MessageId(1);
    let going = rows.iter().filter(|(key, row)| theirs(row) && !first(key));
    let ids: Vec<_> = going.map(|(key, _)| id_of(key)).collect();
    if participant != ALL {
        let theirs = rows.iter().filter(|(key, row)| row.from != by && ids.contains(&id_of(key)));
        let kept = |(key, row): &(Key, MailboxRow)| Kept { id: id_of(key), row: row.clone(), ..Kept::default() };
        let events: Vec<_> = theirs.map(|it| AdminEvent::Deleted { message: kept(it) }).collect();
        note_all(turn, channel, by, events)?;
    }
    let entry = remove(turn, channel, &ids, skip)?;
    if let Some((key, _)) = rows.last().filter(|_| rows.len() == STEP) {
        let now = turn.now().secs();
        turn.put_empty(timer((now, PURGE), channel, participant, id_of(key)).u64(by.0).key());
    }
    Ok(entry)
}

fn timer((due, kind_of): (u32, u8), channel: ChannelId, participant: Peer, below: MessageId) -> KeyBuilder {
    let (kind, id) = participant.key_parts();
    let rest = Key::of(TIMER, 0).u32(due).u8(kind_of).u64(channel.0).u8(kind).u64(id);
    rest.u32(below.0.unsigned_abs())
}

/// Due, kind, channel, kind and id of the participant, number.
fn parts(suffix: &[u8]) -> Option<(ChannelId, Peer, MessageId)> {
    let channel = u64::from_be_bytes(*suffix.get(5..)?.first_chunk()?);
    let peer = Peer::from_key_parts(*suffix.get(13)?, u64::from_be_bytes(*suffix.get(14..)?.first_chunk()?))?;
    let below = i32::from_be_bytes(*suffix.get(22..)?.first_chunk()?);
    Some((ChannelId(channel), peer, MessageId(below)))
}
