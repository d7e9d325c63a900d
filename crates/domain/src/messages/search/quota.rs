//! How often somebody may search all public posts by words: each such search reads many channels' indexes. What was
//! asked in the last day costs nothing when it is asked again; what it was is kept as a keyed hash.
//! Source: core.telegram.org/constructor/searchPostsFlood.

use bytes::Bytes;
use store::Key;

use super::words;
use crate::{
    caller::Caller,
    ids::UserId,
    record,
    refusal::Refusal,
    service::Command,
    spaces::SETTING,
    turn::Turn,
    view::{Decided, View, load_or_default},
};

/// Searches a day. Telegram gives ten and sells more; nothing is sold here.
pub const PER_DAY: usize = 100;

const DAY: u32 = 24 * 3600;

/// Bytes of a hash.
const EACH: usize = 8;

/// The kind of this row among the account's settings; other kinds belong to other rooms.
const KIND: u8 = 120;

record! {
    /// What somebody searched for.
    pub struct SearchesRow {
        /// When the first of these searches was; unix seconds.
        1 => since: u32,
        /// Their hashes, one behind the other.
        2 => queries: Bytes,
    }
}

/// What is left of a day's searches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quota {
    /// The query in question takes none of them.
    pub free: bool,
    /// Searches that are left.
    pub left: usize,
    /// When there are some again, unix seconds; only where none is left.
    pub again: Option<u32>,
}

/// What is left; also whether a query would take one.
pub fn quota(view: &(impl View + ?Sized), me: UserId, query: Option<&str>) -> Decided<Quota> {
    let row = current(view, me)?;
    Ok(of(&row, query.is_some_and(|it| asked(&row, &hash(view, me, it)))))
}

fn of(row: &SearchesRow, free: bool) -> Quota {
    let left = PER_DAY.saturating_sub(row.queries.len() / EACH);
    Quota { free, left, again: (left == 0).then(|| row.since.saturating_add(DAY)) }
}

/// Takes one search by these words, or says how long to wait.
pub struct TakeSearch {
    /// Who.
    pub by: Caller,
    /// The words.
    pub query: String,
}

impl Command for TakeSearch {
    type Reply = Quota;

    fn decide(&self, turn: &mut Turn<'_>) -> Decided<Quota> {
        let me = self.by.user;
        if words::of_query(&self.query).is_empty() {
            return Err(Refusal::SearchQueryEmpty.into());
        }
        let (mut row, hash) = (current(turn, me)?, hash(turn, me, &self.query));
        if asked(&row, &hash) {
            return Ok(of(&row, true));
        }
        if let Some(again) = of(&row, false).again {
            return Err(Refusal::FloodWait(again.saturating_sub(turn.now().secs()).max(1)).into());
        }
        if row.queries.is_empty() {
            row.since = turn.now().secs();
        }
        row.queries = row.queries.iter().copied().chain(hash).collect();
        turn.put(searches_key(me), &row);
        Ok(of(&row, true))
    }
}

/// The row, unless its day is over.
fn current(view: &(impl View + ?Sized), me: UserId) -> Decided<SearchesRow> {
    let row: SearchesRow = load_or_default(view, &searches_key(me))?;
    let over = row.since.saturating_add(DAY) <= view.now().secs();
    Ok(if over { SearchesRow::default() } else { row })
}

fn asked(row: &SearchesRow, hash: &[u8; EACH]) -> bool {
    row.queries.chunks_exact(EACH).any(|it| it == hash)
}

/// The same words in another order or another case are the same query.
fn hash(view: &(impl View + ?Sized), me: UserId, query: &str) -> [u8; EACH] {
    view.world().query_hash(me, &words::of_query(query).join(" "))
}

fn searches_key(me: UserId) -> Key {
    Key::of(SETTING, me.vshard().0).u64(me.0).u8(KIND).key()
}
