//! Sign-in codes whose time is up. Tokens go with `accounts::idle`.

use store::{Direction, Key, Range};

use crate::{
    accounts::codes::CodeRow,
    record::Record,
    refusal::Refusal,
    service::{Command, Domain},
    spaces::CODE,
    turn::Turn,
    view::{Decided, Rows, View},
};

/// Rows looked at in one step.
const STEP: usize = 512;

/// How much longer a row stays: codes are counted by day, and a late client hears that its code expired.
const DAY: u32 = 24 * 3600;

/// Deletes what has expired, a bounded step after the other; how many rows that were.
pub async fn purge(domain: &Domain) -> Result<usize, Refusal> {
    let mut range = Range { start: Key::from_bytes(&[CODE.id]), end: Key::from_bytes(&[CODE.id + 1]) };
    let mut gone = 0;
    loop {
        let rows = domain.query(|view| view.scan(&range, Direction::Forward, STEP)).await?;
        let now = domain.now().secs();
        let keys: Vec<_> = rows.iter().filter(|(_, row)| is_stale(row, now)).map(|(key, _)| key.clone()).collect();
        if !keys.is_empty() {
            gone += domain.command(DeleteStale { keys }).await?;
        }
        match rows.last() {
            Some((key, _)) if rows.len() == STEP => range.start = key.prefix_end(),
            _ => return Ok(gone),
        }
    }
}

/// Deletes those that are still stale.
struct DeleteStale {
    keys: Vec<Key>,
}

impl Command for DeleteStale {
    type Reply = usize;

    fn decide(&self, turn: &mut Turn<'_>) -> Decided<usize> {
        let now = turn.now().secs();
        let mut gone = 0;
        for key in &self.keys {
            if turn.get(key)?.is_some_and(|row| is_stale(&row, now)) {
                turn.delete(key.clone());
                gone += 1;
            }
        }
        Ok(gone)
    }
}

/// Whether a row is a code for a number, told from mailed ones by its name, that nobody asks for any more.
fn is_stale(row: &[u8], now: u32) -> bool {
    let Ok(row) = CodeRow::decode(row) else { return false };
    let named = row.hash.len() == crate::accounts::codes::HASH_LETTERS;
    named && row.expires.max(row.window).saturating_add(DAY) < now
}
