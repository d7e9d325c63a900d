//! What every engine for blobs must do, asked of each in the same words: each of [`CASES`] gets a new, empty engine.

#![allow(clippy::unwrap_used, reason = "a suite: what does not hold must panic, with its place")]

use std::{ops::Range, sync::Arc, thread};

use bytes::Bytes;

use super::{BlobId, Blobs, Error, PIECE_BYTES_MAX, PIECES_MAX, READ_BYTES_MAX};
use crate::conformance::wait;

/// The length of pieces, where a case has no reason for another.
pub const STRIDE: u64 = 1000;

/// A case: its name, and what it asks of a new engine.
pub type Case = (&'static str, fn(&Arc<dyn Blobs>));

/// The bytes of a piece: no two pieces, and no two versions of one, are alike.
pub fn text(blob: BlobId, piece: u32, version: u8, len: u64) -> Bytes {
    let seed = blob.0.wrapping_mul(31).wrapping_add(u64::from(piece) * 7).wrapping_add(u64::from(version) * 101);
    (0..len).map(|at| (seed.wrapping_add(at * 13) % 251) as u8).collect::<Vec<_>>().into()
}

/// Puts the first version of all pieces of a blob of `size` bytes, the last one first.
pub fn put_all(blobs: &dyn Blobs, blob: BlobId, size: u64) {
    for piece in (0..size.div_ceil(STRIDE)).rev() {
        let len = STRIDE.min(size - piece * STRIDE);
        put(blobs, blob, piece as u32, 1, len).unwrap();
    }
}

fn put(blobs: &dyn Blobs, blob: BlobId, piece: u32, version: u8, len: u64) -> Result<(), Error> {
    wait(blobs.put_piece(blob, piece, STRIDE, text(blob, piece, version, len)))
}

/// One range of a finished blob.
pub fn read(blobs: &dyn Blobs, blob: BlobId, range: Range<u64>) -> Result<Bytes, Error> {
    let mut read = wait(blobs.read(blob, STRIDE, vec![range]))?;
    assert_eq!(read.len(), 1);
    Ok(read.remove(0))
}

fn finish(blobs: &dyn Blobs, blob: BlobId, size: u64) -> Result<(), Error> {
    wait(blobs.finish(blob, STRIDE, size))
}

fn listed(blobs: &dyn Blobs, after: Option<BlobId>, limit: usize) -> Vec<BlobId> {
    wait(blobs.list(after, limit)).unwrap()
}

/// Names the cases for every caller, and runs each with the engines of this crate.
macro_rules! cases {
    ($($name:ident),* $(,)?) => {
        /// All the cases.
        pub const CASES: &[Case] = &[$((stringify!($name), $name)),*];

        #[cfg(test)]
        mod tests {
            use std::sync::Arc;

            use crate::{blobs::{Blobs, local::tests::opened, memory::Memory}, embedded::tests::Place};

            $(#[test]
            fn $name() {
                super::$name(&(Arc::new(Memory::new()) as Arc<dyn Blobs>));
                let place = Place::new(concat!("blobs-", stringify!($name)));
                super::$name(&(Arc::new(opened(&place, Some("boot"))) as Arc<dyn Blobs>));
            })*
        }
    };
}

cases![
    pieces_that_came_in_any_order_read_as_one,
    many_ranges_are_answered_in_their_order,
    a_piece_that_comes_again_takes_the_place_of_the_first,
    a_blob_without_one_of_its_pieces_is_not_finished,
    a_blob_that_is_not_there_does_not_read,
    a_blob_may_be_finished_twice,
    a_range_beyond_the_end_is_an_error,
    what_has_no_place_in_a_blob_is_refused,
    the_longest_piece_and_the_last_place_are_taken,
    a_removed_blob_is_gone_and_may_come_again,
    pages_of_the_list_hold_every_blob_once,
    a_list_goes_on_where_a_blob_was_removed,
    pieces_put_at_once_are_all_there,
    one_piece_that_comes_many_times_at_once_is_one_of_them,
];

fn pieces_that_came_in_any_order_read_as_one(blobs: &Arc<dyn Blobs>) {
    for (n, size) in [1, 999, 1000, 1001, 12_345].into_iter().enumerate() {
        let blob = BlobId(n as u64);
        put_all(&**blobs, blob, size);
        finish(&**blobs, blob, size).unwrap();
        for piece in 0..size.div_ceil(STRIDE) {
            let (from, len) = (piece * STRIDE, STRIDE.min(size - piece * STRIDE));
            let expected = text(blob, piece as u32, 1, len);
            assert_eq!(read(&**blobs, blob, from..from + len), Ok(expected.clone()), "{piece} of {size}");
            let (first, last) = (len / 3, len / 3 + 1);
            let part = expected.slice(first as usize..last as usize);
            assert_eq!(read(&**blobs, blob, from + first..from + last), Ok(part), "{piece} of {size}");
        }
    }
}

fn many_ranges_are_answered_in_their_order(blobs: &Arc<dyn Blobs>) {
    let blob = BlobId(5);
    put_all(&**blobs, blob, 4500);
    finish(&**blobs, blob, 4500).unwrap();
    let ranges = vec![4000..4500, 0..16, 3100..3200, 16..1000, 1000..1016, 2999..3000, 0..16];
    let expected: Vec<_> = ranges.iter().map(|it| read(&**blobs, blob, it.clone()).unwrap()).collect();
    assert_eq!(wait(blobs.read(blob, STRIDE, ranges)).unwrap(), expected);
    assert_eq!(wait(blobs.read(blob, STRIDE, Vec::new())).unwrap(), Vec::<Bytes>::new());
}

fn a_piece_that_comes_again_takes_the_place_of_the_first(blobs: &Arc<dyn Blobs>) {
    let blob = BlobId(6);
    put_all(&**blobs, blob, 2500);
    put(&**blobs, blob, 1, 2, 1000).unwrap();
    put(&**blobs, blob, 2, 2, 700).unwrap();
    put(&**blobs, blob, 2, 3, 500).unwrap();
    finish(&**blobs, blob, 2500).unwrap();
    assert_eq!(read(&**blobs, blob, 1000..2000), Ok(text(blob, 1, 2, 1000)));
    assert_eq!(read(&**blobs, blob, 2000..2500), Ok(text(blob, 2, 3, 500)));
    assert!(matches!(read(&**blobs, blob, 2400..2501), Err(Error::Cut { .. })));
}

fn a_blob_without_one_of_its_pieces_is_not_finished(blobs: &Arc<dyn Blobs>) {
    let blob = BlobId(7);
    let missing = |piece| Err(Error::PieceMissing { blob, piece });
    assert_eq!(finish(&**blobs, blob, 1), missing(0));
    for piece in [3, 0] {
        put(&**blobs, blob, piece, 1, 1000).unwrap();
        assert_eq!(finish(&**blobs, blob, 4000), missing(u32::from(piece == 0)));
    }
    put(&**blobs, blob, 1, 1, 1000).unwrap();
    put(&**blobs, blob, 2, 1, 1000).unwrap();
    assert_eq!(finish(&**blobs, blob, 4001), missing(4), "the file would go on");
    assert_eq!(finish(&**blobs, blob, 4000), Ok(()));
    let short = BlobId(8);
    put(&**blobs, short, 0, 1, 900).unwrap();
    assert_eq!(finish(&**blobs, short, 901), Err(Error::PieceMissing { blob: short, piece: 0 }));
    assert_eq!(finish(&**blobs, short, 900), Ok(()));
}

fn a_blob_that_is_not_there_does_not_read(blobs: &Arc<dyn Blobs>) {
    let blob = BlobId(9);
    assert_eq!(read(&**blobs, blob, 0..1), Err(Error::Missing { blob }));
    assert_eq!(wait(blobs.remove(blob)), Ok(()));
}

fn a_blob_may_be_finished_twice(blobs: &Arc<dyn Blobs>) {
    let blob = BlobId(10);
    put_all(&**blobs, blob, 1500);
    finish(&**blobs, blob, 1500).unwrap();
    assert_eq!(finish(&**blobs, blob, 1500), Ok(()), "who lost the first answer asks again");
    assert_eq!(read(&**blobs, blob, 0..1000), Ok(text(blob, 0, 1, 1000)));
}

fn a_range_beyond_the_end_is_an_error(blobs: &Arc<dyn Blobs>) {
    let blob = BlobId(11);
    put_all(&**blobs, blob, 1500);
    finish(&**blobs, blob, 1500).unwrap();
    for range in [1000..1501, 1500..1501, 2000..2001] {
        assert_eq!(read(&**blobs, blob, range.clone()), Err(Error::Cut { blob, end: range.end }), "{range:?}");
    }
}

#[allow(clippy::reversed_empty_ranges, reason = "what is turned around is refused, too")]
fn what_has_no_place_in_a_blob_is_refused(blobs: &Arc<dyn Blobs>) {
    let blob = BlobId(12);
    let refused = |it: Result<(), Error>| assert!(matches!(it, Err(Error::Bounds { .. })), "{it:?}");
    refused(put(&**blobs, blob, 0, 1, 0));
    refused(put(&**blobs, blob, 0, 1, 1001));
    refused(put(&**blobs, blob, PIECES_MAX, 1, 1));
    refused(put(&**blobs, blob, u32::MAX, 1, 1));
    refused(wait(blobs.put_piece(blob, 0, PIECE_BYTES_MAX as u64 + 1, Bytes::from_static(b"x"))));
    refused(wait(blobs.put_piece(blob, 0, 0, Bytes::from_static(b"x"))));
    for size in [0, STRIDE * u64::from(PIECES_MAX) + 1, u64::MAX] {
        refused(finish(&**blobs, blob, size));
    }
    assert_eq!(listed(&**blobs, None, 9), []);
    put_all(&**blobs, blob, 3000);
    finish(&**blobs, blob, 3000).unwrap();
    for range in [0..0, 5..4, 0..1001, 999..1001, u64::MAX - 1..u64::MAX] {
        refused(read(&**blobs, blob, range).map(drop));
    }
    let many = vec![0..1000; (READ_BYTES_MAX / 1000 + 1) as usize];
    refused(wait(blobs.read(blob, STRIDE, many)).map(drop));
}

fn the_longest_piece_and_the_last_place_are_taken(blobs: &Arc<dyn Blobs>) {
    let (blob, stride, last) = (BlobId(13), PIECE_BYTES_MAX as u64, PIECES_MAX - 1);
    for piece in [0, 1, last] {
        wait(blobs.put_piece(blob, piece, stride, text(blob, piece, 1, stride))).unwrap();
    }
    let all = stride * u64::from(PIECES_MAX);
    assert_eq!(wait(blobs.finish(blob, stride, all)), Err(Error::PieceMissing { blob, piece: 2 }));
    wait(blobs.finish(blob, stride, 2 * stride)).unwrap();
    let both = wait(blobs.read(blob, stride, vec![0..stride, stride..2 * stride])).unwrap();
    assert!(both[0] == text(blob, 0, 1, stride) && both[1] == text(blob, 1, 1, stride));
}

fn a_removed_blob_is_gone_and_may_come_again(blobs: &Arc<dyn Blobs>) {
    let (whole, begun, other) = (BlobId(14), BlobId(15), BlobId(16));
    for blob in [whole, begun, other] {
        put_all(&**blobs, blob, 1500);
    }
    finish(&**blobs, whole, 1500).unwrap();
    finish(&**blobs, other, 1500).unwrap();
    for blob in [whole, begun] {
        wait(blobs.remove(blob)).unwrap();
        assert_eq!(read(&**blobs, blob, 0..1), Err(Error::Missing { blob }));
        assert_eq!(finish(&**blobs, blob, 1500), Err(Error::PieceMissing { blob, piece: 0 }));
    }
    assert_eq!(listed(&**blobs, None, 9), [other]);
    assert_eq!(read(&**blobs, other, 0..1000), Ok(text(other, 0, 1, 1000)));
    put_all(&**blobs, whole, 700);
    finish(&**blobs, whole, 700).unwrap();
    assert_eq!(read(&**blobs, whole, 0..700), Ok(text(whole, 0, 1, 700)));
}

/// Ids whose names begin alike and not, some of blobs that are not finished.
fn fill(blobs: &dyn Blobs) -> Vec<BlobId> {
    let ids = [1, 2, 0x1001, 0x11, 0x12, 0xff, 0x0100, 0x1234_5678_0000_0001, u64::MAX, 0, 0x1_0000_0000_0001];
    for (n, id) in ids.into_iter().enumerate() {
        put(blobs, BlobId(id), 0, 1, 1000).unwrap();
        put(blobs, BlobId(id), 1, 1, 5).unwrap();
        if n % 3 != 0 {
            finish(blobs, BlobId(id), 1005).unwrap();
        }
    }
    let mut all = ids.map(BlobId).to_vec();
    all.sort_by_key(|it| it.0);
    all
}

fn pages_of_the_list_hold_every_blob_once(blobs: &Arc<dyn Blobs>) {
    let ids = fill(&**blobs);
    let all = listed(&**blobs, None, 99);
    let mut sorted = all.clone();
    sorted.sort_by_key(|it| it.0);
    assert_eq!(sorted, ids);
    for page in 1..5 {
        let mut paged: Vec<BlobId> = Vec::new();
        loop {
            let next = listed(&**blobs, paged.last().copied(), page);
            assert!(next.len() <= page);
            if next.is_empty() {
                break;
            }
            paged.extend(next);
        }
        assert_eq!(paged, all, "pages of {page}");
    }
    assert_eq!(listed(&**blobs, None, 0), []);
}

fn a_list_goes_on_where_a_blob_was_removed(blobs: &Arc<dyn Blobs>) {
    fill(&**blobs);
    let all = listed(&**blobs, None, 99);
    for (at, blob) in all.iter().enumerate() {
        wait(blobs.remove(*blob)).unwrap();
        assert_eq!(listed(&**blobs, Some(*blob), 99), all[at + 1..]);
    }
    assert_eq!(listed(&**blobs, None, 99), []);
}

fn pieces_put_at_once_are_all_there(blobs: &Arc<dyn Blobs>) {
    let blob = BlobId(17);
    beside(blobs, 4, move |blobs, n| {
        for piece in (n..40).step_by(4) {
            put(blobs, blob, piece, 1, 1000).unwrap();
        }
    });
    finish(&**blobs, blob, 40_000).unwrap();
    for piece in 0..40_u32 {
        let from = u64::from(piece) * STRIDE;
        assert_eq!(read(&**blobs, blob, from..from + STRIDE), Ok(text(blob, piece, 1, 1000)), "{piece}");
    }
}

fn one_piece_that_comes_many_times_at_once_is_one_of_them(blobs: &Arc<dyn Blobs>) {
    let (blob, stride) = (BlobId(18), PIECE_BYTES_MAX as u64);
    beside(blobs, 4, move |blobs, n| {
        wait(blobs.put_piece(blob, 0, stride, text(blob, 0, n as u8, stride))).unwrap();
    });
    wait(blobs.finish(blob, stride, stride)).unwrap();
    let read = wait(blobs.read(blob, stride, vec![0..1, 1..stride])).unwrap().concat();
    assert!((0..4).any(|n| text(blob, 0, n, stride) == read), "a mixture");
}

/// Does something on several threads at once.
fn beside(blobs: &Arc<dyn Blobs>, threads: u32, act: impl Fn(&dyn Blobs, u32) + Clone + Send + 'static) {
    let one = |n| {
        let (blobs, act) = (Arc::clone(blobs), act.clone());
        thread::spawn(move || act(&*blobs, n))
    };
    let all: Vec<_> = (0..threads).map(one).collect();
    all.into_iter().for_each(|it| it.join().unwrap());
}
