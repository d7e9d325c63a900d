//! An operator's policy sees files before they are anything, and of what it rejects nothing stays.

use super::*;
use crate::policy::{Policy, READS_MAX, Uploaded, Verdict, Written};

/// Rejects files that begin so.
struct Wary {
    reads: u64,
    head: &'static [u8],
}

impl Policy for Wary {
    fn message(&self, _: Written<'_>) -> Verdict {
        Verdict::Allow
    }

    fn reads(&self) -> u64 {
        self.reads
    }

    fn file(&self, it: Uploaded<'_>) -> Verdict {
        assert_eq!(it.head.len() as u64, self.reads.min(READS_MAX).min(it.size));
        if it.head.starts_with(self.head) { Verdict::Reject } else { Verdict::Allow }
    }
}

#[test]
fn a_rejected_file_leaves_nothing_behind_whatever_its_size_and_parts() {
    for (size, len, reads) in [(5, KB, 4), (3 * KB, KB, 4), (300_000, 128 * KB, u64::MAX), (1 << 20, 512 * KB, 700_000)]
    {
        let stage = Stage::on(Hall::screened(Arc::new(Wary { reads, head: b"bad!" })));
        let parts = size.div_ceil(len);
        let order: Vec<usize> = (0..parts).collect();
        let bad = [b"bad!", &text(size)[4..]].concat();
        stage.send(1, &bad, len, &order);
        assert_eq!(stage.claim(1, parts as u32, None), Err(Refusal::ContentRejected));
        assert!(stage.is_bare(), "{size} bytes in parts of {len}");
        assert_eq!(stage.claim(1, parts as u32, None), Err(Refusal::FilePartMissing(0)));
        let good = text(size);
        stage.send(2, &good, len, &order);
        let stored = stage.claim(2, parts as u32, None).unwrap();
        assert_eq!(stage.whole(&stored), good);
    }
}

#[test]
fn a_policy_that_reads_nothing_is_not_asked_about_files() {
    let stage = Stage::on(Hall::screened(Arc::new(Wary { reads: 0, head: b"" })));
    stage.send(1, b"anything", KB, &[0]);
    assert!(stage.claim(1, 1, None).is_ok());
}
