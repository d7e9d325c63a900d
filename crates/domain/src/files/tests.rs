//! Uploads from their first part to their end, over a whole hall: what was sent is what is read, and nothing is left
//! of what was given up.

mod ahead;
mod filming;
mod screening;

use std::sync::Arc;

use bytes::Bytes;
use store::{
    Direction, Key, Range,
    blobs::{BlobId, Blobs, memory::Memory},
    pool::Pool,
};

use super::*;
use crate::{
    caller::Caller,
    ids::MessageUid,
    refusal::Refusal,
    spaces::{FILE, FILE_QUOTA, FILE_USE, SMALL_FILE, UPLOAD, UPLOAD_PART},
    testing::{Hall, ready},
    world::Settings,
};

const KB: usize = 1 << 10;

/// Half of the time for which an upload waits.
const HALF: u64 = ABANDONED_SECONDS as u64 / 2;

/// A hall with one person and blobs that the test sees, too.
struct Stage {
    hall: Hall,
    domain: crate::Domain,
    blobs: Arc<Memory>,
    alice: Caller,
}

impl Stage {
    fn new() -> Self {
        Self::on(Hall::new())
    }

    fn on(hall: Hall) -> Self {
        let alice = hall.sign_up(1, "Alice", "9996621001");
        let blobs = Arc::new(Memory::new());
        let shelf = Shelf::new(Arc::clone(&blobs) as _, Arc::new(Pool::inline()), |_| {});
        let domain = hall.domain.clone().with_files(shelf);
        Self { hall, domain, blobs, alice }
    }

    fn part(&self, upload: i64, number: i32, bytes: &[u8], total: Option<i32>) -> Result<(), Refusal> {
        let part = Part::new(number, bytes.len(), total)?;
        ready(save_part(&self.domain, self.alice.user, upload, part, Bytes::copy_from_slice(bytes)))
    }

    /// Sends parts in this order.
    fn send(&self, upload: i64, text: &[u8], len: usize, order: &[usize]) {
        for number in order {
            let part = text.chunks(len).nth(*number).unwrap();
            self.part(upload, *number as i32, part, None).unwrap();
        }
    }

    fn claim(&self, upload: i64, parts: u32, md5: Option<[u8; 16]>) -> Result<Stored, Refusal> {
        ready(complete(&self.domain, self.alice.user, Claim { upload, parts, md5 }))
    }

    fn read(&self, stored: &Stored, from: u64, len: u64) -> Result<Vec<u8>, Refusal> {
        ready(read(&self.domain, stored, from, len))
    }

    fn whole(&self, stored: &Stored) -> Vec<u8> {
        let steps = (0..stored.size).step_by(READ_MAX as usize);
        steps.flat_map(|from| self.read(stored, from, READ_MAX).unwrap()).collect()
    }

    fn rows(&self, space: store::Subspace) -> Vec<store::Row> {
        let range = Range { start: Key::from_bytes(&[space.id]), end: Key::from_bytes(&[space.id + 1]) };
        self.hall.ask(|view| view.scan(&range, Direction::Forward, 9999)).unwrap()
    }

    fn kept(&self) -> Vec<BlobId> {
        ready(self.blobs.list(None, 9999)).unwrap()
    }

    /// What is left, but for the account's counts.
    fn is_bare(&self) -> bool {
        let rows = [UPLOAD, UPLOAD_PART, FILE, SMALL_FILE].into_iter().all(|it| self.rows(it).is_empty());
        let quota = self.rows(FILE_QUOTA);
        let nothing = quota
            .iter()
            .all(|(_, row)| <rows::QuotaRow as crate::record::Record>::decode(row) == Ok(rows::QuotaRow::default()));
        rows && nothing && self.kept().is_empty()
    }
}

fn text(len: usize) -> Vec<u8> {
    (0..len as u64).map(|at| (at.wrapping_mul(2_654_435_761) >> 13) as u8).collect()
}

fn md5(bytes: &[u8]) -> [u8; 16] {
    crypto::hash::md5(bytes)
}

fn orders(parts: usize) -> Vec<Vec<usize>> {
    let forward: Vec<usize> = (0..parts).collect();
    let backward: Vec<usize> = (0..parts).rev().collect();
    let twice = [&backward[..], &forward].concat();
    vec![forward, backward, twice]
}

#[test]
fn what_was_sent_in_any_order_is_what_is_read() {
    for hall in [Hall::new(), Hall::distant()] {
        let (stage, mut upload) = (Stage::on(hall), 0);
        for (size, len) in
            [(1, KB), (64 * KB, 64 * KB), (64 * KB + 1, 128 * KB), (300_000, 128 * KB), (1 << 20, 512 * KB)]
                .into_iter()
                .chain([(40_000, 16 * KB), (3 * KB, KB), (64 * KB, 32 * KB), (70_000, 4 * KB)])
        {
            let text = text(size);
            for order in orders(size.div_ceil(len)) {
                upload += 1;
                stage.send(upload, &text, len, &order);
                let stored = stage.claim(upload, size.div_ceil(len) as u32, Some(md5(&text))).unwrap();
                assert_eq!(stored.size, size as u64);
                assert!(stage.whole(&stored) == text, "{size} in {len} by {order:?}");
                let (from, to) = (size / 3, size / 3 + size.div_ceil(2));
                let range = stage.read(&stored, from as u64, (to - from) as u64).unwrap();
                assert!(range == text[from..to.min(size)], "{size} in {len}");
                assert_eq!(stage.kept().contains(&BlobId(stored.id)), size > 64 * KB);
            }
        }
        assert!(stage.rows(UPLOAD_PART).is_empty(), "no part waits any more");
    }
}

#[test]
fn a_read_is_bounded_and_ends_with_the_file() {
    let stage = Stage::new();
    let text = text(1_500_000);
    stage.send(1, &text, 512 * KB, &[0, 1, 2]);
    let stored = stage.claim(1, 3, None).unwrap();
    assert_eq!(stage.read(&stored, 0, u64::MAX).unwrap().len() as u64, READ_MAX);
    assert!(stage.read(&stored, 1 << 20, READ_MAX).unwrap() == text[1 << 20..]);
    assert_eq!(stage.read(&stored, 1_500_000, 4096), Ok(Vec::new()));
    assert_eq!(stage.read(&stored, u64::MAX, 1), Ok(Vec::new()));
}

#[test]
fn hashes_are_of_the_stretches_that_clients_check() {
    let stage = Stage::new();
    let (text, stretch) = (text(1_500_000), HASHED as usize);
    stage.send(1, &text, 512 * KB, &[0, 1, 2]);
    let stored = stage.claim(1, 3, None).unwrap();
    assert_eq!(stage.hall.ask(|view| date(view, &stored)), Ok(stage.domain.now().secs()));
    for (offset, first, count) in
        [(0, 0, 8), (stretch - 1, 0, 8), (stretch, 1, 8), (1_499_999, 11, 1), (1_600_000, 12, 0)]
    {
        let all = ready(hashes(&stage.domain, &stored, offset as u64)).unwrap();
        assert_eq!(all.len(), count, "from {offset}");
        for (it, bytes) in all.iter().zip(text.chunks(stretch).skip(first)) {
            assert_eq!((it.len as usize, it.hash), (bytes.len(), crypto::hash::sha256(&[bytes])));
            assert!(text[it.offset as usize..].starts_with(bytes));
        }
    }
}

#[test]
fn another_key_or_file_reads_nothing() {
    let stage = Stage::new();
    stage.part(1, 0, &text(100), None).unwrap();
    stage.part(2, 0, &text(100_000), None).unwrap();
    for upload in [1, 2] {
        let stored = stage.claim(upload, 1, None).unwrap();
        let other_key = Stored { key: Bytes::from_static(&[1; 32]), ..stored.clone() };
        assert_eq!(stage.read(&other_key, 0, 10), Err(Refusal::Unavailable));
        let other_file = Stored { id: 5, ..stored.clone() };
        assert!(stage.read(&other_file, 0, 10).is_err());
        let no_key = Stored { key: Bytes::new(), ..stored.clone() };
        assert_eq!(stage.read(&no_key, 0, 10), Err(Refusal::LocationInvalid));
        let no_shape = Stored { piece: 0, ..stored };
        assert_eq!(stage.read(&no_shape, 0, 10), Err(Refusal::LocationInvalid));
    }
}

#[test]
fn a_missing_part_is_named_and_may_still_come() {
    let stage = Stage::new();
    let text = text(700_000);
    assert_eq!(stage.claim(1, 6, None), Err(Refusal::FilePartMissing(0)));
    stage.send(1, &text, 128 * KB, &[0, 1, 5, 3]);
    assert_eq!(stage.claim(1, 6, None), Err(Refusal::FilePartMissing(2)));
    stage.send(1, &text, 128 * KB, &[2]);
    assert_eq!(stage.claim(1, 6, None), Err(Refusal::FilePartMissing(4)));
    stage.send(1, &text, 128 * KB, &[4]);
    let stored = stage.claim(1, 6, Some(md5(&text))).unwrap();
    assert!(stage.whole(&stored) == text);
}

#[test]
fn a_claim_that_comes_again_names_the_same_file() {
    let stage = Stage::new();
    let text = text(200_000);
    for (upload, len, order) in [(1, 128 * KB, &[0, 1][..]), (2, 64 * KB, &[3, 0, 1, 2])] {
        stage.send(upload, &text, len, order);
        let parts = order.len() as u32;
        let stored = stage.claim(upload, parts, None).unwrap();
        assert_eq!(stage.claim(upload, parts, None), Ok(stored.clone()));
        assert_eq!(stage.claim(upload, parts + 1, None), Err(Refusal::FilePartsInvalid));
        // A part that was sent again by a client which lost the answer.
        stage.send(upload, &text, len, order);
        assert_eq!(stage.part(upload, 0, b"other", None), Err(Refusal::FilePartSizeChanged));
        assert!(stage.whole(&stored) == text);
    }
}

#[test]
fn a_file_whose_hash_is_another_is_refused_and_gone() {
    let stage = Stage::new();
    for (size, len) in [(10, KB), (200_000, 128 * KB), (3000, KB)] {
        let text = text(size);
        let order: Vec<usize> = (0..size.div_ceil(len)).collect();
        stage.send(1, &text, len, &order);
        let claim = stage.claim(1, order.len() as u32, Some(md5(b"another")));
        assert_eq!(claim, Err(Refusal::Md5ChecksumInvalid), "{size}");
        assert!(stage.is_bare(), "{size}");
        // The client sends it anew.
        stage.send(1, &text, len, &order);
        let stored = stage.claim(1, order.len() as u32, Some(md5(&text))).unwrap();
        assert!(stage.whole(&stored) == text);
        stage.hall.pass(4 * HALF + 1);
        ready(abandoned(&stage.domain)).unwrap();
        assert_eq!(ready(sweep(&stage.domain, None)), Ok(None));
        assert!(stage.is_bare(), "{size}");
    }
}

#[test]
fn uploads_of_two_people_with_one_number_are_two() {
    let stage = Stage::new();
    let bob = stage.hall.sign_up(2, "Bob", "9996621002");
    stage.part(7, 0, b"of Alice", None).unwrap();
    let part = Part::new(0, 6, None).unwrap();
    ready(save_part(&stage.domain, bob.user, 7, part, Bytes::from_static(b"of Bob"))).unwrap();
    assert!(stage.whole(&stage.claim(7, 1, None).unwrap()) == b"of Alice");
    let carol = Claim { upload: 8, parts: 1, md5: None };
    assert_eq!(ready(complete(&stage.domain, bob.user, carol)), Err(Refusal::FilePartMissing(0)));
}

#[test]
fn no_byte_and_no_key_is_in_a_row_or_blob() {
    let stage = Stage::new();
    let (small, large) = ([b'x'; 500], vec![b'y'; 300_000]);
    stage.part(1, 0, &small, None).unwrap();
    stage.send(2, &large, 128 * KB, &[2, 1, 0]);
    let keys = [stage.claim(1, 1, None).unwrap(), stage.claim(2, 3, None).unwrap()].map(|it| it.key);
    let range = Range { start: Key::from_bytes(&[0]), end: Key::from_bytes(&[255]) };
    let rows = stage.hall.ask(|view| view.scan(&range, Direction::Forward, 9999)).unwrap();
    let blob = ready(stage.blobs.read(stage.kept()[0], 131_120, vec![0..16, 16..131_120])).unwrap();
    for bytes in rows.iter().map(|(_, row)| row).chain(&blob) {
        let holds = |it: &[u8]| bytes.windows(it.len()).any(|window| window == it);
        assert!(!holds(&[b'x'; 20]) && !holds(&[b'y'; 20]) && keys.iter().all(|key| !holds(key)));
    }
}

#[test]
fn four_thousand_parts_are_a_few_commits() {
    let stage = Stage::new();
    let before = stage.hall.written();
    for number in 0..4000 {
        stage.part(1, number, &[1; KB], Some(4000)).unwrap();
    }
    assert!(stage.hall.written() - before < 12, "{} rows", stage.hall.written() - before);
    assert_eq!(stage.claim(1, 4000, None).unwrap().size, 4000 << 10);
}

#[test]
fn an_account_has_so_much_on_its_way_and_no_more() {
    let stage = Stage::new();
    let part = vec![1; 512 * KB];
    let full = Err(Refusal::FloodWait(300));
    for upload in 0..4 {
        stage.part(upload, 0, &part, Some(4000)).unwrap();
    }
    assert_eq!(stage.part(4, 0, &part, Some(4000)), full);
    assert_eq!(stage.part(4, 0, &part, Some(10)), Ok(()));
    assert_eq!(stage.part(0, 1, &part, Some(4000)), Ok(()), "what has begun goes on");
    for upload in 5..i64::from(UPLOADS_MAX) {
        stage.part(upload, 0, b"x", None).unwrap();
    }
    assert_eq!(stage.part(1_000, 0, b"x", None), full);
    stage.claim(5, 1, None).unwrap();
    assert_eq!(stage.part(1_000, 0, b"x", None), Ok(()));
    let bob = stage.hall.sign_up(2, "Bob", "9996621002");
    let one = Part::new(0, 1, None).unwrap();
    assert_eq!(ready(save_part(&stage.domain, bob.user, 1, one, Bytes::from_static(b"x"))), Ok(()));
}

#[test]
fn of_uploads_that_were_given_up_nothing_is_left_after_a_day() {
    let stage = Stage::new();
    for upload in 0..300 {
        stage.part(upload, 0, &text(100), None).unwrap();
    }
    stage.send(300, &text(300_000), 128 * KB, &[2, 0]);
    stage.hall.pass(HALF);
    stage.send(301, &text(300_000), 128 * KB, &[0]);
    assert_eq!(ready(abandoned(&stage.domain)), Ok(0));
    stage.hall.pass(HALF + 1);
    assert_eq!(ready(abandoned(&stage.domain)), Ok(301));
    assert_eq!((stage.rows(UPLOAD).len(), stage.kept().len()), (1, 1), "one goes on");
    // A part that writes nothing otherwise keeps it.
    stage.send(301, &text(300_000), 128 * KB, &[1]);
    stage.hall.pass(HALF + 1);
    assert_eq!(ready(abandoned(&stage.domain)), Ok(0));
    stage.hall.pass(HALF);
    assert_eq!(ready(abandoned(&stage.domain)), Ok(1));
    assert!(stage.is_bare());
    assert_eq!(stage.claim(300, 3, None), Err(Refusal::FilePartMissing(0)));
}

/// As a message that is sent does.
struct Use {
    file: u64,
    carrier: Carrier,
}

impl crate::Command for Use {
    type Reply = ();

    fn decide(&self, turn: &mut crate::Turn<'_>) -> crate::Decided<()> {
        uses::put(turn, self.file, self.carrier);
        Ok(())
    }
}

#[test]
fn a_file_that_nothing_carries_is_gone_after_two_days_with_the_uses_of_what_is_gone() {
    let stage = Stage::new();
    stage.part(1, 0, &text(100), None).unwrap();
    stage.send(2, &text(300_000), 128 * KB, &[0, 1, 2]);
    let (small, large) = (stage.claim(1, 1, None).unwrap(), stage.claim(2, 3, None).unwrap());
    for n in 0..300_u128 {
        let carrier = Carrier::Message { log: stage.alice.user.into(), uid: MessageUid(n.to_be_bytes()) };
        stage.hall.run(Use { file: large.id, carrier }).unwrap();
    }
    stage.hall.pass(4 * HALF);
    assert_eq!(ready(sweep(&stage.domain, None)), Ok(None));
    assert!(stage.read(&small, 0, 1).is_ok() && stage.read(&large, 0, 1).is_ok());
    assert_eq!(stage.rows(FILE_USE).len(), 300);
    stage.hall.pass(1);
    assert_eq!(ready(sweep(&stage.domain, None)), Ok(None));
    assert_eq!(stage.read(&small, 0, 1), Err(Refusal::LocationInvalid));
    assert!(stage.read(&large, 0, 1).is_err());
    ready(abandoned(&stage.domain)).unwrap();
    assert!(stage.is_bare() && stage.rows(FILE_USE).is_empty());
}

#[test]
fn an_operator_may_keep_unused_files_for_less() {
    let settings = Settings { test_accounts: true, unused_file_seconds: 5, ..Settings::default() };
    let stage = Stage::on(Hall::with(settings, false));
    stage.part(1, 0, &text(100), None).unwrap();
    let stored = stage.claim(1, 1, None).unwrap();
    stage.hall.pass(5);
    assert_eq!(ready(sweep(&stage.domain, None)), Ok(None));
    assert!(stage.read(&stored, 0, 1).is_ok());
    stage.hall.pass(1);
    assert_eq!(ready(sweep(&stage.domain, None)), Ok(None));
    assert_eq!(stage.read(&stored, 0, 1), Err(Refusal::LocationInvalid));
}

#[test]
fn blobs_that_no_row_knows_are_removed() {
    let stage = Stage::new();
    stage.send(1, &text(300_000), 128 * KB, &[0]);
    stage.send(2, &text(300_000), 128 * KB, &[0, 1, 2]);
    let stored = stage.claim(2, 3, None).unwrap();
    for id in 1..300 {
        ready(stage.blobs.put_piece(BlobId(id), 0, 10, Bytes::from_static(b"lost"))).unwrap();
    }
    let (mut after, mut pages) = (None, 0);
    loop {
        after = ready(orphans(&stage.domain, after)).unwrap();
        pages += 1;
        if after.is_none() {
            break;
        }
    }
    assert_eq!((pages, stage.kept().len()), (2, 2));
    assert!(stage.whole(&stored) == text(300_000));
}
