//! Who voted what in a poll that shows it, a page at a time.
//! Source: core.telegram.org/method/messages.getPollVotes.

use store::{Direction, Key, Range};

use super::{ALL, answers, polled, state, vote, voters_of};
use crate::{
    ids::{MessageId, Peer, UserId},
    refusal::Refusal,
    view::{Decided, View},
};

/// Voters of one page. Source: clients ask for fifty.
pub const PAGE_MAX: usize = 50;

/// Who voted.
#[derive(Clone, Debug, PartialEq)]
pub struct Voter {
    /// Who.
    pub user: UserId,
    /// Names of the answers that they chose.
    pub options: Vec<bytes::Bytes>,
    /// Unix seconds.
    pub date: u32,
}

/// A page of voters.
#[derive(Clone, Debug, PartialEq)]
pub struct Page {
    /// In all.
    pub count: u32,
    /// The latest first.
    pub voters: Vec<Voter>,
    /// Where the next page begins; `None`: this is the last.
    pub next: Option<String>,
}

/// Voters of a poll, or of one of its answers, after a place that an earlier page named.
pub fn page(
    view: &(impl View + ?Sized),
    me: UserId,
    (peer, message): (Peer, MessageId),
    option: Option<&[u8]>,
    offset: Option<&str>,
    limit: usize,
) -> Decided<Page> {
    let (_, poll) = polled(view, me, peer, message)?;
    let row = state(view, poll.id)?;
    if !poll.public {
        return Err(Refusal::BroadcastForbidden.into());
    }
    let closed = poll.is_closed(&row, view.now().secs());
    if !closed && (poll.hidden || vote(view, poll.id, me)?.is_none()) {
        return Err(Refusal::PollVoteRequired.into());
    }
    let all = answers::all(view, &poll, &row)?;
    let place = |option: &[u8]| all.iter().position(|it| !it.removed && it.option == option);
    let (answer, count) = match option {
        None => (ALL, row.voters),
        Some(option) => {
            let place = place(option).ok_or(Refusal::OptionInvalid)?;
            let count = row.counts.get(place).copied().unwrap_or(0);
            (u32::try_from(place).map_err(|_| Refusal::OptionInvalid)?, count)
        }
    };
    let whole = voters_of(poll.id, answer);
    let range = match offset.filter(|it| !it.is_empty()) {
        Some(offset) => Range { start: after(poll.id, answer, offset)?, end: whole.end },
        None => whole,
    };
    let limit = limit.clamp(1, PAGE_MAX);
    let keys = view.scan(&range, Direction::Forward, limit + 1)?;
    let mut voters = Vec::with_capacity(limit);
    for (key, _) in keys.iter().take(limit) {
        let (date, user) = parts(key);
        let chosen = vote(view, poll.id, user)?.unwrap_or_default().answers;
        let options = chosen.iter().filter_map(|it| all.get(*it as usize)).map(|it| it.option.clone()).collect();
        voters.push(Voter { user, options, date });
    }
    let next = (keys.len() > limit).then(|| voters.last().map(|it| format!("{}_{}", it.date, it.user.0))).flatten();
    Ok(Page { count, voters, next })
}

fn after(poll: u64, answer: u32, offset: &str) -> Result<Key, Refusal> {
    let (date, user) = offset.split_once('_').ok_or(Refusal::OffsetInvalid)?;
    let date: u32 = date.parse().map_err(|_| Refusal::OffsetInvalid)?;
    let user: u64 = user.parse().map_err(|_| Refusal::OffsetInvalid)?;
    Ok(super::voter_key(poll, answer, date, UserId(user.saturating_add(1))))
}

fn parts(key: &Key) -> (u32, UserId) {
    let suffix = key.suffix();
    let Some((rest, user)) = suffix.split_last_chunk::<8>() else { return (0, UserId::NOBODY) };
    let date = rest.last_chunk().map_or(0, |it| !u32::from_be_bytes(*it));
    (date, UserId(u64::from_be_bytes(*user)))
}
