//! How a post was seen, passed on and reacted to over time: one row a post. What is older than the row is long
//! is told in longer steps.

use super::Post;
use crate::{
    groups::stats::hours::{Emotion, HOUR},
    record,
    spaces::POST_SERIES,
    turn::Turn,
    view::{Decided, Rows, View, load_or_default},
};

/// Points of one row: four days by the hour, then a week in steps of two hours, and so on.
pub const POINTS_MAX: usize = 96;

record! {
    /// Some hours of a post.
    pub struct Point {
        /// The number of its first hour.
        1 => hour: u32,
        2 => views: u32,
        3 => forwards: u32,
        4 => positive: u32,
        5 => negative: u32,
        6 => other: u32,
    }
}

record! {
    /// The life of a post.
    pub struct SeriesRow {
        /// Those in which something happened, in order.
        1 => points: Vec<Point>,
        /// Each is 1 hour doubled so often.
        2 => doubled: u8,
    }
}

impl SeriesRow {
    /// Hours of one point.
    pub fn step(&self) -> u32 {
        1_u32.checked_shl(u32::from(self.doubled)).unwrap_or(u32::MAX)
    }

    fn at(&mut self, hour: u32) -> &mut Point {
        let first = hour - hour % self.step();
        if self.points.last().is_none_or(|it| it.hour < first) {
            self.points.push(Point { hour: first, ..Point::default() });
        }
        while self.points.len() > POINTS_MAX {
            self.doubled += 1;
            self.coarsen();
        }
        // One was there or has just been put there.
        let last = self.points.len().saturating_sub(1);
        &mut self.points[last]
    }

    fn coarsen(&mut self) {
        let step = self.step();
        let mut all: Vec<Point> = Vec::with_capacity(POINTS_MAX);
        for mut it in std::mem::take(&mut self.points) {
            it.hour -= it.hour % step;
            match all.last_mut().filter(|last| last.hour == it.hour) {
                Some(last) => {
                    last.views += it.views;
                    last.forwards += it.forwards;
                    last.positive += it.positive;
                    last.negative += it.negative;
                    last.other += it.other;
                }
                None => all.push(it),
            }
        }
        self.points = all;
    }
}

/// Counts something that happens to a post now.
pub(in crate::messages) fn count(turn: &mut Turn<'_>, post: Post, change: impl FnOnce(&mut Point)) -> Decided<()> {
    let hour = turn.now().secs() / HOUR;
    let mut row = read(turn, post)?;
    change(row.at(hour));
    turn.put(post.rows(POST_SERIES).key(), &row);
    Ok(())
}

/// Counts reactions to a post: what was taken back had been chosen all the same.
pub(in crate::messages) fn reacted(turn: &mut Turn<'_>, post: Post, fresh: &[Emotion]) -> Decided<()> {
    if fresh.is_empty() {
        return Ok(());
    }
    count(turn, post, |it| {
        for emotion in fresh {
            let number = match emotion {
                Emotion::Positive => &mut it.positive,
                Emotion::Negative => &mut it.negative,
                Emotion::Other => &mut it.other,
            };
            *number += 1;
        }
    })?;
    crate::groups::stats::hours::count(turn, post.channel, |hour| {
        fresh.iter().for_each(|it| *hour.emotion(*it) += 1);
    })
}

/// The life of a post.
pub fn read(view: &(impl Rows + ?Sized), post: Post) -> Decided<SeriesRow> {
    load_or_default(view, &post.rows(POST_SERIES).key())
}

/// Forgets it.
pub(super) fn forget(turn: &mut Turn<'_>, post: Post) {
    turn.delete(post.rows(POST_SERIES).key());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_life_of_any_length_is_one_row_of_bounded_size_that_loses_nothing() {
        let mut row = SeriesRow::default();
        for hour in 1000..6000 {
            row.at(hour).views += 1;
        }
        assert!(row.points.len() <= POINTS_MAX && row.points.len() > POINTS_MAX / 4, "{}", row.points.len());
        assert_eq!(row.points.iter().map(|it| it.views).sum::<u32>(), 5000);
        assert!(row.points.windows(2).all(|it| it[0].hour < it[1].hour));
    }
}
