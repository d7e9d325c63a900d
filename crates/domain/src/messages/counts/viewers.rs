//! Who has seen a post, so that nobody counts twice: keyed hashes of the first viewers, and beyond them a sketch
//! of bounded size. A union either way: what is added twice, or in another order, changes nothing.
//! Source of the sketch: "HyperLogLog in Practice" (2013) and Ting, "Streamed approximate counting of distinct
//! elements" (2014), whose counter only grows.

use std::collections::HashSet;

use bytes::Bytes;
use store::{Direction, Key, Range};

use super::Post;
use crate::{
    ids::{LogId, MessageId},
    messages::rows::copy,
    record,
    spaces::POST_VIEWERS,
    turn::Turn,
    view::{Decided, Rows, View, list},
};

/// Viewers of a post who are told apart exactly: 64 KB, and of two of them one in 500,000 posts' viewers is lost.
pub(super) const EXACT_MAX: usize = 16_384;

/// Hashes of one row: a flush writes no more than the rows that grew.
pub(super) const ROW_HASHES: usize = 1024;

/// Rows of the viewers of one post.
pub(super) const ROWS_MAX: usize = EXACT_MAX / ROW_HASHES;

/// Seconds after which it is forgotten who saw a post: by then few look at it, and who does counts once more.
/// Source: Telegram counts a viewer again after some days.
pub const REMEMBERED_SECONDS: u32 = 30 * 24 * 3600;

/// Registers of a sketch: the count beyond the exact ones is right within 0.7 %.
const REGISTERS: usize = 1 << INDEX_BITS;
const INDEX_BITS: u32 = 14;

/// Parts of a viewer in which a sketch counts.
const PARTS: u32 = 16;

record! {
    /// Some of the viewers of a post.
    pub struct ViewersRow {
        /// Their hashes, four bytes each; of a sketch: its registers.
        1 => hashes: Bytes,
        /// Of a sketch: how many it stands for, in 65,536ths.
        2 => sketched: u64,
        /// Views from before the first of these viewers: who had them is forgotten.
        3 => base: u32,
    }
}

/// The viewers of a post.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Viewers {
    base: u32,
    /// In order of coming; empty beside a sketch.
    few: Vec<u32>,
    known: HashSet<u32>,
    many: Option<Sketch>,
    /// How many of `few` stand in rows.
    stored: usize,
    /// Rows that a sketch takes the place of.
    replaced: usize,
}

impl Viewers {
    /// Reads them; a post that nobody has seen yet was seen by its author. `views` is what was counted before.
    pub(super) fn read(view: &(impl Rows + ?Sized), post: Post, author: u32, views: u32) -> Decided<Self> {
        let rows = list::<ViewersRow>(view, &range(post), Direction::Forward, ROWS_MAX)?;
        let Some((_, first)) = rows.first() else {
            let mut new = Self { base: views.saturating_sub(1), ..Self::default() };
            new.add(author);
            return Ok(new);
        };
        let base = first.base;
        if first.sketched > 0 {
            let many = Some(Sketch::read(&first.hashes, first.sketched));
            return Ok(Self { base, many, ..Self::default() });
        }
        let mut it = Self { base, ..Self::default() };
        for hash in rows.iter().flat_map(|(_, row)| row.hashes.chunks_exact(4)) {
            it.add(u32::from_be_bytes(hash.try_into().unwrap_or_default()));
        }
        it.stored = it.few.len();
        Ok(it)
    }

    /// How many there are.
    pub(super) fn count(&self) -> u32 {
        let those = self.many.as_ref().map_or(self.few.len() as u64, |it| it.sketched >> PARTS);
        u32::try_from(u64::from(self.base) + those).unwrap_or(u32::MAX)
    }

    /// Hashes that are held in memory, about.
    pub(super) fn weight(&self) -> usize {
        if self.many.is_some() { REGISTERS / 4 } else { self.few.len() }
    }

    /// Adds one. `false`: there it was.
    pub(super) fn add(&mut self, hash: u32) -> bool {
        if let Some(it) = &mut self.many {
            return it.add(hash);
        }
        if !self.known.insert(hash) {
            return false;
        }
        self.few.push(hash);
        if self.few.len() > EXACT_MAX {
            self.many = Some(Sketch::of(&self.few));
            self.replaced = self.stored.div_ceil(ROW_HASHES);
            (self.few, self.known, self.stored) = (Vec::new(), HashSet::new(), 0);
        }
        true
    }

    /// Writes what is not yet in rows.
    pub(super) fn put(&self, turn: &mut Turn<'_>, post: Post) {
        let base = self.base;
        if let Some(it) = &self.many {
            (1..self.replaced).for_each(|n| turn.delete(row_key(post, n)));
            let hashes = Bytes::copy_from_slice(&it.registers);
            return turn
                .put(row_key(post, 0), &ViewersRow { hashes, sketched: it.sketched, base, ..Default::default() });
        }
        for (n, hashes) in self.few.chunks(ROW_HASHES).enumerate().skip(self.stored / ROW_HASHES) {
            let hashes = hashes.iter().flat_map(|it| it.to_be_bytes()).collect::<Vec<_>>().into();
            turn.put(row_key(post, n), &ViewersRow { hashes, base, ..Default::default() });
        }
    }
}

/// Registers that remember the rarest hash of each class; each change of one is worth as many viewers as it takes,
/// on average, to change any.
#[derive(Clone, Debug, PartialEq)]
struct Sketch {
    registers: Vec<u8>,
    sketched: u64,
    /// The chance that a new viewer changes a register, times `REGISTERS << 32`.
    chance: u64,
}

impl Sketch {
    fn read(registers: &[u8], sketched: u64) -> Self {
        let mut registers = registers.to_vec();
        registers.resize(REGISTERS, 0);
        let chance = registers.iter().map(|it| part(*it)).sum();
        Self { registers, sketched, chance }
    }

    fn of(hashes: &[u32]) -> Self {
        let mut it = Self::read(&[], 0);
        hashes.iter().for_each(|hash| {
            it.add(*hash);
        });
        it.sketched = (hashes.len() as u64) << PARTS;
        it
    }

    fn add(&mut self, hash: u32) -> bool {
        let (at, rank) = place(hash);
        let old = self.registers[at];
        if old >= rank {
            return false;
        }
        self.sketched += (1 << (INDEX_BITS + 32 + PARTS)) / self.chance.max(1);
        self.chance = self.chance - part(old) + part(rank);
        self.registers[at] = rank;
        true
    }
}

/// The register of a hash, and how rare it is there.
fn place(hash: u32) -> (usize, u8) {
    let at = (hash & ((1 << INDEX_BITS) - 1)) as usize;
    let rest = hash >> INDEX_BITS;
    let rank = rest.leading_zeros() - INDEX_BITS + 1;
    (at, u8::try_from(rank).unwrap_or(u8::MAX))
}

fn part(register: u8) -> u64 {
    1 << 32_u32.saturating_sub(u32::from(register))
}

/// Forgets who saw a post.
pub(super) fn forget(turn: &mut Turn<'_>, post: Post) -> Decided<()> {
    let rows = turn.scan(&range(post), Direction::Forward, ROWS_MAX)?;
    rows.into_iter().for_each(|(key, _)| turn.delete(key));
    Ok(())
}

/// Whether a channel has a post of which it is to be forgotten who saw it.
pub(crate) fn is_due(view: &(impl View + ?Sized), log: LogId) -> Decided<bool> {
    Ok(!old(view, log, None, 1)?.is_empty())
}

/// Forgets who saw old posts of a channel, some rows at a time; where the next step begins, if there is one. A step
/// begins behind what the one before removed, whose traces a scan would pass; the first begins at the first post, since
/// who looks at an old post again is counted anew.
pub(crate) fn forget_old(turn: &mut Turn<'_>, log: LogId, after: Option<&Key>, limit: usize) -> Decided<Option<Key>> {
    let rows = old(turn, log, after, limit)?;
    rows.iter().for_each(|key| turn.delete(key.clone()));
    Ok(rows.into_iter().nth(limit.saturating_sub(1)))
}

/// The first rows that are of old posts: later posts have higher numbers.
fn old(view: &(impl View + ?Sized), log: LogId, after: Option<&Key>, limit: usize) -> Decided<Vec<Key>> {
    let LogId::Channel(channel) = log else { return Ok(Vec::new()) };
    let mut all = Range::prefix(Key::of(POST_VIEWERS, channel.vshard().0).u64(channel.0).key());
    all.start = after.map_or(all.start, Key::prefix_end);
    let mut old = Vec::new();
    for (key, _) in view.scan(&all, Direction::Forward, limit)? {
        let message = key.suffix().get(8..).and_then(|it| it.first_chunk()).map_or(0, |it| i32::from_be_bytes(*it));
        let date = copy(view, log, MessageId(message))?.map_or(0, |it| it.date);
        if date.saturating_add(REMEMBERED_SECONDS) > view.now().secs() {
            break;
        }
        old.push(key);
    }
    Ok(old)
}

fn range(post: Post) -> Range {
    Range::prefix(post.rows(POST_VIEWERS).key())
}

fn row_key(post: Post, n: usize) -> Key {
    post.rows(POST_VIEWERS).u8(u8::try_from(n).unwrap_or(u8::MAX)).key()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As good as a keyed hash for telling people apart.
    fn hash(n: u32) -> u32 {
        let mut it = u64::from(n).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        it = (it ^ (it >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        ((it ^ (it >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb) >> 32) as u32
    }

    fn of(count: u32) -> Viewers {
        let mut all = Viewers::default();
        (0..count).for_each(|n| {
            all.add(hash(n));
        });
        all
    }

    #[test]
    fn up_to_a_bound_viewers_are_counted_exactly_and_beyond_it_within_two_per_cent() {
        for count in [1, 100, 10_000] {
            assert_eq!(of(count).count(), count);
        }
        for count in [20_000, 100_000, 1_000_000] {
            let got = of(count).count();
            assert!(got.abs_diff(count) <= count / 50, "{got} of {count}");
        }
    }

    #[test]
    fn a_viewer_who_comes_again_changes_nothing_however_many_there_are() {
        for count in [100, 50_000] {
            let (mut all, once) = (of(count), of(count));
            assert!((0..count).all(|n| !all.add(hash(n))));
            assert_eq!(all, once);
        }
    }

    #[test]
    fn a_sketch_weighs_the_same_for_a_million_as_for_twenty_thousand() {
        assert_eq!(of(20_000).weight(), of(1_000_000).weight());
    }
}
