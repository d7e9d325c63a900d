//! Files that are hostile are refused by name, and the server's memory stays as it was.

use futures_util::future::join_all;

use crate::{
    people::{Person, pair},
    place::Place,
    sending::{PART, document, input, photo, planted, png, save, send, uploaded},
};

/// Uploads that one account may have under way; more are refused. Source: `domain::files::UPLOADS_MAX`.
const UPLOADS_MAX: i64 = 500;

/// Bytes by which a server's memory may differ after it was idle: its caches fill.
const FLAT: u64 = 96 << 20;

/// Zeros by the gigabyte: a stream of deflate that repeats one zero as often as a code can say.
fn bomb() -> Vec<u8> {
    let mut bits = Bits::default();
    // A last block of fixed codes: a zero, then copies of 258 from one byte back.
    bits.put(0b011, 3);
    bits.put(0b0000_1100, 8);
    for _ in 0..400_000 {
        bits.put(0b1010_0011, 8);
        bits.put(0, 5);
    }
    bits.put(0, 7);
    [&[0x78, 1][..], &bits.bytes, &[0; 8]].concat()
}

#[derive(Default)]
struct Bits {
    bytes: Vec<u8>,
    held: u64,
    count: u32,
}

impl Bits {
    fn put(&mut self, value: u64, width: u32) {
        self.held |= value << self.count;
        self.count += width;
        while self.count >= 8 {
            self.bytes.push(self.held as u8);
            self.held >>= 8;
            self.count -= 8;
        }
    }
}

#[tokio::test]
async fn hostile_files_are_refused_by_name_and_memory_stays_flat() {
    let place = Place::new("hostile");
    let server = place.serve();
    let (mut one, _two) = pair(&server, 0).await;
    let warm = uploaded(&mut one, 1, &planted(300_000)).await;
    send(&mut one, document(warm, None), 1).await.unwrap();
    let before = server.memory();
    let lies = [&b"\xff\xd8\xff\xe0\0\x10JFIF\0\x01\x01\0\0\x01\0\x01\0\0"[..], &planted(5000)].concat();
    let cases = [
        (png(60_000, &bomb()), "PHOTO_INVALID_DIMENSIONS"),
        // The head is modest, and the data is some hundred times what it promises.
        (png(64, &bomb()), "IMAGE_PROCESS_FAILED"),
        (png(4000, b"nothing of the kind"), "IMAGE_PROCESS_FAILED"),
        (lies, "IMAGE_PROCESS_FAILED"),
    ];
    for (at, (bytes, refusal)) in (20..).zip(cases) {
        let file = uploaded(&mut one, at, &bytes).await;
        let sent = send(&mut one, photo(file.clone()), at).await;
        if refusal == "IMAGE_PROCESS_FAILED" && sent.is_ok() {
            // A decoder that reads what the head promises and no more has not been hurt.
            assert!(bytes.len() > 400_000, "case {at}");
        } else {
            assert_eq!(sent.map(drop), Err(refusal.into()), "case {at}");
        }
        // As a document, and as the thumbnail of one, it is bytes like any other.
        send(&mut one, document(file.clone(), Some(file)), 100 + at).await.unwrap();
    }
    let refused = async |one: &mut Person, file, id| send(one, document(file, None), id).await.map(drop).unwrap_err();
    save(&mut one, 40, 0, &planted(PART)).await.unwrap();
    save(&mut one, 41, 0, &planted(PART)).await.unwrap();
    assert_eq!(refused(&mut one, input(40, 0), 200).await, "FILE_PARTS_INVALID");
    assert_eq!(refused(&mut one, input(41, 4001), 201).await, "FILE_PARTS_INVALID");
    save(&mut one, 42, 0, &planted(PART)).await.unwrap();
    save(&mut one, 42, 2, &planted(PART)).await.unwrap();
    assert_eq!(refused(&mut one, input(42, 3), 202).await, "FILE_PART_1_MISSING");
    save(&mut one, 43, 0, &planted(PART)).await.unwrap();
    assert_eq!(save(&mut one, 43, 1, &planted(PART / 2)).await, Ok(true), "it may be the last");
    assert_eq!(save(&mut one, 43, 2, &planted(PART)).await, Err("FILE_PART_SIZE_CHANGED".into()));
    assert_eq!(save(&mut one, 44, 0, &planted(1000)).await, Ok(true), "it may be all");
    assert_eq!(save(&mut one, 44, 1, &planted(1000)).await, Err("FILE_PART_SIZE_INVALID".into()));
    assert_eq!(save(&mut one, 45, 0, &[]).await, Err("FILE_PART_EMPTY".into()));
    assert!(server.memory() < before + FLAT, "{} after {before}", server.memory());
}

#[tokio::test]
async fn ten_thousand_uploads_that_nobody_ends_cost_no_memory() {
    let place = Place::new("abandoned");
    let server = place.serve();
    let mut people = Vec::new();
    for at in 0..20 {
        people.push(Person::join(&server, at).await);
    }
    let before = server.memory();
    let all = people.iter_mut().map(async |it| {
        for upload in 0..UPLOADS_MAX {
            assert_eq!(save(it, upload, 0, &planted(1 << 10)).await, Ok(true));
        }
        save(it, UPLOADS_MAX, 0, &planted(1 << 10)).await
    });
    let one_more = join_all(all).await;
    assert_eq!(one_more.len() as i64 * UPLOADS_MAX, 10_000);
    assert!(one_more.iter().all(|it| *it == Err("FLOOD_WAIT_300".into())), "{one_more:?}");
    assert!(server.memory() < before + FLAT, "{} after {before}", server.memory());
}
