//! Answers that voters add to an open poll. They stand beside the state of the poll, sealed under the key of the
//! group where it was asked, since the message has copies and forwards.
//! Source: core.telegram.org/api/poll, "Open-answer polls".

use store::{Direction, Key};
use vault::Kind;

use super::{
    ANSWER_MAX, ANSWERS_MAX, NewAnswer, PollAnswer, PollBody, PollRow, draft, is_orphan, poll_key, polled, state,
    styled,
    vote::{take_back, tell},
    voters_of,
};
use crate::{
    caller::Caller,
    groups::{self, AdminRights},
    ids::{MessageId, Peer, UserId},
    messages::{
        rows::{Action, MailboxRow},
        send::{Outgoing, put},
        settings,
    },
    record,
    record::Record,
    refusal::Refusal,
    sealing,
    service::Command,
    turn::Turn,
    updates::{self, Change, LogEntry},
    view::{Decided, Rows, View},
};

/// Votes of an answer that may still be deleted: each is taken back in the same turn, three rows a vote.
pub const DELETE_VOTES_MAX: usize = 1000;

record! {
    /// Answers that were added, in order; stored only sealed.
    pub struct Added { 1 => answers: Vec<PollAnswer> }
}

/// Every answer in its place, removed ones too.
pub(super) fn all(view: &(impl View + ?Sized), poll: &PollBody, row: &PollRow) -> Decided<Vec<PollAnswer>> {
    let mut answers = poll.answers.clone();
    answers.extend(open(view, poll, row)?.answers);
    Ok(answers)
}

fn open(view: &(impl View + ?Sized), poll: &PollBody, row: &PollRow) -> Decided<Added> {
    if row.added.is_empty() || is_orphan(view, poll)? {
        return Ok(Added::default());
    }
    let scope = sealing::group_scope(poll.home);
    let plain = sealing::open(view, scope, Kind::MessageBody, &poll.id.to_be_bytes(), row.added_version, &row.added)?;
    Ok(Added::decode(&plain)?)
}

fn seal(turn: &mut Turn<'_>, poll: &PollBody, row: &mut PollRow, added: &Added) -> Decided<()> {
    row.added_version += 1;
    let (scope, id) = (sealing::group_scope(poll.home), poll.id.to_be_bytes());
    row.added = sealing::seal(turn, scope, Kind::MessageBody, &id, row.added_version, &added.encode())?;
    turn.put(poll_key(poll.id), row);
    Ok(())
}

/// Adds an answer to an open poll.
pub struct AddPollAnswer {
    /// Who.
    pub by: Caller,
    /// In which group.
    pub peer: Peer,
    /// The poll's message.
    pub message: MessageId,
    /// What is added.
    pub answer: NewAnswer,
}

/// Takes an added answer off again, with the votes for it.
pub struct DeletePollAnswer {
    /// Who.
    pub by: Caller,
    /// In which group.
    pub peer: Peer,
    /// The poll's message.
    pub message: MessageId,
    /// The answer's name.
    pub option: bytes::Bytes,
}

impl Command for AddPollAnswer {
    /// That the poll is another, in the caller's log, and the service message.
    type Reply = Vec<LogEntry>;

    fn decide(&self, turn: &mut Turn<'_>) -> Decided<Vec<LogEntry>> {
        let me = self.by.user;
        let (copy, poll) = polled(turn, me, self.peer, self.message)?;
        let mut row = open_poll(turn, &poll)?;
        let text = styled(&self.answer.text, ANSWER_MAX).ok_or(Refusal::PollAnswerInvalid)?;
        let all = all(turn, &poll, &row)?;
        if all.iter().filter(|it| !it.removed).count() >= ANSWERS_MAX {
            return Err(Refusal::PollAnswersInvalid.into());
        }
        if all.iter().any(|it| !it.removed && it.text.text == text.text) {
            return Err(Refusal::PollOptionDuplicate.into());
        }
        let option = free_name(&all);
        let answer = PollAnswer { text, option, added_by: Some(me), added: turn.now().secs(), ..PollAnswer::default() };
        let mut added = open(turn, &poll, &row)?;
        added.answers.push(answer.clone());
        seal(turn, &poll, &mut row, &added)?;
        let action = Action::PollAnswerAdded { answer };
        changed(turn, &self.by, (self.peer, self.message), &copy, &poll, action)
    }
}

impl Command for DeletePollAnswer {
    /// That the poll is another, in the caller's log, and the service message.
    type Reply = Vec<LogEntry>;

    fn decide(&self, turn: &mut Turn<'_>) -> Decided<Vec<LogEntry>> {
        let me = self.by.user;
        let (copy, poll) = polled(turn, me, self.peer, self.message)?;
        let mut row = open_poll(turn, &poll)?;
        let mut added = open(turn, &poll, &row)?;
        let at = added.answers.iter().position(|it| !it.removed && it.option == self.option);
        let at = at.ok_or(Refusal::OptionInvalid)?;
        let answer = added.answers[at].clone();
        if answer.added_by != Some(me) && poll.creator != me && !may_delete(turn, me, self.peer)? {
            return Err(Refusal::ChatAdminRequired.into());
        }
        let place = poll.answers.len() + at;
        take_votes(turn, &poll, &mut row, place)?;
        added.answers[at] = PollAnswer { removed: true, option: answer.option.clone(), ..PollAnswer::default() };
        seal(turn, &poll, &mut row, &added)?;
        let action = Action::PollAnswerDeleted { answer };
        changed(turn, &self.by, (self.peer, self.message), &copy, &poll, action)
    }
}

/// An open poll's state, while it may still change.
fn open_poll(turn: &Turn<'_>, poll: &PollBody) -> Decided<PollRow> {
    let row = state(turn, poll.id)?;
    match () {
        () if !poll.open => Err(Refusal::MessageIdInvalid.into()),
        () if poll.is_closed(&row, turn.now().secs()) || is_orphan(turn, poll)? => {
            Err(Refusal::MessagePollClosed.into())
        }
        () => Ok(row),
    }
}

/// The first letter after those that answers have, removed ones included: a name never means another answer.
fn free_name(all: &[PollAnswer]) -> bytes::Bytes {
    let mut place = all.len();
    loop {
        let name = draft::named(place);
        if !all.iter().any(|it| it.option == name) {
            return name;
        }
        place += 1;
    }
}

fn may_delete(turn: &Turn<'_>, me: UserId, peer: Peer) -> Decided<bool> {
    Ok(match peer {
        Peer::User(_) => false,
        Peer::Chat(id) => {
            groups::chat(turn, id)?.is_some_and(|it| it.admin_rights(me).has(AdminRights::DELETE_MESSAGES))
        }
        Peer::Channel(id) => {
            let row = groups::channel::existing(turn, id)?;
            groups::standing(turn, id, &row, me)?.may(AdminRights::DELETE_MESSAGES)
        }
    })
}

/// Takes every vote for an answer back; who chose others beside it keeps those.
fn take_votes(turn: &mut Turn<'_>, poll: &PollBody, row: &mut PollRow, place: usize) -> Decided<()> {
    let place = u32::try_from(place).map_err(|_| Refusal::OptionInvalid)?;
    let keys = turn.scan(&voters_of(poll.id, place), Direction::Forward, DELETE_VOTES_MAX + 1)?;
    if keys.len() > DELETE_VOTES_MAX {
        return Err(Refusal::OptionInvalid.into());
    }
    let user = |key: &Key| key.suffix().last_chunk().map_or(UserId::NOBODY, |it| UserId(u64::from_be_bytes(*it)));
    for user in keys.iter().map(|(key, _)| user(key)) {
        let Some(old) = super::vote(turn, poll.id, user)? else { continue };
        let rest: Vec<_> = old.answers.iter().copied().filter(|it| *it != place).collect();
        take_back(turn, poll, row, user, Some(&old));
        super::vote::recast(turn, poll, row, user, &rest, old.date);
    }
    Ok(())
}

fn changed(
    turn: &mut Turn<'_>,
    by: &Caller,
    (peer, message): (Peer, MessageId),
    copy: &MailboxRow,
    poll: &PollBody,
    action: Action,
) -> Decided<Vec<LogEntry>> {
    tell(turn, by, (peer, message), copy.uid, (poll, false))?;
    let change = updates::append(turn, by.user, Change::Poll { peer, message }, 0, Some(by.origin))?;
    let told = Outgoing { reply_to: Some(copy.uid), ..settings::service(peer, action) };
    let sent = put(turn, by.user, told, Some(by.origin))?;
    Ok(std::iter::once(change).chain(sent.entry).collect())
}
