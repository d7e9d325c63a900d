//! Polls and quizzes. What is asked stands sealed in the message; what came of it is one state for all copies
//! and forwards of the message, under the poll's own number: counters, one row a voter, and an index of voters
//! for polls that show them. Source: core.telegram.org/api/poll.

pub mod answers;
pub mod close;
mod draft;
mod seen;
pub mod stats;
pub mod unread;
pub mod vote;
pub mod voters;

use bytes::Bytes;
use store::{Direction, Key, KeyBuilder, Range};

pub(super) use draft::styled;
pub use draft::{NewAnswer, NewPoll};
pub use seen::{SeenAnswer, SeenPoll, seen};

use super::rows::{Body, Entity, MailboxRow, copy, open_body};
use crate::{
    groups,
    ids::{MessageId, Peer, UserId, VShard},
    record,
    refusal::Refusal,
    spaces::{POLL, VOTE, VOTER},
    turn::Turn,
    view::{Decided, Rows, View, load, load_or_default},
};

/// Characters of a question. Source: core.telegram.org/constructor/poll.
pub const QUESTION_MAX: usize = 255;

/// Characters of an answer. Source: TDLib, `inputPollOption`.
pub const ANSWER_MAX: usize = 100;

/// Answers of one poll, added ones included. Source: `poll_answers_max` of help.getAppConfig.
pub const ANSWERS_MAX: usize = 12;

/// Answers that a poll begins with: two, or one where voters may add more.
pub const ANSWERS_MIN: usize = 2;

/// Bytes that name an answer. Source: core.telegram.org/constructor/pollAnswer.
pub const OPTION_MAX: usize = 100;

/// Characters of an explanation, and its line feeds. Source: core.telegram.org/constructor/inputMediaPoll.
pub const SOLUTION_MAX: usize = 200;
/// Line feeds of an explanation.
pub const SOLUTION_LINES_MAX: usize = 2;

/// Seconds for which a poll may be open. Source: core.telegram.org/constructor/poll.
pub const OPEN_SECONDS: std::ops::RangeInclusive<u32> = 5..=2_628_000;

/// The last voters that are shown beside a result. Source: clients show three.
pub const RECENT_MAX: usize = 3;

record! {
    /// A text with its marks.
    pub struct Styled { 1 => text: String, 2 => entities: Vec<Entity> }
}

record! {
    /// One answer.
    pub struct PollAnswer {
        1 => text: Styled,
        /// Its name in votes.
        2 => option: Bytes,
        /// Who added it to the open poll.
        3 => added_by: Option<UserId>,
        /// When it was added, unix seconds.
        4 => added: u32,
        /// Taken off again; it keeps its place, so that others keep theirs.
        5 => removed: bool,
    }
}

record! {
    /// What is asked; stored only sealed, as a part of the message.
    pub struct PollBody {
        /// The poll's number, in every copy and forward.
        1 => id: u64,
        2 => creator: UserId,
        3 => question: Styled,
        4 => answers: Vec<PollAnswer>,
        /// Everybody sees who voted what.
        5 => public: bool,
        6 => multiple: bool,
        7 => quiz: bool,
        /// Voters may add answers.
        8 => open: bool,
        9 => no_revote: bool,
        10 => shuffle: bool,
        /// No results before it is closed.
        11 => hidden: bool,
        /// Only who was a member a day before.
        12 => members_only: bool,
        /// Places of the right answers of a quiz.
        13 => correct: Vec<u32>,
        /// Why they are right.
        14 => solution: Option<Styled>,
        /// Seconds for which it is open; 0: until it is closed.
        15 => period: u32,
        /// When it closes by itself, unix seconds; 0: never.
        16 => close_date: u32,
        /// Was sent closed.
        17 => closed: bool,
        /// Added answers are sealed under this group's key.
        18 => home: Peer,
    }
}

record! {
    /// What came of a poll; none: nothing yet.
    pub struct PollRow {
        1 => closed: bool,
        /// Voters.
        2 => voters: u32,
        /// Votes of each answer, by its place.
        3 => counts: Vec<u32>,
        /// The last voters of a public poll, the latest first.
        4 => recent: Vec<UserId>,
        /// The same of each answer.
        5 => recent_by_answer: Vec<Recent>,
        /// Answers added to an open poll ([`answers::Added`]), sealed; AAD is the poll's number and the version.
        6 => added: Bytes,
        7 => added_version: u32,
        /// Somebody voted whom the creator has not seen.
        8 => unread: bool,
        /// It was forwarded to another chat, and so outlives its own.
        9 => elsewhere: bool,
    }
}

record! {
    /// The last voters of one answer.
    pub struct Recent { 1 => voters: Vec<UserId> }
}

record! {
    /// What somebody chose: places of answers.
    pub struct VoteRow { 1 => answers: Vec<u32>, 2 => date: u32 }
}

impl PollBody {
    /// Whether nobody may vote any more. A timer tells the clients; the moment itself decides.
    pub fn is_closed(&self, row: &PollRow, now: u32) -> bool {
        self.closed || row.closed || self.close_date > 0 && self.close_date <= now
    }
}

/// What came of a poll.
pub fn state(view: &(impl Rows + ?Sized), poll: u64) -> Decided<PollRow> {
    load_or_default(view, &poll_key(poll))
}

/// What somebody chose.
pub fn vote(view: &(impl Rows + ?Sized), poll: u64, user: UserId) -> Decided<Option<VoteRow>> {
    load(view, &vote_key(poll, user))
}

/// A message with a poll, as somebody who may read it finds it.
pub(super) fn polled(
    view: &(impl View + ?Sized),
    me: UserId,
    peer: Peer,
    id: MessageId,
) -> Decided<(MailboxRow, PollBody)> {
    let (row, body) = readable(view, me, peer, id)?;
    let poll = body.poll.ok_or(Refusal::MessageIdInvalid)?;
    Ok((row, poll))
}

/// Refuses who may not look at a poll.
pub fn readable_poll(view: &(impl View + ?Sized), me: UserId, peer: Peer, id: MessageId) -> Decided<()> {
    polled(view, me, peer, id).map(drop)
}

/// A message of a chat that somebody may read, opened.
pub(super) fn readable(
    view: &(impl View + ?Sized),
    me: UserId,
    peer: Peer,
    id: MessageId,
) -> Decided<(MailboxRow, Body)> {
    let log = peer.log(me);
    let from = visible_from(view, me, peer)?;
    let row = copy(view, log, id)?.filter(|it| it.peer == peer && id >= from).ok_or(Refusal::MessageIdInvalid)?;
    let body = open_body(view, log, &row)?;
    Ok((row, body))
}

/// The first message that somebody may read in a chat; who is not in a group, or may not read it, is refused.
fn visible_from(view: &(impl View + ?Sized), me: UserId, peer: Peer) -> Decided<MessageId> {
    match peer {
        Peer::User(_) => Ok(MessageId(0)),
        Peer::Chat(id) => {
            let row = groups::chat(view, id)?.ok_or(Refusal::ChatIdInvalid)?;
            if row.member(me).is_some() { Ok(MessageId(0)) } else { Err(Refusal::PeerIdInvalid.into()) }
        }
        Peer::Channel(id) => Ok(groups::access::reader(view, id, me)?.visible_from),
    }
}

/// Notes that a poll is shown in this chat, too.
pub(super) fn forwarded(turn: &mut Turn<'_>, poll: &PollBody, to: Peer) -> Decided<()> {
    let row = state(turn, poll.id)?;
    if to != poll.home && !row.elsewhere {
        turn.put(poll_key(poll.id), &PollRow { elsewhere: true, ..row });
    }
    Ok(())
}

/// Removes rows of a poll whose chat is gone, at most so many; how many went. Forwards of it show what came of it,
/// so then it stays.
pub(crate) fn erase(turn: &mut Turn<'_>, poll: u64, limit: usize) -> Decided<usize> {
    let mut count = 0;
    if state(turn, poll)?.elsewhere {
        return Ok(count);
    }
    // What says whether it stays goes last.
    for space in [VOTE, VOTER, POLL] {
        let found = turn.scan(&Range::prefix(rows(poll, space).key()), Direction::Forward, limit - count)?;
        count += found.len();
        found.into_iter().for_each(|(key, _)| turn.delete(key));
        if count == limit {
            break;
        }
    }
    Ok(count)
}

/// Whether the group that a poll was asked in is gone, and with it the key of what was added there.
fn is_orphan(view: &(impl Rows + ?Sized), poll: &PollBody) -> Decided<bool> {
    let Some(home) = poll.home.channel() else { return Ok(false) };
    Ok(groups::channel::channel(view, home)?.is_none_or(|it| it.deleted))
}

fn poll_key(poll: u64) -> Key {
    rows(poll, POLL).key()
}

fn vote_key(poll: u64, user: UserId) -> Key {
    rows(poll, VOTE).u64(user.0).key()
}

/// The place of a voter among those of an answer; `ALL` for those of any.
fn voter_key(poll: u64, answer: u32, date: u32, user: UserId) -> Key {
    rows(poll, VOTER).u32(answer).u32(!date).u64(user.0).key()
}

/// Stands for any answer in the index of voters.
const ALL: u32 = u32::MAX;

fn voters_of(poll: u64, answer: u32) -> Range {
    Range::prefix(rows(poll, VOTER).u32(answer).key())
}

/// A poll's number tells its vshard, as all numbers do.
fn rows(poll: u64, space: store::Subspace) -> KeyBuilder {
    Key::of(space, VShard((poll & 0xffff) as u16).0).u64(poll)
}

#[cfg(test)]
mod tests;
