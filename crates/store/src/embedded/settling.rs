//! The settling: hot rows go to their keyspace once an interval, and the redo rows that they came from go.
//! A pass writes a slice at a time between commits, so that nobody waits for the whole of it. Nothing here is
//! synced: the redo rows are, and what a crash undoes of a pass they bring back.

use std::time::{Duration, Instant};

use super::{
    Rooms,
    redo::{self, Span},
};
use crate::{Error, Key};

/// How long a hot row waits: what changes more often than this is written once.
const INTERVAL: Duration = Duration::from_secs(1);

/// Rows written at a time: well below a millisecond.
const SLICE_ROWS: usize = 256;

/// Rows that may wait, a few MB of memory; beyond it the pass runs to its end at once.
pub(super) const WAITING_ROWS_MAX: usize = 16_384;

/// Bytes of redo rows, which are also what the next open reads back.
const REDO_BYTES_MAX: usize = 8 << 20;

/// When the next pass begins, and where the one under way stands.
pub(super) struct Settling {
    span: Span,
    /// When the oldest change that waits came, or a little earlier.
    since: Option<Instant>,
    pass: Option<Pass>,
}

struct Pass {
    began: Instant,
    /// The last redo row whose changes it writes.
    upto: u64,
    /// Bytes of the redo rows up to there.
    bytes: usize,
    /// The last row written.
    after: Option<Key>,
}

impl Settling {
    /// Goes on where the redo rows stand.
    pub(super) fn new(span: Span) -> Self {
        let since = (span.bytes > 0).then(now);
        Self { span, since, pass: None }
    }

    /// The number of the next redo row.
    pub(super) fn next_redo(&self) -> u64 {
        self.span.next
    }

    /// The redo row of that number is durable.
    pub(super) fn wrote(&mut self, bytes: usize) {
        self.span.next += 1;
        self.span.bytes += bytes;
        self.since.get_or_insert_with(now);
    }

    /// How long the commit thread may wait for its next request; `None`: for ever.
    pub(super) fn pause(&self) -> Option<Duration> {
        match (&self.pass, self.since) {
            (Some(_), _) => Some(Duration::ZERO),
            (None, since) => since.map(|it| INTERVAL.saturating_sub(it.elapsed())),
        }
    }

    /// Does what is due: a slice, or all where too much waits.
    pub(super) fn step(&mut self, rooms: &Rooms) -> Result<(), Error> {
        if rooms.hot.len() > WAITING_ROWS_MAX || self.span.bytes > REDO_BYTES_MAX {
            return self.finish(rooms);
        }
        let due = self.pass.is_some() || self.since.is_some_and(|it| it.elapsed() >= INTERVAL);
        if due { self.slice(rooms) } else { Ok(()) }
    }

    /// Writes all that waits.
    pub(super) fn finish(&mut self, rooms: &Rooms) -> Result<(), Error> {
        while self.pass.is_some() || self.since.is_some() {
            self.slice(rooms)?;
        }
        Ok(())
    }

    fn slice(&mut self, rooms: &Rooms) -> Result<(), Error> {
        let Span { next, bytes, .. } = self.span;
        let fresh = || Pass { began: now(), upto: next - 1, bytes, after: None };
        let mut pass = self.pass.take().unwrap_or_else(fresh);
        let rows = rooms.hot.page(pass.after.as_ref(), SLICE_ROWS);
        let mut write = rooms.database.batch();
        for (key, value) in &rows {
            let keyspace = rooms.keyspace(key)?;
            match value {
                Some(value) => write.insert(keyspace, key.as_bytes(), value.as_ref()),
                None => write.remove(keyspace, key.as_bytes()),
            }
        }
        let last = rows.len() < SLICE_ROWS;
        if last {
            // The redo rows go with the last slice.
            for number in self.span.first..=pass.upto {
                write.remove(&rooms.redo, redo::key(number));
            }
        }
        rooms.write(write)?;
        rows.iter().for_each(|(key, _)| rooms.cache.forget(key));
        pass.after = rows.into_iter().next_back().map(|(key, _)| key);
        if last {
            self.end(rooms, &pass);
        } else {
            self.pass = Some(pass);
        }
        Ok(())
    }

    fn end(&mut self, rooms: &Rooms, pass: &Pass) {
        rooms.hot.settled(pass.upto);
        self.span.first = pass.upto + 1;
        self.span.bytes -= pass.bytes;
        self.since = (self.span.first < self.span.next).then_some(pass.began);
    }
}

#[allow(clippy::disallowed_methods, reason = "engines touch the operating system")]
fn now() -> Instant {
    Instant::now()
}
