//! Redo rows: the hot changes of one batch, in one value. At open they are read back in order, which
//! brings the changes back that had not been settled.

use bytes::Bytes;

use super::{Rooms, engine, hot::Change};
use crate::{Error, Key, Op};

/// Stands for a length where the row is deleted: no value is that long.
const DELETED: u32 = u32::MAX;

/// The key of a redo row.
pub(super) fn key(number: u64) -> [u8; 8] {
    number.to_be_bytes()
}

/// Length and bytes of each key, then of its value.
pub(super) fn encode(changes: &[Change]) -> Vec<u8> {
    let size = |(key, value): &Change| 6 + key.as_bytes().len() + value.as_ref().map_or(0, Bytes::len);
    let mut row = Vec::with_capacity(changes.iter().map(size).sum());
    for (key, value) in changes {
        // The limits of keys and values were checked before.
        row.extend_from_slice(&(key.as_bytes().len() as u16).to_be_bytes());
        row.extend_from_slice(key.as_bytes());
        row.extend_from_slice(&value.as_ref().map_or(DELETED, |it| it.len() as u32).to_be_bytes());
        row.extend_from_slice(value.as_deref().unwrap_or_default());
    }
    row
}

/// What [`encode`] wrote.
fn decode(mut row: &[u8]) -> Option<Vec<Change>> {
    let mut changes = Vec::new();
    while !row.is_empty() {
        let (len, rest) = row.split_first_chunk::<2>()?;
        let (key, rest) = rest.split_at_checked(u16::from_be_bytes(*len).into())?;
        let (len, rest) = rest.split_first_chunk::<4>()?;
        let len = u32::from_be_bytes(*len);
        let (value, rest) = rest.split_at_checked(if len == DELETED { 0 } else { len as usize })?;
        changes.push((Key::from_bytes(key), (len != DELETED).then(|| Bytes::copy_from_slice(value))));
        row = rest;
    }
    Some(changes)
}

/// The change of an op, if it is one.
pub(super) fn change(op: &Op) -> Option<Change> {
    match op {
        Op::Put(key, value) => Some((key.clone(), Some(value.clone()))),
        Op::Delete(key) => Some((key.clone(), None)),
        Op::AssertAbsent(_) => None,
    }
}

/// What the redo rows hold that is not settled.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Span {
    /// The oldest redo row.
    pub(super) first: u64,
    /// The next one's number.
    pub(super) next: u64,
    /// Bytes of all of them.
    pub(super) bytes: usize,
}

/// Takes in every redo row, oldest first.
pub(super) fn replay(rooms: &Rooms) -> Result<Span, Error> {
    let damaged = || Error::Engine("a redo row does not read".into());
    let mut span = Span { first: 1, next: 1, bytes: 0 };
    for row in rooms.redo.iter() {
        let (key, value) = row.into_inner().map_err(engine)?;
        let number = key.as_ref().try_into().map(u64::from_be_bytes).map_err(|_| damaged())?;
        if span.bytes == 0 {
            span.first = number;
        }
        span.next = number + 1;
        span.bytes += value.len();
        take_in(rooms, number, decode(&value).ok_or_else(damaged)?)?;
    }
    Ok(span)
}

/// Puts changes where reads see them. A row that comes and goes between two settlings leaves nothing to
/// write, as the places of a much-used chat in its list do.
pub(super) fn take_in(rooms: &Rooms, number: u64, changes: Vec<Change>) -> Result<(), Error> {
    let (mut kept, mut gone) = (Vec::with_capacity(changes.len()), Vec::new());
    for (key, value) in changes {
        if value.is_none() && !rooms.keyspace(&key)?.contains_key(key.as_bytes()).map_err(engine)? {
            gone.push(key);
        } else {
            kept.push((key, value));
        }
    }
    rooms.hot.apply(number, kept, &gone);
    Ok(())
}
