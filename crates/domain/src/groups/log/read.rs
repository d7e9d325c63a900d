//! A page of the admin log, by kinds, by admins, by words.
//! Source: core.telegram.org/method/channels.getAdminLog.

use store::{Direction, Range};
use vault::Kind;

use super::{AdminEvent, EventRow, Kinds, STEP, event_key, number, oldest, place};
use crate::{
    groups::{Standing, channel},
    ids::{ChannelId, LogId, Peer, UserId},
    messages, people,
    record::Record,
    refusal::Refusal,
    sealing::{self, Opener},
    view::{Decided, View, list},
};

/// Events of one page. Source: clients ask for at most 100.
pub const PAGE_MAX: usize = 100;

/// Events that are looked at for one page.
const LOOKED_AT: usize = 4096;

/// Which events.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    /// Of which channel.
    pub channel: ChannelId,
    /// Words in it, or in names of people; empty: any.
    pub query: String,
    /// Of these kinds; `None`: of all.
    pub kinds: Option<Kinds>,
    /// Done by these; empty: by anybody.
    pub admins: Vec<UserId>,
    /// Below this number; 0: from the newest on.
    pub max: u64,
    /// Above this one.
    pub min: u64,
    /// At most so many.
    pub limit: usize,
}

/// An event, opened.
#[derive(Clone, Debug, PartialEq)]
pub struct Logged {
    /// Its number.
    pub id: u64,
    /// Who did it.
    pub by: UserId,
    /// Unix seconds.
    pub date: u32,
    /// What.
    pub event: AdminEvent,
}

/// A page of events, newest first; for admins.
pub fn page(view: &(impl View + ?Sized), me: UserId, wanted: &Wanted) -> Decided<Vec<Logged>> {
    let row = channel::existing(view, wanted.channel)?;
    match channel::standing(view, wanted.channel, &row, me)? {
        Standing::Creator(_) | Standing::Admin(_) => {}
        Standing::Kicked => return Err(Refusal::ChannelPrivate.into()),
        Standing::Out if !row.public => return Err(Refusal::ChannelPrivate.into()),
        Standing::Member | Standing::Restricted(..) | Standing::Out => return Err(Refusal::ChatAdminRequired.into()),
    }
    let (limit, mut found, mut looked_at) = (wanted.limit.clamp(1, PAGE_MAX), Vec::new(), 0);
    let (mut opener, query) = (Opener::default(), wanted.query.trim().to_lowercase());
    let start = event_key(wanted.channel, oldest(view).max(wanted.min.saturating_add(1)));
    let mut end = event_key(wanted.channel, if wanted.max == 0 { u64::MAX } else { wanted.max });
    while looked_at < LOOKED_AT {
        let rows = list::<EventRow>(view, &Range { start: start.clone(), end }, Direction::Backward, STEP)?;
        let Some((last, _)) = rows.last() else { break };
        (end, looked_at) = (last.clone(), looked_at + rows.len());
        for (key, row) in rows {
            if !passes(wanted, &row) {
                continue;
            }
            let it = open(view, &mut opener, wanted.channel, number(&key), row)?;
            if query.is_empty() || tells_of(view, me, wanted.channel, &it, &query)? {
                found.push(it);
            }
            if found.len() == limit {
                return Ok(found);
            }
        }
    }
    Ok(found)
}

fn passes(wanted: &Wanted, row: &EventRow) -> bool {
    let by_kind = wanted.kinds.is_none_or(|it| it.0 & row.kinds != 0);
    by_kind && (wanted.admins.is_empty() || wanted.admins.contains(&row.by))
}

fn open(
    view: &(impl View + ?Sized),
    opener: &mut Opener,
    channel: ChannelId,
    id: u64,
    row: EventRow,
) -> Decided<Logged> {
    let scope = sealing::group_scope(Peer::Channel(channel));
    let plain = opener.open(view, scope, Kind::AdminEvent, (&place(channel, id), 0), &row.event)?;
    Ok(Logged { id, by: row.by, date: row.date, event: AdminEvent::decode(&plain)? })
}

/// Whether the words of a search begin words of the event, or of the names of people in it.
fn tells_of(view: &(impl View + ?Sized), me: UserId, channel: ChannelId, it: &Logged, query: &str) -> Decided<bool> {
    let has = |text: &str| text.to_lowercase().contains(query);
    if it.event.words().into_iter().any(has) {
        return Ok(true);
    }
    for kept in it.event.messages() {
        if has(&messages::rows::open_body(view, LogId::Channel(channel), &kept.row)?.text) {
            return Ok(true);
        }
    }
    for user in std::iter::once(it.by).chain(it.event.people()).filter(|it| *it != UserId::NOBODY) {
        if people::search::is_called(view, me, user, query)? {
            return Ok(true);
        }
    }
    Ok(false)
}
