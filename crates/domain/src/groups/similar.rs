//! Channels with the same subscribers. What some of a channel's subscribers are in is counted when it is asked: a
//! sample, so that a channel of a million costs as much as one of a hundred, and nothing is stored that would say who
//! reads what. Source: core.telegram.org/method/channels.getChannelRecommendations.

use std::collections::{BTreeMap, BTreeSet};

use store::{Direction, Key, Range};

use super::{
    Standing,
    access::reader,
    channel::{self, counts, joined, standing},
    lists,
};
use crate::{
    ids::{ChannelId, LogId, UserId},
    spaces::JOINED,
    view::{Decided, View},
};

/// Subscribers that are looked at: half of them those who came last, half who have been there longest.
pub const SAMPLE: usize = 128;

/// Channels of one subscriber that are counted.
const EACH_MAX: usize = 100;

/// Own channels that the answer for all of them begins with.
const SOURCES_MAX: usize = 8;

/// Fewer shared subscribers say something about a person, not about a channel.
const SHARED_MIN: u32 = 2;

/// Channels with the most shared subscribers that are looked at.
const CANDIDATES_MAX: usize = 200;

/// Channels of one answer.
pub const RESULTS_MAX: usize = 100;

/// Public channels like one that somebody may read; without one, like all that it is in. Best first.
pub fn similar(view: &(impl View + ?Sized), me: UserId, to: Option<ChannelId>) -> Decided<Vec<ChannelId>> {
    let mut people = BTreeSet::new();
    match to {
        Some(id) => {
            reader(view, id, me)?;
            people.extend(sample(view, id, SAMPLE)?);
        }
        None => {
            let sources = sources(view, me)?;
            for id in &sources {
                people.extend(sample(view, *id, SAMPLE / sources.len())?);
            }
        }
    }
    let shared = shared(view, people)?;
    let mut best: Vec<_> = shared.into_iter().filter(|(id, n)| *n >= SHARED_MIN && Some(*id) != to).collect();
    best.sort_by_key(|(id, n)| (std::cmp::Reverse(*n), *id));
    best.truncate(CANDIDATES_MAX);
    let mut ranked = Vec::new();
    for (id, n) in best {
        if let Some(members) = stranger(view, me, id)? {
            // As the cosine of two sets: what everybody reads is like nothing in particular.
            ranked.push((u64::from(n).pow(2) * 1_000_000 / u64::from(members.max(1)), id));
        }
    }
    ranked.sort_by_key(|(score, id)| (std::cmp::Reverse(*score), *id));
    Ok(ranked.into_iter().map(|(_, id)| id).take(RESULTS_MAX).collect())
}

/// Own broadcast channels; where there are many, those joined last by their numbers.
fn sources(view: &(impl View + ?Sized), me: UserId) -> Decided<Vec<ChannelId>> {
    let mut all = Vec::new();
    for id in joined(view, me)?.into_iter().rev() {
        if channel::channel(view, id)?.is_some_and(|it| it.broadcast && !it.deleted) {
            all.push(id);
        }
        if all.len() == SOURCES_MAX {
            break;
        }
    }
    Ok(all)
}

/// Some subscribers of a channel.
fn sample(view: &(impl View + ?Sized), id: ChannelId, limit: usize) -> Decided<Vec<UserId>> {
    let mut people = lists::page(view, id, lists::List::Members, 0, limit.div_ceil(2))?;
    people.extend(lists::oldest(view, id, limit / 2)?);
    Ok(people)
}

/// What people are in, and how many of them: each counts once, in however many of the channels asked about it is.
fn shared(view: &(impl View + ?Sized), people: BTreeSet<UserId>) -> Decided<BTreeMap<ChannelId, u32>> {
    let mut shared = BTreeMap::new();
    for user in people {
        let all = Range::prefix(LogId::Mailbox(user).rows(JOINED).key());
        let rows = view.scan(&all, Direction::Forward, EACH_MAX)?;
        let number = |key: &Key| key.suffix().last_chunk().map(|it| ChannelId(u64::from_be_bytes(*it)));
        rows.iter().filter_map(|(key, _)| number(key)).for_each(|it| *shared.entry(it).or_default() += 1);
    }
    Ok(shared)
}

/// The members of a public broadcast channel that somebody is not in and may look into.
fn stranger(view: &(impl View + ?Sized), me: UserId, id: ChannelId) -> Decided<Option<u32>> {
    let Some(row) = channel::channel(view, id)?.filter(|it| it.public && it.broadcast && !it.deleted) else {
        return Ok(None);
    };
    match standing(view, id, &row, me)? {
        Standing::Out | Standing::Restricted(_, false) => Ok(Some(counts(view, id)?.members)),
        Standing::Creator(_) | Standing::Admin(_) | Standing::Member | Standing::Restricted(_, true) => Ok(None),
        Standing::Kicked => Ok(None),
    }
}

#[cfg(test)]
mod tests;
