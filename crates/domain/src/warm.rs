//! What many ask for at once, as rules have read it: rows decoded, content opened. It is shared by all readers and
//! holds nothing that depends on one of them.
//!
//! What is kept names the rows of which it was made and is of no use once a commit has changed one of them
//! ([`Changes`]), so nothing that is told from here is older or newer than what the rows say, and whoever writes a
//! row needs to know nothing of it. Commands see rows that are not committed, so they never look here; nor does
//! anything over a distant engine, whose rows others change as well.

mod changes;
mod shelf;

pub use changes::Changes;
pub use shelf::Shelf;

use std::{
    cell::{Cell, RefCell},
    sync::Arc,
};

use bytes::Bytes;
use store::{Direction, Key, Range, Row};

use crate::{
    groups::KnownChannel,
    ids::{ChannelId, MessageId, Now, UserId},
    messages::{KnownMessage, posts::list::Tail},
    people::KnownUser,
    updates::{Counters, ring::Kept},
    view::{Decided, Rows, View},
    world::World,
};

/// Bytes of messages: some eight thousand of them, the last hundred of eighty channels.
const MESSAGE_BYTES: usize = 16 << 20;

/// Bytes of entries of logs: a hundred full rings.
const LOG_BYTES: usize = 8 << 20;

/// Bytes of numbers of messages with their authors: those of 500 channels.
const TAIL_BYTES: usize = 8 << 20;

/// Bytes of accounts and of channels: names and descriptions.
const CARD_BYTES: usize = 4 << 20;

/// Bytes of where logs stand: some thirty thousand of them.
const COUNTERS_BYTES: usize = 8 << 20;

/// Everything that is kept.
pub struct Warm {
    /// What has changed since something was kept.
    pub changes: Changes,
    pub(crate) messages: Shelf<(ChannelId, MessageId), KnownMessage>,
    pub(crate) users: Shelf<UserId, KnownUser>,
    pub(crate) channels: Shelf<ChannelId, KnownChannel>,
    pub(crate) counters: Shelf<ChannelId, Counters>,
    pub(crate) logs: Shelf<ChannelId, Kept>,
    pub(crate) tails: Shelf<ChannelId, Tail>,
}

impl Default for Warm {
    fn default() -> Self {
        Self {
            changes: Changes::default(),
            messages: Shelf::new(MESSAGE_BYTES),
            users: Shelf::new(CARD_BYTES),
            channels: Shelf::new(CARD_BYTES),
            counters: Shelf::new(COUNTERS_BYTES),
            logs: Shelf::new(LOG_BYTES),
            tails: Shelf::new(TAIL_BYTES),
        }
    }
}

impl Warm {
    /// A batch is durable, and can be read. With a key of content what was opened with it goes at once.
    pub fn handle_committed(&self, written: &[u32], keys_gone: bool) {
        self.changes.handle_committed(written);
        if keys_gone {
            self.messages.sweep(&self.changes);
            self.users.sweep(&self.changes);
            self.channels.sweep(&self.changes);
        }
    }

    /// Nobody knows what is stored.
    pub fn handle_lost(&self) {
        self.changes.handle_lost();
        self.messages.sweep(&self.changes);
        self.users.sweep(&self.changes);
        self.channels.sweep(&self.changes);
        self.counters.sweep(&self.changes);
        self.logs.sweep(&self.changes);
        self.tails.sweep(&self.changes);
    }
}

/// What somebody asked for before, if it still holds; else what `make` reads now, which is kept for the next.
/// It must not depend on the moment, nor on who asks.
pub(crate) fn keep<K, T, V>(
    view: &V,
    shelf: impl FnOnce(&Warm) -> &Shelf<K, T>,
    key: K,
    bytes: impl FnOnce(&T) -> usize,
    make: impl FnOnce(&dyn View) -> Decided<T>,
) -> Decided<Arc<T>>
where
    K: Copy + Eq + std::hash::Hash,
    V: View + ?Sized,
{
    let Some(warm) = view.warm() else { return make(&Noting::of(view, None)).map(Arc::new) };
    let shelf = shelf(warm);
    if let Some(kept) = shelf.get(&key, &warm.changes) {
        return Ok(kept);
    }
    let stamp = warm.changes.stamp();
    let noting = Noting::of(view, Some(&warm.changes));
    let made = Arc::new(make(&noting)?);
    if let Some(read) = noting.read() {
        shelf.put(key, Arc::clone(&made), stamp, read, bytes(&made));
    }
    Ok(made)
}

/// A view that notes which rows are read through it.
struct Noting<'a, V: View + ?Sized> {
    view: &'a V,
    changes: Option<&'a Changes>,
    read: RefCell<Vec<u32>>,
    /// More than rows by their keys.
    scanned: Cell<bool>,
}

impl<'a, V: View + ?Sized> Noting<'a, V> {
    fn of(view: &'a V, changes: Option<&'a Changes>) -> Self {
        Self { view, changes, read: RefCell::default(), scanned: Cell::new(false) }
    }

    /// What was read; `None` where it was more than can be noted.
    fn read(self) -> Option<Box<[u32]>> {
        (!self.scanned.get()).then(|| self.read.into_inner().into())
    }
}

impl<V: View + ?Sized> Rows for Noting<'_, V> {
    fn get(&self, key: &Key) -> Decided<Option<Bytes>> {
        if self.changes.is_some() {
            self.read.borrow_mut().push(Changes::place(key));
        }
        self.view.get(key)
    }

    fn scan(&self, range: &Range, direction: Direction, limit: usize) -> Decided<Vec<Row>> {
        self.scanned.set(true);
        self.view.scan(range, direction, limit)
    }
}

impl<V: View + ?Sized> View for Noting<'_, V> {
    fn now(&self) -> Now {
        self.view.now()
    }

    fn world(&self) -> &World {
        self.view.world()
    }
}

#[cfg(test)]
mod tests;
