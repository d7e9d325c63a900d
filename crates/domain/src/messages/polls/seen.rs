//! A poll as somebody sees it: with answers that were added, their own vote, and the results that they may know.

use super::{PollAnswer, PollBody, answers, state, vote};
use crate::{
    ids::UserId,
    view::{Decided, View},
};

/// A poll as one viewer sees it.
#[derive(Clone, Debug, PartialEq)]
pub struct SeenPoll {
    /// What is asked.
    pub body: PollBody,
    /// Seen by nobody in particular: what one chose is not told.
    pub min: bool,
    /// Nobody may vote any more.
    pub closed: bool,
    /// What may be answered, in order.
    pub answers: Vec<SeenAnswer>,
    /// Whether the viewer has voted.
    pub voted: bool,
    /// Whether the viewer may know the numbers.
    pub results: bool,
    /// Whether the viewer may know the right answers.
    pub solved: bool,
    /// Voters.
    pub voters: u32,
    /// The last of them, the latest first; of a public poll only.
    pub recent: Vec<UserId>,
    /// Whether the viewer asked.
    pub creator: bool,
    /// Somebody voted whom the creator has not seen.
    pub unread: bool,
    /// Changes with what is asked; clients that have it need not be told again.
    pub hash: i64,
}

/// An answer as one viewer sees it.
#[derive(Clone, Debug, PartialEq)]
pub struct SeenAnswer {
    /// What it says.
    pub answer: PollAnswer,
    /// Whether the viewer chose it.
    pub chosen: bool,
    /// Whether it is right.
    pub correct: bool,
    /// Who chose it.
    pub voters: u32,
    /// The last of them.
    pub recent: Vec<UserId>,
}

impl SeenPoll {
    /// The people that it names.
    pub fn people(&self) -> Vec<UserId> {
        let added = self.answers.iter().filter_map(|it| it.answer.added_by);
        let recent = self.answers.iter().flat_map(|it| it.recent.iter().copied());
        self.recent.iter().copied().chain(recent).chain(added).collect()
    }
}

/// A poll as `viewer` sees it.
pub fn seen(view: &(impl View + ?Sized), viewer: UserId, body: &PollBody) -> Decided<SeenPoll> {
    let row = state(view, body.id)?;
    let mine = vote(view, body.id, viewer)?;
    let all = answers::all(view, body, &row)?;
    let closed = body.is_closed(&row, view.now().secs());
    let (voted, creator) = (mine.is_some(), body.creator == viewer);
    let min = viewer == UserId::NOBODY;
    let results = closed || (voted || min) && !body.hidden;
    let solved = body.quiz && (closed || voted);
    let chosen = mine.map(|it| it.answers).unwrap_or_default();
    let answer = |(place, answer): (usize, PollAnswer)| SeenAnswer {
        answer,
        chosen: chosen.iter().any(|it| *it as usize == place),
        correct: solved && body.correct.iter().any(|it| *it as usize == place),
        voters: row.counts.get(place).copied().unwrap_or(0),
        recent: match row.recent_by_answer.get(place) {
            Some(it) if body.public && results => it.voters.clone(),
            _ => Vec::new(),
        },
    };
    let answers: Vec<_> = all.into_iter().enumerate().map(answer).filter(|it| !it.answer.removed).collect();
    Ok(SeenPoll {
        min,
        closed,
        voted,
        results,
        solved,
        voters: row.voters,
        recent: if body.public && results { row.recent.clone() } else { Vec::new() },
        creator,
        unread: creator && row.unread,
        hash: i64::from(row.added_version) << 1 | i64::from(closed) | 1 << 32,
        answers,
        body: body.clone(),
    })
}
