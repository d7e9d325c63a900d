//! Which rows have changed since something was read: commits are counted, and a table by the hash of a row's key
//! says which commit changed it last. Two rows may share a place, so what is held for changed may not be, but never
//! the other way round.

use std::{
    hash::{DefaultHasher, Hash, Hasher},
    sync::atomic::{AtomicU64, Ordering::SeqCst},
};

use store::Key;

/// Places of the table, of 8 bytes. With ten thousand rows written a second, what was made of ten rows is read anew
/// for nothing once in some seconds.
const PLACES: usize = 1 << 18;

/// The table. Commits are told by one owner, one after another; who reads, does so from anywhere.
pub struct Changes {
    commits: AtomicU64,
    /// What was read before this one holds no longer, whatever it was.
    lost: AtomicU64,
    places: Box<[AtomicU64]>,
}

impl Default for Changes {
    fn default() -> Self {
        let places = (0..PLACES).map(|_| AtomicU64::new(0)).collect();
        Self { commits: AtomicU64::new(0), lost: AtomicU64::new(0), places }
    }
}

impl Changes {
    /// The place of a row.
    pub fn place(key: &Key) -> u32 {
        let mut hasher = DefaultHasher::new();
        key.hash(&mut hasher);
        (hasher.finish() % PLACES as u64) as u32
    }

    /// Taken before something is read.
    pub fn stamp(&self) -> u64 {
        self.commits.load(SeqCst)
    }

    /// Whether rows are as they were when they were read after this stamp.
    pub fn holds(&self, stamp: u64, read: &[u32]) -> bool {
        stamp >= self.lost.load(SeqCst) && read.iter().all(|it| self.places[*it as usize].load(SeqCst) <= stamp)
    }

    /// Rows have changed, and can be read as they are now. The count goes last: who takes its stamp in between reads
    /// what is new, and finds it changed.
    pub fn handle_committed(&self, written: &[u32]) {
        let commit = self.commits.load(SeqCst) + 1;
        written.iter().for_each(|it| self.places[*it as usize].store(commit, SeqCst));
        self.commits.store(commit, SeqCst);
    }

    /// Anything may have changed.
    pub fn handle_lost(&self) {
        let commit = self.commits.load(SeqCst) + 1;
        self.lost.store(commit, SeqCst);
        self.commits.store(commit, SeqCst);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_read_before_a_change_of_it_holds_no_longer() {
        let changes = Changes::default();
        let before = changes.stamp();
        changes.handle_committed(&[7]);
        assert!(!changes.holds(before, &[3, 7]));
        assert!(changes.holds(before, &[3]), "another row is as it was");
        assert!(changes.holds(changes.stamp(), &[3, 7]), "it was read as it is now");
        changes.handle_lost();
        assert!(!changes.holds(before, &[3]) && !changes.holds(before, &[]));
        assert!(changes.holds(changes.stamp(), &[3]));
    }
}
