//! Which carriers a file has: a row each, put with the carrier. Nothing takes one away with its carrier; the sweep
//! looks whether it still carries the file.

use store::{Direction, Key, KeyBuilder, Range};

use super::reference::Carrier;
use crate::{
    ids::VSHARDS_IN_USE,
    spaces::FILE_USE,
    turn::Turn,
    view::{Decided, Rows},
};

/// The carrier has the file from now on.
pub(crate) fn put(turn: &mut Turn<'_>, file: u64, carrier: Carrier) {
    turn.put_empty(key(file, carrier));
}

/// The carrier is gone, or has the file no more.
pub(crate) fn remove(turn: &mut Turn<'_>, file: u64, carrier: Carrier) {
    turn.delete(key(file, carrier));
}

/// The first carriers of a file, in their own order, after one of them.
pub fn carriers(view: &(impl Rows + ?Sized), file: u64, after: Option<Carrier>, limit: usize) -> Decided<Vec<Carrier>> {
    let whole = Range::prefix(builder(file).key());
    let start = after.map_or(whole.start.clone(), |it| key(file, it).prefix_end());
    let prefix = builder(file).key().as_bytes().len();
    let rows = view.scan(&Range { start, end: whole.end }, Direction::Forward, limit)?;
    Ok(rows.iter().filter_map(|(key, _)| Carrier::of_bytes(&key.as_bytes()[prefix..])).collect())
}

fn key(file: u64, carrier: Carrier) -> Key {
    builder(file).bytes(&carrier.to_bytes()).key()
}

fn builder(file: u64) -> KeyBuilder {
    Key::of(FILE_USE, (file % u64::from(VSHARDS_IN_USE)) as u16).u64(file)
}
