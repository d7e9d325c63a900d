//! Voting: choosing, choosing anew, taking back. Counters, the voter's row and the index of voters change together.
//! Source: core.telegram.org/method/messages.sendVote.

use super::{
    ALL, PollBody, PollRow, RECENT_MAX, Recent, VoteRow, answers, poll_key, polled, state, stats, vote, vote_key,
    voter_key,
};
use crate::{
    caller::Caller,
    deliveries::{Delivery, deliver},
    groups,
    ids::{MessageId, MessageUid, Peer, UserId},
    messages::{
        marks::{self, Mark},
        receive::Delivered,
        rows::{MailboxRow, copy, local_id},
    },
    refusal::Refusal,
    service::Command,
    turn::Turn,
    updates::{self, Change, LogEntry, Passing, hearing},
    view::{Decided, View},
};

/// Seconds for which a voter must have been a member before a poll for members was posted.
/// Source: core.telegram.org/constructor/poll, `subscribers_only`.
pub const MEMBER_SECONDS: u32 = 24 * 3600;

/// Chooses answers of a poll, in place of the ones chosen before; none takes the vote back.
pub struct SendVote {
    /// Who.
    pub by: Caller,
    /// In which chat.
    pub peer: Peer,
    /// The poll's message.
    pub message: MessageId,
    /// Names of answers.
    pub options: Vec<bytes::Bytes>,
}

impl Command for SendVote {
    /// The entry of the voter's log, for its own sessions.
    type Reply = LogEntry;

    fn decide(&self, turn: &mut Turn<'_>) -> Decided<LogEntry> {
        let me = self.by.user;
        let (row, poll) = polled(turn, me, self.peer, self.message)?;
        let mut state = state(turn, poll.id)?;
        let now = turn.now().secs();
        if poll.is_closed(&state, now) {
            return Err(Refusal::MessagePollClosed.into());
        }
        refuse_newcomer(turn, me, self.peer, &row, &poll)?;
        let chosen = self.chosen(turn, &poll, &state)?;
        let old = vote(turn, poll.id, me)?;
        if old.is_some() && (poll.quiz || poll.no_revote) {
            return Err(Refusal::RevoteNotAllowed.into());
        }
        let change = Change::Poll { peer: self.peer, message: self.message };
        if old.as_ref().map_or(&[][..], |it| &it.answers) != chosen {
            take_back(turn, &poll, &mut state, me, old.as_ref());
            cast(turn, &poll, &mut state, me, &chosen, now)?;
            let voted = poll.public && !chosen.is_empty() && poll.creator != me;
            state.unread |= voted;
            turn.put(poll_key(poll.id), &state);
            tell(turn, &self.by, (self.peer, self.message), row.uid, (&poll, voted))?;
        }
        updates::append(turn, me, change, 0, Some(self.by.origin))
    }
}

impl SendVote {
    /// Places of the answers, each once, in order.
    fn chosen(&self, turn: &Turn<'_>, poll: &PollBody, state: &PollRow) -> Decided<Vec<u32>> {
        let all = answers::all(turn, poll, state)?;
        let mut places = Vec::with_capacity(self.options.len().min(all.len()));
        for option in &self.options {
            let place = all.iter().position(|it| !it.removed && it.option == *option).ok_or(Refusal::OptionInvalid)?;
            let place = u32::try_from(place).map_err(|_| Refusal::OptionInvalid)?;
            if places.contains(&place) {
                return Err(Refusal::OptionInvalid.into());
            }
            places.push(place);
        }
        if places.len() > 1 && !poll.multiple {
            return Err(Refusal::OptionsTooMuch.into());
        }
        places.sort_unstable();
        Ok(places)
    }
}

/// A poll for members is for those who had been there for a day.
fn refuse_newcomer(turn: &Turn<'_>, me: UserId, peer: Peer, row: &MailboxRow, poll: &PollBody) -> Decided<()> {
    let Some(channel) = peer.channel().filter(|_| poll.members_only) else { return Ok(()) };
    let joined = groups::member(turn, channel, me)?.map_or(0, |it| it.joined);
    let creator = groups::channel::existing(turn, channel)?.creator == me;
    if creator || joined > 0 && joined.saturating_add(MEMBER_SECONDS) <= row.date {
        Ok(())
    } else {
        Err(Refusal::PollMemberRestricted.into())
    }
}

/// Takes a vote out of the counters and indexes.
pub(super) fn take_back(turn: &mut Turn<'_>, poll: &PollBody, row: &mut PollRow, user: UserId, old: Option<&VoteRow>) {
    let Some(old) = old else { return };
    row.voters = row.voters.saturating_sub(1);
    turn.delete(vote_key(poll.id, user));
    row.recent.retain(|it| *it != user);
    row.recent_by_answer.iter_mut().for_each(|it| it.voters.retain(|it| *it != user));
    for &place in old.answers.iter() {
        if let Some(count) = row.counts.get_mut(place as usize) {
            *count = count.saturating_sub(1);
        }
        turn.delete(voter_key(poll.id, place, old.date, user));
    }
    turn.delete(voter_key(poll.id, ALL, old.date, user));
}

/// Puts a vote into the counters and indexes, and into the numbers of its hour.
fn cast(
    turn: &mut Turn<'_>,
    poll: &PollBody,
    row: &mut PollRow,
    user: UserId,
    chosen: &[u32],
    date: u32,
) -> Decided<()> {
    if chosen.is_empty() {
        return Ok(());
    }
    recast(turn, poll, row, user, chosen, date);
    stats::count(turn, poll.id, chosen, date)
}

/// Puts a vote into the counters and indexes.
pub(super) fn recast(turn: &mut Turn<'_>, poll: &PollBody, row: &mut PollRow, user: UserId, chosen: &[u32], date: u32) {
    if chosen.is_empty() {
        return;
    }
    row.voters += 1;
    let answers = chosen.to_vec();
    turn.put(vote_key(poll.id, user), &VoteRow { answers, date, ..VoteRow::default() });
    let indexed = poll.public || poll.open;
    let last = chosen.iter().max().map_or(0, |it| *it as usize + 1);
    row.counts.resize(row.counts.len().max(last), 0);
    if poll.public {
        row.recent_by_answer.resize(row.recent_by_answer.len().max(last), Recent::default());
        put_first(&mut row.recent, user);
    }
    for &place in chosen {
        row.counts[place as usize] += 1;
        if poll.public {
            put_first(&mut row.recent_by_answer[place as usize].voters, user);
        }
        if indexed {
            turn.put_empty(voter_key(poll.id, place, date, user));
        }
    }
    if indexed {
        turn.put_empty(voter_key(poll.id, ALL, date, user));
    }
}

fn put_first(recent: &mut Vec<UserId>, user: UserId) {
    recent.retain(|it| *it != user);
    recent.insert(0, user);
    recent.truncate(RECENT_MAX);
}

/// Those who look at the poll's chat now learn that it changed: nothing is stored, since results are read when
/// shown. Only who asked keeps a mark of votes that it has not seen.
pub(super) fn tell(
    turn: &mut Turn<'_>,
    by: &Caller,
    (peer, message): (Peer, MessageId),
    uid: MessageUid,
    (poll, voted): (&PollBody, bool),
) -> Decided<()> {
    let me = by.user;
    let what = Delivered::PollVoted { peer, uid, voted };
    match peer {
        Peer::User(other) if other == me => Ok(()),
        Peer::User(other) => deliver(turn, me, other, Delivery::Messages { what }),
        Peer::Chat(id) => {
            let members = groups::chat(turn, id)?.map(|it| it.members).unwrap_or_default();
            for it in members.iter().filter(|it| it.user != me) {
                deliver(turn, me, it.user, Delivery::Messages { what: what.clone() })?;
            }
            Ok(())
        }
        Peer::Channel(id) => {
            hearing::pass(turn, id.into(), Passing::Poll { peer, message, by: me })?;
            if voted { deliver(turn, me, poll.creator, Delivery::Messages { what }) } else { Ok(()) }
        }
    }
}

/// A vote was cast in a chat of `to`'s: its sessions are told; if it asked, it has something unread.
pub(in crate::messages) fn receive(
    turn: &mut Turn<'_>,
    (by, to): (UserId, UserId),
    peer: Peer,
    uid: MessageUid,
    voted: bool,
) -> Decided<()> {
    let log = peer.log(to);
    let Some(message) = local_id(turn, log, uid)? else { return Ok(()) };
    let Some(row) = copy(turn, log, message)? else { return Ok(()) };
    if voted && row.from == to && row.forward.is_none() {
        marks::settle(turn, to, peer, message, (Mark::PollVote, true))?;
        return updates::append(turn, to, Change::Poll { peer, message }, 0, None).map(drop);
    }
    if peer.channel().is_none() {
        hearing::pass(turn, to.into(), Passing::Poll { peer, message, by })?;
    }
    Ok(())
}
