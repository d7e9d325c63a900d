//! Files that are read ahead of who fetches them: the same bytes, whatever comes in between.

use futures_util::FutureExt;

use super::*;

const LEN: u64 = 128 << 10;

/// What is begun is done at once, and nobody sweeps.
const BESIDE: Beside =
    Beside { spawn: |work| work.now_or_never().unwrap_or_default(), wait: |_| Box::pin(std::future::pending()) };

fn stage() -> (Stage, Stored, Vec<u8>) {
    let mut stage = Stage::new();
    let shelf = Shelf::new(Arc::clone(&stage.blobs) as _, Arc::new(Pool::inline()), |_| {}).with_beside(BESIDE);
    stage.domain = stage.hall.domain.clone().with_files(shelf);
    let (text, order) = (text(20 * LEN as usize + 77), (0..21).collect::<Vec<_>>());
    stage.send(1, &text, LEN as usize, &order);
    let stored = stage.claim(1, 21, None).unwrap();
    (stage, stored, text)
}

#[test]
fn a_file_reads_the_same_in_any_order() {
    let (stage, stored, text) = stage();
    for len in [LEN, LEN / 2, LEN + 1024, 512 << 10] {
        let froms: Vec<u64> = (0..stored.size).step_by(len as usize).collect();
        let pairs = froms.chunks(2).flat_map(|it| it.iter().rev().copied()).collect::<Vec<_>>();
        for order in [&froms, &pairs, &froms] {
            for from in order {
                let end = (from + len).min(stored.size) as usize;
                assert_eq!(stage.read(&stored, *from, len).unwrap(), text[*from as usize..end], "{len} from {from}");
            }
        }
    }
    assert_eq!(stage.read(&stored, stored.size, LEN), Ok(Vec::new()));
}

#[test]
fn what_was_read_ahead_is_given_without_the_blob_and_what_failed_is_tried_again() {
    let (stage, stored, text) = stage();
    let expected = |part: u64| Ok(text[(part * LEN) as usize..][..LEN as usize].to_vec());
    assert_eq!([0, 1].map(|part| stage.read(&stored, part * LEN, LEN)), [expected(0), expected(1)]);
    ready(stage.blobs.remove(BlobId(stored.id))).unwrap();
    // Eight are there; each of them begins one more, which fails.
    for part in 2..10 {
        assert_eq!(stage.read(&stored, part * LEN, LEN), expected(part), "{part}");
    }
    assert_eq!(stage.read(&stored, 10 * LEN, LEN), Err(Refusal::Unavailable));
}
