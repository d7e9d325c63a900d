//! The last entries of channels' logs, kept for all who come back at once. Only entries with a number: what carries
//! state is shown with the channel itself, so a storm of that takes no room here and hides no message.
//!
//! A ring grows by what is read from the log, at its end when the log has grown and at its beginning when somebody
//! asks further back; it is looked at beside the log's counters, and told as far as they say.

use std::sync::Arc;

use store::{Direction, Range};

use super::{LogEntry, entry_key, log::tail_of, log_range};
use crate::{
    ids::{ChannelId, Pts},
    upkeep::ENTRY_SECONDS,
    view::{Decided, View, list},
};

/// Entries of one log; a client that is further behind reads the log itself.
pub const ENTRIES_MAX: usize = 512;

/// What an entry takes in memory, besides what it names.
const ENTRY_BYTES: usize = 160;

/// A part of a log without a gap.
#[derive(Debug)]
pub(crate) struct Kept {
    /// Where the log stood before its first entry.
    from: Pts,
    /// And where it stands after its last.
    through: Pts,
    entries: Vec<Arc<LogEntry>>,
}

impl Kept {
    /// Entries that follow one another from a state to another; `None` where there is a gap.
    fn of(from: Pts, through: Pts, entries: Vec<Arc<LogEntry>>) -> Option<Self> {
        let mut at = from.0;
        for entry in &entries {
            if entry.pts.0 - entry.count != at {
                return None;
            }
            at = entry.pts.0;
        }
        (at == through.0).then_some(Self { from, through, entries })
    }

    fn after(&self, pts: Pts) -> &[Arc<LogEntry>] {
        &self.entries[self.entries.partition_point(|it| it.pts <= pts)..]
    }

    fn bytes(&self) -> usize {
        self.entries.len() * ENTRY_BYTES
    }
}

/// The numbered entries of a log that follow `from`, as far as it stood at `now`: so many that the caller can tell
/// whether there are more than `limit`.
pub(super) fn entries(
    view: &(impl View + ?Sized),
    channel: ChannelId,
    (from, now): (Pts, Pts),
    limit: usize,
) -> Decided<Vec<LogEntry>> {
    let told = |all: &[Arc<LogEntry>]| -> Vec<LogEntry> {
        all.iter().filter(|it| it.pts <= now).take(limit + 1).map(|it| LogEntry::clone(it)).collect()
    };
    let Some(warm) = view.warm() else { return read(view, channel, from, now, limit + 1) };
    let stamp = warm.changes.stamp();
    let keep = |it: Kept| {
        let bytes = it.bytes();
        let kept = Arc::new(it);
        warm.logs.put(channel, Arc::clone(&kept), stamp, Box::default(), bytes);
        kept
    };
    let mut ring = warm.logs.get(&channel, &warm.changes);
    if let Some(old) = ring.clone().filter(|it| it.through < now) {
        let more = read(view, channel, old.through, now, ENTRIES_MAX + 1)?;
        let grown = (more.len() <= ENTRIES_MAX).then(|| grown(&old, more, now)).flatten();
        ring = grown.map(keep);
    }
    let covers = |it: &&Arc<Kept>| it.from <= from && it.through >= now && is_young(view, it, from);
    if let Some(ring) = ring.as_ref().filter(covers) {
        return Ok(told(ring.after(from)));
    }
    let found = read(view, channel, from, now, limit + 1)?;
    if let Some(longer) = further_back(ring.as_deref(), &found, now, limit) {
        keep(longer);
    }
    Ok(found)
}

/// What upkeep may have removed is not told.
fn is_young(view: &(impl View + ?Sized), ring: &Kept, from: Pts) -> bool {
    ring.after(from).first().is_none_or(|it| it.date.saturating_add(ENTRY_SECONDS) >= view.now().secs())
}

/// A ring with what its log has gained; its oldest entries go.
fn grown(old: &Kept, more: Vec<LogEntry>, now: Pts) -> Option<Kept> {
    let mut entries = old.entries.clone();
    entries.extend(more.into_iter().map(Arc::new));
    let gone = entries.len().saturating_sub(ENTRIES_MAX);
    let from = if gone == 0 { old.from } else { entries[gone - 1].pts };
    entries.drain(..gone);
    Kept::of(from, now, entries)
}

/// A ring that begins where somebody asked: what was read reaches to the log's end, or to the ring's beginning.
fn further_back(ring: Option<&Kept>, found: &[LogEntry], now: Pts, limit: usize) -> Option<Kept> {
    let first = found.first()?;
    let from = Pts(first.pts.0 - first.count);
    let mut entries: Vec<_> = found.iter().cloned().map(Arc::new).collect();
    if found.len() <= limit {
        return Kept::of(from, now, entries);
    }
    let ring = ring.filter(|it| it.through == now)?;
    entries.retain(|it| it.pts <= ring.from);
    entries.extend(ring.entries.iter().cloned());
    (entries.len() <= ENTRIES_MAX).then(|| Kept::of(from, now, entries)).flatten()
}

/// At most so many numbered entries of the log itself. Behind one without a number there are only such until the
/// next number, so a page that ends there goes on at that.
fn read(view: &(impl View + ?Sized), channel: ChannelId, from: Pts, now: Pts, limit: usize) -> Decided<Vec<LogEntry>> {
    let end = log_range(channel, from).end;
    let next = |pts: Pts| entry_key(channel, Pts(pts.0.saturating_add(1)), 0);
    let (mut start, mut all) = (next(from), Vec::new());
    loop {
        let page = list::<LogEntry>(view, &Range { start, end: end.clone() }, Direction::Forward, limit)?;
        let full = page.len() == limit;
        let last = page.last().map(|(key, entry)| (tail_of(key), entry.pts));
        all.extend(page.into_iter().map(|(_, it)| it).filter(|it| it.count > 0 && it.pts <= now));
        let Some((tail, pts)) = last.filter(|_| full && all.len() < limit) else {
            all.truncate(limit);
            return Ok(all);
        };
        start = if tail > 0 { next(pts) } else { entry_key(channel, pts, 1) };
    }
}

#[cfg(test)]
mod tests;
